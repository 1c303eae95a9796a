"""Word lists of the two languages: plain text, words separated by white space, # for comments."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def word_list(name: str) -> frozenset[str]:
    """The words of `NAME.txt` beside this module, folded as they stand there."""
    return frozenset(word for line in word_lines(name) for word in line)


@cache
def word_lines(name: str) -> tuple[tuple[str, ...], ...]:
    """The lines of `NAME.txt`, each as its words, without comments and empty lines."""
    text = resources.files(__name__).joinpath(f"{name}.txt").read_text(encoding="utf-8")
    lines = (tuple(line.partition("#")[0].split()) for line in text.splitlines())
    return tuple(line for line in lines if line)
