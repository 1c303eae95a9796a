"""What tests of ingestion share: a small book, files to write, and what is stored of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from ingest.files import ingest_paths
from ingest.report import IngestReport
from kam_knowledge.changes.ledger import Ledger
from kam_knowledge.clock import Clock, clock
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import (
    Account,
    Contact,
    Interaction,
    Note,
    NotePlace,
    Passage,
    Person,
)

TODAY = dt.date(2026, 11, 21)
NOON = clock(TODAY.isoformat(), "Asia/Shanghai")


@dataclass(frozen=True)
class Stored:
    """A note as it is stored, with names in place of ids."""

    title: str
    text: str
    account: str | None
    author: str | None
    date: dt.date | None
    kind: str
    visibility: str
    language: str
    inferred: dict[str, str]
    places: tuple[str, ...]
    contacts: tuple[str, ...]
    people: tuple[str, ...]
    unknown: tuple[str, ...]
    assumed: bool | None
    """None where the note describes no touch."""
    key: str
    passages: int


def add_book(store: Store, **changes: str) -> None:
    """Three accounts (Initech for its team only), their contacts, three people of ours.

    `changes` gives an account another visibility: `Globex="team"`.
    """
    people = {
        "li.na@example.com": ("Li Na", ["李娜"]),
        "tom.becker@example.com": ("Tom Becker", []),
        "priya.raman@example.com": ("Priya Raman", []),
    }
    accounts = {
        "ACME Corp": (["ACME", "艾克米"], "open"),
        "Globex": (["Globex AG", "格洛贝克斯"], "open"),
        "Initech": (["英泰克"], "team"),
        "华远重工": (["Huayuan", "華遠重工"], "open"),
    }
    contacts = [
        ("ACME Corp", "Dana Wu", ["吴丹娜", "吴总"], "dana.wu@acme.example"),
        ("ACME Corp", "Robert Hale", [], "robert.hale@acme.example"),
        ("Globex", "Ulrich Stamm", [], "ulrich.stamm@globex.example"),
        ("Globex", "Dana Kovac", [], "dana.kovac@globex.example"),
        ("Initech", "Bill Tan", ["陈国辉"], "bill.tan@initech.example"),
        ("华远重工", "郑国栋", ["郑总"], "zheng.guodong@huayuan.example"),
    ]
    with store.write() as session:
        ledger = Ledger(session, cause="import", origin="workbook", as_of=TODAY)
        ledger.create_many(
            Person,
            [{"email": e, "name": n, "aliases": a} for e, (n, a) in people.items()],
            sources=["people.csv"] * len(people),
        )
        names = dict(session.execute(select(Person.email, Person.id)).all())
        ledger.create_many(
            Account,
            [
                {
                    "name": name,
                    "aliases": aliases,
                    "visibility": changes.get(name, visibility),
                    "owner_id": names["li.na@example.com"],
                }
                for name, (aliases, visibility) in accounts.items()
            ],
            sources=["accounts.csv"] * len(accounts),
        )
        add_contacts(store, contacts, session)


def add_contacts(store: Store, contacts: Sequence[Any], session: Any) -> None:
    """Contacts by account, name, aliases, email."""
    ids = dict(session.execute(select(Account.name, Account.id)).all())
    Ledger(session, cause="import", origin="workbook", as_of=TODAY).create_many(
        Contact,
        [
            {"account_id": ids[account], "name": name, "aliases": aliases, "email": email}
            for account, name, aliases, email in contacts
        ],
        sources=["contacts.csv"] * len(contacts),
    )


def write(folder: Path, name: str, text: str | bytes) -> Path:
    """A file in the folder, with the folders it needs."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def ingest(store: Store, *paths: Path, at: Clock = NOON) -> IngestReport:
    return ingest_paths(store, paths, clock=at)


def counts(report: IngestReport) -> tuple[int, int, int, int]:
    """(added, updated, unchanged, removed)."""
    return report.added, report.updated, report.unchanged, report.removed


def notes(store: Store, *, removed: bool = False) -> list[Stored]:
    """The notes by their first place."""
    found = []
    with store.read() as session:
        for note in session.scalars(select(Note).where(Note.removed.is_(removed))):
            touch = session.scalar(select(Interaction).where(Interaction.note_id == note.id))
            places = session.scalars(
                select(NotePlace.place).where(NotePlace.note_id == note.id).order_by(NotePlace.id)
            )
            of_note = select(Passage.id).where(Passage.note_id == note.id)
            found.append(
                Stored(
                    title=note.title,
                    text=note.text,
                    account=note.account_id and session.get_one(Account, note.account_id).name,
                    author=note.author_id and session.get_one(Person, note.author_id).name,
                    date=note.date,
                    kind=note.kind,
                    visibility=note.visibility,
                    language=note.language,
                    inferred=dict(note.inferred),
                    places=tuple(places),
                    contacts=_names(session, Contact, touch.contact_ids if touch else ()),
                    people=_names(session, Person, touch.person_ids if touch else ()),
                    unknown=tuple(touch.unknown_names) if touch else (),
                    assumed=touch.assumed if touch else None,
                    key=note.key,
                    passages=len(session.scalars(of_note).all()),
                )
            )
    return sorted(found, key=lambda note: note.places)


def only(store: Store) -> Stored:
    """The one note there is."""
    [note] = notes(store)
    return note


def inferred(report: IngestReport) -> dict[str, tuple[str | None, str]]:
    """Field → (value, from), of a run over one file."""
    return {entry.field: (entry.value, entry.source) for entry in report.inferred}


def _names(session: Any, model: Any, ids: Sequence[int]) -> tuple[str, ...]:
    return tuple(session.get_one(model, key).name for key in ids)
