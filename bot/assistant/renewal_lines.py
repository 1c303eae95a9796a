"""Renewals in words: what must be decided by when, what speaks against it, its worth (P-4)."""

from __future__ import annotations

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.health_lines import computed, reasons
from bot.assistant.lines import Lines
from bot.assistant.sums import in_all, rate_sources
from bot.assistant.wording import amount, in_brackets, word
from kam_knowledge.queries.health import AccountHealth
from kam_knowledge.queries.money import Exchange
from kam_knowledge.queries.renewals import Renewal
from kam_knowledge.queries.sources import ComputedSource
from kam_knowledge.store.models import Contract

REASONS, REASONS_IN_BRIEF = 4, 2


class RenewalLines:
    """Writes renewals into one reply: `brief` where there are several, a line for each matter."""

    def __init__(
        self, context: SkillContext, composer: Composer, shown: list[Renewal], *, brief: bool
    ) -> None:
        """`shown` are those that `one` will be asked for."""
        self.context, self.records, self.composer = context, context.records, composer
        self.brief = brief
        ids = [renewal.account.id for renewal in shown]
        self._reader = shown[0].reader.citing(ids) if shown else None

    def one(self, renewal: Renewal) -> None:
        """The account with its colour, its contracts with both dates, why, and what comes next."""
        assert self._reader is not None, "it is one of those shown"
        composer, health = self.composer, self._reader.of(renewal.account)
        composer.blank()
        colour = composer.text(f"colour_{health.health.colour}")
        name = composer.text("account", name=renewal.account.name, colour=colour)
        because = self._reasons(renewal, health, REASONS_IN_BRIEF, cited=False)
        because = because if self.brief else []
        if because:  # one citation for the colour and what makes it
            why = composer.text("semicolon").join(because)
            name = composer.text("of_account", account=name, text=why)
        composer.line(composer.cited(name, [computed(self.records, health, because)]))
        for contract in renewal.contracts:
            self._contract(renewal, contract)
        if renewal.stated and (renewal.dates_differ or not renewal.contracts):
            composer.bullet(
                "stated_differs" if renewal.contracts else "stated",
                [self.records.source(renewal.account, ["name", "renewal_date"])],
                date=renewal.stated,
            )
        if not self.brief:
            for reason in self._reasons(renewal, health, REASONS, cited=True):
                composer.line(f"- {reason}")
        self._deals(renewal)

    def _reasons(
        self, renewal: Renewal, health: AccountHealth, most: int, *, cited: bool
    ) -> list[str]:
        """Why it has its colour, besides a notice that its contract's line tells of."""
        given = any(row.status == "notice_given" for row in renewal.contracts)
        told = ["notice_given"] if given else []
        return reasons(self.records, self.composer, health, most=most, told=told, cited=cited)

    def total(self, found: list[Renewal]) -> None:
        """What several contracts come to: a subtotal a currency, one sum where rates allow it."""
        worth = [
            (row.value, row.currency or renewal.account.currency, row)
            for renewal in found
            for row in renewal.contracts
            if row.value is not None
        ]
        if len(found) < 2 or len(worth) < 2:
            return
        total = Exchange(self.records).total(
            [(value, currency) for value, currency, _ in worth], self.context.company.currency
        )
        source = ComputedSource(
            "renewals (P-4)",
            self.composer.text("total_title"),
            self.context.clock.today,
            f"{len(worth)} contracts: {total.formula}",
            (
                *(self.records.where(row) for *_, row in worth),
                *(rate.where for rate in rate_sources(self.records, total.rates)),
            ),
        )
        self.composer.blank()
        sums = in_all(total, self.composer)
        self.composer.claim("total", [source], n=len(worth), sums=sums)

    def _contract(self, renewal: Renewal, row: Contract) -> None:
        composer, today = self.composer, self.context.clock.today
        unknown = word("unknown", composer.language)
        worth = None
        if row.value is not None:
            currency = row.currency or renewal.account.currency
            worth = amount(row.value, currency, composer.language)
        given = row.status == "notice_given"
        key = "given" if given else "notice" if row.notice_by else "ends"
        if row.notice_by and row.notice_by < today and not given:
            key = "passed"
        fields = [
            "contract", "notice_by", "end", "auto_renews", "value", "currency", "status",
        ]  # fmt: skip
        composer.bullet(
            key,
            [self.records.source(row, fields)],
            contract=row.contract,
            worth=in_brackets(worth, composer.language),
            notice=row.notice_by or unknown,
            end=row.end or unknown,
            renews="" if row.auto_renews is None or given else self._renews(row.auto_renews),
        )

    def _renews(self, renews: bool) -> str:
        composer = self.composer
        return composer.text("semicolon") + composer.text("renews" if renews else "ends_then")

    def _deals(self, renewal: Renewal) -> None:
        composer = self.composer
        if not renewal.opportunities:
            composer.plain("no_deal")
        for deal in renewal.opportunities:
            if not self.brief:
                Lines(self.records, composer).deal(deal)
                continue
            parts = [part for part in (deal.stage, deal.next_step) if part]
            if parts:
                composer.bullet(
                    "next",
                    [self.records.source(deal, ["name", "stage", "next_step", "close_date"])],
                    what=composer.text("semicolon").join(parts),
                )
