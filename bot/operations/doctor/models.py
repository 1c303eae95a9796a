"""The models: the one that embeds, and the one that answers where one is configured."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bot.app import App
from bot.operations.doctor.chat_model import check_chat_models
from bot.operations.doctor.check import Check, fail, ok, warn
from kam_knowledge.errors import KamError
from kam_knowledge.search.embeddings import EMBEDDED, EMBEDDED_ID, Embedder, open_embedder

_SAMPLE = "Our renewal with the customer is due in March."


def check_models(app: App, *, online: bool) -> Iterator[Check]:
    """The embedding model by use where it is local, the chat models as far as is asked."""
    yield from _embedding(app, online=online)
    yield from check_chat_models(app.settings, online=online)


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
