"""WebVTT transcripts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from ingest.documents import Document, DocumentError, read_document

TEAMS = """WEBVTT

NOTE Recorded 2026-11-12 14:00

00:00:01.000 --> 00:00:03.000
<v Dana Wu>We need a lower price</v>

00:00:03.000 --> 00:00:05.000
<v Dana Wu>before March &amp; not later.</v>

2
00:00:05.500 --> 00:00:07.000 align:start
<v 李娜>好的，</v>
<v.loud 李娜>我明天发方案。</v>

00:00:09.000 --> 00:00:10.000
<v Dana Wu><i>Thanks</i>.</v>
"""

ZOOM = """WEBVTT

1
00:00:01.000 --> 00:00:03.000
Dana Wu: We need: a lower price

2
00:00:03.000 --> 00:00:05.000
Dana Wu: before March.

3
00:00:05.000 --> 00:00:07.000
Note: the tape stops here
"""


def read(path: Path, text: str) -> Document:
    path.write_text(text, encoding="utf-8")
    (document,) = read_document(path)
    return document


def test_cues_of_one_speaker_become_one_line(tmp_path: Path) -> None:
    document = read(tmp_path / "call.vtt", TEAMS)
    assert document.text == (
        "Dana Wu: We need a lower price before March & not later.\n"
        "李娜: 好的，我明天发方案。\n"
        "Dana Wu: Thanks."
    )
    assert document.participants == ("Dana Wu", "李娜")
    assert document.date == dt.date(2026, 11, 12)
    assert (document.format, document.kind) == ("vtt", None)


def test_speakers_named_in_the_text_are_found(tmp_path: Path) -> None:
    document = read(tmp_path / "call.vtt", ZOOM)
    assert document.text == (
        "Dana Wu: We need: a lower price before March.\nNote: the tape stops here"
    )
    assert document.participants == ("Dana Wu",)
    assert document.date is None


def test_speech_without_speakers_is_parted_at_pauses(tmp_path: Path) -> None:
    cues = [("01.000", "02.000", "we are"), ("02.100", "03.000", "going"), ("09.000", "9.500", "x")]
    text = "WEBVTT\n\n" + "\n\n".join(f"00:{a} --> 00:{b.zfill(6)}\n{t}" for a, b, t in cues)
    assert read(tmp_path / "call.vtt", text).text == "we are going\nx"


def test_front_matter_may_stand_before_the_transcript(tmp_path: Path) -> None:
    document = read(tmp_path / "call.vtt", "---\naccount: ACME\ntitle: Call\n---\n" + TEAMS)
    assert document.front_matter["account"] == "ACME"
    assert document.title == "Call"


@pytest.mark.parametrize(
    ("text", "problem"),
    [("1\n00:00:01,000 --> 00:00:02,000\nHello\n", "WEBVTT"), ("WEBVTT\n\nNOTE x\n", "no text")],
)
def test_other_subtitles_and_empty_transcripts_are_refused(
    tmp_path: Path, text: str, problem: str
) -> None:
    with pytest.raises(DocumentError, match=problem):
        read(tmp_path / "call.vtt", text)
