"""The learnt intents, kept in a folder, so that only the first start takes the time to learn.

What is kept goes by a fingerprint of the examples and of the code that reads them: a change of
either is learnt anew. A file that cannot be read or written is only slower, never wrong.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from bot.assistant.understanding.learning import Learnt

_STEM = "intents-"
_READS = (
    ("prompts", "intents"),
    ("prompts", "understanding"),
    ("bot.assistant", "understanding"),
    ("kam_knowledge", "language"),
)


class Kept:
    """The arrays and names of an index, in a folder that the composition root names."""

    def __init__(self) -> None:
        self.folder: Path | None = None

    def load(self) -> Learnt | None:
        """What was learnt; None where nothing is kept of these examples."""
        path = self._path()
        if path is None or not path.exists():
            return None
        import numpy as np

        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
                names = json.loads(bytes(held["names"]))
                rarity, weights = held["rarity"], held["weights"]
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            return None
        return Learnt(names["intents"], names["features"], rarity, weights)

    def is_there(self) -> bool:
        """Whether something is kept of these examples."""
        path = self._path()
        return path is not None and path.exists()

    def save(self, learnt: Learnt) -> None:
        """Keeps it, in the place of what was kept of other examples."""
        path = self._path()
        if path is None:
            return
        import numpy as np

        names = json.dumps({"intents": learnt.intents, "features": learnt.features}).encode()
        with contextlib.suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, scratch = tempfile.mkstemp(dir=path.parent, suffix=".npz")
            with os.fdopen(handle, "wb") as file:
                np.savez(
                    file,
                    names=np.frombuffer(names, np.uint8),
                    rarity=learnt.rarity,
                    weights=learnt.weights,
                )
            Path(scratch).replace(path)
            for old in path.parent.glob(f"{_STEM}*.npz"):
                if old != path:
                    old.unlink(missing_ok=True)

    def _path(self) -> Path | None:
        return self.folder / f"{_STEM}{fingerprint()}.npz" if self.folder else None


KEPT = Kept()
"""Of this process: the composition root says where."""


@cache
def fingerprint() -> str:
    """What the examples and the code that reads them are, in 16 characters."""
    found = hashlib.sha256()
    for package, folder in _READS:
        for name, content in sorted(_files(resources.files(package) / folder)):
            found.update(f"{folder}/{name}:{len(content)}:".encode())
            found.update(content)
    return found.hexdigest()[:16]


def _files(folder: Traversable) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_file() and entry.name.endswith((".py", ".yaml")):
            yield entry.name, entry.read_bytes()
