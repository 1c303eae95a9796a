"""Of what a document is: the account or the accounts, and the period."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.plans.drafting import Asked
from bot.assistant.plans.templates import SectionTemplate, Template, template, template_ids
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import own_accounts
from bot.assistant.understanding.request import Request
from bot.assistant.wording import listed
from kam_knowledge.analysis.periods import Period, fiscal_quarter, period_of
from kam_knowledge.errors import UsageError
from kam_knowledge.store.models import Account

OFFERED = 5


def asked_of(
    context: SkillContext, request: Request, kind: Template, *, customer: bool = False
) -> Asked | Reply:
    """What is to be drafted; a question where the document is of one account and none is meant.

    Where the asker has one account alone, it is meant.
    """
    accounts = [context.records.accounts[key] for key in request.account_ids]
    single = kind.about in ("account", "deal")
    if single and not accounts:
        own = own_accounts(context)
        if len(own) != 1:
            return _which(request, own)
        accounts = own
    if not single:
        accounts = accounts or own_accounts(context)
    account = accounts[0] if single else None
    return Asked(
        kind,
        account,
        tuple(accounts[:1] if single else accounts),
        period_for(context, request, kind),
        request.language,
        customer,
        request.text,
    )


def _which(request: Request, own: list[Account]) -> Reply:
    composer = Composer("clarifying", request.language)
    names = [account.name for account in sorted(own, key=lambda one: one.name)][:OFFERED]
    if names:
        composer.plain("which_account", choices=listed(names, request.language, between="or"))
    else:
        composer.plain("which_account_open")
    return composer.reply(Outcome.CLARIFY, suggestions=names)


def period_for(context: SkillContext, request: Request, kind: Template) -> Period:
    """The period the request names, as long as the template's own; else the running one.

    Quarters are the company's fiscal ones. A document without a period is of no days but today.
    """
    today = context.clock.today
    day = request.since or today
    match kind.period:
        case "quarter":
            return fiscal_quarter(day, context.company.fiscal_year_start)
        case "month":
            found = period_of(f"{day:%Y-%m}")
        case "year":
            quarter = fiscal_quarter(day, context.company.fiscal_year_start)
            found = period_of(quarter.label[:4], context.company.fiscal_year_start)
        case "week":
            first = day - timedelta(days=day.weekday())
            year, week, _ = day.isocalendar()
            return Period(f"{year}-W{week:02d}", first, first + timedelta(days=6))
        case _:
            return Period("", today, today)
    assert found is not None, "a month and a year can be written as a period"
    return found


@dataclass(frozen=True)
class PlanWish:
    """A document asked for by its names, not in words."""

    account_id: int | None
    template: str
    section: str | None
    period: str | None
    language: Literal["en", "zh"]
    customer: bool = False
    about: str = ""

    def check(self) -> None:
        """Raises UsageError for a template, a section or a period that there is none of, and for a
        document that is never a customer's."""
        kind = template(self.template)
        if self.section is not None:
            kind.section(self.section)
        if self.customer and not any(one.customer for one in self.chosen):
            possible = [one for one in template_ids() if template(one).customer]
            raise UsageError(
                f"nothing of {self.template} is for a customer.",
                f"These are: {', '.join(possible)}.",
            )
        if self.period is not None:
            span_of(self.period, 1)

    @property
    def chosen(self) -> list[SectionTemplate]:
        """The sections asked for."""
        kind = template(self.template)
        return [kind.section(self.section)] if self.section else list(kind.sections)

    def asked(self, context: SkillContext) -> Asked | Reply:
        """What is to be drafted; a refusal where the account is not for the asker, a question
        where the document needs an account and none is named."""
        account = context.records.accounts.get(self.account_id or 0)
        if self.account_id is not None and account is None:
            composer = Composer("clarifying", self.language)
            composer.plain("denied_account", account=_name_of(context, self.account_id))
            return composer.reply(Outcome.DENIED)
        request = Request(
            self.about,
            self.language,
            "plan_draft",
            account_ids=(account.id,) if account else (),
        )
        asked = asked_of(context, request, template(self.template), customer=self.customer)
        if isinstance(asked, Reply) or self.period is None:
            return asked
        return replace(asked, period=span_of(self.period, context.company.fiscal_year_start))


def _name_of(context: SkillContext, account_id: int) -> str:
    """The name that the asker has written themselves: of an account that is not theirs to see."""
    return context.session.get_one(Account, account_id).name


def span_of(written: str, year_start: int) -> Period:
    """The days of a period as people write it. Raises UsageError."""
    week = re.fullmatch(r"(\d{4})-W(\d{1,2})", written.strip(), re.IGNORECASE)
    if week:
        try:
            first = date.fromisocalendar(int(week[1]), int(week[2]), 1)
        except ValueError:
            first = None
        if first is not None:
            label = f"{week[1]}-W{int(week[2]):02d}"
            return Period(label, first, first + timedelta(days=6))
    found = period_of(written, year_start)
    if found is None:
        raise UsageError(f"{written!r} is no period.", "Write 2026-Q4, 2026-11, 2026-W47 or 2026.")
    return found
