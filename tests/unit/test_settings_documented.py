"""docs/settings.md and bot/settings.py say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import Settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "settings.md"


def _sections() -> dict[str, str]:
    parts = re.split(r"^### ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    found = {}
    for part in parts:
        heading, _, body = part.partition("\n")
        found[heading.strip()] = re.split(r"^## ", body, flags=re.MULTILINE)[0].strip()
    return found


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    assert set(_sections()) == {f"KAM_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_the_documented_default_is_the_real_one(name: str) -> None:
    default = Settings.model_fields[name].default
    first, _, rest = _sections()[f"KAM_{name.upper()}"].partition("\n")
    if default is None:
        assert first.startswith(("Default: not set, which means ", "Default: the platform's"))
    else:
        assert first == f"Default: `{default}`."
    assert len(rest.split()) >= 8, "a sentence that says what it does"


def test_every_variable_that_the_page_mentions_is_a_setting() -> None:
    mentioned = set(re.findall(r"KAM_[A-Z_]*[A-Z]", PAGE.read_text(encoding="utf-8")))
    assert mentioned == {f"KAM_{name.upper()}" for name in Settings.model_fields}
