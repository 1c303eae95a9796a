"""Who asks: in doubt nobody is told anything, and everybody is told why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kam_knowledge.store.models import Person
from tests.slack.face.conftest import TODAY, Office, text_of

LI_NA = "li.na@example.com"
OWES = "What does ACME owe us?"
INNER = "What is ACME's margin?"
OUTSIDE = "guests, outside people and shared channels"
UNLISTED = "nobody in the book has your email"
LEFT = "you have left"
NOT_TOLD = "Slack did not tell me who reads this"


@pytest.fixture
def office(http_office: Office) -> Office:
    """The module's office, where the transport makes no difference."""
    return http_office


def forged(office: Office, event_id: str, changes: dict[str, Any], **body: Any) -> str:
    """What is answered to Li Na's direct message, told anew with something else in it."""
    li_na = office.person(LI_NA)
    room = li_na.opens(tab="messages")
    spoken = li_na.says(room, "Tell me, what can you do?")
    li_na.waits_for(spoken, from_="KAM", seconds=20)
    sent = [
        one["payload"]
        for one in office.people.journal("delivery", type="message")
        if one["payload"]["event"]["ts"] == spoken.ts
    ][-1]
    event = {k: v for k, v in (sent["event"] | {"text": OWES} | changes).items() if v is not None}
    before = len(office.from_bot(LI_NA, room, spoken.ts))
    assert office.hears(sent | {"event_id": event_id, "event": event} | body) == 200
    return office.people.waits_until(lambda: office.from_bot(LI_NA, room, spoken.ts)[before:], 20)[
        -1
    ]


def test_a_guest_in_a_direct_message_hears_of_the_method_alone(office: Office) -> None:
    guest = office.adds("Gast Eins", "gast@example.com", guest=True)
    for question in (OWES, "Who is Dana?", "Who are our key accounts?", "How is Initech doing?"):
        told = text_of(office.dm(guest, question))
        assert OUTSIDE in told
        for secret in ("INV-", "Wu", "Kovac", "Globex", "Li Na"):
            assert secret not in told
    assert "share of wallet" in text_of(office.dm(guest, "What is share of wallet?")).casefold()


def test_a_guest_with_a_colleagues_email_is_a_guest(office: Office) -> None:
    guest = office.adds("Gast Zwei", "Li.Na@example.com ".strip(), single_channel=True)
    assert OUTSIDE in text_of(office.dm(guest, OWES))


def test_a_stranger_of_another_company_hears_of_the_method_alone(office: Office) -> None:
    company = office.people.do("add_team", name="Corvexa")["id"]
    stranger = office.adds("Corvin", "corvin@corvexa.example", team=company)
    channel = office.channel("with-corvexa")
    office.people.do("share_channel", channel=channel, team=company)
    office.person(LI_NA).do("invite", channel=channel, who=stranger)
    assert OUTSIDE in office.asks_bot(stranger, channel, OWES)


def test_nobody_is_let_in_without_a_team(office: Office) -> None:
    assert OUTSIDE in forged(office, "EvNoTeam", {"team": None, "user_team": None})


def test_nobody_is_let_in_with_another_team(office: Office) -> None:
    assert OUTSIDE in forged(office, "EvOtherTeam", {"user_team": "T0OTHER"})


def test_a_user_whom_slack_does_not_know_is_not_answered(office: Office) -> None:
    assert NOT_TOLD in forged(office, "EvNobody", {"user": "U0NOBODY"})


def test_somebody_deactivated_is_not_answered(office: Office) -> None:
    kevin = next(one for one in office.people.do("users") if "kevin" in one["name"])
    assert kevin["deleted"]
    assert LEFT in forged(office, "EvGone", {"user": kevin["id"]})


def test_somebody_who_left_as_the_book_says_is_not_answered_though_slack_still_has_them(
    office: Office,
) -> None:
    office.people.do("change_user", user="martin.kehl@example.com", deleted=False)
    assert LEFT in text_of(office.dm("martin.kehl@example.com", OWES))


def test_somebody_has_left_by_the_business_date_and_not_by_the_clock_on_the_wall(
    office: Office,
) -> None:
    chen_bo = "chen.bo@example.com"
    for day, told in ((TODAY + timedelta(days=1), "INV-10432"), (TODAY, LEFT)):
        with office.app.store.write() as session:
            session.scalars(select(Person).where(Person.email == chen_bo)).one().left_on = day
        assert told in text_of(office.dm(chen_bo, OWES))


def test_a_colleague_whom_the_book_does_not_list_is_told_what_to_do(office: Office) -> None:
    office.adds("Nora Neu", "nora.neu@example.com")
    told = text_of(office.dm("nora.neu@example.com", OWES))
    assert UNLISTED in told
    assert "INV-" not in told


def test_a_user_without_an_email_is_nobody_of_ours(office: Office) -> None:
    office.adds("Ohne Post")
    assert UNLISTED in text_of(office.dm("Ohne Post", OWES))


def test_an_email_that_nobody_confirmed_makes_nobody_a_colleague(office: Office) -> None:
    claimed = office.adds("Zhou Q", "priya.raman@example.com")
    office.people.do("change_user", user=claimed, is_email_confirmed=False)
    office.settled()
    assert UNLISTED in text_of(office.dm(claimed, OWES))
    office.people.do("change_user", user=claimed, is_email_confirmed=True)
    office.settled()
    assert "INV-10432" in text_of(office.dm(claimed, OWES))


def test_an_admins_link_wins_over_the_email(office: Office) -> None:
    linked = office.adds("Grace L", "jonas.weber@example.com")
    assert "team" in text_of(office.dm(linked, INNER))
    with office.app.store.write() as session:
        grace = session.scalars(select(Person).where(Person.email == "grace.lin@example.com"))
        grace.one().slack_user_id = linked
    assert "41.5" in text_of(office.dm(linked, INNER))


def test_a_person_is_known_for_a_minute_when_slack_does_not_answer_and_then_no_more(
    office: Office,
) -> None:
    assert "INV-10432" in text_of(office.dm(LI_NA, OWES))
    office.people.fail("users.info", "error", times=50)
    try:
        assert "INV-10432" in text_of(office.dm(LI_NA, OWES))
        office.minutes.ahead += 61
        told = text_of(office.dm(LI_NA, OWES))
        assert NOT_TOLD in told
        assert "INV-" not in told
    finally:
        office.people.do("clear_faults")
    assert "INV-10432" in text_of(office.dm(LI_NA, OWES))


def test_somebody_made_a_guest_is_a_guest_at_once(office: Office) -> None:
    victor = "victor.osei@example.com"
    assert "INV-10432" in text_of(office.dm(victor, OWES))
    office.people.do("change_user", user=victor, is_restricted=True)
    office.settled()
    assert OUTSIDE in text_of(office.dm(victor, OWES))
