"""A saved note in other forms: the recap for those who were there, and the CRM's own form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from sqlalchemy import Text, cast, select

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.recaps import Language, recap_of
from bot.assistant.reply import Outcome, Reply
from bot.assistant.understanding.request import Request
from bot.assistant.understanding.slots import cue_slots
from bot.assistant.wording import listed
from ingest.crm.mapping import builtin_formats, load_mapping
from ingest.crm.note_form import WORKBOOK, filled
from kam_knowledge.changes import proposals
from kam_knowledge.changes.logged import LoggedNote
from kam_knowledge.store.models import Account, Proposal

CODE = "```"


def recap(context: SkillContext, request: Request) -> Reply:
    """The recap of the note that was saved last, in the language that was asked for, if one was."""
    wished: dict[str, Language] = {"en": "en", "zh": "zh"}
    # "Chinese" may have been taken for a name: the words as written tell it too.
    slots = cue_slots("recap", request.text) | request.slots
    language = wished.get(slots.get("language", ""))
    return _of_last(context, request, lambda there, logged: recap_reply(there, logged, language))


def crm_form(context: SkillContext, request: Request) -> Reply:
    """The note that was saved last, as the CRM has it."""
    return _of_last(context, request, crm_reply)


def recap_reply(context: SkillContext, logged: LoggedNote, wished: Language | None = None) -> Reply:
    """The draft of a recap, and what was left out of it."""
    composer = Composer("recap", context.language)
    found = recap_of(context.records, logged, wished)
    who = listed(found.names, context.language) or composer.text("nobody")
    composer.plain("head", who=who)
    composer.unclaimed(CODE)
    for line in found.text.split("\n"):
        composer.unclaimed(line)
    composer.unclaimed(CODE)
    if found.left_out:
        why = [composer.text(f"why_{code}", n=n) for code, n in found.left_out.items()]
        composer.plain("left_out", why=listed(why, context.language))
    if found.as_written:
        composer.plain("as_written")
    about = {"account_ids": [logged.draft.account_id], "recap_language": found.language}
    return composer.reply(focus=about)


def crm_reply(context: SkillContext, logged: LoggedNote) -> Reply:
    """The note in the terms of the CRM that its account comes from."""
    composer = Composer("recap", context.language)
    account = context.records.accounts.get(logged.draft.account_id or 0)
    name = _format(context, account)
    mapping = load_mapping(name) if name else None
    form = mapping.note if mapping and mapping.note else WORKBOOK
    crm = mapping.title if mapping and mapping.note else composer.text("workbook")
    composer.plain("crm_head", crm=crm)
    composer.unclaimed(CODE)
    for label, text in filled(form, _parts(context, logged)):
        first, *others = text.split("\n")
        composer.unclaimed(f"{label}: {first}")
        for line in others:
            composer.unclaimed(f"  {line}")
    composer.unclaimed(CODE)
    return composer.reply(focus={"account_ids": [logged.draft.account_id]})


def note_of_proposal(context: SkillContext, proposal: Proposal) -> LoggedNote | None:
    """The first note of a saved proposal that the reader may see; None for none."""
    for one in proposals.logged_notes(proposal) if proposal.state == "confirmed" else ():
        own = context.rights.viewer.person_id == one.draft.author_id
        mine = context.rights.sole_reader == one.draft.author_id
        shared = one.draft.visibility != "author"
        if context.rights.sees_inner(one.draft.account_id) and (shared or (own and mine)):
            return one
    return None


def proposal_of(context: SkillContext, key: str) -> Proposal | None:
    """The proposal of that id, or that stored the note of that id; None for none."""
    row = context.session.scalar(select(Proposal).where(Proposal.key == key))
    if row is not None:
        return row
    wanted = cast(Proposal.receipt, Text).contains(key, autoescape=True)
    rows = context.session.scalars(select(Proposal).where(Proposal.kind == "note", wanted))
    return next((one for one in rows if key in proposals.receipt_of(one).notes), None)


def _of_last(
    context: SkillContext, request: Request, said: Callable[[SkillContext, LoggedNote], Reply]
) -> Reply:
    person = context.rights.viewer.person_id
    rows = context.session.scalars(
        select(Proposal)
        .where(
            Proposal.person_id == person,
            Proposal.kind == "note",
            Proposal.state == "confirmed",
        )
        .order_by(Proposal.id.desc())
        .limit(50)
    )
    for proposal in rows:
        logged = note_of_proposal(context, proposal)
        wanted = not request.account_ids or (
            logged is not None and logged.draft.account_id in request.account_ids
        )
        if logged is not None and wanted:
            return said(context, logged)
    composer = Composer("recap", request.language)
    composer.plain("not_there")
    return composer.reply(Outcome.CLARIFY)


def _format(context: SkillContext, account: Account | None) -> str | None:
    """The CRM whose ids the account has, else most accounts have; None for the workbook."""
    known = builtin_formats()
    rows = context.records.accounts.values()
    used = Counter(system for row in rows if (system := _system(row)) in known)
    own = _system(account) if account is not None else None
    if own in known:
        return own
    return used.most_common(1)[0][0] if used else None


def _system(row: Account) -> str | None:
    return (row.external_id or "").partition(":")[0] or None


def _parts(context: SkillContext, logged: LoggedNote) -> dict[str, str | list[str]]:
    draft, said = logged.draft, logged.said
    author = context.records.people.get(draft.author_id or 0)
    composer = Composer("logging", context.language)
    lines = [
        composer.text(
            "action",
            whose=composer.text(f"whose_{one['direction']}"),
            action=one["action"],
            owner=composer.text("action_owner", owner=one["owner"]) if one.get("owner") else "",
            due=composer.text("action_due", date=one["due"]) if one.get("due") else "",
        )
        for one in logged.actions
    ]
    return {
        "title": draft.title,
        "kind": draft.kind,
        "date": str(draft.date or ""),
        "account": said.get("account") or "",
        "attendees": list(said.get("attendees", ())),
        "ours": list(said.get("our_attendees", ())),
        "author": author.name if author else "",
        "text": draft.text,
        "summary": said.get("summary", ""),
        "actions": lines,
        "decisions": list(said.get("decisions", ())),
        "concerns": list(said.get("concerns", ())),
        "competitors": list(said.get("competitors", ())),
    }
