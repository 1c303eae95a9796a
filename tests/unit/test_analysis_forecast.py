"""The forecast of a period, worked by hand (P-3)."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kam_knowledge.analysis.forecast import OpenDeal, gap, outlook

CATEGORIES = ["commit", "best_case", "pipeline", "omitted", None]
DEALS = st.lists(
    st.builds(
        OpenDeal,
        st.decimals(0, 10_000_000, places=2),
        st.sampled_from(["USD", "CNY", None]),
        st.one_of(st.none(), st.decimals(0, 1, places=2)),
        st.sampled_from(CATEGORIES),
    ),
    max_size=12,
)


def deal(amount: int, probability: str | None, category: str | None) -> OpenDeal:
    chance = Decimal(probability) if probability else None
    return OpenDeal(Decimal(amount), "CNY", chance, category)


def test_best_case_holds_commit_and_the_pipeline_is_weighed_alone() -> None:
    found = outlook(
        [
            deal(1_000_000, "0.9", "commit"),
            deal(500_000, "0.5", "best_case"),
            deal(200_000, "0.2", "pipeline"),
            deal(900_000, "0.9", "omitted"),
        ]
    )
    assert found.commit == {"CNY": Decimal(1_000_000)}
    assert found.best_case == {"CNY": Decimal(1_500_000)}
    # 900,000 + 250,000 + 40,000
    assert found.weighted == {"CNY": Decimal("1190000.0")}
    assert found.deals == 3


def test_a_deal_without_a_probability_gets_none_from_us() -> None:
    found = outlook([deal(100, None, "commit"), deal(100, "0.5", None)])
    assert found.weighted == {"CNY": Decimal("50.0")}
    assert found.commit == {"CNY": Decimal(100)}
    assert (found.deals, found.unweighed) == (2, 1)


def test_currencies_are_never_added() -> None:
    found = outlook(
        [
            OpenDeal(Decimal(10), "USD", None, "commit"),
            OpenDeal(Decimal(20), "EUR", None, "commit"),
            OpenDeal(Decimal(5), None, None, "commit"),
        ]
    )
    assert found.commit == {"USD": Decimal(10), "EUR": Decimal(20), "?": Decimal(5)}


@given(DEALS)
def test_commit_never_exceeds_best_case_and_omitted_deals_count_nowhere(
    deals: list[OpenDeal],
) -> None:
    found = outlook(deals)
    for currency, amount in found.commit.items():
        assert amount <= found.best_case[currency]
    assert outlook([one for one in deals if one.category != "omitted"]) == found
    assert found.deals == sum(one.category != "omitted" for one in deals)


def test_the_gap_is_what_neither_won_nor_committed_covers() -> None:
    assert gap(Decimal(100), Decimal(30), Decimal(50)) == Decimal(20)
    assert gap(Decimal(100), Decimal(90), Decimal(30)) == Decimal(-20)
