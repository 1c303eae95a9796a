"""Health in words: the colour, why, and what it rests on (P-1)."""

from __future__ import annotations

from collections.abc import Collection

from bot.assistant.compose import Composer
from bot.assistant.wording import amount, in_brackets, listed
from kam_knowledge.analysis.health import Colour
from kam_knowledge.queries.health import AccountHealth
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.revenue import TwelveMonths, percent
from kam_knowledge.queries.sources import ComputedSource, RecordSource, Source
from kam_knowledge.store.base import BusinessRow
from kam_knowledge.store.models import Receivable, Satisfaction

WEAK, MIDDLING = 50, 75
"""A part below the first is named as a reason; where there is none, those below the second."""
_CITED = {
    "contacts": ["name", "decision_role", "left_on"],
    "actions": ["action", "due", "status"],
    "complaints": ["complaint", "raised_on", "severity"],
    "satisfaction": ["date", "kind", "value"],
    "financials": ["period", "revenue"],
    "contracts": ["contract", "notice_by", "end", "status"],
    "receivables": ["invoice", "amount", "currency", "due"],
    "opportunities": ["name", "kind", "stage", "close_date"],
    "competitors": ["competitor", "strength", "expected_move"],
    "team": ["person_id", "seat"],
}


def colour_word(composer: Composer, found: AccountHealth) -> str:
    """The colour as people call it."""
    return composer.text(f"colour_{found.health.colour}")


def computed(
    records: Records, found: AccountHealth, because: Collection[str] = ()
) -> ComputedSource:
    """The formula of the colour, with the records behind it; `because` are the reasons in words,
    where they are not cited one by one."""
    inputs = dict.fromkeys(records.where(row) for rows in found.evidence.values() for row in rows)
    held = ", ".join(f"{gate.name} at most {gate.holds_at}" for gate in found.health.gates)
    formula = found.health.formula + (f"; gates: {held}" if held else "")
    why = f": {'; '.join(because)}" if because else ""
    return ComputedSource(
        "health (P-1)",
        found.account.name,
        records.rights.today,
        f"{formula} → {found.health.colour}{why}",
        tuple(inputs),
    )


def reasons(
    records: Records,
    composer: Composer,
    found: AccountHealth,
    *,
    most: int,
    told: Collection[str] = (),
    cited: bool = True,
) -> list[str]:
    """The first reasons as phrases, cited unless one citation is to do for all (`computed`):
    gates first, then weak parts, worst first.

    No more are put together than are wanted: what is cited must be said. `told` are the gates
    of which the answer speaks elsewhere.
    """
    said: list[tuple[str, list[Source]]] = []
    named = {gate.name for gate in found.health.gates}
    for gate in [gate for gate in found.health.gates if gate.name not in told][:most]:
        said.append(_reason(records, composer, gate.name, found.evidence.get(gate.name, [])))
    known = [part for part in found.health.parts if part.score is not None]
    lowest = [part for part in known if (part.score or 0) < WEAK]
    if not lowest and not named and found.health.colour in (Colour.AMBER, Colour.RED):
        # No part is bad of itself; together they are.
        lowest = [part for part in known if (part.score or 0) < MIDDLING]
    weak = sorted(lowest, key=lambda part: part.score or 0)
    covered = {
        "complaints": "severe_complaint",
        "payment": "late_payment",
        "commitments": "late_promise",
    }
    for part in weak:
        if len(said) == most:
            break
        if covered.get(part.name) in named:
            continue
        rows = found.evidence.get(part.name, [])
        if part.name == "coverage":
            said.append((composer.text("why_coverage"), [computed(records, found)]))
        elif part.name == "revenue" and found.year and found.year.growth is not None:
            change = f"{percent(found.year.growth):+f}"
            text = composer.text("why_revenue", change=change)
            said.append((text, [revenue_source(records, found.year)]))
        elif rows:
            said.append(_reason(records, composer, part.name, rows))
    return [composer.cited(text, sources) if cited else text for text, sources in said]


def revenue_source(records: Records, year: TwelveMonths) -> Source:
    """What a claim on twelve months' revenue cites: the sums, or the account that states it."""
    if not year.rows:
        return records.source(year.account, ["annual_revenue", "currency"])
    return ComputedSource(
        "twelve_months (S1-12)",
        year.account.name,
        records.rights.today,
        year.formula,
        tuple(records.where(row) for row in (*year.rows, *year.before_rows)),
    )


def _reason(
    records: Records, composer: Composer, name: str, rows: list[BusinessRow]
) -> tuple[str, list[Source]]:
    shown = rows[:2]
    sources: list[Source] = [_source(records, row) for row in shown]
    what = listed([_named(records, composer, row) for row in shown], composer.language)
    if len(rows) > len(shown):
        what += "…"
    return composer.text(f"why_{name}", what=what), sources


def _source(records: Records, row: BusinessRow) -> RecordSource:
    return records.source(row, _CITED[row.__tablename__])


def _named(records: Records, composer: Composer, row: BusinessRow) -> str:
    """What a person calls the row, with its decisive date."""
    language = composer.language
    if isinstance(row, Satisfaction):
        return f"{row.kind.upper()} {row.value:f}{in_brackets(row.date, language)}"
    name = records.key(row).split(" / ")[-1]
    for field in ("complaint", "action", "invoice", "contract", "competitor", "name"):
        if isinstance(value := getattr(row, field, None), str):
            name = value
            break
    if isinstance(row, Receivable):
        account = records.accounts[row.account_id]
        worth = amount(row.amount, row.currency or account.currency, language)
        name = composer.text("invoice_of", invoice=name, amount=worth)
    for field in ("left_on", "raised_on", "due", "end"):
        day = getattr(row, field, None)
        if day is not None:
            return f"{name}{in_brackets(day, language)}"
    return name
