"""The model brain: a LangChain agent over the same skills, held to what they returned.

Imported only where KAM_MODEL is set. It answers or it does not; who calls it then asks the
built-in brain and says so.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from importlib import resources
from typing import Any
from uuid import UUID

from langchain.agents import create_agent
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage

from bot.assistant.brains.drafts import Draft, Writing
from bot.assistant.brains.limits import STEPS, OutOfTime, limits, use_of
from bot.assistant.brains.providers import open_model, streaming
from bot.assistant.brains.skill_tools import ModelTurn, Room, skill_tools
from bot.assistant.grounding import lines_given
from bot.assistant.grounding.judge import Judge
from bot.assistant.grounding.sentences import markers, without_last
from bot.assistant.reply import Outcome, Reply
from bot.assistant.understanding.request import Request
from bot.assistant.wording import listed
from bot.journal import MODEL_USE
from ingest.notes import SaidNote, said_of
from kam_knowledge.language.names import NameIndex
from prompts import replies

_USE = logging.getLogger(MODEL_USE)
_SHOWN = 3


@dataclass(frozen=True)
class Chosen:
    """The models of an installation (docs/settings.md)."""

    model: str
    url: str | None = None
    fallback: str | None = None
    seconds: int = 60
    tokens: int = 100_000
    price: tuple[Decimal, Decimal] | None = None
    """For a million tokens read, and for a million written."""


class ModelBrain:
    """Answers questions through a chat model. Safe to share between threads."""

    def __init__(self, chosen: Chosen, *, pause: float = 0.5) -> None:
        """`pause` is the time before the first retry, in seconds; it doubles."""
        self._chosen = chosen
        self._pause = pause
        self._model = open_model(chosen.model, chosen.url, chosen.seconds)
        self._fallback = (
            open_model(chosen.fallback, chosen.url, chosen.seconds) if chosen.fallback else None
        )
        self._tools = skill_tools()

    def answer(
        self,
        question: Request,
        room: Callable[[], AbstractContextManager[Room]],
        draft: Draft | None = None,
    ) -> Reply | None:
        """What the model says, with all that it may cite; None where it says nothing.

        It is not held to its sources yet (see `held`), but what `draft` is shown is.

        Raises what the provider or its client raises, and TooMuch.
        """
        turn = ModelTurn(room, question)
        with room() as opened:
            prompt, version = _prompt(opened, question)
            names = opened.names
        begun = time.monotonic()
        writing = Writing(draft, lambda: _judge(turn, names)) if draft else None
        messages: list[Any] = []
        try:
            self._run(turn, prompt, begun + self._chosen.seconds, messages, writing)
        except Exception:
            if writing:
                writing.withdraw()
            raise
        finally:
            self._log(messages, version, time.monotonic() - begun)
        text = _text(messages[-1]) if messages else ""
        return _reply(text, turn) if text else None

    def read_note(self, text: str, language: str) -> SaidNote:
        """What the model reads in a note, held to its words (ingest.notes.said).

        Raises what the provider or its client raises, and what a form filled in wrongly raises.
        """
        prompt = (resources.files("prompts") / "model" / f"note_{language}.md").read_text("utf-8")
        form = self._model.with_structured_output(SaidNote, method="function_calling")
        begun, calls = time.monotonic(), 0

        def fill(piece: str) -> SaidNote:
            nonlocal calls
            if time.monotonic() - begun > self._chosen.seconds:
                raise OutOfTime
            calls += 1
            return SaidNote.model_validate(form.invoke([("system", prompt), ("user", piece)]))

        try:
            return said_of(text, fill)
        finally:
            version = sha256(prompt.encode()).hexdigest()[:12]
            _USE.info(
                "model=%s prompt=%s calls=%d seconds=%.2f note",
                self._chosen.model, version, calls, time.monotonic() - begun,
            )  # fmt: skip

    def _run(
        self,
        turn: ModelTurn,
        prompt: str,
        deadline: float,
        messages: list[Any],
        writing: Writing | None,
    ) -> None:
        """Asks until the model has answered; `messages` are those so far, whatever happens."""
        watched = _Watched(writing, deadline) if writing else None
        agent = create_agent(
            # The provider is asked for a stream only where somebody watches.
            streaming(self._model) if watched else self._model,
            self._tools,
            system_prompt=prompt,
            middleware=limits(
                deadline,
                self._chosen.tokens,
                streaming(self._fallback) if watched and self._fallback else self._fallback,
                self._pause,
            ),
            context_schema=ModelTurn,
        )
        # Tokens come by callback: LangGraph's own stream of them runs the model in another
        # thread, and then neither Ctrl-C nor the end of the program could interrupt it.
        steps = agent.stream(
            {"messages": [{"role": "user", "content": turn.question.text}]},
            {"recursion_limit": STEPS, "callbacks": [watched] if watched else []},
            context=turn,
            stream_mode="values",
        )
        for step in steps:
            messages[:] = step["messages"]

    def _log(self, messages: list[Any], version: str, seconds: float) -> None:
        """Which model, which prompt, how much: never what was said."""
        used = use_of(messages)
        cost = f" cost={used.cost(self._chosen.price):.4f}" if self._chosen.price else ""
        _USE.info(
            "model=%s prompt=%s calls=%d input_tokens=%d output_tokens=%d seconds=%.2f%s",
            self._chosen.model, version, used.calls, used.read, used.written, seconds, cost,
        )  # fmt: skip


class _Watched(BaseCallbackHandler):
    """Passes on the words of a model as they come."""

    raise_error = True

    def __init__(self, writing: Writing, deadline: float) -> None:
        self._writing = writing
        self._deadline = deadline

    def on_llm_new_token(self, token: Any, *, chunk: Any = None, run_id: UUID, **_: Any) -> None:
        if time.monotonic() > self._deadline:
            raise OutOfTime
        message = getattr(chunk, "message", None)
        self._writing.take(str(run_id), str(message.text if message is not None else token))


def _text(last: Any) -> str:
    """What the model answers in the end, without a sentence that was cut off."""
    if not isinstance(last, AIMessage) or last.tool_calls:
        return ""
    said = last.response_metadata
    why = said.get("finish_reason") or said.get("stop_reason") or said.get("done_reason")
    text = str(last.text).strip()
    return without_last(text) if str(why).lower() in ("length", "max_tokens") else text


def _prompt(room: Room, question: Request) -> tuple[str, str]:
    """The system prompt, and the version of what a model is told: it and the tools' sentences."""
    language = question.language
    folder = resources.files("prompts") / "model"
    text = (folder / f"{language}.md").read_text(encoding="utf-8")
    tools = (folder / "tools.yaml").read_text(encoding="utf-8")
    records = room.context.records
    names = [records.accounts[key].name for key in question.account_ids if key in records.accounts]
    for key in question.contact_ids:
        names += [
            row.name
            for one in question.account_ids
            for row in records.contacts(one)
            if row.id == key
        ]
    about = replies("model_brain")["understood"][language]
    today = room.context.clock.today.isoformat()
    # Not by str.format: names are written by anybody.
    filled = text.replace("{today}", today).replace(
        "{about}", about.replace("{names}", listed(names, language)) if names else ""
    )
    return filled, sha256((text + tools).encode()).hexdigest()[:12]


def _answered(turn: ModelTurn) -> list[Reply]:
    return [one for one in turn.replies if one.outcome is Outcome.ANSWERED]


def _judge(turn: ModelTurn, names: NameIndex) -> Judge:
    """What the model may say by what its tools have returned so far."""
    judge = Judge(
        names,
        about=[name for one in _answered(turn) for name in (*one.accounts, *one.people)],
        plain=[line for one in turn.replies for line in one.plain],
        given=_given(turn),
    )
    judge.may_cite(turn.citations)
    return judge


def _reply(text: str, turn: ModelTurn) -> Reply:
    answered = _answered(turn)
    used = markers(text)
    drafts = [one.drafted for one in answered if one.drafted is not None]
    hints = dict.fromkeys(hint for one in answered for hint in one.suggestions)
    return Reply(
        text,
        turn.question.language,
        Outcome.ANSWERED,
        tuple(one for one in turn.citations if one.n in used),
        tuple(dict.fromkeys(name for one in answered for name in one.accounts)),
        tuple(dict.fromkeys(name for one in answered for name in one.people)),
        suggestions=tuple(hints)[:_SHOWN],
        brain="model",
        focus=answered[0].focus if len(answered) == 1 else {},
        plain=tuple(line for one in turn.replies for line in one.plain),
        drafted=drafts[0] if len(drafts) == 1 else None,
        given=_given(turn),
        pictures=tuple(dict.fromkeys(one for reply in answered for one in reply.pictures)),
    )


def _given(turn: ModelTurn) -> tuple[tuple[int, str], ...]:
    known = {one.n for one in turn.citations}
    return tuple(given for one in turn.replies for given in lines_given(one.markdown, known))
