"""An account at a glance: five lines that a KAM can say in the lift (S2-11)."""

from __future__ import annotations

from datetime import date, timedelta

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.health_lines import colour_word, computed, reasons, revenue_source
from bot.assistant.lines import Lines
from bot.assistant.promise_counts import by_side, counted
from bot.assistant.reply import Reply
from bot.assistant.skills.comparison import comparison
from bot.assistant.understanding.request import Request
from bot.assistant.wording import amount, in_brackets, listed, word
from kam_knowledge.queries.commitments import Commitment, open_commitments
from kam_knowledge.queries.health import HealthReader
from kam_knowledge.queries.renewals import renewals
from kam_knowledge.queries.revenue import percent, twelve_months
from kam_knowledge.queries.sources import Source
from kam_knowledge.queries.stakeholder import account_risks, has_left, is_open
from kam_knowledge.queries.touches import touches
from kam_knowledge.store.models import Account, Contact, Contract, Opportunity, Person

YEAR = timedelta(days=365)
LINES = 5
MORE = 3
QUOTED = 150
"""Characters of a quote: the line is to be said, not read."""
NAMED = 2
"""Promises named of each side; the rest is counted."""
DECIDERS = ("decision_maker", "economic_buyer", "champion")


def account_brief(context: SkillContext, request: Request) -> Reply:
    """Five lines, or as few as were asked for: how it is, what is open, what is at stake, who was
    last spoken to, who decides. Several accounts are set side by side."""
    if len(request.account_ids) > 1:
        return comparison(context, request)
    records, composer = context.records, Composer("account_brief", request.language)
    account = records.accounts[request.account_ids[0]]
    page = _Brief(context, composer, account)
    if request.slots.get("more"):  # the five lines were said the turn before
        page.more()
    parts = (page.state, page.open, page.stake, page.last_contact, page.people)
    lines = 0 if composer.citations else min(int(request.slots.get("lines") or LINES), LINES)
    for part in parts[:lines]:
        part()
    return composer.reply(
        accounts=[account.name],
        focus={"account_ids": [account.id], "contact_ids": []},
        suggestions=[
            composer.text("ask_open", name=account.name),
            composer.text("ask_risk", name=account.name),
        ],
    )


class _Brief:
    """The lines, the most important first; each says its gap when it has nothing."""

    def __init__(self, context: SkillContext, composer: Composer, account: Account) -> None:
        self.records, self.composer, self.account = context.records, composer, account
        self.today, self.language = context.clock.today, composer.language
        self.lines = Lines(context.records, composer)

    def state(self) -> None:
        """Its colour and why, its class, owner and revenue."""
        one = HealthReader(self.records, [self.account.id]).of(self.account)
        said = self.composer.cited(
            self.composer.text(
                "state", name=self.account.name, colour=colour_word(self.composer, one)
            ),
            [computed(self.records, one)],
        )
        why = reasons(self.records, self.composer, one, most=2)
        between = word("semicolon", self.language)
        self.composer.line("- " + between.join([said, *why, self._who()]))

    def _who(self) -> str:
        account, records = self.account, self.records
        fields = ["name", "account_class", "tier", "industry", "region", "owner_id"]
        owner = records.get(Person, account.owner_id)
        sources: list[Source] = [
            records.source(account, fields, title=_with(account.name, owner, self.language))
        ]
        parts = [word(f"class_{account.account_class}", self.language)]
        parts = parts if account.account_class else []
        parts += [part for part in (account.industry, account.region) if part]
        if owner:
            parts.append(self.composer.text("owner_is", name=owner.name))
        year = twelve_months(records, [account]).get(account.id)
        if year:
            parts.append(
                self.composer.text(
                    "revenue" if year.growth is not None else "revenue_only",
                    amount=amount(year.revenue, year.currency, self.language),
                    last=year.last,
                    change=f"{percent(year.growth):+f}" if year.growth is not None else "",
                )
            )
            sources.append(revenue_source(records, year))
        elif account.annual_revenue is not None:
            worth = amount(account.annual_revenue, account.currency, self.language)
            parts.append(self.composer.text("annual_revenue", amount=worth))
            sources.append(records.source(account, ["annual_revenue", "currency"]))
        said = word("clause", self.language).join(parts) or self.composer.text("nothing_more")
        return self.composer.cited(said, sources)

    def open(self) -> None:
        """What each side owes, the first promises of each by name."""
        found = open_commitments(self.records, account_ids=[self.account.id])
        sides = by_side(found)
        shown: list[Source] = []
        said = [self._side(direction, own, shown) for direction, own in sides.items() if own]
        if not said:
            self.composer.plain("nothing_open")
            return
        text = word("semicolon", self.language).join(said)
        self.composer.line(
            "- " + self.composer.cited(text, [counted(self.records, self.account, sides), *shown])
        )

    def _side(self, direction: str, own: list[Commitment], shown: list[Source]) -> str:
        late = [one for one in own if one.overdue_days]
        named = (late or own)[:NAMED]
        shown += [self.lines.commitment_source(one) for one in named]
        phrases = [one.action.action + in_brackets(one.action.due, self.language) for one in named]
        return self.composer.text(
            f"{direction}_late" if late else f"{direction}_open",
            n=len(own),
            late=len(late),
            what=listed(phrases, self.language) + ("…" if len(late or own) > NAMED else ""),
        )

    def stake(self) -> None:
        """The next renewal and the largest open deal."""
        parts: list[str] = []
        for renewal in renewals(self.records, [self.account], YEAR)[:1]:
            for contract in renewal.contracts[:1]:
                self.lines.renewal(self._deadline(contract, renewal.deadline), contract)
                parts.append(self.composer.pop_line().removeprefix("- "))
        for deal in self._deals()[:1]:
            self.lines.deal(deal)
            parts.append(self.composer.pop_line().removeprefix("- "))
        if parts:
            self.composer.line("- " + word("semicolon", self.language).join(parts))
        else:
            self.composer.plain("no_deal")

    def _deadline(self, contract: Contract, deadline: date) -> date:
        days = [day for day in (contract.notice_by, contract.end) if day]
        return min([day for day in days if day >= self.today] or days or [deadline])

    def last_contact(self) -> None:
        """The last two-way contact, in its own words."""
        met = [one for one in touches(self.records, account_ids=[self.account.id]) if one.two_way]
        if not met:
            self.composer.plain("no_touch", today=self.today)
            return
        self.lines.touch(met[0], [], theirs=True, longest=QUOTED)
        said = self.composer.pop_line()
        self.composer.line("- " + self.composer.text("last_touch") + said)

    def people(self) -> None:
        """Who decides, and how they stand where these readers may know."""
        deciders = [
            row
            for row in self.records.contacts(self.account.id)
            if row.decision_role in DECIDERS and not has_left(row, self.today)
        ]
        deciders.sort(key=lambda row: DECIDERS.index(row.decision_role or ""))
        if not deciders:
            self.composer.plain("no_deciders")
            return
        inner = self.records.rights.sees_inner(self.account.id)
        fields = ["name", "title", "decision_role", *(["support"] if inner else [])]
        self.composer.bullet(
            "people",
            [self.records.source(row, fields) for row in deciders[:3]],
            people=word("semicolon", self.language).join(
                self._decider(row, inner) for row in deciders[:3]
            ),
        )

    def more(self) -> None:
        """What the five lines only count: unpaid invoices, complaints, promises, further deals."""
        risks = account_risks(self.records, self.account.id)
        for invoice in risks.overdue_invoices[:MORE]:
            self.lines.invoice(invoice)
        for complaint in risks.open_complaints[:MORE]:
            self.lines.complaint(complaint)
        for one in open_commitments(self.records, account_ids=[self.account.id])[: 2 * MORE]:
            self.lines.commitment(one)
        for deal in self._deals()[1 : 1 + MORE]:
            self.lines.deal(deal)

    def _deals(self) -> list[Opportunity]:
        """Open deals, the largest first."""
        found = self.records.all(Opportunity, account_ids=[self.account.id])
        held = [row for row in found if is_open(row, self.today)]
        return sorted(held, key=lambda row: -(row.amount or 0))

    def _decider(self, row: Contact, inner: bool) -> str:
        said = row.name + in_brackets(row.title, self.language)
        words = [word(f"role_{row.decision_role}", self.language)]
        if inner and row.support:
            words.append(word(f"support_{row.support}", self.language))
        return said + word("clause", self.language) + word("comma", self.language).join(words)


def _with(name: str, owner: Person | None, language: str) -> str:
    return name + in_brackets(owner.name, language) if owner else name
