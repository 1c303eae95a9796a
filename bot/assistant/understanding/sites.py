"""An account named by one of its sites alone: "what could we still sell in Penang?".

Sites are units of the whitespace grid and of deals. They have no entry among the book's names: a
place says nothing of an account in a note. In a question about potential or rivals it does.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from itertools import takewhile

from bot.assistant.topic import sounds_of
from bot.assistant.understanding.cues import cues, phrases
from bot.assistant.understanding.hearing import Heard, Named, is_free
from bot.assistant.understanding.intent import intent, intent_index
from kam_knowledge.language.name_entries import NameEntry
from kam_knowledge.language.names import NameMatch
from kam_knowledge.language.normalise import HAN, fold, has_han
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.sites import sites

_SHORTEST = 2
"""Characters of a Chinese site's short name at least; a Latin one has twice as many."""
_LIKELY = 0.28
"""How sure the intent must be, as everywhere (`choosing.SURE`)."""


def _in_han(form: str) -> re.Pattern[str]:
    return re.compile(re.escape(form))


def _in_latin(form: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(form)}(?!\w)")


def with_site(heard: Heard, records: Records) -> Heard:
    """The message with the account whose site it names, where it names no account or person, the
    site is one account's alone, and what it then asks is about sites (`sites` in its file)."""
    if heard.hidden or any(one.kind in ("account", "contact", "person") for one in heard.named):
        return heard
    found = _site_in(heard, records)
    if found is None:
        return heard
    span, account_id = found
    name = records.accounts[account_id].name
    matched = heard.text[slice(*span)]
    match = NameMatch(NameEntry("account", account_id, name), span, matched, "alias", 0.8)
    unknown = tuple(one for one in heard.unknown if fold(one) not in fold(matched))
    kept = tuple(one for one in heard.spans if one[1] <= span[0] or span[1] <= one[0])
    placed = replace(
        heard,
        named=(*heard.named, Named(span, matched, (match,))),
        spans=(*kept, (*span, "account")),
        unknown=unknown,
    )
    guesses = intent_index().guess(placed.masked)[:1]
    fits = any(one.score >= _LIKELY and intent(one.intent).get("sites") for one in guesses)
    return placed if fits else heard


def _site_in(heard: Heard, records: Records) -> tuple[tuple[int, int], int] | None:
    """The longest site named in the text and its account; None where several accounts have it."""
    accounts: dict[str, set[int]] = {}
    for account_id, unit in sites(records):
        for form in _forms(unit):
            accounts.setdefault(form, set()).add(account_id)
    text = fold(heard.text)
    taken = [span for span in heard.spans if span[2] not in ("name", "account", "contact")]
    best: tuple[tuple[int, int], int] | None = None
    for form, owners in accounts.items():
        match = (_in_han if has_han(form) else _in_latin)(form).search(text)
        if match is None or len(owners) > 1 or not is_free(match.span(), taken):
            continue
        if best is None or match.end() - match.start() > best[0][1] - best[0][0]:
            best = (match.span(), next(iter(owners)))
    return best if best and len(text) == len(heard.text) else None


@lru_cache(maxsize=10_000)
def _forms(unit: str) -> frozenset[str]:
    """How a site may be called: as recorded, and without "plant" or 工厂, also in pinyin; by its
    own name alone, where small letters only say what it is: Leiden brewery."""
    whole = fold(unit).strip()
    if not whole:
        return frozenset()
    own = list(takewhile(lambda word: word[0].isupper(), unit.split()))
    place = fold(" ".join(own)) if all(map(str.islower, unit.split()[len(own) :])) else ""
    words = [word for word in re.split(rf"[\s,]+|(?<=[^{HAN}])(?=[{HAN}])", whole) if word]
    plain = {fold(word) for word in phrases(cues()["labels"])}
    short = " ".join(word for word in words if word not in plain)
    for ending in sorted((word for word in plain if has_han(word)), key=len, reverse=True):
        if short.endswith(ending) and len(short) - len(ending) >= _SHORTEST:
            short = short[: -len(ending)]
            break
    found = {form for form in (whole, short, place) if form}
    found = found.union(*map(sounds_of, found))
    return frozenset(
        form
        for form in found
        if len(form) >= (_SHORTEST if has_han(form) else 2 * _SHORTEST) and form not in plain
    )
