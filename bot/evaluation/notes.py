"""`kam eval --log`: labelled notes are logged as `kam log --batch` logs them, and compared.

A file is JSON Lines; docs/evaluation.md describes it. Nothing is saved.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from bot.app import App
from bot.assistant.turn import Turn
from bot.operations.indexing import Progress
from kam_knowledge.clock import clock
from kam_knowledge.errors import KamError, UsageError
from kam_knowledge.language.normalise import fold
from kam_knowledge.language.tokens import query_tokens

_FORMAT = "docs/evaluation.md describes the format."
_ALIKE = 62
"""From this likeness (0-100) the words of two actions mean the same one."""


@dataclass(frozen=True)
class Part:
    """What is expected of a note, or was understood: about one account."""

    account: str | None
    date: str | None
    attendees: tuple[str, ...] = ()
    actions: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Labelled:
    """A note and what is to be understood of it."""

    id: str
    language: str
    text: str
    asker: str
    parts: tuple[Part, ...]
    today: date | None = None


@dataclass
class Tally:
    """Counts over notes."""

    notes: int = 0
    accounts: int = 0
    dates: int = 0
    dated: int = 0
    people_right: int = 0
    people_said: int = 0
    people_expected: int = 0
    actions_found: int = 0
    actions_right: int = 0
    actions_expected: int = 0
    actions_said: int = 0
    without_actions: int = 0
    invented: int = 0

    def as_json(self) -> dict[str, Any]:
        """The shares (0-1, None where nothing was to be counted) and how many there were."""
        precision = _share(self.people_right, self.people_said)
        recall = _share(self.people_right, self.people_expected)
        f1 = None
        if precision is not None and recall is not None:
            f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return {
            "notes": self.notes,
            "account": _share(self.accounts, self.notes),
            "date": _share(self.dates, self.dated),
            "attendee_f1": f1,
            "attendee_precision": precision,
            "attendee_recall": recall,
            "action_recall": _share(self.actions_found, self.actions_expected),
            "action_precision": _share(self.actions_found, self.actions_said),
            "owner_and_due": _share(self.actions_right, self.actions_found),
            "actions": self.actions_expected,
            "without_actions": self.without_actions,
            "invented": self.invented,
        }


@dataclass(frozen=True)
class NotesReport:
    """The counts over all and by language, and what is wrong with each note that is not right."""

    tallies: Mapping[str, Tally]
    wrong: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "measures": {name: tally.as_json() for name, tally in self.tallies.items()},
            "wrong": {name: list(said) for name, said in self.wrong.items()},
        }


def read_notes(paths: Sequence[Path]) -> list[Labelled]:
    """The labelled notes of the files. Raises UsageError with file and line for what is wrong."""
    found: list[Labelled] = []
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path} cannot be read: {error}.", _FORMAT) from error
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                found.append(_labelled(line, f"{path}:{number}"))
    if not found:
        raise UsageError("there is no note in what was given.", _FORMAT)
    return found


def evaluate_notes(
    app: App, notes: Sequence[Labelled], progress: Progress | None = None
) -> NotesReport:
    """Understands each note as the person it names, on its day, and compares."""
    tallies: dict[str, Tally] = {"all": Tally()}
    wrong: dict[str, list[str]] = {}
    for number, note in enumerate(notes):
        if progress is not None:
            progress("notes", number, len(notes))
        said = _understood(app, note)
        problems: list[str] = []
        for name in ("all", note.language):
            tally = tallies.setdefault(name, Tally())
            problems = _compare(tally, note, said)
        if problems:
            wrong[note.id] = problems
    return NotesReport(tallies, wrong)


def _labelled(line: str, where: str) -> Labelled:
    try:
        row = json.loads(line)
        expect = row["expect"]
        parts = [expect, *expect.get("more", ())]
        today = row.get("today")
        return Labelled(
            str(row["id"]),
            str(row["language"]),
            row["text"],
            row["as"],
            tuple(_part(one) for one in parts),
            date.fromisoformat(today) if today else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{where}: {type(error).__name__}: {error}.", _FORMAT) from error


def _part(row: Mapping[str, Any]) -> Part:
    return Part(
        row.get("account"),
        row.get("date"),
        tuple(row.get("attendees", ())),
        tuple(row.get("actions", ())),
    )


def _understood(app: App, note: Labelled) -> list[Part]:
    try:
        person = app.person(note.asker)
        when = app.clock(person)
        if note.today is not None:
            when = replace(clock(note.today.isoformat(), person.time_zone), fixed=True)
        audience, _ = app.audience(person, None)
        turn = Turn(note.text, app.viewer(person), audience, when)
        found = app.assistant.understood_note(turn).as_json()
    except KamError:
        return []
    return [_part(one) for one in (found, *found["more"])]


def _compare(tally: Tally, note: Labelled, said: Sequence[Part]) -> list[str]:
    problems: list[str] = []
    tally.notes += 1
    expected = [part.account for part in note.parts]
    understood = [part.account for part in said]
    if sorted(map(str, expected)) == sorted(map(str, understood)):
        tally.accounts += 1
    else:
        problems.append(f"account {understood}, expected {expected}")
    for number, part in enumerate(note.parts):
        same = [one for one in said if one.account == part.account]
        if same:
            other = same[0]
        else:
            other = said[number] if number < len(said) else Part(None, None)
        problems += _compare_part(tally, part, other)
    if not any(part.actions for part in note.parts):
        tally.without_actions += 1
        made_up = [one["action"] for part in said for one in part.actions]
        tally.invented += bool(made_up)
        problems += [f"invented action {one!r}" for one in made_up]
    return problems


def _compare_part(tally: Tally, part: Part, said: Part) -> list[str]:
    problems: list[str] = []
    tally.dated += 1
    if part.date == said.date:
        tally.dates += 1
    else:
        problems.append(f"date {said.date}, expected {part.date}")
    wanted, there = set(part.attendees), set(said.attendees)
    tally.people_right += len(wanted & there)
    tally.people_said += len(there)
    tally.people_expected += len(wanted)
    if wanted != there:
        problems.append(f"attendees {sorted(there)}, expected {sorted(wanted)}")
    tally.actions_expected += len(part.actions)
    tally.actions_said += len(said.actions)
    left = list(said.actions)
    for action in part.actions:
        best = max(left, key=lambda one: _alike(action["action"], one["action"]), default=None)
        if best is None or _alike(action["action"], best["action"]) < _ALIKE:
            problems.append(f"no action {action['action']!r}")
            continue
        left.remove(best)
        tally.actions_found += 1
        differing = [
            f"{name} {best.get(name)}, expected {action.get(name)}"
            for name in ("owner", "due")
            if best.get(name) != action.get(name)
        ]
        tally.actions_right += not differing
        if best.get("direction") != action.get("direction"):
            differing.append(f"direction {best.get('direction')}")
        problems += [f"{action['action']!r}: {one}" for one in differing]
    if part.actions:
        problems += [f"surplus action {one['action']!r}" for one in left]
    return problems


def _alike(one: str, other: str) -> float:
    from rapidfuzz import fuzz

    first, second = " ".join(query_tokens(one)), " ".join(query_tokens(other))
    return max(
        fuzz.token_set_ratio(first, second) if _words(first) & _words(second) else 0.0,
        0.9 * fuzz.partial_ratio(fold(one), fold(other)),
    )


def _words(text: str) -> set[str]:
    return set(text.split())


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def under(report: NotesReport, bars: Mapping[str, float]) -> Iterable[str]:
    """The measures over all notes that are under their bar."""
    measured = report.tallies["all"].as_json()
    return [name for name, bar in bars.items() if (measured[name] or 0.0) < bar]
