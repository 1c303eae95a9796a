"""What was said about a subject: the notes' own words, newest of the best first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome, Reply
from bot.assistant.speaking import speak_in
from bot.assistant.understanding.cues import cues, phrases
from bot.assistant.understanding.request import Request
from bot.assistant.wording import in_brackets, listed, titled
from kam_knowledge.language.glossary import Glossary
from kam_knowledge.language.normalise import fold, has_han
from kam_knowledge.language.tokens import is_common, tokens
from kam_knowledge.queries.excerpts import excerpt
from kam_knowledge.queries.mentions import mentions_of
from kam_knowledge.queries.sources import NoteSource
from kam_knowledge.store.models import Contact

if TYPE_CHECKING:
    from kam_knowledge.search.service import Passage

SHOWN = 4


def said_about(context: SkillContext, request: Request) -> Reply:
    """Quotes from notes and documents that speak of what was asked."""
    composer = Composer("said_about", request.language)
    accounts = [context.records.accounts[key] for key in request.account_ids]
    hits = context.search.search(
        context.session,
        context.rights,
        request.text,
        k=SHOWN * 3,
        account_ids=[account.id for account in accounts] or None,
        kinds=["note", "document"],
    )
    names = [account.name for account in accounts]
    filed: list[str] = []
    seen: set[str] = set()
    quoted: list[str] = []
    idle = _idle()
    words = [term for term in request.terms if term not in idle]
    words = [*(words or request.terms), *_translated(request, besides=idle)]
    things = (*request.competitors, *request.products)
    if things:
        speaks_of = mentions_of(things)
        told = [hit for hit in hits if speaks_of(f"{hit.title} {hit.text}")]
        words = [*things, *words]
    elif request.contact_ids and _names_no_subject(request.terms):
        told = _of_people(context, request, hits)
        people = context.records.all(Contact, Contact.id.in_(request.contact_ids))
        words = sorted({word for row in people for word in _names(row)})
        told = [hit for hit in told if speak_in(hit.text, words)] or told
    else:
        told = [hit for hit in hits if _speaks_of(request, hit.text)]
        told = (request.contact_ids and _of_people(context, request, told)) or told
    if request.unknown_names and not (request.account_ids or request.contact_ids):
        # "The train to Munich" is no matter of a training: a name must be spoken of itself.
        speaks = mentions_of(request.unknown_names)
        told = [hit for hit in told if speaks(f"{hit.title} {hit.text}")]
    for hit in told:
        if hit.where in seen:
            continue
        seen.add(hit.where)
        quote = excerpt(hit.text, words)
        quoted.append(quote)
        source = NoteSource(hit.where, hit.title, hit.date, quote, hit.kind)
        composer.bullet(
            "said" if hit.date else "said_undated",
            [source],
            date=hit.date,
            account=in_brackets(hit.account if not names else None, request.language),
            title=titled(hit.title, hit.date, request.language),
            quote=quote,
        )
        filed += [hit.account] if hit.account else []
        if len(seen) == SHOWN:
            break
    focus = {"account_ids": list(request.account_ids), "contact_ids": list(request.contact_ids)}
    if not seen:
        today = context.clock.today
        place = listed(names, request.language) or composer.text("all_notes")
        composer.plain("nothing_on_record", today=today)
        looked = composer.text("notes_of", account=place, today=today)
        return composer.reply(Outcome.UNKNOWN, accounts=names, looked_at=[looked], focus=focus)
    if all(has_han(quote) is not (request.language == "zh") for quote in quoted):
        composer.plain("in_its_own_language")
    return composer.reply(accounts=names or filed, focus=focus)


def _names_no_subject(terms: Iterable[str]) -> bool:
    """Whether the question asks what somebody said at all, and not what about."""
    idle = _idle()
    return all(term in idle or is_common(term) for term in terms)


def _idle() -> frozenset[str]:
    """Words of a question about what was said that do not say about what: "anything", "notes"."""
    return frozenset(term for said in phrases(cues()["saying"]) for term in tokens(said))


def _of_people(context: SkillContext, request: Request, hits: Sequence[Passage]) -> list[Passage]:
    """Of what was found, what names the people asked about, newest first."""
    people = context.records.all(Contact, Contact.id.in_(request.contact_ids))
    beside = context.records.all(Contact, account_ids=[row.account_id for row in people])
    asked = {row.id for row in people}
    others = {word for row in beside if row.id not in asked for word in _names(row)}
    names = {word for row in people for word in _names(row)} - others
    speaks = mentions_of([*names, request.text])
    found = [hit for hit in hits if speaks(f"{hit.title} {hit.text}")]
    return sorted(found, key=lambda hit: hit.date or date.min, reverse=True)


def _names(contact: Contact) -> set[str]:
    """The contact's names, and the words of the Latin ones: notes say "Dana" soon enough."""
    whole = {contact.name, *contact.aliases}
    return whole | {word for name in whole for word in name.split() if len(word) > 2}


def _speaks_of(request: Request, text: str) -> bool:
    """Whether the passage shares a word of the question, in either language's terms.

    A vector alone is no evidence: the nearest passage to a question that no note answers is
    still somewhere.
    """
    if not request.terms:
        return True
    idle = _idle()
    subject = {term for term in request.terms if term not in idle}
    if set(tokens(text)) & (subject or set(request.terms)):
        return True
    body = fold(text)
    return any(fold(target) in body for target in _translated(request))


def _translated(request: Request, *, besides: frozenset[str] = frozenset()) -> list[str]:
    """The terms of the field in the question, as the other language has them."""
    found = Glossary.load().translate_terms(request.text)
    told = [one for one in found if not besides.issuperset(tokens(request.text[slice(*one.span)]))]
    return list(dict.fromkeys(target for one in told for target in one.targets))
