"""Index jobs end as vectors in SQL and in the index, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select, update

from ingest.indexer import CLAIM, TRIES, Indexer
from ingest.passage_vectors import BATCH
from kam_knowledge.changes.notes import NoteDraft, NoteWriter
from kam_knowledge.errors import IndexMismatch, StoreUnavailable
from kam_knowledge.search.vectors import ChromaVectors
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import IndexJob, Note, Passage, PassageVector, State
from tests.integration.indexing import (
    NOW,
    BrokenEmbedder,
    DictionaryVectors,
    HashingEmbedder,
    add_note,
)


def indexer(
    store: Store, embedder: HashingEmbedder | None = None, vectors: Any = None
) -> tuple[Indexer, HashingEmbedder, DictionaryVectors]:
    embedder = embedder or HashingEmbedder()
    vectors = DictionaryVectors() if vectors is None else vectors
    return Indexer(store, lambda: embedder, lambda: vectors), embedder, vectors


def jobs(store: Store) -> list[IndexJob]:
    with store.read() as session:
        rows = list(session.scalars(select(IndexJob).order_by(IndexJob.id)))
        session.expunge_all()
    return rows


def passages(store: Store) -> dict[int, str]:
    with store.read() as session:
        return dict(session.execute(select(Passage.id, Passage.content_hash)).all())


def vectors_in_sql(store: Store) -> set[tuple[str, str]]:
    with store.read() as session:
        rows = session.execute(select(PassageVector.content_hash, PassageVector.model_id))
        return set(rows)


def test_a_note_is_embedded_kept_in_sql_and_indexed(store: Store) -> None:
    add_note(store, "Dana Wu wants the migration numbers.")
    run, embedder, index = indexer(store)
    assert run.run_due() == 1
    [(passage, content_hash)] = passages(store).items()
    assert vectors_in_sql(store) == {(content_hash, "hashing-a")}
    assert index.ids() == {passage}
    assert embedder.seen == ["Note\nDana Wu wants the migration numbers."]
    assert jobs(store) == []


def test_the_index_holds_exactly_what_sql_gives_back(store: Store) -> None:
    add_note(store, "A text.")
    run, _, index = indexer(store)
    run.run_due()
    with store.read() as session:
        kept = session.scalar(select(PassageVector.vector))
    assert kept is not None
    assert len(kept) == 16  # eight numbers of two bytes
    [held] = index.held.values()
    assert np.array_equal(held, np.frombuffer(kept, "<f2").astype(np.float32))


def test_nothing_due_loads_no_model(store: Store) -> None:
    def never() -> Any:
        raise AssertionError("the model was asked for")

    assert Indexer(store, never, never).run_due() == 0


def test_running_twice_embeds_once(store: Store) -> None:
    add_note(store, "A text.")
    run, embedder, _ = indexer(store)
    assert run.run_due() == 1
    assert run.run_due() == 0
    assert len(embedder.seen) == 1


def test_a_text_that_was_embedded_before_is_not_embedded_again(store: Store) -> None:
    add_note(store, "The same text.")
    run, embedder, index = indexer(store)
    run.run_due()
    add_note(store, "The same text.")
    assert run.run_due() == 1
    assert len(embedder.seen) == 1
    assert index.count() == 2


def test_more_jobs_than_are_claimed_at_once_are_all_done(store: Store) -> None:
    parts = CLAIM + 7
    add_note(store, "\n\n".join(f"# {number}\n\nText." for number in range(parts)))
    run, _, index = indexer(store)
    told: list[tuple[int, int]] = []
    assert run.run_due(progress=lambda done, total: told.append((done, total))) == parts
    assert index.count() == parts
    assert told[0] == (BATCH, parts)
    assert told[-1] == (parts, parts)


def test_texts_of_one_length_are_embedded_together(store: Store) -> None:
    long_and_short = [("word " * (100 if number % 2 else 1)).strip() for number in range(BATCH * 2)]
    add_note(store, "\n\n".join(f"# {n}\n\n{text}" for n, text in enumerate(long_and_short)))
    run, embedder, _ = indexer(store)
    run.run_due()
    lengths = [len(text) for text in embedder.seen]
    assert lengths == sorted(lengths)


def test_a_limit_leaves_the_rest_due(store: Store) -> None:
    for number in range(5):
        add_note(store, f"Text {number}")
    run, _, index = indexer(store)
    assert run.run_due(limit=2) == 2
    assert index.count() == 2
    assert run.pending() == 3


def test_chinese_is_left_to_full_text_where_the_model_reads_english_only(store: Store) -> None:
    add_note(store, "吴总要迁移的数字。", language="zh")
    add_note(store, "Call with 吴总 about the renewal.", language="mixed")
    run, embedder, index = indexer(store)
    assert run.run_due() == 2
    assert embedder.seen == ["Note\nCall with 吴总 about the renewal."]
    assert index.count() == 1
    assert jobs(store) == []


def test_chinese_is_embedded_by_a_model_that_reads_it(store: Store) -> None:
    add_note(store, "吴总要迁移的数字。", language="zh")
    run, _, index = indexer(store, HashingEmbedder(multilingual=True))
    assert run.run_due() == 1
    assert index.count() == 1


def test_a_removed_note_leaves_the_index(store: Store) -> None:
    note_id = add_note(store, "A text.")
    run, _, index = indexer(store)
    run.run_due()
    with store.write() as session:
        note = session.get_one(Note, note_id)
        NoteWriter(session, NOW).remove(note)
    assert run.run_due() == 1
    assert index.count() == 0


def test_a_passage_that_becomes_chinese_leaves_the_index(store: Store) -> None:
    add_note(store, "A text.")
    run, _, index = indexer(store)
    run.run_due()
    with store.write() as session:
        passage = session.scalars(select(Passage)).one()
        passage.text, passage.content_hash, passage.language = "正文", "other", "zh"
        session.add(job_for(passage.id))
    run.run_due()
    assert index.count() == 0


def test_a_job_says_that_a_passage_changed_and_the_passage_says_how(store: Store) -> None:
    add_note(store, "A text.")
    [passage] = passages(store)
    with store.write() as session:
        # As when an id is used again: the delete of the old passage is still due.
        session.add(job_for(passage, "delete"))
    run, _, index = indexer(store)
    run.run_due()
    assert index.ids() == {passage}


def test_a_passage_that_changes_while_it_is_embedded_is_indexed_as_it_is_now(
    store: Store,
) -> None:
    note_id = add_note(store, "The first text.")

    class Interrupted(HashingEmbedder):
        def embed_passages(self, texts: Sequence[str]) -> Any:
            if not self.seen:
                revise(store, note_id, "The second text.")
            return super().embed_passages(texts)

    run, embedder, index = indexer(store, Interrupted())
    run.run_due()
    [held] = index.held.values()
    wanted = embedder.embed_query("Note\nThe second text.").astype("<f2").astype(np.float32)
    assert np.array_equal(held, wanted)
    assert jobs(store) == []


def test_a_passage_that_goes_while_it_is_embedded_is_not_indexed(store: Store) -> None:
    note_id = add_note(store, "The first text.")

    class Interrupted(HashingEmbedder):
        def embed_passages(self, texts: Sequence[str]) -> Any:
            with store.write() as session:
                NoteWriter(session, NOW).remove(session.get_one(Note, note_id))
            return super().embed_passages(texts)

    run, _, index = indexer(store, Interrupted())
    run.run_due()
    assert index.count() == 0
    assert jobs(store) == []


def test_without_the_index_vectors_go_to_sql_and_jobs_wait_for_the_owner(store: Store) -> None:
    add_note(store, "A text.")
    add_note(store, "正文。", language="zh")
    embedder = HashingEmbedder()
    without = Indexer(store, lambda: embedder, lambda: None)
    assert without.run_due() == 1
    assert without.run_due() == 0
    assert len(vectors_in_sql(store)) == 1
    assert without.pending() == 2
    owner, other, index = indexer(store)
    assert owner.run_due() == 2
    assert other.seen == []
    assert index.count() == 1


def test_without_a_model_the_jobs_wait_for_one(store: Store) -> None:
    add_note(store, "A text.")
    assert Indexer(store, lambda: None, lambda: None).run_due() == 0
    run, _, _ = indexer(store)
    assert run.run_due() == 1


def test_another_model_is_noticed_and_says_what_to_do(store: Store) -> None:
    add_note(store, "A text.")
    indexer(store)[0].run_due()
    add_note(store, "Another text.")
    other, embedder, _ = indexer(store, HashingEmbedder("hashing-b"))
    with pytest.raises(IndexMismatch, match="kam reindex"):
        other.run_due()
    assert embedder.seen == []
    assert other.pending() == 1


def test_another_tokeniser_is_noticed(store: Store) -> None:
    add_note(store, "A text.")
    with store.write() as session:
        session.add(State(key="tokeniser", value="an older one"))
    with pytest.raises(IndexMismatch, match="kam reindex"):
        indexer(store)[0].run_due()


def test_a_model_that_fails_leaves_every_job_as_it_was(store: Store) -> None:
    for number in range(3):
        add_note(store, f"Text {number}")
    run, _, _ = indexer(store, BrokenEmbedder())
    for _ in range(TRIES + 1):
        with pytest.raises(ConnectionError):
            run.run_due()
    assert [(job.state, job.attempts, job.lease_until) for job in jobs(store)] == [
        ("due", 0, None)
    ] * 3


def test_an_index_that_fails_leaves_the_jobs_due_and_the_vectors_in_sql(store: Store) -> None:
    class Down(DictionaryVectors):
        def upsert(self, ids: Sequence[int], vectors: Sequence[Any]) -> None:
            raise StoreUnavailable("the server is gone.")

    add_note(store, "A text.")
    run, _, _ = indexer(store, vectors=Down())
    with pytest.raises(StoreUnavailable):
        run.run_due()
    again, other, index = indexer(store)
    assert again.run_due() == 1
    assert other.seen == []
    assert index.count() == 1


def test_a_text_that_the_model_refuses_is_parked_after_its_tries_with_its_problem(
    store: Store,
) -> None:
    add_note(store, "A good text.")
    add_note(store, "A text with poison in it.")
    add_note(store, "Another good text.")
    run, _, index = indexer(store, HashingEmbedder(refused="poison"))
    assert run.run_due() == 2
    assert index.count() == 2
    for tries in range(1, TRIES):
        [job] = jobs(store)
        assert (job.state, job.attempts) == ("due", tries)
        assert run.run_due() == 0  # it is not tried again at once
        elapse(store)
        run.run_due()
    [job] = jobs(store)
    assert job.state == "parked"
    assert job.problem == "ValueError: cannot read poison"
    elapse(store)
    assert run.run_due() == 0


def test_a_vector_that_is_no_number_is_a_problem_of_its_text(store: Store) -> None:
    class Odd(HashingEmbedder):
        def embed_query(self, text: str) -> Any:
            return super().embed_query(text) * (np.nan if "odd" in text else 1)

    add_note(store, "A text.")
    add_note(store, "An odd text.")
    run, _, index = indexer(store, Odd())
    assert run.run_due() == 1
    assert index.count() == 1
    [job] = jobs(store)
    assert job.problem == "the model gave no usable vector"


def test_a_lease_that_another_worker_holds_is_respected_until_it_ends(store: Store) -> None:
    add_note(store, "A text.")
    with store.write() as session:
        session.execute(
            update(IndexJob).values(
                lease_owner="somebody", lease_until=datetime.now(UTC) + timedelta(minutes=1)
            )
        )
    run, _, _ = indexer(store)
    assert run.run_due() == 0
    elapse(store)
    assert run.run_due() == 1


def test_a_worker_that_was_killed_is_not_waited_for(store: Store) -> None:
    add_note(store, "A text.")
    machine = Indexer(store, lambda: None, lambda: None)._owner.split("/")[0]
    with store.write() as session:
        session.execute(
            update(IndexJob).values(
                lease_owner=f"{machine}/4194399/1/dead",
                lease_until=datetime.now(UTC) + timedelta(minutes=4),
            )
        )
    run, _, _ = indexer(store)
    assert run.run_due() == 1


def test_two_workers_side_by_side_do_every_job_once(store: Store) -> None:
    from concurrent.futures import ThreadPoolExecutor

    parts = CLAIM + BATCH
    add_note(store, "\n\n".join(f"# {number}\n\nText." for number in range(parts)))
    index = DictionaryVectors()
    embedders = [HashingEmbedder(), HashingEmbedder()]
    workers = [indexer(store, embedder, index)[0] for embedder in embedders]
    with ThreadPoolExecutor(2) as pool:
        done = [run.result() for run in [pool.submit(worker.run_due) for worker in workers]]
    assert sum(done) == parts
    assert len(embedders[0].seen) + len(embedders[1].seen) == parts
    assert index.ids() == set(passages(store))


def test_rebuild_embeds_with_the_new_model_and_fills_the_index_anew(store: Store) -> None:
    for number in range(5):
        add_note(store, f"Text {number}")
    old, _, index = indexer(store)
    old.run_due()
    new, _, _ = indexer(store, HashingEmbedder("hashing-b"), index)
    rebuilt = new.rebuild()
    assert (rebuilt.embedded, rebuilt.indexed, rebuilt.failed) == (5, 5, 0)
    assert index.model_id == "hashing-b"
    assert index.ids() == set(passages(store))
    assert {model for _, model in vectors_in_sql(store)} == {"hashing-b"}
    add_note(store, "One more text.")
    assert new.run_due() == 1


def test_rebuild_needs_no_model_where_sql_has_the_vectors(store: Store) -> None:
    for number in range(5):
        add_note(store, f"Text {number}")
    indexer(store)[0].run_due()
    run, embedder, index = indexer(store)  # the index was lost
    rebuilt = run.rebuild()
    assert embedder.seen == []
    assert (rebuilt.embedded, rebuilt.indexed) == (0, 5)
    assert index.ids() == set(passages(store))


def test_rebuild_makes_the_tokens_of_another_version_anew(store: Store) -> None:
    add_note(store, "Renewals are discussed.")
    with store.write() as session:
        session.execute(update(Passage).values(tokens="nonsense", length=1))
        session.merge(State(key="tokeniser", value="an older one"))
    run, _, _ = indexer(store)
    assert run.rebuild().retokenised == 1
    with store.read() as session:
        passage = session.scalars(select(Passage)).one()
        assert "renew" in passage.tokens.split()
        assert passage.length == len(passage.tokens.split())
    assert run.run_due() == 0


def test_rebuild_forgets_the_vectors_of_texts_that_are_gone(store: Store) -> None:
    gone = add_note(store, "A text.")
    add_note(store, "Another text.")
    run, _, index = indexer(store)
    run.run_due()
    with store.write() as session:
        NoteWriter(session, NOW).remove(session.get_one(Note, gone))
    run.rebuild()
    assert len(vectors_in_sql(store)) == 1
    assert index.ids() == set(passages(store))
    assert jobs(store) == []


def test_rebuild_tries_parked_texts_again(store: Store) -> None:
    add_note(store, "A text.")
    with store.write() as session:
        session.execute(update(IndexJob).values(state="parked", attempts=TRIES, problem="odd"))
    run, _, index = indexer(store)
    assert run.run_due() == 0
    run.rebuild()
    assert index.count() == 1
    assert jobs(store) == []


def test_what_others_write_while_the_index_is_rebuilt_is_not_lost(store: Store) -> None:
    _, changed, gone = (add_note(store, f"Text {number}") for number in range(3))
    old, embedder, _ = indexer(store)
    old.run_due()

    class Shared(DictionaryVectors):
        """A server's index, into which another worker writes before the new one takes over."""

        def rebuild(self, model_id: str, batches: Any) -> int:
            held = [(list(ids), list(vectors)) for ids, vectors in batches]
            self.held = {0: None}
            revise(store, changed, "Text 1, revised")
            add_note(store, "Text 4")
            with store.write() as session:
                NoteWriter(session, NOW).remove(session.get_one(Note, gone))
            other = Indexer(store, lambda: embedder, lambda: self)
            other.run_due()
            return super().rebuild(model_id, held)

    run, _, shared = indexer(store, vectors=Shared())
    run.rebuild()
    wanted = {
        key: embedder.embed_query(text).astype("<f2").astype(np.float32)
        for key, text in texts(store).items()
    }
    assert shared.ids() == set(wanted)
    assert all(np.array_equal(shared.held[key], vector) for key, vector in wanted.items())


def test_rebuild_is_refused_while_another_process_owns_the_index(store: Store) -> None:
    add_note(store, "A text.")
    run = Indexer(store, HashingEmbedder, lambda: None)
    with pytest.raises(StoreUnavailable, match="another process owns"):
        run.rebuild()


def test_the_index_in_a_folder_holds_each_passage_once(sqlite_store: Store, home: Path) -> None:
    for number in range(20):
        add_note(sqlite_store, f"Text {number}")
    index = ChromaVectors.local(home / "chroma", "hashing-a")
    try:
        run, embedder, _ = indexer(sqlite_store, vectors=index)
        assert run.run_due() == 20
        assert index.ids() == set(passages(sqlite_store))
        [(best, cosine)] = index.query(embedder.embed_query("Note\nText 7"), 1)
        assert texts(sqlite_store)[best] == "Note\nText 7"
        assert cosine == pytest.approx(1, abs=1e-3)
        run.rebuild()
        assert index.ids() == set(passages(sqlite_store))
    finally:
        index.close()


def job_for(passage_id: int, what: str = "upsert") -> IndexJob:
    return IndexJob(passage_id=passage_id, what=what, state="due", attempts=0, created_at=NOW)


def revise(store: Store, note_id: int, text: str) -> None:
    draft = NoteDraft(
        text=text,
        title="Note",
        kind="document",
        content_hash=sha256(text.encode()).hexdigest(),
        visibility="open",
        language="en",
    )
    with store.write() as session:
        NoteWriter(session, NOW).revise(session.get_one(Note, note_id), draft)


def texts(store: Store) -> dict[int, str]:
    with store.read() as session:
        rows = session.execute(select(Passage.id, Passage.context, Passage.text))
        return {key: f"{context}\n{text}" for key, context, text in rows}


def elapse(store: Store) -> None:
    """As if every lease had ended."""
    with store.write() as session:
        session.execute(update(IndexJob).values(lease_until=datetime(2020, 1, 1, tzinfo=UTC)))
