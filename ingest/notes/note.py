"""What is understood of a note about a customer (contract.md, "Logging"): before it is stored.

What the text does not say is empty. What a person must decide first is a `Question`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

Direction = Literal["ours", "theirs", "internal"]
SignalType = Literal["renewal", "budget", "org_change", "relationship"]
Sentiment = Literal["positive", "neutral", "negative", "mixed"]


@dataclass(frozen=True)
class Choice:
    """One of several rows that a name may mean."""

    kind: Literal["account", "contact"]
    key: int
    label: str


@dataclass(frozen=True)
class Question:
    """What must be asked before anything is saved.

    `code` is which_account, no_account, which_person, unknown_person, vague_date or future_date;
    `about` the words in question, as written.
    """

    code: str
    about: str = ""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class NoteAction:
    """A promise that the note tells of."""

    action: str
    direction: Direction
    owner: str | None
    """The email of one of ours, the name of one of theirs; None where nobody is named."""
    due: dt.date | None
    words: str
    """The words of the note that it rests on."""
    person_id: int | None = None
    contact_id: int | None = None
    assumed: bool = False
    """Whether the owner is whoever wrote "we", or nobody at all."""

    def as_json(self) -> dict[str, Any]:
        """The contract's shape."""
        due = self.due.isoformat() if self.due else None
        return {
            "action": self.action,
            "direction": self.direction,
            "owner": self.owner,
            "due": due,
        }


@dataclass(frozen=True)
class Signal:
    """Something the note hints at, in its own words; org changes name whom, and what became."""

    type: SignalType
    text: str
    person: str | None = None
    contact_id: int | None = None
    change: Literal["left", "joined", "promoted", "reports_to"] | None = None

    def as_json(self) -> dict[str, Any]:
        """The contract's shape; `change` is ours."""
        found: dict[str, Any] = {"type": self.type, "person": self.person, "text": self.text}
        return found | ({"change": self.change} if self.change else {})


@dataclass(frozen=True)
class Delicate:
    """Words of the note that other readers may have no business with."""

    kind: str
    """health, family, religion, politics or gifts."""
    words: str


@dataclass(frozen=True)
class MeetingNote:
    """One note about one account, as understood."""

    text: str
    """What will be stored, as written."""
    account_id: int | None
    account: str | None
    date: dt.date | None
    date_assumed: bool
    kind: str
    attendees: tuple[str, ...] = ()
    """The other side's people by name, those nobody knows as written."""
    contact_ids: tuple[int, ...] = ()
    ours: tuple[str, ...] = ()
    person_ids: tuple[int, ...] = ()
    unknown_names: tuple[str, ...] = ()
    summary: str = ""
    actions: tuple[NoteAction, ...] = ()
    decisions: tuple[str, ...] = ()
    concerns: tuple[str, ...] = ()
    competitors: tuple[str, ...] = ()
    sentiment: Sentiment | None = None
    signals: tuple[Signal, ...] = ()
    delicate: tuple[Delicate, ...] = ()
    called: tuple[tuple[str, str], ...] = ()
    """Names that no record has, and the contacts that they were said to mean."""
    questions: tuple[Question, ...] = ()
    account_from: str = ""
    """Where the account comes from that the text does not name: `context` (what was talked about
    before, the channel's), or more exactly `conversation` or `channel`; empty where it does."""
    by: str = "built-in"
    """Who understood it: built-in or model."""

    def as_json(self) -> dict[str, Any]:
        """The contract's shape, without what only a face can say (questions, more, saved)."""
        return {
            "account": self.account,
            "account_from": self.account_from,
            "date": self.date.isoformat() if self.date else None,
            "date_assumed": self.date_assumed,
            "kind": self.kind,
            "attendees": list(self.attendees),
            "our_attendees": list(self.ours),
            "summary": self.summary,
            "actions": [one.as_json() for one in self.actions],
            "decisions": list(self.decisions),
            "concerns": list(self.concerns),
            "competitors": list(self.competitors),
            "sentiment": self.sentiment,
            "signals": [one.as_json() for one in self.signals],
            "understood_by": self.by,
            "called": [{"name": name, "contact": who} for name, who in self.called],
            "sensitive": [{"kind": one.kind, "words": one.words} for one in self.delicate],
        }
