"""Corrections, checklists, merges and copies of notes on the terminal, over the sample book."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Activity, Contact, Interaction
from tests.integration.conftest import Kam

LI_NA, ZHOU = "li.na@example.com", "zhou.qiang@example.com"
NOTE = "Log: met Dana Wu of ACME today; I'll send the TCO by Thu. Dana sends the dates by Friday."
Say = Callable[[str], str]


@pytest.fixture
def home(sample_home: Path, tmp_path: Path) -> Path:
    """A home of the test's own, with the sample book."""
    found = tmp_path / "correcting"
    shutil.copytree(sample_home, found)
    return found


@pytest.fixture
def say(kam: Kam, home: Path) -> Say:
    """Says something in one conversation of Li Na's."""
    return lambda text: kam("ask", text, "--as", LI_NA, "--thread", "t", home=home).stdout


def one(home: Path, name: str) -> Contact:
    """The contact of that name."""
    store = Store.at(home / "kam.sqlite3")
    with store.read() as session:
        found = session.scalars(select(Contact).where(Contact.name == name)).one()
        session.expunge_all()
    store.close()
    return found


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("no, that was the CIO", "Dana Wu → Robert Hale"),
        ("不对,是 CIO", "Dana Wu → Robert Hale"),
        ("No, that was Robert Hale", "Dana Wu → Robert Hale"),
        ("No, it was yesterday", "2026-11-21 → 2026-11-20"),
        ("不对,是昨天", "2026-11-21 → 2026-11-20"),
        ("it was a call, not a meeting", "meeting → call"),
        ("Wrong account, I meant Globex", "ACME Corp → Globex"),
    ],
)
@pytest.mark.parametrize("saved", [True, False])
def test_a_note_is_put_right_before_and_after_it_was_saved(
    say: Say, said: str, shown: str, saved: bool
) -> None:
    say(NOTE)
    if saved:
        assert "Saved" in say("yes")
    told = say(said)
    assert shown in told or shown.replace("meeting → call", "会面 → 电话") in told
    assert "note-" in say("yes")


def test_a_title_on_record_is_put_right_and_the_undo_brings_it_back(say: Say, home: Path) -> None:
    told = say("Dana Wu's title is wrong, she is the CIO")
    assert "Chief Technology Officer → CIO" in told
    assert one(home, "Dana Wu").title == "Chief Technology Officer"
    say("yes")
    assert one(home, "Dana Wu").title == "CIO"
    assert "Taken back" in say("undo my last entry")
    assert one(home, "Dana Wu").title == "Chief Technology Officer"


def test_a_colleagues_account_is_not_to_be_corrected(kam: Kam, home: Path) -> None:
    told = kam("ask", "Dana Wu's title is wrong, she is the CIO", "--as", ZHOU, home=home)
    assert "Shall I write" not in told.stdout
    left = kam("ask", "Jan Kessler left ACME yesterday", "--as", ZHOU, home=home)
    assert "☑" not in left.stdout


@pytest.mark.parametrize(
    ("said", "day"), [("Li Wei left in June", "2026-06-30"), ("李伟6月30日离职了", "2026-06-30")]
)
def test_who_left_opens_the_checklist(say: Say, home: Path, said: str, day: str) -> None:
    told = say(said)
    assert "P-8" in told
    assert "He Jing" in told, "who came after"
    assert "ACME-MSA-2" in told, "the renewal at risk"
    assert "Victor Osei" in told, "the sponsor's call"
    say("yes")
    assert str(one(home, "Li Wei").left_on) == day
    assert "Sponsor call" in say("What is open with ACME?") or "高层致电" in say(
        "ACME还有哪些没完成?"
    )


def test_only_the_steps_that_are_chosen_are_written(kam: Kam, say: Say, home: Path) -> None:
    told = say("Jan Kessler left ACME on 2026-11-10")
    (key,) = re.findall(r"proposal-[0-9a-f]+", told)
    assert kam("confirm", key, "--as", LI_NA, "--only", "x", home=home).returncode == 2
    kam("confirm", key, "--as", LI_NA, "--only", "1", home=home)
    assert str(one(home, "Jan Kessler").left_on) == "2026-11-10"
    assert "Sponsor call after" not in say("What is open with ACME?")


@pytest.mark.parametrize(
    "asked", ["Has Jan Kessler left?", "唐睿离职了吗?", "When did Li Wei leave?"]
)
def test_who_asks_whether_somebody_left_is_answered_and_nothing_is_proposed(
    say: Say, asked: str
) -> None:
    assert "☑" not in say(asked)


def test_two_records_become_one_with_all_that_named_them_and_two_again(
    say: Say, home: Path
) -> None:
    gone, kept = one(home, "D. Wu"), one(home, "Dana Wu")
    before = touched(home, gone.id)
    assert before[0], "an activity names the record that goes"
    assert "takes D. Wu over" in say("merge D. Wu and Dana Wu")
    say("yes")
    assert one(home, "D. Wu").retracted
    assert touched(home, gone.id) == ([], [])
    assert "Dana Wu is Chief Technology Officer" in say("Who is D. Wu?")
    assert "Taken back" in say("undo")
    assert not one(home, "D. Wu").retracted
    assert touched(home, gone.id) == before
    assert one(home, "Dana Wu").aliases == kept.aliases


def touched(home: Path, contact_id: int) -> tuple[list[int], list[int]]:
    """The activities and the touches of notes that name a contact."""
    store = Store.at(home / "kam.sqlite3")
    with store.read() as session:
        activities = session.scalars(select(Activity)).all()
        touches = session.scalars(select(Interaction)).all()
        found = (
            [row.id for row in activities if contact_id in row.contact_ids],
            [row.id for row in touches if contact_id in row.contact_ids],
        )
    store.close()
    return found


def test_a_receipt_names_the_goal_it_touches_and_what_to_ask_next(
    kam: Kam, say: Say, home: Path
) -> None:
    say("Log: met Dana Wu of ACME; she will present the migration case to the board herself.")
    told = json.loads(kam("ask", "yes", "--as", LI_NA, "--thread", "t", "--json", home=home).stdout)
    assert "Win back Dana Wu's open support" in told["answer"]
    assert "Draft the recap for the attendees" in told["suggestions"]


def test_the_recap_holds_what_both_sides_agreed_and_nothing_that_is_ours(
    kam: Kam, home: Path
) -> None:
    text = (
        "met Dana Wu of ACME today. I'll send the TCO by Thu. Dana will send the board date by "
        "Friday. Chen Bo will check the discount floor with finance internally. "
        "I'll win over Robert Hale, who is a blocker. I'll send the comparison with Corvexa."
    )
    logged = json.loads(kam("log", text, "--as", LI_NA, "--yes", "--json", home=home).stdout)
    told = kam("recap", logged["note"], "--as", LI_NA, "--language", "en", home=home).stdout
    assert "Send the TCO" in told
    assert "board date" in told
    for ours in ("discount", "blocker", "Corvexa", "win over", "@example.com"):
        assert ours not in told, ours
    chinese = kam("recap", logged["note"], "--as", LI_NA, "--language", "zh", home=home).stdout
    assert "贵方" in chinese
    denied = kam("recap", logged["note"], "--as", ZHOU, home=home)
    assert denied.returncode == 2
    form = kam("crm", logged["note"], "--as", LI_NA, home=home).stdout
    assert "account: ACME Corp" in form


def test_a_chinese_customer_gets_a_chinese_recap(kam: Kam, home: Path) -> None:
    text = "记录：今天拜访了华远的郑总，我周四前发报价，他们下周五前给合同"
    logged = json.loads(kam("log", text, "--as", LI_NA, "--yes", "--json", home=home).stdout)
    told = kam("recap", logged["note"], "--as", LI_NA, home=home).stdout
    assert "郑国栋：您好" in told
    assert "发报价" in told


def test_notes_that_wait_are_listed_and_settled(kam: Kam, home: Path) -> None:
    logged = json.loads(kam("log", NOTE, "--as", LI_NA, "--json", home=home).stdout)
    (waits,) = json.loads(kam("drafts", "--as", LI_NA, "--json", home=home).stdout)
    assert waits["proposal"] == logged["proposal"]
    assert json.loads(kam("drafts", "--as", ZHOU, "--json", home=home).stdout) == []
    kam("cancel", logged["proposal"], "--as", LI_NA, home=home)
    assert logged["proposal"] not in kam("drafts", "--as", LI_NA, home=home).stdout
