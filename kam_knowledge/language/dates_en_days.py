"""English words for days and months: dates, weekdays, today, holidays.

"Next Friday" is the Friday of the next week (Monday first), "last Friday" that of the week
before, whatever today is; "this past" and "this coming Friday" are the nearest ones, today not
counted and counted. A weekday alone is the next one, today included, unless the caller prefers
the past.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from kam_knowledge.language.date_grammar import Context, Item, Maker
from kam_knowledge.language.date_numbers import (
    CARDINAL_EN,
    DAY_EN,
    ORDINAL_EN,
    YEAR_WORDS_EN,
    english,
    english_year,
)
from kam_knowledge.language.date_spans import (
    Span,
    day,
    day_of_month,
    month,
    on,
    weekday_near,
    year,
)
from kam_knowledge.language.dates_en_words import (
    ANY_MONTH,
    LAST,
    MONTH,
    MONTHS,
    NEXT,
    OF_YEAR,
    PLAIN_UNIT,
    SHORT_YEAR,
    WEEKDAY,
    WEEKDAYS,
    YEAR,
    item,
)
from kam_knowledge.language.holidays import HOLIDAYS_EN, holiday, holiday_weekend

_TO = r"\s*(?:to|till|until|and|through|thru|[-–~])\s*(?:the\s+)?"
_CLOCK = r"(?!\s*(?:am|pm|a\.m|p\.m|o'?clock|:)\b)(?![:\d]|\.\d)"
_ORDINAL = rf"(?:(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)|{ORDINAL_EN})"


def _day_month(m: re.Match[str], context: Context) -> Item | None:
    number, month_number = english(m["day"]), MONTHS[m["month"]]
    if number is None or context.before(m.start()).endswith(("$", "€", "£", "¥")):
        return None
    if m.groupdict().get("year"):
        year_number = english_year(m["year"])
        when = on(year_number, month_number, number) if year_number else None
        return Item(day(when)) if when else None

    def make(year_number: int) -> Span | None:
        there = on(year_number, month_number, number)
        return day(there) if there else None

    return item(context.yearless(make))


def _days_of_month(m: re.Match[str], context: Context) -> Item | None:
    """3 to 5 May, May 3-5, from the 27th to the 3rd of April."""
    first, last, month_number = english(m["first"]), english(m["last"]), MONTHS[m["month"]]
    if first is None or last is None:
        return None

    def make(year_number: int) -> Span | None:
        end = on(year_number, month_number, last)
        before = year_number * 12 + month_number - 1 - (first > last)
        begin = on(before // 12, before % 12 + 1, first)
        return Span(begin, end) if begin and end else None

    if m["year"]:
        year_number = english_year(m["year"])
        return item(make(year_number)) if year_number else None
    return item(context.yearless(make))


def _month(m: re.Match[str], context: Context) -> Item | None:
    number = MONTHS[m["month"]]
    if m.groupdict().get("year"):
        year_number = english_year(m["year"])
        return item(month(year_number, number)) if year_number else None
    if not _is_month(m, context):
        return None
    return item(context.yearless(lambda y: month(y, number)))


def _is_month(m: re.Match[str], context: Context) -> bool:
    """May and march are verbs too: they need a preposition, or a capital and more than that."""
    word = m["month"]
    if word not in ("may", "march", "mar", "dec", "sep", "jan"):
        return True
    start, end = m.span("month")
    written = context.written(start, end)
    if word not in ("may", "march"):
        return written[:1].isupper() or _led(context.before(start))
    if re.match(r"\s*(?:be|i|we|you|they|not|have|or may|also|result|need)\b", context.after(end)):
        return False
    return _led(context.before(start)) and (word == "may" or written[:1].isupper())


def _led(before: str) -> bool:
    words = (
        r"in|since|until|till|by|from|to|through|last|next|this|early|mid|late|of|after|before|"
        r"between|during|for|the|and|on"
    )
    return re.search(rf"\b(?:{words})[\s-]*(?:the\s+)?\Z|[-–(]\s*\Z", before) is not None


def _month_near(m: re.Match[str], context: Context) -> Item | None:
    """This May, next May, last May: of this, the next, the last year."""
    verb = re.match(r"\s*(?:be|or may|not|have|well|also)\b", context.after(m.end()))
    if m["month"] in ("may", "march") and (
        verb or not context.written(*m.span("month"))[:1].isupper()
    ):
        return None
    step = {"last": -1, "past": -1, "next": 1}.get(m["which"], 0)
    return item(month(context.today.year + step, MONTHS[m["month"]]))


def _year(m: re.Match[str], context: Context) -> Item | None:
    number = english_year(m["year"])
    if number is None:
        return None
    before, after = context.before(m.start()), context.after(m.end())
    if re.search(r"(?:[$€£¥#@]|\d\s*[-–/.,]?|\b(?:no\.?|number|room|page|model|id))\s*\Z", before):
        return None
    if re.match(r"\s*(?:[%°]|[-/]\d\d?\b|[,.]\d|" + _COUNTED + r")", after):
        return None
    if not m["year"].isdecimal() and not _led(before):
        return None
    return item(year(number))


_COUNTED = (
    r"(?:units?|pcs|pieces?|people|users?|seats?|items?|eur|usd|rmb|cny|dollars?|euros?|hours?|"
    r"licen[cs]es?|days?|km|kg|mb|gb|kw|m|k|x|万|元|人|件|个|台|套)(?![a-z])"
)


def _years(m: re.Match[str], _: Context) -> Item | None:
    first, last = year(int(m["first"])), year(int(m["last"]))
    if first is None or last is None or last.end < first.start:
        return None
    return Item(Span(first.start, last.end, "year"))


def _decade(m: re.Match[str], _: Context) -> Item | None:
    first = int(m[1])
    return Item(Span(date(first, 1, 1), date(first + 9, 12, 31), "year"))


_STEPS = {
    "today": 0, "tonight": 0, "tonite": 0, "yesterday": -1, "tomorrow": 1, "tmrw": 1, "tmr": 1,
    "day after tomorrow": 2, "day before yesterday": -2, "next day": 1, "day after": 1,
    "day before": -1, "previous day": -1, "last night": -1,
}  # fmt: skip


def _relative_day(m: re.Match[str], context: Context) -> Item | None:
    words = re.sub(r"\s+", " ", m["day"])
    step = 1 if words.startswith("tom") else _STEPS.get(words, 0)
    return Item(day(context.today + timedelta(days=step)))


def _now(_: re.Match[str], context: Context) -> Item | None:
    return Item(day(context.today), alone=False)


def _weekday(m: re.Match[str], context: Context) -> Item | None:
    word, which = m["weekday"], re.sub(r"\s+", " ", m["which"]).strip().removesuffix(" on")
    number, today = WEEKDAYS[word], context.today
    if not which and word in ("sat", "sun", "mon", "wed", "fri", "tues"):
        written = context.written(*m.span("weekday"))
        after = re.match(r"\.?,?\s*\d", context.after(m.end()))
        lead = re.search(r"\b(?:on|by|until|till|since|from|to)\s+\Z", context.before(m.start()))
        if not (written[:1].isupper() or after or lead):
            return None
    this = today + timedelta(days=number - today.weekday())
    if not which:
        return Item(weekday_near(number, today, context.prefer), weekday=number)
    if re.search(r"\b(?:this|the) (?:past|last)\Z|\A(?:past|most recent)\Z", which):
        return Item(day(weekday_near(number, today - timedelta(days=1), "past").start))
    coming = re.search(r"\A(?:this |the )?(?:coming|upcoming)\Z", which)
    if coming or (which == "this" and context.prefer == "future"):
        return Item(day(weekday_near(number, today, "future").start))
    if which.endswith("week after next"):
        return Item(day(this + timedelta(days=14)))
    if re.search(rf"\b(?:{NEXT})(?: week)?\Z", which):
        return Item(day(this + timedelta(days=7)), weekday=number)
    if re.search(rf"\b(?:{LAST})(?: week)?\Z", which):
        return Item(day(this - timedelta(days=7)), weekday=number)
    return Item(day(this), weekday=number)


def _number_after_weekday(m: re.Match[str], _: Context) -> Item | None:
    number = english(m["day"])
    return Item(day_number=number) if number else None


def _day_alone(m: re.Match[str], context: Context) -> Item | None:
    number = english(m["day"])
    if number is None or not 1 <= number <= 31:
        return None
    return item(day_of_month(number, context.today, context.prefer))


def _days_alone(m: re.Match[str], context: Context) -> Item | None:
    first, last = english(m["first"]), english(m["last"])
    if first is None or last is None or not 1 <= first <= last <= 31:
        return None
    begins = day_of_month(first, context.today, context.prefer)
    end = on(begins.start.year, begins.start.month, last) if begins else None
    return Item(Span(begins.start, end)) if begins and end else None


def _holiday(m: re.Match[str], context: Context) -> Item | None:
    name = re.sub(r"\s+", " ", m["name"].replace("’", "'"))
    which, today = (m["which"] or "").strip(), context.today
    beside = holiday_weekend if m["weekend"] or m["weekend2"] else lambda span: span

    def make(year_number: int) -> Span | None:
        found = holiday(name, year_number) or holiday(name.replace("s ", "'s ", 1), year_number)
        return beside(found) if found else None

    if m["year"]:
        return item(make(int(m["year"])))
    spans = [span for span in map(make, range(today.year - 2, today.year + 3)) if span]
    if re.fullmatch(LAST, which):
        return item(next((span for span in reversed(spans) if span.end < today), None))
    if re.fullmatch(NEXT, which):
        return item(next((span for span in spans if span.start > today), None))
    if m["of_this"]:
        return item(make(today.year))
    return item(context.yearless(make))


def nothing(_: re.Match[str], __: Context) -> Item | None:
    """For words that hold a date word and are no date: every Monday."""
    return Item(alone=False)


def _close_of(_: re.Match[str], __: Context) -> Item | None:
    """EOD Friday is Friday."""
    return Item(of_next=lambda of: of)


_CLOSE = r"(?:eod|cob|(?:end|close) of (?:the )?(?:business )?day|(?:end|close) of business)"
_PREFIX = r"(?:between\s+|from\s+)?(?:the\s+)?"
PATTERNS: tuple[tuple[str, Maker], ...] = (
    # dates
    (
        rf"\b(?P<day>{DAY_EN}|{CARDINAL_EN})(?:\s+day)?\s*(?:of\s+|[-/]|,|\s|(?<=\d))\s*"
        rf"(?:the\s+)?{MONTH}{OF_YEAR}{SHORT_YEAR}",
        _day_month,
    ),
    (
        rf"\b(?P<day>{DAY_EN}|{CARDINAL_EN})(?:\s+day)?\s*(?:of\s+|[-/]|\s)\s*(?:the\s+"
        rf")?{MONTH}(?!\s*\d\d?(?:st|nd|rd|th)\b)",
        _day_month,
    ),
    (
        rf"\b{MONTH}\s*[-/]?\s*(?:the\s+)?(?P<day>{DAY_EN}){_CLOCK}(?:\s*,\s*|\s+of\s+|\s+"
        rf"in\s+|\s*[-/]\s*|\s+)(?:the year\s+)?{YEAR}",
        _day_month,
    ),
    (rf"\b{MONTH}\s*[-/]?\s*(?:the\s+)?(?P<day>{DAY_EN}){_CLOCK}", _day_month),
    (rf"\b(?P<year>(?:19|20)\d\d)\s*[-/]\s*(?P<day>\d\d?)\s*[-/]\s*{MONTH}", _day_month),
    (rf"\b(?P<year>(?:19|20)\d\d)\s*[-/]\s*{MONTH}\s*[-/]\s*(?P<day>\d\d?)\b", _day_month),
    (
        rf"\b{_PREFIX}(?P<first>{DAY_EN}|{CARDINAL_EN}){_TO}(?P<last>{DAY_EN}|{CARDINAL_EN})"
        rf"(?:\s+of)?\s+{MONTH}(?:{OF_YEAR}{YEAR})?",
        _days_of_month,
    ),
    (
        rf"\b(?:between\s+|from\s+)?{MONTH}\s+(?:the\s+)?(?P<first>{DAY_EN}){_TO}"
        rf"(?P<last>{DAY_EN})(?!/){_CLOCK}(?:\s*,?\s*{YEAR})?",
        _days_of_month,
    ),
    # months, years
    (rf"\b(?P<which>this|last|next|past)\s+{MONTH}(?!\s*\d)", _month_near),
    (rf"\b{MONTH}{OF_YEAR}(?P<year>(?:1[5-9]|20|21)\d\d(?!\d)|'\d\d\b|{YEAR_WORDS_EN}\b)", _month),
    (rf"\b{MONTH}\s+of\s+(?P<year>\d\d)\b", _month),
    (rf"\b{MONTH}", _month),
    (
        r"(?<![\d-])(?:from |between )?(?P<first>(?:19|20)\d\d)\s*[-–~]\s*(?P<last>(?:19|20)"
        r"\d\d)(?![-\d])",
        _years,
    ),
    (r"\b(1[5-9]\d0|20\d0)\s?'?s\b", _decade),
    (rf"(?<![\d.,/$€£¥-])\b(?:the )?(?:calendar )?(?:year\s+(?:of\s+)?)?{YEAR}", _year),
    # days near today
    (r"\b(?:the )?(?P<day>day after tomorrow|day before yesterday)\b", _relative_day),
    (
        r"\b(?P<day>today|yesterday|tomorrow|tonight|tonite|tmrw|tmr|tom+or+ow|last night)\b",
        _relative_day,
    ),
    (
        r"\bthe (?P<day>day before|previous day|next day|day after)\b(?!\s+(?:the|\w+day|\d|"
        r"christmas|easter|new))",
        _relative_day,
    ),
    (
        r"\b(?:later in |early )?(?P<day>(?<=of )the day|(?<=for )the day|(?<=in )the day)"
        r"\b(?! (?:before|after))",
        _relative_day,
    ),
    (
        rf"\b(?:the )?{_CLOSE}\b(?: on| of)?(?=\s+(?:{'|'.join(WEEKDAYS)}|tomorrow|today|\d|"
        rf"the \d))",
        _close_of,
    ),
    (rf"(?:(?<=day)|(?<=row)|(?<=\d\d)|(?<=\dth))\s+{_CLOSE}\b", nothing),
    (rf"\b(?:the )?(?P<day>{_CLOSE}|right now|otd)\b", _relative_day),
    (r"\b(?:now|current date|present)\b", _now),
    # weekdays
    (
        rf"\b(?P<which>(?:(?:the )?week after next|(?:the |this )?(?:{LAST}|{NEXT})(?: week)?"
        rf"|most recent|this week|this|current)(?: on)?\s+|){WEEKDAY}(?!s\b)",
        _weekday,
    ),
    (
        rf"(?<=day)\s+(?:the\s+)?(?P<day>{DAY_EN}){_CLOCK}(?!\s*[-–/]\s*\d)(?!\s+(?:(?:of\s+"
        rf")?{ANY_MONTH}|{PLAIN_UNIT}\b))",
        _number_after_weekday,
    ),
    (
        rf"(?<=\bmon|\btue|\bwed|\bthu|\bfri|\bsat|\bsun)\s+(?:the\s+)?(?P<day>{_ORDINAL})"
        rf"\b(?!\s+(?:of\s+)?{ANY_MONTH})",
        _number_after_weekday,
    ),
    (
        rf"\b(?:on |by |until |since |around |before |after )?the (?P<day>{_ORDINAL})\b(?=\s*"
        rf"(?:[.,;!?)]|$|and\b|or\b|at\b|with\b|for\b|to\b|between\b|from\b|so\b|if\b|"
        rf"because\b))",
        _day_alone,
    ),
    (
        rf"\b(?:on|by|until|since) (?P<day>{_ORDINAL})\b(?!\s+(?:of|floor|time|call|day|week|"
        rf"quarter))",
        _day_alone,
    ),
    (
        rf"\b(?:between|from) the (?P<first>{_ORDINAL}){_TO}(?P<last>{_ORDINAL})\b(?!\s+of)",
        _days_alone,
    ),
    # holidays
    (
        rf"\b(?:the )?(?P<which>(?:{LAST}|{NEXT})\s+)?(?P<name>{HOLIDAYS_EN})"
        rf"\b(?P<weekend>\s+weekend)?(?:\s+(?:of\s+)?(?:(?P<year>(?:19|20)\d\d)|"
        rf"(?P<of_this>this year)))?(?P<weekend2>\s+weekend)?",
        _holiday,
    ),
)
