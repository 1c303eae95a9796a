"""Whether somebody speaks in a text, or is only spoken of."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.assistant.understanding.cues import cues, phrases
from kam_knowledge.language.normalise import HAN, fold, has_han

_BETWEEN = r"[^.。!！?？,，\n]{0,24}?"
"""Between the name and what it says: "Dana Wu (CTO) then said"."""


def speak_in(text: str, names: Iterable[str]) -> bool:
    """Whether one of the names is followed by a word of saying, or stands before a colon or an
    opening quotation as whoever speaks does."""
    known = [re.escape(fold(name)) for name in names if len(name) > 1]
    if not known:
        return False
    said = phrases(cues()["speaks"])
    latin = "|".join(re.escape(one) for one in said if not has_han(one))
    han = "|".join(re.escape(one) for one in said if has_han(one))
    verb = rf"(?<![^\W{HAN}])(?:{latin})(?![^\W{HAN}])|{han}"
    who = rf"(?<![^\W{HAN}])(?:{'|'.join(known)})(?![a-z])"
    return re.search(rf"{who}(?:\s*[:：]|{_BETWEEN}(?:{verb}))", fold(text)) is not None
