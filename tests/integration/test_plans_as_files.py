"""Plans as DOCX and PPTX, opened again: headings, tables, pictures, sources, nothing spilt."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import pptx
import pytest
from docx.oxml.ns import qn

from bot.assistant.plans.paper import paper_of
from bot.cli.plan import format_of
from bot.render.documents.content import Paper
from bot.render.documents.slides import pptx_of
from bot.render.documents.word import docx_of
from kam_knowledge.errors import UsageError
from kam_knowledge.store.engine import Store
from tests.integration.conftest import Kam
from tests.integration.planning import Language, context_of, planned

LI_NA = "li.na@example.com"
BOOKS = (("ACME Corp", "en"), ("华远重工", "zh"))


def paper(store: Store, account: str, language: Language, *rest: str, **more: Any) -> Paper:
    with store.read() as session:
        context = context_of(session, LI_NA)
        return paper_of(context, planned(context, account, *rest, language=language, **more))


@pytest.fixture(scope="module", params=BOOKS, ids=["en", "zh"])
def whole(request: pytest.FixtureRequest, sample_store: Store) -> Paper:
    account, language = request.param
    return paper(sample_store, account, language)


@pytest.fixture(scope="module")
def word_file(whole: Paper) -> Any:
    return docx.Document(io.BytesIO(docx_of(whole)))


@pytest.fixture(scope="module")
def deck(whole: Paper) -> Any:
    return pptx.Presentation(io.BytesIO(pptx_of(whole)))


def texts_of(slide: Any) -> Iterator[tuple[Any, str]]:
    for shape in slide.shapes:
        if shape.has_text_frame:
            yield shape, shape.text_frame.text
        if shape.has_table:
            for row in shape.table.rows:
                yield from ((shape, cell.text) for cell in row.cells)


def test_word_has_the_sections_as_headings_and_the_plan_as_its_title(
    whole: Paper, word_file: Any
) -> None:
    titles = [one.text for one in word_file.paragraphs if one.style.name == "Heading 1"]
    appendix = "依据" if whole.language == "zh" else "Sources"
    assert titles == [*(one.title for one in whole.chapters), appendix]
    assert word_file.paragraphs[0].style.name == "Title"
    assert word_file.paragraphs[0].text == whole.title
    assert any(one.style.name == "Heading 2" for one in word_file.paragraphs)
    assert not any("**" in one.text or "| " in one.text for one in word_file.paragraphs)


def test_word_has_tables_whose_heads_are_repeated(word_file: Any) -> None:
    assert len(word_file.tables) >= 3
    for table in word_file.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert len({len(row.cells) for row in table.rows[:3]}) == 1


def test_both_show_the_map_the_revenue_and_the_whitespace_with_words_for_who_cannot_see(
    whole: Paper, word_file: Any, deck: Any
) -> None:
    in_word = [shape._inline.docPr.get("descr") for shape in word_file.inline_shapes]
    shapes = [shape for slide in deck.slides for shape in slide.shapes]
    on_slides = [one._element.nvPicPr.cNvPr.get("descr") for one in shapes if one.shape_type == 13]
    assert in_word == on_slides
    assert len(in_word) >= 2
    assert all(whole.subject in alt for alt in in_word)


def test_every_marker_of_word_leads_to_its_source(whole: Paper, word_file: Any) -> None:
    body = word_file.element.body
    anchors = {link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink"))}
    places = {mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))}
    assert anchors
    assert anchors <= places
    assert len(word_file.tables[-1].rows) == len(whole.sources) + 1


def test_every_page_names_account_kind_status_day_and_its_number(
    whole: Paper, word_file: Any
) -> None:
    section = word_file.sections[0]
    above = section.header.paragraphs[0].text
    assert whole.subject in above
    assert whole.kind in above
    assert whole.state in above
    assert whole.state
    below = section.footer.paragraphs[0]
    assert "2026-11-21" in below.text
    fields = [one.get(qn("w:instr")) for one in below._p.iter(qn("w:fldSimple"))]
    assert fields == ["PAGE", "NUMPAGES"]


def test_the_fonts_of_both_name_one_for_chinese(word_file: Any, deck: Any) -> None:
    for name in ("Normal", "Heading 1", "Title", "Table Text", "List Bullet"):
        fonts = word_file.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == "Microsoft YaHei"
        assert fonts.get(qn("w:asciiTheme")) is None
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/theme"
    theme = deck.slide_master.part.part_related_by(kind).blob.decode()
    assert '<a:ea typeface="Microsoft YaHei"/>' in theme


def test_the_deck_begins_with_a_title_has_every_section_and_ends_with_the_sources(
    whole: Paper, deck: Any
) -> None:
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert titles[0] == whole.title
    for chapter in whole.chapters:
        assert any(title.startswith(chapter.title) for title in titles)
    assert titles[-1].startswith("依据" if whole.language == "zh" else "Sources")
    said = "\n".join(text for slide in deck.slides for _, text in texts_of(slide))
    for one in whole.sources:
        assert f"[{one.number}]" in said


def estimated(frame: Any, width: float, size: float) -> float:
    """Points that the text takes in height, a Latin letter taken as half as wide as it is high."""
    height = 0.0
    for paragraph in frame.paragraphs:
        sizes = [run.font.size.pt for run in paragraph.runs if run.font.size] or [size]
        letters = sum(1.0 if "\u2e80" <= one <= "\uffef" else 0.5 for one in paragraph.text)
        lines = max(1, -(-letters * max(sizes) // width))
        height += lines * max(sizes) * 1.2
    return height


def test_nothing_runs_out_of_a_slide(deck: Any) -> None:
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height
            if shape.has_text_frame and shape.text_frame.text:
                takes = estimated(shape.text_frame, shape.width.pt - 14.4, 12)
                assert takes <= shape.height.pt + 4, (slide.shapes.title.text, shape.name)
        for shape in (one for one in slide.shapes if one.has_table):
            tall = 0.0
            columns = [column.width.pt - 11.5 for column in shape.table.columns]
            for row in shape.table.rows:
                pairs = zip(row.cells, columns, strict=True)
                tall += max(estimated(cell.text_frame, wide, 10.5) for cell, wide in pairs)
            assert shape.top.pt + tall <= deck.slide_height.pt - 36


def test_text_below_a_table_does_not_cover_it(deck: Any) -> None:
    for slide in deck.slides:
        kept = [one for one in slide.shapes if one.has_table or one.name.startswith("Content")]
        for one, other in pairwise(sorted(kept, key=lambda shape: (shape.left, shape.top))):
            assert other.top >= one.top + one.height or other.left >= one.left + one.width


@pytest.mark.parametrize(("account", "language"), BOOKS)
def test_a_customer_is_given_no_stance_no_sources_and_no_status(
    sample_store: Store, account: str, language: Language
) -> None:
    given = paper(sample_store, account, language, "customer_review", customer=True)
    assert given.sources == ()
    assert given.state == ""
    assert given.reach == ""
    written = docx.Document(io.BytesIO(docx_of(given)))
    assert not written.inline_shapes
    told = [one.text for one in written.paragraphs]
    told += [cell.text for table in written.tables for row in table.rows for cell in row.cells]
    told += [one.text for one in written.sections[0].header.paragraphs]
    slides = pptx.Presentation(io.BytesIO(pptx_of(given))).slides
    told += [text for slide in slides for _, text in texts_of(slide)]
    text = "\n".join(told)
    assert not re.search(r"\[\d+\]", text)
    for word in ("supporter", "blocker", "Sources", "Draft", "支持者", "阻碍者", "依据", "草稿"):
        assert word not in text


def test_one_section_and_a_persons_own_report_are_files_too(sample_store: Store) -> None:
    one = paper(sample_store, "ACME Corp", "en", "key_account", "relationships")
    assert [chapter.title for chapter in one.chapters] == ["Relationships"]
    assert docx_of(one).startswith(b"PK")
    with sample_store.read() as session:
        context = context_of(session, LI_NA)
        report = paper_of(context, planned(context, None, "weekly_report", language="zh"))
    assert report.subject == ""
    assert pptx_of(report).startswith(b"PK")


@pytest.mark.parametrize(
    "wrong",
    [
        ("--out", "no-such-folder/acme.docx"),
        ("--out", "acme.pdf"),
        ("--format", "docx", "--out", "acme.pptx"),
        ("--format", "pptx"),
    ],
)
def test_a_file_that_cannot_be_written_is_one_line_and_no_version(
    kam: Kam, sample_home: Path, wrong: tuple[str, ...]
) -> None:
    done = kam("plan", "ACME", "--as", LI_NA, *wrong, home=sample_home)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert wrong[-1] in done.stderr


def test_the_format_is_the_one_asked_for_or_that_of_the_file(tmp_path: Path) -> None:
    assert format_of(None, None) == "md"
    assert format_of(None, tmp_path / "a.PPTX") == "pptx"
    assert format_of("docx", tmp_path / "a.docx") == "docx"
    for wanted, name in (("pdf", "a.pdf"), (None, "a.txt"), ("docx", "a.pptx"), (None, "no/a.md")):
        with pytest.raises(UsageError):
            format_of(wanted, tmp_path / name)
    with pytest.raises(UsageError, match="--out"):
        format_of("docx", None)
