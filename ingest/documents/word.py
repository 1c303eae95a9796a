"""DOCX: the visible text through markitdown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingest.documents.archive import pack, read_office_package
from ingest.documents.assembly import assemble
from ingest.documents.conversion import HTML_OPTIONS
from ingest.documents.document import Document, Limits
from ingest.documents.visibility import WHITE, colour, is_same

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PIC = "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic"
_IMAGE_DATA = "{urn:schemas-microsoft-com:vml}imagedata"
_TEXT_BOX = f"{_W}txbxContent"
_OFF = {"0", "false", "off", "none"}
_SMALLEST = 2  # half-points: what is set in one point or less is not meant to be seen
_BODY_PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")


def read_docx(data: bytes, limits: Limits) -> Document:
    """The text of a Word file: headings, lists and tables as Markdown, emphasis left out.

    Deleted text, comments, pictures and hidden text (vanish, white on white, one point) are not
    part of it. Raises DocumentError when the file is encrypted, damaged or over the limits.
    """
    from lxml import etree  # type: ignore[import-untyped]
    from markitdown import StreamInfo
    from markitdown.converters import DocxConverter

    parts = read_office_package(data, limits, main_part="word/document.xml")
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    described = parts.get("word/styles.xml")
    styles = _Styles(etree.fromstring(described, parser) if described else None)
    hidden = 0
    for name in _BODY_PARTS:
        if parts.get(name):
            root = etree.fromstring(parts[name], parser)
            hidden += _drop_unseen(root, styles)
            parts[name] = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    converted = DocxConverter().convert(pack(parts), StreamInfo(extension=".docx"), **HTML_OPTIONS)
    omitted = (f"{hidden} hidden passage(s)",) if hidden else ()
    return assemble(converted.markdown, "docx", omitted=omitted)


@dataclass(frozen=True)
class _Look:
    """What a style or a run says of how its text looks; None where it says nothing."""

    vanish: bool | None = None
    ink: str | None = None
    paper: str | None = None
    size: int | None = None

    def over(self, other: _Look) -> _Look:
        """This look where it says something, the other one elsewhere."""
        return _Look(
            self.vanish if self.vanish is not None else other.vanish,
            self.ink if self.ink is not None else other.ink,
            self.paper if self.paper is not None else other.paper,
            self.size if self.size is not None else other.size,
        )


def _look(properties: Any) -> _Look:
    """The look that an rPr or pPr element describes."""
    if properties is None:
        return _Look()
    vanish = properties.find(f"{_W}vanish")
    ink = properties.find(f"{_W}color")
    size = properties.find(f"{_W}sz")
    points = size.get(f"{_W}val", "") if size is not None else ""
    highlight = properties.find(f"{_W}highlight")
    paper = _paper(properties)
    if highlight is not None and highlight.get(f"{_W}val") not in (None, "none"):
        paper = highlight.get(f"{_W}val")
    return _Look(
        vanish=None if vanish is None else vanish.get(f"{_W}val", "1") not in _OFF,
        ink=None if ink is None else ink.get(f"{_W}val"),
        paper=paper,
        size=int(points) if points.isdigit() else None,
    )


def _paper(properties: Any) -> str | None:
    """The shading behind the text; "unknown" where only the theme or a pattern names it."""
    shading = properties.find(f"{_W}shd") if properties is not None else None
    if shading is None:
        return None
    if shading.get(f"{_W}val") not in (None, "clear", "nil"):
        return "unknown"
    fill = shading.get(f"{_W}fill")
    return None if fill in (None, "auto") else str(fill)


class _Styles:
    """The looks of a document's styles, each with what it inherits."""

    def __init__(self, root: Any) -> None:
        self._own: dict[str, tuple[_Look, str | None]] = {}
        self._shading: set[str] = set()
        self.default = _Look()
        if root is None:
            return
        self.default = _look(root.find(f"{_W}docDefaults/{_W}rPrDefault/{_W}rPr"))
        for style in root.iter(f"{_W}style"):
            name = style.get(f"{_W}styleId", "")
            based_on = style.find(f"{_W}basedOn")
            look = _look(style.find(f"{_W}rPr")).over(_Look(paper=_paper(style.find(f"{_W}pPr"))))
            self._own[name] = (look, based_on.get(f"{_W}val") if based_on is not None else None)
            if style.find(f".//{_W}shd") is not None:
                self._shading.add(name)

    def look(self, name: str | None) -> _Look:
        """The look of a style with its ancestors; nothing for an unknown one."""
        look = _Look()
        for ancestor in self._lineage(name):
            look = look.over(self._own[ancestor][0])
        return look

    def may_shade(self, table_style: str | None) -> bool:
        """Whether cells of this table style can have a background of their own."""
        return not self._shading.isdisjoint(self._lineage(table_style))

    def _lineage(self, name: str | None) -> list[str]:
        lineage: list[str] = []
        while name is not None and name in self._own and name not in lineage:
            lineage.append(name)
            name = self._own[name][1]
        return lineage


def _drop_unseen(root: Any, styles: _Styles) -> int:
    """Take pictures, deletions and hidden runs out of a part; how many runs were hidden."""
    for tag in (_PIC, _IMAGE_DATA, f"{_W}del", f"{_W}moveFrom"):
        for element in list(root.iter(tag)):
            element.getparent().remove(element)
    has_page_colour = root.find(f"{_W}background") is not None
    hidden = [
        run
        for paragraph in root.iter(f"{_W}p")
        for run in _hidden_runs(paragraph, styles, has_page_colour)
    ]
    for run in hidden:
        run.getparent().remove(run)
    return sum(any(t.text for t in run.iter(f"{_W}t")) for run in hidden)


def _hidden_runs(paragraph: Any, styles: _Styles, has_page_colour: bool) -> Iterator[Any]:
    properties = paragraph.find(f"{_W}pPr")
    around = styles.look(_style(properties, "pStyle")).over(styles.default)
    around = _Look(paper=_paper(properties)).over(around)
    paper_is_unknown: bool | None = None
    for run in paragraph.iter(f"{_W}r"):
        if next(run.iterancestors(f"{_W}p")) is not paragraph:
            continue  # in a text box inside this paragraph: it has a paragraph of its own
        own = run.find(f"{_W}rPr")
        look = _look(own).over(styles.look(_style(own, "rStyle"))).over(around)
        if look.vanish or (look.size is not None and look.size <= _SMALLEST):
            yield run
            continue
        ink = colour(f"#{look.ink}") if look.ink else None
        if ink is None:
            continue
        if look.paper is not None:
            paper = colour(f"#{look.paper}") or colour(look.paper)
        else:
            if paper_is_unknown is None:
                paper_is_unknown = has_page_colour or _stands_on_colour(paragraph, styles)
            paper = None if paper_is_unknown else WHITE
        if paper is not None and is_same(ink, paper):
            yield run


def _stands_on_colour(paragraph: Any, styles: _Styles) -> bool:
    """Whether a cell, a table's style or a text box may put colour behind the paragraph."""
    for element in paragraph.iterancestors():
        if element.tag == _TEXT_BOX:
            return True
        if element.tag == f"{_W}tc" and _paper(element.find(f"{_W}tcPr")) is not None:
            return True
        if element.tag == f"{_W}tbl":
            properties = element.find(f"{_W}tblPr")
            if _paper(properties) or styles.may_shade(_style(properties, "tblStyle")):
                return True
    return False


def _style(properties: Any, kind: str) -> str | None:
    style = properties.find(f"{_W}{kind}") if properties is not None else None
    return None if style is None else style.get(f"{_W}val")
