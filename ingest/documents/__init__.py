"""A file becomes text, safely.

`Reader` is for everything that people hand in: it reads what can do harm in a process of its own,
confined as `confinement.py` lists. `read_document` is the same without the process. Formats:
Markdown, text, pasted chats, WebVTT, HTML, DOCX, PDF, PPTX, XLSX, EML and Slack export ZIPs.
"""

from __future__ import annotations

from ingest.documents.document import DEFAULT_LIMITS, Document, Limits
from ingest.documents.reader import Reader
from ingest.documents.reading import SUPPORTED_SUFFIXES, is_junk, read_document
from kam_knowledge.errors import DocumentError

__all__ = [
    "DEFAULT_LIMITS",
    "SUPPORTED_SUFFIXES",
    "Document",
    "DocumentError",
    "Limits",
    "Reader",
    "is_junk",
    "read_document",
]
