"""Files of questions with what is expected of their answers: JSON Lines, one question a line.

The format is described in docs/evaluation.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

from bot.assistant.reply import Outcome
from bot.evaluation.dates import check, expression
from kam_knowledge.errors import UsageError
from kam_knowledge.sample_book.placeholders import PlaceholderError

KINDS = ("note", "document", "record", "computed", "methodology")
REGULAR = "re:"
"""How a phrase begins that is a regular expression."""

Choices = tuple[tuple[str, ...], ...]
"""All of these, where one of each tuple will do."""

_FORMAT = "docs/evaluation.md describes the format."
_LINE = frozenset(
    {"id", "group", "language", "question", "as", "channel", "members", "thread", "today", "expect"}
)
_EXPECT = frozenset({"outcome", "must", "must_not", "kinds", "sources", "accounts", "people"})
_NOTES = frozenset({"note"})
"""Words for the reader of a file."""


@dataclass(frozen=True)
class Expectation:
    """What must hold for a reply. Empty tuples ask for nothing."""

    outcomes: tuple[str, ...]
    must: Choices = ()
    must_not: tuple[str, ...] = ()
    kinds: Choices | None = None
    """Kinds of citation; None where any one will do for an answer, () where none is needed."""
    sources: Choices = ()
    """How the `where` of a citation must end."""
    accounts: Choices = ()
    people: Choices = ()


@dataclass(frozen=True)
class Question:
    """One line: who asks what, who reads the answer, and what is expected of it."""

    id: str
    group: str
    language: Literal["en", "zh"]
    text: str
    asker: str
    expect: Expectation
    where: str
    """file:line"""
    channel: str | None = None
    members: tuple[str, ...] | None = None
    """Emails of all who read the channel; None for a channel that everybody may join."""
    thread: str | None = None
    today: date | None = None
    """The day it is asked on, where it is not the run's."""


def read_questions(paths: Sequence[Path]) -> list[Question]:
    """The questions of all the files, in order.

    Raises UsageError for a file that cannot be read, for the first line that is not as it should
    be (`file:line: what is wrong`), for an id given twice, and when there is no question at all.
    """
    found: list[Question] = []
    seen: dict[str, str] = {}
    for path in paths:
        for where, line in _lines(path):
            try:
                question = _question(json.loads(line), where)
                if question.id in seen:
                    raise _Wrong(f"the id {question.id!r} is taken by {seen[question.id]}")
            except json.JSONDecodeError as error:
                problem = f"{where}: not JSON: {error.msg} at character {error.pos + 1}."
                raise UsageError(problem, _FORMAT) from error
            except (_Wrong, PlaceholderError) as error:
                raise UsageError(f"{where}: {error}.", _FORMAT) from error
            seen[question.id] = where
            found.append(question)
    if not found:
        raise UsageError("there is no question in what was given.", _FORMAT)
    return found


class _Wrong(ValueError):
    """What is wrong with a line."""


def _lines(path: Path) -> Iterable[tuple[str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text.", _FORMAT) from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", _FORMAT) from error
    # Not splitlines(): a U+2028 inside a question is no end of a line.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield f"{path}:{number}", line


def _question(row: Any, where: str) -> Question:
    if not isinstance(row, dict):
        raise _Wrong("not a JSON object")
    _only(row, _LINE | _NOTES, "")
    language = _text(row, "language")
    if language not in ("en", "zh"):
        raise _Wrong(f"language is {language!r}, not en or zh")
    if "expect" not in row or not isinstance(row["expect"], dict):
        raise _Wrong("expect is missing, or not an object")
    members = row.get("members")
    channel = _text(row, "channel", optional=True)
    if members is not None and channel is None:
        raise _Wrong("members without a channel")
    text = _text(row, "question")
    check(text)
    return Question(
        id=_text(row, "id"),
        group=_text(row, "group"),
        language=cast(Literal["en", "zh"], language),
        text=text,
        asker=_text(row, "as"),
        expect=_expectation(row["expect"]),
        where=where,
        channel=channel,
        members=None if members is None else _texts(row, "members"),
        thread=_text(row, "thread", optional=True),
        today=_day(row),
    )


def _expectation(row: Mapping[str, Any]) -> Expectation:
    _only(row, _EXPECT | _NOTES, "expect.")
    outcome = row.get("outcome")
    outcomes = _texts({"outcome": [outcome] if isinstance(outcome, str) else outcome}, "outcome")
    if not outcomes:
        raise _Wrong("expect.outcome is missing")
    for one in outcomes:
        _known(one, list(Outcome), "outcome")
    found = Expectation(
        outcomes,
        must=_choices(row, "must"),
        must_not=_texts(row, "must_not"),
        kinds=_choices(row, "kinds") if row.get("kinds") is not None else None,
        sources=_choices(row, "sources"),
        accounts=_choices(row, "accounts"),
        people=_choices(row, "people"),
    )
    for kind in (kind for choice in found.kinds or () for kind in choice):
        _known(kind, KINDS, "kind of citation")
    for choice in (*found.must, found.must_not):
        for phrase in choice:
            _phrase(phrase)
    return found


def _phrase(phrase: str) -> None:
    if not phrase.startswith(REGULAR):
        check(phrase)
    else:
        try:
            re.compile(expression(phrase.removeprefix(REGULAR), date(2026, 1, 1)))
        except re.error as error:
            raise _Wrong(f"{phrase!r} is not a regular expression: {error}") from error


def _only(row: Mapping[str, Any], known: frozenset[str], prefix: str) -> None:
    if unknown := sorted(set(row) - known):
        raise _Wrong(f"{prefix}{unknown[0]} is unknown; there are {', '.join(sorted(known))}")


def _known(value: str, known: Sequence[str], what: str) -> None:
    if value not in known:
        raise _Wrong(f"{value!r} is no {what}; there are {', '.join(known)}")


def _text(row: Mapping[str, Any], name: str, *, optional: bool = False) -> Any:
    value = row.get(name)
    if value is None and optional:
        return None
    if not isinstance(value, str) or not value.strip():
        raise _Wrong(f"{name} is missing, or not a text")
    return value


def _texts(row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = row.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise _Wrong(f"{name} is not a list of texts")
    return tuple(value)


def _choices(row: Mapping[str, Any], name: str) -> Choices:
    """A list in which a list stands for any one of its texts."""
    value = row.get(name)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise _Wrong(f"{name} is not a list")
    return tuple(
        (one,) if isinstance(one, str) and one else _choice({name: one}, name) for one in value
    )


def _choice(row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    if found := _texts(row, name):
        return found
    raise _Wrong(f"{name} holds something that is neither a text nor a list of texts")


def _day(row: Mapping[str, Any]) -> date | None:
    text = _text(row, "today", optional=True)
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _Wrong(f"today is {text!r}, not a day such as 2026-11-21") from error
