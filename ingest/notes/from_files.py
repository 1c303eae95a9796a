"""A file that was handed in to be logged, as the text of a note."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.documents import Document
from kam_knowledge.errors import UsageError

_TOLD = ("account", "date", "attendees")
"""What a file's front matter says that a note's own lines would say."""


@dataclass(frozen=True)
class NoteFile:
    """The text of a file, and the day that "today" means in it, where the file tells it."""

    text: str
    day: dt.date | None = None


def note_file(documents: Sequence[Document]) -> NoteFile:
    """One file's documents as one note: a transcript, minutes, an email, a chat.

    Raises UsageError for a file that holds several.
    """
    if len(documents) != 1:
        raise UsageError(
            "there are several documents in the file.", "Ingest it (`kam ingest`), or log one."
        )
    (one,) = documents
    above = [f"{key}: {one.front_matter[key]}" for key in _TOLD if one.front_matter.get(key)]
    spoken_on = one.date if one.format == "vtt" else None
    if one.date is not None and one.format in ("docx", "pdf", "html", "pptx"):
        above += [] if "date" in one.front_matter else [f"date: {one.date.isoformat()}"]
    return NoteFile("\n".join([*above, one.text]), spoken_on)
