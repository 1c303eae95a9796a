"""Whether a message asks for the method in general, rather than how it stands with our accounts.

"What is single-threaded?" and "Where are we single-threaded?" share their words; what tells them
apart is how they ask. Nothing is decided here of a message that names a customer or a person.
"""

from __future__ import annotations

from bot.assistant.understanding.cues import cues, longest, phrases, plain, without
from bot.assistant.understanding.hearing import Heard
from bot.assistant.understanding.intent import Guess, intent
from kam_knowledge.language.normalise import has_han
from kam_knowledge.methodology.finder import Likeness, finder

NEAR, NEAR_ENOUGH = 0.42, {"en": 0.3, "zh": 0.22}
"""How alike a message must be to what people ask of a topic: where nothing else says that it asks
in general, and where something does. Pairs of Chinese characters agree less often than words."""
NAMED = 0.38
"""How alike it must be where a word of it looks like the name of somebody we do not know."""
ALIKE, KNOWN = 0.6, 0.8
"""How alike it must be, and how much of it a topic must know, where words of the book stand in it:
"which deals may I count as commit?" asks for a rule."""
MANY_WORDS = 2
"""Words of a topic that a message must share to be no question for the last answer's source."""
UNSURE = 0.6
"""Below this likelihood the intent is no more than a guess."""
SETTLED = frozenset({"Conversation", "Meeting logging", "Digest"})
"""Groups of what is said to the assistant itself: their set phrases mean nothing else."""


def asks_the_method(heard: Heard, guesses: list[Guess]) -> bool:
    """Whether the message, which names nothing of the book, is about the method after all.

    `guesses` are the intents it seems to have, the likeliest first.
    """
    if heard.named or heard.hidden:
        return False
    folded = plain(heard.text)
    top = guesses[0] if guesses else None
    by_the_method, general = _says(folded, "by_the_method"), _says(folded, "in_general")
    if not by_the_method and not general and top and top.score >= UNSURE:
        return False
    near = _nearest(heard.text)
    if near is None or by_the_method:
        return near is not None
    if _says(folded, "of_the_book") and not (general and _word_for_word(near)):
        return False
    if heard.unknown and not (near.score >= NAMED and general):
        return False
    if top and top.score >= UNSURE and intent(top.intent).get("group") in SETTLED:
        return False
    if top and top.intent == "source" and near.shared < MANY_WORDS:
        return False  # "what is that based on?": an answer just given is meant
    if general:
        return near.score >= NEAR_ENOUGH[_language(heard.text)]
    return near.score >= NEAR and near.shared > 1


def asks_of_the_book(heard: Heard) -> bool:
    """Whether the message says that it asks how it stands with our own accounts: whatever words
    it shares with the method, "how many does each KAM carry" is counted, not looked up."""
    folded = plain(heard.text)
    if not _says(folded, "of_the_book"):
        return False
    # 为什么 asks in general, 为什么是红灯 does not.
    rest = without(folded, phrases(cues()["of_the_book"]))
    return not any(_says(rest, cue) for cue in ("by_the_method", "in_general"))


def sounds_general(text: str) -> bool:
    """Whether words of the message ask for a rule, or for what the method says."""
    folded = plain(text)
    return _says(folded, "by_the_method") or _says(folded, "in_general")


def _word_for_word(near: Likeness) -> bool:
    return near.score >= ALIKE and near.coverage >= KNOWN


def _nearest(text: str) -> Likeness | None:
    found = finder(_language(text)).find(text)
    return found[0] if found else None


def _language(text: str) -> str:
    return "zh" if has_han(text) else "en"


def _says(folded: str, cue: str) -> bool:
    return bool(longest(folded, phrases(cues()[cue])))
