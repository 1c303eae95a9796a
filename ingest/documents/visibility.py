"""Which CSS declarations hide text from a person.

Hidden text is how a page or a mail says something to a program that its reader never sees, so
what these rules hide is not part of the document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_DECLARATION = re.compile(r"([\w-]{1,40})\s{0,9}:\s{0,9}([^;{}]{1,400})")
_NUMBER = re.compile(r"(-?\d{0,6}\.?\d{1,6})\s?(px|pt|em|rem|%|vw|vh|cm|mm|in)?")
_HEX = re.compile(r"#([0-9a-f]{3,8})\b")
_RGB = re.compile(
    r"rgba?\(\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*[, ]\s*(\d{1,3})(?:\s*[,/]\s*([\d.]{1,6}%?))?\s*\)"
)
_NAMES = {"white": (255, 255, 255), "black": (0, 0, 0), "snow": (255, 250, 250)}
_OFF_PAGE = -900.0  # px: text set this far to the left or above is off every screen

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)


def declarations(style: str) -> dict[str, str]:
    """The declarations of a style attribute or rule body, in lower case."""
    return {
        name: value.replace("!important", "").strip()
        for name, value in _DECLARATION.findall(style.lower())
    }


def hides(style: Mapping[str, str]) -> bool:
    """Whether an element with these declarations is hidden with everything inside it."""
    clipped = style.get("overflow", style.get("overflow-y", "")).startswith(("hidden", "clip"))
    return (
        style.get("display") == "none"
        or style.get("visibility") in {"hidden", "collapse"}
        or style.get("mso-hide") == "all"
        or _number(style.get("opacity")) == 0
        or style.get("clip", "").replace(" ", "").startswith(("rect(0,0", "rect(00", "rect(0px,0"))
        or style.get("clip-path", "").startswith("inset(50%")
        or (style.get("position") in {"absolute", "fixed"} and _is_off_page(style))
        or (_number(style.get("text-indent")) or 0) <= _OFF_PAGE
        or (clipped and any(_is_nothing(style.get(n)) for n in ("max-height", "height", "width")))
    )


def is_tiny(size: str) -> bool | None:
    """Whether text of this font size cannot be seen; None when the value is no length."""
    match = _NUMBER.match(size)
    if match is None:
        return None
    number, unit = float(match.group(1)), match.group(2)
    if unit in {"em", "rem"}:
        return number <= 0.1
    return number <= (10 if unit == "%" else 1)


def colour(value: str) -> Colour | None:
    """The colour that a declaration names; None when it cannot be told."""
    value = value.strip().lower()
    if match := _HEX.search(value):
        digits = match.group(1)
        if len(digits) in {3, 4}:
            digits = "".join(d * 2 for d in digits[:3])
        if len(digits) >= 6:
            return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
        return None
    if match := _RGB.search(value):
        return int(match.group(1)), int(match.group(2)), int(match.group(3))
    return next((rgb for name, rgb in _NAMES.items() if re.match(rf"{name}\b", value)), None)


def is_see_through(value: str) -> bool:
    """Whether text of this colour has no ink at all."""
    match = _RGB.search(value)
    alpha = match.group(4) if match else None
    return value.strip() == "transparent" or (alpha is not None and _number(alpha) == 0)


def is_same(one: Colour, other: Colour) -> bool:
    """Whether no eye tells the two colours apart."""
    return all(abs(a - b) <= 6 for a, b in zip(one, other, strict=True))


def _number(value: str | None) -> float | None:
    match = _NUMBER.match(value) if value else None
    return float(match.group(1)) if match else None


def _is_nothing(value: str | None) -> bool:
    number = _number(value)
    return number is not None and number <= 1


def _is_off_page(style: Mapping[str, str]) -> bool:
    return any((_number(style.get(side)) or 0) <= _OFF_PAGE for side in ("left", "top", "right"))
