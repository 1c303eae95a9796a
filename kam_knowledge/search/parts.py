"""The model and the vector index of one process, opened when first needed."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from kam_knowledge.search.folder_lock import FolderInUse, FolderLock

if TYPE_CHECKING:
    from kam_knowledge.search.embeddings import Embedder
    from kam_knowledge.search.vectors import VectorIndex

NONE = "none"
"""The setting for full text alone."""

_LOG = logging.getLogger(__name__)


class Parts:
    """What the settings name: `embeddings` as in `open_embedder`, or "none"; the model's files and
    the index lie under `home`, unless `chroma_url` names a server."""

    def __init__(self, embeddings: str, home: Path, chroma_url: str | None) -> None:
        self._embeddings = embeddings
        self._home = home
        self._chroma_url = chroma_url
        self._lock = threading.Lock()
        self._embedder: Embedder | None = None
        self._index: VectorIndex | None = None
        self._told = False

    def embedder(self) -> Embedder | None:
        """The model, None for full text alone. Raises UsageError for a name that is none."""
        from kam_knowledge.search.embeddings import open_embedder

        if self._embeddings == NONE:
            return None
        with self._lock:
            if self._embedder is None:
                self._embedder = open_embedder(self._embeddings, self._home / "models")
            return self._embedder

    def index(self) -> VectorIndex | None:
        """The index; None without a model, and while another process owns the folder, which is
        logged once and tried again at the next call. Raises StoreUnavailable."""
        embedder = self.embedder()
        if embedder is None:
            return None
        with self._lock:
            if self._index is None:
                self._index = self._open(embedder.model_id)
            return self._index

    def look(self) -> None:
        """Logs once when another process owns the folder; opens nothing."""
        if self._chroma_url or self._told:
            return
        with self._lock:
            if self._index is None and (owned := FolderLock.owned(self._home / "chroma")):
                self._tell(owned)

    def close(self) -> None:
        """Lets go of the index."""
        with self._lock:
            if self._index is not None:
                self._index.close()
                self._index = None

    def _open(self, model_id: str) -> VectorIndex | None:
        from kam_knowledge.search.vectors import ChromaVectors

        if self._chroma_url:
            return ChromaVectors.server(self._chroma_url, model_id)
        try:
            return ChromaVectors.local(self._home / "chroma", model_id)
        except FolderInUse as error:
            self._tell(error)
            return None

    def _tell(self, owned: FolderInUse) -> None:
        if not self._told:
            _LOG.warning("%s", owned)
        self._told = True
