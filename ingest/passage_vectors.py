"""Vectors of passages: which there are to be, those in SQL, and making the missing ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import ColumnElement, and_, exists, select, true
from sqlalchemy.orm import Session

from ingest.insertion import insert_new
from kam_knowledge.errors import KamError
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Passage, PassageVector

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kam_knowledge.search.embeddings import Embedder

    Vector = NDArray[np.float32]

T = TypeVar("T")

BATCH = 64
"""Texts embedded before they are kept: the work that a kill may cost."""
STORED_TYPE = "<f2"
"""How a vector lies in SQL: float16, the small byte first, whatever the machine."""
_FEW = 500  # values in one IN list
_PROBE = "account"


@dataclass(frozen=True)
class Content:
    """What there is to embed of a passage; `text` is its context and its own text."""

    content_hash: str
    text: str
    embeddable: bool


def is_embedded(embedder: Embedder) -> ColumnElement[bool]:
    """SQL over `Passage`: those that get a vector.

    A model that reads English only makes noise of Chinese, which full text finds; a mixed text
    has enough English in it.
    """
    return true() if embedder.multilingual else Passage.language != "zh"


def lacks_vector(embedder: Embedder) -> ColumnElement[bool]:
    """SQL over `Passage`: those whose vector under this model is still to be made."""
    there = exists(
        select(PassageVector.content_hash).where(
            PassageVector.content_hash == Passage.content_hash,
            PassageVector.model_id == embedder.model_id,
        )
    )
    return and_(is_embedded(embedder), ~there)


def contents(session: Session, ids: Collection[int], embedder: Embedder) -> dict[int, Content]:
    """What the passages hold, by id; those that are gone are missing."""
    multilingual = embedder.multilingual
    columns = (
        Passage.id,
        Passage.content_hash,
        Passage.context,
        Passage.text,
        Passage.language,
    )
    return {
        key: Content(content_hash, f"{context}\n{text}", multilingual or language != "zh")
        for few in in_batches(sorted(ids), _FEW)
        for key, content_hash, context, text, language in session.execute(
            select(*columns).where(Passage.id.in_(few))
        )
    }


def stored_vectors(
    session: Session, embedder: Embedder, hashes: Collection[str]
) -> dict[str, Vector]:
    """The vectors under this model that SQL holds, by content hash."""
    import numpy as np

    return {
        key: np.frombuffer(vector, STORED_TYPE).astype(np.float32)
        for few in in_batches(sorted(hashes), _FEW)
        for key, vector in session.execute(
            select(PassageVector.content_hash, PassageVector.vector).where(
                PassageVector.content_hash.in_(few), PassageVector.model_id == embedder.model_id
            )
        )
    }


def write_vectors(session: Session, embedder: Embedder, vectors: Mapping[str, Vector]) -> None:
    """Keeps the vectors in SQL; one that is there already, from another worker, stays."""
    rows = [
        {
            "content_hash": key,
            "model_id": embedder.model_id,
            "vector": vector.astype(STORED_TYPE).tobytes(),
        }
        for key, vector in vectors.items()
    ]
    insert_new(session, PassageVector, rows)


def make_vectors(
    store: Store, embedder: Embedder, texts: Mapping[str, str], told: Callable[[int], None]
) -> tuple[dict[str, Vector], dict[str, str]]:
    """Embeds the texts and keeps each batch in SQL; their vectors, the others' problems.

    Texts of one length go together, since a batch is padded to its longest; bytes follow the
    number of word pieces in both languages, characters do not. `told` hears how many are done.
    """
    vectors: dict[str, Vector] = {}
    problems: dict[str, str] = {}
    ordered = sorted(texts, key=lambda key: (len(texts[key].encode()), key))
    for batch in in_batches(ordered, BATCH):
        fresh, others = embed_each(embedder, {key: texts[key] for key in batch})
        if fresh:
            with store.write() as session:
                write_vectors(session, embedder, fresh)
        vectors |= fresh
        problems |= others
        told(len(vectors) + len(problems))
    return vectors, problems


def embed_each(
    embedder: Embedder, texts: Mapping[str, str]
) -> tuple[dict[str, Vector], dict[str, str]]:
    """The texts' vectors, as SQL will give them back, and the problems of those that have none.

    When a batch fails and the model is at fault (it fails on a plain word too), the error is
    raised; otherwise the texts at fault are found by halves.
    """
    if not texts:
        return {}, {}
    try:
        return _checked(list(texts), embedder.embed_passages(list(texts.values())))
    except KamError:
        raise
    # Providers raise whatever their clients do.
    except Exception as error:
        _checked([_PROBE], embedder.embed_passages([_PROBE]))
        if len(texts) == 1:
            return {}, dict.fromkeys(texts, f"{type(error).__name__}: {error}"[:500])
    keys = list(texts)
    vectors: dict[str, Vector] = {}
    problems: dict[str, str] = {}
    for half in (keys[: len(keys) // 2], keys[len(keys) // 2 :]):
        some, others = embed_each(embedder, {key: texts[key] for key in half})
        vectors |= some
        problems |= others
    return vectors, problems


def in_batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """The values in lists of at most `size`."""
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch


def _checked(keys: list[str], rows: Any) -> tuple[dict[str, Vector], dict[str, str]]:
    import numpy as np

    vectors: dict[str, Vector] = {}
    problems: dict[str, str] = {}
    for key, row in zip(keys, rows, strict=True):
        kept = np.asarray(row).astype(STORED_TYPE).astype(np.float32)
        if np.isfinite(kept).all() and kept.any():
            vectors[key] = kept
        else:
            problems[key] = "the model gave no usable vector"
    return vectors, problems
