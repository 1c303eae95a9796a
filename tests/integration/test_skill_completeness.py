"""Answers that leave out nothing of what was asked: over a small book each."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.assistant.reply import Outcome
from bot.assistant.skills.accounts_at_risk import accounts_at_risk
from bot.assistant.skills.cadence_gaps import cadence_gaps
from bot.assistant.skills.commitments import commitments
from bot.assistant.skills.competitor import competitors
from bot.assistant.skills.forecast import forecast
from bot.assistant.skills.last_contact import last_contact
from bot.assistant.skills.portfolio import portfolio
from bot.assistant.skills.renewals import renewal_outlook
from bot.assistant.skills.team_seats import seats_of_teams
from bot.assistant.skills.trends import trends
from bot.assistant.skills.whitespace import whitespace
from bot.assistant.skills.who_knows import knows_whom
from bot.assistant.skills.win_loss import win_loss
from bot.assistant.understanding.papers import papers_accounts
from bot.assistant.understanding.understand import understand
from kam_knowledge.access import Audience, Viewer, decide
from kam_knowledge.queries.book import BookNames
from kam_knowledge.queries.records import Records
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import (
    Action,
    Complaint,
    Contract,
    Financial,
    Installed,
    Opportunity,
    Target,
)
from tests.integration.asking import TODAY, Language, SmallBook, ask, bare

LATE, SOON = TODAY - timedelta(days=10), TODAY + timedelta(days=10)


@pytest.fixture
def book(sqlite_store: Store) -> SmallBook:
    return SmallBook(sqlite_store)


def promised(book: SmallBook, account: int, action: str, direction: str, **values: Any) -> None:
    values.setdefault("due", LATE)
    book.add(
        Action, account_id=account, action=action, direction=direction, status="open", **values
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_late_on_our_side_is_what_waits_inside_too(book: SmallBook, language: Language) -> None:
    account = book.account("Brightwater", owner_id=book.person("Ana"))
    promised(book, account, "Margin approval", "internal")
    promised(book, account, "User list", "theirs")
    asked = {"direction": "our_side", "overdue": "yes"}
    said = ask(book.store, commitments, "ana", language, account_ids=(account,), slots=asked)
    assert "Margin approval" in said.markdown
    assert "User list" not in said.markdown


def test_nothing_late_of_one_direction_says_nothing_of_the_other(book: SmallBook) -> None:
    account = book.account("Brightwater", owner_id=book.person("Ana"))
    promised(book, account, "User list", "theirs")
    asked = {"direction": "ours", "overdue": "yes"}
    said = ask(book.store, commitments, "ana", account_ids=(account,), slots=asked)
    assert said.markdown.startswith("No overdue promise of ours to Brightwater")


def test_promises_across_my_accounts_are_also_those_of_who_left(book: SmallBook) -> None:
    ana, gone = book.person("Ana"), book.person("Gus", left_on=LATE)
    account = book.account("Brightwater", owner_id=ana)
    promised(book, account, "Invoice split", "ours", owner_person_id=gone)
    mine = {"overdue": "yes", "scope": "mine"}
    own = ask(book.store, commitments, "ana", slots=mine)
    assert "Invoice split" not in own.markdown, "a task of one's own has another owner"
    across = ask(book.store, commitments, "ana", slots=mine | {"at": "accounts"})
    assert "Invoice split" in across.markdown


def test_promises_that_were_put_off_are_told_apart(book: SmallBook) -> None:
    account = book.account("Brightwater", owner_id=book.person("Ana"))
    promised(book, account, "Price ladder", "ours", first_due=LATE - timedelta(days=14))
    promised(book, account, "Board paper", "ours", due=SOON, first_due=LATE)
    promised(book, account, "Test plan", "ours")
    moved = {"moved": "yes", "overdue": "yes"}
    said = ask(book.store, commitments, "ana", account_ids=(account,), slots=moved)
    assert "Price ladder" in said.markdown
    assert "Board paper" in said.markdown
    assert "Test plan" not in said.markdown


def test_next_weeks_promises_are_those_of_next_week(book: SmallBook) -> None:
    account = book.account("Brightwater", owner_id=book.person("Ana"))
    first, last = TODAY + timedelta(days=2), TODAY + timedelta(days=8)
    promised(book, account, "Tomorrow's list", "ours", due=TODAY + timedelta(days=1))
    promised(book, account, "Test plan", "ours", due=first + timedelta(days=1))
    promised(book, account, "User list", "theirs")
    said = ask(
        book.store, commitments, "ana", account_ids=(account,), since=first, until=last
    ).markdown
    assert "Test plan" in said
    assert "Tomorrow's list" not in said
    assert "User list" in said, "what is late is due then as well"
    assert "Nothing that Brightwater owes us" not in said


@pytest.mark.parametrize(
    ("language", "beginning"),
    [("en", "Last contact with a customer (Ana)"), ("zh", "与客户（Ana）")],
)
def test_a_colleagues_last_contact_is_told_whosever_it_is(
    book: SmallBook, language: Language, beginning: str
) -> None:
    ana = book.person("Ana")
    account = book.account("Brightwater", owner_id=ana)
    kim = book.contact(account, "Kim Lee")
    book.note(account, "A talk.", LATE, contacts=(kim,), people=(ana,))
    said = ask(book.store, last_contact, "ana", language, person_ids=(ana,)).markdown
    assert said.startswith(beginning)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_an_account_does_not_buy_includes_what_is_worked(
    book: SmallBook, language: Language
) -> None:
    account = book.account("Brightwater", currency="EUR", owner_id=book.person("Ana"))
    for product, state in (("Pouch", "competitor"), ("Nest", "open"), ("Tray", "ours")):
        book.add(
            Installed, account_id=account, unit="Basel", product=product, state=state,
            potential=Decimal(9000), competitor="Tessler" if state == "competitor" else None,
        )  # fmt: skip
    book.add(
        Opportunity, account_id=account, name="Nest Basel", kind="upsell", product="Nest",
        unit="Basel", outcome="open",
    )  # fmt: skip
    named = ask(book.store, whitespace, "ana", language, account_ids=(account,)).markdown
    assert "Pouch" in named
    assert "Nest Basel" in named
    assert "Tray" not in named
    wide = ask(book.store, whitespace, "ana", language).markdown
    assert "Nest Basel" not in wide, "over a whole book only what nobody works is asked for"


def test_a_year_without_figures_falls_back_to_the_last_ones(book: SmallBook) -> None:
    account = book.account("Brightwater", currency="EUR", owner_id=book.person("Ana"))
    for quarter, revenue in enumerate((520, 490, 450, 400), 1):
        book.add(Financial, account_id=account, period=f"2025-Q{quarter}", revenue=Decimal(revenue))
    said = ask(
        book.store, trends, "ana", account_ids=(account,), slots={"metric": "revenue"},
        since=date(2026, 1, 1), until=date(2026, 12, 31),
    )  # fmt: skip
    assert said.outcome is Outcome.ANSWERED
    assert "Nothing is booked yet for 2026-01-01" in said.markdown
    assert "2025-Q4: 400 EUR" in bare(said.markdown)


def test_a_target_without_figures_is_not_told_as_nothing_sold(book: SmallBook) -> None:
    ana = book.person("Ana")
    book.account("Brightwater", currency="EUR", owner_id=ana)
    book.add(
        Target, owner_id=ana, period="2026", amount=Decimal(900), currency="EUR", kind="revenue"
    )
    said = ask(book.store, forecast, "ana", slots={"ask": "gap"})
    assert "no revenue of that time is on record yet; gap 900 EUR" in bare(said.markdown)


def test_a_win_rate_counts_the_losses_as_well(book: SmallBook) -> None:
    account = book.account("Brightwater", owner_id=book.person("Ana"))
    book.add(
        Opportunity, account_id=account, name="Tubs", kind="new", outcome="lost",
        competitor="Packwell", close_date=LATE, reason="Price",
    )  # fmt: skip
    said = ask(book.store, win_loss, "ana", competitors=("Packwell",), slots={"outcome": "rate"})
    assert bare(said.markdown).startswith("Won 0, lost 1")
    assert "Tubs" in said.markdown


def test_a_rival_is_quoted_from_every_account_before_twice_from_one(book: SmallBook) -> None:
    ana = book.person("Ana")
    first, second = (book.account(name, owner_id=ana) for name in ("Brightwater", "Calder"))
    for days in (1, 2, 3):
        book.note(first, f"Packwell called {days} times.", TODAY - timedelta(days=days))
    book.note(second, "They buy pouches of Packwell.", TODAY - timedelta(days=40))
    said = ask(book.store, competitors, "ana", competitors=("Packwell",)).markdown
    assert "Packwell called 1 times." in said
    assert "They buy pouches of Packwell." in said
    asked = {"ask": "mentions"}
    newest = ask(book.store, competitors, "ana", competitors=("Packwell",), slots=asked).markdown
    assert newest.index("called 3 times") < newest.index("They buy"), "the newest come first"


def test_a_list_with_revenue_holds_it(book: SmallBook) -> None:
    ana = book.person("Ana", role="leader")
    book.account("Brightwater", currency="EUR", annual_revenue=Decimal(4200000), owner_id=ana)
    listed = ask(book.store, portfolio, "ana", slots={"ask": "list", "revenue": "yes"})
    assert "Ana, 4,200,000 EUR in twelve months" in bare(listed.markdown)


def test_an_amber_account_says_why_also_where_no_part_is_bad_alone(book: SmallBook) -> None:
    ana = book.person("Ana")
    account = book.account("Brightwater", account_class="key", owner_id=ana)
    promised(book, account, "Price ladder", "ours", due=TODAY - timedelta(days=3))
    promised(book, account, "Test plan", "ours", due=SOON)
    book.add(Complaint, account_id=account, raised_on=LATE, complaint="Wrong label", severity="low")
    book.add(
        Contract, account_id=account, contract="MSA", end=TODAY + timedelta(days=60),
        notice_by=SOON, status="active",
    )  # fmt: skip
    kim = book.contact(account, "Kim Lee", decision_role="decision_maker", coverage="in_depth")
    book.note(account, "All fine.", TODAY - timedelta(days=2), contacts=(kim,), people=(ana,))
    said = ask(book.store, accounts_at_risk, "ana", account_ids=(account,))
    assert "amber" in said.markdown
    assert any(word in said.markdown for word in ("Price ladder", "Wrong label", "MSA"))


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("What are the terms of the food tray agreement?", "Calder"),
        ("托盘框架协议的价格条款是什么?", "Brightwater"),
        ("What do agreements usually say about price?", None),
    ],
)
def test_a_contract_called_by_its_name_stands_for_its_account(
    book: SmallBook, text: str, account: str | None
) -> None:
    ana = book.person("Ana")
    ids = {name: book.account(name, owner_id=ana) for name in ("Brightwater", "Calder")}
    book.add(Contract, account_id=ids["Brightwater"], contract="托盘框架协议2025")
    book.add(Contract, account_id=ids["Calder"], contract="Food tray agreement")
    with book.store.read() as session:
        rights = decide(session, Viewer(ana), Audience.only(ana), TODAY)
        named = papers_accounts(text, Records(session, rights))
    assert named == ([ids[account]] if account else [])


def test_the_name_of_a_hidden_group_is_not_taken_for_its_daughter(book: SmallBook) -> None:
    ana, ben = book.person("Ana"), book.person("Ben")
    group = book.account("Hellmann Pharma", aliases=["Hellmann"], visibility="team", owner_id=ben)
    for daughter in ("Hellmann Logistik GmbH", "Hellmann Generika GmbH"):
        book.account(daughter, parent_id=group, owner_id=ana)

    def heard(text: str) -> tuple[tuple[str, ...], int]:
        with book.store.read() as session:
            rights = decide(session, Viewer(ana), Audience.only(ana), TODAY)
            names, records = BookNames(book.store).current(session).names, Records(session, rights)
            found = understand(text, names=names, records=records, asker=rights, focus={})
            return found.hidden_accounts, len(found.account_ids)

    assert heard("Is Hellmann's CFO on our side?") == (("Hellmann",), 0)
    assert heard("Hellmann 的 CFO 支持我们吗?") == (("Hellmann",), 0)
    assert heard("Where do we stand with Hellmann Logistik?") == ((), 1)


def test_contracts_are_told_apart_by_whether_they_renew_by_themselves(book: SmallBook) -> None:
    account = book.account("Brightwater", owner_id=book.person("Ana"))
    for name, auto in (("Frame A", True), ("Frame B", False), ("Frame C", None)):
        book.add(
            Contract, account_id=account, contract=name, end=TODAY + timedelta(days=300),
            auto_renews=auto, status="active",
        )  # fmt: skip
    by_hand = ask(book.store, renewal_outlook, "ana", slots={"auto": "no"}).markdown
    assert "Frame B" in by_hand
    assert "Frame A" not in by_hand
    assert "Frame C" not in by_hand, "what is not on record is neither"
    by_itself = ask(book.store, renewal_outlook, "ana", slots={"auto": "yes"}).markdown
    assert "Frame A" in by_itself
    assert "Frame B" not in by_itself


def test_silent_people_are_those_of_the_role_that_was_asked_for(book: SmallBook) -> None:
    account = book.account("Brightwater", account_class="key", owner_id=book.person("Ana"))
    for name, role in (("Kim Lee", "decision_maker"), ("Pat Moss", "influencer")):
        person = book.contact(account, name, decision_role=role)
        book.note(account, "A talk.", TODAY - timedelta(days=100), contacts=(person,))
    assert "Pat Moss" in ask(book.store, cadence_gaps, "ana").markdown
    said = ask(book.store, cadence_gaps, "ana", slots={"role": "deciders"}).markdown
    assert "Kim Lee" in said
    assert "Pat Moss" not in said


def test_empty_seats_of_a_colleagues_accounts_are_of_theirs_alone(book: SmallBook) -> None:
    ana, ben = book.person("Ana", role="leader"), book.person("Ben")
    book.account("Brightwater", owner_id=ana)
    book.account("Calder", owner_id=ben)
    said = ask(book.store, seats_of_teams, "ana", person_ids=(ben,)).markdown
    assert "Calder" in said
    assert "Brightwater" not in said


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("What is Brightwater still waiting for?", "ours"),
        ("Is Brightwater still waiting for something?", "ours"),
        ("What are we waiting for from Brightwater?", "theirs"),
        ("Anything overdue on our side for Brightwater?", "our_side"),
    ],
)
def test_who_waits_for_whom_is_told_apart(book: SmallBook, text: str, direction: str) -> None:
    ana = book.person("Ana")
    book.account("Brightwater", owner_id=ana)
    with book.store.read() as session:
        rights = decide(session, Viewer(ana), Audience.only(ana), TODAY)
        names, records = BookNames(book.store).current(session).names, Records(session, rights)
        request = understand(text, names=names, records=records, asker=rights, focus={})
    assert (request.intent, request.slots.get("direction")) == ("commitments", direction)


def test_before_others_no_account_is_red_only_among_those_they_may_see(book: SmallBook) -> None:
    ana, _ = book.person("Ana"), book.person("Ben")
    account = book.account("Brightwater", owner_id=ana, visibility="team", account_class="key")
    promised(book, account, "Price ladder", "ours", due=TODAY - timedelta(days=60))
    book.account("Calder", owner_id=ana)
    together = ask(book.store, accounts_at_risk, "ana", audience=("ben",)).markdown
    assert "Brightwater" not in together
    assert "None of the accounts that everybody here may see is red." in together
    assert "everybody here" not in ask(book.store, accounts_at_risk, "ana").markdown


@pytest.mark.parametrize("language", ["en", "zh"])
def test_who_met_somebody_long_ago_is_told_where_nobody_knows_them(
    book: SmallBook, language: Language
) -> None:
    ana, mia = book.person("Ana"), book.person("Mia")
    account = book.account("Brightwater", owner_id=ana)
    kim = book.contact(account, "Kim Lee", title="CFO")
    asked: dict[str, Any] = {"account_ids": (account,), "contact_ids": (kim,)}
    assert ask(book.store, knows_whom, "ana", language, **asked).outcome is Outcome.UNKNOWN
    long_ago = TODAY - timedelta(days=270)
    book.note(account, "Introduction.", long_ago, contacts=(kim,), people=(mia,))
    said = ask(book.store, knows_whom, "ana", language, **asked)
    assert said.outcome is Outcome.ANSWERED
    assert "Mia" in said.markdown
    assert str(long_ago) in said.markdown
