"""Notes, where they came from, the touches they describe, and their searchable passages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kam_knowledge.store.base import Base, id_list, reference, text_list
from kam_knowledge.store.types import UtcDateTime


class Note(Base):
    """A note or document, as written. One content is one note, however many places hold it.

    `visibility` is author, team or open (contract.md, "Who may see what"); `date` is the day
    it is about; `inferred` names the fields that were not stated (`{field: where from}`).
    """

    __tablename__ = "notes"
    __table_args__ = (Index("ix_notes_kind_account", "kind", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    """The public id, `note-…`."""
    account_id: Mapped[int | None] = reference("accounts", "account")
    author_id: Mapped[int | None] = reference("people", "author")
    date: Mapped[date | None] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(400))
    visibility: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(5))
    text: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(64), index=True)
    origin: Mapped[str] = mapped_column(String(20))
    """file, message or log."""
    format: Mapped[str] = mapped_column(String(20), default="markdown")
    inferred: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    removed: Mapped[bool] = mapped_column(default=False)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NotePlace(Base):
    """A file (or part of one) that holds a note. `path` is its identity, `place` what people see.

    `root` is the resolved PATH it was ingested under; `fingerprint` is size and mtime, a hint
    that saves reading, never the proof of sameness.
    """

    __tablename__ = "note_places"
    __table_args__ = (UniqueConstraint("path", "part", name="uq_note_places_path_part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"), index=True)
    root: Mapped[str] = mapped_column(Text, index=True)
    path: Mapped[str] = mapped_column(Text)
    part: Mapped[str] = mapped_column(String(200), default="")
    place: Mapped[str] = mapped_column(Text)
    file_hash: Mapped[str] = mapped_column(String(64))
    ingested_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Interaction(Base):
    """A touch that a note describes: one a meeting, call, email or chat."""

    __tablename__ = "interactions"
    __table_args__ = (Index("ix_interactions_account_date", "account_id", "date"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"), index=True)
    account_id: Mapped[int] = reference("accounts", "account", nullable=False)
    date: Mapped[date] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(20))
    contact_ids: Mapped[list[int]] = id_list("contacts", "contacts")
    person_ids: Mapped[list[int]] = id_list("people", "people")
    unknown_names: Mapped[list[str]] = text_list()
    assumed: Mapped[bool] = mapped_column(default=False)
    """True when the participants were found in the text, not stated."""
    mass: Mapped[bool | None] = mapped_column(index=True)
    """Whether the note is a mail that went to many (P-2); None where nobody has looked."""


class Passage(Base):
    """A searchable piece of a note or of the method.

    `text` stands verbatim in its source; `context` (account, title, date) is put in front of it
    before it is tokenised and embedded; `tokens` are those of context and text together.
    """

    __tablename__ = "passages"
    __table_args__ = (
        UniqueConstraint("note_id", "ordinal", name="uq_passages_note_id_ordinal"),
        Index("ix_passages_method", "method_key"),
        # The vector index knows passages by id: a deleted one's must not come back as another.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"), index=True)
    method_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    """Set for a passage of the method: `methodology:en/s1-scoring-matrix#2`."""
    ordinal: Mapped[int]
    language: Mapped[str] = mapped_column(String(5))
    title: Mapped[str] = mapped_column(String(400), default="")
    heading: Mapped[str] = mapped_column(String(400), default="")
    context: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text)
    tokens: Mapped[str] = mapped_column(Text)
    """Space-separated, in order, repeats kept."""
    length: Mapped[int]
    """How many tokens."""
    content_hash: Mapped[str] = mapped_column(String(64), index=True)
    """Of context and text: the key of its vector."""


class PassageVector(Base):
    """The embedding of one content under one model: float16, so a rebuild needs no embedding."""

    __tablename__ = "passage_vectors"

    content_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    model_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)


class IndexJob(Base):
    """Work the indexer still has to do for a passage; claimed by lease.

    `what` is upsert or delete. A delete outlives its passage, so there is no foreign key.
    """

    __tablename__ = "index_jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    passage_id: Mapped[int] = mapped_column(index=True)
    what: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="due", index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_owner: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class State(Base):
    """Single values about the store itself: the tokeniser's version, the embedding model's id."""

    __tablename__ = "state"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
