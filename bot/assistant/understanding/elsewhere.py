"""Whether a message is about the world at large, though its form is that of one of our questions.

"Who won the world cup?" asks as one asks for won deals. What tells it apart are its words: most
of what it speaks of stands in no example, no term of the field, no name of the book.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from bot.assistant.understanding.cues import pattern, phrases
from bot.assistant.understanding.features import concepts, pieces
from bot.assistant.understanding.general import sounds_general
from bot.assistant.understanding.hearing import Heard
from bot.assistant.understanding.intent import intent_examples
from kam_knowledge.language.glossary import Glossary
from kam_knowledge.language.normalise import fold, has_han
from kam_knowledge.language.tokens import content_words, is_common
from kam_knowledge.methodology.catalogue import topics
from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Action, Complaint, Installed, Opportunity
from prompts import load

_ASKS = re.compile("[几多哪啥怎何]")
FEW = 2
"""So few words that are ours are outweighed by as many strange ones; more of them by more."""


WORLDLY = "*"
"""Stands for strange words where the message is of the world whatever a note may say of it."""


def strange_words(heard: Heard, records: Records) -> tuple[str, ...]:
    """The words of a message, which names nothing of ours, that make it one about something else.

    None where most of its words are those of our questions; `WORLDLY` where no note is meant.
    """
    if heard.named or heard.hidden:
        return ()
    text = fold(heard.text)
    if _worldly().search(text):
        return (WORLDLY,)
    if len(text) == len(heard.text):
        for start, end, slot in heard.spans:
            if slot != "title":
                text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    known = 0
    for term in reversed(Glossary.load().translate_terms(text)):
        known += 1
        text = f"{text[: term.span[0]]} {text[term.span[1] :]}"
    words = [word for word in content_words(text) if _tells(word)]
    strange = [word for word in words if not _is_ours(word)]
    if strange:
        of_the_book = _labels(records)
        strange = [word for word in strange if not any(word in said for said in of_the_book)]
    known += bool(known and sounds_general(heard.text))  # a term of the field, asked for a rule
    known += len(words) - len(strange)
    # A name that nobody knows may be a customer's: then the words must speak for themselves.
    few = known <= FEW and not any(map(str.isascii, heard.unknown))
    outweighed = len(strange) > known or (few and len(strange) == known > 0)
    return tuple(strange) if outweighed else ()


def _tells(word: str) -> bool:
    """Whether the word is no figure, no single Chinese character, no 几块 or 为啥."""
    return len(word) > 1 and not any(map(str.isdigit, word)) and not _ASKS.search(word)


def _labels(records: Records) -> set[str]:
    """What the readers may see of the book's deals, units, promises and complaints, folded."""
    rows = {
        *(row.name for row in records.fields(Opportunity, ["name"])),
        *(f"{row.unit} {row.product}" for row in records.fields(Installed, ["unit", "product"])),
        *(row.action for row in records.fields(Action, ["action"])),
        *(row.complaint for row in records.fields(Complaint, ["complaint"])),
    }
    return set(map(_said, rows))


@lru_cache(maxsize=20_000)
def _said(label: str) -> str:
    """A label and its words, folded."""
    text = fold(label)
    return "\n".join((text, *content_words(text)))


def _is_ours(word: str) -> bool:
    if has_han(word):
        return word in _our_han()
    return is_common(word) or word in _our_stems() or concepts().knows(pieces(word)[0][0])


@cache
def _worldly() -> re.Pattern[str]:
    return pattern(phrases(load("understanding/worldly.yaml")["words"]))


@cache
def _our_stems() -> frozenset[str]:
    """The words of our examples, as the tokeniser has them."""
    texts = (text for _, text, _ in intent_examples() if text.isascii())
    return frozenset(word for text in texts for word in content_words(text))


@cache
def _our_han() -> str:
    """The Chinese of our examples, of the words we know to mean the same, and of the method."""
    examples = [text for _, text, _ in intent_examples() if not text.isascii()]
    method = [f"{one.title} {part.text}" for one in topics("zh") for part in one.sections]
    meant = [one["zh"] for one in load("understanding/concepts.yaml").values()]
    return fold("\n".join((*examples, *meant, *method)))
