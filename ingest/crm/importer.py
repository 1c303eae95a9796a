"""`kam import`: the rows of a workbook or of a CRM's export go into the book, in one transaction.

Sheet by sheet, in the contract's order, rows are resolved, matched with what is on record, and
created or compared. Nothing is half-written: the transaction holds all of it or nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date
from pathlib import Path

from ingest.crm.book import Book, Index
from ingest.crm.calendars import read_calendar
from ingest.crm.cells import CLEAR
from ingest.crm.columns import Settled
from ingest.crm.comparing import Comparer
from ingest.crm.imported import ImportLedger
from ingest.crm.mapped import Mapped
from ingest.crm.mapping import load_mapping
from ingest.crm.matching import Match, Matcher
from ingest.crm.report import ImportReport, Problem
from ingest.crm.resolving import SELF, Resolver, emails_named
from ingest.crm.sheets import Incoming, SourceSheet, rows_of, workbook_sheets
from ingest.crm.spec import workbook
from ingest.crm.tabular import read_tables, unicode_name
from kam_knowledge.clock import Clock
from kam_knowledge.store.engine import Store

WORKBOOK = "workbook"
_WITHOUT_ACCOUNTS = frozenset({"people", "products", "rates"})
"""Sheets that say something without any account on record."""


class _Refused(Exception):
    """`strict` found a problem: the transaction is rolled back."""


def import_path(
    store: Store,
    path: Path,
    *,
    format: str = WORKBOOK,
    as_of: date | None = None,
    strict: bool = False,
    clock: Clock,
    actor_id: int | None = None,
) -> ImportReport:
    """Imports a folder of CSV files, an .xlsx workbook or .ics calendars into the book.

    `format` is `workbook`, the name of a built-in mapping or the path of a mapping file; `as_of`
    the day the values are stated for (else the clock's day, as not stated). With `strict` one
    problem means that nothing is written. Raises UsageError for a path or format that is none.
    """
    report = ImportReport()
    system, sheets = _read(path, format, clock, report)
    rows = [row for sheet in sheets for row in rows_of(sheet, report.problems)]
    try:
        with store.write() as session:
            ledger = ImportLedger(
                session,
                cause="import",
                origin=system,
                actor_id=actor_id,
                as_of=as_of or clock.today,
                as_of_stated=as_of is not None,
                recorded_at=clock.now(),
            )
            book = Book(session, ledger, system)
            named = {row.spec.name for row in rows}
            if "accounts" not in named and named - _WITHOUT_ACCOUNTS and not _accounts(book):
                problem = "holds no accounts, and none is on record yet"
                report.problems.append(Problem(unicode_name(path), "accounts", problem))
            Importer(book, report).take(rows)
            if strict and report.problems:
                raise _Refused
    except _Refused:
        report.created = report.updated = report.unchanged = 0
        report.conflicts = []
        report.refused = True
    report.sort()
    return report


def _accounts(book: Book) -> bool:
    return any(not row.retracted for row in book.index("accounts").rows.values())


def _read(
    path: Path, format: str, clock: Clock, report: ImportReport
) -> tuple[str, list[SourceSheet]]:
    """The system's name and its sheets; what was wrong on the way is in the report."""
    found = read_tables(path)
    report.problems += found.problems
    report.unknown += found.unknown
    settled = Settled(zone=clock.moment.tzinfo or UTC)
    if format == WORKBOOK:
        system = WORKBOOK
        sheets = workbook_sheets(found.tables, settled, report.unknown, report.problems)
    else:
        mapping = load_mapping(format)
        system = mapping.format
        mapped = Mapped(mapping, clock.today, settled.zone)
        sheets = mapped.sheets(found.tables, report.unknown, report.problems)
    for file in found.calendars:
        calendar = read_calendar(file, clock, report.unknown, report.problems)
        if calendar is not None:
            sheets.append(calendar)
    return system, sheets


class Importer:
    """Takes rows into the book and says in the report what became of each."""

    def __init__(self, book: Book, report: ImportReport) -> None:
        self._book = book
        self._report = report
        self._resolver = Resolver(book, self._fault)

    def take(self, rows: Sequence[Incoming]) -> None:
        """Everything, in the order in which sheets refer to each other."""
        by_sheet: dict[str, list[Incoming]] = {name: [] for name in workbook()}
        for row in rows:
            by_sheet[row.spec.name].append(row)
        self._unlisted(rows, {row.values["email"] for row in by_sheet["people"]})
        for name, sheet_rows in by_sheet.items():
            if not sheet_rows:
                continue
            index = self._book.index(name)
            candidates = [made for row in sheet_rows if (made := self._resolver.candidate(row))]
            matcher = Matcher(self._book, index, self._resolver, self._fault)
            matches = matcher.match(candidates)
            ids = self._create(index, [match for match in matches if match.row is None])
            on_record = [match for match in matches if match.row is not None]
            if name in SELF:
                attribute = index.fields[SELF[name]]
                for match in on_record:
                    above = match.candidate.values.get(attribute)
                    if above in ids:
                        match.candidate.values[attribute] = ids[above]
            Comparer(self._book, index, self._report, self._fault).take(on_record)
            for match in on_record:
                if match.row is not None:
                    index.refresh(match.row)
            if name == "accounts":
                self._learn_currencies(matches)
        for place, rows_left in self._resolver.passed_over.items():
            self._report.unknown.append(
                f"{place}: {rows_left} events with nobody of an account on record"
            )

    def _fault(self, row: Incoming, column: str, problem: str) -> None:
        self._report.problems.append(Problem(row.where, row.label(column), problem))

    def _unlisted(self, rows: Sequence[Incoming], listed: set[str]) -> None:
        """People whom rows name by an email that nobody has: known, but they may not sign in."""
        named = emails_named(rows)
        if not named:
            return
        index = self._book.index("people")
        records = [
            {"email": email, "name": name or email, "listed": False}
            for email, name in named.items()
            if email not in listed and isinstance(index.names.find(email), str)
        ]
        # Nobody has stated more than an address: whoever lists them knows better.
        ledger = self._book.ledger
        with ledger.assuming():
            ids = ledger.create_many(index.model, records) if records else []
        for row_id, record in zip(ids, records, strict=True):
            index.add(row_id, record, None)

    def _create(self, index: Index, matches: list[Match]) -> dict[int, int]:
        """New rows in bulk, those that stand below another new row after that one; their ids by
        the numbers that stood for them."""
        column = SELF.get(index.spec.name)
        attribute = index.fields[column] if column else ""
        ids: dict[int, int] = {}
        waiting = matches
        while waiting:
            ready: list[Match] = []
            later: list[Match] = []
            for match in waiting:
                above = match.candidate.values.get(attribute)
                there = above is None or above is CLEAR or above > 0 or above in ids
                (ready if there else later).append(match)
            waiting = later
            records = [match.candidate.plain() for match in ready]
            for match, record in zip(ready, records, strict=True):
                if attribute in record:
                    record[attribute] = ids.get(record[attribute], record[attribute])
                if match.candidate.row.unlisted:
                    record["listed"] = False
            created = self._book.ledger.create_many(
                index.model,
                records,
                sources=[match.candidate.row.where for match in ready],
                as_ofs=[match.candidate.as_of for match in ready],
            )
            ids |= {match.row_id: row_id for match, row_id in zip(ready, created, strict=True)}
        index.renumber(ids)
        for match in matches:
            match.row_id = ids[match.row_id]
        self._report.created += len(matches)
        return ids

    def _learn_currencies(self, matches: list[Match]) -> None:
        for match in matches:
            currency = match.candidate.plain().get("currency")
            if currency:
                self._book.learn_currency(match.row_id, currency)
