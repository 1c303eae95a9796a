"""A document as PPTX: no slide holds more than fits on it, by what its texts measure."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from bot.render.documents.content import (
    Chapter,
    Figure,
    Grid,
    Paper,
    Paragraph,
    Run,
    Runs,
    word,
)
from bot.render.documents.fitting import columns, high, inside, wide, wrapped
from bot.render.documents.fonts import CHINESE, LATIN, SOFT
from bot.render.documents.slide_master import (
    BOTTOM,
    EDGE,
    INSET,
    ROOM,
    TITLE_SIZE,
    TOP,
    footed,
    new_deck,
)
from bot.render.documents.slide_pages import (
    BEFORE,
    CELL,
    CELL_GAP,
    CELL_PAD,
    INDENT,
    SIZES,
    UNDER,
    row_height,
    slides_of,
    table_height,
)
from bot.render.draw import drawn

_TITLE, _BODY, _TWO, _BARE = 0, 1, 3, 5
"""Layouts: the title's, title and content, two columns of content, the title alone."""
_HANGS = 0.2
_SOURCE = 9.0
_SPOKEN = {"en": "en-US", "zh": "zh-CN"}


def pptx_of(paper: Paper) -> bytes:
    """The document as a PPTX file. Imports python-pptx, and matplotlib to measure and draw."""
    deck = new_deck(paper)
    _cover(deck, paper)
    for chapter in paper.chapters:
        _chapter(deck, paper, chapter)
    _sources(deck, paper)
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def _cover(deck: Any, paper: Paper) -> None:
    from pptx.util import Pt

    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE])
    slide.shapes.title.text = paper.title
    size = 36.0
    while size > 16 and len(wrapped((Run(paper.title),), size, ROOM - 0.9)) > 2:
        size -= 2
    slide.shapes.title.text_frame.paragraphs[0].runs[0].font.size = Pt(size)
    lines = [*paper.facts, paper.state, paper.reach]
    frame = slide.placeholders[1].text_frame
    frame.text = "\n".join(line for line in lines if line)
    for paragraph in frame.paragraphs:
        _plain(paragraph)
        paragraph.runs[0].font.size = Pt(16)
    footed(slide, paper)


def _chapter(deck: Any, paper: Paper, chapter: Chapter) -> None:
    slides = slides_of(chapter)
    titles = [
        word("with_topic", paper.language, title=chapter.title, topic=one.topic)
        if one.topic and not chapter.title.endswith(one.topic)
        else chapter.title
        for one in slides
    ]
    for title, one in zip(_counted(titles, paper.language), slides, strict=True):
        text_only = one.table is None and one.figure is None
        slide = _titled(deck, paper, title, _BODY if one.text or text_only else _BARE)
        if one.figure is not None:
            _picture(slide, one.figure)
        if one.table is not None:
            _table(slide, one.table, paper)
        if one.text:
            _fill(slide.placeholders[1], one.text, paper.language)
        if one.text and one.table is not None:
            _below(slide.placeholders[1], table_height(one.table) + UNDER)


def _below(holder: Any, down: float) -> None:
    """Moves the body so many inches down, its foot where it was."""
    from pptx.util import Inches

    holder.left, holder.width = Inches(EDGE), Inches(ROOM)
    holder.top, holder.height = Inches(TOP + down), Inches(BOTTOM - TOP - down)


def _counted(titles: Sequence[str], language: str) -> list[str]:
    """Titles that come more than once are told apart by numbers."""
    found, met = [], dict.fromkeys(titles, 0)
    for title in titles:
        met[title] += 1
        count = titles.count(title)
        many = count > 1
        found.append(word("part", language, title=title, n=met[title], of=count) if many else title)
    return found


def _titled(deck: Any, paper: Paper, title: str, layout: int) -> Any:
    from pptx.util import Pt

    slide = deck.slides.add_slide(deck.slide_layouts[layout])
    slide.shapes.title.text = title
    room = ROOM - 2 * INSET
    size = min(TITLE_SIZE, TITLE_SIZE * room / max(wide(title, TITLE_SIZE) * 1.08, 0.1))
    size = max(size, 14.0)
    slide.shapes.title.text_frame.paragraphs[0].runs[0].font.size = Pt(int(size))
    footed(slide, paper)
    return slide


def _fill(shape: Any, paragraphs: Sequence[Paragraph], language: str) -> None:
    """Writes the paragraphs into a placeholder, its lines as high as they were measured."""
    from pptx.util import Inches

    frame = shape.text_frame
    frame.word_wrap = True
    for number, one in enumerate(paragraphs):
        line = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        line.level = 1 if one.kind == "subitem" else 0
        _spaced(line, SIZES[one.kind], BEFORE[one.kind])
        properties = line._p.get_or_add_pPr()
        indent = INDENT.get(one.kind)
        if indent is None:
            _plain(line)
        else:
            properties.set("marL", str(Inches(indent)))
            properties.set("indent", str(-Inches(_HANGS)))
        _write(line, one.runs, SIZES[one.kind], language)
        if one.kind in ("heading", "subheading"):
            for run in line.runs:
                run.font.bold = True


def _spaced(line: Any, size: float, before: float) -> None:
    from pptx.util import Pt

    line.line_spacing = Pt(size * 1.25)
    line.space_before, line.space_after = Pt(before), Pt(0)


def _plain(line: Any) -> None:
    """A line without a bullet."""
    from pptx.oxml.ns import qn

    properties = line._p.get_or_add_pPr()
    properties.set("marL", "0")
    properties.set("indent", "0")
    properties.append(properties.makeelement(qn("a:buNone"), {}))


def _write(line: Any, runs: Runs, size: float, language: str, *, raised: bool = True) -> None:
    from pptx.dml.color import RGBColor
    from pptx.oxml.ns import qn
    from pptx.util import Pt

    for one in runs:
        run = line.add_run()
        run.text = one.text
        run.font.size = Pt(size)
        if one.strong:
            run.font.bold = True
        looks = run._r.get_or_add_rPr()
        looks.set("lang", _SPOKEN[language])
        looks.set("altLang", "en-US" if language == "zh" else "zh-CN")
        if one.mark is not None:
            looks.set("baseline", "30000" if raised else "0")
            run.font.color.rgb = RGBColor.from_string(SOFT)
        for tag, name in (("a:latin", LATIN), ("a:ea", CHINESE)):
            looks.append(looks.makeelement(qn(tag), {"typeface": name}))


def _table(slide: Any, grid: Grid, paper: Paper) -> None:
    from pptx.util import Inches, Pt

    rows = [grid.heads, *grid.rows]
    widths = columns(rows, CELL, ROOM, 2 * CELL_PAD)
    heights = [row_height(row, widths) for row in rows]
    shape = slide.shapes.add_table(
        len(rows), len(widths), Inches(EDGE), Inches(TOP), Inches(ROOM), Inches(sum(heights))
    )
    shape._element.nvGraphicFramePr.cNvPr.set("descr", slide.shapes.title.text)
    table = shape.table
    for column, across in zip(table.columns, widths, strict=True):
        column.width = Inches(across)
    for number, (row, tall) in enumerate(zip(rows, heights, strict=True)):
        table.rows[number].height = Inches(tall)
        for place, runs in enumerate(row):
            cell = table.cell(number, place)
            cell.margin_left = cell.margin_right = Inches(CELL_PAD)
            cell.margin_top = cell.margin_bottom = Inches(CELL_GAP)
            line = cell.text_frame.paragraphs[0]
            line.line_spacing = Pt(CELL * 1.25)
            _write(line, runs, CELL, paper.language, raised=False)


def _picture(slide: Any, figure: Figure) -> None:
    from pptx.util import Inches

    image = drawn(figure.picture)
    width, height = inside(image, ROOM, BOTTOM - TOP)
    shape = slide.shapes.add_picture(
        io.BytesIO(image),
        Inches(EDGE + (ROOM - width) / 2),
        Inches(TOP + (BOTTOM - TOP - height) / 2),
        Inches(width),
        Inches(height),
    )
    about = shape._element.nvPicPr.cNvPr
    about.set("descr", figure.picture.alt)
    about.set("name", figure.picture.name)


def _sources(deck: Any, paper: Paper) -> None:
    """The sources by number, each with its place and day, in two columns; what they say word for
    word is in the document's text forms."""
    if not paper.sources:
        return
    room = (ROOM - 0.3) / 2 - 2 * INSET - _HANGS
    tall = BOTTOM - TOP - 2 * INSET
    lines: list[tuple[Runs, int]] = []
    runs: Runs
    for one in paper.sources:
        place = one.where if one.title in one.where else f"{one.title} · {one.where}".strip(" ·")
        runs = (Run(f"[{one.number}] " + " · ".join(part for part in (place, one.day) if part)),)
        lines.append((runs, len(wrapped(runs, _SOURCE, room))))
    halves: list[list[Runs]] = [[]]
    used = 0.0
    for runs, count in lines:
        takes = high(count, _SOURCE) + 1.5 / 72
        if halves[-1] and used + takes > tall:
            halves.append([])
            used = 0.0
        halves[-1].append(runs)
        used += takes
    pages = [[half for _, half in pair] for _, pair in groupby(enumerate(halves), _page_of)]
    titles = _counted([word("sources", paper.language)] * len(pages), paper.language)
    for title, page in zip(titles, pages, strict=True):
        slide = _titled(deck, paper, title, _TWO)
        for number in (1, 2):
            holder = slide.placeholders[number]
            if number > len(page):
                holder._element.getparent().remove(holder._element)
                continue
            _listed(holder, page[number - 1], paper.language)


def _page_of(half: tuple[int, list[Runs]]) -> int:
    return half[0] // 2


def _listed(holder: Any, entries: Sequence[Runs], language: str) -> None:
    from pptx.util import Inches

    frame = holder.text_frame
    for number, runs in enumerate(entries):
        line = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        _spaced(line, _SOURCE, 1.5)
        _plain(line)
        properties = line._p.get_or_add_pPr()
        properties.set("marL", str(Inches(_HANGS)))
        properties.set("indent", str(-Inches(_HANGS)))
        _write(line, runs, _SOURCE, language)
