"""Two records of one person become one: what moves with it, so that an undo can move it back.

Rows of the book move through the ledger like any value. Touches that notes describe are no rows of
the book: what each named before is kept by whoever merges.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kam_knowledge.changes.values import facts
from kam_knowledge.language.normalise import fold
from kam_knowledge.store.base import BusinessRow
from kam_knowledge.store.models import SHEETS, Contact, Interaction

_OWN = frozenset({"account_id", "name", "aliases", "known_by_ids", "since", "external_id"})
"""Fields that are not simply filled in from the other record."""

Moved = tuple[BusinessRow, str, Any]
"""A row, one of its fields, and what it holds once both are one."""


def moved_by_merging(session: Session, keep: Contact, gone: Contact) -> list[Moved]:
    """What changes on record when `gone` becomes a part of `keep`: its names become aliases, what
    only it knows is taken over, and whatever named it names the other."""
    return [*_taken_over(keep, gone), *_named_it(session, keep, gone)]


def move_touches(session: Session, gone_id: int, keep_id: int, account_id: int) -> dict[str, Any]:
    """Has touches of the one be touches of the other; which contacts each named before, by its
    id."""
    before: dict[str, Any] = {}
    rows = session.scalars(select(Interaction).where(Interaction.account_id == account_id))
    for row in rows:
        if gone_id in row.contact_ids:
            before[str(row.id)] = list(row.contact_ids)
            row.contact_ids = _replaced(row.contact_ids, gone_id, keep_id)
    session.flush()
    return before


def put_touches_back(session: Session, before: dict[str, Any], gone_id: int, keep_id: int) -> None:
    """Undoes `move_touches`; a touch that was written anew meanwhile stays as it is."""
    for key, contact_ids in before.items():
        row = session.get(Interaction, int(key))
        if row is not None and row.contact_ids == _replaced(contact_ids, gone_id, keep_id):
            row.contact_ids = list(contact_ids)
    session.flush()


def _taken_over(keep: Contact, gone: Contact) -> Iterator[Moved]:
    known = {fold(keep.name), *map(fold, keep.aliases)}
    names = [one for one in (gone.name, *gone.aliases) if fold(one) not in known]
    if names:
        yield keep, "aliases", [*keep.aliases, *names]
    people = list(dict.fromkeys([*keep.known_by_ids, *gone.known_by_ids]))
    if people != keep.known_by_ids:
        yield keep, "known_by_ids", people
    days = [day for day in (keep.since, gone.since) if day is not None]
    if days and min(days) != keep.since:
        yield keep, "since", min(days)
    for name in sorted(set(facts(Contact)) - _OWN):
        value = getattr(gone, name)
        # A record must not report to itself once both are one.
        if value not in (None, [], keep.id) and getattr(keep, name) is None:
            yield keep, name, value


def _named_it(session: Session, keep: Contact, gone: Contact) -> Iterator[Moved]:
    for model in SHEETS.values():
        for attribute in model.__mapper__.column_attrs:
            column = attribute.columns[0]
            lists = column.info.get("list_of") == Contact.__tablename__
            names = any(key.column.table is Contact.__table__ for key in column.foreign_keys)
            if not (lists or names):
                continue
            rows = select(model).where(model.retracted.is_(False))
            if names:
                rows = rows.where(column == gone.id)
            elif hasattr(model, "account_id"):
                rows = rows.where(model.account_id == gone.account_id)
            for row in session.scalars(rows.order_by(model.id)):
                held = getattr(row, attribute.key)
                if lists and gone.id in held:
                    yield row, attribute.key, _replaced(held, gone.id, keep.id)
                elif names and row.id not in (keep.id, gone.id):
                    yield row, attribute.key, keep.id
                elif names and row.id == keep.id:
                    yield row, attribute.key, None


def _replaced(ids: list[int], gone_id: int, keep_id: int) -> list[int]:
    return list(dict.fromkeys(keep_id if one == gone_id else one for one in ids))
