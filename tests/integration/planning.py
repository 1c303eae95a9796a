"""What tests of plans share: a document drafted by somebody, straight from a store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.assistant.context import SkillContext
from bot.assistant.plans.asking import PlanWish
from bot.assistant.plans.drafting import source_of
from bot.assistant.plans.presenting import Presented, document_of, presented
from bot.assistant.reply import Citation, Outcome, Reply
from kam_knowledge.access import Audience, Viewer, decide
from kam_knowledge.plans.sections import Section
from kam_knowledge.queries.records import Records
from kam_knowledge.search.service import Search
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Account, Person
from tests.integration.asking import NOON, TODAY

Language = Literal["en", "zh"]


def context_of(session: Session, email: str, *others: str) -> SkillContext:
    """The reading room of that person, alone unless others read too."""
    ids = dict(session.execute(select(Person.email, Person.id)).all())
    asker = ids[email]
    readers = Audience.members([asker, *(ids[one] for one in others)])
    reach = readers if others else Audience.only(asker)
    rights = decide(session, Viewer(asker), reach, TODAY)

    def unopened() -> Search:
        raise AssertionError("a plan searches nothing")

    return SkillContext(session, rights, Records(session, rights), NOON, "en", unopened)


def planned(
    context: SkillContext,
    account: str | None,
    template: str = "key_account",
    section: str | None = None,
    *,
    language: Language = "en",
    customer: bool = False,
    about: str = "",
) -> Presented:
    """The document as it stands now."""
    key = None
    if account is not None:
        key = context.session.scalar(select(Account.id).where(Account.name == account))
    wish = PlanWish(key, template, section, None, language, customer, about)
    asked = wish.asked(context)
    assert not isinstance(asked, Reply), asked.markdown
    return presented(context, asked, wish.chosen)


def drafted(store: Store, email: str, account: str | None, *rest: str, **more: object) -> Presented:
    """The same in a session of its own."""
    with store.read() as session:
        return planned(context_of(session, email), account, *rest, **more)  # type: ignore[arg-type]


def markdown_of(context: SkillContext, shown: Presented) -> str:
    """The document's text, as it is exported."""
    return document_of(context, shown, headed=True, appendix=True).markdown


def as_reply(section: Section, language: str, accounts: Sequence[str]) -> Reply:
    """A section as an answer, to be held to its sources."""
    citations = tuple(Citation(one.n, source_of(one)) for one in section.facts)
    return Reply(
        section.text,
        language,
        Outcome.ANSWERED,
        citations,
        tuple(accounts),
        plain=section.plain,
    )
