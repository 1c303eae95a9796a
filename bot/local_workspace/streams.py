"""Streamed messages: chunks in, a message out, and the end after five minutes."""

from __future__ import annotations

from typing import Any

from bot.local_workspace.block_rules import (
    Check,
    Report,
    Shape,
    anything,
    by_type,
    many,
    one_of,
    string,
)
from bot.local_workspace.blocks import MOST_BLOCKS, check_message_blocks
from bot.local_workspace.errors import Json, SlackError
from bot.local_workspace.state import Message

STREAM_SECONDS = 300
MOST_CHARACTERS = 12_000

_CHUNKS: dict[str, Check] = {
    "markdown_text": Shape({"text": string(MOST_CHARACTERS)}, {}),
    "plan_update": Shape({"title": string(256, 1)}, {}),
    "task_update": Shape(
        {
            "id": string(255, 1),
            "title": string(256, 1),
            "status": one_of(("pending", "in_progress", "complete", "error")),
        },
        {
            "details": string(256),
            "output": string(256),
            "sources": many(by_type({"url": Shape({"url": string(3000), "text": string()}, {})})),
        },
    ),
    "blocks": Shape({"blocks": anything}, {}),
}


def checked_chunks(markdown_text: str | None, chunks: Any) -> list[Json]:
    """The chunks of a call; `markdown_text` is one of them. Raises SlackError."""
    if markdown_text is not None and chunks:
        raise SlackError(
            "invalid_arguments", ["[ERROR] markdown_text and chunks exclude each other"]
        )
    if markdown_text is not None:
        if len(markdown_text) > MOST_CHARACTERS:
            raise SlackError("msg_too_long")
        return [{"type": "markdown_text", "text": markdown_text}]
    if chunks is None:
        return []
    report = Report()
    many(by_type(_CHUNKS), None, 0)(chunks, "/chunks", report)
    if report.problems:
        raise SlackError("invalid_chunks", [f"[ERROR] {one}" for one in report.problems])
    found: list[Json] = []
    for chunk in chunks:
        if chunk["type"] == "blocks":
            chunk = {**chunk, "blocks": check_message_blocks(chunk["blocks"])}
        found.append(chunk)
    return found


def append(message: Message, chunks: list[Json]) -> None:
    """Adds chunks: text grows, tasks are replaced by their id. Raises SlackError."""
    assert message.stream is not None
    whole = message.stream.chunks + chunks
    blocks = _blocks(whole)
    if len(blocks) > MOST_BLOCKS["message"]:
        raise SlackError("msg_blocks_too_many")
    message.stream.chunks, message.blocks = whole, blocks
    message.text = "".join(one["text"] for one in whole if one["type"] == "markdown_text")


def _blocks(chunks: list[Json]) -> list[Json]:
    found: list[Json] = []
    tasks: dict[str, Json] = {}
    for number, chunk in enumerate(chunks):
        if chunk["type"] == "markdown_text":
            if found and found[-1]["type"] == "markdown":
                found[-1] = {**found[-1], "text": found[-1]["text"] + chunk["text"]}
            elif chunk["text"]:
                found.append({"type": "markdown", "block_id": f"s{number}", "text": chunk["text"]})
        elif chunk["type"] == "task_update":
            if chunk["id"] not in tasks:
                tasks[chunk["id"]] = {"type": "task_card", "block_id": f"s{number}"}
                found.append(tasks[chunk["id"]])
            tasks[chunk["id"]] |= {"task_id": chunk["id"]} | {
                name: chunk[name] for name in ("title", "status", "sources") if name in chunk
            }
        elif chunk["type"] == "plan_update":
            found = [one for one in found if one["type"] != "plan"]
            found.insert(0, {"type": "plan", "block_id": f"s{number}", "title": chunk["title"]})
        else:
            found += chunk["blocks"]
    return found
