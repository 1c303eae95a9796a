"""Which of an account's people are meant by a title, a department, "the boss", a short name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.assistant.understanding.request import Choice
from kam_knowledge.language.titles import find_titles
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.stakeholder import has_left
from kam_knowledge.store.models import Contact

_AT_THE_TOP = ("ceo", "chair", "president", "gm", "md", "owner")


def boss_of(records: Records, row: Contact) -> Contact | None:
    """Whom the person reports to, None where that is not on record."""
    return records.get(Contact, row.reports_to_id)


def head_of(rows: Sequence[Contact], today: date) -> Contact | None:
    """Who stands at the top of the account: by office, else whoever reports to nobody."""
    here = [row for row in rows if not has_left(row, today)]
    for code in _AT_THE_TOP:
        for row in here:
            if any(match.code == code for match in find_titles(row.title or "")):
                return row
    superiors = {row.reports_to_id for row in here}
    tops = [row for row in here if row.reports_to_id is None and row.id in superiors]
    return tops[0] if len(tops) == 1 else None


def choice_of(row: Contact, records: Records) -> Choice:
    """The person as one of several: name, title, account."""
    account = records.accounts[row.account_id].name
    label = f"{row.name} ({row.title}, {account})" if row.title else f"{row.name} ({account})"
    return Choice("contact", row.id, label)
