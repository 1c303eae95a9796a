"""Addresses and markup: what could lead a reader away from the answer."""

from __future__ import annotations

import re

ADDRESS = re.compile(
    r"[a-z][a-z0-9+.-]{1,15}://[^\s<>”“」』\"'）】|]+"
    r"|(?:mailto|javascript|data|tel|slack):[^\s<>”“」』\"'）】|]+"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w.-])(?:[a-z0-9-]+\.)+[a-z]{2,}(?:[/?#][^\s<>”“」』\"'）】|]*)?(?![\w-])",
    re.IGNORECASE | re.ASCII,
)
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
MARKUP = re.compile(
    r"!?\[[^\]]*\]\([^)]*\)|\]\s*\(|<[a-z/!@#][^>]*>|<https?:|\w\s?[\[({]\.[\])}]\s?\w|\w\.(?=[^\W\d_a-z])[^\W\d_]{2,}/",
    re.IGNORECASE,
)


def addresses(text: str) -> frozenset[str]:
    """The addresses in a text, without the punctuation behind them."""
    return frozenset(map(bare_address, ADDRESS.findall(text)))


def bare_address(text: str) -> str:
    """The address without the punctuation that follows it."""
    return text.rstrip(".,;:!?)]}*_。，；：！？…")
