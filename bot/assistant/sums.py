"""Sums in words: a subtotal a currency, and one amount where dated rates join them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from bot.assistant.compose import Composer
from bot.assistant.wording import amount, listed, rounded
from kam_knowledge.queries.money import Total
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.sources import RecordSource
from kam_knowledge.store.models import Rate


def by_currency(sums: Mapping[str, Decimal], composer: Composer) -> str:
    """`1,000 EUR and 2,000 USD`; a zero without a currency where there is nothing."""
    said = [
        amount(value, None if name == "?" else name, composer.language)
        for name, value in sums.items()
    ]
    return listed(said, composer.language) or "0"


def in_all(total: Total, composer: Composer) -> str:
    """The subtotals and, where rates were used, the whole amount with the rates and their days."""
    said = by_currency(total.subtotals, composer)
    if total.amount is None or not total.rates:
        return said
    whole = amount(rounded(total.amount, composer.language), total.currency, composer.language)
    rates = listed([rate_said(rate) for rate in total.rates], composer.language)
    return said + composer.text("converted", amount=whole, rates=rates)


def rate_said(rate: Rate) -> str:
    """`1 USD = 7.10 CNY (2026-11-19)`."""
    return f"1 {rate.currency} = {rate.rate:f} {rate.to} ({rate.as_of})"


def rate_sources(records: Records, rates: Iterable[Rate]) -> list[RecordSource]:
    """What a claim cites that used these rates."""
    fields = ["currency", "to", "rate", "as_of"]
    return [records.source(rate, fields) for rate in {rate.id: rate for rate in rates}.values()]
