"""Who speaks where in a text: chats, transcripts and emails, and what is none of them."""

from __future__ import annotations

import datetime as dt

import pytest

from ingest.notes import Keeping, keeping
from ingest.notes.turns import voices_of


def _spoken(text: str) -> list[tuple[str, str]]:
    return [
        (text[one.name_start : one.name_end], text[one.start : one.end].strip())
        for one in voices_of(text).turns
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Dana Wu: I'll send it.\nLi Na: Thank you.\nDana Wu: By Friday.",
            [("Dana Wu", "I'll send it."), ("Li Na", "Thank you."), ("Dana Wu", "By Friday.")],
        ),
        (
            "[18/11/2026, 10:02] Dana Wu: on Tuesday\n[18/11/2026, 10:05] Li Na: good",
            [("Dana Wu", "on Tuesday"), ("Li Na", "good")],
        ),
        (
            "吴丹娜 2026-11-18 10:02\n清单下周二给你\n李娜 2026-11-18 10:05\n好的",
            [("吴丹娜", "清单下周二给你"), ("李娜", "好的")],
        ),
        (
            "From: Dana Wu <dana@acme.example>\nTo: Li Na\nSubject: List\n\nI will send it.",
            [("Dana Wu", "I will send it.")],
        ),
        (
            "---------- Forwarded message ---------\n发件人：吴丹娜 <d@acme.example>\n"
            "日期：2026-11-19\n主题：清单\n\n我周二发。",
            [("吴丹娜", "我周二发。")],
        ),
    ],
    ids=["transcript", "whatsapp", "wechat", "email", "forwarded"],
)
def test_each_stretch_has_its_speaker(text: str, expected: list[tuple[str, str]]) -> None:
    assert _spoken(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Attendees: Dana Wu, Tang Rui\nDecisions: go live\nActions: Li Na sends the TCO",
        "Vogt: send the frame agreement by 27 Nov\nPriya: update the slides, 25 Nov",
        "目的：了解续约\n参与人：吴建平\n反馈：价格偏高\n承诺：我方下周五前提供方案",
        "Met Dana Wu today. I'll send the TCO.",
        "",
    ],
)
def test_minutes_and_forms_are_their_writers_words(text: str) -> None:
    assert _spoken(text) == []


def test_a_line_of_a_chat_has_its_own_day() -> None:
    text = (
        "吴丹娜 2026-11-18 10:02\n清单下周二给你\n"
        "李娜 2026-11-19 09:05\n好的\n吴丹娜 2026-11-19 09:06\n谢谢"
    )
    days = [one.day for one in voices_of(text).turns]
    assert days == [dt.date(2026, 11, 18), dt.date(2026, 11, 19), dt.date(2026, 11, 19)]


@pytest.mark.parametrize(
    ("text", "files", "expected"),
    [
        ("save this thread as Globex notes", False, Keeping("thread", "Globex")),
        ("把这个话题存成Globex的记录", False, Keeping("thread", "Globex")),
        ("记录一下这个讨论", False, Keeping("thread")),
        ("log this for ACME please", True, Keeping("files", "ACME")),
        ("记一下", True, Keeping("files")),
        ("", True, Keeping("files")),
        ("extract this, don't save yet", True, Keeping("files", "", extracts=True)),
        ("先提取，不要保存", True, Keeping("files", "", extracts=True)),
        ("log this", False, None),
        ("Log: met Dana Wu, I'll send the deck", True, None),
        ("What does this thread say about the price?", False, None),
        ("note the price in the attachment, is it right?", True, None),
    ],
)
def test_what_a_message_asks_to_keep_besides_itself(
    text: str, files: bool, expected: Keeping | None
) -> None:
    assert keeping(text, files=files) == expected
