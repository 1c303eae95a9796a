"""The small checks that Block Kit is made of, and the report of what is wrong with a payload."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

Check = Callable[[Any, str, "Report"], None]

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass
class Report:
    """What is wrong, in Slack's way of saying it, and what was counted on the way."""

    surface: str = "message"
    problems: list[str] = field(default_factory=list)
    characters: int = 0
    markdown: int = 0
    tables: int = 0
    block_ids: dict[str, str] = field(default_factory=dict)
    action_ids: dict[str, str] = field(default_factory=dict)
    focused: list[str] = field(default_factory=list)

    def wrong(self, what: str, where: str) -> None:
        """Notes a problem at a JSON pointer."""
        self.problems.append(f"{what} [json-pointer:{where}]")


@dataclass(frozen=True)
class Shape:
    """An object's fields: those it must have, and those it may have."""

    must: Mapping[str, Check]
    may: Mapping[str, Check]
    one_of: tuple[str, ...] = ()
    not_both: tuple[str, str] | None = None

    def __call__(self, value: Any, where: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.wrong("must provide an object", where)
            return
        for name in self.must:
            if name not in value:
                report.wrong(f"missing required field: {name}", where)
        if self.one_of and not any(name in value for name in self.one_of):
            report.wrong(f"must provide at least one of: {', '.join(self.one_of)}", where)
        if self.not_both and all(name in value for name in self.not_both):
            report.wrong(f"must provide only one of: {', '.join(self.not_both)}", where)
        for name, inner in value.items():
            check = self.must.get(name) or self.may.get(name)
            if check is not None:
                check(inner, f"{where}/{name}", report)
            elif name != "type":
                report.wrong(f"invalid additional property: {name}", where)


def string(most: int | None = None, least: int = 0, *, counted: bool = False) -> Check:
    """A string of so many characters; `counted` where a reader sees it."""

    def check(value: Any, where: str, report: Report) -> None:
        if not isinstance(value, str):
            report.wrong("must be a string", where)
            return
        if counted:
            report.characters += len(value)
        if most is not None and len(value) > most:
            report.wrong(f"must be less than {most + 1} characters", where)
        if len(value) < least:
            report.wrong(f"must be more than {least - 1} characters", where)

    return check


def text(most: int, *, plain: bool = False, least: int = 1) -> Check:
    """A text object of at most so many characters."""
    inner = string(most, least, counted=True)

    def check(value: Any, where: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.wrong("must provide an object", where)
            return
        kind = value.get("type")
        if kind not in (("plain_text",) if plain else ("plain_text", "mrkdwn")):
            report.wrong(f"unsupported type: {kind}", f"{where}/type")
            return
        allowed = {"type", "text", "emoji" if kind == "plain_text" else "verbatim"}
        for name in value.keys() - allowed:
            report.wrong(f"invalid additional property: {name}", where)
        if "text" not in value:
            report.wrong("missing required field: text", where)
            return
        inner(value["text"], f"{where}/text", report)

    return check


def many(item: Check, most: int | None = None, least: int = 1) -> Check:
    """A list of so many items."""

    def check(value: Any, where: str, report: Report) -> None:
        if not isinstance(value, list):
            report.wrong("must provide an array", where)
            return
        if most is not None and len(value) > most:
            report.wrong(f"no more than {most} items allowed", where)
        if len(value) < least:
            report.wrong(f"no less than {least} items allowed", where)
        for position, inner in enumerate(value):
            item(inner, f"{where}/{position}", report)

    return check


def one_of(values: Collection[str]) -> Check:
    """One of these words."""

    def check(value: Any, where: str, report: Report) -> None:
        if value not in values:
            report.wrong(f"must be a valid enum value: {', '.join(sorted(values))}", where)

    return check


def matching(pattern: re.Pattern[str], what: str) -> Check:
    """A string of this form."""

    def check(value: Any, where: str, report: Report) -> None:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            report.wrong(f"must be {what}", where)

    return check


def flag(value: Any, where: str, report: Report) -> None:
    """True or False."""
    if not isinstance(value, bool):
        report.wrong("must be a boolean", where)


def number(least: int | None = None, most: int | None = None) -> Check:
    """A whole number within bounds."""

    def check(value: Any, where: str, report: Report) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            report.wrong("must be an integer", where)
        elif (least is not None and value < least) or (most is not None and value > most):
            report.wrong(f"must be between {least} and {most}", where)

    return check


def anything(value: Any, where: str, report: Report) -> None:
    """Whatever it is: Slack documents no rule, or none that an app of ours could break."""


def by_type(shapes: Mapping[str, Check], allowed: Collection[str] | None = None) -> Check:
    """An object whose `type` names its shape."""

    def check(value: Any, where: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.wrong("must provide an object", where)
            return
        kind = value.get("type")
        known = isinstance(kind, str) and kind in shapes
        if not known or (allowed is not None and kind not in allowed):
            report.wrong(f"unsupported type: {kind}", where)
            return
        shapes[str(kind)](value, where, report)

    return check
