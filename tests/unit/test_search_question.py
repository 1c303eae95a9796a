"""What a query is taken to hold before anything is ranked."""

from __future__ import annotations

from datetime import date

import pytest

from kam_knowledge.language.glossary import Glossary, TermPair
from kam_knowledge.language.tokens import query_tokens
from kam_knowledge.search.question import (
    WORDS_IN_PLAIN_QUESTIONS,
    WORDS_WITH_NAMES,
    NamedThing,
    understand,
)

GLOSSARY = Glossary(
    [
        TermPair(("renewal",), ("续约", "续签"), "contracts"),
        TermPair(("gross margin",), ("毛利",), "money"),
    ]
)


def test_a_term_brings_its_counterparts_in_the_other_language() -> None:
    question = understand("who decides about the renewal", glossary=GLOSSARY)
    assert set(query_tokens("续约")) <= set(question.tokens)
    assert set(query_tokens("续签")) <= set(question.tokens)


def test_a_chinese_term_brings_its_english_counterpart() -> None:
    question = understand("谁决定续约", glossary=GLOSSARY)
    assert set(query_tokens("renewal")) <= set(question.tokens)


def test_a_term_counts_once_however_it_is_written() -> None:
    question = understand("renewal price", glossary=GLOSSARY)
    (term,) = question.variants
    assert set(term.writings[0]) == set(query_tokens("renewal"))
    assert not set(question.terms) & set(term.writings[0])
    assert set(question.terms) == set(query_tokens("price"))


def test_a_counterpart_weighs_as_many_words_as_what_it_stands_for() -> None:
    (term,) = understand("gross margin", glossary=GLOSSARY).variants
    own, other = (sum(writing.values()) for writing in term.writings)
    assert 0.5 * own < other <= own


def test_a_name_brings_all_its_spellings() -> None:
    name = NamedThing("Globex", ("Globex AG", "格洛贝克斯"), 7, is_account=True)
    question = understand("what did Globex say", [name])
    assert set(query_tokens("格洛贝克斯")) <= set(question.tokens)
    assert question.account_ids == {7}
    assert set(question.terms).isdisjoint(query_tokens("Globex"))


def test_no_pair_of_characters_reaches_across_a_names_end() -> None:
    question = understand("华远续约", [NamedThing("华远", ("华远重工",), 4, is_account=True)])
    assert "远续" not in question.tokens
    assert "远续" in understand("华远续约").tokens


def test_a_query_of_a_name_alone_has_no_other_terms() -> None:
    question = understand("Globex", [NamedThing("Globex", ("Globex AG",), 7, is_account=True)])
    assert not question.terms
    assert question.tokens


@pytest.mark.parametrize(
    "text",
    [
        "what is open for HY-2207",
        "the firmware 4.2.1 rollout",
        'who said "total cost of ownership"',
        "how does Kessler see us",
    ],
)
def test_names_codes_numbers_and_quotes_lean_on_the_words(text: str) -> None:
    assert understand(text).words == WORDS_WITH_NAMES


@pytest.mark.parametrize(
    "text", ["how do they feel about our delivery", "What are people unhappy with?"]
)
def test_a_paraphrase_leans_on_the_vectors(text: str) -> None:
    assert understand(text).words == WORDS_IN_PLAIN_QUESTIONS < WORDS_WITH_NAMES


@pytest.mark.parametrize(
    ("text", "language"),
    [("Who is 吴总?", "en"), ("ACME 的 renewal 什么时候到期", "zh"), ("谁负责", "zh"), ("x", "en")],
)
def test_the_language_is_that_of_the_words_around_the_names(text: str, language: str) -> None:
    assert understand(text).language == language


def test_nothing_asked_holds_no_tokens() -> None:
    assert understand("  \n ?! ").tokens == ()


def test_a_term_brings_its_synonyms_and_they_weigh_less_than_it() -> None:
    (term,) = understand("谁决定续约", glossary=GLOSSARY).variants
    own, *others = term.writings
    synonym = next(one for one in others if set(query_tokens("续签")) <= set(one))
    assert sum(synonym.values()) < sum(own.values())


TODAY = date(2026, 11, 21)


@pytest.mark.parametrize("text", ["what did they say in October", "十月份他们怎么说的"])
def test_a_time_past_is_understood_as_its_days(text: str) -> None:
    ((first, last),) = understand(text, today=TODAY).days
    assert date.fromordinal(first) == date(2026, 10, 1)
    assert date.fromordinal(last) == date(2026, 10, 31)


@pytest.mark.parametrize("text", ["what is due next month", "下个月有什么到期", "the renewal"])
def test_a_time_to_come_is_none_in_which_a_note_lies(text: str) -> None:
    assert understand(text, today=TODAY).days == ()


def test_without_todays_date_no_time_is_read() -> None:
    assert understand("what did they say in October").days == ()


def test_a_name_tells_whom_it_may_mean() -> None:
    both = frozenset({("contact", 1), ("contact", 2)})
    names = [NamedThing("吴总", humans=both), NamedThing("ACME", account_id=7, is_account=True)]
    assert understand("ACME 的吴总怎么说", names).humans == (both,)
