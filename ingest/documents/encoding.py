"""Bytes become text: UTF-8, UTF-16 with its mark, GB18030, cp1252, or a refusal."""

from __future__ import annotations

import codecs
import re

from kam_knowledge.errors import DocumentError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with UTF-16's
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARY_STARTS = (
    b"%PDF-",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x7fELF",
    b"\x1f\x8b",
    b"SQLite format 3",
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_HAN = re.compile("[\u3400-\u9fff]")
_CJK_CLASS = "\u3000-\u303f\u3400-\u9fff\uff00-\uffef\u2010-\u203b\u00b7\u00d7\u2103\u2460-\u249b"
_CJK = re.compile(f"[{_CJK_CLASS}]")
_CJK_RUN = re.compile(f"[{_CJK_CLASS}]{{2,}}")
_NOT_ASCII = re.compile("[^\x00-\x7f]")


def decode(data: bytes, *, declared: str | None = None) -> str:
    """The text of a file that should be text.

    `declared` is the encoding that the content names for itself (a mail header, an HTML meta
    tag); it is tried after UTF-8. Raises DocumentError when the bytes are not text.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            try:
                return (
                    data[len(codecs.BOM_UTF8) :].decode(name)
                    if name == "utf-8"
                    else data.decode(name)
                )
            except UnicodeDecodeError:
                break
    _refuse_binary(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if declared:
        # Mail and pages say "gb2312" and mean its superset.
        name = "gb18030" if declared.lower() in {"gb2312", "gbk", "gb_2312-80"} else declared
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError, ValueError):
            pass
    try:
        text = data.decode("gb18030")
        if _is_plausible_chinese(text):
            return text
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        raise DocumentError(
            "The text's encoding is not recognised.", "Save the file as UTF-8."
        ) from None


def _refuse_binary(data: bytes) -> None:
    sample = data[:65536]
    if (
        sample.startswith(_BINARY_STARTS)
        or b"\x00" in sample
        or len(_CONTROL.findall(sample)) * 100 > len(sample)
    ):
        raise DocumentError(
            "The file is named as text and holds binary data.",
            "Give it its own extension, or save it as UTF-8 text.",
        )


def _is_plausible_chinese(text: str) -> bool:
    """Whether GB18030 was the right reading, rather than accented Latin letters read in pairs.

    "créée" read as GB18030 has one Chinese character between Latin letters; Chinese has runs.
    """
    foreign = len(_NOT_ASCII.findall(text))
    han = len(_HAN.findall(text))
    in_runs = sum(len(_HAN.findall(run)) for run in _CJK_RUN.findall(text))
    return han > 0 and len(_CJK.findall(text)) >= 0.9 * foreign and in_runs >= 0.5 * han
