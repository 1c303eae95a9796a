"""Whether a message asks for the method in general, rather than how it stands with our accounts.

"What is single-threaded?" and "Where are we single-threaded?" share their words; what tells them
apart is how they ask. Nothing is decided here of a message that names a customer or a person.
"""

from __future__ import annotations

from bot.assistant.understanding.cues import cues, longest, phrases, plain
from bot.assistant.understanding.hearing import Heard
from bot.assistant.understanding.intent import Guess, intent
from kam_knowledge.language.normalise import has_han
from kam_knowledge.methodology.finder import Likeness, finder

NEAR, NEAR_ENOUGH = 0.42, {"en": 0.3, "zh": 0.22}
"""How alike a message must be to what people ask of a topic: where nothing else says that it asks
in general, and where something does. Pairs of Chinese characters agree less often than words."""
NAMED = 0.38
"""How alike it must be where a word of it looks like the name of somebody we do not know."""
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
    near = _nearest(heard.text)
    if near is None:
        return False
    if _says(folded, "by_the_method"):
        return True
    if _says(folded, "of_the_book"):
        return False
    if heard.unknown and not (near.score >= NAMED and _says(folded, "in_general")):
        return False
    top = guesses[0] if guesses else None
    if top and top.score >= UNSURE and intent(top.intent).get("group") in SETTLED:
        return False
    if top and top.intent == "source" and near.shared < MANY_WORDS:
        return False  # "what is that based on?": an answer just given is meant
    if _says(folded, "in_general"):
        return near.score >= NEAR_ENOUGH[_language(heard.text)]
    return (top is None or top.score < UNSURE) and near.score >= NEAR and near.shared > 1


def _nearest(text: str) -> Likeness | None:
    found = finder(_language(text)).find(text)
    return found[0] if found else None


def _language(text: str) -> str:
    return "zh" if has_han(text) else "en"


def _says(folded: str, cue: str) -> bool:
    return bool(longest(folded, phrases(cues()[cue])))
