"""Sections are drafted: the blocks of a template written by what is on record, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.plans.blocks import BLOCKS
from bot.assistant.plans.guard import passes
from bot.assistant.plans.page import Page, Reading
from bot.assistant.plans.templates import SectionTemplate, Template
from bot.assistant.reply import Citation, citation_kind
from kam_knowledge.analysis.periods import Period
from kam_knowledge.methodology.catalogue import topics
from kam_knowledge.plans.sections import Fact, Gap, Section
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.sources import (
    ComputedSource,
    MethodSource,
    NoteSource,
    RecordSource,
    Source,
)
from kam_knowledge.store.models import Account


@dataclass(frozen=True)
class Asked:
    """What is to be drafted, for whom, in which language."""

    template: Template
    account: Account | None
    accounts: tuple[Account, ...]
    period: Period
    language: str
    customer: bool = False
    about: str = ""
    """The request in words: it may name a deal."""


@dataclass(frozen=True)
class Drafted:
    """A section of a template; `left_out` lines were no lines for a customer."""

    template: SectionTemplate
    section: Section
    left_out: int = 0


def shared_reading(context: SkillContext, *, customer: bool = False) -> SkillContext:
    """The context as a document is read that others will read: without anybody's private notes,
    and for a customer without inner facts."""
    rights = replace(context.rights, sole_reader=None, leaders_only=False)
    if customer:
        rights = replace(rights, inner=frozenset())
    return replace(context, rights=rights, records=Records(context.session, rights, keeps=True))


def draft(
    context: SkillContext, asked: Asked, sections: Sequence[SectionTemplate]
) -> list[Drafted]:
    """The sections in order, each on its own: its markers count from 1."""
    context = shared_reading(context, customer=asked.customer)
    account = asked.account and context.records.accounts[asked.account.id]
    accounts = [context.records.accounts[one.id] for one in asked.accounts]
    reading = Reading(
        context, account, accounts, asked.period, customer=asked.customer, about=asked.about
    )
    chosen = [one for one in sections if one.customer or not asked.customer]
    return [_section(reading, one, asked.language) for one in chosen]


def _section(reading: Reading, template: SectionTemplate, language: str) -> Drafted:
    composer = Composer("plan_blocks", language)
    page = Page(reading, composer)
    silent: set[str] = set()
    _worded(template, composer)
    blocks = [name for name in template.blocks if BLOCKS[name].customer or not reading.customer]
    for name in blocks:
        begun = composer.size
        BLOCKS[name].write(page)
        if composer.size == begun:
            silent.add(name)
        elif len(blocks) > 1:
            composer.head(begun, f"head_{name}")
    reply = composer.reply()
    text, left_out = reply.markdown, 0
    if reading.customer:
        text, left_out = _guarded(text, reading.others_names)
    known = {gap.code for gap in page.gaps} | silent | {template.id}
    gaps = [*page.gaps, *(_asked(template, reading, known))]
    section = Section(
        template.id,
        text,
        text,
        tuple(map(fact, reply.citations)),
        tuple(dict.fromkeys(page.met)),
        tuple(_once(gaps)) if not reading.customer else (),
        plain=tuple(dict.fromkeys(line for line in reply.plain if line.strip())),
    )
    return Drafted(template, section, left_out)


def _worded(template: SectionTemplate, composer: Composer) -> None:
    """The template's standing text, which cites the passage of the method it rests on."""
    if not template.wording:
        return
    topic_id, _, ordinal = template.cites.partition("/")
    topic = next(one for one in topics(composer.language) if one.id == topic_id)
    section = topic.sections[int(ordinal)]
    source = MethodSource(section.key, topic.cited_title, section.text)
    for line in template.wording[composer.language]:
        composer.line(composer.cited(line, [source]))


def _asked(template: SectionTemplate, reading: Reading, known: set[str]) -> list[Gap]:
    """The template's own questions for what its blocks left open."""
    name = reading.account_or_none.name if reading.account_or_none else ""
    return [
        Gap(f"{template.id}.{one.when}", {"account": name})
        for one in template.questions
        if one.when in known
    ]


def _once(gaps: Sequence[Gap]) -> list[Gap]:
    found: dict[tuple[str, tuple[tuple[str, str], ...]], Gap] = {}
    for gap in gaps:
        found.setdefault((gap.code, tuple(sorted(gap.values.items()))), gap)
    return list(found.values())


def _guarded(text: str, names: tuple[str, ...]) -> tuple[str, int]:
    """The text without lines that may not be given to the customer, and how many those were."""
    lines = text.split("\n")
    kept = [line for line in lines if not line.strip() or passes(line, names)]
    return "\n".join(kept), len(lines) - len(kept)


def fact(citation: Citation) -> Fact:
    """The citation as a version keeps it."""
    source = citation.source
    inputs: tuple[str, ...] = ()
    inner = False
    if isinstance(source, ComputedSource):
        inputs, inner = source.inputs, source.inner
    return Fact(
        citation.n,
        citation_kind(source),
        source.where,
        source.title,
        source.date.isoformat() if source.date else None,
        source.quote,
        inputs,
        inner,
    )


def source_of(kept: Fact) -> Source:
    """The inverse of `fact`: what a version cites, as it read then."""
    match kept.kind:
        case "record":
            table, _, key = kept.where.partition(":")
            column, _, value = kept.quote.partition("=")
            # The quote as a whole: what stood in it is not taken apart again.
            columns = ((column, value),) if kept.quote else ()
            day = kept.day
            assert day is not None, "a record has its day"
            place = kept.where if table == "crm" else None
            return RecordSource(table, key, columns, day, kept.title, place)
        case "computed":
            day = kept.day
            assert day is not None, "a computation has its day"
            return ComputedSource(kept.where, kept.title, day, kept.quote, kept.inputs, kept.inner)
        case "methodology":
            return MethodSource(kept.where, kept.title, kept.quote, kept.day)
        case _:
            return NoteSource(kept.where, kept.title, kept.day, kept.quote, kept.kind)
