"""What was understood: the intent, whom and what it is about, and in which language."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Choice:
    """One of several things a name could mean."""

    kind: str
    key: int
    label: str


Missing = Literal["", "account", "person"]
"""What the intent cannot do without and the message and its thread do not say."""


@dataclass(frozen=True)
class Request:
    """A message as understood. Ids are of rows that the asker and all readers may see."""

    text: str
    language: Literal["en", "zh"]
    intent: str
    account_ids: tuple[int, ...] = ()
    contact_ids: tuple[int, ...] = ()
    person_ids: tuple[int, ...] = ()
    products: tuple[str, ...] = ()
    """Names of products of ours, as recorded."""
    competitors: tuple[str, ...] = ()
    """Names of rivals, as recorded."""
    title_code: str | None = None
    title_text: str | None = None
    """A title as written, when it was asked for instead of a name."""
    since: dt.date | None = None
    until: dt.date | None = None
    """The days asked about, both ends included; None where a side is open."""
    within_days: int | None = None
    """The length of a period counted from today, ahead or back."""
    hidden_accounts: tuple[str, ...] = ()
    """Names the asker wrote of accounts that are not for them or not for all readers."""
    hidden_from_asker: bool = False
    unknown_names: tuple[str, ...] = ()
    """Words written like names that no row has which all readers may see."""
    choices: tuple[Choice, ...] = ()
    """What to ask back with: when a name fits several, or with `missing` the likeliest."""
    missing: Missing = ""
    chosen: tuple[tuple[str, int], ...] = ()
    """Answers to what we asked back: (account, contact, person, day or name; its key)."""
    carried: bool = False
    """Whether the account or the person was taken over from the thread."""
    terms: tuple[str, ...] = ()
    """The words of the question that are not names: what to search for."""
    slots: dict[str, str] = field(default_factory=dict)
    """What else was asked for: the intent's own (its file's `slots`), and for every intent
    `scope` (mine, team, all), `n` (top two), `lines`, `days` (older than 7 days), `percent`,
    `tier`, `min_amount`, `period` (yes where a date was said)."""
    pending: dict[str, Any] | None = None
    """What the thread keeps of an earlier question that this message did not settle yet."""

    @property
    def scope(self) -> str:
        """Whose accounts: named, mine, team, all, or open where nothing was said."""
        return "named" if self.account_ids else self.slots.get("scope", "open")
