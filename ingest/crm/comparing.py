"""Three ways: what the file says, what its system said last, and what stands here now.

| the file against what its system said last | what stands here | what becomes of the cell |
|---|---|---|
| the same | anything | nothing: a correction made here stays |
| changed | as its system said last | the row takes it |
| changed | changed too, to the same | the ledger remembers |
| changed | changed too | a conflict: told, kept in the ledger, the row keeps its value |
| never said before | nothing, or an assumption | the row takes it |
| never said before | stated otherwise | a conflict |
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ingest.crm.book import Book, Index
from ingest.crm.cells import CLEAR
from ingest.crm.imported import Offer, same
from ingest.crm.matching import Match
from ingest.crm.report import Conflict, ImportReport
from ingest.crm.resolving import Fault
from kam_knowledge.store.base import BusinessRow
from kam_knowledge.store.models import LedgerEntry, Person


@dataclass
class _Cells:
    """Cells of rows on record, by what is to become of them."""

    offers: list[Offer] = field(default_factory=list)
    conflicts: list[Offer] = field(default_factory=list)
    aside: list[Offer] = field(default_factory=list)
    """This system's ids and spellings of rows that another source named first."""


class Comparer:
    """Compares and writes the rows of one sheet that are on record."""

    def __init__(self, book: Book, index: Index, report: ImportReport, fault: Fault) -> None:
        self._book = book
        self._index = index
        self._report = report
        self._fault = fault
        self._columns = {attribute: column for column, attribute in index.fields.items()}

    def take(self, matches: list[Match]) -> None:
        """Writes what changed and counts the rows."""
        ledger, model = self._book.ledger, self._index.model
        cells = _Cells()
        changed: set[int] = set()
        for match in matches:
            assert match.row is not None
            revived = match.row.retracted and not match.stays_away
            if revived:
                ledger.restore(match.row, match.candidate.row.where)
                changed.add(match.row.id)
            values = self._values(match)
            # A row that comes back states its key anew: what had stated it was undone.
            spelt = {} if revived else self._spelt(match, values)
            self._sort(match, values, cells, revived=revived, spelt=spelt)
        self._first_clashes(cells)
        for conflict in cells.conflicts:
            self._tell(conflict, list(conflict.values))
        ledger.keep_conflicts(model, cells.conflicts)
        ledger.keep_aside(model, cells.aside)
        taken = ledger.offer_many(model, cells.offers) if cells.offers else []
        for offer, took in zip(cells.offers, taken, strict=True):
            if took:
                changed.add(offer.row.id)
            # Older than what the row holds: kept in the ledger, and told.
            lost = [
                n for n, value in offer.values.items() if not same(getattr(offer.row, n), value)
            ]
            self._tell(offer, lost)
        self._report.updated += len(changed)
        self._report.unchanged += len(matches) - len(changed)

    def _values(self, match: Match) -> dict[str, Any]:
        """The cells of a row on record: cleared ones empty, and a key as it stands here."""
        assert match.row is not None
        row, made, index = match.row, match.candidate, self._index
        values = {
            name: _empty(row, name) if value is CLEAR else value
            for name, value in made.values.items()
        }
        if isinstance(row, Person) and not row.listed and not made.row.unlisted:
            values["listed"] = True
        if isinstance(row, Person) and "email" in values:
            owner = index.names.find(values["email"])
            if isinstance(owner, int) and owner != row.id:
                self._fault(made.row, "email", "another person of ours has this email")
                del values["email"]
        return values

    def _spelt(self, match: Match, values: dict[str, Any]) -> dict[str, Any]:
        """Takes out of `values` the key of a row that was found by it: another spelling is no
        change. What comes back is this system's spelling, where it has an id of its own."""
        assert match.row is not None
        index = self._index
        if match.by_id:
            return {}
        spelt = {name: values.pop(name) for name in index.model.KEY if name in values}
        return spelt if "external_id" in values else {}

    def _sort(
        self,
        match: Match,
        values: dict[str, Any],
        cells: _Cells,
        *,
        revived: bool,
        spelt: dict[str, Any],
    ) -> None:
        assert match.row is not None
        row, made, index = match.row, match.candidate, self._index
        offer = Offer(row, {}, made.row.where, made.as_of)
        conflict = Offer(row, {}, made.row.where, made.as_of)
        aside = Offer(row, spelt, made.row.where, made.as_of)
        known = row.id in index.stood  # else all this system ever said of it was undone
        for name, value in values.items():
            given = index.given.get((row.id, name))
            held = getattr(row, name)
            if revived:
                if value not in (None, []):
                    offer.values[name] = value
            elif given is not None and same(given.value, value) and (known or not given.undone):
                continue
            elif same(held, value):
                # Both sides came to it: the ledger takes note, so that from now on it is given.
                if given is not None or value not in (None, []):
                    offer.values[name] = value
            elif name == "external_id" and held is not None:
                aside.values[name] = value  # another system's id stays the row's own
            elif match.stays_away or (given is not None and not same(given.value, held)):
                conflict.values[name] = value
            else:
                offer.values[name] = value
        for kept, into in (
            (offer, cells.offers),
            (conflict, cells.conflicts),
            (aside, cells.aside),
        ):
            if kept.values:
                into.append(kept)

    def _first_clashes(self, cells: _Cells) -> None:
        """Moves to the conflicts what this system says for the first time of a cell that
        something confirmed states otherwise."""
        given = self._index.given
        first = [
            offer
            for offer in cells.offers
            if any((offer.row.id, name) not in given for name in offer.values)
        ]
        names = sorted({name for offer in first for name in offer.values})
        held = self._book.ledger.held(self._index.model, [o.row.id for o in first], names)
        for offer in first:
            clashing = {
                name: value
                for name, value in offer.values.items()
                if (offer.row.id, name) not in given
                and _stated(name, held.get((offer.row.id, name)))
                and not same(getattr(offer.row, name), value)
            }
            for name in clashing:
                del offer.values[name]
            if clashing:
                cells.conflicts.append(Offer(offer.row, clashing, offer.source, offer.as_of))
        cells.offers = [offer for offer in cells.offers if offer.values]

    def _tell(self, offer: Offer, names: list[str]) -> None:
        sheet = self._index.spec.name
        for name in names:
            if name in ("owner_person_id", "owner_contact_id"):
                continue  # the owner's text says it
            self._report.conflicts.append(
                Conflict(
                    where=offer.source,
                    table=sheet,
                    key=self._book.title(sheet, offer.row),
                    column=self._columns.get(name, name),
                    imported=self._book.shown(sheet, name, offer.values[name]),
                    current=self._book.shown(sheet, name, getattr(offer.row, name)),
                )
            )


def _stated(name: str, held: tuple[LedgerEntry, str] | None) -> bool:
    """Whether the cell rests on something that an import's first word may not replace. That a
    person is listed, an import may say whatever another left open; never against one of us."""
    if held is None:
        return False
    entry, cause = held
    if name == "listed":
        return cause != "import"
    return entry.confirmed and entry.new not in (None, [])


def _empty(row: BusinessRow, name: str) -> Any:
    """What a cleared cell becomes: nothing, an empty list, or the column's default."""
    default = type(row).__mapper__.column_attrs[name].columns[0].default
    if default is None:
        return None
    return [] if getattr(default, "is_callable", False) else getattr(default, "arg", None)
