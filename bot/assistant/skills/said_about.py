"""What was said about a subject: the notes' own words, newest of the best first."""

from __future__ import annotations

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome, Reply
from bot.assistant.understanding.request import Request
from bot.assistant.wording import in_brackets, listed, titled
from kam_knowledge.queries.excerpts import excerpt
from kam_knowledge.queries.sources import NoteSource

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
    seen: set[str] = set()
    for hit in hits:
        if hit.where in seen or not _speaks_of(request, hit.text):
            continue
        seen.add(hit.where)
        quote = excerpt(hit.text, request.terms)
        source = NoteSource(hit.where, hit.title, hit.date, quote, hit.kind)
        composer.bullet(
            "said" if hit.date else "said_undated",
            [source],
            date=hit.date,
            account=in_brackets(hit.account if not names else None, request.language),
            title=titled(hit.title, hit.date, request.language),
            quote=quote,
        )
        if len(seen) == SHOWN:
            break
    focus = {"account_ids": list(request.account_ids), "contact_ids": list(request.contact_ids)}
    if not seen:
        today = context.clock.today
        place = listed(names, request.language) or composer.text("all_notes")
        composer.plain("nothing_on_record", today=today)
        looked = composer.text("notes_of", account=place, today=today)
        return composer.reply(Outcome.UNKNOWN, accounts=names, looked_at=[looked], focus=focus)
    return composer.reply(accounts=names, focus=focus)


def _speaks_of(request: Request, text: str) -> bool:
    """Whether the passage shares a word of the question, in either language's terms.

    A vector alone is no evidence: the nearest passage to a question that no note answers is
    still somewhere.
    """
    from kam_knowledge.language.glossary import Glossary
    from kam_knowledge.language.normalise import fold
    from kam_knowledge.language.tokens import tokens

    if not request.terms:
        return True
    held = set(tokens(text))
    if held & set(request.terms):
        return True
    body = fold(text)
    return any(
        fold(target) in body
        for translation in Glossary.load().translate_terms(request.text)
        for target in translation.targets
    )
