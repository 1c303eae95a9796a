"""The skills as tools of a model: plain names in, the skill's reply out, marked as data.

Imported only where a model is set. Whose rights apply comes from the run's context, which the
model neither sees nor can write; there is no tool that writes.
"""

from __future__ import annotations

import datetime as dt
import secrets
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from langchain.tools import BaseTool, ToolRuntime
from langchain_core.tools import StructuredTool
from pydantic import BaseModel, Field

from bot.assistant.brains import built_in
from bot.assistant.brains.plain_names import Asked, is_for_models, request_for
from bot.assistant.context import SkillContext
from bot.assistant.grounding import renumbered
from bot.assistant.reply import Citation, Reply
from bot.assistant.skills.registry import REGISTRY
from bot.assistant.understanding.request import Request
from kam_knowledge.access import Rights
from kam_knowledge.language.names import NameIndex
from kam_knowledge.queries.sources import Source
from prompts import load

LONGEST = 700
"""Characters of one source that a model is shown."""


@dataclass(frozen=True)
class Room:
    """One reading: the skills' context, the asker's own rights, the book's names."""

    context: SkillContext
    asker: Rights
    names: NameIndex


@dataclass
class ModelTurn:
    """What the tools of one turn share. Tools may run side by side."""

    room: Callable[[], AbstractContextManager[Room]]
    """Opens a reading: none stays open while the model thinks."""
    question: Request
    replies: list[Reply] = field(default_factory=list)
    _numbers: dict[Source, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, reply: Reply) -> Reply:
        """The reply with the turn's own numbers: a source has one number in all tools."""
        with self._lock:
            numbers = {
                one.n: self._numbers.setdefault(one.source, len(self._numbers) + 1)
                for one in reply.citations
            }
            taken = Reply(
                renumbered(reply.markdown, reply.citations, numbers),
                reply.language,
                reply.outcome,
                tuple(Citation(numbers[one.n], one.source) for one in reply.citations),
                reply.accounts,
                reply.people,
                looked_at=reply.looked_at,
                suggestions=reply.suggestions,
                focus=reply.focus,
                plain=reply.plain,
                drafted=reply.drafted,
                pictures=reply.pictures,
            )
            self.replies.append(taken)
        return taken

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Everything that the answer may cite."""
        return tuple(Citation(number, source) for source, number in self._numbers.items())


class _Arguments(BaseModel):
    """What a model may say: names as people write them, never ids, never who asks."""

    about: str = Field("", max_length=500, description="What is asked, in the asker's words.")
    account: str = Field("", max_length=200, description="The customer's name, if one is meant.")
    person: str = Field(
        "", max_length=200, description="A person's name, or an office there such as CTO."
    )
    since: dt.date | None = Field(None, description="The first day asked about, YYYY-MM-DD.")
    until: dt.date | None = Field(None, description="The last day asked about, YYYY-MM-DD.")


def skill_tools() -> Sequence[BaseTool]:
    """A tool for every skill that reads, by its intent's name."""
    described = load("model/tools.yaml")
    return [
        StructuredTool.from_function(
            func=_caller(name),
            name=name,
            description=described[name],
            args_schema=_Arguments,
        )
        for name in sorted(REGISTRY)
        if is_for_models(name)
    ]


def _caller(name: str) -> Callable[..., str]:
    def call(
        runtime: ToolRuntime[ModelTurn, Any],
        about: str = "",
        account: str = "",
        person: str = "",
        since: dt.date | None = None,
        until: dt.date | None = None,
    ) -> str:
        turn = runtime.context
        asked = Asked(about, account, person, since, until)
        with turn.room() as room:
            request = request_for(
                name,
                asked,
                context=room.context,
                asker=room.asker,
                names=room.names,
                question=turn.question,
            )
            reply = turn.take(built_in.answer(room.context, request))
        return as_data(name, reply)

    return call


def as_data(name: str, reply: Reply) -> str:
    """The reply between marks that no note can know, and the sentence that it is data."""
    mark = f"data-{secrets.token_hex(6)}"
    sources = "\n".join(
        f"[{one.n}] {_short(one.source.title)} | {one.source.date or ''} | {one.source.where}\n"
        f"    {_short(one.source.quote)}"
        for one in reply.citations
    )
    said = load("model/tools.yaml")["data"].format(mark=mark)
    return (
        f"{said}\n<{mark} tool={name!r} outcome={str(reply.outcome)!r}>\n"
        f"{reply.markdown}\n\nSources:\n{sources or '-'}\n</{mark}>"
    )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[:LONGEST] + "…"
