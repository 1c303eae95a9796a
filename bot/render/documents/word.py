"""A document as DOCX: Word's own styles, tables with repeated heads, pictures, an appendix."""

from __future__ import annotations

import io
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from bot.render.documents import word_parts as parts
from bot.render.documents.content import Entry, Figure, Grid, Paper, Paragraph, Runs, word
from bot.render.documents.fitting import columns, inside
from bot.render.documents.reading import runs_of
from bot.render.draw import drawn

if TYPE_CHECKING:
    from docx.document import Document

PAGE, MARGIN = (8.27, 11.69), 0.85
"""A4 and its margins, in inches."""
ROOM = PAGE[0] - 2 * MARGIN
_TALLEST = 8.2
_CELL, _PAD = 8.5, 0.17
_STYLES = {
    "heading": "Heading 2", "subheading": "Heading 3", "text": "Normal",
    "item": "List Bullet", "subitem": "List Bullet 2",
}  # fmt: skip


def docx_of(paper: Paper) -> bytes:
    """The document as a DOCX file. Imports python-docx, and matplotlib to measure and draw."""
    import docx

    document = docx.Document()
    parts.styled(document, paper.language)
    _about(document, paper)
    parts.page(document, PAGE, MARGIN)
    parts.running_lines(
        document.sections[0],
        head=(paper.running_head, paper.state),
        foot=" · ".join(part for part in (paper.on.isoformat(), paper.reach) if part),
        language=paper.language,
    )
    document.add_paragraph(paper.title, style="Title")
    facts = [*paper.facts, *([paper.state] if paper.state else [])]
    document.add_paragraph(" · ".join(facts), style="Subtitle")
    for chapter in paper.chapters:
        document.add_heading(chapter.title, 1)
        for block in chapter.blocks:
            match block:
                case Paragraph():
                    written = document.add_paragraph(style=_STYLES[block.kind])
                    parts.write(written, block.runs)
                case Grid():
                    _table(document, [block.heads, *block.rows])
                case Figure():
                    _figure(document, block)
    if paper.sources:
        _sources(document, paper)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _about(document: Document, paper: Paper) -> None:
    """The file's properties, in the place of those of the empty document it was made from."""
    about = document.core_properties
    about.title, about.subject = paper.title, paper.running_head
    about.author = about.last_modified_by = paper.author
    about.comments = about.keywords = ""
    about.language = {"en": "en-US", "zh": "zh-CN"}[paper.language]
    about.created = about.modified = datetime.combine(paper.on, time(), UTC)
    about.revision = 1


def _table(document: Document, rows: list[tuple[Runs, ...]], size: float = _CELL) -> Any:
    from docx.shared import Inches, Pt

    widths = columns(rows, size, ROOM, _PAD)
    table = document.add_table(len(rows), len(widths), style="Table Grid")
    table.autofit = False
    parts.as_grid(table, widths)
    cells = iter(table._cells)  # one walk: `table.cell` walks all of it for every cell
    for number, row in enumerate(rows):
        for across, runs in zip(widths, row, strict=True):
            cell = next(cells)
            cell.width = Inches(across)
            paragraph = cell.paragraphs[0]
            paragraph.style = document.styles["Table Head" if number == 0 else "Table Text"]
            parts.write(paragraph, runs, raised=False)
            if size != _CELL:
                for run in paragraph.runs:
                    run.font.size = Pt(size)
    after = document.add_paragraph(style="After Table")
    after.paragraph_format.keep_with_next = False
    return table


def _figure(document: Document, figure: Figure) -> None:
    from docx.shared import Inches

    image = drawn(figure.picture)
    width, height = inside(image, ROOM, _TALLEST)
    holder = document.add_paragraph(style="Picture")
    shape = holder.add_run().add_picture(io.BytesIO(image), Inches(width), Inches(height))
    about = shape._inline.docPr
    about.set("descr", figure.picture.alt)
    about.set("title", figure.title)
    about.set("name", figure.picture.name)
    document.add_paragraph(figure.title, style="Caption")


def _sources(document: Document, paper: Paper) -> None:
    from docx.enum.text import WD_BREAK

    document.add_paragraph(style="After Table").add_run().add_break(WD_BREAK.PAGE)
    document.add_heading(word("sources", paper.language), 1)
    heads = [word(f"column_{one}", paper.language) for one in ("number", "source", "day", "quote")]
    rows = [tuple(runs_of(head) for head in heads)]
    rows += [_entry(one) for one in paper.sources]
    table = _table(document, rows, 7.5)
    for one, cell in zip(paper.sources, table.columns[0].cells[1:], strict=True):
        parts.bookmark(cell.paragraphs[0], one.number)


def _entry(one: Entry) -> tuple[Runs, ...]:
    """A row of the appendix: the place says all that the title of a record says."""
    place = one.where if one.title in one.where else f"{one.title} · {one.where}".strip(" ·")
    return (runs_of(f"[{one.number}]"), runs_of(place), runs_of(one.day), runs_of(one.quote))
