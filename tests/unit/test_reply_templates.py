"""Every sentence that people read: in both languages, with the same slots, and in use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from bot.assistant.compose import Composer
from prompts import replies

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "prompts" / "replies"
CODE = ("bot", "ingest", "kam_knowledge")
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
WITHOUT_COMPOSER = {"chat"}
"""Files whose texts the terminal fills itself."""
WORDS = {"lines", "shared", "fields"}
"""Files that no skill has as its own."""


def slots(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


@cache
def written_keys() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """The strings in the code that may be keys, and patterns for those put together there."""
    constants: set[str] = set()
    patterns: set[str] = set()
    for package in CODE:
        for path in sorted((ROOT / package).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            said = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            for node in ast.walk(tree):
                if isinstance(node, ast.JoinedStr) and package == "bot":
                    patterns.add("".join(_pieces(node)))
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    if node in said:  # a docstring uses no template
                        continue
                    constants.add(node.value)
                    if package != "bot":  # lists of codes stand in one string
                        constants |= set(re.findall(r"[a-z_]+", node.value))
    # A pattern of nothing but slots would match every key.
    told = [pattern for pattern in sorted(patterns) if re.search(r"[a-z]{2}", pattern)]
    return frozenset(constants), tuple(re.compile(pattern) for pattern in told)


def is_used(key: str) -> bool:
    """Whether the code holds the key, a pattern of it, or its family and its code apart."""
    constants, patterns = written_keys()
    parts = key.split("_")
    halves = [("_".join(parts[:n]), "_".join(parts[n:])) for n in range(1, len(parts))]
    # A family and a code, such as `coverage` and `in_depth`, are joined by an underscore.
    joined = any(left in constants and right in constants for left, right in halves)
    return key in constants or joined or any(pattern.fullmatch(key) for pattern in patterns)


def _pieces(node: ast.JoinedStr) -> Iterator[str]:
    for value in node.values:
        if isinstance(value, ast.Constant):
            yield re.escape(str(value.value))
        else:
            yield r"\w+"


@pytest.mark.parametrize("name", NAMES)
def test_a_template_says_the_same_in_both_languages(name: str) -> None:
    for key, template in replies(name).items():
        assert isinstance(key, str), f"{key}: a bare yes, no or on is a truth value in YAML"
        assert set(template) == {"en", "zh"}, key
        assert all(isinstance(text, str) and text for text in template.values()), key
        if name not in WITHOUT_COMPOSER:
            assert slots(template["en"]) == slots(template["zh"]), key


@pytest.mark.parametrize("name", NAMES)
def test_a_template_can_be_filled(name: str) -> None:
    for key, template in replies(name).items():
        for language, text in template.items():
            values = dict.fromkeys(slots(text), "Value")
            if name in WITHOUT_COMPOSER:
                filled = text.format(**values)
            else:
                filled = Composer(name, language).text(key, **values)
            places = [slot for _, slot, _, _ in Formatter().parse(text) if slot is not None]
            assert filled.count("Value") == len(places), key
            assert "{" not in filled, key


@pytest.mark.parametrize("name", NAMES)
def test_a_template_is_used(name: str) -> None:
    assert [key for key in replies(name) if not is_used(key)] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_skill_rewords_a_records_line(name: str) -> None:
    """`Lines` fills its own templates; one of the same key would take their place."""
    if name not in WORDS:
        assert set(replies(name)) & set(replies("lines")) == set()


def test_a_quote_stays_on_its_line_and_a_latin_name_keeps_its_distance() -> None:
    composer = Composer("shared", "zh")
    said = composer.text("of_account", account="ACME", text="“one\ntwo”")
    assert said == "ACME：“one two”"
    assert Composer("my_day", "zh").text("late", n=3) == "逾期 3 天"
