"""The last two-way touch of every contact and account, without reading all the touches (P-2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, cast, func, not_, or_, select, true

from kam_knowledge.queries.records import Records
from kam_knowledge.queries.touches import Touch, noted, touches
from kam_knowledge.store.models import Activity, Interaction, Note

MAIL = "email"
"""The one kind of touch whose words say whether it is two-way."""


@dataclass(frozen=True)
class LastTouches:
    """Days of the last two-way touch on record."""

    by_contact: dict[int, date] = field(default_factory=dict)
    by_account: dict[int, date] = field(default_factory=dict)
    """Also of touches at which nobody of theirs is named."""


def last_touches(records: Records, account_ids: Collection[int]) -> LastTouches:
    """The newest day of the two-way ones among `touches`, for whoever has one.

    Where values stand as they do now the database finds it, and only mails of accounts that have
    mails later than any other touch are read.
    """
    ids = list(account_ids)
    if not records.as_it_stands:
        return _of(touches(records, account_ids=ids))
    last, _ = _counted(records, ids, mails=False)
    mails, home = _counted(records, ids, mails=True)
    later = _later(mails.by_account, last.by_account)
    later |= {home[key] for key in _later(mails.by_contact, last.by_contact)}
    if later:
        read = _of(touches(records, account_ids=later, kinds=[MAIL]))
        for newer, known in (
            (read.by_contact, last.by_contact),
            (read.by_account, last.by_account),
        ):
            known.update({key: newer[key] for key in _later(newer, known)})
    return last


def _of(found: Iterable[Touch]) -> LastTouches:
    """The days out of touches, which are given newest first."""
    last = LastTouches()
    for touch in found:
        if touch.two_way:
            last.by_account.setdefault(touch.account_id, touch.date)
            for contact_id in touch.contact_ids:
                last.by_contact.setdefault(contact_id, touch.date)
    return last


def _later(days: dict[int, date], than: dict[int, date]) -> set[int]:
    return {key for key, day in days.items() if key not in than or day > than[key]}


def _counted(
    records: Records, account_ids: list[int], *, mails: bool
) -> tuple[LastTouches, dict[int, int]]:
    """The newest days that the database finds, and the account of each contact.

    Of other kinds these are two-way; of mails they may be.
    """
    last, home = LastTouches(), dict[int, int]()
    for statement in _statements(records, account_ids, mails=mails):
        for contact, account, day in records.session.execute(statement):
            if day > last.by_account.get(account, date.min):
                last.by_account[account] = day
            if contact is not None:
                home[contact] = account
                if day > last.by_contact.get(contact, date.min):
                    last.by_contact[contact] = day
    return last, home


def _statements(
    records: Records, account_ids: list[int], *, mails: bool
) -> list[Select[int | None, int, date]]:
    """By contact and account the newest day, from notes and from recorded activities.

    Where nobody of theirs is named the contact is NULL; two of ours alone were among themselves.
    """
    today, postgresql = records.rights.today, records.session.get_bind().dialect.name != "sqlite"
    found: list[Select[int | None, int, date]] = []
    elements = func.json_array_elements_text if postgresql else func.json_each
    # Who was there is assumed from a text; what is recorded of the same meeting stands instead.
    met: Any = elements(Activity.contact_ids).table_valued("value", name="met")
    assumed: Any = elements(Interaction.contact_ids).table_valued("value", name="assumed")
    better = (
        select(Activity.id)
        .join(met, true())
        .join(assumed, cast(assumed.c.value, Integer) == cast(met.c.value, Integer))
        .where(
            records.held(Activity),
            Activity.account_id == Interaction.account_id,
            Activity.date == Interaction.date,
            Activity.kind == Interaction.kind,
            or_(Activity.status.is_(None), Activity.status != "planned"),
        )
        .correlate(Interaction)
        .exists()
    )
    unknown: ColumnElement[bool] = func.json_array_length(Interaction.unknown_names) > 0
    readable = and_(
        noted(records),
        Interaction.account_id.in_(account_ids),
        not_(and_(Interaction.assumed, better)),
    )
    recorded = and_(
        records.held(Activity),
        Activity.account_id.in_(account_ids),
        Activity.date <= today,
        or_(Activity.status.is_(None), Activity.status != "planned"),
    )
    for model, where, more in ((Interaction, readable, [unknown]), (Activity, recorded, [])):
        named: Any = elements(model.contact_ids).table_valued("value", name="named")
        contact = cast(named.c.value, Integer)
        whom = or_(contact.is_not(None), func.json_array_length(model.person_ids) < 2, *more)
        statement = select(contact, model.account_id, func.max(model.date)).select_from(model)
        if model is Interaction:
            statement = statement.join(Note, Note.id == Interaction.note_id)
        statement = statement.join(named, true(), isouter=True)
        kind = model.kind == MAIL if mails else model.kind != MAIL
        found.append(statement.where(where, kind, whom).group_by(contact, model.account_id))
    return found
