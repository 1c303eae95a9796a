"""The one gate through which business rows are read.

`Records` puts the reader's rights into every statement, leaves inner columns unselected where
they are not the reader's, hides rows that were taken back, and shows values as they stood on
the business day: a fact stated for a later day is left out (contract.md, "State and clock").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cache, cached_property
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, case, false, func, null, or_, select, true
from sqlalchemy.orm import Session, class_mapper

from kam_knowledge.access import Rights
from kam_knowledge.changes.values import facts
from kam_knowledge.queries.history import (
    Disagreement,
    Provenance,
    Stated,
    best_of,
    history,
    put_back,
)
from kam_knowledge.queries.sources import RecordSource
from kam_knowledge.store.base import BusinessRow
from kam_knowledge.store.membership import among
from kam_knowledge.store.models import (
    Account,
    Activity,
    Contact,
    LedgerEntry,
    Person,
    Rate,
    Target,
)

__all__ = ["Disagreement", "Provenance", "Records", "Row"]

Row = TypeVar("Row", bound=BusinessRow)

UNREAD = frozenset({"created_at", "updated_at"})
"""When a row was written: the ledger's business. Two instants a row cost as much as the rest."""


class Records:
    """Business rows under one set of rights, in one session."""

    def __init__(self, session: Session, rights: Rights, *, keeps: bool = False) -> None:
        """With `keeps` no row is read twice: for a unit of work that writes nothing."""
        self.session = session
        self.rights = rights
        self._kept: defaultdict[type[BusinessRow], dict[int, Any]] | None = (
            defaultdict(dict) if keeps else None
        )
        self._grounds: dict[tuple[type[BusinessRow], int], dict[str, Provenance]] = {}
        self._bases: dict[type[BusinessRow], tuple[list[str], Select[Any]]] = {}

    def all(
        self,
        model: type[Row],
        *criteria: ColumnElement[bool],
        account_ids: Iterable[int] | None = None,
        now: Iterable[ColumnElement[bool]] = (),
    ) -> list[Row]:
        """The rows of the model that all readers may see, detached, in order of id.

        `criteria` may only narrow by what never changes (ids, keys): what a field says on the
        business day is for the caller to compare, after the row came through here. `now` says
        the same of the fields' present values; it spares the reading of rows, and is passed
        over where present values are not those of the business day.
        """
        names, base = self._base(model)
        statement = self._narrowed(base, model, criteria, account_ids, now)
        detached = class_mapper(model).class_manager.new_instance
        rows: list[Row] = []
        self.session.flush()
        # All at once: one by one SQLAlchemy takes longer for a row than SQLite does.
        for values in self.session.connection().execute(statement.order_by(model.id)).all():
            row = detached()
            row.__dict__.update(zip(names, values, strict=True))
            rows.append(row)
        if not self.as_it_stands:
            rows = self._as_it_stood(model, rows)
        if self._kept is not None:
            self._kept[model].update((row.id, row) for row in rows)
        return rows

    def fields(
        self,
        model: type[BusinessRow],
        names: Sequence[str],
        *criteria: ColumnElement[bool],
        account_ids: Iterable[int] | None = None,
        now: Iterable[ColumnElement[bool]] = (),
    ) -> Sequence[Any]:
        """The same rows with some of their fields only, by name: for counting over thousands.

        Cheap where values stand as they do now; whole rows otherwise.
        """
        if not self.as_it_stands:
            return self.all(model, *criteria, account_ids=account_ids)
        columns = [self._column(model, name).label(name) for name in names]
        base = select(*columns).where(self.held(model))
        statement = self._narrowed(base, model, criteria, account_ids, now)
        self.session.flush()
        return self.session.connection().execute(statement.order_by(model.id)).all()

    def get(self, model: type[Row], row_id: int | None) -> Row | None:
        """The row of that id, None where it does not exist for these readers."""
        if row_id is None:
            return None
        kept = {} if self._kept is None else self._kept[model]
        if row_id not in kept:
            found = self.all(model, model.id == row_id)
            kept[row_id] = found[0] if found else None
        row: Row | None = kept[row_id]
        return row

    def keep(self, model: type[BusinessRow], row_ids: Iterable[int | None]) -> None:
        """Reads rows that `get` will be asked for, all at once."""
        if self._kept is not None:
            missing = {key for key in row_ids if key is not None} - self._kept[model].keys()
            if len(missing) > 1:
                self._kept[model].update(dict.fromkeys(missing))
                self.all(model, among(model.id, missing))

    def several(self, model: type[Row], row_ids: Sequence[int]) -> list[Row]:
        """The rows of these ids that exist for these readers, in their order."""
        if self._kept is None:
            rows = {row.id: row for row in self.all(model, among(model.id, row_ids))}
            return [rows[key] for key in row_ids if key in rows]
        self.keep(model, row_ids)
        return [row for key in row_ids if (row := self.get(model, key))]

    @cached_property
    def accounts(self) -> dict[int, Account]:
        """Every account all readers may see, by id."""
        return {row.id: row for row in self.all(Account)}

    @cached_property
    def people(self) -> dict[int, Person]:
        """People of ours by id: colleagues know each other's names."""
        return {row.id: row for row in self.all(Person)}

    @cached_property
    def rates(self) -> list[Rate]:
        """Every rate of exchange on record."""
        return self.all(Rate)

    def contacts(self, account_id: int) -> list[Contact]:
        """The account's contacts, those who left included."""
        return self.all(Contact, account_ids=[account_id])

    def provenance(
        self, row: BusinessRow, fields: Sequence[str] | None = None
    ) -> dict[str, Provenance]:
        """Where each field's value comes from. Inner fields only for those who may see them."""
        if self._kept is None:
            return self._provenance(row, fields)
        key = (type(row), row.id)
        if key not in self._grounds:
            self._grounds[key] = self._provenance(row, None)
        found = self._grounds[key]
        return {name: found[name] for name in found if fields is None or name in fields}

    def _provenance(self, row: BusinessRow, fields: Sequence[str] | None) -> dict[str, Provenance]:
        best = best_of(self._history(type(row), [row], fields))
        known = facts(type(row))
        return {name: stated.provenance for (_, name), stated in best.items() if name in known}

    def disagreements(self, row: BusinessRow) -> list[Disagreement]:
        """Fields where an import and a correction made here both stand, newest first."""
        entries = list(self._history(type(row), [row], None))
        other: dict[str, Provenance] = {}
        for stated in entries:
            if stated.entry.conflict:
                other[stated.entry.field] = stated.provenance
            elif stated.entry.applied:
                other.pop(stated.entry.field, None)
        held = {name: stated.provenance for (_, name), stated in best_of(entries).items()}
        found = [Disagreement(name, held.get(name), value) for name, value in other.items()]
        return sorted(found, key=lambda d: d.other.as_of, reverse=True)

    def stated(
        self,
        model: type[BusinessRow],
        rows: Sequence[BusinessRow],
        fields: Sequence[str] | None = None,
    ) -> list[Stated]:
        """What the ledger says of these rows up to the business day, oldest first.

        Inner fields only for those who may see them; what was taken back is not among it.
        """
        return list(self._history(model, rows, fields))

    def spelled(self, row: BusinessRow, name: str, value: Any) -> tuple[str, str]:
        """A value of one of the row's fields as the workbook spells it: column and cell."""
        return self._spelled(row, name, value)

    def source(
        self, row: BusinessRow, fields: Sequence[str], *, title: str | None = None
    ) -> RecordSource:
        """What a claim resting on these fields of the row cites."""
        written = []
        for name in fields:
            value = getattr(row, name)
            if value is None or value == []:
                continue
            column, text = self._spelled(row, name, value)
            written.append((column, text))
        return RecordSource(
            table=row.__tablename__,
            key=self.key(row),
            columns=tuple(written),
            date=row.as_of,
            title=title or self.key(row),
            place=_crm_place(row),
        )

    def where(self, row: BusinessRow) -> str:
        """The place of the row that a citation names, as `RecordSource.where` has it."""
        return _crm_place(row) or f"{row.__tablename__}:{self.key(row)}"

    def key(self, row: BusinessRow) -> str:
        """What a person calls the row: its key columns, joined by ` / `."""
        parts = [
            self._spelled(row, name, getattr(row, name))[1]
            for name in row.KEY
            if getattr(row, name) not in (None, [])
        ]
        return " / ".join(parts) or str(row.id)

    @cached_property
    def as_it_stands(self) -> bool:
        """Whether present values are those of the business day: none was stated for a later one."""
        latest = self.session.scalar(
            select(func.max(LedgerEntry.as_of)).where(LedgerEntry.as_of_stated)
        )
        return latest is None or latest <= self.rights.today

    def held(self, model: type[BusinessRow]) -> ColumnElement[bool]:
        """SQL over the model's table: rows that were not taken back and all readers may see."""
        return and_(model.retracted.is_(False), self._clause(model))

    def _base(self, model: type[BusinessRow]) -> tuple[list[str], Select[Any]]:
        """The names of what is selected of the model, and its rows as readers may see them."""
        if model not in self._bases:
            keys = (attribute.key for attribute in model.__mapper__.column_attrs)
            names = [key for key in keys if key not in UNREAD]
            columns = [self._column(model, name) for name in names]
            self._bases[model] = names, select(*columns).where(self.held(model))
        return self._bases[model]

    def _narrowed(
        self,
        statement: Select[Any],
        model: type[BusinessRow],
        criteria: Iterable[ColumnElement[bool]],
        account_ids: Iterable[int] | None,
        now: Iterable[ColumnElement[bool]],
    ) -> Select[Any]:
        statement = statement.where(*criteria)
        if self.as_it_stands:
            statement = statement.where(*now)
        if account_ids is not None:
            wanted = list(account_ids)
            if model is Target or not self.rights.visible.issubset(wanted):
                statement = statement.where(among(_account_column(model), wanted))
        return statement

    def _column(self, model: type[BusinessRow], name: str) -> ColumnElement[Any]:
        column: ColumnElement[Any] = getattr(model, name)
        if name not in model.INNER or self.rights.visible == self.rights.inner:
            return column
        team = self.rights.inner_clause(_account_column(model))
        return case((team, column), else_=null()).label(name)

    def _clause(self, model: type[BusinessRow]) -> ColumnElement[bool]:
        if not self.rights.inside:
            return false()
        if model is Target:
            return or_(
                self.rights.account_clause(Target.account_id),
                and_(Target.account_id.is_(None), self._own_figures()),
            )
        if model is Account or hasattr(model, "account_id"):
            column = _account_column(model)
            if model.INNER_ROW:
                return self.rights.inner_clause(column)
            return self.rights.account_clause(column)
        return true()

    def _own_figures(self) -> ColumnElement[bool]:
        """A person's target is for that person, the managers above, and leaders."""
        if self.rights.leaders_only:
            return true()
        sole = self.rights.sole_reader
        if sole is None:
            return false()
        below = {sole}
        line = self.session.execute(select(Person.id, Person.manager_id)).all()
        grew = True
        while grew:
            more = {row.id for row in line if row.manager_id in below} - below
            below |= more
            grew = bool(more)
        return Target.owner_id.in_(sorted(below))

    def _history(
        self, model: type[BusinessRow], rows: Sequence[BusinessRow], fields: Sequence[str] | None
    ) -> Iterator[Stated]:
        """Entries of these rows up to the business day; inner ones of their readers' only."""
        if not self.rights.inside:
            return
        team: list[int] = []
        others: list[int] = []
        for row in rows:
            account = _account_of(row)
            if self.rights.sees_inner(account):
                team.append(row.id)
            elif not model.INNER_ROW and (account is None or self.rights.sees(account)):
                others.append(row.id)
        if model is Target:  # one that hangs on no account is not everybody's to read
            mine = select(Target.id).where(self._clause(Target), Target.id.in_(others))
            others = list(self.session.scalars(mine))
        today = self.rights.today
        yield from history(self.session, model, team, today, fields=fields)
        yield from history(self.session, model, others, today, fields=fields, hidden=model.INNER)

    def _as_it_stood(self, model: type[Row], rows: list[Row]) -> list[Row]:
        """The rows with every field's best value up to the business day."""
        known: defaultdict[int, dict[str, LedgerEntry]] = defaultdict(dict)
        for (row_id, name), stated in best_of(self._history(model, rows, None)).items():
            if name in facts(model):
                known[row_id][name] = stated.entry
        stood: list[Row] = []
        for row in rows:
            if row.id not in known:
                continue  # nothing was known of it then
            put_back(row, known[row.id])
            account = _account_of(row)  # it may have belonged to another
            if account is not None and not self.rights.sees(account):
                continue
            if not self.rights.sees_inner(account):
                if model.INNER_ROW:
                    continue
                for name in model.INNER:
                    setattr(row, name, None)
            stood.append(row)
        return stood

    def _spelled(self, row: BusinessRow, name: str, value: Any) -> tuple[str, str]:
        """A field as the workbook spells it: the column's name and the cell's text."""
        spelling, listed, target = _spelling(type(row), name)
        if isinstance(value, str):
            return spelling, value
        if listed:
            return spelling, ";".join(self._referred(listed, key) for key in value)
        if target:
            return spelling, self._referred(target, value)
        if isinstance(value, bool):
            return spelling, "yes" if value else "no"
        if isinstance(value, Decimal):
            return spelling, format(value, "f")
        if isinstance(value, list):
            return spelling, ";".join(str(item) for item in value)
        return spelling, str(value)

    def _referred(self, table: str, row_id: int) -> str:
        if table == "people":
            person = self.people.get(row_id)
            return person.email if person else "?"
        if table == "accounts":
            account = self.accounts.get(row_id)
            return account.name if account else "?"
        for model in (Contact,):
            if model.__tablename__ == table:
                contact = self.get(model, row_id)
                return contact.name if contact else "?"
        from kam_knowledge.store.models import SHEETS

        other = self.get(SHEETS[table], row_id)
        if other is None:
            return "?"
        own = other.KEY[-1]  # the first one is the account, which stands in the row already
        return self._spelled(other, own, getattr(other, own))[1]


@cache
def _spelling(model: type[BusinessRow], name: str) -> tuple[str, str | None, str | None]:
    """A column as the workbook spells it, the table its list names, the one it refers to."""
    column = model.__mapper__.column_attrs[name].columns[0]
    spelling = str(column.info.get("column", column.name))
    target = next((key.column.table.name for key in column.foreign_keys), None)
    return spelling, column.info.get("list_of"), target


def _account_column(model: type[BusinessRow]) -> Any:
    return Account.id if model is Account else model.account_id  # type: ignore[attr-defined]


def _account_of(row: BusinessRow) -> int | None:
    """The account whose rights govern the row, None for a row that hangs on no account."""
    return row.id if isinstance(row, Account) else getattr(row, "account_id", None)


def _crm_place(row: BusinessRow) -> str | None:
    """`crm:FORMAT:TYPE:ID` for a touch that a CRM recorded (contract.md, "Notes")."""
    if isinstance(row, Activity) and row.external_id:
        system = row.external_id.partition(":")[0]
        return None if system == "workbook" else f"crm:{row.external_id}"
    return None
