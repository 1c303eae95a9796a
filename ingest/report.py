"""What `kam ingest` did, in the contract's shape."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

From = Literal["content", "file name", "folder", "front matter"]
"""Where a value was found that is not stated; front matter, when what it says is nobody known."""


@dataclass(frozen=True)
class Failure:
    """A file that did not go in: its place, and what is wrong with the next step to take."""

    path: str
    problem: str

    def as_json(self) -> dict[str, str]:
        """`{"path", "problem"}`."""
        return {"path": self.path, "problem": self.problem}


@dataclass(frozen=True)
class Inferred:
    """A field that was not stated, the value it took, and where that was found.

    `value` is None where the source names several and none is likelier: `candidates` are they.
    """

    path: str
    field: str
    value: str | None
    source: From
    candidates: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """`{"path", "field", "value", "from"}`, and `candidates` where there are any."""
        row: dict[str, Any] = {
            "path": self.path,
            "field": self.field,
            "value": self.value,
            "from": self.source,
        }
        return row | {"candidates": list(self.candidates)} if self.candidates else row


@dataclass(frozen=True)
class Skipped:
    """Something in a folder that was not looked into, and why."""

    path: str
    reason: str

    def as_json(self) -> dict[str, str]:
        """`{"path", "reason"}`."""
        return {"path": self.path, "reason": self.reason}


@dataclass(frozen=True)
class IngestReport:
    """What an ingest did. The counts are of files; `passages` are those written in this run.

    `skipped` names links that leave the folder and files that no extension marks as a document;
    it says nothing of hidden files and those of editors and operating systems.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: list[Failure] = field(default_factory=list)
    inferred: list[Inferred] = field(default_factory=list)
    passages: int = 0
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether every file went in (exit code 0 rather than 3)."""
        return not self.failed

    def as_json(self) -> dict[str, Any]:
        """The object that contract.md gives for `kam ingest --json`."""
        return {
            "added": self.added,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "removed": self.removed,
            "failed": _rows(self.failed),
            "inferred": _rows(self.inferred),
            "passages": self.passages,
            "skipped": _rows(self.skipped),
        }


def _rows(entries: Iterable[Failure | Inferred | Skipped]) -> list[dict[str, Any]]:
    return [entry.as_json() for entry in entries]
