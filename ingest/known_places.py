"""What earlier runs left: the places below a PATH, and the notes to be understood anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ingest.folders import Root
from kam_knowledge.store.models import Account, Interaction, Note, NotePlace, State


@dataclass(frozen=True)
class KnownPlace:
    """A place as the last run left it."""

    path: str
    part: str
    root: str
    place: str
    file_hash: str
    note_id: int


def known_places(session: Session, found: Iterable[Root]) -> dict[str, list[KnownPlace]]:
    """The places at or below the roots, by path."""
    columns = (
        NotePlace.path,
        NotePlace.part,
        NotePlace.root,
        NotePlace.place,
        NotePlace.file_hash,
        NotePlace.note_id,
    )
    places: defaultdict[str, list[KnownPlace]] = defaultdict(list)
    for root in found:
        inside = root.identity.rstrip("/") + "/"
        below = or_(
            NotePlace.path == root.identity, NotePlace.path.startswith(inside, autoescape=True)
        )
        for row in session.execute(select(*columns).where(below).order_by(NotePlace.id)):
            known = KnownPlace(*row)
            # SQLite's LIKE takes no notice of case.
            if known.path == root.identity or known.path.startswith(inside):
                places[known.path].append(known)
    return dict(places)


def last_book(session: Session, root: Root) -> tuple[bool, str | None]:
    """(whether the PATH was ingested before, the book's fingerprint when it last was whole)."""
    value = session.scalar(select(State.value).where(State.key == state_key(root)))
    return value is not None, value.get("book") if isinstance(value, dict) else None


def state_key(root: Root) -> str:
    """Under which `State` keeps what is known of a PATH."""
    return f"ingest:{sha256(root.identity.encode()).hexdigest()[:40]}"


def unsettled(session: Session) -> set[int]:
    """Notes of files that a book with other names may file otherwise.

    Those under no account or under one that was taken back, those whose visibility followed an
    account's that has changed, and those with participants whom nobody knew.
    """
    statement = (
        select(Note.id, Note.visibility, Note.inferred, Account.visibility, Account.retracted)
        .outerjoin(Account, Account.id == Note.account_id)
        .where(Note.origin == "file", Note.removed.is_(False))
    )
    notes = {
        key
        for key, visibility, inferred, of_account, retracted in session.execute(statement)
        if of_account is None
        or retracted
        or (inferred.get("visibility") == "account" and visibility != of_account)
    }
    return notes | set(_strangers(session))


def _strangers(session: Session) -> Iterator[int]:
    columns = (
        Interaction.note_id,
        Interaction.unknown_names,
        Interaction.contact_ids,
        Interaction.assumed,
    )
    for note_id, unknown, contacts, assumed in session.execute(select(*columns)):
        if unknown or (assumed and not contacts):
            yield note_id
