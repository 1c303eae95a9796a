"""Texts become vectors: the embedded model, any of fastembed's, or a LangChain provider's."""

from __future__ import annotations

import difflib
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from kam_knowledge.errors import ModelFileError, UsageError
from kam_knowledge.search.model_traits import reads_chinese, trait

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kam_knowledge.search.minilm_session import MiniLMSession

    Vectors = NDArray[np.float32]
    Row = Sequence[float] | Vectors

Value = TypeVar("Value")

EMBEDDED = "embedded"
EMBEDDED_ID = "embedded:all-MiniLM-L6-v2"

_BATCH = 8  # small: measured fastest on two cores once texts of one length stand together
_PROVIDER_BATCH = 128


class Embedder(Protocol):
    """A model of text: what it makes is unit length, so a dot product is a cosine."""

    @property
    def model_id(self) -> str:
        """What an index is marked with; two models never share one."""

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""

    @property
    def multilingual(self) -> bool:
        """Whether it reads Chinese; if not, its vote does not count for Chinese."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """One row a text, (n, dimension), each of length 1."""

    def embed_query(self, text: str) -> Vectors:
        """One vector (dimension,) of length 1."""


def open_embedder(name: str | None, cache: Path) -> Embedder:
    """The embedder of that name; files are kept under `cache`, and nothing loads until used.

    None, "" or "embedded" is the built-in all-MiniLM-L6-v2; "fastembed:NAME" a model that
    fastembed lists; "provider:model" one of LangChain's (`init_embeddings`).
    Raises UsageError for a name that is none of these; ModelFileError comes at the first use,
    when a model's files or its provider's package cannot be had.
    """
    if not name or name in (EMBEDDED, EMBEDDED_ID):
        return EmbeddedMiniLM(cache)
    provider, _, model = name.partition(":")
    if not provider or not model:
        raise UsageError(
            f"{name!r} names no embedding model.",
            "Use embedded, fastembed:NAME or provider:model.",
        )
    return (
        FastembedEmbedder(model, cache)
        if provider == "fastembed"
        else ProviderEmbedder(name, cache)
    )


class EmbeddedMiniLM:
    """all-MiniLM-L6-v2 in this process: 384 numbers, English, no network."""

    model_id = EMBEDDED_ID
    dimension = 384
    multilingual = False

    def __init__(self, cache: Path) -> None:
        self._once: _Once[MiniLMSession] = _Once(lambda: _load_minilm(cache))

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder`."""
        return by_length(texts, lambda ordered: self._model.embed(ordered, _BATCH))

    def embed_query(self, text: str) -> Vectors:
        """See `Embedder`."""
        return _row(self._model.embed([text], 1))

    @property
    def _model(self) -> MiniLMSession:
        return self._once.get()


class FastembedEmbedder:
    """A model of fastembed's list, fetched into the cache at the first use."""

    def __init__(self, name: str, cache: Path) -> None:
        self.model_id = f"fastembed:{name}"
        self._name = name
        self._cache = cache
        self._once = _Once(self._load)

    @property
    def dimension(self) -> int:
        """See `Embedder`."""
        return int(self._description["dim"])

    @cached_property
    def multilingual(self) -> bool:
        """See `Embedder`; found out by trial, once for the cache."""
        return bool(trait(self, self._cache, "reads_chinese", lambda: reads_chinese(self)))

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder`."""
        return by_length(texts, lambda batch: self._model.passage_embed(batch, batch_size=_BATCH))

    def embed_query(self, text: str) -> Vectors:
        """See `Embedder`."""
        return _row(self._model.query_embed(text))

    @cached_property
    def _description(self) -> dict[str, Any]:
        from fastembed import TextEmbedding

        models: list[dict[str, Any]] = TextEmbedding.list_supported_models()
        known = {str(model["model"]).lower(): model for model in models}
        if (found := known.get(self._name.lower())) is not None:
            return found
        close = difflib.get_close_matches(self._name.lower(), known, n=3, cutoff=0.3)
        names = ", ".join(str(known[name]["model"]) for name in close)
        raise UsageError(
            f"fastembed lists no model {self._name!r}.",
            f"Near it are: {names}." if names else "See fastembed's list of supported models.",
        )

    @property
    def _model(self) -> Any:
        return self._once.get()

    def _load(self) -> Any:
        from fastembed import TextEmbedding

        name = str(self._description["model"])
        try:
            return TextEmbedding(name, cache_dir=str(self._cache / "fastembed"), threads=_threads())
        # fastembed passes on whatever its downloads raise, in kinds that change by version.
        except Exception as error:
            raise ModelFileError(
                f"the embedding model {name} could not be loaded: {_first_line(error)}.",
                "It is fetched from a hub at the first use: check the network, or use the "
                "embedded model.",
            ) from error


class ProviderEmbedder:
    """A model behind LangChain's `init_embeddings`, asked over the network."""

    def __init__(self, name: str, cache: Path) -> None:
        self.model_id = name
        self._cache = cache
        self._once = _Once(self._load)

    @cached_property
    def dimension(self) -> int:
        """See `Embedder`; learnt from a first vector, once for the cache."""
        return int(trait(self, self._cache, "dimension", lambda: len(self.embed_query("account"))))

    @cached_property
    def multilingual(self) -> bool:
        """See `Embedder`; found out by trial, once for the cache."""
        return bool(trait(self, self._cache, "reads_chinese", lambda: reads_chinese(self)))

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder`."""

        def embed(ordered: list[str]) -> Iterable[Sequence[float]]:
            for start in range(0, len(ordered), _PROVIDER_BATCH):
                yield from self._model.embed_documents(ordered[start : start + _PROVIDER_BATCH])

        return by_length(texts, embed)

    def embed_query(self, text: str) -> Vectors:
        """See `Embedder`."""
        return _row([self._model.embed_query(text)])

    @property
    def _model(self) -> Any:
        return self._once.get()

    def _load(self) -> Any:
        from langchain.embeddings import init_embeddings

        try:
            return init_embeddings(self.model_id)
        except ImportError as error:
            raise ModelFileError(
                f"the package for {self.model_id} is not installed: {_first_line(error)}.",
                "Install it, or use the embedded model.",
            ) from error
        # Each provider checks its name and its key in its own way and with its own errors.
        except Exception as error:
            raise UsageError(
                f"the embedding model {self.model_id} cannot be used: {_first_line(error)}.",
                "Check its name and its key; `kam doctor` tries it.",
            ) from error


def by_length(texts: Sequence[str], embed: Callable[[list[str]], Iterable[Row]]) -> Vectors:
    """The texts' vectors in their own order, embedded in the order of their lengths.

    A batch is padded to its longest text, so neighbours of one length waste nothing. Bytes
    follow the number of word pieces in English and Chinese alike; characters do not.
    """
    import numpy as np

    if not texts:
        return np.zeros((0, 0), np.float32)
    order = sorted(range(len(texts)), key=lambda index: len(texts[index].encode()))
    embedded = _rows(embed([texts[index] for index in order]))
    placed = np.empty_like(embedded)
    placed[order] = embedded
    return placed


class _Once(Generic[Value]):
    """A value made at the first call, by one thread while the others wait; failures are retried."""

    def __init__(self, make: Callable[[], Value]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._value: Value | None = None

    def get(self) -> Value:
        if self._value is None:
            with self._lock:
                if self._value is None:
                    self._value = self._make()
        return self._value


def _load_minilm(cache: Path) -> MiniLMSession:
    from kam_knowledge.search.minilm import model_folder
    from kam_knowledge.search.minilm_session import MiniLMSession

    return MiniLMSession(model_folder(cache), _threads())


def _threads() -> int:
    """One a core that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def _row(vectors: Iterable[Row]) -> Vectors:
    row: Vectors = _rows(vectors)[0]
    return row


def _rows(vectors: Iterable[Row]) -> Vectors:
    import numpy as np

    rows = np.asarray(list(vectors), dtype=np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12), dtype=np.float32)


def _first_line(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0].rstrip(".")
