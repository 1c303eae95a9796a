"""Text as it is stored: one form of newline, NFC, nothing that a reader cannot see.

Characters without a shape (zero-width spaces, direction overrides, tag characters) are how text
is hidden from a person and shown to a model; they are dropped. The joiners that emoji and some
scripts need, and the variation selector after a character that takes one, stay.
"""

from __future__ import annotations

import re
import unicodedata

_NEWLINE = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters
    "\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\U000e0000-\U000e00ff]"  # soft hyphen, zero width, direction, tag characters
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_JOINER_OR_SELECTOR = re.compile("[\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_BLANK_LINES = re.compile(r"\n{3,}")


def clean(text: str) -> str:
    """The text with `\\n` newlines, in NFC, without invisible characters. Idempotent."""
    text = _NEWLINE.sub("\n", text)
    text = _INVISIBLE.sub("", text)
    if text.isascii():
        return text
    text = _SURROGATE.sub("\ufffd", text)
    if _JOINER_OR_SELECTOR.search(text):
        text = _drop_idle_joiners(text)
    return unicodedata.normalize("NFC", text)


def tidy(text: str) -> str:
    """Converted text without trailing spaces and with one blank line at most."""
    # Not a pattern for spaces before a line's end: it takes quadratic time on a run of spaces.
    lines = "\n".join(line.rstrip(" \t\u00a0") for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", lines).strip("\n")


def _drop_idle_joiners(text: str) -> str:
    """Joiners and selectors stay only behind a character that takes them."""
    kept: list[str] = []
    for character in text:
        if _JOINER_OR_SELECTOR.match(character):
            before = kept[-1] if kept else ""
            if not before or not _takes(before, character):
                continue
        kept.append(character)
    while kept and kept[-1] in "\u200c\u200d":
        kept.pop()
    return "".join(kept)


def _takes(before: str, character: str) -> bool:
    code = ord(before)
    if _JOINER_OR_SELECTOR.match(before):
        return character == "\u200d" and before == "\ufe0f"
    category = unicodedata.category(before)
    if character in "\u200c\u200d":
        # Emoji sequences, and the scripts from Arabic to Khmer, whose letters join.
        return category in {"So", "Sk"} or (0x0600 <= code <= 0x17FF and category[0] in "LM")
    if character > "\uffff":
        return 0x3400 <= code <= 0x9FFF or 0x20000 <= code <= 0x323AF  # Han variants
    return category in {"So", "Sm", "Po", "Nd", "Lo"}
