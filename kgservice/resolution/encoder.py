"""Sentences as vectors, by onnxruntime alone: no torch, 0.5 ms a text on one thread.

An encoder is a directory that kgservice.resolution.export wrote: the model twice (int8, and the
same weights computed in fp32), its tokenizer, and reference vectors that are compared at every
opening. The default model travels in the wheel, as `encoder_files`. Only importer of onnxruntime.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from kgservice.errors import ConfigurationError

Vectors = npt.NDArray[np.float32]

#: Beside the model files, what they are; written last.
CARD = "encoder.json"
#: Least cosine to the reference vectors. int8 has 0.977 at worst over 2,000 names and profiles,
#: 0.993 on average; what lies below is a kernel that computes something else.
_ALIKE = {"int8": 0.95, "fp32": 0.98}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Which encoder made a vector: vectors of one `model` can be compared, whatever the kind.

    model: 16 hex digits over the model and its tokenizer; kind: how it is computed, int8 or fp32.
    """

    model: str
    kind: str

    def __str__(self) -> str:
        return f"{self.model}-{self.kind}"


class Encoder(Protocol):
    """Anything that turns texts into unit vectors."""

    @property
    def fingerprint(self) -> Fingerprint:
        """Which encoder this is."""

    @property
    def dimensions(self) -> int:
        """How long its vectors are."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row per text, each of length 1."""


@dataclass(frozen=True, slots=True)
class _Card:
    """What encoder.json says."""

    dimensions: int
    max_tokens: int
    sha256: Mapping[str, str]
    references: Sequence[str]
    vectors: Vectors

    @classmethod
    def read(cls, directory: Path) -> _Card:
        try:
            read = json.loads((directory / CARD).read_text("utf-8"))
        except FileNotFoundError as error:
            raise ConfigurationError(
                f"no encoder in {directory}; write one with"
                f" `python -m kgservice.resolution.export {directory}`"
            ) from error
        return cls(
            dimensions=read["dimensions"],
            max_tokens=read["max_tokens"],
            sha256=read["sha256"],
            references=[one["text"] for one in read["references"]],
            vectors=np.array([one["vector"] for one in read["references"]], np.float32),
        )


class OnnxEncoder:
    """An encoder from its directory; safe to share between threads.

    Raises ConfigurationError where a file is missing or damaged, or the model does not give its
    reference vectors on this processor, neither in int8 nor in fp32.

    >>> encoder = OnnxEncoder(Path("index/encoder"))
    >>> encoder.encode(["Forrest Gump", "a film with Tom Hanks"]).shape
    (2, 384)
    """

    def __init__(self, directory: Path):
        card = _Card.read(directory)
        self._tokenizer = Tokenizer.from_file(str(_checked(directory, "tokenizer.json", card)))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(card.max_tokens)
        self.dimensions = card.dimensions
        self.kind, self._session = self._open(directory, card)
        self.fingerprint = Fingerprint(_model_of(card.sha256), self.kind)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit vector per text, as rows.

        One text at a time: int8 scales each tensor as a whole, so that in a batch a text's vector
        would depend on its neighbours (cosine down to 0.98), and padding makes batches slower.
        """
        return self._encode_by(self._session, texts)

    def _encode_by(self, session: onnxruntime.InferenceSession, texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        inputs = [one.name for one in session.get_inputs()]
        for row, text in enumerate(texts):
            tokens = self._tokenizer.encode(text)
            fields = {
                "input_ids": tokens.ids,
                "attention_mask": tokens.attention_mask,
                "token_type_ids": tokens.type_ids,
            }
            given = {name: np.array([fields[name]], np.int64) for name in inputs}
            [[vectors[row]]] = session.run(None, given)
        return vectors

    def _open(self, directory: Path, card: _Card) -> tuple[str, onnxruntime.InferenceSession]:
        for kind in ("int8", "fp32"):
            session = _session(_checked(directory, f"{kind}.onnx", card))
            alike = self._encode_by(session, card.references) * card.vectors
            worst = float(alike.sum(axis=1).min())
            if worst >= _ALIKE[kind]:
                return kind, session
            _log.warning("encoder kind=%s fails its self-test cosine=%.3f", kind, worst)
        raise ConfigurationError(
            f"the encoder in {directory} does not give its reference vectors on this processor"
        )


def packaged_encoder() -> OnnxEncoder | None:
    """The encoder that came with the package; null in a source tree where none was exported."""
    directory = Path(str(files("kgservice.resolution") / "encoder_files"))
    return OnnxEncoder(directory) if (directory / CARD).is_file() else None


def _session(model: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    # Requests run in parallel; a pool of threads in each would only fight with the others.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # By its path: of a model that is given as bytes a session keeps those too, 23 MB.
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def _checked(directory: Path, name: str, card: _Card) -> Path:
    path = directory / name
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise ConfigurationError(f"{path} is missing: export it again") from error
    if digest != card.sha256[name]:
        raise ConfigurationError(f"{path} is damaged: export the encoder again")
    return path


def _model_of(sha256: Mapping[str, str]) -> str:
    # Both kinds hold the same weights, so the int8 file stands for both.
    both = sha256["int8.onnx"] + sha256["tokenizer.json"]
    return hashlib.sha256(both.encode()).hexdigest()[:16]
