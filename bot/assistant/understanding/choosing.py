"""Which intent a message has: of the likely ones the first whose needs can be met.

What the thread asked before, what the method is asked in general, and what is no question of ours
at all come before the likeness to examples.
"""

from __future__ import annotations

from bot.assistant.understanding.cues import cues, longest, pattern, phrases, plain
from bot.assistant.understanding.elsewhere import strange_words
from bot.assistant.understanding.general import asks_of_the_book, asks_the_method
from bot.assistant.understanding.hearing import Heard
from bot.assistant.understanding.intent import Guess, Masked, intent, intent_index, intent_slots
from bot.assistant.understanding.papers import papers_accounts
from bot.assistant.understanding.people import choice_of
from bot.assistant.understanding.scene import Scene
from bot.assistant.understanding.settling import Given, Settled, settle
from bot.assistant.understanding.slots import cue_slots
from bot.assistant.understanding.thread import (
    Pointing,
    is_again,
    narrows,
    pointing,
    repeats,
    standing_in,
)
from kam_knowledge.language.tokens import query_tokens
from kam_knowledge.queries.offices import one_a_person
from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Contact

SURE = 0.28
"""Below this likelihood no intent is taken and the notes are searched instead. Of the right ones
in questions nobody wrote as examples, 98 in 100 lie above."""

TURNS = 0.85
"""From this likelihood on a short message is a question of its own, though the one before it
could be turned by its words."""


def asked_again(heard: Heard, scene: Scene) -> str | None:
    """The intent that the message asks again with something else in it; None for a new question."""
    last: str | None = scene.focus.get("intent")
    if last is None or not repeats(last):
        return None
    if not is_again(heard):
        if not narrows(heard, last):
            return None
        own = likely_intents(heard.masked)[:1]
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


def chosen_intent(
    heard: Heard, point: Pointing, given: Given, records: Records, again: str | None
) -> tuple[str, Settled]:
    """The likeliest intent whose needs can be met, and what it is then about."""
    if again is not None:
        found = settle(again, heard, point, given, records)
        if point.boss and not found.contacts:
            again = "person_status"
        return again, found
    carried = _carried(point, given, records)
    guesses = likely_intents(standing_in(heard, carried))
    if carried and (own := likely_intents(heard.masked)) and own[0].intent == "correction":
        guesses = own  # in "it was yesterday" the pronoun is the meeting, not the account
    if not carried and strange_words(heard, records):
        return "help", settle("help", heard, point, given, records)
    method = not carried and asks_the_method(heard, guesses)
    if method and not papers_accounts(heard.text, records):
        return "methodology", settle("methodology", heard, point, given, records)
    if guesses and guesses[0].intent == "methodology" and asks_of_the_book(heard):
        guesses = _beside_the_method(standing_in(heard, carried))
    # As what its pronouns stand for, then in its own words.
    for guess in [*guesses, *(likely_intents(heard.masked) if carried else ())]:
        found = settle(guess.intent, heard, point, given, records)
        if _fits(guess.intent, heard, point, found, carried):
            return guess.intent, found
    found = settle("person_status", heard, point, given, records)
    few = len(terms_of(heard)) < 2
    if few and (found.contacts or found.choices or (found.title and found.accounts)):
        return "person_status", found
    name = "said_about" if heard.spans or any(map(str.isalpha, heard.text)) else "help"
    if few and found.accounts and any(heard.of_kind("account")):
        name = "account_brief"
    return name, settle(name, heard, point, given, records)


def about_another(
    heard: Heard, point: Pointing, given: Given, scene: Scene, found: Settled
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


def likely_intents(masked: Masked) -> list[Guess]:
    """The intents worth a look, the likeliest first."""
    return [guess for guess in intent_index().guess(masked)[:3] if guess.score >= SURE]


def terms_of(heard: Heard) -> tuple[str, ...]:
    """The words of the message that are neither names, titles nor dates."""
    text = heard.text
    for start, end, _ in sorted(heard.spans, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return tuple(query_tokens(text)) if any(map(str.isalnum, text)) else ()


def _carried(point: Pointing, given: Given, records: Records) -> frozenset[str]:
    """What the pronouns of the message stand for: the thread's account, its person."""
    sees = records.rights.sees
    account = any(sees(key) for key in given.focus.get("account_ids", ()))
    contact = any(records.get(Contact, key) for key in given.focus.get("contact_ids", ()))
    held = {"account": point.they and account, "contact": point.he and contact}
    return frozenset(slot for slot, there in held.items() if there)


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
    knows; one about the method names no customer; and where an intent says which words it holds,
    one of them is there."""
    rule = intent(name)
    named = {one.kind for one in heard.named} & {"account", "contact", "competitor"}
    if rule.get("names") == "none" and (named or heard.hidden or carried):
        return False
    if rule.get("told") and _asks(heard.text):
        return False
    if "holds" in rule and not longest(plain(heard.text), phrases(rule["holds"])):
        return False
    if rule.get("needs") != "person":
        return True
    return bool(found.contacts or found.choices or found.title or heard.unknown or point.he)


def _asks(text: str) -> bool:
    """Whether the message asks something."""
    folded = plain(text)
    if longest(folded, phrases(cues()["asks_anywhere"])):
        return True
    first = pattern(phrases(cues()["asks_first"])).search(folded)
    return first is not None and not folded[: first.start()].strip(" \"'“‘")
