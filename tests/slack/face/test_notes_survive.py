"""A process killed at any step of logging loses no confirmed note and stores none twice."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.local_workspace.people import Spoken
from bot.local_workspace.running import RunningWorkspace
from bot.local_workspace.seed import from_workbook
from kam_knowledge.clock import Clock
from kam_knowledge.sample_book import SampleBook
from kam_knowledge.store.models import Action, Note, Passage, Proposal, Schedule
from tests.slack.face.conftest import TODAY, text_of
from tests.slack.face.logging_notes import ENGLISH
from tests.slack.face.test_serving import LI_NA, Serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def serving(
    tmp_path_factory: pytest.TempPathFactory, sample_home: Any, sample_book: SampleBook
) -> Iterator[Serving]:
    home = tmp_path_factory.mktemp("surviving") / "kam"
    shutil.copytree(sample_home, home)
    with RunningWorkspace(from_workbook(sample_book.workbook, TODAY, limits=False)) as running:
        found = Serving(home, running)
        found.runs()
        yield found
        found.ends(signal.SIGKILL)
        found.store.close()


def logs(serving: Serving, subject: str) -> Spoken:
    """A direct message of Li Na's that is to be logged."""
    li_na = serving.people.person(LI_NA)
    return li_na.says(li_na.opens(tab="messages"), ENGLISH.format(subject=subject))


def messages(serving: Serving, spoken: Spoken, words: str) -> list[Any]:
    """What the bot shows in the thread with these words in it."""
    found = serving.people.person(LI_NA).reads(spoken.channel, spoken.thread)
    return [one for one in found if one.get("bot_id") and words in text_of(one)]


def stored(serving: Serving, subject: str) -> tuple[int, int, int]:
    """How many notes, promises and passages of these words there are."""
    counted = (
        select(func.count()).where(Note.text.contains(subject), Note.removed.is_(False)),
        select(func.count()).where(Action.action.contains(subject), Action.retracted.is_(False)),
        select(func.count()).where(Passage.text.contains(subject)),
    )
    with serving.store.read() as session:
        notes, promises, passages = (session.scalar(one) or 0 for one in counted)
    return notes, promises, passages


def card(serving: Serving, spoken: Spoken) -> Any:
    """The card below a message."""
    return serving.waits(lambda: messages(serving, spoken, "note:confirm"))[-1]


def test_killed_while_it_reads_a_message_it_shows_one_card(serving: Serving) -> None:
    serving.people.fail("users.info", "slow", seconds=3)
    spoken = logs(serving, "read-sheet")
    serving.waits_for_call("users.info")
    serving.waits(lambda: serving.people.journal("delivery", type="message", acked=True))
    serving.ends(signal.SIGKILL)
    serving.people.do("clear_faults")
    serving.runs()
    card(serving, spoken)
    serving.settled()
    assert len(messages(serving, spoken, "note:confirm")) == 1
    assert stored(serving, "read-sheet") == (0, 0, 0)


@pytest.mark.parametrize("times", [1, 2])
def test_killed_while_a_card_or_a_receipt_is_delivered_it_stores_the_note_once(
    serving: Serving, times: int
) -> None:
    subject = f"killed-{times}-sheet"
    serving.runs()
    serving.settled()
    if times == 1:  # amid the card
        serving.people.fail("chat.postMessage", "slow", seconds=2)
    spoken = logs(serving, subject)
    if times == 1:
        serving.waits_for_call("chat.postMessage")
        serving.ends(signal.SIGKILL)
        serving.runs()
    shown = card(serving, spoken)
    serving.settled()
    serving.people.do("clear_faults")
    if times == 2:  # amid the receipt: the note is written, and nobody has heard of it
        serving.people.fail("chat.update", "slow", seconds=3)
    serving.people.person(LI_NA).presses(shown, "note:confirm")
    if times == 2:
        serving.waits_for_call("chat.update")
        serving.ends(signal.SIGKILL)
        serving.people.do("clear_faults")
        serving.runs()
    serving.waits(lambda: messages(serving, spoken, "note:undo"))
    serving.settled()
    assert stored(serving, subject) == (1, 1, 1)
    assert messages(serving, spoken, "note:confirm") == []
    assert len(messages(serving, spoken, "note:undo")) == 1


def test_killed_amid_a_reminder_it_reminds_once(serving: Serving) -> None:
    serving.runs()
    spoken = logs(serving, "reminded-sheet")
    card(serving, spoken)
    serving.settled()
    li_na = serving.people.person(LI_NA)
    room = li_na.opens(tab="messages")
    serving.ends(signal.SIGKILL)
    with serving.store.write() as session:
        key = session.scalars(select(Proposal.key).order_by(Proposal.id.desc())).first()
        row = session.scalars(select(Schedule).where(Schedule.key == f"note_card:{key}")).one()
        row.next_due_at = Clock.now() - timedelta(days=3)
        # Another process had begun and died; it ran on this machine no more.
        row.lease_owner, row.lease_until = "gone", Clock.now() - timedelta(seconds=1)
    serving.people.fail("chat.postMessage", "slow", seconds=2)
    before = len(li_na.reads(room))
    serving.runs()
    serving.waits_for_call("chat.postMessage")
    serving.ends(signal.SIGKILL)
    serving.people.do("clear_faults")
    serving.runs()
    serving.settled()
    told = [text_of(one) for one in li_na.reads(room)[before:]]
    assert len([one for one in told if "still waits for your yes" in one]) == 1
    assert stored(serving, "reminded-sheet") == (0, 0, 0)
