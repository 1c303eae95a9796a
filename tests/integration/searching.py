"""What tests of searching share: a model that sees words, a book to search, its readers."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from kam_knowledge.access import Audience, Rights, Viewer, decide
from kam_knowledge.changes.ledger import Ledger
from kam_knowledge.changes.notes import NoteDraft, NoteWriter
from kam_knowledge.language.tokens import tokens
from kam_knowledge.search.embeddings import Embedder
from kam_knowledge.search.vectors import VectorIndex
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Account, Contact, Passage, PassageVector, Person

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


class WordEmbedder:
    """A model that sees which words a text holds, and `meanings` of some: {word: same as}."""

    dimension = 64

    def __init__(
        self,
        meanings: dict[str, str] | None = None,
        *,
        model_id: str = "words",
        multilingual: bool = False,
    ) -> None:
        self.model_id = model_id
        self.multilingual = multilingual
        self._meanings = meanings or {}

    def embed_query(self, text: str) -> Vectors:
        row = np.full(self.dimension, 0.01, dtype=np.float32)
        for token in tokens(text):
            row[crc32(self._meanings.get(token, token).encode()) % self.dimension] += 1
        return np.asarray(row / np.linalg.norm(row), dtype=np.float32)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self.embed_query(text) for text in texts])


class Book:
    """A store that tests fill by name."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def people(self, *names: str, **more: object) -> list[int]:
        rows = [
            {"name": name, "email": f"{name}@example.com", "listed": True, **more} for name in names
        ]
        return self._create(Person, rows)

    def account(self, name: str, **more: object) -> int:
        return self._create(Account, [{"name": name, "visibility": "open", **more}])[0]

    def contact(self, name: str, account: int, **more: object) -> int:
        return self._create(Contact, [{"name": name, "account_id": account, **more}])[0]

    def note(
        self,
        text: str,
        *,
        account: int | None = None,
        author: int | None = None,
        day: date | None = date(2026, 11, 1),
        title: str = "A note",
        kind: str = "meeting",
        visibility: str = "open",
        language: str = "en",
        contacts: Sequence[int] = (),
    ) -> int:
        draft = NoteDraft(
            text=text,
            title=title,
            kind=kind,
            content_hash=secrets.token_hex(32),
            visibility=visibility,
            language=language,
            date=day,
            account_id=account,
            author_id=author,
            contact_ids=contacts,
        )
        with self.store.write() as session:
            return NoteWriter(session, NOW).add(draft).id

    def method(self, key: str, text: str, *, language: str = "en") -> int:
        words = tokens(text)
        with self.store.write() as session:
            row = Passage(
                method_key=f"methodology:{language}/{key}",
                ordinal=int(key.rpartition("#")[2]),
                language=language,
                title=key,
                text=text,
                tokens=" ".join(words),
                length=len(words),
                content_hash=f"{language}/{key}",
            )
            session.add(row)
            session.flush()
            return row.id

    def index(self, embedder: Embedder, vectors: VectorIndex | None = None) -> None:
        """Gives every passage that the model reads its vector, in SQL and in the index."""
        with self.store.write() as session:
            rows = session.execute(
                select(Passage.id, Passage.content_hash, Passage.context, Passage.text).where(
                    Passage.language.in_(["en", "zh"] if embedder.multilingual else ["en"])
                )
            ).all()
            known = set(session.scalars(select(PassageVector.content_hash)))
            made = embedder.embed_passages([f"{row.context}\n{row.text}" for row in rows])
            for row, vector in zip(rows, made, strict=True):
                if row.content_hash not in known:
                    known.add(row.content_hash)
                    session.add(
                        PassageVector(
                            content_hash=row.content_hash,
                            model_id=embedder.model_id,
                            vector=vector.astype("<f2").tobytes(),
                        )
                    )
        if vectors is not None:
            vectors.upsert([row.id for row in rows], list(made))

    def _create(self, model: type, rows: list[dict[str, object]]) -> list[int]:
        with self.store.write() as session:
            ledger = Ledger(session, cause="import", origin="test", as_of=TODAY, as_of_stated=False)
            return list(ledger.create_many(model, rows, sources=["test"] * len(rows)))


def rights_of(session: Session, person: int | None, *others: int, today: date = TODAY) -> Rights:
    """Of a person who reads alone, or with others; None is somebody outside."""
    if person is None:
        return decide(session, Viewer.outside(), Audience.everyone(), today)
    audience = Audience.members([person, *others]) if others else Audience.only(person)
    return decide(session, Viewer(person), audience, today)


def texts(hits: Iterable[object]) -> list[str]:
    """What was found, in order."""
    return [hit.text for hit in hits]  # type: ignore[attr-defined]
