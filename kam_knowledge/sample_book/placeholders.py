"""Dates relative to the day of loading: the placeholders that the templates hold.

In a text, ``{{anchor offset style language}}``; only the anchor is required. In a file's name,
``@anchor@`` or ``@anchor-12@``.

===========  ===================================================================  ==============
anchor       what it stands for                                                   written as
===========  ===================================================================  ==============
``day``      today plus *offset* calendar days                                    ``2026-11-12``
``workday``  the same day, moved back to the Friday when it is a weekend          ``2026-11-12``
``week``     the ISO week *offset* weeks away                                     ``2026-W46``
``month``    the month *offset* months away                                       ``2026-08``
``quarter``  the quarter *offset* quarters away                                   ``2026-Q3``
``year``     the year *offset* years away                                         ``2026``
``q2``       *offset* quarters after the last second quarter that is over         ``2026-Q2``
``q2day``    *offset* days after that quarter's first day, moved back to a        ``2026-04-17``
             workday: it lets "since Q2's plan" have an answer on any day
===========  ===================================================================  ==============

Styles of a day: ``long`` (12 November, 11月12日), ``full`` (with the year), ``weekday``
(Thursday, 星期四), ``abbr`` (Thu, 周四), ``dots`` (12.11.2026), ``mail`` (Thu, 12 Nov 2026).
Styles of a month or a quarter: ``name`` (August, 8月; Q3, 三季度) and ``full`` (with the year).
"""

from __future__ import annotations

import datetime as dt
import re

# Written out: strftime's names follow the machine's locale, and a book must not.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKDAYS_ZH = "一二三四五六日"
_QUARTERS_ZH = "一二三四"

_IN_TEXT = re.compile(r"\{\{([^{}]*)\}\}")
_INSIDE = re.compile(r"\s*([a-z]\w*)(?:\s+([+-]?\d+))?(?:\s+([a-z]+))?(?:\s+(en|zh))?\s*")
_IN_NAME = re.compile(r"@([a-z][a-z0-9]*?)([+-]\d+)?@")


class PlaceholderError(ValueError):
    """A template holds a placeholder that the grammar does not know."""


def fill(text: str, today: dt.date) -> str:
    """Give back `text` with every placeholder written out as of `today`.

    Raises PlaceholderError for an anchor, a style or a language that is not in the grammar.
    """

    def written(match: re.Match[str]) -> str:
        parts = _INSIDE.fullmatch(match.group(1))
        if parts is None:
            raise PlaceholderError(f"{match.group(0)!r} is not a placeholder")
        anchor, offset, style, language = parts.groups()
        return _written(anchor, int(offset or 0), style or "iso", language or "en", today)

    return _IN_TEXT.sub(written, text)


def fill_name(name: str, today: dt.date) -> str:
    """Give back a file's name with every ``@anchor-12@`` written out as of `today`.

    Raises PlaceholderError for an anchor that is not in the grammar.
    """
    return _IN_NAME.sub(
        lambda match: _written(match.group(1), int(match.group(2) or 0), "iso", "en", today), name
    )


def _written(anchor: str, offset: int, style: str, language: str, today: dt.date) -> str:
    zh = language == "zh"
    if anchor in ("day", "workday", "q2day"):
        start = _last_second_quarter(today) if anchor == "q2day" else today
        day = start + dt.timedelta(days=offset)
        return _day(day if anchor == "day" else workday(day), style, zh)
    if anchor == "month":
        return _month(_months_away(today, offset), style, zh)
    if anchor in ("quarter", "q2"):
        start = _last_second_quarter(today) if anchor == "q2" else today
        return _quarter(_months_away(start, 3 * offset), style, zh)
    if anchor == "week" and style == "iso":
        year, week, _ = (today + dt.timedelta(weeks=offset)).isocalendar()
        return f"{year}-W{week:02d}"
    if anchor == "year" and style == "iso":
        return str(today.year + offset)
    raise PlaceholderError(f"no placeholder {anchor!r} with the style {style!r}")


def workday(day: dt.date) -> dt.date:
    """Give back `day`, or the Friday before it when it is a Saturday or a Sunday."""
    return day - dt.timedelta(days=max(0, day.weekday() - 4))


def _day(day: dt.date, style: str, zh: bool) -> str:
    month, weekday = _MONTHS[day.month - 1], _WEEKDAYS[day.weekday()]
    short = _WEEKDAYS_ZH[day.weekday()]
    styles = {
        "iso": day.isoformat(),
        "long": f"{day.month}月{day.day}日" if zh else f"{day.day} {month}",
        "full": f"{day.year}年{day.month}月{day.day}日" if zh else f"{day.day} {month} {day.year}",
        "weekday": f"星期{short}" if zh else weekday,
        "abbr": f"周{short}" if zh else weekday[:3],
        "dots": f"{day.day:02d}.{day.month:02d}.{day.year}",
        "mail": f"{weekday[:3]}, {day.day:02d} {month[:3]} {day.year}",
    }
    return _chosen(styles, style)


def _month(first: dt.date, style: str, zh: bool) -> str:
    name = _MONTHS[first.month - 1]
    styles = {
        "iso": f"{first.year}-{first.month:02d}",
        "name": f"{first.month}月" if zh else name,
        "full": f"{first.year}年{first.month}月" if zh else f"{name} {first.year}",
    }
    return _chosen(styles, style)


def _quarter(first: dt.date, style: str, zh: bool) -> str:
    number = (first.month - 1) // 3 + 1
    name = f"{_QUARTERS_ZH[number - 1]}季度" if zh else f"Q{number}"
    styles = {
        "iso": f"{first.year}-Q{number}",
        "name": name,
        "full": f"{first.year}年{name}" if zh else f"{name} {first.year}",
    }
    return _chosen(styles, style)


def _chosen(styles: dict[str, str], style: str) -> str:
    if style not in styles:
        raise PlaceholderError(f"no style {style!r}; there are {', '.join(styles)}")
    return styles[style]


def _months_away(day: dt.date, offset: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + offset, 12)
    return dt.date(year, month + 1, 1)


def _last_second_quarter(today: dt.date) -> dt.date:
    return dt.date(today.year if today.month > 6 else today.year - 1, 4, 1)
