"""A card that nobody confirms: one reminder, then a draft of its author's, offered once."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.slack.scheduled import Scheduled
from bot.slack.waiting_notes import CARD, OFFER, WaitingNotes
from kam_knowledge.clock import Clock
from kam_knowledge.store.models import Schedule
from tests.slack.face.conftest import Office, mention, text_of
from tests.slack.face.logging_notes import CHINESE, ENGLISH, card, notes, now, proposal
from tests.slack.face.watching import LI_NA, all_quiet, answers, room_of, said

PRIYA = "priya.raman@example.com"


@pytest.fixture
def office(http_office: Office) -> Office:
    """The module's office, where the transport makes no difference."""
    return http_office


def schedule(office: Office, key: str) -> Schedule:
    """A schedule as it stands."""
    with office.app.store.read() as session:
        found = session.scalars(select(Schedule).where(Schedule.key == key)).one()
        session.expunge_all()
        return found


def time_comes(office: Office, key: str) -> None:
    """Lets the time of a schedule come, and what it does be done."""
    with office.app.store.write() as session:
        row = session.scalars(select(Schedule).where(Schedule.key == key)).one()
        row.next_due_at = before = Clock.now() - timedelta(seconds=1)

    def passed() -> bool:
        row = schedule(office, key)
        return row.state != "due" or row.next_due_at > before

    office.people.waits_until(passed, 20)
    all_quiet(office)


def on_home(office: Office, key: str, *, there: bool = True) -> None:
    """Waits until Li Na's Home shows a draft, or shows it no longer."""
    li_na = office.person(LI_NA)
    office.people.waits_until(lambda: (key in str(li_na.home() or key * (not there))) is there, 20)


def of_card(office: Office, shown: Any) -> str:
    """The schedule of a card."""
    return f"{CARD}:{proposal(office, shown).key}"


def fridays(office: Office, who: str = LI_NA) -> str:
    """The schedule by which somebody is offered drafts."""
    users = office.people.do("users")
    user = next(one["id"] for one in users if one["profile"].get("email") == who)
    return f"{OFFER}:{office.face.team}:{user}"


def drafted(office: Office, subject: str) -> Any:
    """A card of Li Na's that became a draft."""
    spoken = said(office, ENGLISH.format(subject=subject))
    shown = card(office, LI_NA, spoken)
    for _ in range(2):
        time_comes(office, of_card(office, shown))
    return shown


@pytest.mark.parametrize(
    ("said_so", "subject", "reminded", "aside"),
    [
        (ENGLISH, "slow-sheet", "still waits for your yes", "keeps it as a draft"),
        (CHINESE, "迟到清单", "还在等你确认", "其他人看不到"),
    ],
)
def test_a_card_is_brought_to_mind_once_and_then_becomes_a_draft(
    office: Office, said_so: str, subject: str, reminded: str, aside: str
) -> None:
    li_na, room = office.person(LI_NA), room_of(office)
    spoken = said(office, said_so.format(subject=subject))
    shown = card(office, LI_NA, spoken)
    key = of_card(office, shown)
    assert schedule(office, key).next_due_at > Clock.now() + timedelta(hours=3)
    before = len(office.from_bot(LI_NA, room))
    time_comes(office, key)
    told = office.from_bot(LI_NA, room)[before:]
    assert len(told) == 1
    assert reminded in told[0]
    assert subject not in told[0]
    assert "note:confirm" in now(office, LI_NA, shown, spoken.thread), "the card stands"

    time_comes(office, key)
    assert aside in now(office, LI_NA, shown, spoken.thread)
    told = office.from_bot(LI_NA, room)[before:]
    assert len(told) == 1, "there is one reminder, and no second one"
    assert "note:" not in told[0]
    assert notes(office, subject) == [], "nothing is written meanwhile"
    assert proposal(office, shown).state == "waiting"
    li_na.opens(tab="home")
    on_home(office, proposal(office, shown).key)


def test_a_card_that_is_settled_is_never_brought_to_mind(office: Office) -> None:
    spoken = said(office, ENGLISH.format(subject="swift-sheet"))
    shown = card(office, LI_NA, spoken)
    key = of_card(office, shown)
    office.person(LI_NA).presses(shown, "note:confirm")
    all_quiet(office)
    before = office.from_bot(LI_NA, room_of(office))
    time_comes(office, key)
    assert schedule(office, key).state == "done"
    assert office.from_bot(LI_NA, room_of(office)) == before


def test_a_draft_is_opened_from_home_and_saved(office: Office) -> None:
    li_na, room = office.person(LI_NA), room_of(office)
    shown = drafted(office, "late-sheet")
    key = proposal(office, shown).key
    li_na.opens(tab="home")
    on_home(office, key)
    li_na.presses_at_home(f"note:bring:{key}", app=office.credentials["app_id"])
    all_quiet(office)
    again = li_na.reads(room)[-1]
    assert "late-sheet" in text_of(again)
    li_na.presses(again, "note:confirm")
    assert "note:undo" in now(office, LI_NA, again)
    assert len(notes(office, "late-sheet")) == 1
    li_na.opens(tab="home")
    on_home(office, key, there=False)


def test_a_draft_that_is_thrown_away_on_home_is_gone_from_it(office: Office) -> None:
    li_na = office.person(LI_NA)
    shown = drafted(office, "stale-sheet")
    key = proposal(office, shown).key
    li_na.opens(tab="home")
    on_home(office, key)
    li_na.presses_at_home(f"note:discard:{key}", app=office.credentials["app_id"])
    all_quiet(office)
    assert proposal(office, shown).state == "cancelled"
    on_home(office, key, there=False)
    assert notes(office, "stale-sheet") == []


def test_a_reminder_shows_the_card_in_its_place_and_no_longer_where_it_stood(
    office: Office,
) -> None:
    li_na, room = office.person(LI_NA), room_of(office)
    spoken = said(office, ENGLISH.format(subject="shown-sheet"))
    shown = card(office, LI_NA, spoken)
    time_comes(office, of_card(office, shown))
    told = li_na.reads(room)[-1]
    li_na.presses(told, "note:open")
    assert "shown-sheet" in now(office, LI_NA, told)
    assert "note:" not in now(office, LI_NA, shown, spoken.thread)
    li_na.presses(li_na.reads(room)[-1], "note:confirm")
    assert "note:undo" in now(office, LI_NA, told)
    assert len(notes(office, "shown-sheet")) == 1


def test_drafts_are_offered_once_on_a_friday_afternoon_where_their_author_lives(
    office: Office,
) -> None:
    li_na, room = office.person(LI_NA), room_of(office)
    shown = drafted(office, "friday-sheet")
    key = proposal(office, shown).key
    due = schedule(office, fridays(office)).next_due_at
    assert (due.weekday(), due.hour) == (4, 7), "three in the afternoon in Shanghai"
    before = len(office.from_bot(LI_NA, room))
    time_comes(office, fridays(office))
    told = office.from_bot(LI_NA, room)[before:]
    assert len(told) == 1
    assert key in told[0]
    other = drafted(office, "next-sheet")
    before = len(office.from_bot(LI_NA, room))
    time_comes(office, fridays(office))
    (told_again,) = office.from_bot(LI_NA, room)[before:]
    assert key not in told_again, "each is offered once"
    assert proposal(office, other).key in told_again
    message = li_na.reads(room)[-1]
    li_na.presses(message, f"note:discard:{proposal(office, other).key}")
    assert "note:" not in now(office, LI_NA, message) or key in now(office, LI_NA, message)
    assert proposal(office, other).state == "cancelled"


def test_a_draft_is_its_authors_alone_though_its_card_stood_before_the_team(
    office: Office,
) -> None:
    channel = office.channel("team-drafts", PRIYA, private=True)
    spoken = office.person(LI_NA).says(
        channel, f"{mention(office)} {ENGLISH.format(subject='aside-sheet')}"
    )
    shown = card(office, LI_NA, spoken)
    seen_before = shown
    for _ in range(2):
        time_comes(office, of_card(office, shown))
    standing = now(office, PRIYA, shown, spoken.thread)
    assert "aside-sheet" not in standing
    assert "ACME" not in standing
    body = pressed(office, PRIYA, seen_before)
    assert office.hears(body) == 200
    all_quiet(office)
    assert notes(office, "aside-sheet") == []
    assert "only whoever asked for it" in office.from_bot(PRIYA, room_of(office, PRIYA))[-1]


def pressed(office: Office, who: str, shown: Any) -> dict[str, Any]:
    """The payload of somebody who presses Confirm on a card that they see no longer."""
    users = office.people.do("users")
    user = next(one for one in users if one["profile"].get("email") == who)
    return {
        "type": "block_actions",
        "team": {"id": office.face.team},
        "user": {"id": user["id"], "team_id": office.face.team},
        "container": {"channel_id": shown["channel"], "message_ts": shown["ts"]},
        "channel": {"id": shown["channel"]},
        "message": {"ts": shown["ts"], "thread_ts": shown.get("thread_ts")},
        "actions": [
            {
                "type": "button",
                "action_id": "note:confirm",
                "action_ts": "1.5",
                "value": proposal(office, shown).key,
                "block_id": "b",
            }
        ],
        "api_app_id": office.credentials["app_id"],
        "trigger_id": "stale",
    }


def test_a_draft_that_nobody_wants_ends_after_thirty_days(office: Office) -> None:
    shown = drafted(office, "old-sheet")
    row = proposal(office, shown)
    assert timedelta(days=29) < row.expires_at - Clock.now() <= timedelta(days=30)
    time_comes(office, of_card(office, shown))
    assert proposal(office, shown).state == "cancelled"
    assert schedule(office, of_card(office, shown)).state == "done"


def test_several_processes_bring_a_card_to_mind_once(office: Office) -> None:
    spoken = said(office, ENGLISH.format(subject="raced-sheet"))
    shown = card(office, LI_NA, spoken)
    before = len(office.from_bot(LI_NA, room_of(office)))
    with office.app.store.write() as session:
        row = session.scalars(select(Schedule).where(Schedule.key == of_card(office, shown))).one()
        row.next_due_at = Clock.now() - timedelta(seconds=1)
    others = [Scheduled(office.app, WaitingNotes(office.app).does) for _ in range(4)]
    threads = [
        threading.Thread(target=one.work, args=(f"other {number}",))
        for number, one in enumerate(others)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    office.people.waits_until(
        lambda: schedule(office, of_card(office, shown)).next_due_at > Clock.now(), 20
    )
    all_quiet(office)
    assert len(office.from_bot(LI_NA, room_of(office))) == before + 1
    assert len(answers(office, spoken)) == 1
