"""Which lines a digest shows, whoever it is for."""

from __future__ import annotations

from datetime import date

from bot.digest.line import FIRST, LAST, NEXT, Line
from bot.digest.ranking import SHOWN, chosen, steps

DAY = date(2026, 11, 23)


def line(kind: str, row: int, *, account: int = 1, tier: int = FIRST, order: int = 0) -> Line:
    return Line(kind, account, f"rows:{row}", tier, (order, row), DAY, lambda _: ("", []))


def named(lines: list[Line]) -> list[str]:
    return [one.key for one in lines]


def test_seven_lines_at_most_and_the_first_tier_before_the_others() -> None:
    lines = [line("rival", n, tier=NEXT, account=n) for n in range(9)]
    found = chosen([*lines, line("invoice", 50, tier=FIRST, account=50)])
    assert len(found) == SHOWN
    assert found[0].key == "invoice:rows:50"


def test_one_thing_over_and_over_leaves_room_for_another_of_its_tier() -> None:
    promises = [line("own_promise", n, account=n) for n in range(8)]
    found = chosen([*promises, line("invoice", 50, account=50, order=4)])
    assert "invoice:rows:50" in named(found)
    assert named(found)[:2] == ["own_promise:rows:0", "own_promise:rows:1"]
    assert named(found) == [one.key for one in sorted(found, key=lambda one: one.rank)]


def test_what_was_folded_makes_room() -> None:
    lines = [line("own_promise", n, account=n) for n in range(9)]
    found = chosen(lines, {"own_promise:rows:0"})
    assert "own_promise:rows:0" not in named(found)
    assert len(found) == SHOWN


def test_a_step_an_account_with_what_else_speaks_for_it() -> None:
    lines = [
        line("own_promise", 1, account=1),
        line("own_promise", 2, account=2),
        line("renewal", 3, account=1, order=2),
        line("deal_won", 4, account=3, tier=LAST),
    ]
    found = steps(lines, chosen(lines))
    assert [named(ones) for ones in found] == [
        ["own_promise:rows:1", "renewal:rows:3"],
        ["own_promise:rows:2"],
        ["deal_won:rows:4"],
    ]


def test_a_single_account_still_gets_three_steps() -> None:
    lines = [line(kind, n) for n, kind in enumerate(("own_promise", "renewal", "deal"))]
    assert len(steps(lines, chosen(lines))) == 3


def test_what_changes_in_a_line_makes_it_another_one() -> None:
    before = line("invoice", 1)
    assert before.state == line("invoice", 1).state
    assert before.state != line("invoice", 1, tier=NEXT).state
