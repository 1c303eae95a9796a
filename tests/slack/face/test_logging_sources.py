"""Threads, files and pasted chats become notes by words: who said what stays theirs."""

from __future__ import annotations

import io
from email.message import EmailMessage

import pytest
from docx import Document as Word

from bot.local_workspace.people import Spoken
from tests.slack.face.conftest import Office, mention, text_of
from tests.slack.face.logging_notes import actions, card, cards, notes, now, places
from tests.slack.face.watching import LI_NA, all_quiet, answers, room_of, said

TOM = "tom.becker@example.com"
PRIYA = "priya.raman@example.com"
VTT = """WEBVTT

NOTE {day}

00:00:01.000 --> 00:00:05.000
<v Dana Wu>Thanks for coming. I'll send the {subject} by Thursday.

00:00:06.000 --> 00:00:09.000
<v Li Na>And we will update the {subject} quote by Friday.
"""


def uploaded(office: Office, who: str, name: str, content: bytes, text: str = "") -> Spoken:
    """A file with a message, in the direct message with the bot."""
    room = room_of(office, who)
    ts = office.person(who).uploads(room, name, content, text)["ts"]
    return Spoken(room, ts)


def confirmed(office: Office, who: str, spoken: Spoken) -> str:
    """The card below a message said yes to, and what it said."""
    shown = card(office, who, spoken)
    office.person(who).presses(shown, "note:confirm")
    now(office, who, shown, spoken.thread)
    return text_of(shown)


@pytest.mark.parametrize("caption", ["log this for ACME Corp", "记一下", ""])
def test_a_transcript_is_logged_and_each_promise_is_whose_it_was(
    office: Office, caption: str
) -> None:
    subject = f"list{len(caption)}"
    content = VTT.format(day="2026-11-19", subject=subject).encode()
    spoken = uploaded(office, LI_NA, "call.vtt", content, caption)
    confirmed(office, LI_NA, spoken)
    (note,) = notes(office, f"{subject} quote")
    assert note.date is not None
    assert note.date.isoformat() == "2026-11-19"
    assert places(office, note) == [f"slack:{office.face.team}:{spoken.channel}:{spoken.ts}"]
    hers, mine = sorted(actions(office, subject), key=lambda one: one.direction, reverse=True)
    assert (hers.direction, hers.owner) == ("theirs", "Dana Wu")
    assert (mine.direction, mine.owner) == ("ours", LI_NA)


def test_a_word_document_is_read_and_logged(office: Office) -> None:
    word = Word()
    for line in (
        "客户：ACME",
        "目的：续约沟通",
        "参与人：吴丹娜、唐睿",
        "反馈：对价格有顾虑",
        "承诺：我方下周五前提供文档报价单",
        "下一步：唐睿12月10日前给文档清单",
    ):
        word.add_paragraph(line)
    out = io.BytesIO()
    word.save(out)
    spoken = uploaded(office, LI_NA, "拜访记录.docx", out.getvalue(), "记一下")
    shown = confirmed(office, LI_NA, spoken)
    assert "Dana Wu" in shown
    assert "Tang Rui" in shown
    assert {one.direction for one in actions(office, "文档")} == {"ours", "theirs"}


def test_a_forwarded_email_is_its_senders_words(office: Office) -> None:
    message = EmailMessage()
    message["From"] = "Dana Wu <dana.wu@acme.example>"
    message["To"] = "Li Na <li.na@example.com>"
    message["Date"] = "Thu, 19 Nov 2026 16:02:00 +0800"
    message["Subject"] = "Site list"
    message.set_content("Hi Li Na,\n\nI will send you the mailed-list by Tuesday.\n\nDana\n")
    spoken = uploaded(office, LI_NA, "mail.eml", bytes(message), "log this")
    confirmed(office, LI_NA, spoken)
    (promise,) = actions(office, "mailed-list")
    assert (promise.direction, promise.owner) == ("theirs", "Dana Wu")


def test_what_is_only_to_be_extracted_is_shown_and_nothing_waits(office: Office) -> None:
    content = VTT.format(day="2026-11-19", subject="shown-list").encode()
    spoken = uploaded(office, LI_NA, "call.vtt", content, "extract this, don't save yet")
    told = "\n".join(answers(office, spoken))
    assert "shown-list" in told
    assert "Nothing was saved" in told
    assert cards(office, LI_NA, spoken.channel, spoken.thread) == []
    assert notes(office, "shown-list") == []


def test_a_file_that_cannot_be_read_is_refused(office: Office) -> None:
    spoken = uploaded(office, LI_NA, "deck.key", b"\x00\x01", "log this")
    told = "\n".join(answers(office, spoken))
    assert "could not be read" in told
    assert "Nothing was saved" in told


def test_a_file_that_comes_with_a_note_leaves_the_note_as_it_is(office: Office) -> None:
    text = "Log: met Dana Wu of ACME today, I'll send the beside-sheet by Thursday"
    spoken = uploaded(office, LI_NA, "photo.png", b"\x89PNG", text)
    confirmed(office, LI_NA, spoken)
    assert len(actions(office, "beside-sheet")) == 1


@pytest.mark.parametrize(
    ("asks", "subject"),
    [
        ("save this thread as Globex notes", "spoken-sheet"),
        ("把这个话题存成Globex的记录", "话题清单"),
    ],
)
def test_a_thread_is_saved_by_words_with_who_said_what(
    office: Office, asks: str, subject: str
) -> None:
    channel = office.channel(f"hall-{len(asks)}", TOM, PRIYA, private=True)
    parent = office.person(PRIYA).says(channel, "How did it go today?")
    office.person(TOM).says(
        channel, f"Nils Haas is fine. I will send the {subject} by Thursday.", parent.ts
    )
    asked = office.person(TOM).says(channel, f"{mention(office)} {asks}", parent.ts)
    all_quiet(office)
    (shown,) = cards(office, TOM, channel, parent.ts)
    office.person(TOM).presses(shown, "note:confirm")
    all_quiet(office)
    (note,) = notes(office, subject)
    assert "How did it go" in note.text
    assert asks not in note.text, "what asks for it is no part of it"
    assert places(office, note) == [f"slack:{office.face.team}:{channel}:{parent.ts}"]
    (promise,) = actions(office, subject)
    assert promise.owner == TOM
    assert asked.ts != parent.ts


def test_the_shortcut_on_a_message_with_a_file_keeps_the_file(office: Office) -> None:
    channel = office.channel("filed", TOM)
    content = VTT.format(day="2026-11-19", subject="shortcut-list").encode()
    ts = office.person(TOM).uploads(channel, "call.vtt", content, "")["ts"]
    office.person(LI_NA).uses_shortcut("save_note", Spoken(channel, ts))
    all_quiet(office)
    shown = cards(office, LI_NA, room_of(office, LI_NA))[-1]
    assert "shortcut-list" in text_of(shown)
    assert "Dana Wu" in text_of(shown)


def test_no_thread_is_saved_where_there_is_none(office: Office) -> None:
    spoken = said(office, "save this thread")
    assert any("no thread" in one for one in answers(office, spoken))


def test_a_pasted_chat_is_split_by_who_speaks(office: Office) -> None:
    spoken = said(
        office,
        "记录：\n吴丹娜 2026-11-18 10:02\n我下周二把聊天清单发给你\n"
        "李娜 2026-11-18 10:05\n好的，我明天把聊天报价给您",
    )
    confirmed(office, LI_NA, spoken)
    hers, mine = sorted(actions(office, "聊天"), key=lambda one: one.direction, reverse=True)
    assert (hers.owner, str(hers.due)) == ("Dana Wu", "2026-11-24")
    assert (mine.owner, str(mine.due)) == (LI_NA, "2026-11-19")


@pytest.mark.parametrize(
    ("text", "asked", "answer", "offered"),
    [
        (
            "Log:\n[18/11/2026, 10:02] Danny W: I'll send you the nicked-list on Tuesday, ACME is"
            " fine with it\n[18/11/2026, 10:05] Me: thank you!",
            "Danny W",
            "Dana Wu",
            "Dana Wu is also called Danny W",
        ),
        (
            "记录：\n阿娜 2026-11-18 10:02\n我下周二把昵称清单发给你们，ACME 这边没问题\n"
            "李娜 2026-11-18 10:05\n好的，谢谢您",
            "阿娜",
            "吴丹娜",
            "也叫阿娜",
        ),
    ],
)
def test_a_nickname_becomes_an_alias_after_one_question(
    office: Office, text: str, asked: str, answer: str, offered: str
) -> None:
    spoken = said(office, text)
    assert any(asked in one for one in answers(office, spoken))
    office.person(LI_NA).says(spoken.channel, answer, spoken.ts)
    assert offered in confirmed(office, LI_NA, spoken)
    promises = [*actions(office, "nicked-list"), *actions(office, "昵称清单")]
    assert {one.owner for one in promises} == {"Dana Wu"}
