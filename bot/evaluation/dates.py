"""Days in expectations: `{day -12}` is that day from today, in any way an answer may write it."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.assistant.figures import MONTHS
from kam_knowledge.language.normalise import fold
from kam_knowledge.sample_book.placeholders import PlaceholderError, fill, workday

_ANCHORS = "day|workday|week|month|quarter|year|q2|q2day"
_PLACEHOLDER = re.compile(rf"\{{((?:{_ANCHORS})\b[^{{}}]*)\}}")
_DAY = re.compile(r"(day|workday)(?:\s+([+-]?\d+))?\s*")
_TH = "(?:st|nd|rd|th)?"


def written(text: str, today: date) -> str:
    """The text with its placeholders written out: `{day -12}`, `{workday 5 long zh}`, `{month -1}`.

    The grammar is the sample book's (see `sample_book.placeholders`), with single braces; a day
    without a style is ISO. Raises PlaceholderError for one that the grammar does not know.
    """
    return _PLACEHOLDER.sub(lambda match: fill(f"{{{{{match.group(1)}}}}}", today), text)


def pattern(phrase: str, today: date) -> str:
    """A regular expression, for folded text, of the phrase with its days in any form.

    The rest of the phrase is taken literally; see `expression` for one that is an expression.
    """
    return "".join(
        part if is_pattern else re.escape(fold(part)) for part, is_pattern in _parts(phrase, today)
    )


def expression(text: str, today: date) -> str:
    """A regular expression with the days in it replaced by expressions for them."""
    return "".join(part for part, _ in _parts(text, today))


def any_form(day: date) -> str:
    """A regular expression for the day as answers write it in either language, folded.

    The forms are those that a claim's dates are read in (`bot.assistant.figures`); where a year
    is written it must be the day's.
    """
    year, month, number = day.year, day.month, day.day
    names = "|".join(name for name, of in MONTHS.items() if of == month)
    ending = rf"(?:,? {year}(?!\d)|(?!,? \d{{4}}(?!\d)))"
    forms = (
        rf"(?<!\d){year}\s?[-/.年]\s?0?{month}\s?[-/.月]\s?0?{number}(?!\d)\s?[日号]?",
        rf"(?<!\d)0?{number}\.0?{month}\.{year}(?!\d)",
        rf"(?<!\d)0?{number}/0?{month}/{year}(?!\d)",
        rf"(?<!\d)0?{month}/0?{number}/{year}(?!\d)",
        rf"(?<!\d)0?{number}{_TH}(?: of)? (?:{names})\b\.?{ending}",
        rf"\b(?:{names})\b\.? 0?{number}{_TH}(?!\d){ending}",
        rf"(?<!\d)(?<!年)(?<!年 )0?{month}\s?月\s?0?{number}(?!\d)\s?[日号]?",
    )
    return f"(?:{'|'.join(forms)})"


def check(text: str) -> None:
    """Raises PlaceholderError when a placeholder of the text is not in the grammar."""
    if unknown := re.search(r"\{\s*[a-z][^{}]*\}", written(text, date(2026, 1, 1))):
        raise PlaceholderError(f"{unknown.group()!r} is not a placeholder")


def _parts(phrase: str, today: date) -> list[tuple[str, bool]]:
    """The phrase cut at its days: text, and expressions for the days."""
    found: list[tuple[str, bool]] = []
    end = 0
    for match in _PLACEHOLDER.finditer(phrase):
        found.append((phrase[end : match.start()], False))
        day = _DAY.fullmatch(match.group(1))
        if day is None:
            found.append((written(match.group(), today), False))
        else:
            meant = today + timedelta(days=int(day.group(2) or 0))
            found.append((any_form(workday(meant) if day.group(1) == "workday" else meant), True))
        end = match.end()
    found.append((phrase[end:], False))
    return found
