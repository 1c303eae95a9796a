"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is: only a failure makes `kam doctor` end with 1."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Check:
    """One thing looked at, what was found, and what to do about it."""

    name: str
    level: Level
    finding: str
    mend: str = ""

    def as_json(self) -> dict[str, str]:
        """`{"name", "level", "finding", "mend"}`."""
        return {
            "name": self.name,
            "level": str(self.level),
            "finding": self.finding,
            "mend": self.mend,
        }


def ok(name: str, finding: str) -> Check:
    """Nothing to do."""
    return Check(name, Level.OK, finding)


def warn(name: str, finding: str, mend: str) -> Check:
    """It works, and could be better."""
    return Check(name, Level.WARN, finding, mend)


def fail(name: str, finding: str, mend: str) -> Check:
    """It does not work."""
    return Check(name, Level.FAIL, finding, mend)
