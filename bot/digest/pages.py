"""A digest as JSON for programs and as HTML for a mail."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from bot.assistant.grounding.sentences import markers
from bot.assistant.reply import Reply
from bot.digest.composed import Digest, Told

_MARKED = re.compile(r"((?:\[\d+\])+)")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_ITEM = re.compile(r"(?:\d+\.|-)\s+(.*)")


def as_json(digest: Digest, reply: Reply) -> dict[str, Any]:
    """The reply's own shape, with the parts of the digest beside it. `reply` is the one that was
    held to its sources: what it dropped is no line here either."""

    def stands(one: Told) -> bool:
        return one.text in reply.markdown

    return {
        **reply.as_json(elapsed_ms=0),
        "week": digest.week,
        "edition": digest.edition,
        "since": digest.since.isoformat(),
        "until": digest.until.isoformat(),
        "lines": [_line(one) for one in digest.lines if stands(one)],
        "steps": [_line(one) for one in digest.steps if stands(one)],
        "folded": digest.folded,
        "more": digest.more,
    }


def _line(one: Told) -> dict[str, Any]:
    return {
        "kind": one.line.kind,
        "text": one.text,
        "date": one.line.day.isoformat(),
        "citations": sorted(markers(one.text)),
    }


def as_html(reply: Reply) -> str:
    """The whole of it as one HTML document that mail programs show: no script, nothing loaded."""
    body: list[str] = []
    ordered = False
    for line in reply.markdown.split("\n"):
        item = _ITEM.match(line)
        if bool(item) is not ordered:
            body.append('<ul style="list-style:none;padding-left:0">' if item else "</ul>")
            ordered = bool(item)
        if item:
            body.append(f'<li style="margin:0 0 8px">{_inline(line)}</li>')
        elif line.strip():
            body.append(f"<p>{_inline(line)}</p>")
    body += ["</ul>"] if ordered else []
    sources = "".join(
        f"<li>[{one.n}] {escape(_source(one.source.title, one.source.where, one.source.date))}</li>"
        for one in reply.citations
    )
    title = escape(reply.markdown.split("\n")[0].strip("* "))
    return (
        f'<!DOCTYPE html>\n<html lang="{reply.language}"><head><meta charset="utf-8">'
        f"<title>{title}</title></head>\n"
        '<body style="font-family:sans-serif;max-width:640px">\n'
        + "\n".join(body)
        + f'\n<ul style="list-style:none;padding-left:0;color:#666;font-size:85%">{sources}</ul>'
        + "\n</body></html>\n"
    )


def _source(title: str, where: str, day: object) -> str:
    return " · ".join(str(part) for part in (title, day, where) if part)


def _inline(text: str) -> str:
    said = _BOLD.sub(r"<strong>\1</strong>", escape(text, quote=False))
    return _MARKED.sub(r"<small>\1</small>", said)
