"""Parts of a DOCX file that python-docx has no words for: fonts, fields, links, repeated heads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bot.render.documents.content import Runs, word
from bot.render.documents.fonts import ACCENT, CHINESE, INK, LATIN, SOFT, TINT

if TYPE_CHECKING:
    from docx.document import Document
    from docx.section import Section
    from docx.text.paragraph import Paragraph

_SIZES = {
    "Normal": (10.5, 0, 4), "Title": (24, 0, 2), "Subtitle": (11, 0, 14), "Heading 1": (16, 18, 6),
    "Heading 2": (12.5, 12, 4), "Heading 3": (11, 8, 3), "List Bullet": (10.5, 0, 3),
    "List Bullet 2": (10, 0, 3), "Caption": (9, 2, 10), "Header": (8.5, 0, 0),
    "Footer": (8.5, 0, 0),
}  # fmt: skip
"""Points of each style of Word's own, and the points before and after it."""
_OWN = {
    "Table Text": (8.5, 1, 1), "Table Head": (8.5, 1, 1), "After Table": (4, 0, 4),
    "Picture": (10.5, 6, 0),
}  # fmt: skip
_BOLD = ("Title", "Heading 1", "Heading 2", "Heading 3", "Table Head")
_COLOURED = {"Title": ACCENT, "Heading 1": ACCENT, "Heading 2": ACCENT, "Heading 3": INK}
_QUIET = ("Subtitle", "Caption", "Header", "Footer")
_TOGETHER = ("Heading 1", "Heading 2", "Heading 3", "Picture", "Table Head")


def styled(document: Document, language: str) -> None:
    """Gives the document's styles fonts that have Latin and Chinese, and our sizes and colours."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt, RGBColor

    styles = document.styles
    for name in _OWN:
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles["Normal"]
    for name, (size, before, after) in (_SIZES | _OWN).items():
        style = styles[name]
        _fonts(style.element.get_or_add_rPr(), language)
        style.font.size, style.font.italic = Pt(size), False
        style.font.bold = name in _BOLD
        colour = _COLOURED.get(name) or (SOFT if name in _QUIET else INK)
        style.font.color.rgb = RGBColor.from_string(colour)
        style.paragraph_format.space_before = Pt(before)
        style.paragraph_format.space_after = Pt(after)
        style.paragraph_format.keep_with_next = name in _TOGETHER
    _without(styles["Title"].element, "w:pBdr")
    for name in ("Title", "Subtitle"):
        _without(styles[name].element.rPr, "w:spacing", "w:kern")
    mark = styles.add_style("Source Mark", WD_STYLE_TYPE.CHARACTER)
    _fonts(mark.element.get_or_add_rPr(), language)
    mark.font.color.rgb = RGBColor.from_string(SOFT)
    raised = styles.add_style("Source Mark Raised", WD_STYLE_TYPE.CHARACTER)
    raised.base_style, raised.font.superscript = mark, True


def _without(style: Any, *tags: str) -> None:
    """Takes away what Word's own style has and ours has not."""
    from docx.oxml.ns import qn

    for old in [one for tag in tags for one in style.iter(qn(tag))]:
        old.getparent().remove(old)


def _fonts(properties: Any, language: str) -> None:
    """Names the fonts of Latin and Chinese letters; fonts of the theme would win over them."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    fonts = properties.get_or_add_rFonts()
    fonts.attrib.clear()
    for kind, name in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", CHINESE)):
        fonts.set(qn(f"w:{kind}"), name)
    if language == "zh":
        fonts.set(qn("w:hint"), "eastAsia")
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), "en-US")
    spoken.set(qn("w:eastAsia"), "zh-CN")
    properties.append(spoken)


def page(document: Document, size: tuple[float, float], margin: float) -> None:
    """Sets the page and its margins, in inches."""
    from docx.shared import Inches

    section = document.sections[0]
    section.page_width, section.page_height = Inches(size[0]), Inches(size[1])
    section.left_margin = section.right_margin = Inches(margin)
    section.top_margin = section.bottom_margin = Inches(0.9)
    section.header_distance = section.footer_distance = Inches(0.45)


def running_lines(section: Section, *, head: tuple[str, str], foot: str, language: str) -> None:
    """What stands on every page: left and right above, the day and the page's number below."""
    room = section.page_width - section.left_margin - section.right_margin
    above, below = section.header.paragraphs[0], section.footer.paragraphs[0]
    for line in (above, below):
        from docx.enum.text import WD_TAB_ALIGNMENT

        stops = line.paragraph_format.tab_stops
        # The style's own stops at the middle and the right of a Letter page are taken away.
        for stop in line.style.paragraph_format.tab_stops:
            stops.add_tab_stop(stop.position, WD_TAB_ALIGNMENT.CLEAR)
        stops.add_tab_stop(room, WD_TAB_ALIGNMENT.RIGHT)
    above.add_run("\t".join(head))
    below.add_run(f"{foot}\t")
    # Word counts the pages: the slots are kept apart, and become its fields.
    for part in word("page_of", language, n="\0PAGE\0", of="\0NUMPAGES\0").split("\0"):
        if part in ("PAGE", "NUMPAGES"):
            _field(below, part)
        elif part:
            below.add_run(part)


def _field(paragraph: Paragraph, code: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def write(paragraph: Paragraph, runs: Runs, *, raised: bool = True) -> None:
    """Adds the runs; a marker leads to its source in the appendix, raised or on the line."""
    for one in runs:
        run = paragraph.add_run(one.text)
        if one.strong:
            run.bold = True
        if one.mark is not None:
            style = "Source Mark Raised" if raised else "Source Mark"
            run.style = paragraph.part.document.styles[style]
            _linked(paragraph, run._r, _anchor(one.mark))


def _linked(paragraph: Paragraph, run: Any, anchor: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), anchor)
    link.set(qn("w:history"), "1")
    paragraph._p.append(link)
    link.append(run)


def bookmark(paragraph: Paragraph, number: int) -> None:
    """Makes the paragraph the place that markers of that number lead to."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    begun, ended = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for part in (begun, ended):
        part.set(qn("w:id"), str(number))
    begun.set(qn("w:name"), _anchor(number))
    first = paragraph.runs[0]._r
    first.addprevious(begun)
    first.addnext(ended)


def _anchor(number: int) -> str:
    return f"source_{number}"


def as_grid(table: Any, widths: Sequence[float]) -> None:
    """Fixed widths in inches, a head that is repeated on every page, rows that are not torn."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Inches

    for column, across in zip(table.columns, widths, strict=True):
        column.width = Inches(across)
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        edge = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "C3CAD1")):
            edge.set(qn(f"w:{key}"), value)
        borders.append(edge)
    # Word holds to the order of the schema: borders stand before the layout and the look.
    properties = table._tbl.tblPr
    later = [one for one in properties if one.tag in (qn("w:tblLayout"), qn("w:tblLook"))]
    later[0].addprevious(borders)
    for number, row in enumerate(table.rows):
        whole = row._tr.get_or_add_trPr()
        whole.append(OxmlElement("w:cantSplit"))
        if number == 0:
            whole.append(OxmlElement("w:tblHeader"))
            for cell in row._tr.tc_lst:
                shade = OxmlElement("w:shd")
                shade.set(qn("w:val"), "clear")
                shade.set(qn("w:color"), "auto")
                shade.set(qn("w:fill"), TINT)
                cell.get_or_add_tcPr().append(shade)
