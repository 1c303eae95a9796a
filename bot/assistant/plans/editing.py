"""A section as a person wants it: proposed, and in plans of goals held to the method (S1-13)."""

from __future__ import annotations

from dataclasses import replace

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.note_taking import proposal_json
from bot.assistant.plans.document import bare_row, gap_lines
from bot.assistant.plans.drafting import Asked
from bot.assistant.plans.presenting import presented
from bot.assistant.plans.templates import SectionTemplate
from bot.assistant.reply import Outcome, Reply
from bot.assistant.wording import listed
from kam_knowledge.analysis.goals import faults
from kam_knowledge.changes import proposals
from kam_knowledge.changes.plans import PlanEdit
from kam_knowledge.clock import Clock
from kam_knowledge.language.dates import find_dates
from kam_knowledge.plans.sections import Section, bare
from kam_knowledge.queries.mentions import mentions_of
from kam_knowledge.store.models import Person


def proposed(context: SkillContext, asked: Asked, kind: SectionTemplate, text: str) -> Reply:
    """Proposes that the section reads like this; a refusal with better wordings where a goal in it
    could be held to nobody (S1-13).

    The text may be the exported section: headings, gaps and the list of sources are passed over,
    and what stood there before keeps its facts.
    """
    words = Composer("plans", asked.language)
    account = asked.account
    if account is not None and not context.rights.sees_inner(account.id):
        words.plain("not_kept")
        return words.reply(Outcome.DENIED, accounts=[account.name])
    shown = presented(context, asked, [kind])
    held = {one.id: one for one in shown.last.sections} if shown.last else {}
    standing = held.get(kind.id, Section(kind.id, "", ""))
    base = standing if standing.lines else shown.sections[0][1]
    after = _read(kind, base, text, asked.language)
    fresh = [
        line for line in after.split("\n") if line.strip() and line not in base.text.split("\n")
    ]
    names = [account.name] if account else []
    if not fresh and after == standing.text:
        words.plain("no_edit")
        return words.reply(Outcome.UNKNOWN, accounts=names, looked_at=[kind.id])
    refused = [(line, why) for line in fresh if kind.goals and (why := _faults(context, line))]
    if refused:
        words.plain("refused_goals")
        for line, why in refused:
            words.unclaimed(_better(context, words, line, why))
        return words.reply(Outcome.CLARIFY, accounts=names)
    edit = PlanEdit(shown.about, kind.id, standing.text, after)
    person = context.rights.viewer.person_id
    assert person is not None, "nobody outside gets this far"
    title = asked.template.title[asked.language]
    whole = words.text("doc_title", title=title, account=account.name) if account else title
    summary = words.text(
        "summary_edit", title=whole, section=kind.title[asked.language], n=len(fresh)
    )
    row = proposals.propose(
        context.session,
        person_id=person,
        kind="plan_edit",
        summary=summary,
        changes=[],
        now=Clock.now(),
        more={"plan_edit": edit.as_payload()},
    )
    words.plain("propose_edit", summary=summary)
    for line in fresh:
        words.unclaimed(f"+ {bare(line)}")
    words.plain("say_yes", id=row.key)
    reply = words.reply(Outcome.PROPOSED, accounts=names)
    return replace(reply, proposal=proposal_json(row))


def _read(kind: SectionTemplate, base: Section, text: str, language: str) -> str:
    """The section's text out of what a person handed in: known lines as they were, markers and
    all; of ours neither headings nor gaps nor sources."""
    known = {_plain(line): line for line in base.text.split("\n") if line.strip()}
    words = Composer("plans", language)
    ours = {_plain(line) for line in gap_lines(kind, base.gaps, language)}
    ours |= {_plain(f"**{words.text('still_open')}**"), _plain(kind.title[language])}
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if line.startswith(f"## {words.text('sources')}"):
            break
        if line.startswith("#") or _plain(line) in ours:
            continue
        lines.append(known.get(_plain(line), line.rstrip()))
    found = "\n".join(lines).strip("\n")
    while "\n\n\n" in found:
        found = found.replace("\n\n\n", "\n\n")
    return found


def _plain(line: str) -> str:
    row = bare_row(line) if line.startswith("| ") else line
    return bare(row).strip("*# ").strip()


def _faults(context: SkillContext, line: str) -> tuple[str, ...]:
    said = bare(line).removeprefix("- ").strip()
    if not said or said.startswith(("|", "**", "*")):
        return ()
    owner = _owner(context, said)
    days = find_dates(said, context.clock.today)
    return faults(said, owner=owner is not None, due=days[0].start if days else None)


def _owner(context: SkillContext, text: str) -> Person | None:
    """Somebody of ours, still here, whom the line names."""
    for person in context.records.people.values():
        gone = person.left_on is not None and person.left_on <= context.clock.today
        if not gone and mentions_of([person.name, *person.aliases])(text):
            return person
    return None


def _better(context: SkillContext, words: Composer, line: str, why: tuple[str, ...]) -> str:
    """What the line lacks, and how it would read if somebody could be held to it."""
    said = bare(line).removeprefix("- ").strip().rstrip("。.")
    blocks = words.speaking("plan_blocks")
    owner = _owner(context, said)
    days = find_dates(said, context.clock.today)
    better = blocks.text(
        "better",
        goal=said,
        measure=blocks.text("blank_measure"),
        due=days[0].start if days else blocks.text("blank_date"),
        owner=owner.name if owner else blocks.text("blank_owner"),
    )
    lacking = listed([blocks.text(f"lacks_{code}", owner="") for code in why], words.language)
    return "- " + blocks.text("returned", goal=said, why=" " + lacking, better=better)
