"""From a file's bytes to its text, when nothing says how it was encoded.

The contract's encodings: UTF-8 with or without BOM, UTF-16, GB18030 and cp1252. A file is of one
encoding; the choice is made for all of it, from what its bytes can and cannot be.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its BOM begins with UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = "一-鿿㐀-䶿\u3000-\u303f\uff00-\uffef"
_BESIDE = re.compile(f"[{_WIDE}](?=[{_WIDE}])")
_BETWEEN = re.compile(r"(?<=[A-Za-z])[^\x00-\x7f]|[^\x00-\x7f](?=[A-Za-z])")


@dataclass(frozen=True)
class Decoded:
    """A file's text, how it was encoded, and the lines that hold bytes that are no text."""

    text: str
    encoding: str
    bad_lines: tuple[int, ...] = ()


def decode(data: bytes) -> Decoded:
    """The text of `data`.

    A few broken bytes in a file that is otherwise UTF-8 become U+FFFD and their lines are named:
    reading the whole file as something else would spoil every other line.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _tolerant(data[len(bom) :], encoding)
    if wide := _utf16_without_bom(data):
        return _tolerant(data, wide)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    if _mostly_utf8(data):
        return _tolerant(data, "utf-8")
    if _reads_as_gb18030(data):
        return _tolerant(data, "gb18030")
    return _tolerant(data, "cp1252")


def _tolerant(data: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        text = data.decode(encoding, errors="replace")
    lines = tuple(
        number for number, line in enumerate(text.splitlines(), start=1) if "\ufffd" in line
    )
    return Decoded(text, encoding, lines)


def _utf16_without_bom(data: bytes) -> str | None:
    """Latin text in UTF-16 has a zero in nearly every other byte."""
    sample = data[:4096]
    if len(sample) < 4 or len(data) % 2:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _mostly_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", errors="surrogateescape")
    broken = sum("\udc80" <= character <= "\udcff" for character in text)
    whole = sum(character > "\x7f" for character in text) - broken
    return whole > 10 * broken


def _reads_as_gb18030(data: bytes) -> bool:
    """Chinese characters stand beside each other; what the same bytes make of accented letters
    stands between plain ones (Müller becomes M黮ler)."""
    text = data.decode("gb18030", errors="replace")
    broken = text.count("\ufffd")
    beside = len(_BESIDE.findall(text))
    between = len(_BETWEEN.findall(text))
    return beside > between and broken * 20 <= len(text) - len(text.encode("ascii", "ignore"))
