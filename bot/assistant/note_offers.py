"""What a note hints at and a person may tick: who left, came or rose, who stands where (P-8).

Each is offered with the words it rests on; what is not ticked is never written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from kam_knowledge.changes.ledger import to_json
from kam_knowledge.changes.logged import LoggedNote
from kam_knowledge.changes.proposals import FieldChange
from kam_knowledge.language.normalise import fold
from kam_knowledge.language.titles import find_titles
from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Contact
from prompts import load


@dataclass(frozen=True)
class Offer:
    """One change that the note's words may bear out: a field of a contact, or a new contact."""

    kind: str
    """left, joined, title, superior, support or alias."""
    name: str
    words: str
    """The words of the note that it rests on."""
    before: str | None
    after: str
    """As people read it."""
    change: Mapping[str, Any]
    """A `FieldChange`, or the values of a new row, by attribute, as JSON."""
    table: str | None = None
    """The table of a new row; None where a row on record changes."""
    besides: tuple[Mapping[str, Any], ...] = ()
    """Further `FieldChange`s that belong to it."""

    def as_payload(self, *, ticked: bool = False) -> dict[str, Any]:
        """As a proposal keeps it."""
        besides = [dict(one) for one in self.besides]
        return {**vars(self), "change": dict(self.change), "besides": besides, "ticked": ticked}


def offers(records: Records, logged: LoggedNote) -> list[Offer]:
    """What may be ticked on the card of the note, in the order of its words."""
    account_id = logged.draft.account_id
    if account_id is None:
        return []
    contacts = {fold(one.name): one for one in records.contacts(account_id)}
    found: dict[tuple[str, str], Offer] = {}
    for one in logged.said.get("called") or ():
        contact = contacts.get(fold(str(one["contact"])))
        name = str(one["name"])
        if contact is not None and name not in contact.aliases:
            offer = _field(records, contact, "aliases", [*contact.aliases, name], "alias", name)
            found["alias", name] = replace(offer, before=None, after=name)
    for signal in logged.said["signals"]:
        name = signal.get("person") or ""
        contact = contacts.get(fold(name))
        for one in _of_signal(records, logged, signal, contact, contacts):
            found.setdefault((one.kind, one.name), one)
    return list(found.values())


def departures_told(records: Records, logged: LoggedNote) -> list[Contact]:
    """Those of the account's contacts of whom the note says that they left (P-8)."""
    if logged.draft.account_id is None:
        return []
    left = {
        fold(str(one.get("person") or ""))
        for one in logged.said["signals"]
        if one.get("change") == "left"
    }
    rows = records.contacts(logged.draft.account_id) if left else []
    return [row for row in rows if fold(row.name) in left]


def _of_signal(
    records: Records,
    logged: LoggedNote,
    signal: Mapping[str, Any],
    contact: Contact | None,
    contacts: Mapping[str, Contact],
) -> Iterator[Offer]:
    change, words = signal.get("change"), str(signal["text"])
    if signal["type"] == "relationship" and contact is not None:
        stance = _support(words)
        if stance is not None and stance != contact.support:
            yield _field(records, contact, "support", stance, "support", words)
    if contact is None:
        if change == "joined" and signal.get("person"):
            yield _newcomer(logged, str(signal["person"]), words)
        return
    day = logged.draft.date
    if change == "left" and day is not None and contact.left_on is None:
        yield _field(records, contact, "left_on", day, "left", words)
    if change == "promoted":
        title = _new_title(words, contact)
        if title is not None:
            yield _field(records, contact, "title", title, "title", words)
    if change == "reports_to":
        others = [
            one
            for name, one in contacts.items()
            if name in fold(words) and one.id not in (contact.id, contact.reports_to_id)
        ]
        if len(others) == 1:
            offer = _field(records, contact, "reports_to_id", others[0].id, "superior", words)
            above = next((c.name for c in contacts.values() if c.id == contact.reports_to_id), None)
            yield Offer(offer.kind, offer.name, words, above, others[0].name, offer.change)


def _field(
    records: Records, contact: Contact, field: str, value: Any, kind: str, words: str
) -> Offer:
    before, after = to_json(getattr(contact, field)), to_json(value)
    change = FieldChange("contacts", contact.id, records.key(contact), field, before, after)
    shown = None if before is None else str(before)
    return Offer(kind, contact.name, words, shown, str(after), vars(change))


def _newcomer(logged: LoggedNote, name: str, words: str) -> Offer:
    values = {
        "account_id": logged.draft.account_id,
        "name": name,
        "title": _title_in(words),
        "since": to_json(logged.draft.date),
    }
    given = {key: value for key, value in values.items() if value is not None}
    return Offer("joined", name, words, None, values["title"] or "", given, "contacts")


def _new_title(words: str, contact: Contact) -> str | None:
    found = _title_in(words)
    return None if found is None or fold(found) == fold(contact.title or "") else found


def _title_in(words: str) -> str | None:
    """The one office that the words name, as written; None for none or several."""
    titles = {words[slice(*one.span)] for one in find_titles(words) if one.kind == "role"}
    return titles.pop() if len(titles) == 1 else None


def _support(words: str) -> str | None:
    """The stance that the words tell of; None where they tell of none."""
    said = [
        (len(match.group()), stance)
        for stance, cue in _stances().items()
        if (match := cue.search(words))
    ]
    return max(said, key=lambda one: one[0])[1] if said else None


@cache
def _stances() -> dict[str, re.Pattern[str]]:
    return {
        stance: re.compile("|".join([*cues["en"], *cues["zh"]]), re.IGNORECASE)
        for stance, cues in load("logging/support.yaml").items()
    }
