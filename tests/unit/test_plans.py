"""Plans without a store: three-way merge, what moved, completeness, goals that can be held."""

from __future__ import annotations

import random
from datetime import date

import pytest

from kam_knowledge.analysis.goals import SIGNING, counted_back, faults, is_vague, steps_to_a_meeting
from kam_knowledge.plans.comparing import differences, stale
from kam_knowledge.plans.completeness import completeness
from kam_knowledge.plans.merging import merge
from kam_knowledge.plans.sections import Fact, Gap, Section, Written

TODAY = date(2026, 11, 21)
BASE = "one\ntwo\nthree\nfour"


def test_a_new_draft_goes_in_where_nobody_changed_anything() -> None:
    assert merge(BASE, BASE, "one\nzwei\nthree\nfour").text == "one\nzwei\nthree\nfour"


def test_a_persons_line_is_kept_and_the_draft_changes_the_others() -> None:
    found = merge(BASE, "one\ntwo, as we know\nthree\nfour", "one\ntwo\nthree\nvier\nfive")
    assert found.text == "one\ntwo, as we know\nthree\nvier\nfive"
    assert found.clashes == ()


def test_where_both_changed_a_line_the_persons_stands_and_the_drafts_is_told() -> None:
    found = merge(BASE, "one\nmine\nthree\nfour", "one\nnew\nthree\nfour")
    assert found.text == "one\nmine\nthree\nfour"
    assert found.clashes == ("new",)


def test_what_a_person_added_stands_and_what_they_took_out_stays_out() -> None:
    found = merge(BASE, "one\nthree\nfour\nmine", "one\ntwo\nthree\nvier")
    assert "mine" in found.text
    assert "two" not in found.text.split("\n")


@pytest.mark.parametrize("seed", range(40))
def test_no_line_that_a_person_wrote_is_ever_lost(seed: int) -> None:
    chance = random.Random(seed)
    base = [f"line {n}" for n in range(chance.randrange(0, 12))]
    own, draft = list(base), list(base)
    written = []
    for n in range(chance.randrange(1, 6)):
        line = f"a person's {n}"
        written.append(line)
        at = chance.randrange(len(own) + 1)
        own[at : at + chance.randrange(0, 2)] = [line]
    written = [line for line in written if line in own]
    for n in range(chance.randrange(0, 8)):
        at = chance.randrange(len(draft) + 1)
        draft[at : at + chance.randrange(0, 3)] = [f"a draft's {n}"]
    found = merge("\n".join(base), "\n".join(own), "\n".join(draft)).text.split("\n")
    for line in written:
        assert found.count(line) == own.count(line)


def fact(n: int, where: str, quote: str, kind: str = "record", day: str = "2026-11-01") -> Fact:
    return Fact(n, kind, where, where, day, quote)


def section(*facts: Fact, text: str = "", **more: object) -> Section:
    return Section("relationships", text, text, facts, **more)  # type: ignore[arg-type]


def test_a_section_is_stale_where_a_fact_reads_otherwise_has_gone_or_is_new() -> None:
    kept = section(
        fact(1, "contacts:A", "support=supporter"), fact(2, "contacts:B", "support=neutral")
    )
    now = section(
        fact(1, "contacts:A", "support=neutral", day="2026-11-20"),
        fact(2, "contacts:C", "name=C"),
    )
    moved = {(one.kind, one.where) for one in stale(kept, now)}
    assert moved == {
        ("changed", "contacts:A"), ("gone", "contacts:B"), ("new", "contacts:C")
    }  # fmt: skip
    changed = next(one for one in stale(kept, now) if one.kind == "changed")
    assert changed.after is not None
    assert changed.after.date == "2026-11-20"


def test_a_day_that_has_passed_makes_nothing_stale() -> None:
    before = fact(1, "silences (P-2)", "2026-11-20 - 2026-06-04 = 169 days; cadence 60 days")
    after = fact(1, "silences (P-2)", "2026-11-21 - 2026-06-04 = 170 days; cadence 60 days")
    kept, now = (Section("a", "", "", (Fact(**{**vars(one), "kind": "computed"}),))
                 for one in (before, after))  # fmt: skip
    assert stale(kept, now) == ()


def test_what_changed_is_told_by_section_with_the_lines_that_people_wrote() -> None:
    before = [section(fact(1, "a", "x"), text="- old [1]\n- same [1]")]
    after = [
        section(
            fact(1, "a", "y"),
            text="- new [1]\n- same [1]\n- ours",
            written=(Written("- ours", 1, "Li Na", "2026-11-21"),),
        )
    ]
    (one,) = differences(before, after)
    assert one.added == ("- new [1]", "- ours")
    assert one.removed == ("- old [1]",)
    assert one.written == ("- ours",)
    assert differences(before, before) == []


def test_the_score_is_the_mean_of_the_sections_shares_with_its_numbers() -> None:
    found = completeness(
        [
            Section("a", "", "", met=("x", "y", "z"), gaps=(Gap("w", {}),)),
            Section("b", "", "", met=(), gaps=(Gap("v", {}),)),
            Section("c", "", ""),
        ]
    )
    assert found.score == 38  # (3/4 + 0/1) / 2
    assert found.formula == "(a 3/4 + b 0/1) / 2 = 38 %"
    assert [gap.code for _, gap in found.missing] == ["w", "v"]


@pytest.mark.parametrize(
    ("text", "vague"),
    [
        ("Improve relationship with IT", True),
        ("Support the pilot", True),
        ("Increase revenue", True),
        ("加强与采购的关系", True),
        ("持续跟进试点", True),
        ("Contract signed by procurement", False),
        ("Increase revenue by 10 %", False),
        ("Replace Corvexa in Rotterdam", False),
        ("中标通知书到手", False),
    ],
)
def test_an_effort_is_vague_and_a_result_is_not(text: str, vague: bool) -> None:
    assert is_vague(text) is vague


def test_a_goal_lacks_what_nobody_could_be_held_to() -> None:
    assert faults("Improve relations", owner=False, due=None) == ("no_owner", "no_date", "vague")
    assert faults("Improve relations", owner=True, due=TODAY, measured=True) == ()
    assert faults("Order signed", owner=True, owner_left=True, due=TODAY) == ("owner_left",)


def test_the_january_meeting_is_counted_back_as_in_the_worked_example() -> None:
    steps = {one.step: one.due for one in steps_to_a_meeting(date(2027, 1, 4), date(2026, 9, 1))}
    assert steps == {
        "strengthen": date(2026, 10, 12),  # from October
        "value": date(2026, 11, 23),  # by the end of November
        "arrange": date(2026, 12, 7),  # before mid-December
    }


@pytest.mark.parametrize("ahead", [1, 3, 10, 30, 60, 90, 200])
def test_no_step_falls_before_today_and_they_keep_their_order(ahead: int) -> None:
    day = date.fromordinal(TODAY.toordinal() + ahead)
    days = [one.due for one in steps_to_a_meeting(day, TODAY)]
    assert days == sorted(days)
    assert all(TODAY <= one <= day for one in days)


def test_milestones_are_counted_back_from_the_signature() -> None:
    found = counted_back(date(2027, 3, 1), SIGNING)
    assert [one.step for one in found] == ["pilot", "offer", "legal", "signed"]
    assert found[0].due == date(2027, 1, 18)
    assert found[0].formula == "2027-03-01 - 6 weeks = 2027-01-18"
