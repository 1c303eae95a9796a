"""How people write in a hurry, and companies by a part of their name."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from bot.assistant.speaking import speak_in
from bot.assistant.understanding.colloquial import in_full
from bot.assistant.understanding.cues import plain
from bot.assistant.understanding.short_names import shortened
from kam_knowledge.language.names import NameEntry, NameIndex

PROMPTS = Path(__file__).resolve().parents[2] / "prompts"
BOOK = NameIndex(
    [
        NameEntry("competitor", 1, "海诺膜"),
        NameEntry("account", 2, "东方新材"),
        NameEntry("account", 3, "Ardmore Iberia"),
        NameEntry("account", 4, "Ardmore Breweries"),
        NameEntry("account", 5, "Calder Group"),
    ]
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("key accts w/o an exec sponsor", "key accounts without an executive sponsor"),
        ("why'd we lose it last yr", "why did we lose it last year"),
        ("下礼拜咱们要交啥", "下周我们要交什么"),
        ("为啥咋样", "为什么怎么样"),
        ("acctual wk-end", "acctual wk-end"),
    ],
)
def test_short_and_spoken_forms_are_compared_in_full(written: str, meant: str) -> None:
    assert in_full(written) == meant
    assert plain(written) == plain(meant)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("海诺有什么弱点", ["海诺膜"]),
        ("上海诺言不可信", []),
        ("往东方走", []),
        ("any crumbs left at iberia", ["Ardmore Iberia"]),
        ("the group decides", []),
    ],
)
def test_a_part_that_no_other_name_has_stands_for_the_company(text: str, named: list[str]) -> None:
    assert [found[0].entry.name for found in shortened(text, BOOK, [])] == named


@pytest.mark.parametrize(
    ("text", "speaks"),
    [
        ("Dana Wu wants the numbers first.", True),
        ("Dana Wu: not without numbers.", True),
        ("Dear Dana Wu, I promised you the model.", False),
        ("周蕙说罚则要降。", True),
        ("请把报价发给周蕙。", False),
    ],
)
def test_who_speaks_is_told_from_who_is_spoken_of(text: str, speaks: bool) -> None:
    assert speak_in(text, ["Dana Wu", "周蕙"]) is speaks


class _Strict(yaml.SafeLoader):
    """Reads a mapping as its pairs, so that none is lost."""


def _pairs(loader: _Strict, node: yaml.MappingNode) -> dict[object, object]:
    pairs = loader.construct_pairs(node, deep=True)
    twice = [key for key, count in Counter(key for key, _ in pairs).items() if count > 1]
    assert not twice, f"given twice: {twice}"
    return dict(pairs)


_Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _pairs)


@pytest.mark.parametrize(
    "path", sorted(PROMPTS.rglob("*.yaml")), ids=lambda path: str(path.relative_to(PROMPTS))
)
def test_no_key_of_the_texts_is_given_twice(path: Path) -> None:
    with path.open(encoding="utf-8") as file:
        yaml.load(file, _Strict)
