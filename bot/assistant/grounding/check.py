"""The check of a whole answer, and of one that is still being written."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from bot.assistant.grounding.evidence import Evidence
from bot.assistant.grounding.judge import Judge, bare
from bot.assistant.grounding.sentences import heads_table, markers, pieces, tidied
from bot.assistant.reply import Citation, Reply
from kam_knowledge.language.names import NameIndex
from kam_knowledge.queries.sources import MethodSource


@dataclass(frozen=True)
class Dropped:
    """A sentence that did not hold, and what in it did not."""

    text: str
    why: str


@dataclass(frozen=True)
class Grounded:
    """The answer without what did not hold; its markdown is empty where nothing did."""

    reply: Reply
    dropped: tuple[Dropped, ...]

    @property
    def states_something(self) -> bool:
        """Whether a statement with a source is left."""
        return bool(markers(self.reply.markdown))


def ground(reply: Reply, names: NameIndex, *, plain: Collection[str] = ()) -> Grounded:
    """Drops every sentence (in lists and tables: every line) that its sources do not bear out.

    `plain` are lines that may stand as they are: our own sentences that claim nothing. What has
    no marker must be one of them, a heading, or say that nothing is on record. Citations that
    nothing refers to any more go too, the others keep their numbers.
    """
    proposed = reply.proposal and Evidence.of_proposal(reply.proposal, names)
    judge = Judge(
        names,
        about=(*reply.accounts, *reply.people),
        plain=(*reply.plain, *plain),
        proposal=proposed or None,
        given=None if reply.brain == "built-in" else reply.given,
    )
    judge.may_cite(reply.citations)
    kept: list[str] = []
    dropped: list[Dropped] = []
    lines = reply.markdown.split("\n")
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        left, gone = judged(judge, line, below)
        dropped += gone
        if left is not None:
            kept.append(left)
    markdown = tidied(kept) if dropped else reply.markdown
    citations = reply.citations
    if dropped:
        used = markers(markdown)
        citations = tuple(one for one in citations if one.n in used or _at_length(one, kept))
    return Grounded(replace(reply, markdown=markdown, citations=citations), tuple(dropped))


def judged(judge: Judge, line: str, below: str = "") -> tuple[str | None, list[Dropped]]:
    """What is left of a line, None for nothing, and what was dropped; `below` is the next one."""
    if not line.strip() or line.strip() in judge.plain or judge.of_the_method(line):
        return line, []
    heads, left, dropped = heads_table(line, below), "", []
    for piece in pieces(line):
        ours = piece.strip() in judge.plain
        why = None if ours else judge.fault(piece, heads_table=heads)
        if why is None:
            left += piece
        else:
            dropped.append(Dropped(piece.strip(), why))
    return (left.rstrip() if left.strip() else None), dropped


def _at_length(citation: Citation, lines: Iterable[str]) -> bool:
    """Whether one of the lines stands, without a marker, in that passage of the method."""
    if not isinstance(citation.source, MethodSource):
        return False
    text = bare(citation.source.quote)
    return any(len(line) > 12 and bare(line) in text for line in lines)
