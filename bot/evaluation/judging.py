"""Whether a reply is what was expected, and if not, why not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from bot.assistant.reply import Outcome, Reply, citation_kind
from bot.evaluation.dates import expression, pattern, written
from bot.evaluation.questions import REGULAR, Choices, Expectation, Question
from kam_knowledge.language.normalise import fold, has_han
from kam_knowledge.sample_book.placeholders import fill_name

_MARKER = re.compile(r"\[(\d+)\]")
_MARKERS = re.compile(r"(?:[ \t]*\[\d+\])+")
_MARKS = re.compile(r"\*+|`+|^[ \t]*(?:[-+]|#{1,6}|>)[ \t]+", re.MULTILINE)
_SPACES = re.compile(r"[^\S\n]+")
# No thousands stand apart by a wide comma: 1，200 is two numbers of a list, 1,200 is one.
_LISTED = re.compile(r"，(?=\d)")


def judge(question: Question, reply: Reply, today: date) -> tuple[str, ...]:
    """Every reason why the reply is wrong, in words; none when it is right.

    `today` is the day that the days of the expectation are counted from.
    """
    expect = question.expect
    bare = plain(reply.markdown)
    return (
        *_outcome(expect, reply),
        *_language(question, reply, bare),
        *_phrases(expect, bare, today),
        *_markers(reply),
        *_citations(expect, reply, today),
        *_named(expect.accounts, reply.accounts, "account"),
        *_named(expect.people, reply.people, "person"),
    )


def plain(markdown: str) -> str:
    """The text that phrases are looked for in: without marks and markers, spaces made one."""
    return _SPACES.sub(" ", _MARKS.sub("", _MARKERS.sub("", markdown))).strip()


def says(bare: str, phrase: str, today: date) -> bool:
    """Whether the plain text holds the phrase, a number only as a whole one: 96,500 is not in
    196,500, nor 4.2 in 4.2.1.

    After `re:` stands a regular expression, in which case does not matter.
    """
    folded = fold(_LISTED.sub("， ", bare))
    if phrase.startswith(REGULAR):
        wanted = re.compile(expression(phrase.removeprefix(REGULAR), today), re.IGNORECASE)
        # In either form, so that an expression may hold ，or （ as the answer has them.
        return any(wanted.search(text) for text in (folded, fold(bare), bare))
    asked = _SPACES.sub(" ", _LISTED.sub("， ", phrase))
    before = r"(?<!\d)(?<!\d[.,])" if asked[:1].isdecimal() else ""
    after = r"(?!\d)(?![.,]\d)" if asked[-1:].isdecimal() else ""
    return re.search(f"{before}{pattern(asked, today)}{after}", folded) is not None


def _outcome(expect: Expectation, reply: Reply) -> Iterator[str]:
    if reply.outcome not in expect.outcomes:
        yield f"outcome {reply.outcome}, expected {_or(expect.outcomes)}"


def _language(question: Question, reply: Reply, bare: str) -> Iterator[str]:
    if reply.language != question.language:
        yield f"answered in {reply.language}, asked in {question.language}"
    elif question.language == "zh" and not has_han(bare):
        yield "answered without a word of Chinese"
    elif question.language == "en" and not re.search(r"[A-Za-z]", bare):
        yield "answered without a word of English"


def _phrases(expect: Expectation, bare: str, today: date) -> Iterator[str]:
    for choice in expect.must:
        if not any(says(bare, phrase, today) for phrase in choice):
            yield f"does not say {_or(_quoted(choice, today))}"
    for phrase in expect.must_not:
        if says(bare, phrase, today):
            yield f"says {_quoted([phrase], today)[0]}, which must not be there"


def _markers(reply: Reply) -> Iterator[str]:
    marked = {int(number) for number in _MARKER.findall(reply.markdown)}
    given = {citation.n for citation in reply.citations}
    for number in sorted(marked - given):
        yield f"[{number}] has no citation"
    for number in sorted(given - marked):
        yield f"citation {number} is not used"


def _citations(expect: Expectation, reply: Reply, today: date) -> Iterator[str]:
    kinds = {citation_kind(citation.source) for citation in reply.citations}
    if reply.outcome is Outcome.ANSWERED and expect.kinds is None and not kinds:
        yield "answered without a citation"
    for choice in expect.kinds or ():
        if not kinds.intersection(choice):
            yield f"no citation of kind {_or(choice)}"
    # A passage of the method is named by its page too, without "#" and its number.
    full = [citation.source.where for citation in reply.citations]
    cited = {where for one in full for where in (one, one.partition("#")[0])}
    for choice in expect.sources:
        endings = [written(fill_name(ending, today), today) for ending in choice]
        if not any(where.endswith(ending) for where in cited for ending in endings):
            yield f"no citation of {_or(endings)}"


def _named(wanted: Choices, given: Iterable[str], what: str) -> Iterator[str]:
    known = {fold(name) for name in given}
    for choice in wanted:
        if not known.intersection(fold(name) for name in choice):
            yield f"{_or(choice)} is not named as {'an' if what[0] in 'aeiou' else 'a'} {what}"


def _quoted(phrases: Iterable[str], today: date) -> list[str]:
    """The phrases as a person reads them, their days written out."""
    return [
        f"'{phrase}'" if phrase.startswith(REGULAR) else f"'{written(phrase, today)}'"
        for phrase in phrases
    ]


def _or(items: Iterable[str]) -> str:
    return " or ".join(items)
