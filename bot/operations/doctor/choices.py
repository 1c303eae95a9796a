"""The settings: each one's value, whether it can be meant, and variables that are none."""

from __future__ import annotations

import difflib
import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.operations.doctor.check import Check, fail, ok, warn
from bot.settings import Settings, price_of_tokens
from kam_knowledge.clock import clock, zone
from kam_knowledge.errors import KamError, UsageError
from kam_knowledge.search.embeddings import open_embedder

PREFIX = "KAM_"
SECRET = ("_token", "_secret", "_key")
"""How the names of settings end whose value is nobody's to read over a shoulder."""
_ELSEWHERE = ("KAM_TEST_",)
"""Variables of ours that are no settings."""


def settings_or_mistakes(**overrides: object) -> tuple[Settings, list[Check]]:
    """The settings with every value that cannot be read at its default, and those mistakes."""
    given = {name: value for name, value in overrides.items() if value is not None}
    mistakes: list[Check] = []
    for _ in Settings.model_fields:
        try:
            return Settings(**given), mistakes  # type: ignore[arg-type]
        except ValidationError as error:
            for one in error.errors():
                name = str(one["loc"][0])
                finding = f"{one['msg']} (it is {one.get('input')!r})"
                mistakes.append(fail(_variable(name), finding, "See docs/settings.md."))
                given[name] = Settings.model_fields[name].default
    raise UsageError("the settings cannot be read.", "See docs/settings.md.")


def check_settings(settings: Settings, mistakes: Iterable[Check]) -> Iterator[Check]:
    """A check a setting, in their order, then the variables that no setting reads."""
    broken = {check.name: check for check in mistakes}
    for name, field in Settings.model_fields.items():
        variable, value = _variable(name), getattr(settings, name)
        if name.endswith(SECRET) and value is not None:
            yield ok(variable, "set")
            continue
        if variable in broken:
            yield broken[variable]
            continue
        wrong = _JUDGED[name](value) if name in _JUDGED and value is not None else None
        if wrong is not None:
            yield fail(variable, f"{_shown(value)}: {wrong.message}", wrong.next_step)
        elif name == "model_url" and value and not settings.model:
            yield warn(variable, f"{_shown(value)}, without a model", "Set KAM_MODEL too.")
        elif value == field.default:
            yield ok(variable, f"{_shown(value)} (the default)")
        else:
            yield ok(variable, _shown(value))
    yield from _unknown_variables()


def _unknown_variables() -> Iterator[Check]:
    known = [_variable(name) for name in Settings.model_fields]
    for variable in sorted(os.environ):
        if not variable.upper().startswith(PREFIX) or variable.startswith(_ELSEWHERE):
            continue
        if variable.upper() not in known:
            near = difflib.get_close_matches(variable.upper(), known, n=1)
            mend = f"Perhaps {near[0]} is meant." if near else "Remove it; see docs/settings.md."
            yield warn(variable, "is no setting and is not read", mend)


def _variable(name: str) -> str:
    return PREFIX + name.upper()


def _shown(value: object) -> str:
    """The value without a password that a URL may hold."""
    if value is None:
        return "not set"
    text = str(value)
    return re.sub(r"(?<=://)([^/@\s:]*):[^/@\s]*@", r"\1:***@", text)


def _url(*schemes: str) -> Callable[[str], UsageError | None]:
    def judge(value: str) -> UsageError | None:
        parts = urlsplit(value)
        if parts.scheme in schemes and parts.hostname:
            return None
        return UsageError("not an address.", f"Write it as {schemes[0]}://host:port.")

    return judge


def _database(value: str) -> UsageError | None:
    try:
        backend = make_url(value).get_backend_name()
    except ArgumentError:
        backend = ""
    if backend in ("postgresql", "sqlite"):
        return None
    return UsageError("not a database.", "Write it as postgresql://user@host/kam.")


def _raises(read: Callable[[str], object]) -> Callable[[str], UsageError | None]:
    def judge(value: str) -> UsageError | None:
        try:
            read(value)
        except KamError as error:
            return UsageError(error.message, error.next_step)
        return None

    return judge


def _currency(value: str) -> UsageError | None:
    if re.fullmatch(r"[A-Za-z]{3}", value):
        return None
    return UsageError("not a currency.", "Write its three letters, such as CNY.")


def _level(value: str) -> UsageError | None:
    if value.upper() in logging.getLevelNamesMapping():
        return None
    return UsageError("not a level.", "Use DEBUG, INFO, WARNING or ERROR.")


def _model(value: str) -> UsageError | None:
    provider, _, name = value.partition(":")
    if provider and name:
        return None
    return UsageError("names no model.", "Write it as provider:name, such as openai:gpt-5.")


_JUDGED: dict[str, Callable[[str], UsageError | None]] = {
    "database_url": _database,
    "chroma_url": _url("http", "https"),
    "today": _raises(clock),
    "time_zone": _raises(zone),
    "currency": _currency,
    "embeddings": _raises(
        lambda name: None if name == "none" else open_embedder(name, Path(os.devnull))
    ),
    "model": _model,
    "model_url": _url("https", "http"),
    "fallback_model": _model,
    "model_price": _raises(price_of_tokens),
    "log_level": _level,
}
