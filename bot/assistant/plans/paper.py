"""A plan as the paper that files are written from: its sections, pictures and sources (S1-10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.assistant.context import SkillContext
from bot.assistant.pictures import map_picture, whitespace_picture
from bot.assistant.plans.blocks import BLOCKS
from bot.assistant.plans.document import Document, Part
from bot.assistant.plans.drafting import shared_reading
from bot.assistant.plans.presenting import Presented, document_of, title_and_facts
from bot.assistant.reply import Citation
from bot.assistant.skills.trends import revenue_chart
from bot.render.documents.content import Block, Chapter, Entry, Figure, Paper, word
from bot.render.documents.reading import blocks_of
from bot.render.drawings import Picture
from kam_knowledge.changes.plans import plan_row
from kam_knowledge.queries.relationship_map import account_map
from kam_knowledge.queries.whitespace import grid
from kam_knowledge.store.models import Account, Person
from prompts import replies


def _map(context: SkillContext, account: Account, language: str) -> Picture | None:
    found = account_map(context.records, account)
    return map_picture(found, context.clock.today, language) if found.people else None


def _whitespace(context: SkillContext, account: Account, language: str) -> Picture | None:
    cells = grid(context.records, [account])
    return whitespace_picture(account, cells, context.clock.today, language)


ILLUSTRATED: Mapping[str, tuple[str, Callable[[SkillContext, Account, str], Picture | None]]] = {
    "stakeholders": ("map", _map),
    "value": ("revenue", revenue_chart),
    "growth": ("whitespace", _whitespace),
}
"""The blocks that a picture goes with. None of them may stand in what a customer is given, so
neither may their pictures."""


def paper_of(context: SkillContext, shown: Presented) -> Paper:
    """The plan with pictures, read as others will read it; for a customer without its sources,
    its version and its status."""
    asked, language = shown.asked, shown.asked.language
    document = document_of(context, shown)
    title, facts = title_and_facts(context, asked)
    viewer = context.session.get(Person, context.rights.viewer.person_id)
    return Paper(
        title,
        asked.account.name if asked.account else "",
        asked.template.title[language],
        facts,
        "" if asked.customer else _state(context, shown),
        word("team_only", language) if asked.account and not asked.customer else "",
        "zh" if language == "zh" else "en",
        context.clock.today,
        viewer.name if viewer else "",
        _chapters(context, shown, document),
        () if asked.customer else tuple(map(_entry, document.cited)),
    )


def _state(context: SkillContext, shown: Presented) -> str:
    """The status in the reader's words, and the version where one is saved."""
    language = shown.asked.language
    plan = plan_row(context.session, shown.about) if shown.last else None
    status = f"status_{plan.state}" if plan else "status_draft"
    said = [word(status, language)] if status in replies("documents") else []
    if shown.last is not None:
        said.append(word("version", language, n=shown.last.number))
    return (", " if language == "en" else "，").join(said)


def _chapters(context: SkillContext, shown: Presented, document: Document) -> tuple[Chapter, ...]:
    reading = shared_reading(context, customer=shown.asked.customer)
    numbers = {one.n for one in document.cited}
    drawn: set[str] = set()
    return tuple(
        Chapter(
            part.title,
            (
                *blocks_of(part.said, numbers),
                *_figures(reading, shown, part, drawn),
                *blocks_of(part.still_open, numbers),
            ),
        )
        for part in document.parts
    )


def _figures(reading: SkillContext, shown: Presented, part: Part, drawn: set[str]) -> list[Block]:
    """The pictures of the section's blocks, each once a document."""
    asked = shown.asked
    if asked.account is None:
        return []
    account = reading.records.accounts[asked.account.id]
    found: list[Block] = []
    for name in part.template.blocks:
        if name not in ILLUSTRATED or name in drawn:
            continue
        if asked.customer and not BLOCKS[name].customer:
            continue
        drawn.add(name)
        key, picture_of = ILLUSTRATED[name]
        picture = picture_of(reading, account, asked.language)
        if picture is not None:
            found.append(Figure(word(f"figure_{key}", asked.language), picture))
    return found


def _entry(cited: Citation) -> Entry:
    source = cited.source
    day = source.date.isoformat() if source.date else ""
    quote = " ".join(source.quote.split())
    return Entry(cited.n, source.title, day, source.where or "", quote)
