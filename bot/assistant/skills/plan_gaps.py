"""What a plan lacks and what of it is out of date, with a score and its reasons (S1-10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.plans.asking import asked_of
from bot.assistant.plans.document import gap_lines
from bot.assistant.plans.drafting import Asked, source_of
from bot.assistant.plans.presenting import Presented, presented
from bot.assistant.plans.templates import Template, template, wanted
from bot.assistant.reply import Reply
from bot.assistant.scope import own_accounts
from bot.assistant.understanding.request import Request
from bot.assistant.wording import listed
from kam_knowledge.language.names import NameIndex
from kam_knowledge.plans.comparing import Moved, stale
from kam_knowledge.plans.completeness import Completeness, completeness
from kam_knowledge.plans.sections import by_id
from kam_knowledge.queries.plan_versions import Version, plans_of
from kam_knowledge.queries.sources import ComputedSource
from kam_knowledge.store.models import Account

MOVED, GAPS, ACCOUNTS = 10, 24, 4


def plan_gaps(context: SkillContext, request: Request) -> Reply:
    """The gaps and the stale parts of the plan of the account named; of the asker's plans a line
    each, where none is named."""
    named = wanted(request.text)
    if not request.account_ids:
        accounts = _with_plans(context)
        if len(accounts) > 1:
            return _overview(context, request, named.template, accounts)
        request = replace(request, account_ids=tuple(account.id for account in accounts))
    asked = asked_of(context, request, named.template)
    if isinstance(asked, Reply):
        return asked
    return gaps_reply(context, asked)


def _with_plans(context: SkillContext) -> list[Account]:
    """The asker's own accounts that have a plan on record, the key ones first; else the key ones,
    which should have one; else all."""
    own = sorted(own_accounts(context), key=lambda one: (one.account_class != "key", one.name))
    own = [one for one in own if context.rights.sees_inner(one.id)]
    saved = [one for one in own if plans_of(context.records, f"account:{one.id}")]
    keys = [one for one in own if one.account_class == "key"]
    return saved or keys or own


def _overview(
    context: SkillContext, request: Request, kind: Template, accounts: list[Account]
) -> Reply:
    """A line an account: the score, the weakest sections, whether the saved version is stale."""
    words = Composer("plans", request.language)
    words.heading("gaps_overview", title=kind.title[request.language])
    for account in accounts[:ACCOUNTS]:
        asked = asked_of(context, replace(request, account_ids=(account.id,)), kind)
        assert not isinstance(asked, Reply), "the account is given"
        shown = presented(context, asked, kind.sections)
        titles = {one.id: one.title[request.language] for one, _ in shown.sections}
        done = completeness(section for _, section in shown.sections)
        weak = _weakest(done)
        first = next(iter(gap_lines_of(shown)), "").removeprefix("- ")
        moved = len(moved_facts(shown, shown.last)) if shown.last else 0
        words.bullet(
            "gaps_account",
            [_computed_score(context, done, titles, account.name)],
            account=account.name,
            score=done.score,
            weak=listed([titles[key] for key in weak], request.language),
        )
        if first:
            words.unclaimed(f"  - {first}")
        if shown.last is not None:
            source = _version_source(words, shown.last, moved)
            words.line("  - " + words.cited(words.text("moved_count", n=moved), [source]))
    words.more(len(accounts) - ACCOUNTS)
    return words.reply(
        accounts=[account.name for account in accounts[:ACCOUNTS]],
        suggestions=[words.text("ask_gaps", account=one.name) for one in accounts[:3]],
    )


def gap_lines_of(shown: Presented) -> Iterator[str]:
    """Every gap of the plan with its question, the weakest sections' first."""
    ranked = sorted(shown.sections, key=lambda pair: -len(pair[1].gaps))
    for kind, section in ranked:
        yield from gap_lines(kind, section.gaps, shown.asked.language)


def _weakest(done: Completeness) -> list[str]:
    worst = sorted(done.parts, key=lambda part: part[1] / part[2])[:3]
    return [key for key, met, points in worst if met < points]


def _computed_score(
    context: SkillContext, done: Completeness, titles: dict[str, str], name: str
) -> ComputedSource:
    told = ", ".join(titles[key] for key, _, _ in done.parts)
    formula = f"{done.formula}; {told}"
    return ComputedSource("completeness (S1-10 to S1-13)", name, context.clock.today, formula)


def gaps_reply(context: SkillContext, asked: Asked, names: NameIndex | None = None) -> Reply:
    """What a draft of today would lack, and which facts of the saved version moved."""
    words = Composer("plans", asked.language)
    shown = presented(context, asked, asked.template.sections, names)
    title = asked.template.title[asked.language]
    account = asked.account
    if account:
        title = words.text("doc_title", title=title, account=account.name)
    words.heading("gaps_title", title=title)
    _score(context, words, shown)
    _stale(words, shown)
    _missing(words, shown)
    return words.reply(
        accounts=[account.name] if account else [],
        focus={"account_ids": [account.id] if account else [], "contact_ids": []},
        suggestions=[words.text("ask_draft", account=account.name)] if account else [],
    )


def _score(context: SkillContext, words: Composer, shown: Presented) -> None:
    done = completeness(section for _, section in shown.sections)
    titles = {kind.id: kind.title[words.language] for kind, _ in shown.sections}
    name = shown.asked.account.name if shown.asked.account else ""
    weak = [titles[key] for key in _weakest(done)]
    words.claim("score", [_computed_score(context, done, titles, name)], score=done.score)
    if weak:
        words.plain("weakest", sections=listed(weak, words.language))


def _stale(words: Composer, shown: Presented) -> None:
    last = shown.last
    if last is None:
        words.plain("no_version")
        return
    moved = moved_facts(shown, last)
    version = _version_source(words, last)
    if not moved:
        words.claim("fresh", [version], n=last.number, date=last.as_of)
        return
    words.heading("stale_title", n=last.number, date=last.as_of)
    titles = {kind.id: kind.title[words.language] for kind, _ in shown.sections}
    for one in moved[:MOVED]:
        say_moved(words, one, titles.get(one.section, one.section), version)
    words_left = len(moved) - MOVED
    if words_left > 0:
        words.plain("more_moved", n=words_left)


def moved_facts(shown: Presented, last: Version) -> list[Moved]:
    """The facts of the version that read otherwise in a draft of today, section by section."""
    now = by_id(shown.drafts)
    return [
        one
        for kept in last.sections
        if kept.id in now
        for one in stale(kept, now[kept.id])
        if not (one.kind == "gone" and one.before and one.before.kind == "computed")
    ]


def say_moved(words: Composer, one: Moved, section: str, version: ComputedSource) -> None:
    """A fact that moved: what it was, what it is now, since when."""
    fact = one.after or one.before
    assert fact is not None, "something moved"
    sources = [source_of(fact)] if one.after else []
    if one.kind == "changed" and one.before and one.after:
        old, new = _apart(one.before.quote, one.after.quote)
        words.bullet(
            "moved_changed",
            [*sources, source_of(one.before)],
            section=section,
            title=fact.title,
            old=old,
            new=new,
            date=fact.date or "",
        )
    elif one.after:
        words.bullet("moved_new", sources, section=section, title=fact.title, date=fact.date or "")
    else:
        words.bullet("moved_gone", [source_of(fact), version], section=section, title=fact.title)


def _apart(old: str, new: str) -> tuple[str, str]:
    """Of two states of a record the columns that differ; of other texts their beginnings."""
    before, after = (dict.fromkeys(quote.split("; ")) for quote in (old, new))
    gone = [part for part in before if part not in after]
    come = [part for part in after if part not in before]
    if len(gone) == len(come) == 1 and gone[0].partition("=")[0] == come[0].partition("=")[0]:
        return gone[0].replace("=", " ", 1), come[0].partition("=")[2]
    if len(gone) + len(come) <= 3:
        return "; ".join(gone) or "-", "; ".join(come) or "-"
    return old[:80].strip(), new[:80].strip()


def _version_source(words: Composer, last: Version, moved: int | None = None) -> ComputedSource:
    title = template(last.template).title[words.language]
    return ComputedSource(
        "staleness (S1-11)",
        title,
        last.as_of,
        f"version {last.number} of {last.as_of}, its facts compared with the records of today"
        + (f": {moved} moved" if moved is not None else ""),
    )


def _missing(words: Composer, shown: Presented) -> None:
    words.heading("missing_title")
    said = 0
    for kind, section in shown.sections:
        lines = gap_lines(kind, section.gaps, words.language)
        if not lines:
            continue
        words.plain("of_section", section=kind.title[words.language])
        for line in lines[: max(0, GAPS - said)]:
            words.unclaimed(line)
        said += len(lines)
    if not said:
        words.plain("nothing_missing")
    if said > GAPS:
        words.plain("more_missing", n=said - GAPS)
