"""Who will read: a reply holds only what every reader may see."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient

from bot.slack.directory import Directory
from tests.slack.face.conftest import Minutes, Office, mention, text_of

LI_NA, PRIYA, JONAS = (f"{one}@example.com" for one in ("li.na", "priya.raman", "jonas.weber"))
OWES = "What does ACME owe us?"
INNER = "What is ACME's margin?"
NOT_TOLD = "Slack did not tell me who reads this"
PRIVATELY = "I answered you privately."


@pytest.fixture
def office(http_office: Office) -> Office:
    """The module's office, where the transport makes no difference."""
    return http_office


def test_a_public_answer_holds_only_what_every_colleague_may_see(office: Office) -> None:
    channel = office.channel("plain")
    assert "INV-10432" in office.asks_bot(LI_NA, channel, OWES)
    assert PRIVATELY in office.asks_bot(LI_NA, channel, INNER)
    room = office.person(LI_NA).opens(tab="messages")
    office.people.waits_until(lambda: "41.5" in (office.from_bot(LI_NA, room) or [""])[-1])


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What's our status with Initech?", PRIVATELY),
        ("Initech 现在怎么样?", "我已私下回复你。"),
    ],
)
def test_a_team_account_in_public_gets_these_words_and_a_direct_message(
    office: Office, question: str, words: str
) -> None:
    channel = office.channel(f"team-account-{len(question)}")
    there = office.ask(LI_NA, channel, f"{mention(office)} {question}")
    assert there["text"] == words
    assert [b["text"]["text"] for b in there["blocks"]] == [words]
    room = office.person(LI_NA).opens(tab="messages")
    office.people.waits_until(lambda: "Initech" in (office.from_bot(LI_NA, room) or [""])[-1])


def test_whoever_may_not_see_it_either_gets_the_same_words(office: Office) -> None:
    channel = office.channel("not-yours", JONAS)
    assert PRIVATELY in office.asks_bot(JONAS, channel, "What's our status with Initech?")
    room = office.person(JONAS).opens(tab="messages")
    told = office.people.waits_until(lambda: office.from_bot(JONAS, room))[-1]
    assert "not on the team" in told


def test_a_private_notes_words_go_to_its_author_and_the_channel_hears_of_nothing(
    office: Office,
) -> None:
    channel = office.channel("headhunters", JONAS)
    question = "关于猎头我们知道什么?"
    nothing = office.asks_bot(JONAS, channel, question)
    room = office.person(LI_NA).opens(tab="messages")
    before = len(office.from_bot(LI_NA, room))
    there = office.asks_bot(LI_NA, channel, question)
    private = office.people.waits_until(lambda: office.from_bot(LI_NA, room)[before:], 20)
    assert "猎头" in private[-1]
    assert "只给自己看" in private[-1]
    said = [one.partition('"text": "')[2].partition('"')[0] for one in (nothing, there)]
    assert said[0] == said[1]
    assert "私下" not in there


def test_a_guest_in_a_public_channel_reads_too(office: Office) -> None:
    guest = office.adds("Gast Drei", guest=True)
    channel = office.channel("with-a-guest", guest)
    assert PRIVATELY in office.asks_bot(LI_NA, channel, OWES)
    room = office.person(LI_NA).opens(tab="messages")
    office.people.waits_until(lambda: "INV-10432" in (office.from_bot(LI_NA, room) or [""])[-1])
    assert not [one for one in office.from_bot(guest, channel) if "INV-" in one]


def test_a_channel_shared_or_about_to_be_shared_is_read_by_outsiders(office: Office) -> None:
    channel = office.channel("to-be-shared")
    assert "INV-10432" in office.asks_bot(LI_NA, channel, OWES)
    company = office.people.do("add_team", name="Datamarsh")["id"]
    office.people.do("share_channel", channel=channel, team=company, pending=True)
    office.minutes.ahead += 61  # Slack tells of no invitation
    assert PRIVATELY in office.asks_bot(LI_NA, channel, OWES)
    office.people.do("share_channel", channel=channel, team=company)
    assert PRIVATELY in office.asks_bot(LI_NA, channel, OWES)
    office.people.do("unshare_channel", channel=channel, team=company)
    office.settled()
    assert "INV-10432" in office.asks_bot(LI_NA, channel, OWES)


def test_the_flag_on_the_payload_is_enough(office: Office) -> None:
    channel = office.channel("flagged")
    spoken = office.person(LI_NA).says(channel, f"{mention(office)} {OWES}")
    office.person(LI_NA).waits_for(spoken, from_="KAM", seconds=20)
    sent = office.people.journal("delivery", type="app_mention")[-1]["payload"]
    again = sent | {"event_id": "EvFlagged", "is_ext_shared_channel": True}
    assert office.hears(again) == 200
    told = office.people.waits_until(lambda: office.from_bot(LI_NA, channel, spoken.ts)[1:], 20)
    assert PRIVATELY in told[0]


def test_a_private_channel_is_its_members_as_of_now(office: Office) -> None:
    channel = office.channel("sales-only", PRIYA, private=True)
    assert "41.5" in office.asks_bot(LI_NA, channel, INNER)
    office.person(LI_NA).do("invite", channel=channel, who=JONAS)
    office.settled()
    assert PRIVATELY in office.asks_bot(LI_NA, channel, INNER)
    office.person(LI_NA).do("remove", channel=channel, who=JONAS)
    office.settled()
    assert "41.5" in office.asks_bot(LI_NA, channel, INNER)


def test_a_private_channel_with_somebody_whom_the_book_does_not_list(office: Office) -> None:
    unknown = office.adds("Ula Unbekannt", "ula@example.com")
    channel = office.channel("with-ula", unknown, private=True)
    assert PRIVATELY in office.asks_bot(LI_NA, channel, OWES)


def test_nobody_is_answered_where_slack_does_not_tell_the_readers(office: Office) -> None:
    channel = office.channel("untold")
    office.people.fail("conversations.info", "error", times=50)
    try:
        assert NOT_TOLD in office.asks_bot(LI_NA, channel, OWES)
    finally:
        office.people.do("clear_faults")
    office.people.fail("conversations.members", "error", times=50)
    try:
        assert NOT_TOLD in office.asks_bot(LI_NA, channel, OWES)
    finally:
        office.people.do("clear_faults")


def test_a_room_is_known_for_a_minute_when_slack_does_not_answer_and_then_no_more(
    office: Office,
) -> None:
    channel = office.channel("silent")
    assert "INV-10432" in office.asks_bot(LI_NA, channel, OWES)
    office.people.fail("conversations.info", "error", times=50)
    try:
        assert "INV-10432" in office.asks_bot(LI_NA, channel, OWES)
        office.minutes.ahead += 61
        told = office.asks_bot(LI_NA, channel, OWES)
        assert NOT_TOLD in told
        assert "INV-" not in told
    finally:
        office.people.do("clear_faults")
    assert "INV-10432" in office.asks_bot(LI_NA, channel, OWES)


def test_a_channel_that_is_shared_is_read_by_outsiders_at_once(office: Office) -> None:
    channel = office.channel("shared-now")
    assert "INV-10432" in office.asks_bot(LI_NA, channel, OWES)
    company = office.people.do("add_team", name="Suddenly Ltd")["id"]
    office.people.do("share_channel", channel=channel, team=company)
    office.settled()
    assert PRIVATELY in office.asks_bot(LI_NA, channel, OWES)


def test_a_colleague_who_becomes_a_guest_makes_a_room_one_with_a_guest_at_once(
    office: Office,
) -> None:
    user = office.adds("Bald Gast", "bald@example.com")
    channel = office.channel("soon-a-guest", user)
    assert "INV-10432" in office.asks_bot(LI_NA, channel, OWES)
    office.people.do("change_user", user=user, is_restricted=True)
    office.settled()
    assert PRIVATELY in office.asks_bot(LI_NA, channel, OWES)


def test_a_binding_gives_nobody_rights(office: Office) -> None:
    channel = office.channel("bound-to-initech", JONAS)
    office.person(LI_NA).commands(channel, "/kam bind Initech")
    office.people.waits_until(lambda: office.from_bot(LI_NA, channel), 20)
    for who in (JONAS, LI_NA):
        told = office.asks_bot(who, channel, "What did we promise them?")
        assert "Initech" not in told, "not everybody there may see it"
    bound = office.channel("jonas-binds", JONAS)
    office.person(JONAS).commands(bound, "/kam bind Initech")
    refused = office.people.waits_until(lambda: office.from_bot(JONAS, bound), 20)[-1]
    assert "No account called" in refused


def test_a_room_is_asked_for_anew_after_a_minute_though_no_event_came(office: Office) -> None:
    minutes = Minutes()
    token, where = office.credentials["bot_token"], office.credentials["api_url"]
    directory = Directory(WebClient(token, where), office.face.team, time_of=minutes)
    channel = office.channel("quiet", private=True)
    before = directory.room(channel)
    office.person(LI_NA).do("invite", channel=channel, who=JONAS)
    assert directory.room(channel) == before
    minutes.ahead += 61
    assert len(directory.room(channel).members) == len(before.members) + 1


def test_a_button_pressed_in_public_is_answered_to_the_public(office: Office) -> None:
    channel = office.channel("pressed")
    answer = office.ask(LI_NA, channel, f"{mention(office)} Who is our contact at ACME?")
    sent = {
        "type": "block_actions",
        "team": {"id": office.face.team},
        "user": {"id": answer_user(office), "team_id": office.face.team},
        "api_app_id": office.credentials["app_id"],
        "actions": [{"action_id": "ask_again:0", "action_ts": "1.1", "value": INNER}],
        "channel": {"id": channel},
        "message": answer,
        "container": {"type": "message", "message_ts": answer["ts"], "channel_id": channel},
        "response_url": "http://127.0.0.1:1/none",
    }
    assert office.hears(sent) == 200
    told = office.people.waits_until(
        lambda: office.from_bot(LI_NA, channel, answer["thread_ts"])[1:], 20
    )
    assert PRIVATELY in told[0]


def answer_user(office: Office) -> str:
    """Li Na's user id."""
    users = office.people.do("users")
    return str(next(one["id"] for one in users if one["profile"].get("email") == LI_NA))


def test_what_is_asked_again_under_an_ephemeral_answer_stays_with_the_asker(
    office: Office,
) -> None:
    channel, li_na = office.channel("ephemeral", JONAS), office.person(LI_NA)
    li_na.commands(channel, f"/kam {OWES}")
    first = office.people.waits_until(
        lambda: [one for one in li_na.reads(channel) if "INV-10432" in text_of(one)], 20
    )[0]
    before = len(office.from_bot(LI_NA, channel))
    li_na.presses(first, "ask_again:0")
    office.people.waits_until(lambda: office.from_bot(LI_NA, channel)[before:], 20)
    assert li_na.reads(channel)[-1]["is_ephemeral"]
    assert office.from_bot(JONAS, channel) == []


def test_a_workflow_step_tells_what_everybody_may_see_whomever_it_names(office: Office) -> None:
    henrik = next(one["id"] for one in office.people.do("users") if "henrik" in one["name"])

    def step(question: str) -> str:
        begun = office.person(JONAS).do(
            "run_step", callback_id="ask_kam", inputs={"question": question, "person": henrik}
        )
        key = begun["function_execution_id"]
        done = office.people.waits_until(
            lambda: (
                (one := office.people.do("step", function_execution_id=key))["state"] == "completed"
                and one
            ),
            20,
        )
        return str(done["outputs"]["answer"])

    told = step(OWES)
    assert "INV-10432" in told
    assert "receivables:" in told, "the sources stand below"
    assert "41.5" not in step(INNER)


class TellsLate:
    """Slack, where a user changes while it is asked."""

    def __init__(self) -> None:
        self.directory: Directory | None = None
        self.asked = 0

    def users_info(self, *, user: str, include_locale: bool) -> dict[str, Any]:
        self.asked += 1
        if self.asked == 1:
            assert self.directory
            self.directory.forget_user(user)
        return {"user": {"id": user, "team_id": "T0", "is_restricted": self.asked > 1}}


def test_what_changed_while_slack_was_asked_is_not_kept() -> None:
    slack: Any = TellsLate()
    slack.directory = directory = Directory(slack, "T0")
    assert not directory.member("U1").outside
    assert directory.member("U1").outside
    assert directory.member("U1").outside
    assert slack.asked == 2
