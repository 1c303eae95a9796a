"""When two spellings in a table are one name, and two texts one key."""

from __future__ import annotations

import re
from functools import lru_cache

from kam_knowledge.language.normalise import fold

_DROPPED = re.compile(r"[.,'\"`´‘’“”()\[\]{}:;!?<>«»、。「」『』]+")
_BETWEEN = re.compile(r"[\s\-‐‑‒–—_/\\·・]+")


@lru_cache(maxsize=100_000)
def name_key(text: str) -> str:
    """The form in which names are one: no case, script variant, punctuation or double spaces.

    `ACME Corp.` and `Acme  corp` are one name, 華遠 and 华远 too; `ACME` and `ACME Corp` are not.
    """
    folded = fold(text)
    plain = _BETWEEN.sub(" ", _DROPPED.sub("", folded)).strip()
    return plain or folded.strip()


@lru_cache(maxsize=100_000)
def text_key(text: str) -> str:
    """The form in which texts that are keys are one: no case, script variant or double spaces."""
    return " ".join(fold(text).split())
