"""The words and figures of our own reply templates: they are neither names nor claims."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from bot.assistant.figures import MONTHS
from kam_knowledge.language.normalise import HAN, fold
from prompts import replies

WORD = re.compile(r"[A-Za-zÀ-ɏ][\w'’&-]*")
_CURRENCIES = "usd eur cny rmb gbp jpy hkd sgd twd krw inr chf sek nok dkk aud cad thb myr idr vnd"


def without_our_phrases(text: str) -> str:
    """The text without those sentences of ours that hold a number: "over 14 days late"."""
    for phrase in _our_phrases():
        text = text.replace(phrase, " ¶ ")
    return text


@cache
def _our_phrases() -> tuple[str, ...]:
    found = {
        part.strip()
        for text in _our_texts()
        for part in re.split(r"\{[^}]*\}", text)
        if re.search(r"\d", part) and len(part.strip()) >= 6
    }
    return tuple(sorted(found, key=len, reverse=True))


@cache
def _our_texts() -> tuple[str, ...]:
    """The templates of every reply, in both languages."""
    names = [file.name for file in (resources.files("prompts") / "replies").iterdir()]
    return tuple(
        text
        for name in sorted(names)
        if name.endswith(".yaml")
        for template in replies(name.removesuffix(".yaml")).values()
        for text in template.values()
    )


@cache
def our_words() -> frozenset[str]:
    """The words of our own sentences, currencies and months: capitals among them are no names."""
    return frozenset({*_CURRENCIES.split(), *MONTHS, *WORD.findall(_written())})


@cache
def our_han() -> frozenset[str]:
    """The Chinese of our own sentences, folded, in unbroken runs."""
    return frozenset(re.findall(f"[{HAN}]{{2,}}", _written()))


@cache
def _written() -> str:
    """All that the templates write, folded, without what they leave open.

    The files as they are: reading them as YAML would cost the first answer of a process more
    than all its other checks, and their keys are ordinary words.
    """
    folder = resources.files("prompts") / "replies"
    files = [file.read_text(encoding="utf-8") for file in folder.iterdir() if _is_yaml(file)]
    return fold(re.sub(r"(?m)^\s*#.*$|\{[a-z_0-9.:!]*\}", "\n", "\n".join(files)))


def _is_yaml(file: Traversable) -> bool:
    return file.name.endswith(".yaml")
