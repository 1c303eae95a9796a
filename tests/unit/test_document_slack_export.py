"""Slack export ZIPs."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ingest.documents import Document, DocumentError, Limits, read_document

USERS = [
    {"id": "U1", "name": "dana", "profile": {"real_name": "Dana Wu"}},
    {"id": "U2", "name": "li", "real_name": "李娜", "profile": {}},
]
DAY_1 = dt.datetime(2026, 11, 12, 14, 3, tzinfo=dt.UTC).timestamp()
DAY_2 = DAY_1 + 86_400


def said(moment: float, text: str, user: str = "U1", **more: Any) -> dict[str, Any]:
    return {"type": "message", "user": user, "text": text, "ts": f"{moment:.6f}"} | more


def export(files: dict[str, Any], tmp_path: Path, limits: Limits | None = None) -> list[Document]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            target.writestr(name, content if isinstance(content, bytes) else json.dumps(content))
    path = tmp_path / "export.zip"
    path.write_bytes(packed.getvalue())
    return read_document(path, limits or Limits())


def test_an_export_gives_a_document_a_channel_and_day(tmp_path: Path) -> None:
    start = f"{DAY_1 + 60:.6f}"
    documents = export(
        {
            "users.json": USERS,
            "channels.json": [{"id": "C1", "name": "general"}],
            "general/2026-11-13.json": [
                said(DAY_2, "late reply", "U2", thread_ts=start),
                said(DAY_2 + 5, "a new day"),
            ],
            "general/2026-11-12.json": [
                said(DAY_1, "<@U2> joined", subtype="channel_join"),
                said(
                    DAY_1 + 60,
                    "Hi <@U2>, see <https://x.example|the plan> &amp; reply",
                    thread_ts=start,
                ),
                said(DAY_1 + 70, "in between", "U2", files=[{"name": "tco.xlsx"}]),
            ],
            "acme/2026-11-12.json": [said(DAY_1, "ACME 想降价")],
        },
        tmp_path,
    )
    assert [d.part for d in documents] == [
        "acme/2026-11-12", "general/2026-11-12", "general/2026-11-13",
    ]  # fmt: skip
    day = documents[1]
    assert day.text == (
        "Dana Wu 2026-11-12 14:04 UTC\nHi @李娜, see the plan & reply\n\n"
        "李娜 2026-11-13 14:03 UTC (reply)\nlate reply\n\n"
        "李娜 2026-11-12 14:04 UTC\nin between\n[file: tco.xlsx]"
    )
    assert day.participants == ("Dana Wu", "李娜")
    assert (day.date, day.kind, day.format) == (dt.date(2026, 11, 12), "chat", "slack")
    assert day.title == "#general 2026-11-12"
    assert documents[2].text == "Dana Wu 2026-11-13 14:03 UTC\na new day"


def test_private_conversations_are_left_out_and_reported(tmp_path: Path) -> None:
    (document,) = export(
        {
            "Workspace/users.json": USERS,
            "Workspace/groups.json": [{"id": "G1", "name": "board"}],
            "Workspace/dms.json": [{"id": "D123", "members": []}],
            "Workspace/board/2026-11-12.json": [said(DAY_1, "secret one")],
            "Workspace/D123/2026-11-12.json": [said(DAY_1, "secret two")],
            "Workspace/mpdm-a--b-1/2026-11-12.json": [said(DAY_1, "secret three")],
            "Workspace/general/2026-11-12.json": [said(DAY_1, "public")],
            "Workspace/general/files.zip": b"PK\x03\x04 an archive inside",
        },
        tmp_path,
    )
    assert "secret" not in document.text
    assert document.omitted == (
        "3 private channel(s) and direct conversation(s)",
        "1 archive(s) inside the archive",
    )


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"notes/a.md": b"# A note"}, "not a Slack export"),
        ({"users.json": USERS, "general/2026-11-12.json": b"{broken"}, "not JSON"),
        ({"users.json": USERS, "general/2026-11-12.json": b"[" * 100_000}, "not JSON"),
        ({"users.json": USERS}, "no messages"),
        ({"users.json": USERS, "../general/2026-11-12.json": [said(DAY_1, "x")]}, "no messages"),
        ({"users.json": 5, "general/2026-11-12.json": {"a": [1, None]}}, "no messages"),
    ],
)
def test_what_is_no_sound_export_is_refused(
    tmp_path: Path, files: dict[str, Any], problem: str
) -> None:
    with pytest.raises(DocumentError, match=problem):
        export(files, tmp_path)


def test_odd_messages_do_not_stop_the_others(tmp_path: Path) -> None:
    odd: list[Any] = [
        None,
        {"type": "message", "text": "no time"},
        said(DAY_1, ""),
        {"type": "message", "ts": "1e400", "text": "x"},
        said(DAY_1, "kept \ud800", user="U9", username="robot"),
        {"type": "message", "ts": f"{DAY_1}", "text": ["not text"], "user": {"a": 1}},
    ]
    (document,) = export({"users.json": USERS, "general/2026-11-12.json": odd}, tmp_path)
    assert document.participants[0] == "robot"
    assert "kept \ufffd" in document.text
