"""What a model says of a note: a form it fills in, of which only what the note says is kept.

The account, rights and days are never the model's to decide: names are resolved and days computed
from the words it points at, as for the built-in reading.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Literal

from pydantic import BaseModel, Field

from ingest.notes.cues import plainly

LONGEST_PIECE = 12_000
"""Characters of a note that a model is shown at once."""
_NUMBER = re.compile(r"\d[\d.,:/-]*")
_CAPITAL = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][\w-]+")


class SaidAction(BaseModel):
    """A promise."""

    action: str = Field(description="What is to be done, short")
    who: str = Field(default="", description="I, we, they, or the name as written")
    direction: Literal["ours", "theirs", "internal"] = "ours"
    due_words: str = Field(default="", description="The words for the day, as written")
    words: str = Field(description="The stretch of the note it rests on, verbatim")


class SaidSignal(BaseModel):
    """A hint about a renewal, a budget, the customer's people, or the relationship."""

    type: Literal["renewal", "budget", "org_change", "relationship"]
    person: str = Field(default="", description="Whom it is about, as written")
    change: Literal["left", "joined", "promoted", "reports_to", ""] = ""
    words: str = Field(description="The stretch of the note it rests on, verbatim")


class SaidPart(BaseModel):
    """What the note says about one account."""

    account: str = Field(default="", description="The account's name as written")
    date_words: str = Field(default="", description="The words for the day it was, as written")
    kind: Literal["meeting", "call", "email", "chat", "document"] = "document"
    attendees: list[str] = Field(default_factory=list)
    our_attendees: list[str] = Field(default_factory=list)
    summary: str = ""
    actions: list[SaidAction] = Field(default_factory=list)
    decisions: list[str] = Field(default_factory=list, description="Verbatim")
    concerns: list[str] = Field(default_factory=list, description="Verbatim")
    competitors: list[str] = Field(default_factory=list)
    sentiment: Literal["positive", "neutral", "negative", "mixed"] | None = None
    signals: list[SaidSignal] = Field(default_factory=list)


class SaidNote(BaseModel):
    """A whole note, by account."""

    parts: list[SaidPart] = Field(default_factory=list)


Fill = Callable[[str], SaidNote]
"""Shows a model one piece of a note and returns the form it filled in."""


def said_of(text: str, fill: Fill) -> SaidNote:
    """What the model says of a note, piece by piece where it is long; without what is not in it.

    Raises what `fill` raises.
    """
    parts: list[SaidPart] = []
    for piece in pieces(text):
        for part in grounded(fill(piece), piece).parts:
            same = next((one for one in parts if one.account == part.account), None)
            if same is None:
                parts.append(part)
            else:
                _join(same, part)
    return SaidNote(parts=parts)


def pieces(text: str) -> Iterable[str]:
    """The text in pieces of whole lines that a model can be shown."""
    start = 0
    while start < len(text):
        end = min(start + LONGEST_PIECE, len(text))
        if end < len(text):
            cut = max(text.rfind(mark, start, end) for mark in "\n。.")
            end = cut + 1 if cut > start else end
        yield text[start:end]
        start = end


def grounded(said: SaidNote, text: str) -> SaidNote:
    """The form without names, days and quotes that do not stand in the text."""
    plain = " ".join(plainly(text).split())

    def stands(words: str) -> bool:
        return bool(words.strip()) and " ".join(plainly(words).split()) in plain

    parts = []
    for part in said.parts:
        actions = [
            one.model_copy(
                update={
                    "due_words": one.due_words if stands(one.due_words) else "",
                    "action": one.action if _bears_out(one.action, text) else one.words,
                }
            )
            for one in part.actions
            if stands(one.words) and (_pronoun(one.who) or stands(one.who))
        ]
        parts.append(
            part.model_copy(
                update={
                    "account": part.account if stands(part.account) else "",
                    "date_words": part.date_words if stands(part.date_words) else "",
                    "attendees": list(filter(stands, part.attendees)),
                    "our_attendees": list(filter(stands, part.our_attendees)),
                    "summary": part.summary if _bears_out(part.summary, text) else "",
                    "actions": actions,
                    "decisions": list(filter(stands, part.decisions)),
                    "concerns": list(filter(stands, part.concerns)),
                    "competitors": list(filter(stands, part.competitors)),
                    "signals": [
                        one
                        for one in part.signals
                        if stands(one.words) and (not one.person or stands(one.person))
                    ],
                }
            )
        )
    return SaidNote(parts=parts)


def _bears_out(said: str, text: str) -> bool:
    """Whether every number and every name in the words stands in the text."""
    plain = plainly(text)
    marks = [*_NUMBER.findall(said), *_CAPITAL.findall(said)]
    return bool(said.strip()) and all(plainly(one.strip(".,:")) in plain for one in marks)


def _pronoun(who: str) -> bool:
    return plainly(who).strip() in (
        "",
        "i",
        "me",
        "we",
        "us",
        "they",
        "我",
        "我们",
        "他们",
        "对方",
        "客户",
    )


def _join(one: SaidPart, other: SaidPart) -> None:
    """Adds what a later piece says of the same account."""
    for name in ("attendees", "our_attendees", "decisions", "concerns", "competitors"):
        listed: list[str] = getattr(one, name)
        listed += [word for word in getattr(other, name) if word not in listed]
    one.actions += other.actions
    one.signals += other.signals
    one.date_words = one.date_words or other.date_words
    one.sentiment = one.sentiment or other.sentiment
