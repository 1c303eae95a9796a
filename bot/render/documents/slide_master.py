"""The deck that slides are added to: wide pages, our fonts and colours, footers on every slide."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, time
from typing import Any

from bot.render.documents.content import Paper
from bot.render.documents.fonts import ACCENT, CHINESE, INK, LATIN, SOFT

WIDE, HIGH = 13.333, 7.5
EDGE, TOP, BOTTOM = 0.55, 1.3, 6.8
"""Inches: the margin at the sides, and where the body begins and ends."""
ROOM = WIDE - 2 * EDGE
INSET = 0.1
"""Between a placeholder's edge and its text."""
TITLE_SIZE = 24
_FOOT = {"DATE": (EDGE, 2.0), "FOOTER": (2.6, WIDE - 5.2), "SLIDE_NUMBER": (WIDE - EDGE - 2.0, 2.0)}
_THEME = "http://schemas.openxmlformats.org/drawingml/2006/main"


def new_deck(paper: Paper) -> Any:
    """An empty presentation with its properties. Imports python-pptx."""
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDE), Inches(HIGH)
    _theme(deck)
    for one in (deck.slide_master, *deck.slide_layouts):
        for shape in one.placeholders:
            _placed(shape)
    _title_style(deck.slide_master)
    for shape in deck.slide_layouts[0].placeholders:
        if shape.placeholder_format.type.name in ("CENTER_TITLE", "SUBTITLE"):
            _left(shape)
    about = deck.core_properties
    about.title, about.subject = paper.title, paper.running_head
    about.author = about.last_modified_by = paper.author
    about.language = {"en": "en-US", "zh": "zh-CN"}[paper.language]
    about.created = about.modified = datetime.combine(paper.on, time(), UTC)
    about.keywords = about.comments = ""
    return deck


def _theme(deck: Any) -> None:
    """Names the fonts of Latin and Chinese letters, and the colours, in the theme."""
    from lxml import etree  # type: ignore[import-untyped]

    theme = deck.slide_master.part.part_related_by(
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/theme"
    )
    root = etree.fromstring(theme.blob)
    for kind in ("majorFont", "minorFont"):
        for family in root.iter(f"{{{_THEME}}}{kind}"):
            family.find(f"{{{_THEME}}}latin").set("typeface", LATIN)
            family.find(f"{{{_THEME}}}ea").set("typeface", CHINESE)
            for font in family.findall(f"{{{_THEME}}}font"):
                if font.get("script") in ("Hans", "Hant"):
                    font.set("typeface", CHINESE)
    for name, colour in (("dk1", INK), ("dk2", ACCENT), ("accent1", ACCENT), ("accent2", SOFT)):
        for slot in root.iter(f"{{{_THEME}}}{name}"):
            for old in list(slot):
                slot.remove(old)
            etree.SubElement(slot, f"{{{_THEME}}}srgbClr").set("val", colour)
    theme.blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _placed(shape: Any) -> None:
    """A placeholder of the narrow deck at its place in the wide one."""
    from pptx.util import Inches

    kind = shape.placeholder_format.type.name
    if kind in _FOOT:
        left, width = _FOOT[kind]
        place = (left, HIGH - 0.55, width, 0.35)
    elif kind == "TITLE":
        place = (EDGE, 0.38, ROOM, 0.75)
    elif kind == "CENTER_TITLE":
        place = (EDGE + 0.3, 2.1, ROOM - 0.6, 1.3)
    elif kind == "SUBTITLE":
        place = (EDGE + 0.3, 3.5, ROOM - 0.6, 1.6)
    else:
        half = (ROOM - 0.3) / 2
        number = shape.placeholder_format.idx
        two = shape.part.slide_layout.name == "Two Content" if _on_layout(shape) else False
        left = EDGE + (half + 0.3 if two and number == 2 else 0.0)
        place = (left, TOP, half if two else ROOM, BOTTOM - TOP)
    shape.left, shape.top, shape.width, shape.height = map(Inches, place)


def _on_layout(shape: Any) -> bool:
    return hasattr(shape.part, "slide_layout") and shape.part.slide_layout is not None


def _title_style(master: Any) -> None:
    """Titles are left, of one size, in the accent's colour."""
    from pptx.oxml.ns import qn

    style = master._element.find(qn("p:txStyles")).find(qn("p:titleStyle"))
    level = style.find(qn("a:lvl1pPr"))
    level.set("algn", "l")
    looks = level.find(qn("a:defRPr"))
    looks.set("sz", str(TITLE_SIZE * 100))
    looks.set("b", "1")
    for colour in looks.iter(qn("a:schemeClr")):
        colour.set("val", "tx2")


def _left(shape: Any) -> None:
    from pptx.oxml.ns import qn

    for level in shape._element.iter(qn("a:lvl1pPr")):
        level.set("algn", "l")


def footed(slide: Any, paper: Paper) -> None:
    """Puts the day, the running line and the slide's number on the slide, as its layout has
    them: python-pptx leaves them out."""
    from pptx.oxml.ns import qn

    said = " · ".join(part for part in (paper.running_head, paper.state, paper.reach) if part)
    for shape in slide.slide_layout.placeholders:
        kind = shape.placeholder_format.type.name
        if kind not in _FOOT:
            continue
        copied = copy.deepcopy(shape._element)
        slide.shapes._spTree.append(copied)
        if kind == "SLIDE_NUMBER":
            continue
        paragraph = copied.find(qn("p:txBody")).find(qn("a:p"))
        for old in list(paragraph):
            paragraph.remove(old)
        run = paragraph.makeelement(qn("a:r"), {})
        looks = run.makeelement(
            qn("a:rPr"), {"lang": "zh-CN" if paper.language == "zh" else "en-US"}
        )
        text = run.makeelement(qn("a:t"), {})
        text.text = paper.on.isoformat() if kind == "DATE" else said
        run.extend([looks, text])
        paragraph.append(run)
