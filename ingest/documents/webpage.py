"""HTML: what a person sees of a page, as Markdown."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ingest.documents.assembly import assemble
from ingest.documents.conversion import HTML_OPTIONS
from ingest.documents.document import Document
from ingest.documents.encoding import decode
from ingest.documents.visibility import (
    WHITE,
    Colour,
    colour,
    declarations,
    hides,
    is_same,
    is_see_through,
    is_tiny,
)

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from bs4.element import PageElement

_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([A-Za-z0-9_-]{2,40})""", re.I)
_NEVER_SHOWN = ["title", "script", "style", "template", "noscript", "iframe", "object", "embed"]
_NEVER_SHOWN += ["svg", "audio", "video", "canvas", "datalist"]
_AT_RULE = re.compile(
    r"@([a-z-]{1,40}[^{};]{0,400})(?:;|\{((?:[^{}]{0,4000}\{[^{}]{0,4000}\})*[^{}]{0,4000})\})",
    re.IGNORECASE,
)
_OTHER_MEDIA = ("print", "speech", "max-", "prefers", "orientation")
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"([^{}]{1,1000})\{([^{}]{1,4000})\}")
_RULES_READ = 2_000
_LOOKS = re.compile(
    r"display|visibility|opacity|font-size|color|background|hide|overflow|position|indent|clip"
)


@dataclass(frozen=True)
class _Inherited:
    """What an element passes on to its text. A paper of None is a picture or a gradient."""

    ink: Colour | None = (0, 0, 0)
    paper: Colour | None = WHITE
    is_tiny: bool = False
    is_see_through: bool = False

    @property
    def hides_text(self) -> bool:
        same = self.ink is not None and self.paper is not None and is_same(self.ink, self.paper)
        return self.is_tiny or self.is_see_through or same


def read_html(data: bytes) -> Document:
    """The page's body as Markdown, its title from <title>. Raises DocumentError if not text.

    Nothing is fetched and no script runs; comments and hidden elements are not part of it.
    """
    match = _CHARSET.search(data[:4096])
    declared = match.group(1).decode("ascii") if match else None
    text, title, hidden = html_to_markdown(decode(data, declared=declared))
    omitted = (f"{hidden} hidden passage(s)",) if hidden else ()
    return assemble(text, "html", title=title, omitted=omitted)


def html_to_markdown(html: str) -> tuple[str, str | None, int]:
    """(the visible text as Markdown, the page's title or None, how many passages were hidden)."""
    from bs4 import BeautifulSoup, Comment
    from bs4.element import PreformattedString
    from markitdown.converters import HtmlConverter

    # lxml closes what a browser closes; html.parser would put a page into an unclosed <p>.
    soup = BeautifulSoup(html, "lxml")
    title = soup.title.get_text().strip() if soup.title else ""
    styles = _styles(soup)
    hidden = 0
    for element in soup.find_all(_NEVER_SHOWN):
        element.extract()
    for note in soup.find_all(string=lambda s: isinstance(s, PreformattedString)):
        hidden += isinstance(note, Comment) and bool(note.strip())
        note.extract()
    for element in soup.find_all(True):
        if element.has_attr("hidden") or hides(styles.get(id(element), {})):
            hidden += bool(element.get_text(strip=True))
            element.extract()
    for string in _unseen_strings(soup, styles):
        hidden += 1
        string.extract()
    # A page nested too deeply for Markdown comes back as plain text.
    converted = HtmlConverter().convert_string(str(soup), **HTML_OPTIONS)
    return str(converted.markdown), title or None, hidden


def _styles(soup: BeautifulSoup) -> dict[int, dict[str, str]]:
    """The declarations of every styled element, by the element's id(): sheets, then its own."""
    from soupsieve import SelectorSyntaxError

    found: dict[int, dict[str, str]] = {}
    sheet = "\n".join(style.get_text() for style in soup.find_all("style"))
    sheet = _AT_RULE.sub(_on_screen, _CSS_COMMENT.sub("", sheet))
    for selectors, body in _RULE.findall(sheet)[:_RULES_READ]:
        if not _LOOKS.search(body.lower()):
            continue
        try:
            matched = soup.select(selectors.strip())
        except (SelectorSyntaxError, NotImplementedError, ValueError):
            continue
        for element in matched:
            found.setdefault(id(element), {}).update(declarations(body))
    for element in soup.find_all(True):
        own: dict[str, str] = {}
        if ink := element.get("text" if element.name == "body" else "color"):
            own["color"] = str(ink)
        if paper := element.get("bgcolor"):
            own["background-color"] = str(paper)
        if element.has_attr("background"):
            own["background"] = "url()"
        own |= declarations(str(element.get("style", "")))
        if own:
            found.setdefault(id(element), {}).update(own)
    return found


def _on_screen(at_rule: re.Match[str]) -> str:
    """The rules inside an at-rule that hold on a wide screen: print does not hide a text."""
    prelude = at_rule.group(1).lower()
    if not prelude.startswith("media") or any(word in prelude for word in _OTHER_MEDIA):
        return ""
    return at_rule.group(2) or ""


def _unseen_strings(soup: BeautifulSoup, styles: dict[int, dict[str, str]]) -> list[PageElement]:
    """The pieces of text in the colour of their background, without ink, or too small to see."""
    from bs4.element import NavigableString, Tag

    passed_on: dict[int, _Inherited] = {id(soup): _Inherited()}
    unseen: list[PageElement] = []
    for element in soup.descendants:  # parents come before their children
        above = passed_on[id(element.parent)]
        if isinstance(element, Tag):
            passed_on[id(element)] = _passed_on(above, styles.get(id(element), {}))
        elif isinstance(element, NavigableString) and above.hides_text and element.strip():
            unseen.append(element)
    return unseen


def _passed_on(above: _Inherited, style: dict[str, str]) -> _Inherited:
    now = above
    if (size := style.get("font-size")) and (tiny := is_tiny(size)) is not None:
        now = replace(now, is_tiny=tiny)
    if (ink := style.get("color")) and ink not in {"inherit", "currentcolor"}:
        now = replace(now, ink=colour(ink), is_see_through=is_see_through(ink))
    paper = style.get("background-color") or style.get("background")
    if paper and paper not in {"transparent", "none", "inherit", "initial"}:
        now = replace(now, paper=colour(paper))
    if "background-image" in style:
        now = replace(now, paper=None)
    return now
