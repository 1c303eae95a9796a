"""What is on record, as an import sees it: rows by id, by key, by name and by another system's id.

Rows that an import is about to create stand in it with negative numbers until they have an id.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ingest.crm.imported import Given, ImportLedger, same
from ingest.crm.names import TITLES, Names
from ingest.crm.spec import Kind, SheetSpec, workbook
from kam_knowledge.store.base import BusinessRow
from kam_knowledge.store.models import SHEETS

Key = tuple[Any, ...]


class Index:
    """One table."""

    def __init__(self, session: Session, ledger: ImportLedger, sheet: str) -> None:
        self.spec: SheetSpec = workbook()[sheet]
        self.model: type[BusinessRow] = SHEETS[sheet]
        self._ledger = ledger
        self.fields = _fields(self.model)
        self._attributes = [attribute.key for attribute in self.model.__mapper__.column_attrs]
        self.rows: dict[int, BusinessRow] = {}
        self.by_external: dict[str, int] = {}
        self.by_key: defaultdict[Key, list[int]] = defaultdict(list)
        self.gone: defaultdict[Key, list[int]] = defaultdict(list)
        self.names = Names(sheet)
        self._external_of: defaultdict[int, set[str]] = defaultdict(set)
        if session.get_bind().dialect.name == "postgresql":
            # Readers go on reading; whoever would write waits until the import is through.
            session.execute(text(f'LOCK TABLE "{sheet}" IN SHARE ROW EXCLUSIVE MODE'))
        for row in session.scalars(select(self.model).order_by(self.model.id)):
            self.rows[row.id] = row
            values = self.held(row)
            if row.retracted:
                self.gone[self.key(values, row.as_of)].append(row.id)
                if row.external_id:
                    self.by_external[row.external_id] = row.id
            else:
                self.add(row.id, values, row.as_of)
        for (row_id, field), given in self.given.items():
            if field == "external_id" and given.value:
                self.know(row_id, given.value)

    @cached_property
    def given(self) -> dict[tuple[int, str], Given]:
        """What this import's system gave each cell before."""
        return self._ledger.given(self.model)

    @cached_property
    def stood(self) -> set[int]:
        """Rows that an import of this system brought or touched and that was not undone."""
        return {row_id for (row_id, _), given in self.given.items() if not given.undone}

    def add(self, row_id: int, values: dict[str, Any], as_of: date | None) -> None:
        """Takes a row into the indices, under its id or a number below zero."""
        if external := values.get("external_id"):
            self.know(row_id, external)
        self.by_key[self.key(values, as_of)].append(row_id)
        self.names.add(row_id, values)

    def takes_its_name(self, row: BusinessRow) -> bool:
        """Whether a new name from this system would be taken: it gave the one it has."""
        attribute = TITLES.get(self.spec.name, "")
        given = self.given.get((row.id, attribute))
        return given is not None and same(given.value, getattr(row, attribute))

    def refresh(self, row: BusinessRow) -> None:
        """The row is called what it is called now."""
        self.names.forget(row.id)
        if not row.retracted:
            self.names.add(row.id, self.held(row))

    def held(self, row: BusinessRow) -> dict[str, Any]:
        """What the row holds, by attribute."""
        return {name: getattr(row, name) for name in self._attributes}

    def know(self, row_id: int, external: str) -> None:
        """A system's id of the row."""
        self.by_external.setdefault(external, row_id)
        self._external_of[row_id].add(external.partition(":")[0])

    def renumber(self, ids: dict[int, int]) -> None:
        """Puts ids in the place of numbers below zero."""
        for found in self.by_key.values():
            found[:] = [ids.get(number, number) for number in found]
        self.names.renumber(ids)
        for external, number in self.by_external.items():
            self.by_external[external] = ids.get(number, number)
        for number, row_id in ids.items():
            self._external_of[row_id] = self._external_of.pop(number, set())

    def key(self, values: dict[str, Any], as_of: date | None) -> Key:
        """The natural key as it is compared."""
        plain = self.names.form
        parts: list[Any] = []
        for attribute in self.model.KEY:
            value = as_of if attribute == "as_of" else values.get(attribute)
            if value is None:
                value = dict(self.spec.defaults).get(attribute)
            parts.append(plain(value) if isinstance(value, str) else value)
        return tuple(parts)

    def known_to(self, row_id: int, system: str) -> bool:
        """Whether the system has an id of its own for the row."""
        return system in self._external_of.get(row_id, ())


class Book:
    """Every table an import touches, each read once and when it is first needed."""

    def __init__(self, session: Session, ledger: ImportLedger, system: str) -> None:
        self.session = session
        self.ledger = ledger
        self.system = system
        """What stands before ids: `salesforce`, `workbook`."""
        self._indices: dict[str, Index] = {}
        self._currencies: dict[int, str | None] = {}

    def index(self, sheet: str) -> Index:
        """The index of a sheet's table."""
        if sheet not in self._indices:
            self._indices[sheet] = Index(self.session, self.ledger, sheet)
        return self._indices[sheet]

    def currency_of(self, account_id: int | None) -> str | None:
        """The account's own currency."""
        if account_id is None:
            return None
        if account_id in self._currencies:
            return self._currencies[account_id]
        row = self.index("accounts").rows.get(account_id)
        return getattr(row, "currency", None)

    def learn_currency(self, account_id: int, currency: str | None) -> None:
        """An account of this import has this currency."""
        self._currencies[account_id] = currency

    def shown(self, sheet: str, attribute: str, value: Any) -> Any:
        """A value as the workbook spells it: names and emails for ids, text for the rest."""
        from kam_knowledge.changes.ledger import to_json

        column = SHEETS[sheet].__mapper__.column_attrs[attribute].columns[0]
        listed = column.info.get("list_of")
        if listed:
            return ";".join(self._name(listed, row_id) for row_id in value or ()) or None
        target = next((key.column.table.name for key in column.foreign_keys), None)
        if target:
            return None if value is None else self._name(target, value)
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, list):
            return ";".join(str(part) for part in value) or None
        return to_json(value)

    def _name(self, sheet: str, row_id: int) -> str:
        row = self.index(sheet).rows.get(row_id)
        if row is None:
            row = self.session.get(SHEETS[sheet], row_id)
        attribute = "email" if sheet == "people" else TITLES.get(sheet)
        return str(getattr(row, attribute, row_id)) if attribute else str(row_id)

    def title(self, sheet: str, row: BusinessRow) -> str:
        """What a person calls the row: its key columns, joined by ` / `."""
        parts = [
            self.shown(sheet, attribute, value)
            for attribute in row.KEY
            if (value := getattr(row, attribute)) not in (None, [])
        ]
        return " / ".join(str(part) for part in parts) or str(row.id)


def _fields(model: type[BusinessRow]) -> dict[str, str]:
    """The attribute of each of the workbook's columns; an action's owner is its text."""
    fields: dict[str, str] = {}
    for attribute in model.__mapper__.column_attrs:
        column = attribute.columns[0]
        fields.setdefault(str(column.info.get("column", column.name)), attribute.key)
    return fields


def sheets_named_by(kind: Kind) -> str | None:
    """The sheet whose rows a column of this kind names."""
    return {
        Kind.PERSON: "people",
        Kind.PERSONS: "people",
        Kind.OWNER: "people",
        Kind.ACCOUNT: "accounts",
        Kind.ACCOUNTS: "accounts",
        Kind.CONTACT: "contacts",
        Kind.CONTACTS: "contacts",
        Kind.GOAL: "goals",
        Kind.OPPORTUNITY: "opportunities",
    }.get(kind)
