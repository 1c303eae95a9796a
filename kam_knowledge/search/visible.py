"""Passages as a reader may see them: the one place where search meets rights and filters."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Executable, Row, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from kam_knowledge.access import Rights
from kam_knowledge.errors import UsageError
from kam_knowledge.search.candidates import Candidate
from kam_knowledge.search.fulltext import Figures
from kam_knowledge.store.models import Note, Passage

METHODOLOGY, DOCUMENT, NOTE = "methodology", "document", "note"
_TOUCHES = frozenset({"meeting", "call", "email", "chat"})

COLUMNS: tuple[Any, ...] = (
    Passage.id,
    Passage.note_id,
    Passage.method_key,
    Passage.ordinal,
    Passage.tokens,
    Passage.length,
    Passage.content_hash,
    Passage.language,
    Note.account_id,
    Note.date,
)


@dataclass(frozen=True)
class Filters:
    """What a search is narrowed to; None means no narrowing.

    `kinds` holds note, document, methodology, or a note's own kind (meeting, call, email, chat).
    The days are inclusive; an undated passage lies between no days.
    """

    account_ids: frozenset[int] | None = None
    kinds: frozenset[str] | None = None
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        unknown = (self.kinds or frozenset()) - _TOUCHES - {METHODOLOGY, DOCUMENT, NOTE}
        if unknown:
            raise UsageError(
                f"{sorted(unknown)[0]!r} is no kind of passage.",
                "The kinds are note, document and methodology.",
            )

    @property
    def methodology(self) -> bool:
        """Whether passages of the method pass."""
        if self.account_ids is not None or self.since or self.until:
            return False
        return self.kinds is None or METHODOLOGY in self.kinds

    @property
    def notes(self) -> bool:
        """Whether any note may pass."""
        return self.kinds is None or bool(self.kinds - {METHODOLOGY})

    def note_clause(self) -> ColumnElement[bool]:
        """SQL over `Note`."""
        clauses: list[ColumnElement[bool]] = [true()]
        if self.account_ids is not None:
            clauses.append(Note.account_id.in_(sorted(self.account_ids)))
        if self.kinds is not None:
            own = sorted(self.kinds & (_TOUCHES | {DOCUMENT}))
            wanted: list[ColumnElement[bool]] = [Note.kind.in_(own)] if own else []
            if NOTE in self.kinds:
                wanted.append(Note.kind != DOCUMENT)
            clauses.append(or_(false(), *wanted))
        if self.since is not None:
            clauses.append(Note.date >= self.since)
        if self.until is not None:
            clauses.append(Note.date <= self.until)
        return and_(*clauses)


class Visible:
    """The passages that these rights and filters leave, and nothing of any other."""

    def __init__(self, session: Session, rights: Rights, filters: Filters) -> None:
        self._session = session
        self._rights = rights
        self._filters = filters
        notes = and_(rights.note_clause(), filters.note_clause()) if filters.notes else false()
        self._notes = notes
        self.clause: ColumnElement[bool] = (
            or_(Passage.method_key.is_not(None), notes) if filters.methodology else notes
        )

    def listed(self, *columns: Any) -> Select[Any]:
        """Selects columns of `Passage` of them all, by way of the notes: for when they are few."""
        of_notes = (
            select(*columns).join_from(Passage, Note, Note.id == Passage.note_id).where(self._notes)
        )
        if not self._filters.methodology:
            return of_notes
        of_method = (
            select(*columns)
            # It has no note, but on a false condition SQLite walks through every note.
            .join_from(Passage, Note, Note.id == Passage.note_id, isouter=True)
            # An index serves a comparison; for IS NOT NULL SQLite reads the whole table.
            .where(Passage.method_key > "")
        )
        return select(of_notes.union_all(of_method).subquery())

    def at_most(self, figures: Figures, few: int) -> int:
        """How many there are, or more; exact to `few` where filters make a guess worthless."""
        accounts = self._rights.visible
        if self._filters.account_ids is not None:
            accounts &= self._filters.account_ids
        guess = sum(figures.by_account.get(account, 0) for account in accounts)
        if self._filters.account_ids is None:
            guess += figures.by_account.get(None, 0)
        if not self._rights.inside or not self._filters.notes:
            guess = 0
        if self._filters.methodology:
            guess += figures.of_method
        narrowed = self._filters.kinds or self._filters.since or self._filters.until
        if guess <= few or not narrowed:
            return guess
        counted = self._session.scalar(
            select(func.count()).select_from(self.listed(Passage.id).limit(few + 1).subquery())
        )
        return counted if counted is not None and counted <= few else guess

    def candidates(self) -> Select[Any]:
        """Selects what ranking needs of them."""
        return select(*COLUMNS).outerjoin(Note, Note.id == Passage.note_id).where(self.clause)

    def by_id(self, ids: Sequence[int]) -> list[Candidate]:
        """Those of the ids that are visible, in the order given."""
        found = self.read(self.candidates().where(Passage.id.in_(ids))) if ids else []
        place = {key: number for number, key in enumerate(ids)}
        return sorted(found, key=lambda candidate: place[candidate.id])

    def beside(self, places: Collection[tuple[int | str, int]]) -> list[Candidate]:
        """Those at these places (note, ordinal), whose notes the caller has read as visible.

        A note's passages share its rights, so these are not asked again here; whatever is given
        out is read again under them.
        """
        of_method = [f"{note}#{at}" for note, at in places if isinstance(note, str)]
        near = or_(
            # As two lists, since SQLite finds pairs in one list by reading the whole table; what
            # belongs to another pair is dropped below.
            and_(
                Passage.note_id.in_(sorted({note for note, _ in places if isinstance(note, int)})),
                Passage.ordinal.in_(sorted({at for _, at in places})),
            ),
            Passage.method_key.in_(of_method),
        )
        listed = self.rows(select(Passage.id, Passage.note_id, Passage.ordinal).where(near))
        ids = [key for key, note, at in listed if note is None or (note, at) in places]
        if not ids:
            return []
        return self.read(
            select(*COLUMNS).outerjoin(Note, Note.id == Passage.note_id).where(Passage.id.in_(ids))
        )

    def read(self, statement: Select[Any]) -> list[Candidate]:
        """What a statement made from `candidates` finds."""
        return [_candidate(row) for row in self.rows(statement)]

    def rows(self, statement: Executable) -> Sequence[Any]:
        """Plain rows: the session's own way builds objects for thousands of ids."""
        return self._session.connection().execute(statement).all()


def _candidate(row: Row[Any]) -> Candidate:
    key, note, method_key, ordinal, tokens, length, content, language, account, day = tuple(row)
    return Candidate(
        id=key,
        note=note if note is not None else str(method_key).rpartition("#")[0],
        ordinal=ordinal,
        tokens=tokens,
        length=length,
        content_hash=content,
        account_id=account,
        language=language,
        method=method_key is not None,
        day=day.toordinal() if day else 0,
    )
