"""What was entered into a note's form, read under the writer's rights; errors by field."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

from bot.slack.blocks.note_form import ACTIONS
from ingest.notes import MeetingNote, NoteAction
from ingest.notes.note import Direction, Sentiment
from kam_knowledge.changes.notes import TOUCHES
from kam_knowledge.language.normalise import fold
from kam_knowledge.queries.book import accounts_named
from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Account, Contact, Person
from prompts import replies

_APART = re.compile(r"[,，、;；\n]+")
Fields = Mapping[str, str | None]


def fields_of(view: Mapping[str, Any]) -> dict[str, str | None]:
    """What the inputs of a submitted view hold, by their names."""
    found: dict[str, str | None] = {}
    for block in view["state"]["values"].values():
        for name, held in block.items():
            option = held.get("selected_option") or {}
            value = held.get("value") or held.get("selected_date") or option.get("value")
            found[name] = value.strip() if value else None
    return found


@dataclass
class Entered:
    """Reads one form. `errors` are sentences by field: with any, nothing else of it counts."""

    records: Records
    language: str
    errors: dict[str, str] = field(default_factory=dict)

    def edited(self, fields: Fields, before: MeetingNote) -> MeetingNote:
        """The note as it was entered; what the form does not show stays as it was."""
        account = self._account(fields)
        kind = fields.get("kind") or before.kind
        day = self._day(fields, kind)
        contacts = self.records.contacts(account.id) if account else []
        theirs = [self._theirs(one, contacts) for one in _names(fields.get("attendees"))]
        people = [self._ours(one, "ours") for one in _names(fields.get("ours"))]
        text = fields.get("text") or before.text
        mood = fields.get("sentiment")
        return replace(
            before,
            text=text,
            account_id=account.id if account else None,
            account=account.name if account else None,
            account_from="",
            date=day,
            date_assumed=before.date_assumed and day == before.date,
            kind=kind,
            attendees=tuple(one if isinstance(one, str) else one.name for one in theirs),
            contact_ids=tuple(one.id for one in theirs if not isinstance(one, str)),
            unknown_names=tuple(one for one in theirs if isinstance(one, str)),
            ours=tuple(one.name for one in people if one),
            person_ids=self._who(before, [one.id for one in people if one]),
            summary=before.summary if "summary" not in fields else fields["summary"] or "",
            actions=self._actions(fields, before, contacts),
            decisions=_lines(fields, "decisions", before.decisions),
            concerns=_lines(fields, "concerns", before.concerns),
            competitors=tuple(_names(fields.get("competitors"))),
            sentiment=None if mood in (None, "none") else cast(Sentiment, mood),
            signals=tuple(one for one in before.signals if one.text in text),
            delicate=tuple(one for one in before.delicate if one.words in text),
        )

    def new(self, fields: Fields) -> str:
        """The message that a new meeting's form says, as somebody would have written it."""
        account = self._account(fields)
        kind = fields.get("kind") or "meeting"
        day = self._day(fields, kind)
        if not any(map(str.isalnum, fields.get("text") or "")):
            self._wrong("text", "wrong_text")
        words = replies("note_card")
        said = {
            "account": account.name if account else "",
            "date": day.isoformat() if day else "",
            "kind": replies("logging")[f"kind_{kind}"][self.language],
            "attendees": fields.get("attendees") or "",
        }
        lines = [words["log_head"][self.language]]
        lines += [
            words[f"label_{name}"][self.language].format(text=text)
            for name, text in said.items()
            if text
        ]
        lines += ["", fields.get("text") or ""]
        if steps := _lines(fields, "steps", ()):
            lines += ["", words["label_steps"][self.language], *(f"- {one}" for one in steps)]
        return "\n".join(lines)

    def _account(self, fields: Fields) -> Account | None:
        name = fields.get("account") or ""
        keys = accounts_named(self.records.session, name) if name else []
        mine = [key for key in keys if self.records.rights.sees_inner(key)]
        if len(mine) != 1:
            self._wrong("account", "two_accounts" if mine else "wrong_account")
            return None
        return self.records.accounts[mine[0]]

    def _day(self, fields: Fields, kind: str) -> dt.date | None:
        written = fields.get("date")
        day = dt.date.fromisoformat(written) if written else None
        if day is not None and kind in TOUCHES and day > self.records.rights.today:
            self._wrong("date", "wrong_date")
        return day

    def _theirs(self, name: str, contacts: Iterable[Contact]) -> Contact | str:
        """The contact of that name, or the name as written where nobody has it."""
        found = [one for one in contacts if _is_called(one, name)]
        if len(found) > 1:
            self._wrong("attendees", "wrong_attendee", name=name)
        return found[0] if len(found) == 1 else name

    def _ours(self, name: str, where: str) -> Person | None:
        wanted = fold(name)
        people = list(self.records.people.values())
        found = [one for one in people if fold(one.email or "") == wanted]
        found = found or [one for one in people if _is_called(one, name)]
        if len(found) != 1:
            self._wrong(where, "wrong_ours", name=name)
            return None
        return found[0]

    def _who(self, before: MeetingNote, named: list[int]) -> tuple[int, ...]:
        """Ids of ours who took part: those named now, and the writer, whom no form names."""
        called = {fold(name) for name in before.ours}
        unnamed = [
            key
            for key in before.person_ids
            if key in self.records.people and fold(self.records.people[key].name) not in called
        ]
        return tuple(dict.fromkeys([*unnamed, *named]))

    def _actions(
        self, fields: Fields, before: MeetingNote, contacts: Iterable[Contact]
    ) -> tuple[NoteAction, ...]:
        found = []
        known = before.actions[:ACTIONS]
        for number in range(1, len(known) + 2):
            old = known[number - 1] if number <= len(known) else None
            one = self._action(fields, number, old, contacts)
            if one is not None:
                found.append(one)
        return (*found, *before.actions[ACTIONS:])

    def _action(
        self, fields: Fields, n: int, old: NoteAction | None, contacts: Iterable[Contact]
    ) -> NoteAction | None:
        what, who, due = (fields.get(f"{name}_{n}") for name in ("action", "owner", "due"))
        if not what:
            if (who or due) and old is None:
                self._wrong(f"action_{n}", "wrong_action")
            return None
        side = cast(Direction, fields.get(f"direction_{n}") or "ours")
        owner, person, contact = who, None, None
        if who and side == "theirs":
            held = [one for one in contacts if _is_called(one, who)]
            if len(held) == 1:
                owner, contact = held[0].name, held[0].id
        elif who:
            ours = self._ours(who, f"owner_{n}")
            if ours is not None:
                owner, person = ours.email, ours.id
        day = dt.date.fromisoformat(due) if due else None
        words = old.words if old else ""
        return NoteAction(what, side, owner, day, words, person, contact)

    def _wrong(
        self,
        where: str,
        key: Literal[
            "wrong_account", "two_accounts", "wrong_date", "wrong_attendee", "wrong_ours",
            "wrong_action", "wrong_text",
        ],
        **values: str,
    ) -> None:  # fmt: skip
        self.errors.setdefault(where, replies("note_card")[key][self.language].format(**values))


def _is_called(one: Contact | Person, name: str) -> bool:
    wanted = fold(name)
    return wanted in {fold(one.name), *(fold(alias) for alias in one.aliases or ())}


def _names(text: str | None) -> list[str]:
    return [one for part in _APART.split(text or "") if (one := part.strip())]


def _lines(fields: Fields, name: str, before: tuple[str, ...]) -> tuple[str, ...]:
    """The lines of a field; as they were where the form does not show it."""
    if name not in fields:
        return before
    text = fields[name] or ""
    return tuple(one for part in text.splitlines() if (one := part.strip(" -•\t")))
