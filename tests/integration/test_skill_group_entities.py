"""A group and its companies, as far as the readers may see them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest

from bot.assistant.context import Company
from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.group_entities import group_entities
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Account, Opportunity, Rate, Receivable
from tests.integration.asking import LONG_AGO, TODAY, Language, SmallBook, ask, bare, lines


class World(NamedTuple):
    book: SmallBook
    ana: int
    head: int
    daughter: int


@pytest.fixture
def world(store: Store) -> World:
    book = SmallBook(store)
    ana = book.person("Ana")
    book.person("Otto")
    head = book.account(
        "Head", owner_id=ana, currency="CNY", kind="group", annual_revenue=Decimal(1000)
    )
    daughter = book.account(
        "Daughter", owner_id=ana, currency="USD", parent_id=head, account_class="ordinary"
    )
    return World(book, ana, head, daughter)


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


def grouped(
    world: World,
    account: int,
    who: str = "ana",
    language: Language = "en",
    company: Company | None = None,
) -> Reply:
    return ask(
        world.book.store, group_entities, who, language, company=company, account_ids=(account,)
    )


def fill(world: World) -> None:
    for account, amount in ((world.head, 700), (world.daughter, 50)):
        world.book.add(
            Opportunity, account_id=account, name=f"Deal {amount}", amount=Decimal(amount),
            outcome="open", created_on=day(-9),
        )  # fmt: skip
    world.book.add(
        Receivable, account_id=world.daughter, invoice="I-1", amount=Decimal(20), due=day(-3)
    )


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        (
            "en",
            [
                "**Head and its companies**",
                "- Head: annual revenue with us 1,000 CNY; open deals 700 CNY",
                "  - Daughter, daughter of Head (ordinary account): no revenue on record; "
                "open deals 50 USD; overdue invoices 20 USD",
                "Together: revenue 1,000 CNY; open deals 700 CNY and 50 USD; "
                "overdue invoices 20 USD",
            ],
        ),
        (
            "zh",
            [
                "**Head 及其下属公司**",
                "- Head：年收入 1,000 CNY；进行中商机 700 CNY",
                "  - Daughter，Head 的子公司（普通客户）：没有收入记录；进行中商机 50 USD；"
                "逾期应收 20 USD",
                "合计：收入 1,000 CNY；进行中商机 700 CNY 和 50 USD；逾期应收 20 USD",
            ],
        ),
    ],
)
def test_a_daughter_leads_to_the_whole_group_with_a_subtotal_a_currency(
    world: World, language: Language, wanted: list[str]
) -> None:
    fill(world)
    said = [bare(line) for line in lines(grouped(world, world.daughter, language=language))]
    assert said == wanted


def test_amounts_are_added_at_a_dated_rate_that_is_named(world: World) -> None:
    fill(world)
    world.book.add(Rate, currency="USD", to="CNY", rate=Decimal("7.1"), as_of=day(-2))
    said = bare(grouped(world, world.head, company=Company("CNY")).markdown)
    assert f"open deals 700 CNY and 50 USD = 1,055 CNY at 1 USD = 7.1 CNY ({day(-2)})" in said


def test_a_company_that_may_not_be_seen_is_neither_named_nor_counted(world: World) -> None:
    fill(world)
    world.book.account("Secret", owner_id=world.ana, parent_id=world.head, visibility="team")
    assert "Secret" in grouped(world, world.head).markdown
    outside = grouped(world, world.head, "otto")
    assert "Secret" not in outside.markdown
    assert "Daughter" in outside.markdown


def test_a_parent_that_may_not_be_seen_is_not_named(world: World) -> None:
    above = world.book.account("Above", owner_id=world.ana, visibility="team")
    world.book.change(Account, world.head, recorded=LONG_AGO, parent_id=above)
    assert "Above and its companies" in grouped(world, world.daughter).markdown
    outside = grouped(world, world.daughter, "otto")
    assert "Head and its companies" in outside.markdown
    assert "Above" not in outside.markdown + str(outside.citations)


def test_a_circle_in_the_data_ends(world: World) -> None:
    world.book.change(Account, world.head, recorded=LONG_AGO, parent_id=world.daughter)
    said = grouped(world, world.head).markdown
    assert said.count("- ") == 2


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_account_that_stands_alone_says_so(world: World, language: Language) -> None:
    alone = world.book.account("Alone", owner_id=world.ana)
    reply = grouped(world, alone, language=language)
    assert reply.outcome is Outcome.UNKNOWN
    assert "Alone" in reply.markdown
    assert reply.looked_at
