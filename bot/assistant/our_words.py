"""The words and figures of our own reply templates: they are neither names nor claims."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

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
    words = {*_CURRENCIES.split(), *MONTHS}
    for text in _our_texts():
        words |= {fold(word) for word in WORD.findall(re.sub(r"\{[^}]*\}", " ", text))}
    return frozenset(words)


@cache
def our_han() -> frozenset[str]:
    """The Chinese of our own sentences, folded, in unbroken runs."""
    return frozenset(
        run
        for text in _our_texts()
        for part in re.split(r"\{[^}]*\}", text)
        for run in re.findall(f"[{HAN}]{{2,}}", fold(part))
    )
