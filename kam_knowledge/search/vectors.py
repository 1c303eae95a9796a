"""The vector index, behind a port: ids and cosines, never texts.

It is derived: whatever it holds can be rebuilt from the vectors in SQL (design.md, decision 5).
"""

from __future__ import annotations

import base64
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote, urlsplit

from kam_knowledge.errors import IndexMismatch, StoreUnavailable, UsageError
from kam_knowledge.search.folder_lock import FolderLock

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

COLLECTION = "passages"
NEXT = "passages-next"
LARGEST_BATCH = 5_000  # Chroma refuses more than 5,461 at once
_SPACE = {"hnsw": {"space": "cosine"}}  # its default is l2
_SECONDS = 30.0  # that a server may take
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Batches = Iterable[tuple[Sequence[int], Sequence["Vector"]]]


class VectorIndex(Protocol):
    """Nearest passages by cosine, of one embedding model."""

    @property
    def model_id(self) -> str:
        """The model whose vectors the index holds."""

    def upsert(self, ids: Sequence[int], vectors: Sequence[Vector]) -> None:
        """Puts the vectors under their ids, in place of what stood there."""

    def delete(self, ids: Sequence[int]) -> None:
        """Forgets the ids; unknown ones do no harm."""

    def query(self, vector: Vector, k: int) -> list[tuple[int, float]]:
        """The k nearest ids with their cosines, nearest first; fewer when there are fewer."""

    def count(self) -> int:
        """How many vectors it holds."""

    def ids(self) -> set[int]:
        """Every id it holds."""

    def reset(self, model_id: str) -> None:
        """Empties the index, which from now on holds that model's vectors."""

    def rebuild(self, model_id: str, batches: Batches) -> int:
        """Fills a new index and puts it in the old one's place; returns how many it holds.

        Until then, and if it fails, the old index answers.
        """

    def close(self) -> None:
        """Lets go of files and locks."""


class ChromaVectors:
    """A Chroma collection, in a folder that this process owns or on a server.

    Raises StoreUnavailable whenever Chroma cannot be used.
    """

    def __init__(self, client: Any, model_id: str, folder: Path | None = None) -> None:
        self._client = client
        self._folder = folder
        self._lock: FolderLock | None = None
        self._sessions: list[Any] = []
        self._wanted = model_id
        with _translated():
            self._collection = self._open()

    @classmethod
    def local(cls, folder: Path, model_id: str) -> ChromaVectors:
        """The index in a folder. Raises FolderInUse when another process owns it: Chroma would
        show two processes stale results and deleted ids."""
        lock = FolderLock.take(folder)
        try:
            import chromadb
            from chromadb.config import Settings

            with _translated():
                client = chromadb.PersistentClient(
                    str(folder), settings=Settings(anonymized_telemetry=False)
                )
            index = cls(client, model_id, folder)
        except BaseException:
            lock.release()
            raise
        index._lock = lock
        return index

    @classmethod
    def server(cls, url: str, model_id: str) -> ChromaVectors:
        """The index on a server; `http://user:password@host:port` goes through a proxy that
        asks for them (Chroma itself has no authentication)."""
        import chromadb
        from chromadb.config import Settings

        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(  # without the address itself: it may hold a password
                "KAM_CHROMA_URL is not the address of a Chroma server.",
                "Set it to something like http://127.0.0.1:8000.",
            )
        headers = {}
        if parts.username:
            secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            headers["Authorization"] = f"Basic {base64.b64encode(secret.encode()).decode()}"
        with _translated():
            client = chromadb.HttpClient(
                host=parts.hostname,
                port=parts.port or (443 if parts.scheme == "https" else 8000),
                ssl=parts.scheme == "https",
                headers=headers,
                settings=Settings(anonymized_telemetry=False),
            )
        sessions = _sessions(client)
        for session in sessions:
            session.timeout = _SECONDS
        index = cls(client, model_id)
        index._sessions = sessions
        return index

    @property
    def model_id(self) -> str:
        """See `VectorIndex`."""
        return str((self._collection.metadata or {}).get("model", ""))

    def upsert(self, ids: Sequence[int], vectors: Sequence[Vector]) -> None:
        """See `VectorIndex`. Raises IndexMismatch when the index holds another model's vectors."""
        if self.model_id != self._wanted:
            raise IndexMismatch(
                f"the vector index holds vectors of {self.model_id}, not of {self._wanted}.",
                "Run `kam reindex` to build it anew.",
            )
        with _translated():
            _fill(self._collection, ids, vectors)

    def delete(self, ids: Sequence[int]) -> None:
        """See `VectorIndex`."""
        with _translated():
            for start in range(0, len(ids), LARGEST_BATCH):
                self._collection.delete(ids=[str(i) for i in ids[start : start + LARGEST_BATCH]])

    def query(self, vector: Vector, k: int) -> list[tuple[int, float]]:
        """See `VectorIndex`."""
        with _translated():
            found = self._collection.query(
                query_embeddings=[vector], n_results=max(k, 1), include=["distances"]
            )
        return [
            (int(key), 1.0 - float(distance))
            for key, distance in zip(found["ids"][0], found["distances"][0], strict=True)
        ]

    def count(self) -> int:
        """See `VectorIndex`."""
        with _translated():
            return int(self._collection.count())

    def ids(self) -> set[int]:
        """See `VectorIndex`."""
        with _translated():
            return {int(key) for key in self._collection.get(include=[])["ids"]}

    def reset(self, model_id: str) -> None:
        """See `VectorIndex`."""
        self.rebuild(model_id, ())

    def rebuild(self, model_id: str, batches: Batches) -> int:
        """See `VectorIndex`."""
        spent = self._segments()
        with _translated():
            if NEXT in self._names():
                self._client.delete_collection(NEXT)
            fresh = self._create(NEXT, model_id)
        for ids, vectors in batches:
            with _translated():
                _fill(fresh, ids, vectors)
        with _translated():
            fresh.modify(metadata={"model": model_id, "whole": True})
            self._client.delete_collection(COLLECTION)
            fresh.modify(name=COLLECTION)
            self._wanted = model_id
            self._collection = self._open()
            held = int(self._collection.count())
        # Chroma leaves a deleted collection's files behind.
        for folder in spent:
            shutil.rmtree(folder, ignore_errors=True)
        return held

    def close(self) -> None:
        """See `VectorIndex`."""
        self._client.close()
        for session in self._sessions:
            session.close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _open(self) -> Any:
        names = self._names()
        if COLLECTION not in names and NEXT in names:
            # A rebuild was cut off between taking the old index away and renaming the new one.
            left = self._client.get_collection(NEXT, embedding_function=None)
            if (left.metadata or {}).get("whole"):
                left.modify(name=COLLECTION)
                names = self._names()
        if COLLECTION in names:
            return self._client.get_collection(COLLECTION, embedding_function=None)
        return self._create(COLLECTION, self._wanted)

    def _names(self) -> set[str]:
        return {collection.name for collection in self._client.list_collections()}

    def _create(self, name: str, model_id: str) -> Any:
        return self._client.create_collection(
            name,
            metadata={"model": model_id},
            configuration=_SPACE,
            embedding_function=None,
            get_or_create=True,
        )

    def _segments(self) -> list[Path]:
        if self._folder is None:
            return []
        return [path for path in self._folder.iterdir() if _UUID.fullmatch(path.name)]


def exact_cosine(query: Vector, matrix: NDArray[Any]) -> Vector:
    """The cosine of the query to each row; both of unit length, the rows of any float type."""
    import numpy as np

    scores = np.empty(len(matrix), dtype=np.float32)
    # In blocks: rows kept as float16 are widened a few megabytes at a time.
    for start in range(0, len(matrix), 4096):
        block = matrix[start : start + 4096].astype(np.float32, copy=False)
        scores[start : start + 4096] = block @ query
    return scores


def _sessions(client: Any) -> list[Any]:
    """A client's HTTP sessions: Chroma lets them wait without end and never closes them."""
    owners = (client, getattr(client, "_admin_client", None))
    servers = (getattr(owner, "_server", None) for owner in owners)
    found = (getattr(server, "_session", None) for server in servers)
    return [session for session in found if session is not None]


def _fill(collection: Any, ids: Sequence[int], vectors: Sequence[Vector]) -> None:
    for start in range(0, len(ids), LARGEST_BATCH):
        end = start + LARGEST_BATCH
        collection.upsert(
            ids=[str(key) for key in ids[start:end]], embeddings=list(vectors[start:end])
        )


@contextmanager
def _translated() -> Iterator[None]:
    """Chroma's failures, which have no common ancestor, as one that says what to do next."""
    try:
        yield
    except (StoreUnavailable, UsageError, IndexMismatch):
        raise
    except Exception as error:
        raise StoreUnavailable(
            f"the vector index cannot be used: {str(error).strip() or type(error).__name__}.",
            "It is derived from the database: `kam reindex` builds it anew; `kam doctor` "
            "checks the server.",
        ) from error
