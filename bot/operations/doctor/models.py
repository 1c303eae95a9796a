"""The models: the one that embeds, and the one that answers where one is configured."""

from __future__ import annotations

import time
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from bot.app import App
from bot.operations.doctor.check import Check, fail, ok, warn
from kam_knowledge.errors import KamError
from kam_knowledge.search.embeddings import EMBEDDED, EMBEDDED_ID, Embedder, open_embedder

_SAMPLE = "Our renewal with the customer is due in March."


def check_models(app: App, *, online: bool) -> Iterator[Check]:
    """The embedding model by use where it is local, the chat model by its package."""
    yield from _embedding(app, online=online)
    yield from _chat(app, online=online)


def _embedding(app: App, *, online: bool) -> Iterator[Check]:
    name = app.settings.embeddings
    if name == "none":
        yield warn(
            "embeddings",
            "none: search runs on full text alone",
            "Unset KAM_EMBEDDINGS to search by meaning too.",
        )
        return
    try:
        embedder = open_embedder(name, app.home / "models")
    except KamError:
        return  # the setting's own check said so
    if name not in (EMBEDDED, EMBEDDED_ID) and not online:
        yield ok("embeddings", f"{embedder.model_id}; --online tries it")
        return
    yield _tried(embedder)


def _tried(embedder: Embedder) -> Check:
    started = time.perf_counter()
    try:
        length = len(embedder.embed_query(_SAMPLE))
    except KamError as error:
        return fail("embeddings", error.message, error.next_step)
    elapsed = time.perf_counter() - started
    return ok("embeddings", f"{embedder.model_id}: {length} numbers in {elapsed:.1f} s")


def _chat(app: App, *, online: bool) -> Iterator[Check]:
    model = app.settings.model
    if not model:
        yield ok("model", "none: the built-in brain answers, without a network")
        return
    provider = model.partition(":")[0].replace("-", "_")
    package = f"langchain_{_PACKAGE.get(provider, provider)}"
    if find_spec(package) is None:
        yield fail(
            "model",
            f"the package for {model} is not installed",
            f"pip install {package.replace('_', '-')}, or unset KAM_MODEL.",
        )
        return
    if not online:
        yield ok("model", f"{model}, package {package.replace('_', '-')}; --online asks it")
        return
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {"base_url": app.settings.model_url} if app.settings.model_url else {}
    started = time.perf_counter()
    # Each provider fails in its own way: a missing key, a wrong name, no network.
    try:
        init_chat_model(model, **options).invoke("Reply with the word OK.")
    except Exception as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        yield fail("model", f"{model}: {reason}", "Check its name, its key and the network.")
        return
    yield ok("model", f"{model} answered in {time.perf_counter() - started:.1f} s")


_PACKAGE = {
    "anthropic_bedrock": "aws",
    "azure_openai": "openai",
    "bedrock": "aws",
    "bedrock_converse": "aws",
    "google_anthropic_vertex": "google_vertexai",
    "langsmith": "openai",
    "nvidia": "nvidia_ai_endpoints",
}
"""Providers of `init_chat_model` whose package is called otherwise."""
