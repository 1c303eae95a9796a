"""Questions in Slack, by every way in, over both transports."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from tests.slack.face.conftest import Office, mention, text_of

LI_NA = "li.na@example.com"


def test_a_mention_is_answered_in_its_thread_with_sources(office: Office) -> None:
    li_na = office.person(LI_NA)
    channel = "#acme-corp"
    li_na.do("invite", channel=channel, who=office.credentials["bot_user"])
    spoken = li_na.says(channel, f"{mention(office)} What does ACME owe us?")
    answer = li_na.waits_for(spoken, from_="KAM", seconds=20)
    assert answer["thread_ts"] == spoken.ts
    said = text_of(answer)
    assert "INV-10432" in said
    assert "[1]" in said
    assert "receivables:" in said


def test_a_direct_message_is_answered_in_chinese(office: Office) -> None:
    answer = office.dm(LI_NA, "ACME 的 CTO 现在跟我们关系怎么样?")
    assert "Dana Wu" in text_of(answer)
    assert "立场" in text_of(answer)


def test_a_slash_command_is_answered_to_the_asker_alone(office: Office) -> None:
    li_na = office.person(LI_NA)
    li_na.commands("#general", "/kam When did anyone last talk to Dana Wu?")
    seen = office.people.waits_until(
        lambda: [one for one in li_na.reads("#general") if "Dana Wu" in text_of(one)]
    )
    assert seen[-1]["is_ephemeral"]
    others = office.person("jonas.weber@example.com").reads("#general")
    assert not [one for one in others if "Dana Wu" in text_of(one)]


def by_mention(office: Office, question: str) -> str:
    """What a new channel hears of a question."""
    channel = office.channel(f"status-{abs(hash((question, office.url))) % 10**6}")
    return office.asks_bot(LI_NA, channel, question)


def by_direct_message(office: Office, question: str) -> str:
    """What comes back to a direct message."""
    return text_of(office.dm(LI_NA, question))


def by_command(office: Office, question: str) -> str:
    """What the asker alone sees of a slash command's answer."""
    li_na = office.person(LI_NA)
    channel = office.channel(f"command-{abs(hash((question, office.url))) % 10**6}")
    li_na.commands(channel, f"/kam {question}")
    seen = office.people.waits_until(
        lambda: [one for one in li_na.reads(channel) if one.get("is_ephemeral")], 20
    )
    return text_of(seen[-1])


@pytest.mark.parametrize("asked", [by_mention, by_direct_message, by_command])
@pytest.mark.parametrize(
    ("question", "role"),
    [
        ("What's our status with ACME's CTO?", "decision maker"),
        ("ACME 的 CTO 现在跟我们关系怎么样?", "决策者"),
    ],
)
def test_the_status_question_is_answered_however_it_is_asked(
    office: Office, asked: Callable[[Office, str], str], question: str, role: str
) -> None:
    told = asked(office, question)
    assert "Dana Wu" in told
    assert role in told
    assert "contacts:" in told, "its sources stand below"


def test_a_guest_in_a_shared_channel_hears_of_the_method_alone(office: Office) -> None:
    company = office.people.do("add_team", name="Hafenwerk")["id"]
    guest = office.adds("Gast am Kai", "kai@example.com", guest=True)
    channel = office.channel("with-hafenwerk", guest)
    office.people.do("share_channel", channel=channel, team=company)
    told = office.asks_bot(guest, channel, "What does ACME owe us?")
    assert "guests, outside people and shared channels" in told
    assert "INV-" not in told
    assert "share of wallet" in office.asks_bot(guest, channel, "What is share of wallet?").lower()


@pytest.mark.parametrize(
    ("question", "head", "rows"),
    [
        ("List all accounts with their revenue", "Account", 8),
        ("哪里有空白机会?", "客户与单位", 6),
    ],
)
def test_a_list_of_many_is_a_table_with_its_sources_below(
    office: Office, question: str, head: str, rows: int
) -> None:
    blocks = office.dm(LI_NA, question)["blocks"]
    (table,) = [one for one in blocks if one["type"] == "table"]
    cells = [[cell["text"] for cell in row] for row in table["rows"]]
    assert cells[0][0] == head
    assert len(cells) == rows + 1
    below = json.dumps(blocks[blocks.index(table) :], ensure_ascii=False)
    for row in cells[1:]:
        marks = re.findall(r"\[\d+\]", row[-1])
        assert marks
        assert all(f"{mark} " in below for mark in marks)


def test_a_follow_up_in_the_thread_needs_no_mention_and_keeps_the_account(office: Office) -> None:
    li_na = office.person(LI_NA)
    room = li_na.opens(tab="messages")
    first = li_na.says(room, "Give me Globex in five lines.")
    li_na.waits_for(first, from_="KAM", seconds=20)
    second = li_na.says(room, "What did we promise them?", first.ts)
    answer = li_na.waits_for(second, from_="KAM", seconds=20)
    assert "pricing sheet" in json.dumps(answer).casefold()


def test_a_team_account_in_a_public_channel_is_answered_privately(office: Office) -> None:
    sofia = office.person(LI_NA)
    sofia.do("invite", channel="#general", who=office.credentials["bot_user"])
    spoken = sofia.says("#general", f"{mention(office)} What's our status with Initech?")
    there = sofia.waits_for(spoken, from_="KAM", seconds=20)
    assert there["text"] == "I answered you privately."
    room = sofia.opens(tab="messages")
    private = office.people.waits_until(
        lambda: [one for one in sofia.reads(room) if "Initech" in text_of(one)]
    )
    assert private
    assert "Initech" not in json.dumps(there)


def test_home_shows_the_persons_accounts(office: Office) -> None:
    li_na = office.person(LI_NA)
    li_na.opens()
    view = office.people.waits_until(li_na.home)
    shown = json.dumps(view, ensure_ascii=False)
    assert "ACME Corp" in shown
    assert "华远重工" in shown
    assert "Globex" in shown or "Nordvik" not in shown


def test_a_bound_channel_is_about_its_account_where_none_is_named(office: Office) -> None:
    channel, li_na = office.channel("about-globex"), office.person(LI_NA)
    li_na.commands(channel, "/kam bind Globex")
    office.people.waits_until(lambda: office.from_bot(LI_NA, channel))
    assert "It changes nobody's rights." in office.from_bot(LI_NA, channel)[0]
    assert "pricing sheet" in office.asks_bot(LI_NA, channel, "What did we promise them?")
    before = len(office.from_bot(LI_NA, channel))
    li_na.commands(channel, "/kam bind Nobody Inc")
    office.people.waits_until(lambda: office.from_bot(LI_NA, channel)[before:])
    assert "Nobody Inc" in office.from_bot(LI_NA, channel)[-1]
