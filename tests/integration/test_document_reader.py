"""The reading process: limits, crashes, confinement; and real pages."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import docx
import pytest

from ingest.documents import Document, DocumentError, Limits, Reader, read_document

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
MIB = 1024 * 1024
needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as reader:
        yield reader


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "sound.html"
    path.write_text("<title>T</title><p>A sound page. 续约<p hidden>x", encoding="utf-8")
    return path


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """A page that takes minutes to convert."""
    path = tmp_path / "endless.html"
    path.write_text("<table>" + "<tr><td>a<td><b>b</b><td><i>c</i>" * 400_000)
    return path


def computing_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        pause.wait(0.005)


def test_the_child_gives_what_reading_here_gives(reader: Reader, page: Path) -> None:
    word = page.with_name("a.docx")
    document = docx.Document()
    document.add_paragraph("A sound file. 续约")
    document.save(str(word))
    mail = page.with_name("a.eml")
    mail.write_text("From: Dana <d@a.example>\nDate: Thu, 12 Nov 2026 10:00:00 +0000\n\nHi\n")
    for path in (word, page, mail):
        assert reader.read(path) == read_document(path)
    assert len(reader.process_ids) == 1


def test_one_child_serves_many_files_and_problems(reader: Reader, page: Path) -> None:
    reader.read(page)
    before = reader.process_ids
    broken = page.with_name("broken.docx")
    broken.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(DocumentError, match="damaged") as caught:
        reader.read(broken)
    assert caught.value.next_step
    assert reader.read(page)[0].text == "A sound page. 续约"
    assert reader.process_ids == before


def test_small_text_is_read_without_a_child(tmp_path: Path) -> None:
    note = tmp_path / "note.md"
    note.write_text("# A note\n" + "word " * 100)
    with Reader() as reader:
        assert reader.read(note)[0].title == "A note"
        assert reader.process_ids == []
    with Reader(Limits(in_process_bytes=10)) as reader:
        assert reader.read(note)[0].title == "A note"
        assert len(reader.process_ids) == 1


def test_a_file_name_that_is_no_utf8_is_read(reader: Reader, page: Path) -> None:
    odd = page.parent / os.fsdecode("续\udcff.html".encode("utf-8", "surrogateescape"))
    page.rename(odd)
    assert reader.read(odd)[0].format == "html"


def test_a_file_that_takes_too_long_is_given_up(endless: Path, page: Path) -> None:
    with Reader(Limits(seconds=1.5)) as reader:
        reader.read(page)
        first = reader.process_ids
        with pytest.raises(DocumentError, match=r"longer than 1\.5 s") as caught:
            reader.read(endless)
        assert caught.value.next_step
        assert reader.process_ids == []
        assert reader.read(page)[0].format == "html"
        assert reader.process_ids != first


@needs_proc
def test_a_file_that_computes_too_long_is_given_up(endless: Path) -> None:
    with (
        Reader(Limits(cpu_seconds=1)) as reader,
        pytest.raises(DocumentError, match="longer than 1 s"),
    ):
        reader.read(endless)


@needs_proc
def test_a_file_that_needs_too_much_memory_is_given_up(tmp_path: Path, page: Path) -> None:
    large = tmp_path / "large.html"
    large.write_text("<p>" + "<b>memory</b> " * 300_000)
    with Reader(Limits(memory_bytes=48 * MIB)) as reader:
        with pytest.raises(DocumentError, match="memory") as caught:
            reader.read(large)
        assert caught.value.next_step
        assert reader.read(page)[0].format == "html"


@needs_proc
def test_a_child_killed_while_it_reads_fails_that_file_only(endless: Path, page: Path) -> None:
    problems: list[DocumentError] = []

    def read_endless() -> None:
        try:
            reader.read(endless)
        except DocumentError as problem:
            problems.append(problem)

    with Reader() as reader:
        reader.read(page)
        (process,) = reader.process_ids
        idle = computing_seconds(process)
        thread = threading.Thread(target=read_endless)
        thread.start()
        wait_until(lambda: computing_seconds(process) > idle + 0.2)
        os.kill(process, signal.SIGKILL)
        thread.join()
        assert len(problems) == 1
        assert "stopped the process" in problems[0].message
        assert reader.read(page)[0].format == "html"


def test_a_child_killed_between_files_costs_nothing(reader: Reader, page: Path) -> None:
    reader.read(page)
    (process,) = reader.process_ids
    os.kill(process, signal.SIGKILL)
    wait_until(lambda: reader.process_ids == [])
    assert reader.read(page)[0].format == "html"


def test_a_child_is_replaced_after_its_share_of_files(page: Path) -> None:
    with Reader(Limits(files_per_child=2)) as reader:
        reader.read(page)
        assert len(reader.process_ids) == 1
        reader.read(page)
        assert reader.process_ids == []


def test_threads_share_a_reader(page: Path) -> None:
    texts: list[str] = []
    with Reader(children=2) as reader:
        threads = [
            threading.Thread(target=lambda: texts.extend(d.text for d in reader.read(page)))
            for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert 1 <= len(reader.process_ids) <= 2
    assert texts == ["A sound page. 续约"] * 6


def test_a_closed_reader_reads_no_more_and_leaves_no_process(page: Path) -> None:
    reader = Reader()
    reader.read(page)
    (process,) = reader.process_ids
    reader.close()
    reader.close()
    assert reader.process_ids == []
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    with pytest.raises(ValueError, match="closed"):
        reader.read(page)


@needs_proc
def test_the_child_is_limited_by_the_kernel_and_gets_no_secrets(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SLACK_BOT_TOKEN", "KAM_DATABASE_URL", "HTTPS_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "not for readers")
    with Reader(Limits(memory_bytes=512 * MIB)) as reader:
        reader.read(page)
        process = Path(f"/proc/{reader.process_ids[0]}")
        assert b"not for readers" not in (process / "environ").read_bytes()
        table = (process / "limits").read_text(encoding="ascii")
    limits = {line[:26].strip(): line[26:].split()[0] for line in table.splitlines()}
    assert limits["Max file size"] == "0"
    assert limits["Max core file size"] == "0"
    assert 512 * MIB < int(limits["Max address space"]) < 4096 * MIB
    assert limits["Max cpu time"] != "unlimited"


def test_nothing_is_fetched_for_a_document(reader: Reader, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        page = tmp_path / "a.html"
        page.write_text(
            f"<link rel=stylesheet href='{address}'><img src='{address}'><iframe src='{address}'>"
            f"</iframe><script src='{address}'></script><style>@import '{address}';</style><p>Text"
        )
        assert reader.read(page)[0].text == "Text"
        with pytest.raises(BlockingIOError):
            server.accept()


ATTEMPTS = (
    "socket.socket()",
    "socket.create_connection(('127.0.0.1', 9))",
    "socket.getaddrinfo('localhost', 80)",
    "urllib.request.urlopen('http://127.0.0.1:9/')",
    "subprocess.run(['true'])",
    "os.system('true')",
    "os.fork()",
    "os.kill(os.getppid(), 0)",
    "open('x', 'w')",
    "os.remove('x')",
    "os.rename('x', 'y')",
    "shutil.rmtree('x')",
    "pathlib.Path('x').touch()",
)
CONFINED = """
import os, pathlib, shutil, socket, subprocess, sys, urllib.request
from ingest.documents.confinement import refuse_network_and_programs, refuse_writing
refuse_network_and_programs()
refuse_writing()
open(os.__file__).close()
for attempt in sys.argv[1:]:
    try:
        exec(attempt)
    except Exception as error:
        print("refused" if "is refused while" in str(error) else f"{attempt}: {error!r}")
    else:
        print(f"{attempt}: done")
"""


def test_a_confined_process_cannot_reach_out(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CONFINED, *ATTEMPTS],
        capture_output=True,
        check=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.stdout.splitlines() == ["refused"] * len(ATTEMPTS)


@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is absent")
def test_every_page_of_a_real_handbook_is_read(reader: Reader) -> None:
    pages = sorted((DATA / "handbook" / "pages").rglob("*.md"))
    empty = [page for page in pages if page.stat().st_size == 0]
    assert len(pages) == 211
    for page in pages:
        if page in empty:
            with pytest.raises(DocumentError, match="empty"):
                reader.read(page)
            continue
        (document,) = reader.read(page)
        assert document.format == "markdown"
        source = page.read_bytes().decode("utf-8").replace("\r\n", "\n")
        if not document.omitted:
            assert document.text in source


@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is absent")
def test_attacks_hidden_in_a_note_or_a_page_do_not_reach_the_text(
    reader: Reader, tmp_path: Path
) -> None:
    lines = (DATA / "attacks" / "attacks.jsonl").read_text(encoding="utf-8").splitlines()
    attacks = [json.loads(line)["attack"] for line in lines]
    attacks = [attack for attack in attacks if "-->" not in attack and "</" not in attack]
    assert len(attacks) > 200
    hidden = [
        f"<!-- {attacks[n]} -->" if n % 2 else f'<div style="display:none">{attacks[n]}</div>'
        for n in range(len(attacks))
    ]
    visible = [f"Visible line {n}." for n in range(len(attacks))]
    body = "\n\n".join(
        f"{shown}\n\n{attack}" for shown, attack in zip(visible, hidden, strict=True)
    )
    for suffix in (".md", ".html"):
        path = tmp_path / f"attacked{suffix}"
        path.write_text(body, encoding="utf-8")
        (document,) = reader.read(path)
        assert document.text.split("\n") == [
            line for line in document.text.split("\n") if not line or line in visible
        ]
        assert all(line in document.text for line in visible)
    assert isinstance(document, Document)
