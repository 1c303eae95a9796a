"""How people write in a hurry, in full: "accts" is accounts, 咋样 is 怎么样."""

from __future__ import annotations

import re
from functools import cache

from prompts import load


def in_full(folded: str) -> str:
    """The folded text with its short and spoken forms written out, for comparing alone."""
    return _forms().sub(lambda match: _meant()[match.group()], folded)


@cache
def _meant() -> dict[str, str]:
    by_language = load("understanding/colloquial.yaml")
    return {short: full for forms in by_language.values() for short, full in forms.items()}


@cache
def _forms() -> re.Pattern[str]:
    latin = sorted((form for form in _meant() if form.isascii()), key=len, reverse=True)
    han = sorted((form for form in _meant() if not form.isascii()), key=len, reverse=True)
    words = "|".join(map(re.escape, latin))
    return re.compile(rf"(?<![\w'/-])(?:{words})(?![\w'/-])|{'|'.join(map(re.escape, han))}")
