"""Markdown and plain text: the body verbatim, without what its reader does not see."""

from __future__ import annotations

import re

from ingest.documents.chat import find_chat
from ingest.documents.cleaning import clean
from ingest.documents.document import Document
from ingest.documents.encoding import decode
from ingest.documents.front_matter import split_front_matter
from ingest.documents.visibility import (
    WHITE,
    colour,
    declarations,
    hides,
    is_same,
    is_see_through,
    is_tiny,
)

_TOKEN = re.compile(
    r"^(?:[ >]|[-*+][ ]|\d{1,3}[.)][ ]){0,3}(?P<fence>`{3,}|~{3,})"
    r"|(?P<ticks>`+)"
    r"|(?P<comment><!--)"
    r"|<(?P<tag>[A-Za-z][A-Za-z0-9-]{0,30})(?P<attributes>(?:\s[^<>]{0,2000})?)>"
    # a link definition that links nowhere is how Markdown writes a comment
    r"|^[ ]{0,3}(?P<definition>\[[^\]\n]{0,80}\]:[ \t]*(?:\#|<>)[ \t]*[\"'(][^\n]*\n?)",
    re.MULTILINE,
)
_STYLE = re.compile(r"""\bstyle\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_HIDDEN = re.compile(r"(?:^|\s)hidden(?:\s|=|/|$)", re.IGNORECASE)
_NEVER_SHOWN = {"script", "style", "template", "noscript"}
_VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "wbr",
}
_HEADING_OR_FENCE = re.compile(r"^ {0,3}(?:# ([^\n]{1,300})|```|~~~)", re.MULTILINE)
_OPENING_HEADING = re.compile(r"\n* {0,3}#{2,6} ([^\n]{1,300})")
_LONGEST_SPAN = 4000  # characters: what a code span may hold before its backticks are taken as text


def read_markdown(data: bytes, *, is_markdown: bool) -> Document:
    """The document in a .md or .txt file; a pasted chat is recognised by its lines.

    Raises DocumentError when the bytes are not text.
    """
    front_matter, text = split_front_matter(clean(decode(data)))
    hidden = 0
    if is_markdown:
        text, hidden = without_hidden(text)
    title = front_matter.get("title")
    chat = find_chat(text)
    if isinstance(title, str):
        pass
    elif is_markdown and chat is None:
        title = first_heading(text)
    else:
        title = None
    return Document(
        text=text,
        format="chat" if chat else "markdown" if is_markdown else "text",
        title=title,
        front_matter=front_matter,
        date=chat.date if chat else None,
        participants=chat.participants if chat else (),
        kind="chat" if chat else None,
        omitted=(f"{hidden} hidden passage(s)",) if hidden else (),
    )


def first_heading(text: str) -> str | None:
    """The first heading of the first level before any code block, or the heading that the text
    begins with, whatever its level."""
    match = _HEADING_OR_FENCE.search(text)
    if match is None or match.group(1) is None:
        match = _OPENING_HEADING.match(text)
    if match is None:
        return None
    return match.group(1).strip().rstrip("#").strip() or None


def without_hidden(text: str) -> tuple[str, int]:
    """(the Markdown without what a rendered page does not show, how many passages went).

    That is HTML comments, comments written as link definitions, scripts, styles, and elements
    hidden by their attributes; code blocks and code spans are shown, and stay. What remains is
    untouched.
    """
    if "<" not in text and "]:" not in text:
        return text, 0
    kept: list[str] = []
    position = start = dropped = 0
    last_closing = text.rfind("-->")
    while match := _TOKEN.search(text, position):
        end, is_hidden = _extent(text, match, last_closing)
        if is_hidden:
            kept.append(text[start : match.start()])
            start = end
            dropped += 1
        position = max(end, match.start() + 1)
    kept.append(text[start:])
    return "".join(kept), dropped


def _extent(text: str, match: re.Match[str], last_closing: int) -> tuple[int, bool]:
    """(where the thing that begins at the match ends, whether it is hidden)."""
    if fence := match.group("fence"):
        closing = re.compile(rf"^[ >]*{fence[0]}{{{len(fence)},}}[ \t]*$", re.MULTILINE)
        found = closing.search(text, match.end())
        return (found.end() if found else len(text)), False
    if ticks := match.group("ticks"):
        # A code span ends at the next run of the same length in the same paragraph.
        limit = min(len(text), match.end() + _LONGEST_SPAN)
        blank = text.find("\n\n", match.end(), limit)
        span = re.compile(rf"(?<!`)`{{{len(ticks)}}}(?!`)")
        found = span.search(text, match.end(), limit if blank < 0 else blank)
        return (found.end() if found else match.end()), False
    if match.group("comment"):
        if match.start() + 2 <= last_closing:
            return text.index("-->", match.start() + 2) + 3, True
        line = text[max(0, match.start() - 4) : match.start()].rpartition("\n")[2]
        # Unclosed, it hides the rest of the page where it begins a line, and nothing elsewhere.
        begins_line = len(line) <= 3 and not line.strip()
        return (len(text), True) if begins_line else (match.end(), False)
    if match.group("definition"):
        return match.end(), True
    tag = match.group("tag").lower()
    if tag in _VOID or not (tag in _NEVER_SHOWN or _is_hidden(match.group("attributes"))):
        return match.end(), False
    return _closing(text, tag, match.end()), True


def _is_hidden(attributes: str) -> bool:
    if not attributes:
        return False
    style_match = _STYLE.search(attributes)
    if _HIDDEN.search(_STYLE.sub(" ", attributes)):
        return True
    if style_match is None:
        return False
    style = declarations(next(value for value in style_match.groups() if value is not None))
    ink = colour(style.get("color", ""))
    paper = colour(style.get("background-color", style.get("background", "")))
    has_paper = "background" in style or "background-color" in style
    return (
        hides(style)
        or is_tiny(style.get("font-size", "")) is True
        or is_see_through(style.get("color", ""))
        or (
            ink is not None
            and is_same(ink, paper or WHITE)
            and (paper is not None or not has_paper)
        )
    )


def _closing(text: str, tag: str, position: int) -> int:
    """Where the element ends that was opened before `position`; the end of text if nowhere."""
    depth = 1
    for match in re.compile(rf"<(/?){tag}\b[^<>]{{0,2000}}>", re.IGNORECASE).finditer(
        text, position
    ):
        depth += -1 if match.group(1) else 1
        if depth == 0:
            return match.end()
    return len(text)
