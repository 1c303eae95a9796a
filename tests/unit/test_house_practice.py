"""House practice of P-2 and P-4: contact cadence and renewal deadlines."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam_knowledge.analysis.cadence import cadence_days
from kam_knowledge.analysis.renewals import renewal_deadline, renewal_step

ROLES = [
    "decision_maker",
    "economic_buyer",
    "influencer",
    "champion",
    "gatekeeper",
    "user",
    "blocker",
]


@pytest.mark.parametrize("role", ROLES)
def test_key_deciders_are_met_monthly_and_others_every_two_months(role: str) -> None:
    decides = role in ("decision_maker", "economic_buyer", "champion")
    assert cadence_days("key", role) == (30 if decides else 60)
    assert cadence_days("ordinary", role) == 90
    for unasked in ("prospect", "unattractive", None):
        assert cadence_days(unasked, role) is None


@pytest.mark.parametrize("account_class", ["key", "ordinary", "prospect", None])
@pytest.mark.parametrize("role", [None, ""])
def test_a_contact_without_a_role_never_alerts(account_class: str | None, role: str | None) -> None:
    assert cadence_days(account_class, role) is None


_DAYS = st.none() | st.dates()


@given(_DAYS, _DAYS)
def test_a_renewal_counts_from_the_earlier_of_notice_and_end(
    notice_by: date | None, end: date | None
) -> None:
    found = renewal_deadline(notice_by, end)
    known = {day for day in (notice_by, end) if day is not None}
    assert (found is None) == (known == set())
    if found is not None:
        assert found in known
        assert all(found <= day for day in known)


@pytest.mark.parametrize(
    ("days", "key_account", "step"),
    [
        (181, True, None),
        (180, True, "review"),
        (121, True, "review"),
        (120, True, "path"),
        (91, True, "path"),
        (90, True, "offer"),
        (31, True, "offer"),
        (30, True, "sign"),
        (0, True, "sign"),
        (-1, True, None),
        (91, False, None),
        (90, False, "review_and_offer"),
        (31, False, "review_and_offer"),
        (30, False, "sign"),
        (0, False, "sign"),
        (-1, False, None),
    ],
)
def test_each_step_of_a_renewal_begins_on_its_day(
    days: int, key_account: bool, step: str | None
) -> None:
    assert renewal_step(days, key_account=key_account) == step
