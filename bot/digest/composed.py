"""A digest once it is put in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.assistant.reply import Reply
from bot.digest.line import Line


@dataclass(frozen=True)
class Told:
    """A line or a step as it stands in the digest."""

    text: str
    """Markdown with markers."""
    line: Line


@dataclass(frozen=True)
class Digest:
    """A digest: the reply that is read, and its parts."""

    reply: Reply
    week: str
    edition: str
    """person, portfolio or book_check."""
    since: date
    until: date
    lines: tuple[Told, ...] = ()
    steps: tuple[Told, ...] = ()
    folded: int = 0
    more: int = 0
