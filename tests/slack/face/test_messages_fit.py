"""Whatever a reply says becomes messages that Slack takes: nothing forged, nothing lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.assistant.reply import Citation, Outcome, Reply
from bot.local_workspace.blocks import check_message_blocks
from bot.local_workspace.web_api.content import LONGEST_TEXT
from bot.slack.blocks.mrkdwn import mrkdwn
from bot.slack.blocks.reply import as_text, messages
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
)
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
    """The texts of its sections, or of its context."""
    inner = [one for one in message["blocks"] if one["type"] == kind]
    return [one["text"] for block in inner for one in block.get("elements") or [block["text"]]]


@some
@given(texts, texts)
def test_no_note_mentions_anybody_or_forges_a_link(text: str, title: str) -> None:
    found = messages(reply(f"{text} [1]", sources=1, title=title))
    for message in found:
        for one in shown(message):
            assert not re.search(r"<[!@#h]", one["text"]), one["text"]
            assert "<" not in one["text"]
            assert one["verbatim"], "else Slack itself links @channel and #general"
        assert "<" not in message["text"]


@some
@given(st.lists(texts, max_size=6).map("\n\n".join), st.integers(0, 30), texts)
def test_every_message_is_one_that_slack_takes(text: str, sources: int, title: str) -> None:
    long = (text + "\n") * 8
    asked = tuple(f"{title} {n}?" for n in range(3))
    for message in messages(reply(long, sources=sources, title=title, suggestions=asked)):
        check_message_blocks(message["blocks"])
        assert len(message["text"]) <= LONGEST_TEXT


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


def test_where_there_is_only_text_the_sources_stand_below_it() -> None:
    told = as_text(reply("**ACME** owes <us> 5 [1][2].", sources=2))["text"]
    assert "&lt;us&gt;" in told
    assert [line[:3] for line in told.splitlines()[1:]] == ["[1]", "[2]"]
