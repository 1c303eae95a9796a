"""What stands beside an answer: prompts, the status, feedback, words of `/kam`."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from kam_knowledge.store.models import AuditEntry
from tests.slack.face.conftest import Office, mention, text_of
from tests.slack.face.watching import LI_NA, OWES, all_quiet, answers, room_of, said

ZHOU = "zhou.qiang@example.com"


@pytest.fixture
def office(http_office: Office) -> Office:
    """The module's office, where the transport makes no difference."""
    return http_office


def prompts(office: Office, who: str) -> list[str]:
    person = office.person(who)
    room = person.opens(tab="messages")
    found = office.people.waits_until(lambda: person.thread(room)["prompts"])
    return [one["message"] for one in found]


def test_the_prompts_are_about_the_persons_own_accounts_in_their_language(office: Office) -> None:
    mine = prompts(office, LI_NA)
    assert 1 <= len(mine) <= 4
    assert any("ACME Corp" in one for one in mine)
    theirs = prompts(office, ZHOU)
    assert not any("ACME" in one for one in theirs)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in "".join(theirs))


def test_every_prompt_that_is_suggested_has_an_answer(office: Office) -> None:
    for one in prompts(office, LI_NA):
        told = answers(office, said(office, one))
        assert len(told) == 1
        assert "[1]" in told[0], one


def test_who_may_not_ask_is_suggested_nothing(office: Office) -> None:
    unknown = office.adds("Uta Unknown", "uta@example.com")
    room = office.person(unknown).opens(tab="messages")
    all_quiet(office)
    assert office.person(unknown).thread(room)["prompts"] == []


def test_the_agent_view_shows_that_somebody_is_at_work_and_then_the_answer(office: Office) -> None:
    spoken = said(office, OWES)
    assert len(answers(office, spoken)) == 1
    (shown,) = [
        one["args"]
        for one in office.people.calls("assistant.threads.setStatus")
        if one["args"].get("thread_ts") == spoken.ts
    ]
    assert shown["status"]
    assert office.person(LI_NA).thread(room_of(office), spoken.ts)["status"] == ""


def test_an_answer_does_not_wait_for_its_status(office: Office) -> None:
    office.people.fail("assistant.threads.setStatus", "error")
    assert len(answers(office, said(office, OWES))) == 1


def feedback(office: Office) -> list[tuple[str, Any]]:
    with office.app.store.read() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.act == "feedback"))
        return [(one.outcome, one.detail) for one in rows]


def test_what_people_think_of_an_answer_is_kept_with_the_answer_and_no_text(
    office: Office,
) -> None:
    channel = office.channel("thumbs")
    answer = office.ask(LI_NA, channel, f"{mention(office)} {OWES}")
    li_na = office.person(LI_NA)
    for value in ("useful", "not_useful"):
        li_na.presses(answer, "feedback", value)
        all_quiet(office)
    assert [one for one, _ in feedback(office)] == ["useful", "not_useful"]
    where = {"message": answer["ts"], "conversation": feedback(office)[0][1]["conversation"]}
    assert [detail for _, detail in feedback(office)] == [where] * 2
    assert where["conversation"].endswith(f"{channel}:{answer['thread_ts']}")
    assert len(office.from_bot(LI_NA, channel, answer["thread_ts"])) == 1, "nobody is told"


@pytest.mark.parametrize("text", ["ask What does ACME owe us?", "What does ACME owe us?"])
def test_a_command_asks_with_or_without_the_word(office: Office, text: str) -> None:
    channel = office.channel(f"asks-{len(text)}")
    office.person(LI_NA).commands(channel, f"/kam {text}")
    (told,) = office.people.waits_until(lambda: office.from_bot(LI_NA, channel), 20)
    assert "INV-10432" in told


def test_a_command_alone_shows_what_may_be_asked(office: Office) -> None:
    channel = office.channel("alone")
    office.person(LI_NA).commands(channel, "/kam")
    (told,) = office.people.waits_until(lambda: office.from_bot(LI_NA, channel), 20)
    assert "ACME Corp" in told


def test_nothing_that_we_post_unfurls(office: Office) -> None:
    assert len(answers(office, said(office, OWES))) == 1
    for one in office.people.calls("chat.postMessage"):
        given = one["args"]
        assert given["unfurl_links"] in (False, "false", "False", "0"), given
        assert given["unfurl_media"] in (False, "false", "False", "0")


def test_the_business_day_is_that_of_the_persons_slack_settings_where_none_is_on_record(
    office: Office,
) -> None:
    team, user = office.face.team, user_of(office)
    office.people.do("change_user", user=LI_NA, tz="Pacific/Auckland")
    office.settled()
    asker = office.face.desks.of(team).home.identities.asker(user, team, team)
    assert str(office.app.clock(None, asker.tz).moment.tzinfo) == "Pacific/Auckland"
    assert asker.person is not None
    on_record = asker.person.time_zone
    assert on_record
    assert str(office.app.clock(asker.person, asker.tz).moment.tzinfo) == on_record


def user_of(office: Office) -> str:
    users = office.people.do("users")
    return str(next(one["id"] for one in users if one["profile"].get("email") == LI_NA))


def test_an_answer_reads_as_one_message(office: Office) -> None:
    answer = office.ask(LI_NA, office.channel("reads"), f"{mention(office)} {OWES}")
    kinds = [one["type"] for one in answer["blocks"]]
    assert kinds[0] == "section"
    assert kinds[-1] == "context_actions"
    assert kinds.count("context") == 1, "the sources stand together, a line each"
    assert "INV-10432" in text_of(answer)
