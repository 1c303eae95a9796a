"""Whether a message that somebody says among others is a question or a request to us.

Where people talk to each other, being silent is right and interrupting is not: only what is asked
in so many words, about something that we know to answer, counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.assistant.understanding.cues import cues, found_at, longest, phrases, plain
from bot.assistant.understanding.hearing import Heard
from bot.assistant.understanding.intent import Guess, intent, intent_index
from bot.assistant.understanding.thread import is_again, pointing, standing_in

SURE = 0.85
"""From this likelihood on an intent is known well enough to speak without having been called."""
_NEIGHBOURS = 2
"""Intents that may share the likelihood where a customer is named: "who is our contact there?"."""
_AMONG_PEOPLE = frozenset({"Conversation", "Corrections"})
"""Groups of what people say to each other as they say it to us: thanks, "what do you mean?"."""
_WHOM = frozenset({"account", "contact", "title"})
_COMMAS = ",:;，：、；"


@dataclass(frozen=True)
class Overheard:
    """What is heard of a message that nobody addressed to us."""

    asks: bool
    """Whether it asks for something that we know to answer."""
    to_somebody_else: bool
    """Whether it calls somebody else by name first."""


def overheard(heard: Heard, colleagues: Iterable[str], *, goes_on: bool) -> Overheard:
    """What the message is; `colleagues` are the names of our own people, `goes_on` says that there
    is a question of the same person before it that another name could be put into."""
    return Overheard(_asks(heard, goes_on), _calls_somebody(heard.text, colleagues))


def _asks(heard: Heard, goes_on: bool) -> bool:
    folded = plain(heard.text).strip()
    if not (folded.endswith("?") or _is_worded_as_one(folded)):
        return False
    if goes_on and is_again(heard) and _WHOM & {slot for *_, slot in heard.spans}:
        return True
    carried = {"account": pointing(heard.text).they, "contact": pointing(heard.text).he}
    masked = standing_in(heard, [slot for slot, there in carried.items() if there])
    likely = intent_index().guess(masked)[: _NEIGHBOURS if heard.named else 1]
    return sum(guess.score for guess in likely if _is_ours(guess)) >= SURE


def _is_ours(guess: Guess) -> bool:
    return intent(guess.intent).get("group") not in _AMONG_PEOPLE


def _is_worded_as_one(folded: str) -> bool:
    """Whether it begins as requests do in English, or holds a Chinese word that asks."""
    begins = found_at(folded, phrases(cues()["requests"]))
    return (begins is not None and begins[0] == 0) or bool(
        longest(folded, phrases({"zh": cues()["asking"]["zh"]}))
    )


def _calls_somebody(text: str, colleagues: Iterable[str]) -> bool:
    """Whether it begins with a colleague's name and a comma: "Jonas, can you take that?"."""
    place = min((at for one in _COMMAS if (at := text.find(one)) > 0), default=-1)
    if place < 0:
        return False
    called = plain(text[:place]).strip()
    names = {plain(part) for name in colleagues for part in (name, *name.split())}
    return any(one and called in (one, f"hi {one}", f"hey {one}", f"hello {one}") for one in names)
