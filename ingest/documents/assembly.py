"""The last step of every format: cleaned text, front matter apart, a title."""

from __future__ import annotations

import datetime as dt

from ingest.documents.cleaning import clean, tidy
from ingest.documents.document import Document
from ingest.documents.front_matter import split_front_matter
from ingest.documents.markdown import first_heading


def assemble(
    text: str,
    format_: str,
    *,
    title: str | None = None,
    date: dt.date | None = None,
    participants: tuple[str, ...] = (),
    kind: str | None = None,
    part: str | None = None,
    omitted: tuple[str, ...] = (),
) -> Document:
    """A document of converted text: cleaned, tidied, its front matter taken off the top.

    The title is the front matter's, else the one given, else the first heading.
    """
    front_matter, body = split_front_matter(tidy(clean(text)))
    own_title = front_matter.get("title")
    if not isinstance(own_title, str):
        own_title = clean(title).strip() if title else None
    return Document(
        text=body.strip("\n"),
        format=format_,
        title=own_title or first_heading(body),
        front_matter=front_matter,
        date=date,
        participants=tuple(clean(name) for name in participants),
        kind=kind,
        part=part,
        omitted=omitted,
    )
