"""A reply as Slack messages: text, its sources below, what to press; within Slack's sizes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from bot.assistant.reply import Citation, Outcome, Reply
from bot.slack.blocks.mrkdwn import escape, mrkdwn, shortened
from prompts import replies

Block = dict[str, Any]

SECTION = 2_900
"""Slack's limit is 3,000."""
MESSAGE = 12_000
"""Characters of text and sources in one message; buttons come on top, 13,200 is Slack's end."""
BLOCKS = 45
"""Blocks of text and sources in one message; Slack's limit is 50."""
FALLBACK = 3_000
"""What notifications show of a message."""
SOURCE = 260
_MARK = re.compile(r"\[(\d+)\]")
_CONTEXT_ELEMENTS = 10
_BUTTON = 75
_BREAKS = (r"\n\n+", r"\n", r"(?<=[。！？；])|(?<=[.!?;])\s", r"\s", r"")
"""Where a text is cut, the best first."""


def messages(reply: Reply) -> list[Block]:
    """The messages of a reply, in order, each `{"text", "blocks"}`; a source stands in the
    message whose text names it."""
    by_number = {one.n: one for one in reply.citations}

    def fits(text: str) -> bool:
        blocks = _body(text, by_number)
        return len(blocks) <= BLOCKS and _characters(blocks) <= MESSAGE

    parts = _pieces(reply.markdown.strip("\n"), fits) or [""]
    found = [
        {"text": mrkdwn(shortened(part, FALLBACK)), "blocks": _body(part, by_number)}
        for part in parts[:-1]
    ]
    blocks = _body(parts[-1], by_number) + _last(reply)
    return [*found, {"text": mrkdwn(shortened(parts[-1], FALLBACK)), "blocks": blocks}]


def as_text(reply: Reply) -> Block:
    """A reply where there is only text: a line for each source below it."""
    lines = [mrkdwn(reply.markdown), *(_source(one) for one in reply.citations)]
    return {"text": "\n".join(lines), "blocks": []}


def sources(citations: Sequence[Citation]) -> list[Block]:
    """Numbered sources as compact context."""
    lines = [_source(one) for one in citations]
    return [
        {"type": "context", "elements": [_mrkdwn(line) for line in some]}
        for some in _in_groups(lines, _CONTEXT_ELEMENTS)
    ]


def said(key: str, language: str, **values: object) -> Block:
    """A message of the face itself, such as a refusal."""
    text = escape(replies("slack")[key][language].format(**values))
    return {"text": text, "blocks": [_section(text)]}


def _source(citation: Citation) -> str:
    source = citation.source
    when = f" · {source.date.isoformat()}" if source.date else ""
    text = f"[{citation.n}] {source.title}{when} · {source.where}"
    return escape(shortened(" ".join(text.split()), SOURCE))


def _last(reply: Reply) -> list[Block]:
    words = replies("slack")
    blocks: list[Block] = []
    if reply.outcome is Outcome.PROPOSED and reply.proposal and reply.proposal.get("id"):
        blocks.append(
            {
                "type": "actions",
                "elements": [
                    _button(
                        words[key][reply.language], f"settle:{key}", reply.proposal["id"], style
                    )
                    for key, style in (("confirm", "primary"), ("cancel", None))
                ],
            }
        )
    elif reply.suggestions:
        blocks.append(
            {
                "type": "actions",
                "elements": [
                    _button(question, f"ask_again:{n}", question)
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


def _button(label: str, action: str, value: str, style: str | None = None) -> Block:
    text = {"type": "plain_text", "text": shortened(label, _BUTTON)}
    found: Block = {"type": "button", "text": text, "action_id": action, "value": value[:2_000]}
    return found | ({"style": style} if style else {})


def _choice(label: str, value: str) -> Mapping[str, Any]:
    return {"text": {"type": "plain_text", "text": shortened(label, _BUTTON)}, "value": value}


def _body(text: str, citations: Mapping[int, Citation]) -> list[Block]:
    """The text and the sources that it names."""
    pieces = _pieces(text, lambda piece: len(mrkdwn(piece)) <= SECTION) or [""]
    cited = sorted({int(n) for n in _MARK.findall(text)} & citations.keys())
    return [_section(mrkdwn(piece)) for piece in pieces] + sources([citations[n] for n in cited])


def _characters(blocks: Iterable[Block]) -> int:
    texts = [one for block in blocks for one in block.get("elements") or [block["text"]]]
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


def _in_groups(lines: Sequence[str], most: int) -> Iterable[Sequence[str]]:
    return (lines[start : start + most] for start in range(0, len(lines), most))
