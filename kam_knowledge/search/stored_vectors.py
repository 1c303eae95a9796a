"""The vectors that SQL holds, decoded once a process.

A vector belongs to a content under a model, and neither ever changes: what was read stays true.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from kam_knowledge.search.vectors import exact_cosine
from kam_knowledge.store.models import PassageVector

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

STORED_TYPE = "<f2"
"""How a vector lies in SQL: float16, the small byte first, whatever the machine."""
MOST_BYTES = 160 * 2**20
"""What is kept in memory at most: some 200,000 vectors of 384 numbers."""
_FEW = 900  # values in one IN list


class StoredVectors:
    """Cosines to passages by their content hash, of one model's vectors; safe between threads."""

    def __init__(self, model_id: str, dimension: int, most_bytes: int = MOST_BYTES) -> None:
        import numpy as np

        self.model_id = model_id
        self._most = max(most_bytes // (2 * dimension), 1)
        self._dimension = dimension
        self._lock = threading.Lock()
        self._rows: dict[str, int] = {}
        self._matrix = np.empty((0, dimension), dtype=np.float16)

    def cosines(self, session: Session, vector: Vector, hashes: Sequence[str]) -> Vector:
        """The cosine of each content to the vector; NaN where SQL holds no vector of it."""
        import numpy as np

        with self._lock:
            asked = list(dict.fromkeys(hashes))
            missing = [key for key in asked if key not in self._rows]
            if missing and len(self._rows) + len(missing) > self._most:
                self._rows = {}
                missing = asked
            if missing:
                self._read(session, missing)
            rows = np.array([self._rows.get(key, -1) for key in hashes], dtype=np.int64)
            matrix = self._matrix
        cosines = np.full(len(hashes), np.nan, dtype=np.float32)
        known = rows >= 0
        cosines[known] = exact_cosine(vector, matrix[rows[known]])
        return cosines

    def _read(self, session: Session, hashes: Sequence[str]) -> None:
        import numpy as np

        fresh: dict[str, bytes] = {}
        for start in range(0, len(hashes), _FEW):
            found = session.execute(
                select(PassageVector.content_hash, PassageVector.vector).where(
                    PassageVector.model_id == self.model_id,
                    PassageVector.content_hash.in_(hashes[start : start + _FEW]),
                )
            )
            fresh.update((content, vector) for content, vector in found)
        if not fresh:
            return
        first = len(self._rows)
        needed = first + len(fresh)
        if needed > len(self._matrix) or not first:
            # A new matrix, never the old one changed: another thread may still read that.
            grown = np.empty((max(needed, int(first * 1.5)), self._dimension), dtype=np.float16)
            grown[:first] = self._matrix[:first]
            self._matrix = grown
        for row, (key, stored) in enumerate(fresh.items(), start=first):
            self._matrix[row] = np.frombuffer(stored, STORED_TYPE)
            self._rows[key] = row
