"""The embedded model at work: word pieces in, mean-pooled vectors out, by onnxruntime alone.

fastembed could run the folder too, but importing it brings pictures, hubs and HTTP along and
takes longer than everything else of a cold `kam ask` that searches (decision 0007).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kam_knowledge.search.minilm import LONGEST

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class MiniLMSession:
    """The graph and the tokeniser of a folder that `minilm.model_folder` has checked."""

    def __init__(self, folder: Path, threads: int) -> None:
        # The tokeniser's workers would only compete with the model's own threads, and warn at
        # every fork.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        import onnxruntime
        from tokenizers import Tokenizer

        self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(max_length=LONGEST)
        self._tokenizer.enable_padding(pad_id=0, pad_token="[PAD]", length=None)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session: Any = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def embed(self, texts: Sequence[str], batch: int) -> Iterator[NDArray[np.float32]]:
        """One vector (384,) a text, in order: the mean over its word pieces, not yet unit length.

        `batch` texts are run at once, padded to the longest of them.
        """
        import numpy as np

        for start in range(0, len(texts), batch):
            encoded = self._tokenizer.encode_batch(list(texts[start : start + batch]))
            ids = np.array([one.ids for one in encoded], np.int64)
            mask = np.array([one.attention_mask for one in encoded], np.int64)
            (states,) = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
            read = mask[:, :, None].astype(np.float32)
            yield from (states * read).sum(axis=1) / read.sum(axis=1)
