"""What comes first in a day (P-2, P-4, P-11)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam_knowledge.analysis.renewals import renewal_step
from kam_knowledge.analysis.urgency import Matter, urgency

MATTERS = st.sampled_from(list(Matter))


def first(*items: tuple[Matter, int]) -> tuple[Matter, int]:
    return min(items, key=lambda item: urgency(*item))


def test_what_cannot_be_moved_comes_first_then_our_own_broken_word() -> None:
    morning = [
        (Matter.SILENCE, 200),
        (Matter.INVOICE, 300),
        (Matter.COMPLAINT, 60),
        (Matter.OWN_PROMISE, 1),
        (Matter.MEETING, 0),
    ]
    ranked = sorted(morning, key=lambda item: urgency(*item))
    assert [matter for matter, _ in ranked] == [
        Matter.MEETING,
        Matter.OWN_PROMISE,
        Matter.COMPLAINT,
        Matter.INVOICE,
        Matter.SILENCE,
    ]


def test_a_notice_date_two_weeks_off_is_as_urgent_as_a_broken_promise() -> None:
    assert first((Matter.RENEWAL, -14), (Matter.COMPLAINT, 90)) == (Matter.RENEWAL, -14)
    assert first((Matter.RENEWAL, -15), (Matter.COMPLAINT, 90)) == (Matter.COMPLAINT, 90)


def test_a_meeting_ahead_can_wait_one_today_cannot() -> None:
    assert first((Matter.MEETING, -1), (Matter.SILENCE, 1)) == (Matter.SILENCE, 1)
    assert first((Matter.MEETING, 0), (Matter.OWN_PROMISE, 99)) == (Matter.MEETING, 0)


@given(MATTERS, st.integers(1, 500), st.integers(1, 500), st.booleans())
def test_of_two_of_a_kind_the_later_one_comes_first(
    matter: Matter, days: int, more: int, key: bool
) -> None:
    late = urgency(matter, days + more, key_account=key)
    assert late < urgency(matter, days, key_account=key)


@given(MATTERS, st.integers(-100, 500))
def test_a_key_account_comes_before_another_in_the_same_band(matter: Matter, days: int) -> None:
    assert urgency(matter, days, key_account=True) < urgency(matter, days)


@pytest.mark.parametrize(
    ("days", "key", "other"),
    [
        (-1, None, None),
        (0, "sign", "sign"),
        (30, "sign", "sign"),
        (31, "offer", "review_and_offer"),
        (90, "offer", "review_and_offer"),
        (91, "path", None),
        (120, "path", None),
        (121, "review", None),
        (180, "review", None),
        (181, None, None),
    ],
)
def test_the_renewals_timeline_begins_earlier_for_key_accounts(
    days: int, key: str | None, other: str | None
) -> None:
    assert renewal_step(days, key_account=True) == key
    assert renewal_step(days, key_account=False) == other
