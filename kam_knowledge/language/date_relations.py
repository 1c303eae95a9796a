"""Ranges and relations: from … to, between, since, until, by, before, 之前, 以来."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from kam_knowledge.language.date_grammar import Context, Found, Item
from kam_knowledge.language.date_spans import Relation, Span

_EVER, _ALWAYS = date(1, 1, 1), date(9999, 12, 31)
_RANGE = re.compile(
    r"\s*(?:[-–—~～]|to|till|til|until|through|thru|up to|到|至|直到)\s*(?:the )?\s*\Z"
)
_AND = re.compile(r"\s*(?:and|[-–—~～]|和|与|至|到|through|to)\s*(?:the )?\s*\Z")
_FROM = re.compile(r"(?:\bfrom|\bbetween|从|自|由|在)\s*(?:the )?\s*\Z")
_BETWEEN = re.compile(r"(?:\bbetween|\bin between)\s*(?:the )?\s*\Z")
_IN_BETWEEN_ZH = re.compile(r"\s*(?:之间|期间|间)")

_BEFORE_ITEM: tuple[tuple[Relation, re.Pattern[str]], ...] = (
    (
        "by",
        re.compile(
            r"(?:\bno later than|\bnot later than|\bby|\buntil|\btill|\bup to|\bon or before|"
            r"\bbefore or on|\bdue(?: on)?|\bat the latest on|"
            r"截至到?|截止到?|直到|不晚于|最晚|最迟)"
            r"\s*(?:the )?\s*\Z"
        ),
    ),
    (
        "before",
        re.compile(r"(?:\bbefore|\bprior to|\bahead of|\bearlier than|早于)\s*(?:the )?\s*\Z"),
    ),
    (
        "since",
        re.compile(
            r"(?:\bever since|\bsince|\bas early as|\bas of|\bstarting(?: on| from| in)?|"
            r"\bbeginning(?: on| from| in)?|\bfrom|\bon or after|\bno earlier than|自从|自|从|"
            r"不早于|[>＞]\s*=)\s*(?:the )?\s*\Z"
        ),
    ),
    ("after", re.compile(r"(?:\bafter|\blater than|\bpast|晚于)\s*(?:the )?\s*\Z")),
)
_CLOSES = r"(?=\s*(?:[.,;:!?)]|\Z))"
_AFTER_ITEM: tuple[tuple[Relation, re.Pattern[str]], ...] = (
    (
        "by",
        re.compile(
            rf"(?:及|或|含)(?:在)?(?:之|以)?前|为止| (?:or|and) (?:before|earlier){_CLOSES}"
        ),
    ),
    (
        "since",
        re.compile(
            r"(?:及|或)(?:在)?(?:之|以)?后|以来|开始|起|至今"
            r"| (?:or|and) (?:later|onwards?)\b(?! than)"
            rf"| onwards?\b| (?:or|and) after{_CLOSES}"
        ),
    ),
    ("before", re.compile(r"\s*(?:之前|以前|前)(?![天日周月年后一二三])")),
    ("after", re.compile(r"\s*(?:之后|以后|过后|后)(?![天日周月年])")),
)
# "from 5 May" begins a range or an open span; alone before a year it says "of".
_OPEN_ONLY = re.compile(r"(?:\bfrom|从|自|由)\s*(?:the )?\s*\Z")


def relate(found: list[Found], context: Context) -> list[Found]:
    """Joins the two ends of ranges, and opens or closes spans by the words around them."""
    ranges = _ranges(found, context)
    related: list[Found] = []
    for at, here in enumerate(ranges):
        # A word between two dates belongs to one of them only.
        floor = related[-1].end if related else 0
        ceiling = ranges[at + 1].start if at + 1 < len(ranges) else len(context.text)
        related.append(_related(here, context, floor, ceiling))
    return [f for f in related if f.item.alone]


def _ranges(found: list[Found], context: Context) -> list[Found]:
    joined: list[Found] = []
    for here in found:
        before = joined[-1] if joined else None
        if before is not None:
            made = _range(before, here, context)
            if made is not None:
                joined[-1] = made
                continue
        joined.append(here)
    return joined


def _range(one: Found, other: Found, context: Context) -> Found | None:
    gap = context.text[one.end : other.start]
    leading = context.before(one.start)
    opening = _FROM.search(leading)
    closing = _IN_BETWEEN_ZH.match(context.text, other.end)
    between = _BETWEEN.search(leading) is not None or closing is not None
    if not (_RANGE.fullmatch(gap) or (between and _AND.fullmatch(gap))):
        return None
    # A dash with spaces on one side only, or between unlike things, is punctuation.
    first, last = one.item.span, other.item.span
    if first is None or last is None or first.relation != "on" or last.relation != "on":
        return None
    ordered = _in_order(first, last, context)
    if ordered is None:
        return None
    first, last = ordered
    grain = last.grain if first.grain == last.grain else "day"
    start = one.start
    if opening is not None:
        start -= len(leading) - opening.start()
    end = closing.end() if closing is not None else other.end
    vague = first.vague or last.vague
    return Found(start, end, Item(Span(first.start, last.end, grain, vague=vague)))


def _in_order(first: Span, last: Span, context: Context) -> tuple[Span, Span] | None:
    """Both ends, the one without a year read so that the range runs forwards."""
    if first.in_year is not None and last.in_year is not None:
        make_first, make_last = first.in_year, last.in_year

        def both(year_number: int) -> Span | None:
            begins = make_first(year_number)
            ends = make_last(year_number)
            if begins is not None and ends is not None and ends.end < begins.start:
                ends = make_last(year_number + 1)
            return Span(begins.start, ends.end, begins.grain) if begins and ends else None

        whole = context.yearless(both)
        if whole is None:
            return None
        return replace(first, start=whole.start), replace(last, end=whole.end)
    if first.in_year is not None and last.in_year is None and last.recurs is None:
        for year_number in (last.end.year, last.end.year - 1):
            there = first.in_year(year_number)
            if there is not None and there.start <= last.end:
                return there, last
    if last.in_year is not None:
        for year_number in (first.start.year, first.start.year + 1):
            there = last.in_year(year_number)
            if there is not None and there.end >= first.start:
                return first, there
    if last.recurs is not None and last.end < first.start:
        last = replace(last, start=last.start + last.recurs, end=last.end + last.recurs)
    return (first, last) if first.start <= last.end else None


def _related(found: Found, context: Context, floor: int, ceiling: int) -> Found:
    span = found.item.span
    assert span is not None
    if span.relation != "on":
        return found
    text = context.text
    leading = text[max(floor, found.start - 40) : found.start]
    for relation, suffix in _AFTER_ITEM:
        match = suffix.match(text, found.end)
        if match and match.end() <= ceiling:
            start = found.start
            opening = _OPEN_ONLY.search(leading) if relation == "since" else None
            if opening:
                start -= len(leading) - opening.start()
            kind = relation
            if relation == "before":
                # 周四前, 月底前 are the due day itself; 2018年以前 is before the whole year.
                due = span.start == span.end or text[found.end - 1] in "底末"
                kind = "by" if due else "before"
            return Found(start, match.end(), Item(bounded(span, kind, context.today)))
    for relation, prefix in _BEFORE_ITEM:
        match = prefix.search(leading)
        if match is None:
            continue
        if relation == "since" and _OPEN_ONLY.search(leading) and _plain_from(span, match):
            return found
        if relation == "before" and _ENDING.match(text[found.start : found.end]):
            relation = "by"
        start = found.start - (len(leading) - match.start())
        return Found(start, found.end, Item(bounded(span, relation, context.today)))
    return found


# "Before the end of June" is a deadline at the end of June.
_ENDING = re.compile(r"(?:the )?(?:very )?(?:end|close)\b|eo[wmqy]\b")


def _plain_from(span: Span, match: re.Match[str]) -> bool:
    """Whether a "from" says where something comes from: "numbers from last week"."""
    several = span.grain != "day" or span.start != span.end
    return several and match.group().strip() in ("from", "从", "自", "由")


def bounded(span: Span, relation: Relation, today: date) -> Span:
    """The days that "since", "after", "by" or "before" a span mean.

    Open ends are closed by today where today lies there (since May: until today), else they
    reach to the calendar's end. "by" includes the span's last day, "before" ends on the eve.
    """
    if relation == "since":
        end = today if span.start <= today else _ALWAYS
        return replace(span, end=end, relation="since", in_year=None)
    if relation == "after":
        if span.end == _ALWAYS:
            return span
        start = span.end + timedelta(days=1)
        return replace(
            span,
            start=start,
            end=today if start <= today else _ALWAYS,
            relation="after",
            in_year=None,
        )
    end = span.end
    if relation == "before":
        end = max(_EVER, span.start - timedelta(days=1)) if span.start > _EVER else _EVER
    start = today if end >= today else _EVER
    return replace(span, start=start, end=end, relation=relation, in_year=None)
