"""What a person's digests have shown: a line that stays as it is folds into a count in the end."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kam_knowledge.store.base import Base


class DigestLine(Base):
    """One line of a person's digests. `kam_knowledge.digests` reads and writes it."""

    __tablename__ = "digest_lines"
    __table_args__ = (UniqueConstraint("person_id", "key", name="uq_digest_lines_person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    key: Mapped[str] = mapped_column(String(120))
    """What the line is about: a matter and a row."""
    state: Mapped[str] = mapped_column(String(64))
    """A hash of what it said of it; another one makes it a line that was never shown."""
    week: Mapped[str] = mapped_column(String(8))
    """The last ISO week in which it was shown so: 2026-W47."""
    weeks: Mapped[int]
    """In how many weeks it was shown so."""
