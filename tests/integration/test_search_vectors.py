"""The vector index in Chroma: what the port promises, kept by a real one."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kam_knowledge.errors import IndexMismatch, StoreUnavailable, UsageError
from kam_knowledge.search.folder_lock import FolderInUse, FolderLock
from kam_knowledge.search.vectors import ChromaVectors, exact_cosine

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]


def unit(rows: int, dimension: int = 16, seed: int = 0) -> Vectors:
    drawn = np.random.default_rng(seed).normal(size=(rows, dimension)).astype(np.float32)
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True))


@pytest.fixture
def index(tmp_path: Path) -> Iterator[ChromaVectors]:
    opened = ChromaVectors.local(tmp_path / "chroma", "model-a")
    yield opened
    opened.close()


def test_neighbours_come_nearest_first_with_their_cosines(index: ChromaVectors) -> None:
    rows = unit(50)
    index.upsert(range(100, 150), list(rows))
    found = index.query(rows[7], 10)
    cosines = rows @ rows[7]
    assert [key - 100 for key, _ in found] == list(np.argsort(-cosines)[:10])
    assert [cosine for _, cosine in found] == pytest.approx(sorted(cosines)[:-11:-1], abs=1e-5)


def test_more_neighbours_than_there_are_gives_all(index: ChromaVectors) -> None:
    index.upsert([1, 2], list(unit(2)))
    assert {key for key, _ in index.query(unit(1)[0], 50)} == {1, 2}


def test_an_empty_index_finds_nothing(index: ChromaVectors) -> None:
    assert index.query(unit(1)[0], 5) == []
    assert index.count() == 0


def test_an_id_put_twice_holds_the_later_vector(index: ChromaVectors) -> None:
    one, other = unit(2)
    index.upsert([1], [one])
    index.upsert([1], [other])
    assert index.count() == 1
    assert index.query(other, 1)[0][1] == pytest.approx(1, abs=1e-5)


def test_deleted_ids_are_gone_and_unknown_ones_do_no_harm(index: ChromaVectors) -> None:
    index.upsert([1, 2, 3], list(unit(3)))
    index.delete([2, 99])
    index.delete([])
    assert index.ids() == {1, 3}
    assert {key for key, _ in index.query(unit(3)[1], 3)} == {1, 3}


def test_more_than_chroma_takes_at_once_is_put_in_parts(index: ChromaVectors) -> None:
    index.upsert(range(6_000), list(unit(6_000, 4)))
    assert index.count() == 6_000
    index.delete(range(5_500))
    assert index.ids() == set(range(5_500, 6_000))


def test_what_was_put_is_there_after_reopening(tmp_path: Path) -> None:
    first = ChromaVectors.local(tmp_path, "model-a")
    first.upsert([5], list(unit(1)))
    first.close()
    again = ChromaVectors.local(tmp_path, "model-a")
    assert (again.ids(), again.model_id) == ({5}, "model-a")
    again.close()


def test_an_index_of_another_model_says_so_and_takes_no_vectors(tmp_path: Path) -> None:
    first = ChromaVectors.local(tmp_path, "model-a")
    first.upsert([5], list(unit(1)))
    first.close()
    other = ChromaVectors.local(tmp_path, "model-b")
    assert other.model_id == "model-a"
    with pytest.raises(IndexMismatch, match="kam reindex"):
        other.upsert([6], list(unit(1)))
    other.rebuild("model-b", [([6], list(unit(1, 8)))])
    other.upsert([7], list(unit(1, 8)))
    assert (other.model_id, other.ids()) == ("model-b", {6, 7})
    other.close()


def test_a_rebuild_takes_the_place_of_the_old_index_and_its_files(
    index: ChromaVectors, tmp_path: Path
) -> None:
    index.upsert(range(2_000), list(unit(2_000)))
    before = {path.name for path in (tmp_path / "chroma").iterdir() if path.is_dir()}
    rows = unit(1_500, seed=1)
    held = index.rebuild(
        "model-a", [(range(500), list(rows[:500])), (range(500, 1_500), list(rows[500:]))]
    )
    assert held == index.count() == 1_500
    assert index.query(rows[700], 1)[0][0] == 700
    after = {path.name for path in (tmp_path / "chroma").iterdir() if path.is_dir()}
    assert len(after) == 1
    assert not after & before


def test_the_old_index_answers_when_a_rebuild_fails(index: ChromaVectors) -> None:
    rows = unit(3)
    index.upsert([1, 2, 3], list(rows))

    def batches() -> Iterator[tuple[list[int], list[Vectors]]]:
        yield [9], [rows[0]]
        raise ConnectionError("the database went away")

    with pytest.raises(ConnectionError):
        index.rebuild("model-a", batches())
    assert index.ids() == {1, 2, 3}
    assert index.rebuild("model-a", [([4], [rows[0]])]) == 1


def test_a_rebuild_cut_off_before_the_renaming_is_finished_at_the_next_opening(
    tmp_path: Path,
) -> None:
    index = ChromaVectors.local(tmp_path, "model-a")
    index.upsert([1], list(unit(1)))
    client = index._client
    fresh = client.create_collection(
        "passages-next",
        metadata={"model": "model-a", "whole": True},
        configuration={"hnsw": {"space": "cosine"}},
        embedding_function=None,
    )
    fresh.upsert(ids=["2", "3"], embeddings=list(unit(2)))
    client.delete_collection("passages")
    index.close()
    again = ChromaVectors.local(tmp_path, "model-a")
    assert again.ids() == {2, 3}
    again.close()


def test_reset_empties_the_index_for_a_model(index: ChromaVectors) -> None:
    index.upsert([1], list(unit(1)))
    index.reset("model-b")
    assert (index.count(), index.model_id) == (0, "model-b")


def test_vectors_of_another_length_are_refused_in_words(index: ChromaVectors) -> None:
    index.upsert([1], list(unit(1, 16)))
    with pytest.raises(StoreUnavailable, match="kam reindex"):
        index.query(unit(1, 8)[0], 1)


HOLD = """
import sys
from pathlib import Path
from kam_knowledge.search.folder_lock import FolderLock
lock = FolderLock.take(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.readline()
"""


def test_a_folder_that_another_process_owns_is_not_opened(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(FolderInUse, match=f"process {holder.pid}") as raised:
            ChromaVectors.local(tmp_path, "model-a")
        assert (raised.value.pid, raised.value.host) == (holder.pid, platform.node())
    finally:
        holder.communicate("\n", timeout=30)
    ChromaVectors.local(tmp_path, "model-a").close()  # a process that ended owns nothing


def test_the_lock_is_free_again_after_closing_and_after_a_failure(tmp_path: Path) -> None:
    ChromaVectors.local(tmp_path, "model-a").close()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "chroma.sqlite3").write_bytes(b"no database at all, for sure" * 99)
    with pytest.raises(StoreUnavailable):
        ChromaVectors.local(tmp_path / "other", "model-a")
    FolderLock.take(tmp_path / "other").release()
    FolderLock.take(tmp_path).release()


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://host", "http://", "//user:secret@host"])
def test_an_address_that_is_none_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(UsageError) as raised:
        ChromaVectors.server(url, "model-a")
    assert "secret" not in str(raised.value)


def test_a_server_that_does_not_answer_is_said_to_be_unavailable(unused_port: int) -> None:
    with pytest.raises(StoreUnavailable, match="vector index"):
        ChromaVectors.server(f"http://127.0.0.1:{unused_port}", "model-a")


@pytest.fixture
def unused_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.slow
def test_a_server_holds_the_index_for_several_processes(tmp_path: Path, unused_port: int) -> None:
    chroma = Path(sys.executable).with_name("chroma")
    server = subprocess.Popen(
        [chroma, "run", "--path", tmp_path, "--host", "127.0.0.1", "--port", str(unused_port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"RUST_LOG": "info"},
    )
    try:
        assert server.stdout is not None
        for line in server.stdout:
            if "listening on" in line:
                break
        url = f"http://127.0.0.1:{unused_port}"
        rows = unit(3)
        with (
            closing(ChromaVectors.server(url, "model-a")) as first,
            closing(ChromaVectors.server(url, "model-a")) as second,
        ):
            first.upsert([1, 2, 3], list(rows))
            assert second.ids() == {1, 2, 3}
            second.delete([2])
            assert first.ids() == {1, 3}
            assert first.query(rows[2], 1)[0][0] == 3
            assert second.rebuild("model-b", [([7], [rows[0]])]) == 1
        with closing(ChromaVectors.server(url, "model-b")) as third:
            assert third.ids() == {7}
    finally:
        server.terminate()
        server.communicate(timeout=30)


def test_exact_cosines_of_narrow_rows_are_those_of_wide_ones() -> None:
    rows = unit(9_000)
    narrow = exact_cosine(rows[0], rows.astype(np.float16))
    assert narrow == pytest.approx(rows @ rows[0], abs=2e-3)
    assert len(exact_cosine(rows[0], rows[:0])) == 0
