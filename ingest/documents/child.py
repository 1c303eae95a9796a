"""The process that reads untrusted files: `python -m ingest.documents.child`.

It is started by `reader.py` and serves one file after another: `{"path": …}` in, `{"documents":
[…]}` or `{"problem": …, "next_step": …}` out. It never writes, never connects, and may be ended
at any moment.
"""

from __future__ import annotations

import importlib
import logging
import os
import warnings
from pathlib import Path
from typing import Any

from ingest.documents.confinement import (
    allow_computing,
    limit_resources,
    refuse_network_and_programs,
    refuse_writing,
)
from ingest.documents.document import Limits
from ingest.documents.frames import read_frame, write_frame
from ingest.documents.reading import read_bytes, read_document
from kam_knowledge.errors import DocumentError

_LONGEST_REQUEST = 1_000_000  # bytes
_FORMAT_MODULES = ("mail", "pdf", "slack_export", "slides", "spreadsheet", "webpage", "word")


def main() -> None:
    """Serve requests until the parent closes the pipe."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    # A library that prints must not speak into the replies.
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")

    refuse_network_and_programs()
    settings = read_frame(requests, _LONGEST_REQUEST)
    if settings is None:
        return
    limits = Limits(**settings)
    _load_libraries()
    refuse_writing()
    limit_resources(limits)
    write_frame(replies, {"ready": True})
    while (request := read_frame(requests, _LONGEST_REQUEST)) is not None:
        allow_computing(limits.cpu_seconds)
        write_frame(replies, _answer(Path(request["path"]), limits))


def _answer(path: Path, limits: Limits) -> dict[str, Any]:
    try:
        return {"documents": [document.to_json() for document in read_document(path, limits)]}
    except DocumentError as error:
        return {"problem": error.message, "next_step": error.next_step}
    except MemoryError:
        return {
            "problem": "Reading the file takes more memory than the limit allows.",
            "next_step": "Part it into several files, or save it without pictures.",
            "spent": True,
        }


def _load_libraries() -> None:
    """Load now what a first file would load, so that the memory limit counts files only."""
    for name in (
        "markitdown.converters",
        "openpyxl",
        "pdfminer.high_level",
        "pypdfium2",
        "yaml",
        *(f"ingest.documents.{module}" for module in _FORMAT_MODULES),
    ):
        importlib.import_module(name)
    # Some load their last pieces when they are first used.
    read_bytes(b"<p>A first page, of no importance</p>", "first.html")


if __name__ == "__main__":
    main()
