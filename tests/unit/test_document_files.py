"""Which files are documents, and what is said of those that are not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import ingest.documents
from ingest.documents import SUPPORTED_SUFFIXES, DocumentError, Limits, is_junk, read_document


@pytest.mark.parametrize(
    "name",
    [".DS_Store", "~$plan.docx", "Thumbs.db", "desktop.ini", "._note.md", ".note.md.swp",
     "note.md~", "report.pdf.part", "__MACOSX/note.md"],
)  # fmt: skip
def test_what_systems_and_editors_leave_is_junk(name: str) -> None:
    assert is_junk(Path("notes") / name)


@pytest.mark.parametrize("name", ["note.md", "~plan.docx", "a.b.txt", "纪要.docx", "Thumbs.db.md"])
def test_a_document_is_no_junk_whatever_folder_it_lies_in(name: str) -> None:
    assert not is_junk(Path("/home/x/.notes") / name)


@pytest.mark.parametrize(
    ("name", "problem", "next_step"),
    [
        ("a.xyz", r"The \.xyz format is not supported", "Markdown"),
        ("a.doc", "not supported", "docx"),
        ("a.docm", "macros", r"\.docx"),
        ("a.XLSM", "macros", r"\.xlsx"),
        ("README", "no extension", "Markdown"),
    ],
)
def test_other_formats_are_refused_with_what_to_do(
    tmp_path: Path, name: str, problem: str, next_step: str
) -> None:
    (tmp_path / name).write_text("text")
    with pytest.raises(DocumentError, match=problem) as caught:
        read_document(tmp_path / name)
    assert caught.match(next_step)


def test_files_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    (tmp_path / "empty.md").touch()
    (tmp_path / "blank.md").write_text("---\naccount: ACME\n---\n \n\t\n")
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "large.md").write_text("word " * 1000)
    os.mkfifo(tmp_path / "pipe.md")
    problems = {
        "empty.md": "is empty",
        "blank.md": "no text",
        "folder.md": "not a file",
        "pipe.md": "not a file",
        "missing.md": "cannot be opened",
        "large.md": "the limit is",
        "na\x00me.md": "cannot be opened",
    }
    for name, problem in problems.items():
        with pytest.raises(DocumentError, match=problem) as caught:
            read_document(tmp_path / name, Limits(file_bytes=4000))
        assert caught.value.next_step


def test_more_text_than_the_limit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("word " * 100)
    with pytest.raises(DocumentError, match="500 characters of text; the limit is 100"):
        read_document(tmp_path / "a.md", Limits(text_characters=100))


def test_every_supported_suffix_has_a_reader(tmp_path: Path) -> None:
    for suffix in SUPPORTED_SUFFIXES:
        path = tmp_path / f"a{suffix}"
        path.write_bytes(b"\x00\x01")
        with pytest.raises(DocumentError) as caught:
            read_document(path)
        assert "not supported" not in caught.value.message


def test_the_public_names_are_these() -> None:
    assert set(ingest.documents.__all__) == {
        "DEFAULT_LIMITS", "SUPPORTED_SUFFIXES", "Document", "DocumentError", "Limits", "Reader",
        "is_junk", "read_document",
    }  # fmt: skip


def test_importing_the_readers_loads_no_converter() -> None:
    code = (
        "import sys, ingest.documents;"
        "print(*{'markitdown', 'lxml', 'bs4', 'openpyxl', 'pandas', 'yaml'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == ""
