"""What goes out: the contract's reply, with its citations (contract.md, "Asking")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.render.drawings import Picture
from kam_knowledge.changes.plans import PlanDraft
from kam_knowledge.digests import Shown
from kam_knowledge.queries.sources import (
    ComputedSource,
    MethodSource,
    NoteSource,
    RecordSource,
    Source,
)


class Outcome(StrEnum):
    """How a turn ended."""

    ANSWERED = "answered"
    UNKNOWN = "unknown"
    DENIED = "denied"
    CLARIFY = "clarify"
    PROPOSED = "proposed"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Citation:
    """A numbered source of the reply."""

    n: int
    source: Source

    def as_json(self) -> dict[str, Any]:
        """The contract's shape."""
        source = self.source
        found: dict[str, Any] = {
            "n": self.n,
            "kind": citation_kind(source),
            "title": source.title,
            "date": source.date.isoformat() if source.date else None,
            "where": source.where,
            "quote": source.quote,
        }
        if isinstance(source, ComputedSource):
            found["inputs"] = list(source.inputs)
            if source.inner:
                found["inner"] = True
        return found


def citation_kind(source: Source) -> str:
    """note, document, record, computed or methodology."""
    match source:
        case NoteSource():
            return source.kind
        case RecordSource():
            return "record"
        case ComputedSource():
            return "computed"
        case MethodSource():
            return "methodology"


@dataclass(frozen=True)
class Reply:
    """The answer as markdown with `[n]` markers, and all that stands behind it."""

    markdown: str
    language: str
    outcome: Outcome
    citations: tuple[Citation, ...] = ()
    accounts: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    proposal: Mapping[str, Any] | None = None
    looked_at: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    brain: str = "built-in"
    focus: Mapping[str, Any] = field(default_factory=dict)
    """What the next turn of the thread carries over: ids only."""
    plain: tuple[str, ...] = ()
    """Its lines that claim nothing: a gap, a hint, a question (see `grounding`)."""
    drafted: PlanDraft | None = None
    """Sections of a plan that are kept as a version with the reply."""
    given: tuple[tuple[int, str], ...] = ()
    """What the skills said to a model with each marker: its sentences may rest on it."""
    pictures: tuple[Picture, ...] = ()
    """What may be drawn beside it: facts read under the same rights."""
    digest: Shown | None = None
    """The lines of a digest that are written down as shown with the reply."""

    def as_json(self, *, elapsed_ms: int, identifier: str | None = None) -> dict[str, Any]:
        """The contract's JSON; `id` is the caller's own, None where it gave none. A reply with
        pictures also has `pictures`: what each shows, never its bytes."""
        found: dict[str, Any] = {
            "id": identifier,
            "answer": self.markdown,
            "language": self.language,
            "outcome": str(self.outcome),
            "accounts": list(self.accounts),
            "people": list(self.people),
            "citations": [citation.as_json() for citation in self.citations],
            "proposal": self.proposal,
            "looked_at": list(self.looked_at),
            "suggestions": list(self.suggestions),
            "brain": self.brain,
            "elapsed_ms": elapsed_ms,
        }
        if self.pictures:
            found["pictures"] = [one.as_json() for one in self.pictures]
        return found
