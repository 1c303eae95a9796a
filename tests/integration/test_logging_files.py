"""`kam log --file`: transcripts, documents, emails and chats; who said what stays theirs."""

from __future__ import annotations

import json
import shutil
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from docx import Document as Word

from tests.integration.conftest import Kam
from tests.unit.test_document_pages import pdf

LI_NA = "li.na@example.com"
MINUTES = "Met Dana Wu on 18 November 2026. I'll send the {name} sheet by 30 November."
CALL = """WEBVTT

NOTE 2026-11-19

00:00:01.000 --> 00:00:05.000
<v Dana Wu>I'll send the site list by tomorrow.

00:00:06.000 --> 00:00:09.000
<v Li Na>We will update the quote by Friday. Please send me the drawings by Monday.
"""
PROMISED = [
    ("theirs", "Dana Wu", "2026-11-20"),
    ("ours", LI_NA, "2026-11-20"),
    ("theirs", None, "2026-11-23"),
]


@pytest.fixture(scope="module")
def home(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of these tests' own."""
    found = tmp_path_factory.mktemp("files") / "home"
    shutil.copytree(sample_home, found)
    return found


def _logged(kam: Kam, home: Path, path: Path, *options: str) -> Any:
    ran = kam("log", "--file", path, "--as", LI_NA, "--json", *options, home=home)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def _promises(note: Any) -> list[tuple[str, Any, Any]]:
    return [(one["direction"], one["owner"], one["due"]) for one in note["actions"]]


def test_a_transcript_keeps_each_promise_with_whoever_made_it(
    kam: Kam, home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "call.vtt"
    path.write_text(CALL, encoding="utf-8")
    note = _logged(kam, home, path)
    assert (note["account"], note["date"], note["attendees"]) == (
        "ACME Corp",
        "2026-11-19",
        ["Dana Wu"],
    )
    assert _promises(note) == PROMISED


@pytest.mark.parametrize("kind", ["txt", "docx", "pdf"])
def test_a_document_is_read_in_its_own_format(
    kam: Kam, home: Path, tmp_path: Path, kind: str
) -> None:
    path, text = tmp_path / f"minutes.{kind}", MINUTES.format(name=kind)
    if kind == "docx":
        word = Word()
        word.add_paragraph(text)
        word.save(str(path))
    elif kind == "pdf":
        path.write_bytes(pdf([[text]]))
    else:
        path.write_text(text, encoding="utf-8")
    note = _logged(kam, home, path)
    assert (note["date"], note["attendees"]) == ("2026-11-18", ["Dana Wu"])
    assert _promises(note) == [("ours", LI_NA, "2026-11-30")]


def test_an_email_is_its_senders_words(kam: Kam, home: Path, tmp_path: Path) -> None:
    message = EmailMessage()
    message["From"] = "Dana Wu <dana.wu@acme.example>"
    message["To"] = "Li Na <li.na@example.com>"
    message["Date"] = "Thu, 19 Nov 2026 16:02:00 +0800"
    message["Subject"] = "Site list"
    message.set_content("Hi Li Na,\n\nI will send you the list by Tuesday.\n\nDana\n")
    path = tmp_path / "mail.eml"
    path.write_bytes(bytes(message))
    note = _logged(kam, home, path)
    assert (note["kind"], note["date"]) == ("email", "2026-11-19")
    assert _promises(note) == [("theirs", "Dana Wu", "2026-11-24")]


@pytest.mark.parametrize(
    "text",
    [
        "[18/11/2026, 10:02] Dana Wu: I'll send you the list on Tuesday\n"
        "[18/11/2026, 10:05] Li Na: good, I'll send the quote tomorrow",
        "吴丹娜 2026-11-18 10:02\n我下周二把清单发给你\n"
        "李娜 2026-11-18 10:05\n好，我明天把报价发你",
        "[18.11.2026 10:02] Dana Wu\nI'll send you the list on Tuesday\n"
        "[18.11.2026 10:05] Li Na\ngood, I'll send the quote tomorrow",
    ],
    ids=["whatsapp", "wechat", "teams"],
)
def test_a_pasted_chat_is_split_by_who_speaks_and_when(
    kam: Kam, home: Path, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "chat.txt"
    path.write_text(text, encoding="utf-8")
    note = _logged(kam, home, path)
    assert (note["kind"], note["date"], note["attendees"]) == ("chat", "2026-11-18", ["Dana Wu"])
    assert _promises(note) == [
        ("theirs", "Dana Wu", "2026-11-24"),
        ("ours", LI_NA, "2026-11-19"),
    ]


def test_what_is_only_extracted_is_neither_saved_nor_proposed(
    kam: Kam, home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "call.vtt"
    path.write_text(CALL, encoding="utf-8")
    note = _logged(kam, home, path, "--extract")
    assert note["proposal"] is None
    assert note["saved"] is False
    assert len(note["actions"]) == 3


def test_a_hundred_pages_are_taken_whole(kam: Kam, home: Path, tmp_path: Path) -> None:
    filler = "We went through the open points of the plant, and nothing was decided there.\n"
    path = tmp_path / "long.txt"
    path.write_text(MINUTES.format(name="first") + "\n" + filler * 3_500, encoding="utf-8")
    note = _logged(kam, home, path)
    assert _promises(note) == [("ours", LI_NA, "2026-11-30")]


def test_a_file_that_no_reader_knows_is_refused(kam: Kam, home: Path, tmp_path: Path) -> None:
    path = tmp_path / "minutes.docx"
    path.write_bytes(b"no document")
    ran = kam("log", "--file", path, "--as", LI_NA, home=home)
    assert ran.returncode != 0
    assert ran.stdout == ""
