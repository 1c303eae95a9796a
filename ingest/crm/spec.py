"""The workbook as data: its sheets, their columns, what each holds, and what names a row.

contract.md's table "The workbook" stands in workbook.txt, in one place; readers, recognition and
the importer all go by it. A sheet's and a column's name is the workbook's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from importlib import resources


class Kind(StrEnum):
    """What a column's cells hold, and so how they are recognised."""

    TEXT = "text"
    TEXTS = "texts"
    """Texts separated by `;`."""
    DATE = "date"
    MONEY = "money"
    """An amount; may carry a currency sign, thousands and 万, 亿, k, M."""
    NUMBER = "number"
    RATE = "rate"
    PROBABILITY = "probability"
    """0-1, or 0-100 when any value of the column is above 1."""
    SHARE = "share"
    """0-1."""
    PERCENT = "percent"
    """A number of per cent: 3.5 is 3.5 %."""
    SCORE = "score"
    """1-10."""
    TIER = "tier"
    """1, 2 or 3."""
    BOOLEAN = "boolean"
    CHOICE = "choice"
    EMAIL = "email"
    """A text that must be an email address: a contact's."""
    CURRENCY = "currency"
    MONTH = "month"
    PERIOD = "period"
    WEEK = "week"
    TIME_ZONE = "time_zone"
    PERSON = "person"
    """One of ours, by email (from a CRM: by name or id too)."""
    PERSONS = "persons"
    ACCOUNT = "account"
    """An account, by name or alias (from a CRM: by id too)."""
    ACCOUNTS = "accounts"
    CONTACT = "contact"
    """A contact of the row's account, by name or alias."""
    CONTACTS = "contacts"
    GOAL = "goal"
    """A goal of the row's account, by its text."""
    OPPORTUNITY = "opportunity"
    """An opportunity of the row's account, by name."""
    OWNER = "owner"
    """Whoever owes an action: a person of ours, or a contact of the row's account."""


REFERENCES = frozenset(
    {
        Kind.PERSON,
        Kind.PERSONS,
        Kind.ACCOUNT,
        Kind.ACCOUNTS,
        Kind.CONTACT,
        Kind.CONTACTS,
        Kind.GOAL,
        Kind.OPPORTUNITY,
        Kind.OWNER,
    }
)
"""Kinds that name another row and resolve after all rows are read."""

LISTS = frozenset({Kind.TEXTS, Kind.PERSONS, Kind.ACCOUNTS, Kind.CONTACTS})
"""Kinds whose cells hold several values, separated by `;`."""


@dataclass(frozen=True)
class Column:
    """A column of a sheet. `choices` are the words that a CHOICE cell may hold."""

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class SheetSpec:
    """A sheet: its columns in the contract's order and the columns that name a row."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    defaults: tuple[tuple[str, str], ...] = ()
    """What an empty key column means, so that leaving it out and writing it are one row."""

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Columns by their names."""
        return {column.name: column for column in self.columns}

    @property
    def money(self) -> bool:
        """Whether the sheet may hold `currency`."""
        return any(column.kind is Kind.MONEY for column in self.columns)


_SIMPLE = {kind.value: kind for kind in Kind if kind is not Kind.CHOICE}


@lru_cache(maxsize=1)
def workbook() -> dict[str, SheetSpec]:
    """The workbook's sheets by name, in the contract's order."""
    text = resources.files("ingest.crm").joinpath("workbook.txt").read_text("utf-8")
    sheets: dict[str, SheetSpec] = {}
    for block in text.split("\n["):
        lines = [line for line in block.splitlines() if line and not line.startswith("#")]
        if lines:
            sheet = _sheet(*lines)
            sheets[sheet.name] = sheet
    return sheets


def _sheet(head: str, *lines: str) -> SheetSpec:
    name, _, key = head.rstrip("]").partition(": ")
    columns = [_column(line) for line in lines]
    names = {column.name for column in columns}
    if any(column.kind is Kind.MONEY for column in columns) and "currency" not in names:
        columns.append(Column("currency", Kind.CURRENCY))
    columns.append(Column("external_id"))
    if "as_of" not in names:
        columns.append(Column("as_of", Kind.DATE))
    parts = [part.partition("=") for part in key.split()]
    defaults = tuple((part, default) for part, _, default in parts if default)
    return SheetSpec(name, tuple(columns), tuple(part for part, _, _ in parts), defaults)


def _column(line: str) -> Column:
    head, _, rest = line.strip().partition(" ")
    name, required = head.rstrip("*"), head.endswith("*")
    if "|" in rest:
        return Column(name, Kind.CHOICE, required, tuple(rest.split("|")))
    return Column(name, _SIMPLE[rest or "text"], required)
