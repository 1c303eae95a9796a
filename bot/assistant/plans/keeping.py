"""Drafts become versions: people's words kept, facts numbered as before, with a receipt (S1-13)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.grounding import ground, markers, renumbered
from bot.assistant.plans.drafting import fact, source_of
from bot.assistant.plans.templates import Template, template
from bot.assistant.reply import Citation, Outcome, Reply
from kam_knowledge.changes.ledger import Ledger
from kam_knowledge.changes.plans import PlanDraft, receipted, save_version
from kam_knowledge.clock import Clock
from kam_knowledge.language.names import NameIndex
from kam_knowledge.plans.merging import merge
from kam_knowledge.plans.sections import Fact, Section, by_id
from kam_knowledge.queries.plan_versions import Version, latest


def joined(before: Section | None, fresh: Section) -> Section:
    """The new draft of a section in the text that stands: what people changed stays theirs.

    A fact that was cited before keeps its number, so that a line is new only where it says
    something else.
    """
    if before is None:
        return fresh
    fresh = _aligned(fresh, before)
    merged = merge(before.draft, before.text, fresh.draft)
    text = merged.text
    lines = set(text.split("\n"))
    facts = {one.n: one for one in before.facts} | {one.n: one for one in fresh.facts}
    written = tuple(one for one in before.written if one.line in lines)
    asked = f"{fresh.id}.{fresh.id}"  # answered once people have written into the section
    section = replace(
        fresh,
        gaps=tuple(gap for gap in fresh.gaps if not (written and gap.code == asked)),
        text=text,
        facts=tuple(facts[n] for n in sorted(facts)),
        written=written,
        plain=tuple(dict.fromkeys((*fresh.plain, *(one for one in before.plain if one in lines)))),
        clashes=merged.clashes,
    )
    cited = {one.n for one in section.cited} | {one.n for one in fresh.facts}
    return replace(section, facts=tuple(one for one in section.facts if one.n in cited))


def _aligned(fresh: Section, before: Section) -> Section:
    known = {_identity(one): one.n for one in before.facts}
    following = max((one.n for one in before.facts), default=0) + 1
    numbers: dict[int, int] = {}
    for one in fresh.facts:
        if _identity(one) in known:
            numbers[one.n] = known[_identity(one)]
        else:
            numbers[one.n], following = following, following + 1
    citations = [Citation(one.n, source_of(one)) for one in fresh.facts]
    text = renumbered(fresh.draft, citations, numbers)
    facts = tuple(replace(one, n=numbers[one.n]) for one in fresh.facts)
    return replace(fresh, draft=text, text=text, facts=facts)


def _identity(one: Fact) -> tuple[str, ...]:
    return (one.kind, one.where, one.title, one.quote)


def joined_all(last: Version | None, fresh: Iterable[Section]) -> list[Section]:
    """Each of the fresh sections in what stands of it."""
    held = by_id(last.sections) if last else {}
    return [joined(held.get(one.id), one) for one in fresh]


def whole(kind: Template, last: Version | None, changed: Sequence[Section]) -> list[Section]:
    """The sections of a version in the template's order: the changed ones, the others as before."""
    held = (by_id(last.sections) if last else {}) | by_id(changed)
    order = [one.id for one in kind.sections]
    return [held[key] for key in order if key in held]


@dataclass(frozen=True)
class Kept:
    """What became of a draft: the version that holds it, and whether it is a new one."""

    number: int
    fresh: bool
    clashes: int
    change: str = ""


def keep(
    context: SkillContext, draft: PlanDraft, names: NameIndex, origin: str, thread_id: int | None
) -> Kept:
    """Saves the draft as a version, in a unit of work that writes; nothing where all of it stands
    already. Each section passes the check that answers pass."""
    about = draft.about
    sections = [held_section(one, names, context, about.language) for one in draft.sections]
    last = latest(context.records, about)
    changed = joined_all(last, sections)
    after = whole(template(about.template), last, changed)
    clashes = sum(len(one.clashes) for one in changed)
    if last is not None and list(map(_substance, after)) == list(map(_substance, last.sections)):
        return Kept(last.number, fresh=False, clashes=clashes)
    person = context.rights.viewer.person_id
    ledger = Ledger(context.session, "message", origin, person, context.clock.today)
    version = save_version(ledger, about, after, cause="draft", as_of=context.clock.today)
    words = Composer("plans", context.language)
    account = context.records.accounts.get(about.account_id or 0)
    title = template(about.template).title[context.language]
    summary = words.text(
        "summary_version",
        title=words.text("doc_title", title=title, account=account.name) if account else title,
        n=version.number,
    )
    now = Clock.now()
    receipted(ledger, kind="plan", summary=summary, now=now, thread_id=thread_id)
    return Kept(version.number, fresh=True, clashes=clashes, change=ledger.change.key)


def as_written(reply: Reply) -> PlanDraft | None:
    """What the reply drafted, in the reply's own words where a model wrote one section of it: they
    have passed the check that answers pass, and what is kept is what was shown."""
    draft = reply.drafted
    if draft is None or reply.brain == "built-in" or len(draft.sections) != 1:
        return draft
    section = draft.sections[0]
    facts = tuple(map(fact, reply.citations))
    lines = reply.markdown.split("\n")
    plain = tuple(line for line in lines if line.strip() and not markers(line))
    worded = replace(section, draft=reply.markdown, text=reply.markdown, facts=facts, plain=plain)
    return replace(draft, sections=(worded,))


def _substance(section: Section) -> tuple[object, ...]:
    return (section.id, section.draft, section.text, section.gaps, section.written)


def held_section(
    section: Section, names: NameIndex, context: SkillContext, language: str
) -> Section:
    """The section without statements that their sources do not bear out (decision 0006)."""
    citations = tuple(Citation(one.n, source_of(one)) for one in section.facts)
    accounts = tuple(one.name for one in context.records.accounts.values())
    said = Reply(
        section.draft, language, Outcome.ANSWERED, citations, accounts, plain=section.plain
    )
    grounded = ground(said, names)
    if not grounded.dropped:
        return section
    kept = grounded.reply.markdown
    used = {one.n for one in grounded.reply.citations}
    facts = tuple(one for one in section.facts if one.n in used)
    return replace(section, draft=kept, text=kept, facts=facts)


def with_receipt(reply: Reply, kept: Kept) -> Reply:
    """The reply with a last line that says what was saved, and how it is taken back."""
    words = Composer("plans", reply.language)
    key = "saved" if kept.fresh else "unchanged"
    said = words.text(key, n=kept.number, change=kept.change)
    if kept.clashes:
        said += "\n" + words.text("clashes", n=kept.clashes)
    return replace(
        reply,
        markdown=f"{reply.markdown}\n\n{said}",
        plain=(*reply.plain, *said.split("\n")),
        drafted=None,
    )
