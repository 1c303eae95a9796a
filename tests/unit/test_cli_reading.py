"""How a reply looks to a person, on a terminal and in a pipe."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bot.assistant.reply import Citation, Outcome, Reply
from bot.cli.reading import harmless, shortened, show, show_passages
from kam_knowledge.queries.sources import NoteSource, RecordSource

NOTE = NoteSource(
    where="notes/acme/2026-11-05-call.md",
    title="Call with Dana Wu",
    date=date(2026, 11, 5),
    quote="can't defend a renewal\nupstairs " + "without the TCO model " * 20,
)
REPLY = Reply(
    "**Dana Wu** is doubtful. [1]\nLast contact: 17 November. [1]\n\n- one\n- 二",
    "en",
    Outcome.ANSWERED,
    (Citation(1, NOTE),),
)


def _on_a_terminal(reply: Reply, width: int = 80) -> str:
    file = StringIO()
    show(reply, Console(file=file, force_terminal=True, width=width, color_system=None))
    return file.getvalue()


def test_a_pipe_gets_the_answer_as_it_is_and_the_sources_below(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show(REPLY)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:5] == REPLY.markdown.splitlines()
    assert lines[-2] == "[1] Call with Dana Wu · 2026-11-05 · notes/acme/2026-11-05-call.md"
    assert lines[-1].startswith("    “can't defend a renewal upstairs without")
    assert lines[-1].endswith("…”")


def test_a_record_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    record = RecordSource(
        "contracts",
        "ACME Corp / MSA-2",
        (("notice_by", "2026-12-05"),),
        date(2026, 11, 21),
        "ACME Corp / MSA-2",
    )
    show(Reply("Notice by 5 December. [1]", "en", Outcome.ANSWERED, (Citation(1, record),)))
    shown = capsys.readouterr().out.splitlines()
    assert shown[-1] == "[1] contracts:ACME Corp / MSA-2 · 2026-11-21: notice_by=2026-12-05"


def test_a_terminal_gets_it_rendered_with_every_line_where_it_was() -> None:
    shown = _on_a_terminal(REPLY)
    lines = [line.strip() for line in shown.splitlines()]
    assert "Dana Wu is doubtful. [1]" in lines
    assert "Last contact: 17 November. [1]" in lines
    assert "• 二" in lines
    assert "**" not in shown
    assert any("[1] Call with Dana Wu · 2026-11-05" in line for line in lines)


def test_chinese_is_wrapped_within_the_terminal() -> None:
    from rich.cells import cell_len

    shown = _on_a_terminal(Reply("吴丹娜目前态度犹豫。" * 20, "zh", Outcome.ANSWERED), 60)
    assert max(cell_len(line.rstrip()) for line in shown.splitlines()) <= 60
    assert "".join(shown.split()) == "吴丹娜目前态度犹豫。" * 20


@given(st.text())
def test_no_text_of_a_note_steers_the_terminal(text: str) -> None:
    left = harmless(text)
    steering = {*range(0x20), 0x7F, *range(0x80, 0xA0), *range(0x202A, 0x202F)} - {0x09, 0x0A}
    assert not {ord(letter) for letter in left} & steering


def test_a_title_and_a_quote_cannot_steer_it_either(capsys: pytest.CaptureFixture[str]) -> None:
    evil = NoteSource(
        "notes/a.md", "\x1b]0;owned\x07Title", None, "\x1b[2Jquote\nsecond \u202eline"
    )
    show(Reply("fine\x1b[31m [1]", "en", Outcome.ANSWERED, (Citation(1, evil),)))
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "“[2Jquote second line”" in shown


@given(st.text(), st.integers(min_value=10, max_value=200))
def test_a_shortened_text_is_one_line_of_at_most_that_length(text: str, length: int) -> None:
    short = shortened(text, length)
    assert "\n" not in short
    assert len(short) <= length + 1
    if len(" ".join(harmless(text).split())) <= length:
        assert short == " ".join(harmless(text).split())
    else:
        assert short.endswith("…")


def test_passages_are_numbered_with_where_they_stand(capsys: pytest.CaptureFixture[str]) -> None:
    hit = {
        "where": "notes/a.md", "title": "QBR", "kind": "note", "date": "2026-10-01",
        "account": "ACME Corp", "score": 0.5, "text": "The roadmap\nwas shown.",
    }  # fmt: skip
    show_passages([hit, hit | {"account": None, "date": None}])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "1. QBR · ACME Corp · 2026-10-01 · notes/a.md"
    assert lines[1] == "   The roadmap was shown."
    assert lines[2] == "2. QBR · notes/a.md"


def test_nothing_found_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    show_passages([])
    assert capsys.readouterr().out.strip() == "Nothing found."
