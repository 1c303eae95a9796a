"""Files become notes: `kam ingest`.

A file costs a hash when it has not changed, and is read, understood and written in a transaction
of its own when it has: a kill at any moment leaves each file as it was or as it is, and the next
run goes on with those that are left. What makes a note the same at two places is its text with
its front matter; the note then has both places, and what was inferred at the first stays.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select, text, update

from ingest.book import Book
from ingest.documents import DEFAULT_LIMITS, Limits, Reader
from ingest.documents.reading import check_file
from ingest.folders import Root, SourceFile, files_of, is_gone, roots
from ingest.index_marks import TOKENISER, check_tokeniser, record_first
from ingest.inference import Understood, Where, part_place, understand
from ingest.insertion import insert_new
from ingest.known_places import KnownPlace, known_places, last_book, state_key, unsettled
from ingest.passage_vectors import in_batches
from ingest.placing import Outcome, Placing
from ingest.report import Failure, Inferred, IngestReport, Skipped
from ingest.statement import StatementError
from kam_knowledge.changes.notes import NoteWriter, Place
from kam_knowledge.clock import Clock
from kam_knowledge.errors import DocumentError
from kam_knowledge.language.tokens import TOKENISER_VERSION
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import NotePlace, State

Progress = Callable[[int, int, str], None]
"""Told how many files are done, how many there are, and the place of the next one."""

_LOG = logging.getLogger(__name__)
_AT_ONCE = 25
"""Documents of one file in a transaction: others are not kept from writing for long."""
_UNFINISHED = ""
"""The hash of a file of which only some documents are written: no file has it."""
_LOCK = 0x696E67  # "ing": PostgreSQL's advisory lock while a file is placed


def ingest_paths(
    store: Store,
    paths: Sequence[Path],
    *,
    clock: Clock,
    limits: Limits = DEFAULT_LIMITS,
    actor_id: int | None = None,
    progress: Progress | None = None,
) -> IngestReport:
    """Brings the notes to what the files at the PATHs hold, and says what it did.

    Every path is a file or a folder. What cannot be read or understood is reported and the rest
    goes on. `clock` says which days lie in the future; `actor_id` is who ran it, for the ledger.
    Raises IndexMismatch when the full text was indexed by another tokeniser.
    """
    with Reader(limits) as reader:
        return _Run(store, reader, clock, limits, actor_id, progress).run(paths)


class _Run:
    def __init__(
        self,
        store: Store,
        reader: Reader,
        clock: Clock,
        limits: Limits,
        actor_id: int | None,
        progress: Progress | None,
    ) -> None:
        self._store = store
        self._reader = reader
        self._today = clock.today
        self._limits = limits
        self._actor_id = actor_id
        self._progress = progress or (lambda *_: None)
        self._counts: dict[Outcome, int] = {"added": 0, "updated": 0, "unchanged": 0}
        self._removed = self._passages = 0
        self._failed: list[Failure] = []
        self._skipped: list[Skipped] = []
        self._inferred: list[Inferred] = []
        self._known: dict[str, list[KnownPlace]] = {}
        self._unsettled: set[int] = set()
        self._bereft: set[int] = set()

    def run(self, paths: Sequence[Path]) -> IngestReport:
        found = roots(paths)
        self._book = Book.read(self._store)
        again = self._prepare(found)
        files = [file for root in found for file in self._files_of(root)]
        for number, file in enumerate(files):
            self._progress(number, len(files), file.place)
            self._counted(file, self._ingest(file))
        self._remove_vanished(found, again, {file.identity for file in files})
        self._mend({file.identity: file for file in files})
        self._progress(len(files), len(files), "")
        with self._store.write() as session:
            for root in found:
                value = {"root": root.identity, "book": self._book.fingerprint}
                session.merge(State(key=state_key(root), value=value))
        return IngestReport(
            **self._counts,
            removed=self._removed,
            failed=self._failed,
            inferred=self._inferred,
            passages=self._passages,
            skipped=self._skipped,
        )

    def _prepare(self, found: list[Root]) -> set[Root]:
        """Reads what earlier runs left; gives the PATHs that were ingested before."""
        with self._store.read() as session:
            check_tokeniser(session)
            self._known = known_places(session, found)
            last = {root: last_book(session, root) for root in found}
            if any(book != self._book.fingerprint for _, book in last.values()):
                self._unsettled = unsettled(session)
        with self._store.write() as session:
            record_first(session, TOKENISER, TOKENISER_VERSION)
            # From now on these have been ingested, should the run be cut off.
            rows = [
                {"key": state_key(root), "value": {"root": root.identity, "book": None}}
                for root in found
            ]
            insert_new(session, State, rows)
        return {root for root, (was_there, _) in last.items() if was_there}

    def _files_of(self, root: Root) -> Iterator[SourceFile]:
        if not root.path.exists() and not any(root.holds(Path(path)) for path in self._known):
            self._failed.append(Failure(root.name, "It is not there. Check the path."))
        for entry in files_of(root):
            if isinstance(entry, SourceFile):
                yield entry
            elif isinstance(entry, Failure):
                self._failed.append(entry)
            else:
                self._skipped.append(entry)

    def _counted(self, file: SourceFile, outcome: Outcome | None) -> None:
        if outcome is not None:
            self._counts[outcome] += 1

    def _ingest(self, file: SourceFile, *, anew: bool = False) -> Outcome | None:
        """What became of the file; None when it did not go in."""
        known = self._known.get(file.identity, [])
        anew = anew or any(place.note_id in self._unsettled for place in known)
        try:
            if not known and file.path.stat().st_size == 0:
                self._skipped.append(Skipped(file.place, "It is empty."))
                return None
            check_file(file.path, self._limits)
            with file.path.open("rb") as opened:
                file_hash = hashlib.file_digest(opened, "sha256").hexdigest()
            unchanged = all(place.file_hash == file_hash for place in known)
            understood = [] if known and unchanged and not anew else self._understood(file)
        except StatementError as problem:
            self._fail(file, f"{problem}{self._withdraw(file) if problem.rights else ''}")
            return None
        except DocumentError as problem:
            self._fail(file, str(problem))
            return None
        except OSError as error:
            reason = error.strerror or str(error)
            self._fail(file, f"It cannot be opened: {reason}. Check its rights and try again.")
            return None
        except Exception as error:
            # A document such as nobody foresaw must not keep the others out.
            _LOG.exception("%s cannot be understood", file.identity)
            kind = type(error).__name__
            self._fail(file, f"It cannot be understood ({kind}). The log says more.")
            return None
        if not understood:
            self._show(file, known)
            return "unchanged"
        return self._store_file(file, file_hash, understood)

    def _understood(self, file: SourceFile) -> list[tuple[str, Understood]]:
        """The file's documents by part, as notes."""
        above = file.path.parent.name if file.path == file.root.path else ""
        return [
            (
                document.part or "",
                understand(
                    document,
                    Where.of(file.place, part=document.part, above=above),
                    self._book,
                    self._today,
                ),
            )
            for document in self._reader.read(file.path)
        ]

    def _store_file(
        self, file: SourceFile, file_hash: str, understood: list[tuple[str, Understood]]
    ) -> Outcome:
        known = self._known.get(file.identity, [])
        root, place = _shown(file, known)
        outcomes: set[Outcome] = set()
        batches = list(in_batches(understood, _AT_ONCE))
        for number, batch in enumerate(batches, start=1):
            is_last = number == len(batches)
            with self._placing() as placing:
                for part, note in batch:
                    outcome = placing.put(
                        note.draft,
                        Place(
                            root=root,
                            path=file.identity,
                            place=part_place(place, part),
                            file_hash=file_hash if is_last else _UNFINISHED,
                            part=part,
                        ),
                    )
                    outcomes.add(outcome)
                    if outcome != "unchanged":
                        self._inferred += note.inferred
                if is_last:
                    parts = [part for part, _ in understood]
                    if placing.take_away_others(file.identity, parts):
                        outcomes.add("updated")
                    if len(batches) > 1:
                        whole = update(NotePlace).where(NotePlace.path == file.identity)
                        placing.session.execute(whole.values(file_hash=file_hash))
        if not known:
            return "added"
        return "unchanged" if outcomes == {"unchanged"} else "updated"

    @contextmanager
    def _placing(self) -> Iterator[Placing]:
        """A transaction in which places change; two runs do so one after the other."""
        with self._store.write() as session:
            if self._store.dialect == "postgresql":
                session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            writer = NoteWriter(session, Clock.now(), actor_id=self._actor_id)
            placing = Placing(session, writer)
            yield placing
        self._passages += placing.passages
        self._bereft |= placing.bereft

    def _show(self, file: SourceFile, known: list[KnownPlace]) -> None:
        """Records the PATH and the place that the file was given under now."""
        root, place = _shown(file, known)
        if all((k.root, k.place) == (root, part_place(place, k.part)) for k in known):
            return
        with self._store.write() as session:
            rows = session.scalars(select(NotePlace).where(NotePlace.path == file.identity))
            for row in rows:
                row.root, row.place = root, part_place(place, row.part)

    def _withdraw(self, file: SourceFile) -> str:
        """Takes out what is stored of a file that no longer says clearly who may read it."""
        if file.identity not in self._known:
            return ""
        with self._placing() as placing:
            placing.take_away_others(file.identity, ())
        return " What an earlier run stored of it was taken out."

    def _fail(self, file: SourceFile, problem: str) -> None:
        self._failed.append(Failure(file.place, problem))

    def _remove_vanished(self, found: list[Root], again: set[Root], seen: set[str]) -> None:
        """Takes away files that are gone, of those that were ingested under these PATHs."""
        for path, known in self._known.items():
            before = {root for root in found if root.holds(Path(path))} & again
            roots_of = {place.root for place in known}
            was_under = before or any(root.identity in roots_of for root in found)
            if path in seen or not was_under or not is_gone(path):
                continue
            with self._placing() as placing:
                if placing.take_away_others(path, ()):
                    self._removed += 1

    def _mend(self, files: dict[str, SourceFile]) -> None:
        """Understands anew the notes that lost a place, from the place that is first now."""
        for note_id in sorted(self._bereft):
            first = select(NotePlace.path, NotePlace.root, NotePlace.place, NotePlace.part)
            first = first.where(NotePlace.note_id == note_id).order_by(NotePlace.id).limit(1)
            with self._store.read() as session:
                row = session.execute(first).one_or_none()
            if row is None:
                continue
            path, root, place, part = row
            shown = place.removesuffix(part_place("", part))
            file = files.get(path) or SourceFile(
                Path(path), Root(Path(root), shown.partition("/")[0]), shown
            )
            if file.path.exists():
                self._ingest(file, anew=True)


def _shown(file: SourceFile, known: Sequence[KnownPlace]) -> tuple[str, str]:
    """The PATH that a file counts under, and its place: the outermost PATH ever given.

    So one file can be ingested by itself without being shown under another name from then on.
    """
    for place in known:
        if Path(place.root) in file.root.path.parents:
            return place.root, place.place.removesuffix(part_place("", place.part))
    return file.root.identity, file.place
