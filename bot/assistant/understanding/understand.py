"""A message becomes a Request: language, names under rights, titles, dates, intent, slots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from bot.assistant.understanding.asking_back import missing_from, pending_of
from bot.assistant.understanding.cues import cues, pattern, phrases, plain
from bot.assistant.understanding.elsewhere import strange_words
from bot.assistant.understanding.general import (
    asks_of_the_book,
    asks_the_method,
    sounds_general,
)
from bot.assistant.understanding.hearing import Heard, hear
from bot.assistant.understanding.intent import Guess, Masked, intent, intent_index, intent_slots
from bot.assistant.understanding.papers import papers_accounts
from bot.assistant.understanding.people import choice_of
from bot.assistant.understanding.periods import Period, period
from bot.assistant.understanding.premises import presumes_a_loss
from bot.assistant.understanding.promised import asks_after_a_promise
from bot.assistant.understanding.request import Request
from bot.assistant.understanding.settling import TOP, Given, Settled, settle
from bot.assistant.understanding.sites import with_site
from bot.assistant.understanding.slots import cue_slots, number_slots
from bot.assistant.understanding.surnames import colleague_by_surname
from bot.assistant.understanding.thread import (
    Pick,
    Pointing,
    asks_for_a_list,
    asks_for_more,
    days_before,
    is_again,
    is_bare_number,
    narrows,
    picked,
    pointing,
    repeats,
    scope_of,
    standing_in,
)
from ingest.notes import is_command
from kam_knowledge.access import Rights
from kam_knowledge.language.detect import reply_language
from kam_knowledge.language.names import NameIndex
from kam_knowledge.language.titles import TitleMatch
from kam_knowledge.language.tokens import query_tokens
from kam_knowledge.queries.offices import one_a_person
from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Contact

SURE = 0.28
"""Below this likelihood no intent is taken and the notes are searched instead. Of the right ones
in questions nobody wrote as examples, 98 in 100 lie above."""

_OF_NOTES = ("turn", "told")
"""What an answer about a note needs of our question: the message's turn, and where it stands."""
_OPENING = 2_000
"""Characters of a note by which its language is told."""

TURNS = 0.85
"""From this likelihood on a short message is a question of its own, though the one before it
could be turned by its words."""

Language = Literal["en", "zh"]


@dataclass(frozen=True)
class _Scene:
    """What understanding has besides the text."""

    names: NameIndex
    records: Records
    asker: Rights
    focus: Mapping[str, Any]
    default_account_id: int | None
    language: Language


def understand(
    text: str,
    *,
    names: NameIndex,
    records: Records,
    asker: Rights,
    focus: Mapping[str, Any],
    asked: str | None = None,
    default_account_id: int | None = None,
    default_language: str = "en",
) -> Request:
    """The message under the rights of `records`; `asker` tells denied from hidden here.

    `focus` holds the ids that the thread is about (see `thread`); they are taken up only where
    the message names nothing of its own, and only if all readers may still see them. `asked` is
    the earlier message of this person that is still open, when we asked something back: an
    answer to that makes it the message. A message of names alone is in the language of the
    thread, else of the person, else in `default_language`.
    """
    person = records.people.get(records.rights.viewer.person_id or 0)
    usual = focus.get("language") or (person.language if person else None) or default_language
    language: Language = "zh" if usual == "zh" else "en"
    scene = _Scene(names, records, asker, focus, default_account_id, language)
    if is_command(text):
        return _note(text, scene)
    heard = with_site(hear(text, names, records.rights, asker, records.rights.today), records)
    pending = focus.get("pending")
    if pending and asked:
        pick = picked(heard, pending, records)
        if pick is not None:
            earlier = map(_as_pick, pending.get("chosen", ()))
            return _answered(asked, (*earlier, pick), pending, scene)
        if is_bare_number(text):
            return _answered(asked, tuple(map(_as_pick, pending.get("chosen", ()))), pending, scene)
    return _request(heard, scene, (), None)


def _as_pick(kept: Sequence[Any]) -> Pick:
    kind, key = kept
    return str(kind), int(key)


def _answered(
    asked: str, chosen: tuple[Pick, ...], pending: Mapping[str, Any], scene: _Scene
) -> Request:
    """The open question, with the choices taken so far."""
    rights = scene.records.rights
    if is_command(asked) or pending.get("note"):
        return _note(asked, scene, chosen, pending)
    heard = hear(asked, scene.names, rights, scene.asker, rights.today)
    heard = with_site(heard, scene.records)
    return _request(heard, scene, chosen, pending)


def _note(
    text: str,
    scene: _Scene,
    chosen: tuple[Pick, ...] = (),
    pending: Mapping[str, Any] | None = None,
) -> Request:
    """A message that is to be kept: what it says is understood where notes are (ingest.notes)."""
    rights = scene.records.rights
    focus = [key for key in scene.focus.get("account_ids", ()) if rights.sees(key)]
    usual = focus or [scene.default_account_id] * rights.sees(scene.default_account_id)
    return Request(
        text,
        reply_language(text[:_OPENING], (), default=scene.language),
        "log_note",
        account_ids=tuple(key for key in usual[:1] if key is not None),
        chosen=chosen,
        pending={name: one for name, one in (pending or {}).items() if name in _OF_NOTES} or None,
    )


def _request(
    heard: Heard, scene: _Scene, chosen: tuple[Pick, ...], pending: Mapping[str, Any] | None
) -> Request:
    records = scene.records
    point = pointing(heard.text)
    scope = scope_of(heard.text)
    again = _again(heard, scene)
    wide = asks_for_a_list(heard.text) or scope is not None or bool(again and heard.unknown)
    free = wide and not chosen
    title_code = scene.focus.get("title_code") if again else None
    given = Given(
        scene.focus, scene.default_account_id, chosen, free, again is not None, title_code
    )
    name, found = _intent(heard, point, given, records, again)
    if name == "correction":
        name, found, again = _other(heard, point, given, scene, found)
    if name == "renewals" and not found.accounts:
        found = replace(found, accounts=papers_accounts(heard.text, records))
    about = found.accounts
    subject = heard.dates or any(one.kind in ("competitor", "product") for one in heard.named)
    if name == "said_about" and found.contacts and len(_terms(heard)) < 2 and not subject:
        name = "person_status"  # no subject is named: the person is
    sure = bool(own := _sure(heard.masked)) and own[0].intent == name
    sure = sure or (name == "methodology" and sounds_general(heard.text))
    if again is None and asks_after_a_promise(
        name, heard, _terms(heard), records, about, sure=sure
    ):
        name = "commitments"
        found = settle(name, heard, point, given, records)
    if name == "log_note":
        return _note(heard.text, scene, chosen, pending)
    slots = number_slots(heard.text) | cue_slots(name, heard.masked.text)
    if again and name == scene.focus.get("intent"):
        slots = dict(scene.focus.get("slots", {})) | slots
    if again and asks_for_more(heard.text):
        slots["more"] = "yes"
    if name == "help" and (strange := strange_words(heard, records)):
        slots["strange"] = " ".join(strange)
    if found.bossless:
        name, slots["ask"] = "person_status", "boss"
    if scope:
        slots["scope"] = scope
    if len(set(about)) == 1 and presumes_a_loss(plain(heard.masked.text)):
        slots["presumes"] = "lost"
    days = period(heard.text, heard.dates, records.rights.today, intent(name).get("window"))
    if again and name == scene.focus.get("intent") and days == Period():
        days = days_before(scene.focus)
    if days.since and slots.get("presumes"):
        days = replace(days, until=None)  # "since we lost them in May" asks for all that came after
    if days.since or days.until:
        slots["period"] = "yes"
    missing, offered = missing_from(name, heard, found, records, again=again is not None)
    choices = tuple(dict.fromkeys(found.choices)) or offered
    language = reply_language(heard.text, heard.written, default=scene.language)
    return Request(
        text=heard.text,
        language=language,
        intent=name,
        account_ids=tuple(dict.fromkeys(found.accounts)),
        contact_ids=tuple(dict.fromkeys(found.contacts)),
        person_ids=tuple(dict.fromkeys(found.people or colleague_by_surname(heard.text, records))),
        products=_names_of(heard, "product"),
        competitors=_names_of(heard, "competitor"),
        title_code=found.title.code if found.title else None,
        title_text=_title_text(heard, found.title),
        since=days.since,
        until=days.until,
        within_days=days.within_days,
        hidden_accounts=heard.hidden,
        hidden_from_asker=heard.hidden_from_asker,
        unknown_names=heard.unknown,
        choices=choices,
        missing=missing,
        carried=found.carried,
        terms=_terms(heard),
        slots=slots,
        pending=pending_of(choices, missing, chosen, pending),
    )


def _again(heard: Heard, scene: _Scene) -> str | None:
    """The intent that the message asks again with something else in it; None for a new question."""
    last: str | None = scene.focus.get("intent")
    if last is None or not repeats(last):
        return None
    if not is_again(heard):
        if not narrows(heard, last):
            return None
        own = _sure(heard.masked)[:1]
        whole = own and (own[0].intent == last or own[0].score >= TURNS)
        return None if whole else last
    slots, needs = intent_slots(last), intent(last).get("needs")
    kinds = {one.kind for one in heard.named}
    point = pointing(heard.text)
    if heard.unknown and not kinds:
        kinds = {"account" if slot == "name" else slot for *_, slot in heard.spans}
    if "contact" in kinds or heard.titles or heard.departments or point.he or point.boss:
        several = needs == "account" and intent(last).get("people") == "several"
        return last if slots & {"contact", "title"} and not several else "person_status"
    if "account" in kinds or heard.hidden:
        if needs == "person" and not scene.focus.get("title_code"):
            return "account_brief"
        return last if "account" in slots else None
    if "competitor" in kinds:
        return last if "competitor" in slots else "competitor"
    for kind in ("product", "person"):
        if kind in kinds:
            return last if kind in slots else None
    return last


def _intent(
    heard: Heard, point: Pointing, given: Given, records: Records, again: str | None
) -> tuple[str, Settled]:
    """The likeliest intent whose needs can be met, and what it is then about."""
    if again is not None:
        found = settle(again, heard, point, given, records)
        if point.boss and not found.contacts:
            again = "person_status"
        return again, found
    carried = _carried(point, given, records)
    guesses = _sure(standing_in(heard, carried))
    if not carried and strange_words(heard, records):
        return "help", settle("help", heard, point, given, records)
    method = not carried and asks_the_method(heard, guesses)
    if method and not papers_accounts(heard.text, records):
        return "methodology", settle("methodology", heard, point, given, records)
    if guesses and guesses[0].intent == "methodology" and asks_of_the_book(heard):
        guesses = _beside_the_method(standing_in(heard, carried))
    # As what its pronouns stand for, then in its own words.
    for guess in [*guesses, *(_sure(heard.masked) if carried else ())]:
        found = settle(guess.intent, heard, point, given, records)
        if _fits(guess.intent, heard, point, found, carried):
            return guess.intent, found
    found = settle("person_status", heard, point, given, records)
    few = len(_terms(heard)) < 2
    if few and (found.contacts or found.choices or (found.title and found.accounts)):
        return "person_status", found
    name = "said_about" if heard.spans or any(map(str.isalpha, heard.text)) else "help"
    if few and found.accounts and any(heard.of_kind("account")):
        name = "account_brief"
    return name, settle(name, heard, point, given, records)


def _carried(point: Pointing, given: Given, records: Records) -> frozenset[str]:
    """What the pronouns of the message stand for: the thread's account, its person."""
    sees = records.rights.sees
    account = any(sees(key) for key in given.focus.get("account_ids", ()))
    contact = any(records.get(Contact, key) for key in given.focus.get("contact_ids", ()))
    held = {"account": point.they and account, "contact": point.he and contact}
    return frozenset(slot for slot, there in held.items() if there)


def _sure(masked: Masked) -> list[Guess]:
    """The intents worth a look, the likeliest first."""
    return [guess for guess in intent_index().guess(masked)[:3] if guess.score >= SURE]


def _beside_the_method(masked: Masked) -> list[Guess]:
    """The intents worth a look where the method is known not to be meant."""
    others = [guess for guess in intent_index().guess(masked) if guess.intent != "methodology"]
    rest = sum(guess.score for guess in others) or 1.0
    likely = [Guess(guess.intent, guess.score / rest) for guess in others[:3]]
    return [guess for guess in likely if guess.score >= SURE]


def _fits(
    name: str, heard: Heard, point: Pointing, found: Settled, carried: frozenset[str]
) -> bool:
    """Whether a question that needs a person has or points at one, or names one that nobody
    knows; and one about the method names no customer."""
    rule = intent(name)
    named = {one.kind for one in heard.named} & {"account", "contact", "competitor"}
    if rule.get("names") == "none" and (named or heard.hidden or carried):
        return False
    if rule.get("needs") != "person":
        return True
    return bool(found.contacts or found.choices or found.title or heard.unknown or point.he)


def _other(
    heard: Heard, point: Pointing, given: Given, scene: _Scene, found: Settled
) -> tuple[str, Settled, str | None]:
    """ "That's the wrong Dana", "no, I meant Globex": the question before, about the other one.

    Where nothing was asked before it stays a correction of what is stored.
    """
    last = scene.focus.get("intent")
    what = cue_slots("correction", heard.masked.text).get("what")
    if last is None or not repeats(last) or what is None:
        return "correction", found, None
    records = scene.records
    named = "account" if what == "account" else "title"
    if named in {slot for *_, slot in heard.spans} and not any(heard.of_kind("contact")):
        return last, settle(last, heard, point, given, records), last
    seen = set(scene.focus.get("contact_ids", ()))
    keys = [key for one in heard.named for key in one.keys("contact")]
    rows = [row for key in keys if (row := records.get(Contact, key))]
    accounts = {key for one in heard.of_kind("account") for key in one.keys("account")}
    others = [row for row in one_a_person(rows) if row.id not in seen]
    others = [row for row in others if row.account_id in accounts] or others
    if not others or not intent_slots(last) & {"contact", "title"}:
        return "correction", found, None
    if len(others) > 1:
        taken = [row for row in others if ("contact", row.id) in given.chosen]
        if len(taken) != 1:
            offered = [choice_of(row, records) for row in others]
            return last, Settled(choices=offered), last
        others = taken
    one = others[0]
    return last, Settled(accounts=[one.account_id], contacts=[one.id]), last


def _title_text(heard: Heard, title: TitleMatch | None) -> str | None:
    """The title as written; one that the thread carried over as its code says it."""
    if title is None or title.span[0] < title.span[1]:
        return heard.text[slice(*title.span)] if title else None
    boss = pattern(phrases(cues()["boss"])).search(plain(heard.text)) if title.code == TOP else None
    if boss:
        return boss.group()
    said = title.code.replace("_", " ")
    return said.upper() if len(said) < 5 else said


def _names_of(heard: Heard, kind: str) -> tuple[str, ...]:
    """The recorded names of the products or rivals in the message."""
    names = (one.candidates[0].entry.name for one in heard.of_kind(kind))
    return tuple(dict.fromkeys(names))


def _terms(heard: Heard) -> tuple[str, ...]:
    """The words of the message that are neither names, titles nor dates."""
    text = heard.text
    for start, end, _ in sorted(heard.spans, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return tuple(query_tokens(text)) if any(map(str.isalnum, text)) else ()
