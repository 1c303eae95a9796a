"""What the method says: a passage of it, with the source it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.said_about import said_about
from bot.assistant.understanding.request import Request
from kam_knowledge.queries.sources import MethodSource

if TYPE_CHECKING:
    from kam_knowledge.search.service import Passage


COVERED, SIMILAR = 0.35, 0.45
"""How much of the question a passage must hold, or how near it must be. Questions that the
method answers measured 0.52 and more, questions that it does not 0.28 and less."""


def methodology(context: SkillContext, request: Request) -> Reply:
    """The passage that answers best, in the asker's language, and where to read on."""
    composer = Composer("methodology", request.language)
    hits = context.search.search(
        context.session, context.rights, request.text, k=8, kinds=["methodology"]
    )
    own = [hit for hit in hits if hit.where.startswith(f"methodology:{request.language}/")]
    if not own or not _answers(own[0]):
        # The intent was a guess: what the method does not speak of, a note may.
        said = said_about(context, request) if context.rights.inside else None
        if said is not None and said.outcome is Outcome.ANSWERED:
            return said
        composer.plain("nothing")
        return composer.reply(Outcome.UNKNOWN, looked_at=["methodology"])
    best = own[0]
    source = MethodSource(best.where, best.title, best.text)
    composer.line(_cited_paragraphs(composer, best.text, source))
    others: list[Passage] = []
    for hit in own[1:]:
        if hit.title != best.title and hit.title not in [other.title for other in others]:
            others.append(hit)
    for hit in others[:2]:
        composer.bullet(
            "see_also",
            [MethodSource(hit.where, hit.title, hit.text)],
            title=hit.title,
            heading=f" › {hit.heading}" if hit.heading else "",
        )
    return composer.reply()


def _answers(hit: Passage) -> bool:
    """Whether the passage speaks of the question at all; the nearest one is still somewhere."""
    return hit.coverage >= COVERED or (hit.similarity or 0) >= SIMILAR


def _cited_paragraphs(composer: Composer, text: str, source: MethodSource) -> str:
    """The passage with its marker behind every paragraph and list item."""
    lines = []
    for line in text.splitlines():
        bare = line.strip()
        if not bare or set(bare) <= set("|-: ") or bare.startswith("|"):
            lines.append(line)
        else:
            lines.append(composer.cited(line, [source]))
    rendered = "\n".join(lines)
    if f"[{1}]" not in rendered:
        rendered += "\n\n" + composer.cited(composer.text("table_from"), [source])
    return rendered
