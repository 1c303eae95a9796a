"""A development in words, with what it cites: the same wherever it is told."""

from __future__ import annotations

from bot.assistant.compose import Composer
from bot.assistant.values import field_label, field_value
from bot.assistant.wording import amount, in_brackets, word
from kam_knowledge.queries.commitments import owner_name
from kam_knowledge.queries.developments import Development, FieldChange
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.scores import scorings
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.store.base import BusinessRow
from kam_knowledge.store.models import (
    Account,
    Action,
    Complaint,
    Contact,
    Contract,
    Opportunity,
    Person,
    Receivable,
    Satisfaction,
    Score,
)


def told(records: Records, composer: Composer, one: Development) -> tuple[str, list[Source]]:
    """The development without its day and account, and its sources."""
    row, language = one.row, composer.language
    sources: list[Source] = [records.source(row, one.fields)]
    match row:
        case _ if one.change is not None:
            return _changed(records, composer, one, one.change)
        case _ if one.kind == "added":
            return composer.text("added", what=_called(records, row)), sources
        case Opportunity():
            worth = composer.text("deal_amount", amount=_money(records, row, language))
            return composer.text(
                one.kind,
                name=row.name,
                amount=worth if row.amount is not None else "",
                reason=word("semicolon", language) + row.reason if row.reason else "",
            ), sources
        case Contact():
            title = in_brackets(row.title, language)
            return composer.text(one.kind, name=row.name, title=title), sources
        case Complaint():
            severity = word(f"severity_{row.severity}", language) if row.severity else ""
            text = composer.text(one.kind, severity=severity, complaint=row.complaint)
            return text.strip(), sources
        case Action():
            return _promise(records, composer, one, row)
        case Receivable():
            worth = _money(records, row, language)
            return composer.text(one.kind, invoice=row.invoice, amount=worth), sources
        case Contract():
            return composer.text(one.kind, contract=row.contract), sources
        case Satisfaction():
            return _survey(records, composer, one, row)
        case Score():
            return _scored(records, composer, one)
        case _:  # a model without a sentence of its own is told by its key
            return composer.text("added", what=_called(records, row)), sources


def _promise(
    records: Records, composer: Composer, one: Development, row: Action
) -> tuple[str, list[Source]]:
    sources: list[Source] = [records.source(row, one.fields)]
    owner = owner_name(records, row)
    person = records.get(Person, row.owner_person_id)
    if person:
        sources.append(records.source(person, ["email", "name"]))
    key = one.kind if one.kind == "promise_done" else f"{one.kind}_{row.direction}"
    said = composer.text("owner", owner=owner) if owner else ""
    return composer.text(key, action=row.action, owner=said), sources


def _survey(
    records: Records, composer: Composer, one: Development, row: Satisfaction
) -> tuple[str, list[Source]]:
    rows = [row, *(other for other in one.others if isinstance(other, Satisfaction))]
    before = ""
    if len(rows) > 1:
        before = composer.text("survey_before", value=f"{rows[1].value:f}", date=rows[1].date)
    text = composer.text("survey", kind=row.kind.upper(), value=f"{row.value:f}", before=before)
    return text, [records.source(each, one.fields) for each in rows]


def _scored(records: Records, composer: Composer, one: Development) -> tuple[str, list[Source]]:
    known = scorings(records, [one.account_id]).get(one.account_id, [])
    at = next(number for number, scoring in enumerate(known) if scoring.day == one.day)
    now, earlier = known[at], known[at + 1 : at + 2]
    before = ""
    formula = now.weighted.formula
    if earlier:
        before = composer.text("score_before", value=earlier[0].weighted.value, date=earlier[0].day)
        formula += f"; {earlier[0].day}: {earlier[0].weighted.formula}"
    rows = [row for scoring in (now, *earlier) for row in scoring.rows]
    source = ComputedSource(
        "weighted_score (S1-3)",
        records.accounts[one.account_id].name,
        one.day,
        formula,
        tuple(records.where(row) for row in rows),
    )
    sources: list[Source] = [source]
    who = ""
    if now.by:
        who = composer.text("by_person", name=now.by[0].name)
        sources += [records.source(now.rows[0], one.fields)]
        sources += [records.source(now.by[0], ["email", "name"])]
    text = composer.text("scored", value=now.weighted.value, before=before, who=who)
    return text, sources


def _changed(
    records: Records, composer: Composer, one: Development, change: FieldChange
) -> tuple[str, list[Source]]:
    row, language = one.row, composer.language
    person = records.people.get(change.actor_id or 0)
    text = composer.text(
        "changed",
        what=_called(records, row),
        field=field_label(change.name, language),
        old=field_value(records, row, change.name, change.old, language),
        new=field_value(records, row, change.name, change.new, language),
        who=composer.text("by_person", name=person.name) if person else "",
    )
    return text, change_sources(records, one, change)


def change_sources(records: Records, one: Development, change: FieldChange) -> list[Source]:
    """A value before and after, and who stated it.

    What it was stands no longer in the record: the ledger says it.
    """
    row = one.row
    person = records.people.get(change.actor_id or 0)
    column, new = _cell(records, row, change.name, change.new)
    _, old = _cell(records, row, change.name, change.old)
    by = f"; by {person.email}" if person else ""
    day = change.recorded_at.date()
    found: list[Source] = [
        ComputedSource(
            "developments (S3-7)",
            _called(records, row),
            one.day,
            f"{column}: {old or '-'} → {new or '-'}; recorded {day} ({change.cause}){by}",
            (records.source(row, row.KEY).where,),
            inner=change.name in row.INNER,
        )
    ]
    if person:
        found.append(records.source(person, ["email", "name"]))
    return found


def _cell(records: Records, row: BusinessRow, name: str, value: object) -> tuple[str, str]:
    column, text = records.spelled(row, name, value)
    return column, "" if value is None else text


def _called(records: Records, row: BusinessRow) -> str:
    """What people call the row: its own name within the account."""
    if isinstance(row, Account):
        return row.name
    own = row.KEY[1] if len(row.KEY) > 1 else row.KEY[0]
    return records.spelled(row, own, getattr(row, own))[1]


def _money(records: Records, row: Opportunity | Receivable, language: str) -> str:
    account = records.accounts[row.account_id]
    value = row.amount
    return amount(value, row.currency or account.currency, language) if value is not None else ""
