"""What an import did, in the contract's shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Problem:
    """Something that could not go in: where it stands, in which column, and what is wrong."""

    where: str
    column: str
    problem: str

    def as_json(self) -> dict[str, str]:
        """`{"where", "column", "problem"}`."""
        return {"where": self.where, "column": self.column, "problem": self.problem}


@dataclass(frozen=True)
class Conflict:
    """A cell that changed both in the file and here; the row keeps `current`, the ledger both."""

    where: str
    table: str
    key: str
    column: str
    imported: Any
    current: Any

    def as_json(self) -> dict[str, Any]:
        """`{"where", "table", "key", "column", "imported", "current"}`."""
        return {
            "where": self.where,
            "table": self.table,
            "key": self.key,
            "column": self.column,
            "imported": self.imported,
            "current": self.current,
        }


@dataclass
class ImportReport:
    """What `kam import` did. `created`, `updated` and `unchanged` count rows of the files.

    `refused` is true when `--strict` found a problem and so nothing was written.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    conflicts: list[Conflict] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    refused: bool = False

    @property
    def clean(self) -> bool:
        """Whether everything in the files went in (exit code 0 rather than 3)."""
        return not self.problems

    def sort(self) -> None:
        """Puts problems in the order of files and, within each, of lines."""
        places: dict[str, int] = {}

        def place(problem: Problem) -> tuple[int, int]:
            file, _, line = problem.where.rpartition(":")
            if not line.isdigit():
                file, line = problem.where, "0"
            return places.setdefault(file, len(places)), int(line)

        self.problems.sort(key=place)

    def as_json(self) -> dict[str, Any]:
        """The object that contract.md gives for `kam import --json`."""
        return {
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "conflicts": [conflict.as_json() for conflict in self.conflicts],
            "problems": [problem.as_json() for problem in self.problems],
            "unknown": list(self.unknown),
        }
