"""Whether a text speaks of somebody by one of these names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from kam_knowledge.language.normalise import HAN, fold

_LETTER = rf"[^\W_{HAN}]"
"""A letter or digit of a script that parts its words; Chinese runs them together."""


def mentions_of(names: Iterable[str]) -> Callable[[str], bool]:
    """A test for texts: does one of the names stand in it as a word, whatever its case or script?

    `Li` does not stand in "client"; 李娜 stands in 与李娜开会. A single character is no name.
    """
    patterns = [_pattern(fold(name).strip()) for name in names if len(name.strip()) > 1]
    found = re.compile("|".join(patterns) if patterns else r"(?!)")
    return lambda text: found.search(fold(text)) is not None


def _pattern(name: str) -> str:
    before = rf"(?<!{_LETTER})" if re.match(_LETTER, name) else ""
    after = rf"(?!{_LETTER})" if re.search(rf"{_LETTER}$", name) else ""
    return before + re.escape(name) + after
