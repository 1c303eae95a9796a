"""Whatever was done to the files, after an ingest the notes are what the files are."""

from __future__ import annotations

import shutil
from collections import defaultdict
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Note, NotePlace, Passage
from tests.integration.ingesting import counts, ingest, write

NAMES = ("a.md", "b.md", "acme/a.md", "acme/c.md")
CONTENTS = ("# One\n\nText.\n", "# Two\n\nText.\n", "# One\n\nText.\n\n# Three\n\nMore.\n")

writes = st.tuples(st.just("write"), st.sampled_from(NAMES), st.sampled_from(CONTENTS))
removals = st.tuples(st.just("remove"), st.sampled_from(NAMES), st.just(""))
moves = st.tuples(st.just("move"), st.sampled_from(NAMES), st.sampled_from(NAMES))
runs = st.tuples(st.just("ingest"), st.just(""), st.just(""))


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(writes | removals | moves | runs, min_size=1, max_size=12))
def test_notes_and_places_are_a_function_of_the_files(
    sqlite_store: Store, tmp_path: Path, steps: list[tuple[str, str, str]]
) -> None:
    folder = tmp_path / "notes"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for what, name, other in steps:
        path = folder / name
        if what == "write":
            write(folder, name, other)
        elif what == "remove":
            path.unlink(missing_ok=True)
        elif what == "move" and path.exists() and name != other:
            (folder / other).parent.mkdir(exist_ok=True)
            path.rename(folder / other)
        elif what == "ingest":
            ingest(sqlite_store, folder)
    ingest(sqlite_store, folder)
    files = {f"notes/{p.relative_to(folder)}": p.read_text() for p in folder.rglob("*.md")}
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for place, content in files.items():
        wanted[content].add(place)
    assert stored(sqlite_store) == dict(wanted)
    assert counts(ingest(sqlite_store, folder)) == (0, 0, len(files), 0)


def stored(store: Store) -> dict[str, set[str]]:
    """Text → places, of the notes that stand; their passages are those of no other note."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    with store.read() as session:
        standing = set(session.scalars(select(Note.id).where(Note.removed.is_(False))))
        assert set(session.scalars(select(Passage.note_id))) == standing
        rows = session.execute(
            select(Note.id, Note.text, NotePlace.place).outerjoin(
                NotePlace, NotePlace.note_id == Note.id
            )
        ).all()
    texts = [text for key, text, _ in {row[0]: row for row in rows}.values() if key in standing]
    assert len(texts) == len(set(texts))
    for key, text, place in rows:
        if key in standing:
            found[text].add(place)
    return dict(found)
