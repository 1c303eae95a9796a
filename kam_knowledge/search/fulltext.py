"""The full-text index: finds candidates for BM25 under rights, and counts what BM25 must know.

SQLite's FTS5 and PostgreSQL's tsvector hold the same tokens and find the same passages; what
they score is not used, unless so many match that only the likeliest can be looked at.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    cast,
    column,
    func,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.orm import Session

from kam_knowledge.search.bm25 import Statistics
from kam_knowledge.store.models import Note, Passage

ENOUGH = 800
"""Passages that one query's tokens may bring; the best are found among far fewer."""
MOST_TOKENS = 64
"""Tokens looked for at most: a pasted page is found by its rarest words."""
FURTHER = 3
"""How many commoner tokens are looked for where the rare ones bring too few passages."""

_SMALL = 2_000  # passages up to which everything is counted anew for every query
_GROWTH, _SECONDS = 0.02, 60.0  # how far and how long a larger collection's counts may be behind


@dataclass
class Figures:
    """What the collection held when it was counted."""

    last_id: int
    taken_at: float
    passages: int
    tokens: int
    by_account: Mapping[int | None, int]
    """Passages of notes by account; None for notes of no account."""
    of_method: int
    frequencies: dict[str, int] = field(default_factory=dict)

    def still_hold(self, last_id: int) -> bool:
        """Whether they are near enough, the newest passage being that one."""
        if self.passages <= _SMALL:
            return False
        fresh = time.monotonic() - self.taken_at < _SECONDS
        return fresh and abs(last_id - self.last_id) <= self.passages * _GROWTH


@dataclass(frozen=True)
class Sought:
    """Which tokens to look for.

    `wanted` is how many of the best are needed: the database may leave out the less likely.
    `crowded` says that more passages hold the tokens than can be looked at.
    """

    tokens: tuple[str, ...]
    wanted: int
    crowded: bool


class FullText(ABC):
    """One database's full-text index. One object a process; it remembers what it counted."""

    def __init__(self) -> None:
        self._figures: Figures | None = None

    @staticmethod
    def of(dialect: str) -> FullText:
        """The index of that database, `sqlite` or `postgresql`."""
        return PostgresFullText() if dialect == "postgresql" else SqliteFullText()

    def figures(self, session: Session) -> Figures:
        """Counts of the collection; a large one's may be a minute or two per cent behind."""
        last_id = session.scalar(select(func.max(Passage.id))) or 0
        figures = self._figures
        if figures is None or not figures.still_hold(last_id):
            figures = self._figures = _count(session, last_id)
        return figures

    def statistics(self, session: Session, tokens: Sequence[str]) -> Statistics:
        """What BM25 must know to rank by these tokens."""
        figures = self.figures(session)
        unknown = [token for token in tokens if token not in figures.frequencies]
        # A token that stands nowhere is not remembered: the next note may bring it.
        figures.frequencies.update(self.frequencies(session, unknown) if unknown else {})
        return Statistics(
            passages=figures.passages,
            average_length=figures.tokens / max(figures.passages, 1),
            frequencies={t: figures.frequencies[t] for t in tokens if t in figures.frequencies},
        )

    @staticmethod
    def choose(tokens: Sequence[str], statistics: Statistics, share: float, wanted: int) -> Sought:
        """The tokens to look for: the rarest, while `ENOUGH` hold them of what may be seen.

        `share` is the part of the collection that may be seen, 0 to 1. Common tokens still
        count in the score; they only bring nothing in that rarer ones do not.
        """
        counted = sorted(
            (count, token)
            for token in tokens
            if (count := statistics.frequencies.get(token, 0)) > 0
        )
        chosen: list[str] = []
        seen = 0.0
        for count, token in counted:
            if seen + count * share > ENOUGH or len(chosen) == MOST_TOKENS:
                break
            seen += count * share
            chosen.append(token)
        crowded = len(chosen) < len(counted) and seen < wanted
        if crowded:
            chosen = [token for _, token in counted[: len(chosen) + FURTHER]]
        return Sought(tuple(chosen), wanted, crowded)

    @abstractmethod
    def frequencies(self, session: Session, tokens: Sequence[str]) -> dict[str, int]:
        """In how many passages each token stands; those that stand in none are missing."""

    @abstractmethod
    def matching(
        self, statement: Select[Any], sought: Sought, visible: Select[Any] | None
    ) -> Select[Any]:
        """The statement over `Passage`, narrowed to passages that hold one of the tokens.

        `visible` selects the ids of all that may be seen, where they are few enough to be
        listed first; the statement's own conditions hold in any case.
        """

    @staticmethod
    @abstractmethod
    def all_held(tokens: Sequence[str]) -> ColumnElement[bool]:
        """SQL over `Passage`: those that hold every one of the tokens, whatever their order."""


class SqliteFullText(FullText):
    """FTS5: `passage_fts`, and its vocabulary `passage_terms`."""

    def frequencies(self, session: Session, tokens: Sequence[str]) -> dict[str, int]:
        """See `FullText`."""
        connection = session.connection()
        # One at a time: for a list FTS5's vocabulary walks through every term it has.
        asked = "SELECT doc FROM passage_terms WHERE term = ?"
        counted = {t: connection.exec_driver_sql(asked, (t,)).scalar() for t in tokens}
        return {token: count for token, count in counted.items() if count}

    def matching(
        self, statement: Select[Any], sought: Sought, visible: Select[Any] | None
    ) -> Select[Any]:
        """See `FullText`."""
        fts = table("passage_fts", column("rowid"), column("passage_fts"), column("rank"))
        # The plus keeps SQLite from asking FTS5 once for every passage instead of once.
        rowid: ColumnElement[int] = literal_column("+passage_fts.rowid")
        query = " OR ".join(f'"{token}"' for token in sought.tokens)
        found = statement.join(fts, Passage.id == rowid).where(fts.c.passage_fts.op("MATCH")(query))
        if visible is not None:
            return found.where(rowid.in_(visible))
        return found.order_by(fts.c.rank).limit(sought.wanted)

    @staticmethod
    def all_held(tokens: Sequence[str]) -> ColumnElement[bool]:
        """See `FullText`."""
        fts = table("passage_fts", column("rowid"), column("passage_fts"))
        query = " AND ".join(f'"{token}"' for token in tokens)
        found = select(fts.c.rowid).where(fts.c.passage_fts.op("MATCH")(query))
        return Passage.id.in_(found)


class PostgresFullText(FullText):
    """A GIN index over `passages.lexemes`, a tsvector without positions."""

    def frequencies(self, session: Session, tokens: Sequence[str]) -> dict[str, int]:
        """See `FullText`."""
        statement = text(
            """SELECT asked.token, (
                   SELECT count(*) FROM passages
                   WHERE passages.lexemes @@ CAST(quote_literal(asked.token) AS tsquery)
               ) FROM unnest(CAST(:tokens AS text[])) AS asked(token)"""
        )
        rows = session.execute(statement, {"tokens": list(tokens)})
        return {token: count for token, count in rows if count}

    def matching(
        self, statement: Select[Any], sought: Sought, visible: Select[Any] | None
    ) -> Select[Any]:
        """See `FullText`."""
        del visible  # the planner combines both conditions by itself
        lexemes: ColumnElement[Any] = literal_column("passages.lexemes", TSVECTOR)
        query = cast(" | ".join(f"'{token}'" for token in sought.tokens), TSQUERY)
        found = statement.where(lexemes.op("@@")(query))
        if not sought.crowded:
            return found
        by_length = 1  # divides by one plus the logarithm of the length
        likeliest = func.ts_rank(lexemes, query, by_length).desc()
        return found.order_by(likeliest, Passage.length).limit(ENOUGH)

    @staticmethod
    def all_held(tokens: Sequence[str]) -> ColumnElement[bool]:
        """See `FullText`."""
        lexemes: ColumnElement[Any] = literal_column("passages.lexemes", TSVECTOR)
        return lexemes.op("@@")(cast(" & ".join(f"'{token}'" for token in tokens), TSQUERY))


def _count(session: Session, last_id: int) -> Figures:
    rows = session.execute(
        select(Note.account_id, func.count(), func.sum(Passage.length))
        .join(Passage, Passage.note_id == Note.id)
        .group_by(Note.account_id)
    ).all()
    of_method, method_tokens = session.execute(
        select(func.count(), func.coalesce(func.sum(Passage.length), 0)).where(
            Passage.method_key > ""  # served by an index, unlike IS NOT NULL
        )
    ).one()
    return Figures(
        last_id=last_id,
        taken_at=time.monotonic(),
        passages=of_method + sum(count for _, count, _ in rows),
        tokens=int(method_tokens) + sum(int(tokens) for _, _, tokens in rows),
        by_account={account: count for account, count, _ in rows},
        of_method=of_method,
    )
