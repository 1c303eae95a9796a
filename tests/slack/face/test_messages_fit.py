"""Whatever a reply says becomes messages that Slack takes: nothing forged, nothing lost."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.assistant.reply import Citation, Outcome, Reply
from bot.local_workspace.blocks import check_message_blocks
from bot.local_workspace.web_api.chat import LONGEST_UPDATE
from bot.slack.blocks.mrkdwn import markdown, mrkdwn
from bot.slack.blocks.reply import as_text, messages
from bot.slack.places import Site
from kam_knowledge.queries.sources import NoteSource

FORGED = ("<!channel>", "<!here|here>", "<@U0ADMIN>", "<#C0BOARD>", "<!subteam^S0ALL>")
FORGED += ("<https://evil.example|the offer>", "&lt;!channel&gt;", "@channel", "#general")
NASTY = (
    "<",
    ">",
    "&",
    "&amp;",
    "*",
    "**",
    "_",
    "~",
    "`",
    "```",
    "# ",
    "- ",
    "\n",
    "\n\n",
    "[1]",
    "[",
)
words = st.one_of(
    st.sampled_from(FORGED + NASTY),
    st.text(max_size=12),
    st.sampled_from(("ACME owes us", "对方已确认。", "[2]", "[11]", "[99]", "risk. ", "x" * 700)),
    st.sampled_from(("due 2026-11-12", "“by 2026-12-01”", "2026-02-31", "](http://evil.example)")),
)
OURS = re.compile(r"<!date\^\d+\^\{date_short\}\|\d{4}-\d\d-\d\d>")
"""The one token that we write ourselves: a day in its reader's form."""
texts = st.lists(words, max_size=40).map(" ".join)
some = settings(max_examples=60, deadline=None)


def note(title: str, quote: str = "") -> NoteSource:
    return NoteSource("notes/acme/2026-11-12.md", title, date(2026, 11, 12), quote)


def reply(markdown: str, *, sources: int = 0, title: str = "Call", **more: Any) -> Reply:
    citations = tuple(Citation(n, note(f"{title} {n}")) for n in range(1, sources + 1))
    return Reply(markdown, "en", Outcome.ANSWERED, citations, **more)


def shown(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The text objects that a person reads in a message."""
    for block in message["blocks"]:
        for one in [block.get("text"), *block.get("elements", [])]:
            if one and one["type"] == "mrkdwn":
                yield one


def of_kind(message: dict[str, Any], kind: str) -> list[str]:
    """The texts of its sections, or the lines of its context."""
    inner = [one for one in message["blocks"] if one["type"] == kind]
    found = [one["text"] for block in inner for one in block.get("elements") or [block["text"]]]
    return found if kind == "section" else [line for one in found for line in one.split("\n")]


@some
@given(texts, texts)
def test_no_note_mentions_anybody_or_forges_a_link(text: str, title: str) -> None:
    found = messages(reply(f"{text} [1]", sources=1, title=title))
    for message in found:
        for one in shown(message):
            assert "<" not in OURS.sub("", one["text"]), one["text"]
            assert one["verbatim"], "else Slack itself links @channel and #general"
        assert "<" not in message["text"]


@some
@given(texts)
def test_no_note_opens_code_that_swallows_what_follows(text: str) -> None:
    for line in mrkdwn(text).split("\n"):
        assert line.count("`") % 2 == 0
        assert "``" not in line


@some
@given(texts, texts)
def test_what_is_streamed_mentions_nobody_and_links_nothing_and_only_grows(
    first: str, more: str
) -> None:
    whole = markdown(first + more)
    assert whole.startswith(markdown(first))
    assert not re.search(r"[<>`]|\][(:]|://|(?<!\w)@\w", whole)


cells = st.one_of(
    st.sampled_from(FORGED), st.text(max_size=9), st.sampled_from(("12,000 [1]", "", "x" * 400))
)


def table_of(rows: list[list[str]]) -> str:
    flat = [
        [re.sub(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029|\\\\]", " ", one) for one in row]
        for row in rows
    ]
    lines = ["| " + " | ".join(row) + " |" for row in flat]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


@some
@given(st.integers(1, 24), st.integers(0, 130), st.data())
def test_a_table_of_any_size_becomes_tables_that_slack_takes_and_keeps_its_citations(
    width: int, height: int, data: st.DataObject
) -> None:
    row = data.draw(st.lists(cells, min_size=width, max_size=width))
    rows = [
        [f"h{n}" for n in range(width)],
        *([*row[:-1], f"r{n} [{n}]"] for n in range(1, height + 1)),
    ]
    found = messages(reply(f"Before.\n\n{table_of(rows)}\n\nAfter.", sources=height))
    told = []
    for message in found:
        check_message_blocks(message["blocks"])
        for block in message["blocks"]:
            if block["type"] == "table":
                told += [one["text"] for line in block["rows"] for one in line]
        told += of_kind(message, "section")
    text = "\n".join(told)
    for n in range(1, height + 1):
        assert len(re.findall(rf"r{n} \[{n}\]", text)) == 1
    for message in found:
        below = {int(one[1 : one.index("]")]) for one in of_kind(message, "context")}
        inside = json.dumps([one for one in message["blocks"] if one["type"] != "context"])
        assert below == {int(n) for n in re.findall(r"\[(\d+)\]", inside) if 1 <= int(n) <= height}
    cells_told = [one for one in told if not one.startswith("Before")]
    assert not any(re.search(r"<(?=[!@#]|https?:)", OURS.sub("", one)) for one in cells_told)


@some
@given(st.lists(texts, max_size=6).map("\n\n".join), st.integers(0, 30), texts)
def test_every_message_is_one_that_slack_takes(text: str, sources: int, title: str) -> None:
    long = (text + "\n") * 8
    asked = tuple(f"{title} {n}?" for n in range(3))
    for message in messages(reply(long, sources=sources, title=title, suggestions=asked)):
        check_message_blocks(message["blocks"])
        assert len(message["text"]) <= LONGEST_UPDATE


@some
@given(st.lists(texts, max_size=6).map("\n".join), st.integers(0, 120))
def test_a_split_loses_no_citation(text: str, sources: int) -> None:
    marks = "".join(f"[{n}]" for n in range(1, sources + 1))
    wanted = reply(f"{text}{marks}", sources=sources)
    found = messages(wanted)
    told = "".join("".join(of_kind(one, "section")) for one in found)
    for n in range(1, sources + 1):
        assert f"[{n}]" in told
    for message in found:
        body, below = "".join(of_kind(message, "section")), of_kind(message, "context")
        named = {int(n) for n in re.findall(r"\[(\d+)\]", body)}
        listed = {int(found[1]) for one in below if (found := re.match(r"\[(\d+)\]", one))}
        assert listed == {n for n in named if 1 <= n <= sources}


@some
@given(st.text(min_size=1, max_size=9_000))
def test_a_split_loses_no_letter(text: str) -> None:
    told = "".join("".join(of_kind(one, "section")) for one in messages(reply(text * 3)))
    plain = re.compile(r"[\W_]")
    assert plain.sub("", told) == plain.sub("", mrkdwn(text * 3))


def test_a_long_reply_is_cut_between_paragraphs_and_never_inside_an_entity() -> None:
    paragraph = "Fish & chips < 5 > 3 at ACME. " * 60
    found = messages(reply("\n\n".join([paragraph] * 12)))
    assert len(found) > 1
    for message in found:
        for section in of_kind(message, "section"):
            assert section.startswith("Fish &amp; chips")
            assert re.fullmatch(r"(?:[^&]|&(?:amp|lt|gt);)*", section)


def test_what_is_shown_of_a_message_elsewhere_fits_however_much_of_it_is_escaped() -> None:
    for text in ("&" * 9_000, "<>" * 9_000, "**&**" * 3_000):
        for message in messages(reply(text)):
            assert 1 <= len(message["text"]) <= LONGEST_UPDATE


def test_feedback_and_what_to_press_stand_under_the_last_message_alone() -> None:
    found = messages(reply("word. " * 9_000, suggestions=("And the CFO?",)))
    kinds = [{block["type"] for block in one["blocks"]} for one in found]
    assert len(kinds) > 1
    assert not any("context_actions" in one for one in kinds[:-1])
    assert {"actions", "context_actions"} <= kinds[-1]


def test_only_what_waits_for_a_yes_has_buttons_for_it() -> None:
    card = {"id": "proposal-1"}
    asked = Reply("Done?", "en", Outcome.PROPOSED, proposal=card)
    receipt = Reply("It is written.", "en", Outcome.DONE, proposal=card)
    actions = [[b for b in messages(one)[-1]["blocks"] if b["type"] == "actions"]
               for one in (asked, receipt)]  # fmt: skip
    assert [len(one) for one in actions] == [1, 0]


def test_a_small_table_stands_between_its_texts_with_figures_to_the_right() -> None:
    table = "| Account | Value |\n|---|---:|\n| ACME | 96,500 [1] |\n| Globex | |"
    text = f"**Due**\n\n{table}\n\nThat is all."
    (message,) = messages(reply(text, sources=1))
    kinds = [block["type"] for block in message["blocks"]]
    assert kinds == ["section", "table", "section", "context", "context_actions"]
    shown = message["blocks"][1]
    assert [one["align"] for one in shown["column_settings"]] == ["left", "right"]
    assert [one["text"] for one in shown["rows"][2]] == ["Globex", "–"]
    assert "- ACME · 96,500 [1]".replace("- ", "• ") in message["text"]


def test_a_day_is_shown_in_its_readers_form_and_a_quoted_one_as_it_was_written() -> None:
    (message,) = messages(reply("Due 2026-11-12; she wrote “by 2026-12-01” [1].", sources=1))
    body, below = of_kind(message, "section")[0], of_kind(message, "context")[0]
    assert OURS.search(body)
    assert "“by 2026-12-01”" in body
    assert OURS.search(below)
    assert "notes/acme/2026-11-12.md" in below, "a path stays a path"
    assert message["text"].startswith("Due 2026-11-12;")


def test_a_source_that_is_a_slack_message_links_to_it() -> None:
    said = NoteSource("slack:T0HOME:C0ACME:1763700000.000100", "Li <Na>|x", date(2026, 11, 21), "")
    one = Reply("Yes [1].", "en", Outcome.ANSWERED, (Citation(1, said),))
    ours = Site("T0HOME", "https://home.slack.com/")
    (below,) = of_kind(messages(one, ours)[0], "context")
    link = "https://home.slack.com/archives/C0ACME/p1763700000000100"
    assert below.startswith(f"[1] <{link}|Li &lt;Na&gt;|x> · ")
    (elsewhere,) = of_kind(messages(one, Site("T0OTHER", "https://other.slack.com/"))[0], "context")
    assert "https://" not in elsewhere


def test_where_there_is_only_text_the_sources_stand_below_it() -> None:
    told = as_text(reply("**ACME** owes <us> 5 [1][2].", sources=2))["text"]
    assert "&lt;us&gt;" in told
    assert [line[:3] for line in told.splitlines()[1:]] == ["[1]", "[2]"]
