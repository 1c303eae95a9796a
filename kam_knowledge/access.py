"""Who may see what: the one place where rights are decided (contract.md, "Who may see what").

`decide` turns a viewer and an audience into `Rights`: the accounts that the asker *and* every
reader of the reply may see, and those whose inner facts they may see. Reads put the clauses of
`Rights` into their SQL, so that a row outside them is never fetched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from kam_knowledge.circles import Circles
from kam_knowledge.store.membership import one_of
from kam_knowledge.store.models import Account, Note, Passage

IntColumn = InstrumentedAttribute[int] | InstrumentedAttribute[int | None] | ColumnElement[int]


@dataclass(frozen=True)
class Viewer:
    """Who asks: a person of ours, or somebody outside (`person_id` None)."""

    person_id: int | None

    @classmethod
    def outside(cls) -> Viewer:
        """A guest or an outside person: the method only."""
        return cls(None)


class Reach(StrEnum):
    """The three kinds of audience."""

    ONLY = "only"
    MEMBERS = "members"
    EVERYONE = "everyone"


@dataclass(frozen=True)
class Audience:
    """Who will read the reply. `outsiders` says that a guest or outside reader is among them."""

    reach: Reach
    person_ids: frozenset[int] = frozenset()
    outsiders: bool = False

    @classmethod
    def only(cls, person_id: int) -> Audience:
        """A direct message, an ephemeral, Home, the command line."""
        return cls(Reach.ONLY, frozenset({person_id}))

    @classmethod
    def members(cls, person_ids: Iterable[int], *, outsiders: bool = False) -> Audience:
        """A private channel or group message, as of now."""
        return cls(Reach.MEMBERS, frozenset(person_ids), outsiders)

    @classmethod
    def everyone(cls, *, outsiders: bool = False) -> Audience:
        """A public or unknown channel: any active person may join."""
        return cls(Reach.EVERYONE, frozenset(), outsiders)


@dataclass(frozen=True)
class Rights:
    """What the asker and every reader may see, on one business day."""

    viewer: Viewer
    audience: Audience
    today: date
    visible: frozenset[int]
    """Accounts all of them may see."""
    inner: frozenset[int]
    """Accounts whose inner facts and team notes all of them may see."""
    inside: bool
    """False when somebody outside reads or asks: the method only."""
    leaders_only: bool
    """True when every reader is a leader: notes that could not be filed are theirs."""
    sole_reader: int | None
    """The one person who asks and reads, if it is one: private notes are theirs."""
    covering: frozenset[int] = frozenset()
    """People the sole reader stands in for today."""

    def sees(self, account_id: int | None) -> bool:
        """Whether all may see the account at all."""
        return account_id in self.visible

    def sees_inner(self, account_id: int | None) -> bool:
        """Whether all may see the account's inner facts."""
        return account_id in self.inner

    def account_clause(self, column: IntColumn) -> ColumnElement[bool]:
        """SQL: the column names an account that all may see."""
        return self._one_of(column, self.visible)

    def inner_clause(self, column: IntColumn) -> ColumnElement[bool]:
        """SQL: the column names an account whose inner facts all may see."""
        return self._one_of(column, self.inner)

    def _one_of(self, column: IntColumn, accounts: frozenset[int]) -> ColumnElement[bool]:
        key = (column, accounts is self.inner)
        if key not in self._made:
            self._made[key] = one_of(column, accounts) if accounts else false()
        return self._made[key]

    @cached_property
    def _made(self) -> dict[tuple[IntColumn, bool], ColumnElement[bool]]:
        """Clauses made before, by column and whether of the inner accounts."""
        return {}

    def note_clause(self) -> ColumnElement[bool]:
        """SQL over `Note`: notes that all may read, dated up to today, not removed."""
        return self._note_clause

    @cached_property
    def _note_clause(self) -> ColumnElement[bool]:
        if not self.inside:
            return false()
        # An unfiled note names no account that could restrict it, so ingest marks as "team"
        # those that mention a team account; leaders and the author still find them.
        readable = [
            and_(
                Note.visibility == "open",
                or_(self.account_clause(Note.account_id), Note.account_id.is_(None)),
            ),
            and_(Note.visibility == "team", self.inner_clause(Note.account_id)),
        ]
        if self.leaders_only:
            readable.append(and_(Note.visibility == "team", Note.account_id.is_(None)))
        if self.sole_reader is not None:
            readable.append(
                and_(
                    Note.author_id == self.sole_reader,
                    or_(
                        and_(Note.visibility == "author", self.account_clause(Note.account_id)),
                        Note.account_id.is_(None),
                    ),
                )
            )
        return and_(
            Note.removed.is_(False),
            or_(Note.date.is_(None), Note.date <= self.today),
            or_(*readable),
        )

    def passage_clause(self, *, methodology: bool = True) -> ColumnElement[bool]:
        """SQL over `Passage`: those of readable notes and, unless left out, of the method."""
        of_notes = exists(select(Note.id).where(Note.id == Passage.note_id, self.note_clause()))
        return or_(Passage.method_key.is_not(None), of_notes) if methodology else of_notes


def decide(session: Session, viewer: Viewer, audience: Audience, today: date) -> Rights:
    """The rights of this asker before these readers on this day.

    Whoever is not an active, listed person of ours counts as an outside reader, so that every
    doubt closes the door.
    """
    circles = Circles(session, today)
    active, leaders, covers = circles.active, circles.leaders, circles.covers
    readers = set(active) if audience.reach is Reach.EVERYONE else set(audience.person_ids)
    if viewer.person_id is not None:
        readers.add(viewer.person_id)
    outside = viewer.person_id is None or audience.outsiders or not readers <= active
    if outside:
        return Rights(viewer, audience, today, frozenset(), frozenset(), False, False, None)

    sole = viewer.person_id if readers == {viewer.person_id} else None
    visible: set[int] = set()
    inner: set[int] = set()
    for account in session.execute(
        select(Account.id, Account.owner_id, Account.visibility).where(Account.retracted.is_(False))
    ):
        team = circles.team(account.id, account.owner_id)
        if readers <= team:
            inner.add(account.id)
            visible.add(account.id)
        elif account.visibility == "open":
            visible.add(account.id)
    return Rights(
        viewer,
        audience,
        today,
        frozenset(visible),
        frozenset(inner),
        inside=True,
        leaders_only=readers <= leaders,
        sole_reader=sole,
        covering=frozenset(c.person_id for c in covers if c.cover_id == sole),
    )


def method_only(today: date) -> Rights:
    """The rights of somebody outside: no account, no note, the method alone."""
    return Rights(
        Viewer.outside(),
        Audience.everyone(outsiders=True),
        today,
        frozenset(),
        frozenset(),
        inside=False,
        leaders_only=False,
        sole_reader=None,
    )


def all_of(clauses: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    """The conjunction of the clauses; true when there are none."""
    return and_(true(), *clauses)
