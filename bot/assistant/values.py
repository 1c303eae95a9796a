"""The value of any field as people read it: names for ids, terms for codes, money with units."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from bot.assistant.wording import amount, word
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.revenue import percent
from kam_knowledge.store.base import BusinessRow
from kam_knowledge.store.models import Account, Contact
from prompts import replies

_TERMS = {
    "account_class": "class",
    "relationship": "relationship",
    "relationship_target": "relationship",
    "decision_role": "role",
    "support": "support",
    "coverage": "coverage",
    "forecast": "forecast",
    "severity": "severity",
    "state": "state",
    "status": "status",
    "outcome": "status",
}
"""Fields whose values are codes, and the family of words that names them."""
_SHARES = frozenset({"probability", "share_of_wallet", "last_increase_pct"})
_PERCENT = frozenset({"last_increase_pct"})


def field_label(name: str, language: str) -> str:
    """What people call the field."""
    labels = replies("fields")
    if name in labels:
        return labels[name][language]
    return name.removesuffix("_id").replace("_", " ")


def field_value(records: Records, row: BusinessRow, name: str, value: Any, language: str) -> str:
    """The value in the reader's words; a word for nothing where there is none."""
    if value is None or value in ("", []):
        return word("no_value", language)
    if isinstance(value, bool):
        return word("yes_word" if value else "no_word", language)
    if name in _TERMS:
        return word(f"{_TERMS[name]}_{value}", language)
    if name.endswith("_id"):
        return _called(records, name, value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        if name in _PERCENT:
            return f"{value:f} %"
        if name in _SHARES:
            return f"{percent(value):f} %"
        return amount(value, _currency(records, row), language)
    return str(value)


def _called(records: Records, name: str, key: int) -> str:
    """The name of whom an id means; a question mark for somebody these readers may not see."""
    if name in ("contact_id", "reports_to_id"):
        contact = records.get(Contact, key)
        return contact.name if contact else "?"
    if name in ("parent_id", "via_id"):
        account = records.accounts.get(key)
        return account.name if account else "?"
    person = records.people.get(key)
    return person.name if person else "?"


def _currency(records: Records, row: BusinessRow) -> str | None:
    own: str | None = getattr(row, "currency", None)
    account = (
        row if isinstance(row, Account) else records.accounts.get(getattr(row, "account_id", 0))
    )
    return own or (account.currency if account else None)
