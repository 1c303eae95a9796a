"""Pasted chats: recognised by their lines, the text untouched."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from ingest.documents import read_document
from ingest.documents.chat import find_chat
from ingest.documents.cleaning import clean

NOV_12 = dt.date(2026, 11, 12)
NOV_13 = dt.date(2026, 11, 13)

CHATS = {
    "wechat": (
        "张三 2026-11-12 14:03:22\n价格？\n\n李四 2026-11-12 14:05:01\n明天。",
        "张三|李四",
        NOV_12,
    ),
    "wechat time": (
        "张三 14:03\n你好\n李四 14:05\n好的",
        "张三|李四",
        None,
    ),
    "wechat afternoon": (
        "张三  2026/11/12 下午2:03\n你好\n李总  2026/11/13 下午2:03\n好",
        "张三|李总",
        NOV_13,
    ),
    "wechat years": (
        "张三 2026年11月12日 14:03\n你好\n王总 2026年11月12日 14:05\n好",
        "张三|王总",
        NOV_12,
    ),
    "day line": (
        "———  2026-11-12  ———\n张三  14:03\n好\n小明🌟  14:05\n好的",
        "张三|小明🌟",
        NOV_12,
    ),
    "feishu": (
        "张三 11月12日 14:03\n你好\n李四 11月12日 14:05\n好的",
        "张三|李四",
        None,
    ),
    "qq": (
        "2026-11-12 14:03:22 张三(12345678)\n你好\n\n2026-11-12 14:04:22 李四<a@b.c>\n好",
        "张三|李四",
        NOV_12,
    ),
    "whatsapp android": (
        "12/11/2026, 14:03 - Messages are end-to-end encrypted.\n"
        "12/11/2026, 14:03 - Dana Wu: Hi\na second line\n13/11/2026, 09:00 - Li Na: OK",
        "Dana Wu|Li Na",
        NOV_13,
    ),
    "whatsapp ios": (
        "\u200e[2026-11-12, 14:03:22] Dana: hi\n[2026-11-12, 14:04:00] +86 138 0000: ok",
        "Dana|+86 138 0000",
        NOV_12,
    ),
    "whatsapp american": (
        "11/12/26, 2:03\u202fPM - Dana Wu: Hi\n11/12/26, 2:04\u202fPM - Li: ok",
        "Dana Wu|Li",
        NOV_12,
    ),
    "whatsapp chinese": (
        "2026/11/12 下午2:03 - 张三: 你好\n2026/11/12 下午2:04 - 李四: 好的",
        "张三|李四",
        NOV_12,
    ),
    "teams copy": (
        "Dana Wu  2:03 PM\nHello\nLi Na  2:04 PM\nHi\nDana Wu 2:05 PM\nbye",
        "Dana Wu|Li Na",
        None,
    ),
    "teams brackets": (
        "[12.11. 14:03] Dana Wu\nHello\n[12.11. 14:04] Li Na (Guest)\nHi",
        "Dana Wu|Li Na",
        None,
    ),
    "teams dated": (
        "[12.11.2026 14:03] Dana Wu\nHello\n[13.11.2026 14:04] Li Na\nHi",
        "Dana Wu|Li Na",
        NOV_13,
    ),
    "slack paste": (
        "Dana Wu  [2:03 PM]\nhi\nLi Na  [2:05 PM]\nyo",
        "Dana Wu|Li Na",
        None,
    ),
    "slack lines": (
        "Dana Wu\n  2:03 PM\nhi\nLi Na\n  2:05 PM\nok\nDana Wu\n  2:08 PM\nfine",
        "Dana Wu|Li Na",
        None,
    ),
    "telegram": (
        "Dana Wu, [12.11.2026 14:03]\nhi\n\nLi Na, [12.11.2026 14:05]\nok",
        "Dana Wu|Li Na",
        NOV_12,
    ),
    "months by name": (
        "Dana Wu 12 Nov 2026 14:03\nhi\nLi Na Nov 13, 2026 at 2:05 PM\nok",
        "Dana Wu|Li Na",
        NOV_13,
    ),
}


@pytest.mark.parametrize("name", CHATS)
def test_a_chat_gives_its_speakers_and_its_last_day(name: str) -> None:
    text, people, day = CHATS[name]
    chat = find_chat(clean(text))
    assert chat is not None
    assert chat.participants == tuple(people.split("|"))
    assert chat.date == day


@pytest.mark.parametrize(
    "text",
    [
        "Opening 09:00\nWelcome by the CEO\nCoffee 10:30\nin the lobby\nLunch 12:00\nCanteen",
        "开场 09:00\n致辞\n茶歇 10:30\n大厅",
        "# Agenda\n\n- 09:00 Intro\n- 10:00 Price: talk",
        "Meeting with ACME 2026-11-12 14:03\nDana was there.\nCall with ACME 2026-11-13 14:03\nok",
        "会议 2026-11-12 14:03\n讨论价格\n电话 2026-11-13 14:03\n客户同意",
        "2026-11-12 14:03 Called Dana: no answer\n2026-11-13 10:00 Emailed Dana: no reply",
        "Met Dana Wu on 2026-11-12 14:00.\nShe said: price is too high.\nLi Na: will send TCO.",
        "Dana: we need a discount\nLi: ok\nDana: by Friday",
        "[2026-11-12, 14:03:22] Dana: one quoted line\nand a note\nof several\nlines of my own",
        "",
    ],
)
def test_agendas_diaries_and_minutes_are_no_chats(text: str) -> None:
    assert find_chat(text) is None


@pytest.mark.parametrize(
    ("lines", "day"),
    [
        (("03/11/2026, 14:03", "13/11/2026, 14:03"), NOV_13),  # no thirteenth month
        (("11/03/2026, 14:03", "11/13/2026, 14:03"), NOV_13),
        (("11/11/2026, 14:03", "12/11/2026, 14:03"), NOV_12),  # the shorter of the two
        (("11/11/2026, 14:03", "11/12/2026, 14:03"), NOV_12),
        (("12/11/2026, 14:03", "12/11/2026, 14:04"), NOV_12),  # 24 hours: day first
        (("11/12/2026, 2:03 PM", "11/12/2026, 2:04 PM"), NOV_12),  # PM: month first
    ],
)
def test_day_and_month_are_told_apart_over_the_whole_chat(
    lines: tuple[str, str], day: dt.date
) -> None:
    chat = find_chat("\n".join(f"{line} - Dana Wu: hello" for line in lines))
    assert chat is not None
    assert chat.date == day


@pytest.mark.parametrize("suffix", [".txt", ".md"])
def test_the_text_of_a_chat_is_kept_verbatim(tmp_path: Path, suffix: str) -> None:
    text = CHATS["whatsapp android"][0] + "\n"
    path = tmp_path / f"chat{suffix}"
    path.write_text(f"---\naccount: ACME\n---\n{text}", encoding="utf-8")
    (document,) = read_document(path)
    assert document.text == text
    assert (document.format, document.kind, document.date) == ("chat", "chat", NOV_13)
    assert document.participants == ("Dana Wu", "Li Na")
    assert document.front_matter == {"account": "ACME"}
