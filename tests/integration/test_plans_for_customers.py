"""What a customer is given: no stance, politics, margins, rivals, notes or sources (P-6, S1-4)."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from bot.assistant.plans.guard import passes
from bot.assistant.plans.templates import template, template_ids
from bot.assistant.wording import word
from kam_knowledge.errors import UsageError
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import (
    Account,
    Action,
    Competitor,
    Contract,
    Investment,
    Note,
)
from tests.integration.planning import context_of, drafted, markdown_of, planned

LI_NA, TOM = "li.na@example.com", "tom.becker@example.com"
ACCOUNTS = ((LI_NA, "ACME Corp"), (LI_NA, "华远重工"), (LI_NA, "Initech"), (TOM, "Globex"))
FOR_CUSTOMERS = [key for key in template_ids() if template(key).customer]
CODES = [
    *(f"support_{one}" for one in ("mentor", "supporter", "neutral", "non_supporter", "enemy")),
    *(f"role_{one}" for one in ("decision_maker", "economic_buyer", "champion", "gatekeeper",
                                "blocker", "influencer")),
    *(f"coverage_{one}" for one in ("none", "brief", "multiple", "in_depth")),
    *(f"class_{one}" for one in ("key", "ordinary", "prospect", "unattractive")),
]  # fmt: skip


def forbidden(store: Store, account: str, language: str) -> list[str]:
    """Everything on record that this customer may never read, in words."""
    with store.read() as session:
        names = set(session.scalars(select(Competitor.competitor)))
        names |= set(session.scalars(select(Account.name).where(Account.name != account)))
        row = session.scalar(select(Account).where(Account.name == account))
        assert row is not None
        parent = session.get(Account, row.parent_id or 0)
        names -= {parent.name} if parent else set()
        names -= set(session.scalars(select(Account.name).where(Account.parent_id == row.id)))
        ours = select(Contract.price_clause).where(Contract.account_id == row.id)
        names |= {clause for clause in session.scalars(ours) if clause and len(clause) > 8}
        names |= set(session.scalars(select(Investment.kind)))
        internal = select(Action.action).where(Action.direction == "internal")
        names |= set(session.scalars(internal))
        names |= {reason for reason in [row.key_reason] if reason}
    return [*names, *(word(code, language) for code in CODES)]


@pytest.mark.parametrize("key", FOR_CUSTOMERS)
def test_no_document_for_a_customer_holds_what_is_ours_alone(sample_store: Store, key: str) -> None:
    for email, account in ACCOUNTS:
        with sample_store.read() as session:
            context = context_of(session, email)
            quotes = [text for text in session.scalars(select(Note.text)) if text]
            for language in ("en", "zh"):
                shown = planned(context, account, key, language=language, customer=True)
                text = markdown_of(context, shown)
                body = text.split("\n", 1)[1]
                for one in forbidden(sample_store, account, language):
                    assert one.casefold() not in body.casefold(), (key, account, one)
                assert not re.search(r"\[\d+\]", text), "no markers"
                assert "## Sources" not in text
                assert "## 依据" not in text
                assert "%" not in text
                assert shown.draft is None, "it is no version of the team's plan"
                kinds = {fact.kind for _, one in shown.sections for fact in one.facts}
                assert not kinds & {"note", "document", "methodology"}
                for section in (one for _, one in shown.sections):
                    assert section.gaps == ()
                for quoted in re.findall(r"“([^”]{12,})”", text):
                    assert not any(quoted in note for note in quotes)


@pytest.mark.parametrize("key", sorted(set(template_ids()) - set(FOR_CUSTOMERS)))
def test_a_document_that_is_ours_alone_is_refused_to_customers(
    sample_rows: Store, key: str
) -> None:
    from bot.assistant.plans.asking import PlanWish

    with pytest.raises(UsageError, match="for a customer"):
        PlanWish(1, key, None, None, "en", customer=True).check()


def test_a_line_that_names_a_rival_or_a_price_limit_does_not_pass() -> None:
    rivals = ("Corvexa", "砺云科技")
    assert passes("Send the migration plan to Dana Wu, due 2026-11-30", rivals)
    assert not passes("Show why we beat Corvexa", rivals)
    assert not passes("对比砺云科技的报价", rivals)
    assert not passes("Agree the price floor", rivals)
    assert not passes("守住底价", rivals)


def test_what_a_customer_is_given_still_says_what_both_sides_promised(sample_store: Store) -> None:
    shown = drafted(sample_store, LI_NA, "ACME Corp", "customer_review", customer=True)
    text = "\n".join(section.text for _, section in shown.sections)
    assert "Purchase order for the licence true-up" in text
    assert "EB-200 gateways in Suzhou drop off the network" in text
