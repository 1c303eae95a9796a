"""What changed in a plan: against an earlier version, or an earlier period's plan (S1-13)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.development_lines import told
from bot.assistant.inner import refuse_inner
from bot.assistant.lines import note_source
from bot.assistant.plans.asking import asked_of, span_of
from bot.assistant.plans.drafting import Asked
from bot.assistant.plans.presenting import presented
from bot.assistant.plans.templates import wanted
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import own_accounts
from bot.assistant.skills.plan_gaps import say_moved
from bot.assistant.understanding.request import Request
from kam_knowledge.analysis.periods import fiscal_quarter, period_of
from kam_knowledge.language.dates import find_dates
from kam_knowledge.language.names import NameIndex
from kam_knowledge.plans.comparing import Difference, differences
from kam_knowledge.plans.sections import bare
from kam_knowledge.queries.developments import developments
from kam_knowledge.queries.excerpts import sentences
from kam_knowledge.queries.handover import left
from kam_knowledge.queries.mentions import mentions_of
from kam_knowledge.queries.plan_versions import Version, plans_of, versions_of
from kam_knowledge.queries.plans import plan_documents
from kam_knowledge.queries.sources import ComputedSource, NoteSource
from kam_knowledge.queries.stakeholder import has_left
from kam_knowledge.queries.touches import NoteText
from kam_knowledge.store.models import Account, Contact, Person

LINES, MOVED, DEVELOPED = 12, 10, 14


def plan_changes(context: SkillContext, request: Request) -> Reply:
    """What is different from the plan of the day or period asked about, else from the version
    before; where the plan was a document only, what it says and the records no longer do."""
    named = wanted(request.text)
    day = _day_named(context, request)
    if not request.account_ids:
        request = replace(request, account_ids=_with_earlier(context, day))
    asked = asked_of(context, request, named.template)
    if isinstance(asked, Reply):
        return asked
    return _compared(context, asked, day, None)


def _day_named(context: SkillContext, request: Request) -> date | None:
    """The last day of the period whose plan is meant: of "Q2's plan", "since Q2" the quarter's."""
    today = context.clock.today
    for match in find_dates(request.text, today, prefer="past"):
        if match.start == date.min:
            return min(match.end, today)
        if match.end <= today and match.relation not in ("since", "after"):
            return match.end
        span = {
            "quarter": fiscal_quarter(match.start, context.company.fiscal_year_start),
            "month": period_of(f"{match.start:%Y-%m}"),
            "year": period_of(f"{match.start:%Y}"),
        }.get(match.grain)
        return span.last if span is not None and span.last < today else match.start
    return None


def _with_earlier(context: SkillContext, until: date | None) -> tuple[int, ...]:
    """The one account of the asker's with a plan, saved or written, of up to that day."""
    own = [one.id for one in own_accounts(context) if context.rights.sees_inner(one.id)]
    saved = {
        key
        for key in own
        for plan in plans_of(context.records, f"account:{key}")
        for version in versions_of(context.records, plan)
        if until is None or version.as_of <= until
    }
    written = {key for key in own if plan_documents(context.records, [key], until)}
    found = saved or written
    return tuple(found) if len(found) == 1 else ()


def changes_reply(
    context: SkillContext, asked: Asked, since: str, names: NameIndex | None = None
) -> Reply:
    """The same for a day or a period as it is written. Raises UsageError."""
    try:
        day = date.fromisoformat(since)
    except ValueError:
        day = span_of(since, context.company.fiscal_year_start).last
    return _compared(context, asked, day, names)


def _compared(
    context: SkillContext, asked: Asked, day: date | None, names: NameIndex | None
) -> Reply:
    words = Composer("plans", asked.language)
    account, today = asked.account, context.clock.today
    if account is not None and not context.rights.sees_inner(account.id):
        # An old plan tells of stance and politics, whoever filed it for everybody to read.
        refuse_inner(context, words, account)
        return words.reply(Outcome.DENIED, accounts=[account.name])
    before = _earlier(context, asked, day)
    if before is None:
        return _from_document(context, asked, words, day)
    shown = presented(context, asked, asked.template.sections, names)
    held = {one.id for one in before.sections}
    now = [section for _, section in shown.sections if section.id in held]
    found = differences(before.sections, now)
    title = _title(asked, words)
    words.heading("changes_title", title=title, n=before.number, date=before.as_of, today=today)
    titles = {kind.id: kind.title[asked.language] for kind, _ in shown.sections}
    for one in found:
        _section(words, one, titles.get(one.section, one.section), before)
    if not found:
        words.claim("no_difference", [_source(before, title)], n=before.number, date=before.as_of)
    return words.reply(
        accounts=[account.name] if account else [],
        focus={"account_ids": [account.id] if account else [], "contact_ids": []},
    )


def _title(asked: Asked, words: Composer) -> str:
    title = asked.template.title[asked.language]
    return (
        words.text("doc_title", title=title, account=asked.account.name) if asked.account else title
    )


def _earlier(context: SkillContext, asked: Asked, day: date | None) -> Version | None:
    """The version that stood on that day, in whichever period's plan it is; without a day the one
    before the last."""
    person = context.rights.viewer.person_id
    subject = f"account:{asked.account.id}" if asked.account else f"person:{person}"
    plans = plans_of(context.records, subject, template=asked.template.id)
    plans.sort(key=lambda plan: plan.language != asked.language)
    found = [one for plan in plans for one in versions_of(context.records, plan)]
    found.sort(key=lambda one: (one.as_of, one.number), reverse=True)
    if day is None:
        return found[1] if len(found) > 1 else (found[0] if found else None)
    return next((one for one in found if one.as_of <= day), None)


def _section(words: Composer, one: Difference, title: str, before: Version) -> None:
    words.heading("of_section_head", section=title)
    source = _source(before, title)
    for moved in one.moved[:MOVED]:
        say_moved(words, moved, title, source)
    if len(one.moved) > MOVED:
        words.plain("more_moved", n=len(one.moved) - MOVED)
    gone = [line for line in one.removed if not line.startswith(("| ---", "**", "*"))]
    for line in gone[:LINES]:
        said = bare(line).removeprefix("- ").strip()
        kept = NoteSource(before.where, source.title, before.as_of, said, "document")
        words.bullet("no_longer", [kept], line=said)
    for line in one.written:
        said = bare(line).removeprefix("- ").strip()
        kept = NoteSource(before.where, source.title, before.as_of, said, "document")
        words.bullet("people_wrote", [kept], line=said)


def _source(before: Version, title: str) -> ComputedSource:
    return ComputedSource(
        "differences (S1-13)",
        title,
        before.as_of,
        f"version {before.number} of {before.as_of} compared with a draft of today",
    )


def _from_document(context: SkillContext, asked: Asked, words: Composer, day: date | None) -> Reply:
    """Against a plan that was written as a document: what it says of people who have gone, and what
    became different on record since its day."""
    account, today = asked.account, context.clock.today
    notes = plan_documents(context.records, [account.id], day) if account else []
    looked = words.text("looked_plans", account=account.name if account else "", today=today)
    focus = {"account_ids": [account.id] if account else [], "contact_ids": []}
    names = [account.name] if account else []
    if account is None or not notes or notes[0].date is None:
        words.plain("no_earlier", title=_title(asked, words), today=today)
        return words.reply(Outcome.UNKNOWN, accounts=names, looked_at=[looked], focus=focus)
    plan, since = notes[0], notes[0].date
    words.heading("document_title", title=plan.title, date=since, today=today)
    _overtaken(context, words, account, plan)
    zone = context.clock.moment.tzinfo
    found = developments(context.records, [account], since, today, zone)
    if found:
        words.heading("since_then")
    news = words.speaking("changes_since")
    for one in found[:DEVELOPED]:
        text, sources = told(context.records, news, one)
        said = news.text("at", date=one.day, account="", text=text)
        words.line("- " + words.cited(said, sources))
    if len(found) > DEVELOPED:
        words.plain("more_moved", n=len(found) - DEVELOPED)
    if not words.citations:
        words.plain("no_earlier", title=_title(asked, words), today=today)
        return words.reply(Outcome.UNKNOWN, accounts=names, looked_at=[looked], focus=focus)
    return words.reply(accounts=names, focus=focus)


def _overtaken(context: SkillContext, words: Composer, account: Account, plan: NoteText) -> None:
    """Lines of the document that name somebody who has left since."""
    records, today = context.records, context.clock.today
    gone: list[Contact | Person] = [
        row for row in records.contacts(account.id) if has_left(row, today)
    ]
    gone += [row for row in records.people.values() if left(records, row.id)]
    told_of: set[int] = set()
    heads = False
    for start, end in sentences(plan.text):
        line = plan.text[start:end]
        for row in gone:
            since = row.left_on
            late = since is not None and (plan.date is None or since >= plan.date)
            if not late or id(row) in told_of or not mentions_of([row.name])(line):
                continue
            told_of.add(id(row))
            if not heads:
                words.heading("overtaken")
                heads = True
            fields = ["name", "left_on"]
            quote = " ".join(line.replace("|", " ").split())
            words.bullet(
                "overtaken_left",
                [note_source(plan, line), records.source(row, fields)],
                name=row.name,
                date=since,
                quote=line if quote == line else line.strip("| "),
            )
