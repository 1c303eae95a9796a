"""A message becomes a Request: language, names under rights, titles, dates, intent, slots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.assistant.understanding.asking_back import missing_from, pending_of
from bot.assistant.understanding.choosing import (
    about_another,
    asked_again,
    chosen_intent,
    likely_intents,
    terms_of,
)
from bot.assistant.understanding.cues import cues, pattern, phrases, plain
from bot.assistant.understanding.elsewhere import strange_words
from bot.assistant.understanding.general import sounds_general
from bot.assistant.understanding.hearing import Heard, hear
from bot.assistant.understanding.intent import intent
from bot.assistant.understanding.papers import papers_accounts
from bot.assistant.understanding.periods import Period, period
from bot.assistant.understanding.premises import presumes_a_loss
from bot.assistant.understanding.promised import asks_after_a_promise
from bot.assistant.understanding.request import Request
from bot.assistant.understanding.scene import Language, Scene
from bot.assistant.understanding.settling import TOP, Given, settle
from bot.assistant.understanding.sites import with_site
from bot.assistant.understanding.slots import cue_slots, number_slots
from bot.assistant.understanding.surnames import colleague_by_surname
from bot.assistant.understanding.thread import (
    Pick,
    asks_for_a_list,
    asks_for_more,
    days_before,
    is_bare_number,
    picked,
    pointing,
    scope_of,
)
from ingest.notes import is_command
from kam_knowledge.access import Rights
from kam_knowledge.language.detect import reply_language
from kam_knowledge.language.names import NameIndex
from kam_knowledge.language.titles import TitleMatch
from kam_knowledge.queries.records import Records

_OF_NOTES = ("turn", "told")
"""What an answer about a note needs of our question: the message's turn, and where it stands."""
_OPENING = 2_000
"""Characters of a note by which its language is told."""


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
    scene = Scene(names, records, asker, focus, default_account_id, language)
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
    asked: str, chosen: tuple[Pick, ...], pending: Mapping[str, Any], scene: Scene
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
    scene: Scene,
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
        carried=bool(focus),
        chosen=chosen,
        pending={name: one for name, one in (pending or {}).items() if name in _OF_NOTES} or None,
    )


def _request(
    heard: Heard, scene: Scene, chosen: tuple[Pick, ...], pending: Mapping[str, Any] | None
) -> Request:
    records = scene.records
    point = pointing(heard.text)
    scope = scope_of(heard.text)
    again = asked_again(heard, scene)
    wide = asks_for_a_list(heard.text) or scope is not None or bool(again and heard.unknown)
    free = wide and not chosen
    title_code = scene.focus.get("title_code") if again else None
    given = Given(
        scene.focus, scene.default_account_id, chosen, free, again is not None, title_code
    )
    name, found = chosen_intent(heard, point, given, records, again)
    if name == "correction":
        name, found, again = about_another(heard, point, given, scene, found)
    if name == "renewals" and not found.accounts:
        found = replace(found, accounts=papers_accounts(heard.text, records))
    about = found.accounts
    subject = heard.dates or any(one.kind in ("competitor", "product") for one in heard.named)
    if name == "said_about" and found.contacts and len(terms_of(heard)) < 2 and not subject:
        name = "person_status"  # no subject is named: the person is
    sure = bool(own := likely_intents(heard.masked)) and own[0].intent == name
    sure = sure or (name == "methodology" and sounds_general(heard.text))
    if again is None and asks_after_a_promise(
        name, heard, terms_of(heard), records, about, sure=sure
    ):
        name = "commitments"
        found = settle(name, heard, point, given, records)
    if name == "log_note":
        return _note(heard.text, scene, chosen, pending)
    slots = number_slots(heard.text) | cue_slots(name, heard.named_apart)
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
        terms=terms_of(heard),
        slots=slots,
        pending=pending_of(choices, missing, chosen, pending),
    )


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
