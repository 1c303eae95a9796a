"""Mail, Word, PowerPoint, Excel and PDF files, made from text templates while a book is written.

The templates stay readable and reviewable; what people ingest is the real format. The mark-up is
the least that serves: ``# `` begins a heading (a slide, a sheet), ``- `` a bullet, ``|`` a row of a
table; any other line is a paragraph. The same text gives the same bytes on the same day.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import textwrap
import zipfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import SMTP

import docx
import pptx
from openpyxl import Workbook

_AUTHOR = "Varnholt Systems"
_MOMENTS = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
_LINES_A_PAGE = 52


def mail(text: str) -> bytes:
    """Give back an .eml file: header lines, an empty line, the body."""
    head, _, body = text.partition("\n\n")
    message = EmailMessage(policy=SMTP)
    for line in head.splitlines():
        name, _, value = line.partition(": ")
        message[name] = value
    message.set_content(body, charset="utf-8")
    return message.as_bytes()


def word(text: str, today: dt.date) -> bytes:
    """Give back a .docx file with the text's headings, bullets, tables and paragraphs."""
    document = docx.Document()
    document.core_properties.author = _AUTHOR
    for kind, content in _blocks(text):
        if kind == "heading":
            document.add_heading(content[0][0], level=1)
        elif kind == "bullet":
            document.add_paragraph(content[0][0], style="List Bullet")
        elif kind == "table":
            table = document.add_table(rows=len(content), cols=len(content[0]))
            for row, cells in zip(table.rows, content, strict=True):
                for cell, value in zip(row.cells, cells, strict=True):
                    cell.text = value
        else:
            document.add_paragraph(content[0][0])
    return _frozen(document.save, today)


def slides(text: str, today: dt.date) -> bytes:
    """Give back a .pptx file: each heading begins a slide, the rest are its lines."""
    deck = pptx.Presentation()
    deck.core_properties.author = _AUTHOR
    lines: list[str] = []
    for kind, content in _blocks(text):
        if kind == "heading":
            slide = deck.slides.add_slide(deck.slide_layouts[1])
            title, body = slide.shapes.title, slide.placeholders[1]
            assert title is not None, "the layout 'title and content' has a title"
            title.text = content[0][0]
            lines = []
        else:
            lines += [" | ".join(cells) for cells in content]
            body.text = "\n".join(lines)
    return _frozen(deck.save, today)


def sheets(text: str, today: dt.date) -> bytes:
    """Give back an .xlsx file: each heading begins a sheet; numbers are stored as numbers."""
    book = Workbook()
    # A new workbook holds one sheet of its own, which no template asked for.
    book.remove(book.worksheets[0])
    book.properties.creator = _AUTHOR
    for kind, content in _blocks(text):
        if kind == "heading":
            sheet = book.create_sheet(content[0][0])
        else:
            for cells in content:
                sheet.append([_number(cell) for cell in cells])
    return _frozen(book.save, today)


def pdf(text: str) -> bytes:
    """Give back a .pdf file with the text in Helvetica; Latin letters only.

    Written by hand: a few pages of plain text need no library. Raises UnicodeEncodeError for a
    letter that the font lacks.
    """
    lines = [part for line in text.splitlines() for part in textwrap.wrap(line, 92) or [""]]
    pages = [lines[at : at + _LINES_A_PAGE] for at in range(0, len(lines), _LINES_A_PAGE)]
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for at, page in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (5 + 2 * at)
        )
        shown = "".join(f"({_escaped(line)}) Tj T*\n" for line in page).encode("cp1252")
        stream = b"BT /F1 11 Tf 14 TL 56 780 Td\n" + shown + b"ET"
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    return _pdf_file(objects)


def _pdf_file(objects: list[bytes]) -> bytes:
    written, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return written + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table, len(objects) + 1, len(written))
    )


def _escaped(line: str) -> str:
    return re.sub(r"([\\()])", r"\\\1", line)


def _blocks(text: str) -> Iterator[tuple[str, list[list[str]]]]:
    """Give back (kind, rows of cells) in order; only a table has more than one row or cell."""
    table: list[list[str]] = []
    for line in [*text.splitlines(), ""]:
        if line.startswith("|"):
            table.append([cell.strip() for cell in line.strip().strip("|").split("|")])
            continue
        if table:
            yield "table", table
            table = []
        if line.startswith("# "):
            yield "heading", [[line[2:]]]
        elif line.startswith("- "):
            yield "bullet", [[line[2:]]]
        elif line.strip():
            yield "paragraph", [[line]]


def _number(cell: str) -> str | int | float:
    if re.fullmatch(r"-?\d+", cell):
        return int(cell)
    return float(cell) if re.fullmatch(r"-?\d+\.\d+", cell) else cell


def _frozen(save: Callable[[io.BytesIO], object], today: dt.date) -> bytes:
    # The three libraries stamp the clock into the archive: the same day would give other bytes.
    made, frozen = io.BytesIO(), io.BytesIO()
    save(made)
    moment = f"{today.isoformat()}T00:00:00Z".encode()
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(frozen, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _MOMENTS.sub(rb"\g<1>" + moment + rb"\g<2>", content)
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return frozen.getvalue()
