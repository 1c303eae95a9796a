"""PDF: text through markitdown, and through pdfium where a file is long.

markitdown finds tables by the place of every word and takes 0.2 s a dense page: a report of 300
pages would not end within the time limit. Beyond `_PAGES_WITH_TABLES` pages the text comes from
pdfium (2 ms a page), without tables.
"""

from __future__ import annotations

import io

from ingest.documents.assembly import assemble
from ingest.documents.document import Document, Limits
from kam_knowledge.errors import DocumentError

_PAGES_WITH_TABLES = 60
_TITLE_LIMIT = 200  # characters


def read_pdf(data: bytes, limits: Limits) -> Document:
    """The text of a PDF. Raises DocumentError when it is encrypted, damaged, has too many pages
    or, as a scan, no text at all."""
    from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError
    from pdfminer.pdfpage import PDFPage
    from pdfminer.pdfparser import PDFParser, PDFSyntaxError
    from pdfminer.psexceptions import PSException

    if b"%PDF-" not in data[:1024]:
        raise DocumentError("The file is not a PDF.", "Save or export it again as PDF.")
    pages = 0
    try:
        for _ in PDFPage.create_pages(PDFDocument(PDFParser(io.BytesIO(data)))):
            pages += 1
            if pages > limits.pages:
                raise DocumentError(
                    f"The PDF has more than {limits.pages:,} pages.", "Part it into several files."
                )
    except PDFEncryptionError as error:
        raise DocumentError(
            "The PDF is encrypted.", "Save a copy without a password and ingest that."
        ) from error
    except (PDFSyntaxError, PSException) as error:
        raise DocumentError(
            "The PDF is damaged or incomplete.", "Open it in its program and save it again."
        ) from error
    if not pages:
        raise DocumentError("The PDF has no pages.", "Save or export it again as PDF.")
    text = _with_tables(data) if pages <= _PAGES_WITH_TABLES else _plain(data)
    if not text.strip():
        raise DocumentError(
            "The PDF has no text; it seems to be a scan.", "Recognise its text (OCR) first."
        )
    return assemble(text, "pdf")


def _with_tables(data: bytes) -> str:
    from markitdown import StreamInfo
    from markitdown.converters import PdfConverter

    converted = PdfConverter().convert(io.BytesIO(data), StreamInfo(extension=".pdf"))
    return str(converted.markdown)


def _plain(data: bytes) -> str:
    import pypdfium2  # type: ignore[import-untyped]

    texts: list[str] = []
    document = pypdfium2.PdfDocument(data)
    try:
        for index in range(len(document)):
            page = document[index]
            text_page = page.get_textpage()
            texts.append(text_page.get_text_range())
            text_page.close()
            page.close()
    finally:
        document.close()
    return "\n\n".join(texts)
