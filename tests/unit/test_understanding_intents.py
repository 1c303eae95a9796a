"""Intents are data: every file is whole, and what was learnt from them holds for other messages."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.assistant.understanding.features import features
from bot.assistant.understanding.intent import (
    IntentIndex,
    Masked,
    intent,
    intent_examples,
    intent_index,
    intent_names,
    intent_slots,
    mask,
)
from bot.assistant.understanding.learning import learn
from kam_knowledge.language.normalise import has_han
from prompts import load

SLOTS = {"account", "contact", "person", "title", "product", "competitor", "date"}
RULES = {
    "needs": {"nothing", "account", "person", "party"},
    "carry": {"named", "always", "never"},
    "window": {"ahead", "back"},
    "people": {"left", "several", "twins", "own"},
    "names": {"none"},
    "repeats": {False},
    "later": {True},
    "scope": {"mine", "team"},
    "told": {True},
}
PLAIN = {"confirm", "cancel", "undo", "help", "thanks", "source"}
"""Intents that a few set phrases make up."""


@pytest.mark.parametrize("name", intent_names())
def test_a_file_of_an_intent_says_what_it_needs_and_shows_it_in_both_languages(name: str) -> None:
    rules = intent(name)
    assert rules["group"]
    assert rules["needs"] in RULES["needs"]
    for key, value in rules.items():
        assert key in {"group", "slots", "joint", "sites", "holds"} or value in RULES[key], key
    examples = {
        language: [line for line in text.splitlines() if line.strip()]
        for language, text in load(f"intents/{name}.yaml")["examples"].items()
    }
    assert set(examples) == {"en", "zh"}
    least = 20 if rules.get("later") or name in PLAIN else 25
    for language, lines in examples.items():
        assert len(lines) >= least, language
        assert len(set(lines)) == len(lines)
    assert not any(has_han(line) for line in examples["en"])
    assert intent_slots(name) <= SLOTS
    for values in rules.get("slots", {}).values():
        for wordings in values.values():
            assert wordings["en"]
            assert wordings["zh"]
            assert not any(has_han(wording) for wording in wordings["en"])


def test_no_example_stands_for_two_intents() -> None:
    shown = Counter((text, kept) for _, text, kept in intent_examples())
    owners: dict[str, set[str]] = {}
    for name, text, _ in intent_examples():
        owners.setdefault(text, set()).add(name)
    assert {text: names for text, names in owners.items() if len(names) > 1} == {}
    assert shown


def test_an_intent_is_recognised_in_examples_that_were_kept_from_it() -> None:
    """Every tenth example is left out and asked about, so that none was learnt by heart."""
    examples = [
        (name, text, features(text, kept), not text.isascii())
        for name, text, kept in intent_examples()
    ]
    right: Counter[bool] = Counter()
    asked: Counter[bool] = Counter()
    for part in range(3):
        kept = [e for number, e in enumerate(examples) if number % 10 != part]
        index = IntentIndex(learn([(name, held) for name, _, held, _ in kept]))
        for name, text, _, chinese in examples[part::10]:
            guesses = index.guess(Masked(text, ()))
            asked[chinese] += 1
            right[chinese] += bool(guesses) and guesses[0].intent == name
    assert right[False] / asked[False] >= 0.82
    assert right[True] / asked[True] >= 0.85


def test_names_titles_and_dates_are_masked_and_what_they_say_is_kept_where_it_counts() -> None:
    text = "What did Dana Wu promise the CFO today?"
    masked = mask(text, [(9, 16, "contact"), (29, 32, "title"), (33, 38, "date")])
    assert masked.text == "What did {contact} promise the {title} {date}?"
    assert masked.covered == ("cfo", "today")


def test_of_overlapping_spans_the_first_and_longest_is_masked() -> None:
    masked = mask("Harbor Core Suzhou", [(0, 6, "account"), (0, 11, "product"), (7, 11, "account")])
    assert masked.text == "{product} Suzhou"


@pytest.mark.parametrize("text", ["", "??", "...", "1", "💥"])
def test_a_message_that_says_nothing_has_no_intent(text: str) -> None:
    assert intent_index().guess(Masked(text, ())) == []


@pytest.mark.parametrize(
    ("polite", "bare"),
    [
        (
            "Could you please tell me about the open complaints?",
            "tell me about the open complaints",
        ),
        ("hi, quick question: which accounts are red? thanks", "which accounts are red"),
        ("麻烦帮我看看哪些客户亮红灯,谢谢", "哪些客户亮红灯"),
        ("请问,有哪些逾期发票?", "有哪些逾期发票?"),
    ],
)
def test_courtesies_change_nothing(polite: str, bare: str) -> None:
    first, other = (intent_index().guess(Masked(text, ()))[0] for text in (polite, bare))
    assert first.intent == other.intent


@pytest.mark.parametrize("text", ["no thanks", "thanks", "谢谢", "hello", "你好"])
def test_a_courtesy_alone_stays_what_it_is(text: str) -> None:
    expected = {"no thanks": "cancel", "hello": "help", "你好": "help"}.get(text, "thanks")
    assert intent_index().guess(Masked(text, ()))[0].intent == expected


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("wich invoces are overude?", "receivables"),
        ("any open complants?", "complaints"),
        ("show me teh pipelin", "forecast"),
        ("有没有未关闭的头诉?", "complaints"),
        ("回宽情况怎么样?", "receivables"),
        ("哪些合同快倒期了?", "renewals"),
    ],
)
def test_slips_of_the_pen_are_read_as_the_words_a_question_is_made_of(
    slip: str, meant: str
) -> None:
    assert intent_index().guess(Masked(slip, ()))[0].intent == meant


@pytest.mark.parametrize(
    ("traditional", "meant"),
    [("哪些客戶亮紅燈?", "accounts_at_risk"), ("競爭對手有什麼動作?", "competitor")],
)
def test_traditional_characters_are_read_as_simplified_ones(traditional: str, meant: str) -> None:
    assert intent_index().guess(Masked(traditional, ()))[0].intent == meant
