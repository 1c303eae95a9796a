"""What a method of the Web API is: its arguments, its scopes, its tier, and what it does."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.local_workspace.errors import Json, SlackError
from bot.local_workspace.state import SlackApp, User
from bot.local_workspace.workspace import Workspace

ArgumentKind = Literal["str", "int", "bool", "list", "json"]
STR: ArgumentKind = "str"
INT: ArgumentKind = "int"
BOOL: ArgumentKind = "bool"
LIST: ArgumentKind = "list"
JSON: ArgumentKind = "json"

EVERYWHERE = {"token", "pretty", "team_id"}
"""Bolt sends the team's id with every call."""

PAGE = {"cursor": STR, "limit": INT}


@dataclass
class Call:
    """One call: who calls, and with what. `args` holds only what was given, in its own type."""

    workspace: Workspace
    app: SlackApp
    args: Json
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def bot(self) -> User:
        """The calling app's user."""
        return self.workspace.app_user(self.app)

    def __getitem__(self, name: str) -> Any:
        return self.args[name]

    def get(self, name: str, default: Any = None) -> Any:
        """An argument, or the default where it was not given."""
        return self.args.get(name, default)

    def page(self, rows: list[Any], default: int = 100, most: int = 1000) -> tuple[list[Any], Json]:
        """The rows of this page, and the response_metadata with the cursor of the next."""
        limit = self.get("limit", default)
        if not 1 <= limit <= most:
            raise SlackError("invalid_limit")
        start = 0
        if cursor := self.get("cursor"):
            head, _, number = str(cursor).partition(":")
            if head != "next" or not number.isdigit():
                raise SlackError("invalid_cursor")
            start = int(number)
        following = f"next:{start + limit}" if start + limit < len(rows) else ""
        return rows[start : start + limit], {"next_cursor": following}


Handler = Callable[[Call], Json]


@dataclass(frozen=True)
class Method:
    """A method and what it asks for."""

    name: str
    handle: Handler
    scopes: tuple[str, ...]
    tier: int | None
    needs: Mapping[str, ArgumentKind]
    takes: Mapping[str, ArgumentKind]
    token: Literal["bot", "app", "any", "none"]

    def read(self, given: Mapping[str, Any]) -> Json:
        """The arguments in their own types. Raises SlackError(`invalid_arguments`)."""
        problems = []
        found: Json = {}
        kinds = {**self.needs, **self.takes}
        for name, value in given.items():
            if name in EVERYWHERE or value is None:
                continue
            if name not in kinds:
                problems.append(f"[ERROR] unsupported argument: {name}")
                continue
            try:
                found[name] = _READ[kinds[name]](value)
            except ValueError as error:
                problems.append(f"[ERROR] {error} [json-pointer:/{name}]")
        for name in self.needs:
            if found.get(name) in (None, "") and not any(name in one for one in problems):
                problems.append(f"[ERROR] missing required field: {name}")
        if problems:
            raise SlackError("invalid_arguments", problems)
        return found


class Family:
    """Methods of one family, as a file declares them."""

    def __init__(self) -> None:
        self.methods: dict[str, Method] = {}

    def method(
        self,
        name: str,
        *scopes: str,
        tier: int | None,
        needs: Mapping[str, ArgumentKind] | None = None,
        takes: Mapping[str, ArgumentKind] | None = None,
        token: Literal["bot", "app", "any", "none"] = "bot",
    ) -> Callable[[Handler], Handler]:
        """Declares a method; one of the scopes is enough, more rules stand in its handler."""

        def declare(handle: Handler) -> Handler:
            self.methods[name] = Method(name, handle, scopes, tier, needs or {}, takes or {}, token)
            return handle

        return declare


def _string(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("must be a string")
    return str(value)


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("must be an integer")
    try:
        return int(value)
    except ValueError:
        raise ValueError("must be an integer") from None


def _boolean(value: Any) -> bool:
    if value in (True, "1", "true", "True", 1):
        return True
    if value in (False, "0", "false", "False", 0):
        return False
    raise ValueError("must be a boolean")


def _list(value: Any) -> list[str]:
    if isinstance(value, str):
        if value.startswith("["):
            value = json.loads(value)
        else:
            return [one.strip() for one in value.split(",") if one.strip()]
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError("must be a list of strings")
    return value


def _json(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return UNREADABLE
    return value


UNREADABLE = object()
"""An argument that should be JSON and is not; each method has its own word for that."""

_READ: dict[ArgumentKind, Callable[[Any], Any]] = {
    "str": _string,
    "int": _integer,
    "bool": _boolean,
    "list": _list,
    "json": _json,
}
