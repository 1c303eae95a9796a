"""A citation given before, read again under the rights of now: what stood behind an answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import or_, select

from kam_knowledge.queries.records import Records
from kam_knowledge.queries.sources import (
    ComputedSource,
    MethodSource,
    NoteSource,
    RecordSource,
    Source,
)
from kam_knowledge.store.base import BusinessRow
from kam_knowledge.store.models import SHEETS, Account, Activity, Note, NotePlace, Passage

_COLUMN = re.compile(r"; [a-z_]+=")
Cited = Mapping[str, Any]
"""A citation in the contract's shape."""


def read_again(
    records: Records, citations: Iterable[Cited], accounts: Iterable[str] = ()
) -> list[tuple[int, Source]]:
    """The citations that these readers may still see, by their old number, as they read now.

    `accounts` are the names of those the answer was about. What may no longer be seen, or no
    longer stands in its source, is left out. A computed one is given only where every input is
    still there, and nothing else of the answer was left out: its formula may hold what the
    others held.
    """
    given = list(citations)
    found: dict[int, Source] = {}
    whole = set(accounts) <= {account.name for account in records.accounts.values()}
    for citation in given:
        if citation["kind"] != "computed":
            source = _read(records, citation)
            if source is not None:
                found[citation["n"]] = source
            whole = whole and source is not None and _complete(source, citation)
    for citation in given:
        if citation["kind"] == "computed" and whole and _computable(records, citation):
            found[citation["n"]] = ComputedSource(
                citation["where"],
                citation["title"],
                records.rights.today,
                citation["quote"],
                tuple(citation.get("inputs", ())),
                bool(citation.get("inner")),
            )
    return sorted(found.items())


def _read(records: Records, citation: Cited) -> Source | None:
    match citation["kind"]:
        case "note" | "document":
            return _note(records, citation)
        case "record":
            row = _row(records, citation["where"])
            return _record(records, row, citation["quote"]) if row is not None else None
        case "methodology":
            return _method(records, citation)
        case _:
            return None


def _note(records: Records, citation: Cited) -> NoteSource | None:
    note = _note_at(records, citation["where"])
    if note is None or citation["quote"] not in note.text:
        return None
    return NoteSource(
        citation["where"], note.title, note.date, citation["quote"], citation["kind"], note.id
    )


def _note_at(records: Records, where: str) -> Note | None:
    """The readable note at that place, or with that id."""
    placed = select(NotePlace.note_id).where(NotePlace.place == where)
    return records.session.scalars(
        select(Note)
        .where(records.rights.note_clause(), or_(Note.key == where, Note.id.in_(placed)))
        .order_by(Note.id.desc())
        .limit(1)
    ).first()


def _method(records: Records, citation: Cited) -> MethodSource | None:
    passage = records.session.scalars(
        select(Passage).where(
            Passage.method_key == citation["where"], records.rights.passage_clause()
        )
    ).first()
    if passage is None or citation["quote"] not in passage.text:
        return None
    return MethodSource(citation["where"], citation["title"], citation["quote"])


def _row(records: Records, where: str) -> BusinessRow | None:
    """The row of `table:key` or `crm:FORMAT:TYPE:ID`, where these readers may see it."""
    table, _, key = where.partition(":")
    if table == "crm":
        found = records.all(Activity, Activity.external_id == key)
        return found[0] if found else None
    model = SHEETS.get(table)
    if model is None:
        return None
    rows: Iterable[BusinessRow]
    if model is not Account and hasattr(model, "account_id"):
        named = [a.id for a in records.accounts.values() if key.startswith(f"{a.name} / ")]
        rows = records.all(model, account_ids=named) if named else records.all(model)
    else:
        rows = records.all(model)
    return next((row for row in rows if records.key(row) == key), None)


def _record(records: Records, row: BusinessRow, quote: str) -> RecordSource | None:
    """The row's present values of the columns that were quoted, in that order."""
    columns: dict[str, str] = {}
    for attribute in type(row).__mapper__.column_attrs:
        # Of several fields of one column (an owner as written, and whom it means) the first.
        column = attribute.columns[0]
        columns.setdefault(str(column.info.get("column", column.name)), attribute.key)
    quoted = f"; {quote}"
    at = {
        name: position
        for column, name in columns.items()
        if (position := quoted.find(f"; {column}=")) >= 0
    }
    source = records.source(row, sorted(at, key=lambda name: at[name]))
    return source if source.columns else None


def _complete(source: Source, citation: Cited) -> bool:
    """Whether a record still shows every column that was quoted of it."""
    if not isinstance(source, RecordSource):
        return True
    return all(f"; {column}=" in f"; {citation['quote']}" for column, _ in source.columns) and (
        len(source.columns) >= len(_COLUMN.findall(f"; {citation['quote']}"))
    )


def _computable(records: Records, citation: Cited) -> bool:
    """Whether every input may still be read, and inner ones by their account's team."""
    for where in citation.get("inputs", ()):
        row = _row(records, where) if ":" in where else None
        if row is None:
            if _note_at(records, where) is None:
                return False
            continue
        account = row.id if isinstance(row, Account) else getattr(row, "account_id", None)
        if citation.get("inner") and not records.rights.sees_inner(account):
            return False
    return bool(citation.get("inputs")) or not citation.get("inner")
