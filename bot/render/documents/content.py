"""What a document says: chapters of paragraphs, tables and pictures, and its sources."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from bot.render.drawings import Picture
from prompts import replies


@dataclass(frozen=True)
class Run:
    """A stretch of text of one look; `mark` is the number of the source it refers to."""

    text: str
    strong: bool = False
    mark: int | None = None


Runs = tuple[Run, ...]


@dataclass(frozen=True)
class Paragraph:
    """A heading below the chapter's, a line, an item of a list, or one under an item."""

    kind: Literal["heading", "subheading", "text", "item", "subitem"]
    runs: Runs

    @property
    def text(self) -> str:
        """What it says."""
        return said_by(self.runs)


@dataclass(frozen=True)
class Grid:
    """A table; every row has as many cells as there are heads."""

    heads: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]


@dataclass(frozen=True)
class Figure:
    """A picture with its title."""

    title: str
    picture: Picture


Block = Paragraph | Grid | Figure


@dataclass(frozen=True)
class Chapter:
    """A section of the document."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Entry:
    """A source of the appendix; empty is what it has not."""

    number: int
    title: str
    day: str
    where: str
    quote: str


@dataclass(frozen=True)
class Paper:
    """A whole document in one language."""

    title: str
    subject: str
    """What it is of, such as the account's name."""
    kind: str
    """What kind of document it is, such as an account plan."""
    facts: tuple[str, ...]
    """Lines below the title: the period, the day."""
    state: str
    """Its status and version; empty where readers are not told."""
    reach: str
    """For whom it is; empty for everybody."""
    language: Literal["en", "zh"]
    on: date
    author: str
    chapters: tuple[Chapter, ...]
    sources: tuple[Entry, ...] = ()

    @property
    def running_head(self) -> str:
        """What stands on every page: of what it is, and what it is."""
        return " · ".join(part for part in (self.subject, self.kind) if part)


def said_by(runs: Runs) -> str:
    """The text of the runs."""
    return "".join(run.text for run in runs)


def word(key: str, language: str, **values: Any) -> str:
    """A text of `documents.yaml`, with its slots filled."""
    return str(replies("documents")[key][language]).format(**values)
