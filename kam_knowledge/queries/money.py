"""Adding amounts: one subtotal a currency, or one sum at dated rates that are named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Rate

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Total:
    """Subtotals by currency, and their sum in one of them where rates allow it."""

    subtotals: dict[str, Decimal]
    currency: str | None = None
    amount: Decimal | None = None
    """The sum in `currency`; None where a rate is missing."""
    rates: tuple[Rate, ...] = ()

    @property
    def formula(self) -> str:
        """How the sum came about, with every rate and its day."""
        parts = " + ".join(f"{amount:f} {name}" for name, amount in self.subtotals.items())
        if self.amount is None or not self.rates:
            return parts
        used = "; ".join(
            f"1 {rate.currency} = {rate.rate:f} {rate.to} ({rate.as_of})" for rate in self.rates
        )
        whole = self.amount.quantize(Decimal(1))
        rounded = "" if whole == self.amount else f" ≈ {whole:f}"
        return f"{parts} = {self.amount:f}{rounded} {self.currency} at {used}"


class Exchange:
    """Rates on record up to the business day, the newest of each pair."""

    def __init__(self, records: Records) -> None:
        self._rates: dict[tuple[str, str], Rate] = {}
        for rate in sorted(records.rates, key=lambda row: row.as_of):
            if rate.as_of <= records.rights.today:
                self._rates[(rate.currency, rate.to)] = rate

    def convert(
        self, amount: Decimal, currency: str, to: str
    ) -> tuple[Decimal, tuple[Rate, ...]] | None:
        """The amount in the other currency and the rates used; None without a rate.

        A pair on record only the other way round is inverted; one step over a third currency is
        taken where there is no direct rate.
        """
        if currency == to:
            return amount, ()
        direct = self._step(amount, currency, to)
        if direct:
            return direct
        for middle in sorted({pair[1] for pair in self._rates} | {p[0] for p in self._rates}):
            first = self._step(amount, currency, middle)
            second = self._step(first[0], middle, to) if first else None
            if first and second:
                return second[0], first[1] + second[1]
        return None

    def widest(self, currencies: Iterable[str | None], own: str | None = None) -> str | None:
        """The currency into which most of the others can be converted, `own` before others."""
        known = {name for name in currencies if name}

        def reach(to: str) -> tuple[int, bool]:
            found = sum(self.convert(Decimal(1), name, to) is not None for name in known)
            return found, to == own

        return max(sorted(known | {own} if own else known), key=reach, default=None)

    def _step(
        self, amount: Decimal, currency: str, to: str
    ) -> tuple[Decimal, tuple[Rate, ...]] | None:
        if currency == to:
            return amount, ()
        rate = self._rates.get((currency, to))
        if rate:
            return amount * rate.rate, (rate,)
        inverse = self._rates.get((to, currency))
        if inverse and inverse.rate:
            return amount / inverse.rate, (inverse,)
        return None

    def total(
        self, amounts: Iterable[tuple[Decimal, str | None]], into: str | None = None
    ) -> Total:
        """The amounts added. `into` is the currency of the sum, else, of those that there are,
        the one that most rates lead to."""
        sums: defaultdict[str, Decimal] = defaultdict(Decimal)
        for amount, currency in amounts:
            sums[currency or "?"] += amount
        subtotals = dict(sorted(sums.items()))
        if "?" in subtotals and len(subtotals) > 1:
            return Total(subtotals)
        if len(subtotals) == 1 and into in (None, *subtotals, "?"):
            ((currency, amount),) = subtotals.items()
            return Total(subtotals, currency, amount)
        sums_in = [self._sum_in(target, subtotals) for target in ([into] if into else subtotals)]
        possible = [one for one in sums_in if one is not None]
        if possible:
            return max(possible, key=lambda one: (self._led_to(one.currency), _own_share(one)))
        if len(subtotals) == 1:
            ((currency, amount),) = subtotals.items()
            return Total(subtotals, currency, amount)
        return Total(subtotals)

    def _led_to(self, currency: str | None) -> int:
        """How many rates on record lead to the currency: sums are in the one a book counts in."""
        return sum(to == currency for _, to in self._rates)

    def _sum_in(self, target: str, subtotals: dict[str, Decimal]) -> Total | None:
        """The sum in that currency; None where a rate is missing."""
        total, used = Decimal(0), dict[int, Rate]()
        for currency, amount in subtotals.items():
            converted = self.convert(amount, currency, target)
            if converted is None:
                return None
            total += converted[0]
            used.update({rate.id: rate for rate in converted[1]})
        return Total(subtotals, target, total.quantize(_CENT), tuple(used.values()))


def _own_share(total: Total) -> Decimal:
    """The share of a sum that is in its own currency."""
    own = total.subtotals.get(total.currency or "", Decimal(0))
    return own / total.amount if total.amount else Decimal(0)
