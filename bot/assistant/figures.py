"""The numbers and dates of a text in one form, so that a claim can be held to its sources."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kam_knowledge.language.normalise import fold

Day = tuple[int | None, int, int | None]
"""Year, month, day; None for a part that the text leaves out."""

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun",
            "july jul", "august aug", "september sept sep", "october oct", "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_TH = "(?:st|nd|rd|th)?"
_DATES = [
    (re.compile(r"(?<!\d)(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)[日号]?"), "ymd"),
    (re.compile(r"(?<!\d)(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)"), "dmy"),
    (re.compile(r"(?<!\d)(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)"), "either"),
    (re.compile(rf"(?<!\d)(\d{{1,2}}){_TH}(?: of)? ({_MONTH})\b[.,]?(?: (\d{{4}}))?(?!\d)"), "dmy"),
    (re.compile(rf"\b({_MONTH})\b\.? (\d{{1,2}}){_TH}(?!\d)(?:,? (\d{{4}}))?(?!\d)"), "mdy"),
    (re.compile(rf"\b({_MONTH})\b\.?,? (\d{{4}})(?!\d)"), "my"),
    # "may" and "march" alone are verbs more often than months.
    (re.compile(rf"\b((?!may\b|march\b|mar\b|sep\b|jan\b|dec\b){_MONTH})\b"), "m"),
    (re.compile(r"(?<!\d)(\d{4})\s?年\s?(\d{1,2})\s?月(?!\d)"), "ym"),
    (re.compile(r"(?<![\d-])(\d{4})-(0[1-9]|1[0-2])(?![\d-])"), "ym"),
    (re.compile(r"(?<!\d)(\d{1,2})\s?月\s?(\d{1,2})\s?[日号]?(?!\d)"), "md"),
    (re.compile(r"(?<!\d)(\d{1,2})\s?月(?!\d)"), "m"),
]
_VERBS = re.compile(r"\b(?:may|march)\b(?!,? (?:\d{1,2}(?:st|nd|rd|th)?,? )?\d{4}\b)")
_MONTH_NAME = re.compile(rf"\b(?:{_MONTH})\b")
# Most texts have none of these, and looking for each of them is what reading a text costs.
_WITH_NAMES = {n for n, (form, _) in enumerate(_DATES) if _MONTH in form.pattern}
_IN_HAN = {n for n, (form, _) in enumerate(_DATES) if r"\s?月" in form.pattern}
# What a claim writes between letters: EB-200, INV-10432, 2026-Q4, 4.2.1.
_CODE = re.compile(r"[a-z0-9]+(?:[-_./#][a-z0-9]+)*", re.ASCII)
_SCALES = {
    "千": 3, "k": 3, "thousand": 3, "万": 4, "m": 6, "mn": 6, "mio": 6, "million": 6, "百万": 6,
    "千万": 7, "亿": 8, "bn": 9, "billion": 9, "十亿": 9, "百亿": 10,
}  # fmt: skip
_SCALE = "|".join(sorted(_SCALES, key=len, reverse=True))
_NUMBER = re.compile(
    r"(\d{1,3}(?:[,'\u2019]\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3}){2,}|\d+(?:\.\d+)?)"
    rf"(?:[ -]?({_SCALE})(?![a-z]))?( ?%)?"
)
_LARGE, _SHOWN_OFF = 10_000, Decimal("0.005")
"""From which amount on a figure may be shown in fewer digits, three at least (1.23亿), and by how
much it may be off."""
_PLAIN_UNIT = re.compile(
    rf"\d+(?:\.\d+)?(?:st|nd|rd|th|x|h|d|{_SCALE})|\d+(?:\.\d+)?(?:[-/]\d+(?:\.\d+)?)?"
)
_HAN_NUMBER = re.compile("[一二两三四五六七八九十][零〇一二两三四五六七八九十百千万亿]+")
# Alone they are part of words (一起, 三明); before what is counted they are numbers.
_HAN_COUNT = re.compile("([二两三四五六七八九十])(?=[个家条份台天周号线年月人次名点期批处层轮页])")
_HAN_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_HAN_UNITS = {"十": 10, "百": 100, "千": 1000}
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORDS = {word: number for number, word in enumerate(_SMALL.split())} | {
    word: 10 * number for number, word in enumerate(_TENS.split(), 2)
}
_WORD_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_WORD = "|".join([*_WORDS, *_WORD_SCALES])
_NUMBER_WORD = re.compile(
    rf"\b(?:{'|'.join([w for w, n in _WORDS.items() if n > 1] + [*_WORD_SCALES])})\b"
)
# "three hundred and four" is one number, "three and four" are two.
_AND = "|".join(f"(?<={scale}) and " for scale in _WORD_SCALES)
_WORD_NUMBER = re.compile(rf"\b(?:{'|'.join(_WORDS)})(?:(?:[ -]|{_AND})(?:{_WORD}))*\b")


@dataclass(frozen=True)
class Figures:
    """What a text says in figures; `codes` only of a claim, because evidence is searched."""

    dates: tuple[tuple[Day, ...], ...]
    """Each with all the ways it can be read (03/04/2026 can be read in two)."""
    values: frozenset[Decimal]
    percents: frozenset[Decimal]
    codes: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.dates or self.values or self.percents or self.codes)


def figures(text: str, *, claimed: bool = True) -> Figures:
    """The dates, amounts, percentages and codes that the text states.

    Of a claim a month is written with a capital: "2 may slip" states no day. Evidence is searched,
    and people write 5 may as well.
    """
    rest = fold(_VERBS.sub("¶", text) if claimed else text)
    dates: list[tuple[Day, ...]] = []
    named, han = _MONTH_NAME.search(rest) is not None, "月" in rest
    for number, (expression, order) in enumerate(_DATES):
        if (number in _WITH_NAMES and not named) or (number in _IN_HAN and not han):
            continue

        def taken(match: re.Match[str], order: str = order) -> str:
            read = _days(match.groups(), order)
            if not read:
                return match.group()
            dates.append(read)
            return " ¶ "

        rest = expression.sub(taken, rest)
    codes: set[str] = set()

    def code(match: re.Match[str]) -> str:
        token = match.group()
        lettered = any(c.isalpha() for c in token)
        if not any(c.isdigit() for c in token) or _PLAIN_UNIT.fullmatch(token):
            return token
        if not lettered and token.count(".") < 2:
            return token
        if re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}", token):
            return token
        codes.add(token)
        return " ¶ "

    rest = _CODE.sub(code, rest)
    values, percents = _values(rest)
    return Figures(tuple(dates), frozenset(values), frozenset(percents), frozenset(codes))


def may_hold_number_words(folded: str) -> bool:
    """Whether the folded text may write a number beyond one in words: twenty, 二十."""
    return _NUMBER_WORD.search(folded) is not None or _HAN_NUMBER.search(folded) is not None


class FiguresOnRecord:
    """The figures of what is cited; says which of a claim's are not among them."""

    @classmethod
    def together(cls, records: Sequence[FiguresOnRecord]) -> FiguresOnRecord:
        """What several sources have in figures."""
        found = cls("")
        for one in records:
            found._text += "\n" + one._text
            found._days |= one._days
            found._values |= one._values
            found._years |= one._years
        return found

    def __init__(self, evidence: str) -> None:
        self._text = fold(evidence)
        found = figures(evidence, claimed=False)
        self._days = {day for read in found.dates for day in read}
        # Here each run of digits counts, those inside codes and dates too.
        loose, percents = _values(re.sub(r"[-_/:.](?!\d{3}\b)(?=\D)|[-_/:]", " ", self._text))
        counts = {Decimal(_han(digit)) for digit in _HAN_COUNT.findall(self._text)}
        self._values = set(found.values) | set(found.percents) | loose | percents | counts
        self._years = {day[0] for day in self._days if day[0]}

    def lacks(self, claim: Figures, cited: int) -> str | None:
        """The first figure of the claim that is not on record; None where all are.

        The number of things cited may be stated: it is counted, not read.
        """
        for read in claim.dates:
            if not any(self._has_day(day) for day in read):
                return "-".join(str(part or "?") for part in read[0])
        for token in claim.codes:
            if not re.search(rf"(?<![a-z0-9]){re.escape(token)}(?![a-z0-9])", self._text):
                return token
        for value in claim.values:
            if value not in self._values and value not in (1, cited) and not self._rounds_to(value):
                return f"{value:f}"
        for value in claim.percents:
            if value not in self._values and value / 100 not in self._values:
                return f"{value:f}%"
        return None

    def _rounds_to(self, value: Decimal) -> bool:
        """Whether a figure on record, shown in fewer digits, is this one: 616.73万 of 6,167,339."""
        places = value.normalize().as_tuple().exponent
        if not isinstance(places, int) or places < 2 or value < _LARGE:
            return False
        grain = Decimal(1).scaleb(places)
        return any(
            abs(one - value) <= _SHOWN_OFF * value and one.quantize(grain) == value
            for one in self._values
        )

    def _has_day(self, day: Day) -> bool:
        year, month, number = day
        for one in self._days:
            if one[1] != month or (number is not None and one[2] != number):
                continue
            if year is None or one[0] == year:
                return True
            if one[0] is None and (year in self._years or Decimal(year) in self._values):
                return True
        return False


def _days(parts: tuple[str | None, ...], order: str) -> tuple[Day, ...]:
    if order == "either":
        read = (*_days(parts, "dmy"), *_days(parts, "mdy"))
        return tuple(dict.fromkeys(read))
    said = dict(zip(order, parts, strict=False))
    month_text = said.get("m") or ""
    month = MONTHS.get(month_text) or (int(month_text) if month_text.isdigit() else 0)
    year = int(said["y"]) if said.get("y") else None  # type: ignore[arg-type]
    day = int(said["d"]) if said.get("d") else None  # type: ignore[arg-type]
    if not 1 <= month <= 12 or not (day is None or 1 <= day <= 31):
        return ()
    return ((year, month, day),)


def _values(text: str) -> tuple[set[Decimal], set[Decimal]]:
    values: set[Decimal] = set()
    percents: set[Decimal] = set()
    for match in _NUMBER.finditer(text):
        digits = re.sub(r"[,'\u2019]", "", match.group(1))
        if digits.count(".") > 1:
            digits = digits.replace(".", "")
        value = Decimal(digits).scaleb(_SCALES[match.group(2)] if match.group(2) else 0)
        (percents if match.group(3) else values).add(value.normalize())
    for match in _HAN_NUMBER.finditer(text):
        values.add(Decimal(_han(match.group())).normalize())
    for match in _WORD_NUMBER.finditer(text):
        number = _words(re.split(r"[ -]", match.group()))
        if number not in (0, 1):  # "one" is a pronoun more often than a number
            values.add(Decimal(number).normalize())
    return values, percents


def _han(text: str) -> int:
    whole, part, digit = 0, 0, 0
    for character in text:
        if character in _HAN_DIGITS:
            digit = _HAN_DIGITS[character]
        elif character in _HAN_UNITS:
            part, digit = part + (digit or 1) * _HAN_UNITS[character], 0
        else:
            size = 10**4 if character == "万" else 10**8
            whole, part, digit = (whole + part + digit) * size, 0, 0
    return whole + part + digit


def _words(words: list[str]) -> int:
    whole, part = 0, 0
    for word in words:
        if word in _WORDS:
            part += _WORDS[word]
        elif word == "hundred":
            part = (part or 1) * 100
        elif word in _WORD_SCALES:
            whole, part = whole + (part or 1) * _WORD_SCALES[word], 0
    return whole + part
