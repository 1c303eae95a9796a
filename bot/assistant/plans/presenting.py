"""What is asked for, drafted and joined with what stands: ready to be shown, saved or exported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.plans.document import Document, Head, gap_lines, numbered
from bot.assistant.plans.drafting import Asked, Drafted, draft
from bot.assistant.plans.guard import names_of_others, passes
from bot.assistant.plans.keeping import held_section, joined_all
from bot.assistant.plans.naming import chosen_deal
from bot.assistant.plans.templates import SectionTemplate
from kam_knowledge.changes.plans import PlanDraft, PlanSubject
from kam_knowledge.language.names import NameIndex
from kam_knowledge.plans.completeness import completeness
from kam_knowledge.plans.sections import Section, bare
from kam_knowledge.queries.plan_versions import Version, latest


@dataclass(frozen=True)
class Presented:
    """Sections as they stand, each with its template."""

    asked: Asked
    about: PlanSubject
    drafts: tuple[Section, ...]
    sections: tuple[tuple[SectionTemplate, Section], ...]
    last: Version | None
    keeps: bool
    """Whether it may be saved: its readers are the account's team, or the person it is of."""
    left_out: int = 0
    """Lines that were none for a customer."""

    @property
    def draft(self) -> PlanDraft | None:
        """What is to be saved of it."""
        return PlanDraft(self.about, self.drafts) if self.keeps else None


def subject_of(context: SkillContext, asked: Asked) -> PlanSubject:
    """Which plan it is; of a document about a deal there is one a deal."""
    period = asked.period.label
    if asked.template.about == "deal" and asked.account is not None:
        deal = chosen_deal(context.records, asked.account, asked.about)
        period = f"deal-{deal.id}" if deal is not None else ""
    return PlanSubject(
        asked.account.id if asked.account else None,
        context.rights.viewer.person_id,
        asked.template.id,
        period,
        asked.language,
    )


def presented(
    context: SkillContext,
    asked: Asked,
    chosen: Sequence[SectionTemplate],
    names: NameIndex | None = None,
) -> Presented:
    """The sections drafted by what is on record now; with `names` each is held to its sources."""
    about = subject_of(context, asked)
    found = draft(context, asked, chosen)
    fresh = [one.section for one in found]
    if names is not None:
        fresh = [held_section(one, names, context, asked.language) for one in fresh]
    rights = context.rights
    if asked.account is not None:
        keeps = rights.sees_inner(asked.account.id)
    else:
        keeps = rights.sole_reader is not None
    last = latest(context.records, about) if keeps else None
    shown = joined_all(None if asked.customer else last, fresh)
    if asked.customer:
        shown, more = _with_own_words(context, asked, last, shown)
        return Presented(
            asked, about, (), _paired(found, shown), last, keeps=False,
            left_out=more + sum(one.left_out for one in found),
        )  # fmt: skip
    return Presented(asked, about, tuple(fresh), _paired(found, shown), last, keeps)


def _paired(
    found: Sequence[Drafted], shown: Sequence[Section]
) -> tuple[tuple[SectionTemplate, Section], ...]:
    return tuple((one.template, section) for one, section in zip(found, shown, strict=True))


def _with_own_words(
    context: SkillContext, asked: Asked, last: Version | None, shown: Sequence[Section]
) -> tuple[list[Section], int]:
    """For the customer: what people wrote into these sections, as far as it may be given away."""
    names = names_of_others(context.records, asked.account)
    held = {one.id: one for one in last.sections} if last else {}
    found, left_out = [], 0
    for section in shown:
        own = [one.line for one in held[section.id].written] if section.id in held else []
        good = [bare(line) for line in own if passes(line, names)]
        left_out += len(own) - len(good)
        text = "\n".join(part for part in (section.text, *good) if part.strip())
        found.append(Section(section.id, section.draft, text, section.facts, plain=section.plain))
    return found, left_out


def title_and_facts(context: SkillContext, asked: Asked) -> tuple[str, tuple[str, ...]]:
    """The document's title, and below it the period and the day."""
    words = Composer("plans", asked.language)
    title = asked.template.title[asked.language]
    if asked.account:
        title = words.text("doc_title", title=title, account=asked.account.name)
    today = context.clock.today
    label = asked.period.label
    if label:
        return title, (words.text("doc_period", period=label, today=today),)
    return title, (words.text("doc_today", today=today),)


def document_of(
    context: SkillContext, shown: Presented, *, headed: bool = False, appendix: bool = False
) -> Document:
    """The document: for the customer without gaps and sources, and without empty sections."""
    asked, language = shown.asked, shown.asked.language
    words = Composer("plans", language)
    title, told = title_and_facts(context, asked)
    facts = list(told)
    if shown.last is not None and headed and not asked.customer:
        facts.append(words.text("doc_version", n=shown.last.number, date=shown.last.as_of))
    document = Document(
        language, Head(title, tuple(facts)), marked=not asked.customer, headed=headed
    )
    pairs = [pair for pair in shown.sections if pair[1].lines or not asked.customer]
    place = shown.last.where if shown.last else "plans:"
    for number, (kind, section) in zip(numbered([pair[0] for pair in pairs]), pairs, strict=True):
        document.section(kind, section, number=number, place=place, gaps=not asked.customer)
    if appendix and not asked.customer:
        document.sources()
    return document


def as_json(shown: Presented, markdown: str) -> dict[str, Any]:
    """The document for programs."""
    asked = shown.asked
    done = completeness(section for _, section in shown.sections)
    return {
        "plan": shown.last.key if shown.last else None,
        "account": asked.account.name if asked.account else None,
        "template": asked.template.id,
        "title": asked.template.title[asked.language],
        "period": asked.period.label,
        "language": asked.language,
        "for_customer": asked.customer,
        "version": shown.last.number if shown.last else None,
        "sections": [
            {
                "id": kind.id,
                "title": kind.title[asked.language],
                "text": section.text,
                "citations": [] if asked.customer else [_cited(one) for one in section.cited],
                "gaps": [
                    line.removeprefix("- ")
                    for line in gap_lines(kind, section.gaps, asked.language)
                ],
                "written_by_people": [one.line for one in section.written],
            }
            for kind, section in shown.sections
        ],
        "completeness": {"score": done.score, "formula": done.formula},
        "left_out": shown.left_out,
        "markdown": markdown,
    }


def _cited(one: Any) -> dict[str, Any]:
    kept = {name: getattr(one, name) for name in ("n", "kind", "title", "date", "where", "quote")}
    return kept | ({"inputs": list(one.inputs)} if one.kind == "computed" else {})
