"""Whether a contract runs, from its dates and what its status says."""

from __future__ import annotations

from datetime import date

import pytest

from kam_knowledge.queries.contracts import is_running, notice_is_given
from kam_knowledge.store.models import Contract

TODAY = date(2026, 11, 21)
LATER, EARLIER = date(2027, 3, 31), date(2026, 10, 31)


@pytest.mark.parametrize(
    ("end", "status", "runs"),
    [
        (LATER, None, True),
        (TODAY, "active", True),
        (EARLIER, "active", False),
        (None, "active", True),
        (None, "extended", True),
        (None, "Expired", False),
        (None, "已终止", False),
        (LATER, "terminated", True),
        (LATER, "即将到期", True),
        (LATER, "closed", False),
    ],
)
def test_a_contract_runs_to_its_end_unless_it_is_over(
    end: date | None, status: str | None, runs: bool
) -> None:
    assert is_running(Contract(end=end, status=status), TODAY) is runs


@pytest.mark.parametrize("status", ["notice_given", "Notice given 2026-10-01", "客户不续约"])
def test_notice_is_read_in_both_languages(status: str) -> None:
    assert notice_is_given(Contract(end=LATER, status=status))


def test_an_extended_contract_has_no_notice() -> None:
    assert not notice_is_given(Contract(end=LATER, status="extended"))
