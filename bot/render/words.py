"""The words in pictures, in the reader's language."""

from __future__ import annotations

from typing import Any

from prompts import replies


def said(key: str, language: str, **values: Any) -> str:
    """A text of `pictures.yaml`, else of the shared words, with its slots filled."""
    own = replies("pictures")
    template = (own.get(key) or replies("shared")[key])[language]
    return spaced(template, values) if values else template


def coded(kind: str, code: str, language: str) -> str:
    """The word for a code, such as `role` and `champion`; the code itself where there is none."""
    key = f"{kind}_{code}"
    known = key in replies("pictures") or key in replies("shared")
    return said(key, language) if known else code.replace("_", " ")


def spaced(template: str, values: dict[str, Any]) -> str:
    """The filled template, with a space where Chinese meets what is filled in and is Latin."""
    parts = {name: str(value) for name, value in values.items()}
    text = template
    for name, value in parts.items():
        before, slot, after = text.partition("{" + name + "}")
        if slot:
            text = _joined(_joined(before, value), after)
    return text


def _joined(left: str, right: str) -> str:
    if left and right and _is_han(left[-1]) != _is_han(right[0]):
        latin = right[0] if _is_han(left[-1]) else left[-1]
        if latin.isalnum():
            return f"{left} {right}"
    return left + right


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"
