"""A question that takes for granted what the records do not bear out is corrected first."""

from __future__ import annotations

from datetime import date

import pytest

from bot.assistant.assistant import Assistant
from bot.assistant.reply import Outcome, Reply
from bot.assistant.turn import Turn
from kam_knowledge.access import Audience, Viewer
from kam_knowledge.search.service import Search
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Contract, Opportunity
from tests.integration.asking import NOON, SmallBook


class Desk:
    """A book with one account, and the whole assistant over it."""

    def __init__(self, store: Store) -> None:
        self.book = SmallBook(store)
        self.ana = self.book.person("Ana")
        self.account = self.book.account("Kestrel", owner_id=self.ana, currency="GBP")
        search = Search(store, lambda: None, lambda: None)
        self.assistant = Assistant(store, lambda: search)

    def contract(self, end: date, status: str | None = None) -> None:
        self.book.add(Contract, account_id=self.account, contract="MSA-1", end=end, status=status)

    def ask(self, text: str) -> Reply:
        alone = Audience.only(self.ana)
        return self.assistant.answer(Turn(text, Viewer(self.ana), alone, NOON))


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Since we lost Kestrel in May, what happened?", "has not been lost: MSA-1 runs until"),
        ("Why did Kestrel terminate?", "has not been lost: MSA-1 runs until"),
        ("既然我们五月丢了 Kestrel,后来有什么变化?", "并没有丢：MSA-1 的有效期到"),
    ],
)
def test_a_loss_that_never_was_is_corrected_with_the_contract_that_runs(
    desk: Desk, question: str, said: str
) -> None:
    desk.contract(date(2027, 3, 31))
    reply = desk.ask(question)
    first = reply.markdown.splitlines()[0]
    assert reply.outcome is Outcome.ANSWERED
    assert said in first
    cited = {one.n: one.source for one in reply.citations}
    number = int(first.rpartition("[")[2].rstrip("]"))
    assert cited[number].where == "contracts:Kestrel / MSA-1"
    assert "2027-03-31" in cited[number].quote


@pytest.mark.parametrize(
    "question",
    [
        "What would happen if we lost Kestrel?",
        "When did we lose the Kestrel tender?",
        "如果丢了Kestrel会怎样?",
        "What's our status with Kestrel?",
    ],
)
def test_what_is_only_imagined_or_about_a_deal_is_not_corrected(desk: Desk, question: str) -> None:
    desk.contract(date(2027, 3, 31))
    assert "has not been lost" not in desk.ask(question).markdown
    assert "并没有丢" not in desk.ask(question).markdown


def test_an_account_that_is_lost_is_not_said_to_be_there(desk: Desk) -> None:
    desk.contract(date(2026, 5, 31), "terminated")
    assert "not been lost" not in desk.ask("Since we lost Kestrel in May, what changed?").markdown


def test_a_lost_renewal_is_a_loss(desk: Desk) -> None:
    desk.contract(date(2027, 3, 31))
    desk.book.add(
        Opportunity, account_id=desk.account, name="Renewal", kind="renewal", outcome="lost"
    )
    assert "not been lost" not in desk.ask("Since we lost Kestrel in May, what changed?").markdown
