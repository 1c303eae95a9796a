"""What the method says: the parts of it that answer, with the source they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.said_about import said_about
from bot.assistant.skills.three_problems import THREE_PROBLEMS, asks_about_us, three_problems
from bot.assistant.understanding.request import Request
from kam_knowledge.methodology.catalogue import Topic, topics, without_sources
from kam_knowledge.methodology.excerpt import Part, nearest_part, parts
from kam_knowledge.methodology.finder import Likeness, finder
from kam_knowledge.queries.sources import MethodSource

if TYPE_CHECKING:
    from kam_knowledge.search.service import Passage


COVERED, SIMILAR, ALIKE = 0.35, 0.45, {"en": 0.3, "zh": 0.22}
"""How much of the question a passage must hold, how near it must be, or how like the question is
to what people ask of the topic. Questions that the method answers measured 0.52 and more."""
ASKED = 1.3
"""What the way people ask for a topic weighs beside what the search found of it."""
CLOSE = 0.88
"""The part of the best topic's votes from which on a second one is shown beside it."""
LOOKED_AT = 60
"""Passages that vote for their topics: a topic has about six, in two languages."""
KNOWN = 0.4
"""What it weighs that the topic knows all words of the question, whatever line they stand in."""
SURE = 0.5
"""How much of the question the best passage must hold, or how near it must be, for a full vote."""
OF_THE_SOURCE = 1.2
"""What a topic of a source that the question names weighs beside one of another."""
ANSWERS_TOO = 0.8
"""The part of what the best topic knows of the question that a second one must know to be shown;
and how much the best one may know at most for anything to be left to it."""


def methodology(context: SkillContext, request: Request) -> Reply:
    """What the topic that fits best says of the question, in the asker's language.

    Where it is asked which of Gartner's problems are ours, the book is held against them.
    """
    composer = Composer("methodology", request.language)
    hits = context.search.search(
        context.session, context.rights, request.text, k=LOOKED_AT, kinds=["methodology"]
    )
    own = [hit for hit in hits if hit.where.startswith(f"methodology:{request.language}/")]
    named, asked = without_sources(request.text)
    alike = finder(request.language).find(asked) or finder(request.language).find(request.text)
    if not _speaks_of_it(own, alike, request.language):
        # The intent was a guess: what the method does not speak of, a note may.
        said = said_about(context, request) if context.rights.inside else None
        if said is not None and said.outcome is Outcome.ANSWERED:
            return said
        places = composer.text("inside" if context.rights.inside else "outside")
        composer.plain("nothing", places=places, today=context.clock.today)
        return composer.reply(Outcome.UNKNOWN, looked_at=[places])
    votes = _votes(own, alike, request.language)
    by_id = {topic.id: topic for topic in topics(request.language)}
    for key in votes:
        votes[key] *= OF_THE_SOURCE if by_id[key].source in named else 1
    ranked = [by_id[key] for key in sorted(votes, key=lambda key: (-votes[key], key))]
    best = ranked[0]
    near = {hit.where: hit.score / own[0].score for hit in own} if own else {}
    if best.id == THREE_PROBLEMS and context.rights.inside and asks_about_us(request.text):
        return three_problems(context, request, best)
    composer.heading("topic", title=best.cited_title)
    for part in parts(request.text, best, near):
        _part(composer, best, part)
    close = len(ranked) > 1 and votes[ranked[1].id] >= CLOSE * votes[best.id]
    close = close and _answers_too(ranked[1], best, alike, request.language)
    if close:
        composer.heading("topic", title=ranked[1].cited_title)
        _part(composer, ranked[1], nearest_part(request.text, ranked[1], near))
    return composer.reply(suggestions=[other.title for other in ranked[1 + close : 3 + close]])


def _speaks_of_it(own: Sequence[Passage], alike: Sequence[Likeness], language: str) -> bool:
    """Whether the method speaks of the question at all; the nearest passage is still somewhere."""
    near = own and (own[0].coverage >= COVERED or (own[0].similarity or 0) >= SIMILAR)
    return bool(near) or bool(alike and alike[0].score >= ALIKE[language])


def _votes(own: Sequence[Passage], alike: Sequence[Likeness], language: str) -> dict[str, float]:
    """How well each topic fits, by what search found of it and by how people ask for it."""
    votes: dict[str, float] = {}
    surest = max((max(hit.coverage, hit.similarity or 0.0) for hit in own), default=0.0)
    for hit in own:
        topic = hit.where.partition("/")[2].partition("#")[0]
        found = hit.score / own[0].score * min(1.0, surest / SURE)
        votes[topic] = max(votes.get(topic, 0.0), found)
    for one in alike:
        share = one.score / max(alike[0].score, ALIKE[language])
        votes[one.topic] = votes.get(one.topic, 0.0) + ASKED * share + KNOWN * one.coverage
    return votes


def _answers_too(second: Topic, best: Topic, alike: Sequence[Likeness], language: str) -> bool:
    """Whether the second topic is asked for as well, by the question's own words."""
    known = {one.topic: one for one in alike}
    if second.id not in known or known[second.id].score < ALIKE[language]:
        return False
    most = known[best.id].coverage if best.id in known else 0.0
    return most < ANSWERS_TOO and known[second.id].coverage >= ANSWERS_TOO * most


def _part(composer: Composer, topic: Topic, part: Part) -> None:
    """The pieces of one section: a marker a paragraph and a list item; a table has it below."""
    source = MethodSource(part.section.key, topic.cited_title, part.section.text)
    composer.blank()
    said: list[str] = []
    for piece in (*part.pieces, ""):
        if piece and "\n" not in piece and not piece.startswith("|"):
            said.append(piece)
            continue
        if said:
            text = (" " if composer.language == "en" else "").join(said)
            composer.line(composer.cited(text, [source]))
            said = []
        if piece:
            composer.blank()
            _block(composer, piece, source)
            composer.blank()


def _block(composer: Composer, piece: str, source: MethodSource) -> None:
    table = False
    for line in piece.split("\n"):
        table = table or line.startswith("|")
        composer.line(line if line.startswith("|") else composer.cited(line, [source]))
    if table:
        composer.blank()
        composer.claim("table_from", [source])
