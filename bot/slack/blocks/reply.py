"""A reply as Slack messages: text, its sources below, what to press; within Slack's sizes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from bot.assistant.reply import Citation, Outcome, Reply
from bot.slack.blocks.mrkdwn import day, escape, mrkdwn, shortened
from bot.slack.blocks.tables import Table, block, fitting, parts_of
from bot.slack.places import Site
from kam_knowledge.queries.sources import ComputedSource, RecordSource, Source
from prompts import replies

Block = dict[str, Any]
Part = str | Table

SECTION = 2_900
"""Slack's limit is 3,000."""
MESSAGE = 12_000
"""Characters of text and sources in one message; buttons come on top, 13,200 is Slack's end."""
BLOCKS = 45
"""Blocks of text and sources in one message; Slack's limit is 50."""
FALLBACK = 3_000
"""What notifications show of a message; `chat.update` takes 4,000."""
SOURCE = 130
"""Of a source's title, and of its place."""
TICKS = 10
"""Boxes that Slack takes in one group."""
_MARK = re.compile(r"\[(\d+)\]")
_BUTTON = 75
_BREAKS = (r"\n\n+", r"\n", r"(?<=[。！？；])|(?<=[.!?;])\s", r"\s", r"")
"""Where a text is cut, the best first."""


def messages(reply: Reply, site: Site | None = None) -> list[Block]:
    """The messages of a reply, in order, each `{"text", "blocks"}`; a source stands in the
    message whose text or table names it, and links to its message where it is one of `site`."""
    by_number = {one.n: one for one in reply.citations}

    def body(parts: Sequence[Part]) -> list[Block]:
        return _body(parts, by_number, site)

    def fits(parts: Sequence[Part]) -> bool:
        blocks = body(parts)
        return (
            len(blocks) <= BLOCKS
            and _characters(blocks) <= MESSAGE
            and sum(isinstance(part, Table) for part in parts) <= 1
        )

    found = _packed(reply.markdown.strip("\n"), fits)
    told: list[Block] = [{"text": _as_fallback(parts), "blocks": body(parts)} for parts in found]
    told[-1]["blocks"] += _last(reply)
    return told


def so_far(markdown: str) -> Block:
    """The beginning of an answer that is still being written, as far as one section holds it."""
    part = _pieces(markdown, lambda piece: len(_shown(piece)) <= SECTION)[0]
    return {"text": _as_fallback([part]), "blocks": [_section(_shown(part))]}


def below(message: Block) -> list[Block]:
    """What stands below the text of a message: its sources, what to press."""
    kinds = [block["type"] for block in message["blocks"]]
    last = max((n for n, kind in enumerate(kinds) if kind in ("section", "table")), default=-1)
    return list(message["blocks"][last + 1 :])


def sections(markdown: str) -> list[Block]:
    """A text of our markdown as sections."""
    return [
        _section(_shown(one)) for one in _pieces(markdown, lambda one: len(_shown(one)) <= SECTION)
    ]


def as_text(reply: Reply) -> Block:
    """A reply where there is only text: a line for each source below it."""
    parts = [_lines(part) for part in parts_of(reply.markdown)]
    lines = [mrkdwn("\n".join(parts)), *(_source(one, days=False) for one in reply.citations)]
    return {"text": "\n".join(lines), "blocks": []}


def sources(citations: Sequence[Citation], site: Site | None = None) -> list[Block]:
    """Numbered sources as compact context, a line each."""
    lines = "\n".join(_source(one, site) for one in citations)
    return [
        {"type": "context", "elements": [_mrkdwn(some)]}
        for some in _pieces(lines, lambda some: len(some) <= SECTION)
    ]


def said(key: str, language: str, **values: object) -> Block:
    """A message of the face itself, such as a refusal."""
    text = escape(replies("slack")[key][language].format(**values))
    return {"text": text, "blocks": [_section(text)]}


def _source(citation: Citation, site: Site | None = None, *, days: bool = True) -> str:
    """`[2] Title · day · where`; its title links to the message where it is one of `site`."""
    source = citation.source
    link = site.permalink(source.where) if site else None
    title, where = (escape(shortened(" ".join(one.split()), SOURCE)) for one in _named(source))
    found = [f"<{link}|{title}>" if link else title]
    if source.date:
        found.append(day(source.date) if days else source.date.isoformat())
    if not link:
        found.append(where)
    return f"[{citation.n}] {' · '.join(one for one in found if one)}"


def _named(source: Source) -> tuple[str, str]:
    """What a source is called, and where it is where that does not say so."""
    if isinstance(source, RecordSource):
        return source.where.replace(":", ": ", 1), ""
    if isinstance(source, ComputedSource):
        return f"{source.where}: {source.title}", ""
    if PurePosixPath(source.where).stem == source.title:
        return source.where, ""
    return source.title, source.where


def _last(reply: Reply) -> list[Block]:
    words = replies("slack")
    blocks: list[Block] = []
    if reply.outcome is Outcome.PROPOSED and reply.proposal and reply.proposal.get("id"):
        blocks += _steps(reply.proposal)
        blocks.append(
            {
                "type": "actions",
                "elements": [
                    button(words[key][reply.language], f"settle:{key}", reply.proposal["id"], style)
                    for key, style in (("confirm", "primary"), ("cancel", None))
                ],
            }
        )
    elif reply.outcome is Outcome.DONE and reply.proposal and reply.proposal.get("kind") == "note":
        undo = replies("note_card")["undo"][reply.language]
        blocks.append(
            {
                "type": "actions",
                "elements": [button(undo, "note:undo", str(reply.proposal["id"]))],
            }
        )
    elif reply.suggestions:
        blocks.append(
            {
                "type": "actions",
                "elements": [
                    button(question, f"ask_again:{n}", question)
                    for n, question in enumerate(reply.suggestions[:3])
                ],
            }
        )
    blocks.append(
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": "feedback",
                    "positive_button": _choice(words["useful"][reply.language], "useful"),
                    "negative_button": _choice(words["not_useful"][reply.language], "not_useful"),
                }
            ],
        }
    )
    return blocks


def _steps(proposal: Mapping[str, Any]) -> list[Block]:
    """What the proposal offers, as boxes to tick."""
    offered = list(proposal.get("offers") or ())[:TICKS]
    if not offered:
        return []
    options = [
        {"text": {"type": "plain_text", "text": shortened(one["text"], _BUTTON)}, "value": str(n)}
        for n, one in enumerate(offered)
    ]
    boxes: Block = {
        "type": "checkboxes",
        "action_id": f"tick:{proposal['id']}",
        "options": options,
    }
    ticked = [option for option, one in zip(options, offered, strict=True) if one["ticked"]]
    if ticked:
        boxes["initial_options"] = ticked
    return [{"type": "actions", "elements": [boxes]}]


def fitted(markdown: str, room: int) -> str:
    """The text, shortened until its sections hold no more than so many characters."""
    most = room
    while _characters(sections(shortened(markdown, most))) > room:
        most = most * 3 // 4  # an escaped sign is up to five long
    return shortened(markdown, most)


def told(markdown: str) -> Block:
    """A message of our markdown alone, without sources."""
    return {"text": _as_fallback([markdown]), "blocks": sections(markdown)}


def button(label: str, action: str, value: str, style: str | None = None) -> Block:
    """A button."""
    text = {"type": "plain_text", "text": shortened(label, _BUTTON)}
    found: Block = {"type": "button", "text": text, "action_id": action, "value": value[:2_000]}
    return found | ({"style": style} if style else {})


def _choice(label: str, value: str) -> Mapping[str, Any]:
    return {"text": {"type": "plain_text", "text": shortened(label, _BUTTON)}, "value": value}


def _packed(markdown: str, fits: Callable[[Sequence[Part]], bool]) -> list[list[Part]]:
    """The parts of as few messages as are found by filling one after the other."""
    pieces: list[Part] = []
    for part in parts_of(markdown):
        cut = fitting(part, lambda table: fits([table])) if isinstance(part, Table) else [part]
        for one in cut:
            whole = isinstance(one, Table)
            pieces += [one] if whole else _pieces(str(one), lambda text: fits([text]))
    found: list[list[Part]] = []
    for piece in pieces:
        if found and fits([*found[-1], piece]):
            found[-1].append(piece)
        else:
            found.append([piece])
    return found or [[""]]


def _body(
    parts: Sequence[Part], citations: Mapping[int, Citation], site: Site | None
) -> list[Block]:
    """The texts and tables, and the sources that they name."""
    blocks: list[Block] = []
    for part in parts:
        if isinstance(part, Table):
            blocks.append(block(part))
        else:
            blocks += sections(part) or [_section("")]
    text = "\n".join(_lines(part) for part in parts)
    cited = sorted({int(n) for n in _MARK.findall(text)} & citations.keys())
    return blocks + sources([citations[n] for n in cited], site)


def _lines(part: Part) -> str:
    return part.lines if isinstance(part, Table) else part


def _as_fallback(parts: Sequence[Part]) -> str:
    text, most = "\n".join(_lines(part) for part in parts), FALLBACK
    while len(told := mrkdwn(shortened(text, most))) > FALLBACK:
        most -= (len(told) - FALLBACK) // 5 + 1  # an escaped sign is at most five long
    return told


def _shown(text: str) -> str:
    return mrkdwn(text, days=True)


def _characters(blocks: Iterable[Block]) -> int:
    texts = [
        one
        for block in blocks
        for one in block.get("elements")
        or [cell for row in block.get("rows", ()) for cell in row]
        or [block["text"]]
    ]
    return sum(len(one["text"]) for one in texts)


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text or " ")}


def _mrkdwn(text: str) -> Block:
    # Verbatim, or Slack would make mentions and links of plain "@channel" and "#general".
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _pieces(text: str, fits: Callable[[str], bool]) -> list[str]:
    """The text in as few pieces as halving finds, each of which fits; blank ones are left out."""
    return [piece for one in _halved(text, fits) if (piece := one.strip("\n")).strip()]


def _halved(text: str, fits: Callable[[str], bool]) -> list[str]:
    if len(text) < 2 or fits(text):
        return [text]
    cut = _middle(text)
    if cut == len(text):
        return [text]
    found: list[str] = []
    for piece in (*_halved(text[:cut], fits), *_halved(text[cut:], fits)):
        if found and fits(found[-1] + piece):
            found[-1] += piece
        else:
            found.append(piece)
    return found


def _middle(text: str) -> int:
    """Where to cut: the best kind of break there is around the middle, never in a `[n]`."""
    middle, around = len(text) / 2, 0.4 * len(text)
    marks = [one.span() for one in _MARK.finditer(text)]
    for kind in _BREAKS:
        places = [
            place
            for one in re.finditer(kind, text)
            if 0 < (place := one.end()) < len(text)
            and not any(begin < place < end for begin, end in marks)
        ]
        best = min(places, key=lambda place: abs(place - middle), default=None)
        if best is not None and (abs(best - middle) <= around or not kind):
            return best
    return len(text)
