"""Who is who: which row on record, if any, an incoming row is.

By the id its system gave it; else by the sheet's key; else, for companies and contacts, by an
alias. A row that was taken back here (merged, say) is recognised too, so that the next import of
the same file does not bring it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ingest.crm.book import Book, Index
from ingest.crm.cells import CLEAR
from ingest.crm.resolving import SELF, Candidate, Fault, Resolver
from kam_knowledge.store.base import BusinessRow


@dataclass
class Match:
    """A candidate and what it is: `row` on record, or None for a new one, whose `row_id` is a
    number below zero until it has an id. `stays_away` says that it was taken back here, `by_id`
    that its system's own id told which row it is."""

    candidate: Candidate
    row_id: int
    row: BusinessRow | None = None
    stays_away: bool = False
    by_id: bool = False


class Matcher:
    """Matches the candidates of one sheet."""

    def __init__(self, book: Book, index: Index, resolver: Resolver, fault: Fault) -> None:
        self._book = book
        self._index = index
        self._resolver = resolver
        self._fault = fault
        self._above: dict[int, int | None] = {}
        self._seen: dict[Any, str] = {}
        """Where each id, row on record and new key of this import stands first."""

    def match(self, candidates: list[Candidate]) -> list[Match]:
        """One match a candidate, except for a key that comes again: the later row stays out."""
        matches: list[Match] = []
        for made in candidates:
            match = self._one(made, -1 - len(matches))
            if match is not None:
                matches.append(match)
        self._put_above(matches)
        return matches

    def _one(self, made: Candidate, number: int) -> Match | None:
        """The candidate's match, None when it stays out; `number` is a new row's."""
        index, values = self._index, made.plain()
        external, key = values.get("external_id"), ("key", *index.key(values, made.as_of))
        first = self._seen.get(external) if external else None
        if external:
            self._seen.setdefault(external, made.row.where)
        found = self._known(made) if first is None else (0, False)
        if isinstance(found, str):
            self._fault(made.row, _telling(index.spec.key), found)
            return None
        row_id, away = found
        people = index.spec.name == "people"  # an email is one person's, whatever the ids
        if first is None and row_id:
            first = self._seen.get(row_id)
        if first is None and (people or not (row_id or external)):
            first = self._seen.get(key)
        if first is not None:
            if not made.row.merge:
                column = "external_id" if external else _telling(index.spec.key)
                self._fault(made.row, column, f"the same key as {first}: left out")
            return None
        self._seen[row_id or key] = made.row.where
        if people:
            self._seen[key] = made.row.where
        if not row_id:
            index.add(number, values, made.as_of)
            return Match(made, number)
        row = index.rows[row_id]
        by_id = bool(external and index.by_external.get(external) == row_id)
        if row.retracted and not away:  # it comes back, and others may name it
            index.add(row_id, index.held(row) | values, made.as_of)
        elif not row.retracted:  # what the file calls it, other rows may call it too
            if by_id and index.takes_its_name(row):
                index.names.forget(row_id)
            index.names.add(row_id, index.held(row) | values)
        if external:
            index.know(row_id, external)
        return Match(made, row_id, row, away, by_id)

    def _known(self, made: Candidate) -> tuple[int, bool] | str:
        """The row's id (0 for a new row) and whether it stays away; or what is wrong."""
        index = self._index
        values = made.plain()
        external = values.get("external_id")
        known = index.by_external.get(external, 0) if external else 0
        if known > 0:
            return known, bool(index.rows[known].retracted and known in index.stood)
        key = index.key(values, made.as_of)
        live = self._rivals(index.by_key.get(key, []), external)
        gone = [row_id for row_id in index.gone.get(key, ()) if row_id in index.stood]
        if not live and gone:
            return gone[-1], True
        live = live or self._rivals(index.names.aliased(values), external)
        if len(live) > 1:
            return f"{len(live)} rows on record have this key: give the external_id of one"
        if live:
            return live[0], False
        if index.spec.name == "people":  # an email is one person's for good
            return next(iter(index.gone.get(key, ())), 0), False
        return 0, False

    def _rivals(self, row_ids: list[int], external: str | None) -> list[int]:
        """Rows on record among these. One to which this system gave another id is another
        record of the same name; an email is one person's whatever the ids."""
        another = external is not None and self._index.spec.name != "people"
        return [
            row_id
            for row_id in dict.fromkeys(row_ids)
            if row_id > 0 and not (another and self._index.known_to(row_id, self._book.system))
        ]

    def _put_above(self, matches: list[Match]) -> None:
        """Resolves the cells that name another row of the sheet, and refuses rings: of the rows
        that would stand above themselves the last in the file keeps what it had."""
        index = self._index
        column = SELF.get(index.spec.name)
        if column is None:
            return
        attribute = index.fields[column]
        for match in matches:
            made = match.candidate
            if made.above_cleared:
                made.values[attribute] = CLEAR
                self._above[match.row_id] = None
            if made.above is None:
                continue
            scope = made.values.get("account_id") if index.spec.name == "contacts" else None
            found = self._resolver.look_up(index.spec.name, made.above, scope)
            if isinstance(found, str):
                self._fault(made.row, column, found)
            else:
                made.values[attribute] = found
                self._above[match.row_id] = found
        again = True
        while again:
            again = False
            for match in reversed(matches):
                if self._in_a_ring(attribute, match.row_id):
                    made = match.candidate
                    named = made.above.text if made.above else ""
                    self._fault(made.row, column, f"{named!r} is itself or stands below it")
                    del made.values[attribute], self._above[match.row_id]
                    again = True

    def _in_a_ring(self, attribute: str, row_id: int) -> bool:
        """Whether what the file puts above the row comes back to it."""
        seen: set[int] = set()
        step = self._above.get(row_id)
        while step is not None and step not in seen:
            if step == row_id:
                return True
            seen.add(step)
            held = getattr(self._index.rows.get(step), attribute, None)
            step = self._above.get(step, held)
        return False


def _telling(key: tuple[str, ...]) -> str:
    """The key column that a message names: the one that tells rows of an account apart."""
    return next((name for name in key if name not in ("account", "owner", "person")), key[0])
