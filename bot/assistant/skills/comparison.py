"""Several accounts side by side: a line for each matter, a part of it for each account (S2-11)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.health_lines import colour_word, computed, reasons, revenue_source
from bot.assistant.lines import note_source
from bot.assistant.promise_counts import by_side, counted
from bot.assistant.reply import Reply
from bot.assistant.sums import in_all
from bot.assistant.understanding.request import Request
from bot.assistant.wording import amount, listed, word
from kam_knowledge.queries.commitments import open_commitments
from kam_knowledge.queries.excerpts import excerpt
from kam_knowledge.queries.health import HealthReader
from kam_knowledge.queries.money import Exchange
from kam_knowledge.queries.renewals import renewals
from kam_knowledge.queries.revenue import percent, twelve_months
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.queries.stakeholder import is_open
from kam_knowledge.queries.touches import touches
from kam_knowledge.store.models import Account, Opportunity

MOST = 4
"""Accounts of one comparison: more do not stand side by side."""
YEAR = timedelta(days=365)


def comparison(context: SkillContext, request: Request) -> Reply:
    """Health, revenue, promises, renewal, open deals and last contact of each account.

    Amounts stay in each account's own currency: they are set beside each other, not added.
    """
    records, composer = context.records, Composer("comparison", request.language)
    accounts = [records.accounts[key] for key in request.account_ids[:MOST]]
    page = _Page(context, composer, accounts)
    composer.heading("head", names=listed([one.name for one in accounts], request.language))
    for matter, part in (
        ("state", page.state),
        ("revenue", page.revenue),
        ("promises", page.promises),
        ("next_renewal", page.renewal),
        ("deals", page.deals),
        ("last_contact", page.last_contact),
    ):
        page.line(matter, part)
    composer.more(len(request.account_ids) - MOST)
    return composer.reply(
        accounts=[account.name for account in accounts],
        focus={"account_ids": [account.id for account in accounts], "contact_ids": []},
    )


class _Page:
    """What is said of one account on each matter; None where nothing is on record."""

    def __init__(self, context: SkillContext, composer: Composer, accounts: list[Account]) -> None:
        self.context, self.records, self.composer = context, context.records, composer
        self.accounts, self.today = accounts, context.clock.today
        self.health = HealthReader(self.records, [account.id for account in accounts])
        self.years = twelve_months(self.records, accounts)

    def line(self, matter: str, part: Callable[[Account], str | None]) -> None:
        """The matter, and each account's part of it."""
        composer = self.composer
        said = [
            composer.text("of_account", account=one.name, text=part(one) or composer.text("none"))
            for one in self.accounts
        ]
        text = word("semicolon", composer.language).join(said)
        composer.line("- " + composer.text("matter", matter=composer.text(matter), text=text))

    def state(self, account: Account) -> str | None:
        """Its colour and the first reason, its class."""
        composer, found = self.composer, self.health.of(account)
        said = composer.cited(colour_word(composer, found), [computed(self.records, found)])
        parts = [said, *reasons(self.records, composer, found, most=1)]
        if account.account_class:
            source = self.records.source(account, ["name", "account_class", "tier"])
            name = word(f"class_{account.account_class}", composer.language)
            parts.append(composer.cited(name, [source]))
        return word("clause", composer.language).join(parts)

    def revenue(self, account: Account) -> str | None:
        """Twelve months' revenue and its change, else what the account states."""
        composer, year = self.composer, self.years.get(account.id)
        if year:
            key = "year" if year.growth is not None else "year_only"
            text = composer.text(
                key,
                amount=amount(year.revenue, year.currency, composer.language),
                last=year.last,
                change=f"{percent(year.growth):+f}" if year.growth is not None else "",
            )
            return composer.cited(text, [revenue_source(self.records, year)])
        if account.annual_revenue is None:
            return None
        worth = amount(account.annual_revenue, account.currency, composer.language)
        source = self.records.source(account, ["annual_revenue", "currency"])
        return composer.cited(composer.text("stated", amount=worth), [source])

    def promises(self, account: Account) -> str | None:
        """How many are open and late, of ours and of theirs."""
        sides = by_side(open_commitments(self.records, account_ids=[account.id]))
        if not any(sides.values()):
            return None
        counts = {
            f"{name}{late}": sum(one.overdue_days > 0 for one in own) if late else len(own)
            for name, own in sides.items()
            for late in ("", "_late")
        }
        text = self.composer.text("counts", **counts)
        return self.composer.cited(text, [counted(self.records, account, sides)])

    def renewal(self, account: Account) -> str | None:
        """The next contract to decide on within a year."""
        for renewal in renewals(self.records, [account], YEAR):
            for row in renewal.contracts[:1]:
                unknown = word("unknown", self.composer.language)
                text = self.composer.text(
                    "contract",
                    contract=row.contract,
                    notice=row.notice_by or unknown,
                    end=row.end or unknown,
                )
                source = self.records.source(row, ["contract", "notice_by", "end", "status"])
                return self.composer.cited(text, [source])
        return None

    def deals(self, account: Account) -> str | None:
        """How many are open and what they come to, a subtotal a currency without a rate."""
        found = self.records.all(Opportunity, account_ids=[account.id])
        held = [row for row in found if is_open(row, self.today)]
        if not held:
            return None
        worth = [
            (row.amount, row.currency or account.currency) for row in held if row.amount is not None
        ]
        total = Exchange(self.records).total(worth, account.currency)
        formula = f"{len(held)} open: {total.formula}"
        where = tuple(self.records.source(row, ["name", "amount"]).where for row in held)
        title = self.composer.text("deals")
        source = ComputedSource("open_deals (S1-2)", title, self.today, formula, where)
        text = self.composer.text("open_deals", n=len(held), sums=in_all(total, self.composer))
        return self.composer.cited(text, [source])

    def last_contact(self, account: Account) -> str | None:
        """The day and the kind of the last two-way contact."""
        met = [one for one in touches(self.records, account_ids=[account.id]) if one.two_way]
        if not met:
            return None
        last = met[0]
        kind = word(f"kind_{last.kind}", self.composer.language)
        source: Source | None = None
        if last.activity:
            source = self.records.source(last.activity, ["date", "kind", "status"])
        elif last.note:
            source = note_source(last.note, excerpt(last.note.text))
        text = self.composer.text("touch", date=last.date, kind=kind)
        return self.composer.cited(text, [source] if source else [])
