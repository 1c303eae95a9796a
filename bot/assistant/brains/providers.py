"""Chat models by name: `openai:gpt-5`, `anthropic:claude-…`, `ollama:qwen3` and LangChain's others.

Imported only where a model is set.
"""

from __future__ import annotations

from typing import Any

from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel

LONGEST_ANSWER = 8_192
"""Tokens of one reply of a model, its reasoning included."""


def open_model(name: str, url: str | None, seconds: int) -> BaseChatModel:
    """The chat model of that name, ready to be asked; one call takes `seconds` at the most.

    Raises ImportError without the provider's package, ValueError for an unknown provider, and
    what the provider's client raises without its key.
    """
    given: dict[str, Any] = {"base_url": url} if url else {}
    # Retries are ours: they must see the deadline and the fallback.
    provider = name.partition(":")[0]
    if provider == "ollama":
        given |= {"client_kwargs": {"timeout": seconds}, "num_predict": LONGEST_ANSWER}
    else:
        given |= {"timeout": seconds, "max_retries": 0, "max_tokens": LONGEST_ANSWER}
    if provider == "openai":
        given["stream_usage"] = True
    model: BaseChatModel = init_chat_model(name, **given)
    return model


def streaming(model: BaseChatModel) -> BaseChatModel:
    """The same model, giving its words as they come to whoever listens to its callbacks."""
    if "streaming" not in type(model).model_fields:
        return model  # such models, Ollama's for one, always do
    return model.model_copy(update={"streaming": True})
