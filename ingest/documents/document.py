"""What a reader gives back, and the limits under which it reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

MIB = 1024 * 1024


@dataclass(frozen=True)
class Document:
    """One document, as text.

    `text` is NFC with `\\n` newlines, Markdown where there is structure, and is exactly what is
    stored and quoted. `front_matter` holds every scalar as a string, as written (keys in lower
    case), and is empty when the file has none. `date` and `participants` come from the content's
    own metadata only (an email's headers, a chat's name-and-time lines): an email's participants
    are written as in its headers ("Dana Wu <dana@acme.example>"; `email.utils.parseaddr` parts
    them). `part` names one document of several in a file ("general/2026-11-12"). `omitted` says,
    one line each, what of the file is not in the text (hidden passages, unread attachments).
    """

    text: str
    format: str
    title: str | None = None
    front_matter: Mapping[str, Any] = field(default_factory=dict, hash=False)
    date: dt.date | None = None
    participants: tuple[str, ...] = ()
    kind: str | None = None
    part: str | None = None
    omitted: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The document as JSON values; `from_json` gives it back unchanged."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return values | {
            "front_matter": dict(self.front_matter),
            "date": self.date.isoformat() if self.date else None,
            "participants": list(self.participants),
            "omitted": list(self.omitted),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Document:
        """The document that `to_json` described. Raises ValueError for anything else.

        The values come from the child process, which a hostile file may have taken over, so
        their types are checked and never believed.
        """

        def text(name: str) -> str | None:
            value = values.get(name)
            if value is not None and not isinstance(value, str):
                raise ValueError(f"{name} is not text")
            return value

        def texts(name: str) -> tuple[str, ...]:
            value = values.get(name)
            if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
                raise ValueError(f"{name} is not a list of texts")
            return tuple(value)

        body, format_, day = text("text"), text("format"), text("date")
        front_matter = values.get("front_matter")
        if body is None or format_ is None or not isinstance(front_matter, dict):
            raise ValueError("a document lacks its text, format or front matter")
        return cls(
            text=body,
            format=format_,
            title=text("title"),
            front_matter=front_matter,
            date=dt.date.fromisoformat(day) if day else None,
            participants=texts("participants"),
            kind=text("kind"),
            part=text("part"),
            omitted=texts("omitted"),
        )


@dataclass(frozen=True)
class Limits:
    """How much one file may cost. Sizes are in bytes, times in seconds.

    `memory_bytes` counts above what the reading process needs with its libraries loaded.
    `archive_*` hold for everything that is a ZIP (DOCX, PPTX, XLSX, Slack exports):
    `archive_bytes` is the unpacked size, `archive_ratio` unpacked to packed. `pages` counts PDF
    pages and slides, `cells` the cells of a workbook. Text files up to `in_process_bytes` are
    read without the child process. `files_per_child` files are read before it is replaced.
    """

    file_bytes: int = 50 * MIB
    text_characters: int = 20_000_000
    pages: int = 2_000
    cells: int = 2_000_000
    archive_members: int = 50_000
    archive_bytes: int = 400 * MIB
    archive_ratio: int = 200
    seconds: float = 60.0
    cpu_seconds: int = 60
    memory_bytes: int = 1536 * MIB
    in_process_bytes: int = 2 * MIB
    files_per_child: int = 200

    def to_json(self) -> dict[str, Any]:
        """The limits as JSON values, for the child process."""
        return asdict(self)


DEFAULT_LIMITS = Limits()
