"""The forecast in words, each figure with its formula (P-3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.lines import Lines
from bot.assistant.sums import by_currency, in_all, rate_sources
from bot.assistant.wording import amount, rounded, word
from kam_knowledge.analysis.forecast import Outlook
from kam_knowledge.queries.forecast import Deals, PeriodForecast, Progress
from kam_knowledge.queries.money import Exchange, Total
from kam_knowledge.queries.revenue import percent
from kam_knowledge.queries.sources import ComputedSource, RecordSource, Source
from kam_knowledge.store.models import Opportunity, Person, Rate

TARGETS = 10
"""Targets that are told; a leader sees the rest by the name of a colleague or an account."""


class ForecastLines:
    """Writes one forecast."""

    def __init__(self, context: SkillContext, composer: Composer, deals: Deals) -> None:
        self.context = context
        self.records = context.records
        self.composer = composer
        self.held = deals
        self.language = composer.language
        self._used: list[Rate] = []

    def period(self, one: PeriodForecast) -> None:
        """Growth and renewals of the period, and what is won in it."""
        for key, outlook, rows in self._sides(one):
            if outlook.deals:
                figures = self._figures(outlook)
                formula = self._computed(one, key, outlook, rows)
                self.composer.bullet(key, [formula, *self._rates()], **figures)
            else:
                self.composer.plain(f"no_{key}")
        total = self.held.total(one.won, self.context.company.currency)
        if total:
            self.composer.bullet(
                "won",
                [
                    *(self._source(row) for row in one.won),
                    *rate_sources(self.records, total.rates),
                ],
                amount=in_all(total, self.composer),
            )

    def later(self, ahead: list[PeriodForecast]) -> None:
        """A line for each later period that has a deal."""
        known = [one for one in ahead if one.deals]
        if not known:
            return
        self.composer.heading("head_later")
        for one in known:
            figures = self._figures(one.growth)
            renewals = self._sums(one.renewals.weighted)
            sources: list[Source] = [
                self._computed(one, key, outlook, rows)
                for key, outlook, rows in self._sides(one)
                if outlook.deals
            ]
            self.composer.bullet(
                "later",
                [*sources, *self._rates()],
                period=one.period.label,
                renewals=renewals,
                **{name: figures[name] for name in ("commit", "best", "weighted")},
            )

    def targets(self, reached: list[Progress], *, several: bool) -> None:
        """Each target with what stands against it, and the gap."""
        self.composer.heading("head_gap")
        if not reached:
            self.composer.plain("no_target")
        for one in reached[:TARGETS]:
            self._target(one, several=several)
        if len(reached) > TARGETS:
            self.composer.plain("more", n=len(reached) - TARGETS)

    def deals(self, key: str, rows: Sequence[Opportunity], most: int) -> None:
        """Deals below a heading, with their chance and category; nothing for none."""
        if not rows:
            return
        self.composer.heading(key)
        lines = Lines(self.records, self.composer)
        for row in rows[:most]:
            said = lines.deal_values(row)
            if row.probability is not None:
                share = percent(row.probability).normalize()
                said["stage"] += self.composer.text("chance", share=f"{share:f}")
            if row.forecast:
                category = word(f"forecast_{row.forecast}", self.language)
                said["stage"] += self.composer.text("category", category=category)
            text = self.composer.text(
                "of_account",
                account=self.held.accounts[row.account_id].name,
                text=self.composer.text("deal", **said),
            )
            self.composer.line("- " + self.composer.cited(text, [self._source(row)]))
        if len(rows) > most:
            self.composer.plain("more", n=len(rows) - most)

    def moved(self, first: dict[int, date]) -> None:
        """Deals whose close date the ledger knows to have been earlier."""
        rows = [row for row in self.held.open if row.id in first]
        if not rows:
            return
        self.composer.heading("head_moved")
        for row in rows:
            source = ComputedSource(
                "moved_back (P-3)",
                row.name,
                self.context.clock.today,
                f"close_date: {first[row.id]} → {row.close_date}",
                (self._source(row).where,),
            )
            self.composer.bullet(
                "moved",
                [source, self._source(row)],
                name=row.name,
                account=self.held.accounts[row.account_id].name,
                first=first[row.id],
                now=row.close_date,
            )

    def _sides(
        self, one: PeriodForecast
    ) -> tuple[tuple[str, Outlook, list[Opportunity]], tuple[str, Outlook, list[Opportunity]]]:
        growth = [row for row in one.deals if row.kind != "renewal"]
        renewals = [row for row in one.deals if row.kind == "renewal"]
        return (("growth", one.growth, growth), ("renewals", one.renewals, renewals))

    def _figures(self, outlook: Outlook) -> dict[str, str]:
        unweighed = ""
        if outlook.unweighed:
            unweighed = self.composer.text("unweighed", n=outlook.unweighed)
        return {
            "commit": self._sums(outlook.commit),
            "best": self._sums(outlook.best_case),
            "weighted": self._sums(outlook.weighted),
            "open": self.composer.text("counted", n=outlook.deals, unweighed=unweighed),
        }

    def _rates(self) -> list[RecordSource]:
        """The rates that the figures said last were added at."""
        used, self._used = self._used, []
        return rate_sources(self.records, used)

    def _sums(self, sums: Mapping[str, Decimal]) -> str:
        """The amounts by currency; in the company's, where one is set and rates allow it."""
        whole = {name: value.quantize(Decimal(1)) for name, value in sums.items()}
        own = self.context.company.currency
        if not own or not whole or "?" in whole or set(whole) == {own}:
            return by_currency(self._shown(whole), self.composer)
        total = Exchange(self.records).total(
            [(Decimal(0), own), *((value, name) for name, value in whole.items())], own
        )
        self._used += total.rates
        return in_all(replace(total, subtotals=self._shown(whole)), self.composer)

    def _shown(self, sums: Mapping[str, Decimal]) -> dict[str, Decimal]:
        return {name: rounded(value, self.composer.language) for name, value in sums.items()}

    def _computed(
        self, one: PeriodForecast, key: str, outlook: Outlook, rows: list[Opportunity]
    ) -> ComputedSource:
        counted = [row for row in rows if row.forecast != "omitted" and row.amount is not None]
        parts = " + ".join(
            f"{row.name} {row.amount or 0:f}×{row.probability:f}"
            for row in counted
            if row.probability is not None
        )
        sums = "; ".join(
            f"{name} {_plain(values)}"
            for name, values in (
                ("commit", outlook.commit),
                ("best case", outlook.best_case),
                ("weighted", outlook.weighted),
            )
        )
        return ComputedSource(
            "outlook (P-3)",
            self.composer.text("computed_title", period=one.period.label),
            self.context.clock.today,
            f"{key} {one.period.label}, deals: {outlook.deals}, without a probability: "
            f"{outlook.unweighed}; {parts or 'nothing weighed'}; {sums}",
            tuple(self._source(row).where for row in counted),
        )

    def _target(self, one: Progress, *, several: bool) -> None:
        target = one.target
        owner = self.records.get(Person, target.owner_id)
        rates = [rate for total in (one.reached, one.commit) if total for rate in total.rates]
        sources: list[Source] = [
            self.records.source(
                target, ["owner_id", "account_id", "period", "amount", "currency", "kind"]
            ),
            self._reached(one),
            *rate_sources(self.records, rates),
        ]
        if several and owner:
            sources.append(self.records.source(owner, ["email", "name"]))
        kind = target.kind or "revenue"
        self.composer.bullet(
            kind if kind == "bookings" or one.reached else f"{kind}_none",
            sources,
            who=self.composer.text("whose", name=owner.name) if several and owner else "",
            period=target.period,
            target=amount(target.amount, target.currency, self.language),
            reached=self._sum(one.reached),
            commit=self._sum(one.commit),
            gap=self._gap(one),
        )

    def _sum(self, total: Total | None) -> str:
        return in_all(total, self.composer) if total else "0"

    def _gap(self, one: Progress) -> str:
        if one.gap is None:
            return self.composer.text("no_rate")
        missing = amount(rounded(abs(one.gap), self.language), one.target.currency, self.language)
        return self.composer.text("missing" if one.gap > 0 else "beyond", amount=missing)

    def _reached(self, one: Progress) -> ComputedSource:
        target = one.target
        parts = [f"target {target.amount:f} {target.currency or ''}".strip()]
        parts.append(f"reached {one.reached.formula if one.reached else 0}")
        if target.kind == "bookings":
            parts.append(f"commit {one.commit.formula if one.commit else 0}")
        left = "unknown" if one.gap is None else f"{one.gap:f} {target.currency or ''}".strip()
        return ComputedSource(
            "gap (P-3)",
            f"{target.kind or 'revenue'} {target.period}",
            self.context.clock.today,
            f"{'; '.join(parts)}; gap = {left}",
            tuple(self.records.source(row, list(row.KEY)).where for row in one.rows),
        )

    def _source(self, row: Opportunity) -> RecordSource:
        fields = [
            "name", "kind", "amount", "currency", "probability", "forecast", "stage", "next_step",
            "close_date", "outcome",
        ]  # fmt: skip
        return self.records.source(row, fields)


def _plain(sums: Mapping[str, Decimal]) -> str:
    return ", ".join(f"{value:f} {name}" for name, value in sums.items()) or "0"
