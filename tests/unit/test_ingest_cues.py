"""What notes say of themselves in their first lines, in the forms people give it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import cues


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("Account: ACME Corp\n", "account", "ACME Corp"),
        ("- **Customer:** ACME Corp\n", "account", "ACME Corp"),
        ("> Client: ACME Corp\n", "account", "ACME Corp"),
        ("| Account | ACME Corp |\n|---|---|\n", "account", "ACME Corp"),
        ("**Account:** ACME Corp · **Date:** 2026-09-04", "account", "ACME Corp"),
        ("**Account:** ACME Corp · **Date:** 2026-09-04", "date", "2026-09-04"),
        ("客户名称：华远重工\n", "account", "华远重工"),
        ("时间：2026年11月12日 14:00  地点：苏州\n", "date", "2026年11月12日 14:00"),
        ("拜访日期: 2026-11-12\n", "date", "2026-11-12"),
        ("Date: 2026-11-12 14:30\n", "date", "2026-11-12 14:30"),
        ("参会人员：吴丹娜、李娜\n", "attendees", "吴丹娜、李娜"),
        ("我方：李娜\n客户方：郑国栋\n", "attendees", "李娜; 郑国栋"),
        ("Meeting with: Jan Kessler (IT)", "attendees", "Jan Kessler (IT)"),
        ("Type: phone call\n", "kind", "phone call"),
        ("The account is fine: all is well.\n", "account", None),
        ("We had a date: it was nice.\n", "date", None),
        ("A line.\n" * 20 + "Account: ACME\n", "account", None),
    ],
)
def test_labelled_lines(text: str, name: str, value: str | None) -> None:
    assert cues.labelled(text, name) == value


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Call with Dana Wu", "call"),
        ("Conference call on the meeting", "call"),
        ("电话会议", "call"),
        ("电话纪要", "call"),
        ("会议纪要", "meeting"),
        ("Lunch at the plant", "meeting"),
        ("与 CFO 午餐", "meeting"),
        ("WeChat with 吴总", "chat"),
        ("微信记录", "chat"),
        ("E-mail from Dana", "email"),
        ("Call for tenders", None),
        ("The on-call rota", None),
        ("Call centre costs", None),
        ("Account plan", None),
        ("Metrics", None),
    ],
)
def test_the_word_that_comes_first_says_the_kind(text: str, kind: str | None) -> None:
    assert cues.kind_in(text) == kind


@pytest.mark.parametrize(
    ("title", "text", "kind"),
    [
        ("", "She called me for 25 minutes.", "call"),
        ("", "Voice memo\n\nQuick one after the call with Ingrid.", "call"),
        ("", "A first line.\nA second.\nA third about the meeting.", None),
        ("", "# A call\n\nShe agreed.", None),
        ("Visit", "She called.", "meeting"),
        ("Internal meeting", "", "document"),
        ("交接会议", "", "document"),
        ("", "会议时间：2026年11月12日\n议题：续约", "meeting"),
    ],
)
def test_the_title_goes_before_the_opening(title: str, text: str, kind: str | None) -> None:
    assert cues.kind_said(title, text) == kind


def test_names_of_files_are_read_as_words() -> None:
    assert cues.spoken("2026-11-12_call-dana.wu") == "2026 11 12 call dana wu"


@given(st.text(max_size=6_000))
def test_the_head_is_short_and_made_of_the_texts_own_lines(text: str) -> None:
    head = cues.head(text)
    assert len(head) <= 1_000
    assert all(line in text for line in head.split("\n"))


@given(st.text(alphabet=" \tAcount:：|*#>-·•a\n", max_size=4_000))
def test_no_text_takes_long(text: str) -> None:
    for name in ("account", "date", "attendees", "kind"):
        cues.labelled(text, name)
