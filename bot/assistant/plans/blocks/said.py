"""What notes say in a plan, in their own words: SWOT, the customer's aims, its environment.

Only notes of the last six months are read (S1-11: a SWOT older than that is stale), and only
verbatim sentences are taken; nothing is concluded from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cache

from sqlalchemy import select

from bot.assistant.lines import note_source
from bot.assistant.plans.page import Page
from bot.assistant.understanding.cues import pattern, phrases, plain
from kam_knowledge.language.normalise import fold
from kam_knowledge.queries.excerpts import excerpt
from kam_knowledge.queries.mentions import mentions_of
from kam_knowledge.queries.touches import NoteText, notes_between
from kam_knowledge.store.models import Competitor, Note
from prompts import load

FRESH = timedelta(days=183)
SWOT = ("strengths", "weaknesses", "opportunities", "threats")
PEST = ("policy", "economy", "society", "technology")
READ, POINTS, QUOTED = 40, 3, 200
TABLE_CELL = "|"


def swot(page: Page) -> None:
    """Strengths, weaknesses, opportunities and threats of our position, from notes alone."""
    taken: set[str] = set()
    # What is bad of a sentence with two sides is told: the other way round it would be hidden.
    ranked = ("weaknesses", "threats", "opportunities", "strengths")
    quoted = {family: list(_quotes(page, family, taken)) for family in ranked}
    for family in SWOT:
        found = quoted[family]
        page.met_or_gap(family, there=bool(found))
        if found:
            page.composer.plain(f"swot_{family}")
        for note, quote in found:
            _said(page, note, quote)
    for day, title in _older(page):
        page.gap("swot_old", date=day, title=title)


def aims(page: Page) -> None:
    """What the customer is after: goals, initiatives, investments, as notes have them."""
    found = list(_quotes(page, "aims", set()))
    page.met_or_gap("aims", there=bool(found))
    for note, quote in found:
        _said(page, note, quote)


def environment(page: Page) -> None:
    """Policy, economy, society and technology around the customer, as notes have them (S2-27)."""
    taken: set[str] = set()
    for family in PEST:
        found = list(_quotes(page, family, taken))[:2]
        page.met_or_gap(family, there=bool(found))
        if found:
            page.composer.plain(f"pest_{family}")
        for note, quote in found:
            _said(page, note, quote)


def recent(page: Page) -> None:
    """The last words with the customer, the newest first."""
    shown = [touch for touch in page.reading.touches if touch.note][:POINTS]
    page.met_or_gap("recent", there=bool(shown))
    for touch in shown:
        page.lines.touch(touch, [], longest=QUOTED, theirs=True)
        page.composer.line("- " + page.composer.pop_line())


def _said(page: Page, note: NoteText, quote: str) -> None:
    title = page.title_of(note)
    page.say("said", [note_source(note, quote)], date=note.date, title=title, quote=quote)


def _quotes(page: Page, family: str, taken: set[str]) -> Iterator[tuple[NoteText, str]]:
    """The newest sentences of that family, one a note at most; none that another one has."""
    words = _words(family)
    if family == "threats":
        rivals = page.records.all(Competitor, account_ids=[page.account.id])
        words = (*words, *(plain(row.competitor) for row in rivals))
    found = 0
    for note in _notes(page):
        quote = excerpt(note.text, words, longest=QUOTED, alone=True)
        if not quote or TABLE_CELL in quote or quote in taken or not _tells(quote, words, family):
            continue
        taken.add(quote)
        yield note, quote
        found += 1
        if found == POINTS:
            return


def _notes(page: Page) -> Sequence[NoteText]:
    """Fresh notes about the account, newest first; each is read once for all headings."""
    if page.reading.notes is None:
        today = page.today
        between = notes_between(page.records, [page.account.id], today - FRESH, today)
        page.reading.notes = [note for _, note in between][:READ]
    return page.reading.notes


def _tells(quote: str, words: tuple[str, ...], family: str) -> bool:
    """Whether the sentence holds one of the words, and for a strength does not deny or wish it."""
    folded = plain(quote)
    hits = [match.span() for match in pattern(words).finditer(folded)]
    if family == "strengths":
        hits = [span for span in hits if not _denied().search(folded[: span[0]])]
    return bool(hits) and mentions_of(words)(quote)


@cache
def _words(family: str) -> tuple[str, ...]:
    return phrases(load("understanding/plan_cues.yaml")[family])


@cache
def _denied() -> re.Pattern[str]:
    kept = load("understanding/plan_cues.yaml")
    english, chinese = ("|".join(map(re.escape, kept["denied"][one])) for one in ("en", "zh"))
    if_en, if_zh = ("|".join(map(re.escape, kept["wished"][one])) for one in ("en", "zh"))
    near = rf"\b(?:{english})(?:\s+\w+)?\s+|{chinese}"
    wished = rf"\b(?:{if_en})\b[^,.;]{{0,40}}|(?:{if_zh})[^，。；]{{0,10}}"
    return re.compile(rf"(?:{near}|{wished})$")


def _older(page: Page) -> list[tuple[str, str]]:
    """The newest SWOT document that is older than six months, where none is younger."""
    rows = page.records.session.execute(
        select(Note.date, Note.title).where(
            page.records.rights.note_clause(), Note.account_id == page.account.id
        )
    )
    dated = sorted(
        ((day, title) for day, title in rows if day and "swot" in fold(title)), reverse=True
    )
    if not dated or dated[0][0] >= page.today - FRESH:
        return []
    return [(dated[0][0].isoformat(), dated[0][1])]
