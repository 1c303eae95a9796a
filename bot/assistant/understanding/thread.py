"""What a thread carries from one message to the next, as ids: see `remembered`.

A thread's focus holds `account_ids`, `contact_ids`, `intent`, `title_code`, `slots`, `days` (the
period: since, until, its length), `language`, `wide` (the
last question was about no account of its own: only a pronoun points back then) and, while a
question of ours is open, `pending`: the choices offered (kind and key), what was missing, what was
already chosen, and the turn that asked. Names never stand in it, so nothing in it needs rights;
whoever reads an id from it reads the row under the rights of the turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.assistant.understanding.cues import cues, longest, pattern, phrases, plain, without
from bot.assistant.understanding.hearing import Heard
from bot.assistant.understanding.intent import Masked, intent
from bot.assistant.understanding.periods import Period
from bot.assistant.understanding.request import Request
from bot.assistant.understanding.slots import cue_slots, spoken_days, without_spans
from kam_knowledge.language.dates import find_dates
from kam_knowledge.queries.offices import codes_of
from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Contact

Pick = tuple[str, int]
"""A choice taken: its kind and key."""

_FEW, _POINTING, _SHORT = 5, 2, 36
"""Words of a message that may lean on the one before it, how many more where a pronoun points
there, and its characters."""
_PLACES_OF_WORK = frozenset(
    {"procurement", "legal", "finance", "it", "hr", "quality", "logistics", "production", "rnd"}
)
"""Departments whose name alone means people; "and the risk?" asks about no department."""
_OF_ONE_TURN = frozenset({"scope", "more", "period"})
_SLOT = re.compile(r"\{\w+\}")
_NO_WORD = re.compile(r"[\W_]+")
_JOINING = re.compile(r"^(?:and|but|so|then|ok|okay)\W+")
"""What joins a message to the one before it and says nothing else."""


@dataclass(frozen=True)
class Pointing:
    """What in a message points back: at the account, at a person, at the person above."""

    they: bool
    he: bool
    boss: bool
    parent: bool = False
    """The company above the account the thread is about."""


def pointing(text: str) -> Pointing:
    """The pronouns and relations of a message."""
    folded = without(plain(text.replace("IT", " ")), phrases(cues()["neither"]))
    they = phrases(cues()["they"])
    rest = without(folded, they)
    return Pointing(
        bool(longest(folded, they)),
        bool(longest(rest, phrases(cues()["he"]))),
        bool(longest(without(folded, phrases(cues()["below"])), phrases(cues()["boss"]))),
        bool(longest(folded, phrases(cues()["parent"]))),
    )


def standing_in(heard: Heard, carried: Iterable[str]) -> Masked:
    """The masked message with its pronouns masked too, as what they stand for in the thread, so
    that examples with a name in that place stand for it."""
    masked = heard.masked
    if not carried:
        return masked
    text = plain(masked.text)
    for slot, name in (("account", "they"), ("contact", "he")):
        if slot in carried:
            text = pattern(phrases(cues()[name])).sub(f"{{{slot}}}", text)
    return Masked(text, masked.covered)


def scope_of(text: str) -> str | None:
    """Whose accounts the words mean: mine, team or all; None where they do not say."""
    folded = plain(text)
    lengths = {
        name: longest(folded, phrases(wordings)) for name, wordings in cues()["scope"].items()
    }
    best = max(lengths, key=lambda name: lengths[name])
    return best if lengths[best] else None


def asks_for_a_list(text: str) -> bool:
    """Whether a list over accounts is asked for, so that nothing named before narrows it."""
    return bool(longest(plain(text), phrases(cues()["plural"])))


def asks_for_more(text: str) -> bool:
    """Whether only more of the same is asked for: "why?", "tell me more", 详细点."""
    more = phrases(cues()["more"])
    folded = plain(text)
    return bool(longest(folded, more)) and _said_nothing(without(folded, more), "again")


def is_again(heard: Heard) -> bool:
    """Whether the message only puts another name, title or day into the question before it:
    "and their CFO?", "what about Globex?", 他呢."""
    if asks_for_more(heard.text):
        return True
    folded = plain(heard.masked.text)
    places = [one for one in heard.departments if one.code in _PLACES_OF_WORK]
    for one in places:
        folded = folded.replace(plain(heard.text[slice(*one.span)]), " ")
    point = pointing(heard.text)
    points = (
        bool(heard.spans)
        or bool(places)
        or point.they
        or point.he
        or point.boss
        or point.parent
        or bool(spoken_days(folded))
    )
    # "My accounts" alone is a question of its own, "and mine?" is not.
    joined = scope_of(heard.text) and longest(_without_scope(folded), phrases(cues()["again"]))
    if not (points or joined):
        return False
    rest = without_spans(_SLOT.sub(" ", folded))
    for name in ("they", "he", "boss", "parent"):
        rest = without(rest, phrases(cues()[name]))
    return _said_nothing(_without_scope(rest), "again")


def narrows(heard: Heard, last: str) -> bool:
    """Whether the message only narrows or turns the question before it, in the words of that:
    "how many times?", "only the severe ones", 有逾期的吗."""
    if heard.spans or heard.unknown or not repeats(last):
        return False
    words = len(_NO_WORD.split(_JOINING.sub("", plain(heard.text).strip())))
    point = pointing(heard.text)
    short = words <= _FEW + _POINTING * (point.they or point.he) and len(heard.text) <= _SHORT
    return short and bool(cue_slots(last, heard.text))


def repeats(name: str | None) -> bool:
    """Whether a question of that intent can be asked again with another name in it."""
    return name is not None and bool(intent(name).get("repeats", True))


def picked(heard: Heard, pending: Mapping[str, Any], records: Records) -> Pick | None:
    """The choice that the message takes, by place, name, account or title; None for none."""
    offered = [pick for pick in _offered(pending) if _row_account(pick, records) is not None]
    folded = plain(heard.text)
    if pending.get("missing") in ("day", "name"):
        return _day_or_name(heard, str(pending["missing"]), records)
    if not offered and not pending.get("missing"):
        return None
    named = _by_name(heard, offered, records, any_account=pending.get("missing") == "account")
    rest = _SLOT.sub(" ", plain(heard.masked.text))
    if named is not None and _said_nothing(rest, "ordinal_filler"):
        return named
    if heard.named:
        return None
    for place, wordings in cues()["ordinal"].items():
        words = phrases(wordings)
        if longest(folded, words) and _said_nothing(
            pattern(words).sub(" ", rest, 1), "ordinal_filler"
        ):
            number = int(place)
            return offered[number - 1 if number > 0 else number] if number <= len(offered) else None
    return None


def _day_or_name(heard: Heard, missing: str, records: Records) -> Pick | None:
    """The day that a short answer names, or that names nobody knows are to be kept as written."""
    if len(heard.text) > _SHORT:
        return None
    if missing == "name":
        if longest(plain(heard.text), phrases(cues()["keep_name"])):
            return ("name", 1)
        keys = {key for one in heard.named for key in one.keys("contact")}
        return ("contact", keys.pop()) if len(keys) == 1 else None  # that is who it is
    days = find_dates(heard.text, records.rights.today, prefer="past")
    if len(days) != 1 or days[0].start != days[0].end:
        return None
    return ("day", days[0].start.toordinal())


def is_bare_number(text: str) -> bool:
    """Whether the message is a number and no more: where it takes no choice it asks nothing."""
    return plain(text).strip(" .。)、#").isdecimal()


def remembered(request: Request, *, asked_back: bool) -> dict[str, Any]:
    """What the thread keeps of a turn: ids and codes. While we ask back, the intent stays open."""
    kept: dict[str, Any] = {"pending": request.pending if asked_back else None}
    kept["language"] = request.language
    if asked_back or request.missing:
        if request.account_ids and not request.carried:
            # "I meant ACME" holds, though whom of ACME is still to be said.
            kept |= {"account_ids": list(request.account_ids), "contact_ids": []}
        return kept
    if repeats(request.intent):
        kept |= {
            "intent": request.intent,
            "title_code": request.title_code,
            "slots": {k: v for k, v in request.slots.items() if k not in _OF_ONE_TURN},
            "days": [_iso(request.since), _iso(request.until), request.within_days],
            "wide": not request.account_ids,
        }
        if request.account_ids:
            kept |= {
                "account_ids": list(request.account_ids),
                "contact_ids": list(request.contact_ids),
            }
    return kept


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def days_before(focus: Mapping[str, Any]) -> Period:
    """The days that the question before was about."""
    since, until, within = focus.get("days") or (None, None, None)
    return Period(
        date.fromisoformat(since) if since else None,
        date.fromisoformat(until) if until else None,
        within,
    )


def _without_scope(folded: str) -> str:
    for wordings in cues()["scope"].values():
        folded = without(folded, phrases(wordings))
    return folded


def _offered(pending: Mapping[str, Any]) -> list[Pick]:
    return [(str(choice["kind"]), int(choice["key"])) for choice in pending.get("choices", ())]


def _row_account(pick: Pick, records: Records) -> int | None:
    """The account of a choice that all readers may still see."""
    kind, key = pick
    if kind == "account":
        return key if key in records.accounts else None
    if kind == "person":
        return 0 if key in records.people else None
    row = records.get(Contact, key)
    return row.account_id if row else None


def _by_name(
    heard: Heard, offered: list[Pick], records: Records, *, any_account: bool
) -> Pick | None:
    """The one choice that fits every name and title of the message."""
    left = offered
    for one in heard.named:
        keys = {(match.entry.kind, match.entry.key) for match in one.candidates}
        accounts = set(one.keys("account"))
        left = [p for p in left if p in keys or _row_account(p, records) in accounts]
    for title in (*heard.titles, *heard.departments):
        left = [p for p in left if title.code in _codes(p, records)]
    if len(left) == 1 and (heard.named or heard.titles or heard.departments):
        return left[0]
    if any_account:
        accounts = {key for one in heard.named for key in one.keys("account")}
        if len(accounts) == 1:
            return ("account", accounts.pop())
    return None


def _codes(pick: Pick, records: Records) -> frozenset[str]:
    row = records.get(Contact, pick[1]) if pick[0] == "contact" else None
    return codes_of(row) if row else frozenset()


def _said_nothing(rest: str, fillers: str) -> bool:
    """Whether only fillers and signs are left."""
    bare = f" {rest} "
    bare = without(bare, phrases(cues()[fillers]))
    return not _NO_WORD.sub("", bare)
