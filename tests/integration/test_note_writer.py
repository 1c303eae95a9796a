"""The writer of notes: note, place, interaction, passages, full text and jobs, all or nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from kam_knowledge.changes.ledger import Ledger
from kam_knowledge.changes.notes import NoteDraft, NoteWriter, Place
from kam_knowledge.language.tokens import tokens
from kam_knowledge.search.passages import content_hash
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import (
    Account,
    Change,
    Contact,
    IndexJob,
    Interaction,
    LedgerEntry,
    Note,
    NotePlace,
    Passage,
)

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 5, tzinfo=UTC)
THURSDAY = date(2026, 11, 12)

LONG = "\n\n".join(
    f"## Point {n}\n\n" + f"Sentence {n} about migration cost and the rollout plan. " * 8
    for n in range(5)
)


def draft(body: str = "Dana Wu asked for the TCO sheet.", **given: Any) -> NoteDraft:
    values: dict[str, Any] = {
        "text": body,
        "title": "Review with Dana",
        "kind": "meeting",
        "content_hash": sha256(body.encode()).hexdigest(),
        "visibility": "open",
        "language": "en",
        "date": THURSDAY,
    }
    return NoteDraft(**(values | given))


def place(path: str = "/books/notes/acme/a.md", **given: Any) -> Place:
    values = {"root": "/books/notes", "place": path.removeprefix("/books/"), "file_hash": "f1"}
    return Place(path=path, **(values | given))


def acme(session: Session) -> int:
    return Ledger(session, "import").create(Account, {"name": "ACME Corp"}).id


def passages(session: Session, note: Note) -> list[Passage]:
    found = session.scalars(
        select(Passage).where(Passage.note_id == note.id).order_by(Passage.ordinal)
    )
    return list(found)


def jobs(session: Session) -> list[tuple[int, str]]:
    found = session.scalars(select(IndexJob).order_by(IndexJob.id))
    return [(job.passage_id, job.what) for job in found]


def done(session: Session) -> None:
    """The indexer has worked off everything so far."""
    for job in session.scalars(select(IndexJob)):
        session.delete(job)
    session.flush()


def found_by(session: Session, store: Store, word: str) -> set[int]:
    """Ids of passages that the database's full text finds for a token."""
    (token,) = set(tokens(word))
    session.flush()
    statement = (
        "SELECT rowid FROM passage_fts WHERE tokens MATCH :quoted"
        if store.dialect == "sqlite"
        else "SELECT id FROM passages WHERE lexemes @@ cast(:quoted AS tsquery)"
    )
    quoted = f'"{token}"' if store.dialect == "sqlite" else f"'{token}'"
    return set(session.scalars(text(statement), {"quoted": quoted}))


def count(session: Session, *models: type[Any]) -> list[int]:
    return [session.scalar(select(func.count()).select_from(m)) or 0 for m in models]


# --- adding ------------------------------------------------------------------------------------


def test_a_note_comes_with_everything_that_hangs_on_it(store: Store) -> None:
    with store.write() as session:
        account = acme(session)
        dana = Ledger(session, "import").create(Contact, {"account_id": account, "name": "Dana Wu"})
        writer = NoteWriter(session, NOW)
        note = writer.add(
            draft(
                account_id=account,
                contact_ids=(dana.id,),
                unknown_names=("Zed",),
                participants_assumed=True,
                inferred={"date": "file name"},
            ),
            place(),
        )
    with store.read() as session:
        stored = session.get_one(Note, note.id)
        assert stored.text == "Dana Wu asked for the TCO sheet."
        assert (stored.removed, stored.recorded_at, stored.updated_at) == (False, NOW, NOW)
        assert stored.key.startswith("note-")
        assert stored.inferred == {"date": "file name"}
        (where,) = session.scalars(select(NotePlace))
        assert (where.note_id, where.root, where.path, where.place) == (
            note.id,
            "/books/notes",
            "/books/notes/acme/a.md",
            "notes/acme/a.md",
        )
        (touch,) = session.scalars(select(Interaction))
        assert (touch.account_id, touch.date, touch.kind) == (account, THURSDAY, "meeting")
        assert (touch.contact_ids, touch.unknown_names, touch.assumed) == ([dana.id], ["Zed"], True)
        (passage,) = passages(session, stored)
        assert passage.text == stored.text
        assert passage.context == "ACME Corp · Review with Dana · 2026-11-12"
        assert passage.tokens == " ".join(tokens(f"{passage.context}\n{passage.text}"))
        assert passage.length == len(passage.tokens.split(" "))
        assert passage.content_hash == content_hash(passage.context, passage.text)
        assert jobs(session) == [(passage.id, "upsert")]
        entry = session.scalars(select(LedgerEntry).where(LedgerEntry.table == "notes")).one()
        assert (entry.row_id, entry.old, entry.new) == (note.id, None, note.content_hash)
        assert session.get_one(Change, entry.change_id).cause == "note"


def test_a_note_is_found_by_its_words_its_account_and_its_title_at_once(store: Store) -> None:
    with store.write() as session:
        note = NoteWriter(session, NOW).add(
            draft("他们担心迁移成本。", account_id=acme(session), language="zh")
        )
        (passage,) = passages(session, note)
        for word in ("迁移", "成本", "ACME", "Review"):
            assert found_by(session, store, word) == {passage.id}, word
        assert found_by(session, store, "budget") == set()


def test_a_failure_leaves_nothing_of_a_note(store: Store) -> None:
    with store.write() as session:
        account = acme(session)
    everything = (Note, NotePlace, Interaction, Passage, IndexJob, LedgerEntry, Change)
    with store.read() as session:
        before = count(session, *everything)

    def fail() -> None:
        with store.write() as session:
            NoteWriter(session, NOW).add(draft(LONG, account_id=account), place())
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        fail()
    with store.read() as session:
        assert count(session, *everything) == before
        assert found_by(session, store, "migration") == set()


@pytest.mark.parametrize(
    "missing", [{"kind": "document"}, {"date": None}, {"account_id": None}], ids=str
)
def test_only_a_dated_touch_with_an_account_is_an_interaction(
    store: Store, missing: dict[str, Any]
) -> None:
    with store.read() as session:
        values = {"account_id": acme(session)} | missing
        NoteWriter(session, NOW).add(draft(**values))
        assert count(session, Note, Interaction) == [1, 0]


def test_one_run_is_one_change(store: Store) -> None:
    with store.read() as session:
        writer = NoteWriter(session, NOW)
        notes = [writer.add(draft(f"Note {n}.")) for n in range(3)]
        writer.remove(notes[0])
        assert count(session, Change) == [1]
        assert count(session, LedgerEntry) == [4]


def test_an_empty_note_has_no_passages(store: Store) -> None:
    with store.read() as session:
        note = NoteWriter(session, NOW).add(draft(" \n "))
        assert passages(session, note) == []
        assert jobs(session) == []


# --- verbatim ----------------------------------------------------------------------------------

_LINES = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "# Heading",
            "## 标题",
            "### Deep heading ###",
            "```",
            "~~~python",
            "# not a heading in code",
            "| a | b |",
            "|---|---|",
            "- a point",
            "1. first",
            "> quoted",
            "---",
            "",
            "   ",
            "\t",
            "Well. Then? Yes! " * 20,
            "客户担心成本。我们下周回复！" * 30,
            "x" * 900,
            "漢" * 400,
            "\u3000全角空格\u3000",
            "e\u0301 🙂 \u200b",
        ]
    ),
)
_MARKDOWN = (
    st.lists(_LINES, max_size=14)
    .map("\n".join)
    .map(lambda t: t.replace("\x00", "").encode("utf-8", "ignore").decode())
)


def _shown(characters: Iterable[str]) -> str:
    return "".join(c for c in characters if not c.isspace())


@given(body=_MARKDOWN)
@example(body="# A\n## B\n# C")
@example(body="```\n# code\n```\n# real\n" + "word " * 300)
@example(body="\n".join(["a. " * 400, "# 标题", "成本。" * 200]))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_passage_is_a_piece_of_its_note_and_together_they_are_all_of_it(
    store: Store, body: str
) -> None:
    with store.read() as session:
        note = NoteWriter(session, NOW).add(draft(body))
        session.expire_all()
        found = passages(session, note)
        assert note.text == body
        start = 0
        for passage in found:
            assert passage.text.strip()
            start = body.index(passage.text, start) + len(passage.text)
        assert _shown(_joined(found)) == _shown(body)
        assert [p.ordinal for p in found] == list(range(len(found)))
        assert {job for job, _ in jobs(session)} == {p.id for p in found}


def _joined(found: list[Passage]) -> str:
    return "".join(passage.text for passage in found)


# --- revising ----------------------------------------------------------------------------------


def test_a_revision_keeps_the_ids_of_passages_that_stayed(store: Store) -> None:
    with store.read() as session:
        writer = NoteWriter(session, NOW)
        note = writer.add(draft(LONG))
        before = {p.text: p.id for p in passages(session, note)}
        assert len(before) >= 5
        done(session)
        inserted = LONG.replace("## Point 2", "## News\n\nA new paragraph.\n\n## Point 2")
        NoteWriter(session, LATER).revise(note, draft(inserted))
        after = passages(session, note)
        kept = {p.text: p.id for p in after if p.text in before}
        assert kept == before
        (fresh,) = (p for p in after if p.text not in before)
        assert fresh.ordinal == 2
        assert jobs(session) == [(fresh.id, "upsert")]
        assert [p.ordinal for p in after] == list(range(len(after)))
        assert note.updated_at == LATER


def test_a_revision_that_turns_the_text_round_keeps_every_id(store: Store) -> None:
    with store.read() as session:
        writer = NoteWriter(session, NOW)
        parts = LONG.split("\n\n## ")
        parts[0] = parts[0].removeprefix("## ")
        note = writer.add(draft("## " + "\n\n## ".join(parts)))
        before = {p.content_hash: p.id for p in passages(session, note)}
        done(session)
        writer.revise(note, draft("## " + "\n\n## ".join(reversed(parts))))
        assert {p.content_hash: p.id for p in passages(session, note)} == before
        assert jobs(session) == []


def test_passages_that_went_are_deleted_from_the_index(store: Store) -> None:
    with store.read() as session:
        writer = NoteWriter(session, NOW)
        note = writer.add(draft(LONG))
        before = passages(session, note)
        done(session)
        writer.revise(note, draft(before[1].text))
        (left,) = passages(session, note)
        assert left.id == before[1].id
        assert sorted(jobs(session)) == sorted((p.id, "delete") for p in before if p.id != left.id)


def test_what_was_rewritten_is_found_by_its_new_words_only(store: Store) -> None:
    with store.write() as session:
        writer = NoteWriter(session, NOW)
        note = writer.add(draft("They fear the migration."))
        (passage,) = passages(session, note)
        writer.revise(note, draft("They want a discount."))
        assert found_by(session, store, "migration") == set()
        assert found_by(session, store, "discount") == {passage.id}, "its id stays with its place"
    with store.read() as session:
        assert jobs(session) == [(passage.id, "upsert")] * 2


def test_a_new_title_is_in_every_passage(store: Store) -> None:
    with store.read() as session:
        writer = NoteWriter(session, NOW)
        note = writer.add(draft(LONG))
        ids = [p.id for p in passages(session, note)]
        done(session)
        writer.revise(note, draft(LONG, title="Steering committee"))
        after = passages(session, note)
        assert [p.id for p in after] == ids
        assert {p.title for p in after} == {"Steering committee"}
        assert all("Steering committee" in p.context for p in after)
        assert found_by(session, store, "steering") == set(ids)
        assert jobs(session) == [(key, "upsert") for key in ids]


def test_a_new_language_or_heading_needs_no_new_vector(store: Store) -> None:
    with store.read() as session:
        writer = NoteWriter(session, NOW)
        note = writer.add(draft("# Old\n\nIntro.\n\n## Part\n\nBody."))
        first, second = passages(session, note)
        done(session)
        changed = draft("# New\n\nIntro.\n\n## Part\n\nBody.", language="zh")
        writer.revise(note, changed)
        assert (second.heading, second.language) == ("New › Part", "zh")
        assert jobs(session) == [(first.id, "upsert")]


def test_a_revision_replaces_the_interaction_and_logs_the_content(store: Store) -> None:
    with store.read() as session:
        account = acme(session)
        writer = NoteWriter(session, NOW)
        note = writer.add(draft(account_id=account))
        old = note.content_hash
        revised = draft("Moved to Friday.", account_id=account, date=date(2026, 11, 13))
        writer.revise(note, revised)
        (touch,) = session.scalars(select(Interaction))
        assert touch.date == date(2026, 11, 13)
        writer.revise(note, dataclasses.replace(revised, visibility="team"))
        assert note.visibility == "team"
        logged = session.scalars(
            select(LedgerEntry).where(LedgerEntry.table == "notes").order_by(LedgerEntry.id)
        ).all()
        assert [(e.old, e.new) for e in logged] == [(None, old), (old, note.content_hash)]


# --- removing, and places ----------------------------------------------------------------------


def test_a_removed_note_is_found_no_more_and_its_history_stays(store: Store) -> None:
    with store.read() as session:
        writer = NoteWriter(session, NOW)
        note = writer.add(draft(account_id=acme(session)))
        (passage,) = passages(session, note)
        gone = passage.id
        done(session)
        writer.remove(note)
        assert (note.removed, passages(session, note)) == (True, [])
        assert found_by(session, store, "sheet") == set()
        assert jobs(session) == [(gone, "delete")]
        assert count(session, Interaction) == [0]
        assert session.get_one(Note, note.id).text


def test_a_removed_note_comes_back_with_a_revision(store: Store) -> None:
    with store.read() as session:
        writer = NoteWriter(session, NOW)
        note = writer.add(draft(account_id=acme(session)))
        writer.remove(note)
        writer.revise(note, draft(account_id=note.account_id))
        assert not note.removed
        assert len(passages(session, note)) == 1
        assert found_by(session, store, "sheet")
        logged = session.scalars(
            select(LedgerEntry).where(LedgerEntry.table == "notes").order_by(LedgerEntry.id)
        ).all()
        assert [(e.old, e.new) for e in logged] == [
            (None, note.content_hash),
            (note.content_hash, None),
            (None, note.content_hash),
        ]


def test_the_id_of_a_deleted_passage_does_not_come_back_as_another(store: Store) -> None:
    """A late delete job would take the newcomer out of the vector index."""
    with store.write() as session:
        writer = NoteWriter(session, NOW)
        note = writer.add(draft("First."))
        (passage,) = passages(session, note)
        gone = passage.id
        writer.remove(note)
    with store.write() as session:
        note = NoteWriter(session, NOW).add(draft("Second."))
        (passage,) = passages(session, note)
        assert passage.id > gone


def test_one_content_at_two_places_is_one_note_until_both_are_gone(store: Store) -> None:
    with store.read() as session:
        writer = NoteWriter(session, NOW)
        first = place("/books/notes/a.md")
        note = writer.add(draft(), first)
        second = writer.attach(note, place("/books/notes/b.md"))
        assert count(session, Note, NotePlace) == [1, 2]
        held = session.scalars(select(NotePlace).where(NotePlace.path == first.path)).one()
        assert writer.detach(held) is False
        assert not note.removed
        assert writer.detach(second) is True
        assert note.removed
        assert count(session, NotePlace) == [0]


def test_a_note_that_was_removed_does_not_go_twice(store: Store) -> None:
    with store.read() as session:
        writer = NoteWriter(session, NOW)
        note = writer.add(draft(), place())
        writer.remove(note)
        before = count(session, LedgerEntry, IndexJob)
        assert writer.detach(session.scalars(select(NotePlace)).one()) is False
        assert count(session, LedgerEntry, IndexJob) == before


def test_a_place_holds_one_note_and_the_parts_of_a_file_are_places(store: Store) -> None:
    with store.read() as session:
        writer = NoteWriter(session, NOW)
        note = writer.add(draft("First thread."), place(part="thread-1"))
        writer.add(draft("Second thread."), place(part="thread-2"))
        assert count(session, NotePlace) == [2]
        again = NoteWriter(session, LATER).attach(note, place(part="thread-1", file_hash="f2"))
        assert count(session, NotePlace) == [2]
        assert (again.file_hash, again.ingested_at) == ("f2", LATER)


def test_a_note_that_lost_its_only_place_to_another_goes(store: Store) -> None:
    with store.read() as session:
        writer = NoteWriter(session, NOW)
        old = writer.add(draft("Old content."), place())
        new = writer.add(draft("New content."), place())
        assert (old.removed, new.removed) == (True, False)
        assert count(session, NotePlace) == [1]


def test_a_note_that_came_in_a_message_stays_without_a_place(store: Store) -> None:
    with store.read() as session:
        writer = NoteWriter(session, NOW)
        note = writer.add(draft(origin="message"), place("/tmp/export.zip", part="1"))
        held = session.scalars(select(NotePlace)).one()
        assert writer.detach(held) is False
        assert not note.removed
