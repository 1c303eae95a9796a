"""The index: the tokeniser and the model it was made with, what waits, and who owns it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.app import App
from bot.operations.doctor.book import readable_store
from bot.operations.doctor.check import Check, fail, ok, warn
from ingest.passage_vectors import lacks_vector
from kam_knowledge.errors import KamError
from kam_knowledge.language.tokens import TOKENISER_VERSION
from kam_knowledge.search.embeddings import Embedder, open_embedder
from kam_knowledge.search.folder_lock import FolderInUse
from kam_knowledge.search.vectors import ChromaVectors
from kam_knowledge.store.models import IndexJob, Passage, PassageVector, State

_REINDEX = "Run `kam reindex`."


def check_index(app: App) -> Iterator[Check]:
    """The index from SQL's side, then the vector index itself where it can be opened."""
    store = readable_store(app)
    if store is None:
        return
    with store.read() as session:
        yield _tokeniser(session)
        yield from _jobs(session)
        if app.settings.embeddings == "none":
            return
        try:
            embedder = open_embedder(app.settings.embeddings, app.home / "models")
        except KamError:
            return  # the setting's own check said so
        recorded = session.scalar(select(State.value).where(State.key == "embedding_model"))
        if recorded is None:
            yield ok("vectors", "none yet; the first `kam ingest` makes them")
            return
        if recorded != embedder.model_id:
            yield fail(
                "vectors",
                f"made with {recorded}, and {embedder.model_id} is set",
                f"{_REINDEX[:-1]}, or set KAM_EMBEDDINGS back.",
            )
            return
        held, expected = _vectors(session, embedder)
        due = session.scalar(select(func.count()).select_from(IndexJob)) or 0
    if held < expected and not due:
        yield warn("vectors", f"{expected - held:,} passages have none in SQL", _REINDEX)
    else:
        yield ok("vectors", f"{held:,} in SQL, made with {recorded}")
    yield from _index(app, embedder, held, due)


def _tokeniser(session: Session) -> Check:
    recorded = session.scalar(select(State.value).where(State.key == "tokeniser"))
    if recorded in (None, TOKENISER_VERSION):
        return ok("tokeniser", TOKENISER_VERSION)
    return fail("tokeniser", f"the words are of {recorded}, not {TOKENISER_VERSION}", _REINDEX)


def _jobs(session: Session) -> Iterator[Check]:
    states = select(IndexJob.state, func.count()).group_by(IndexJob.state)
    counts = {state: count for state, count in session.execute(states)}  # noqa: C416 - a result is no mapping
    due, parked = counts.get("due", 0), counts.get("parked", 0)
    if due:
        yield warn(
            "index jobs",
            f"{due:,} passages wait for their vectors; their words are found already",
            "`kam ingest` and `kam serve` do them; `kam reindex` does them now.",
        )
    if parked:
        problem = session.scalar(
            select(IndexJob.problem).where(IndexJob.state == "parked").order_by(IndexJob.id)
        )
        yield warn("index jobs", f"{parked:,} were given up: {problem}", f"Mend that. {_REINDEX}")
    if not due and not parked:
        yield ok("index jobs", "none waits")


def _vectors(session: Session, embedder: Embedder) -> tuple[int, int]:
    """(passages that have their vector, passages that should)."""
    there = (
        select(func.count(Passage.id))
        .join(PassageVector, PassageVector.content_hash == Passage.content_hash)
        .where(PassageVector.model_id == embedder.model_id)
    )
    held = session.scalar(there) or 0
    lacking = session.scalar(select(func.count(Passage.id)).where(lacks_vector(embedder))) or 0
    return held, held + lacking


def _index(app: App, embedder: Embedder, held: int, due: int) -> Iterator[Check]:
    if app.settings.chroma_url:
        where = app.settings.chroma_url.rpartition("@")[2]
        index = ChromaVectors.server(app.settings.chroma_url, embedder.model_id)
    else:
        folder = app.home / "chroma"
        where = str(folder)
        if not folder.exists():
            yield warn("index", "there is none; search compares with SQL's vectors", _REINDEX)
            return
        try:
            index = ChromaVectors.local(folder, embedder.model_id)
        except FolderInUse as error:
            who = f"process {error.pid} on {error.host}" if error.pid else "another process"
            yield ok("index", f"owned by {who}, which keeps it")
            return
    with closing(index):
        if index.model_id != embedder.model_id:
            yield fail("index", f"holds vectors of {index.model_id or 'no model'}", _REINDEX)
            return
        count = index.count()
    if count == held or due:
        yield ok("index", f"{count:,} vectors in {where}")
    else:
        yield warn("index", f"{count:,} vectors in {where}, and SQL has {held:,}", _REINDEX)
