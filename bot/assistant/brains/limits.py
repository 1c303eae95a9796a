"""What one answer of a model may take: calls, time, tokens; and what is tried again."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from langchain.agents.middleware import (
    AgentMiddleware,
    ModelCallLimitMiddleware,
    ModelFallbackMiddleware,
    ModelRetryMiddleware,
    ToolCallLimitMiddleware,
    ToolRetryMiddleware,
)
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from sqlalchemy.exc import OperationalError

MODEL_CALLS, TOOL_CALLS, STEPS = 6, 10, 40
"""The most that one answer may take."""
RETRIES = 2
_CHARACTERS_A_TOKEN = 2
"""Where a provider does not count: a budget rather ends too early than too late."""


class TooMuch(Exception):
    """An answer took more than it may."""


class OutOfTime(TooMuch):
    """The answer took longer than it may."""


class OutOfTokens(TooMuch):
    """The answer took more tokens than it may."""


@dataclass(frozen=True)
class Use:
    """What an answer has taken of a model."""

    calls: int
    read: int
    """Tokens read, in all calls together."""
    written: int

    def cost(self, price: tuple[Decimal, Decimal]) -> Decimal:
        """In the price's currency; `price` is for a million tokens read, and written."""
        return (self.read * price[0] + self.written * price[1]) / 1_000_000


def use_of(messages: Iterable[Any]) -> Use:
    """What the model's messages took, by the provider's count, else by their length."""
    calls = read = written = length = 0
    for message in messages:
        if isinstance(message, AIMessage):
            calls += 1
            usage = message.usage_metadata
            read += usage["input_tokens"] if usage else length // _CHARACTERS_A_TOKEN
            written += usage["output_tokens"] if usage else len(message.text) // _CHARACTERS_A_TOKEN
        length += len(message.text)
    return Use(calls, read, written)


def limits(
    deadline: float, tokens: int, fallback: BaseChatModel | None, pause: float
) -> Sequence[AgentMiddleware[Any, Any]]:
    """The agent's middleware, outermost first; `pause` is before the first retry, and doubles."""

    def again(error: Exception) -> bool:
        return time.monotonic() < deadline and _may_pass(error)

    found: list[AgentMiddleware[Any, Any]] = [
        ModelCallLimitMiddleware(run_limit=MODEL_CALLS, exit_behavior="error"),
        ToolCallLimitMiddleware(run_limit=TOOL_CALLS, exit_behavior="error"),
        _Budget(deadline, tokens),
    ]
    if fallback is not None:
        found.append(ModelFallbackMiddleware(fallback))
    found += [
        ModelRetryMiddleware(
            max_retries=RETRIES,
            retry_on=again,
            on_failure="error",
            initial_delay=pause,
            max_delay=8,
        ),
        ToolRetryMiddleware(
            max_retries=1,
            retry_on=(OperationalError,),
            on_failure="error",
            initial_delay=pause,
        ),
    ]
    return found


class _Budget(AgentMiddleware[Any, Any]):
    """Ends an answer whose time or tokens are used up; one call's own limits are the client's."""

    def __init__(self, deadline: float, tokens: int) -> None:
        super().__init__()
        self._deadline = deadline
        self._tokens = tokens

    def before_model(self, state: Any, runtime: Any) -> None:
        if time.monotonic() > self._deadline:
            raise OutOfTime
        used = use_of(state["messages"])
        if used.read + used.written > self._tokens:
            raise OutOfTokens


def _may_pass(error: Exception) -> bool:
    """Whether the same request may succeed later: too many requests, a server's trouble."""
    status = getattr(error, "status_code", None)
    return status is None or status in (408, 409, 425, 429) or status >= 500
