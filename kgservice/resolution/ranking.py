"""One weighted score per family of entities, and what it means as a probability.

score = weights of the entity's family . features; confidence = (1 - nil) * softmax(score); nil, the
probability that nothing in the graph is meant, is a logistic regression on what the best candidate
looks like. The numbers stand in weights.json, fitted by kgservice.resolution.fitting.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kgservice.errors import ConfigurationError
from kgservice.resolution.candidates import Pool
from kgservice.resolution.entities import Family
from kgservice.resolution.features import NAMES, Ranked

Scores = npt.NDArray[np.float64]

#: What the NIL model sees beside the features of the best candidate.
NIL_EXTRA = ("bias", "confidence", "margin", "length", "typos", "context")
NIL_NAMES = (*NAMES, *NIL_EXTRA)
_EDITS = NAMES.index("edits")


@dataclass(frozen=True, slots=True)
class Judged:
    """The candidates of a mention with all that the model looks at.

    pool and ranked: their names and features; length: of the normalised text, in characters;
    context: whether there was one.
    """

    pool: Pool
    ranked: Ranked
    length: int
    context: bool


@dataclass(frozen=True, slots=True)
class Model:
    """The numbers of a ranking; `weights` and `nil` have a row per Family.

    The columns of weights are features.NAMES, those of nil NIL_NAMES; temperature divides the
    scores before they become probabilities, so that these are calibrated; match is the confidence
    from which one acts without asking.
    """

    weights: npt.NDArray[np.float64]
    temperature: float
    nil: npt.NDArray[np.float64]
    match: float

    @classmethod
    def read(cls, path: Path | None = None) -> Model:
        """The numbers of a file that `text` wrote; null: the package's own.

        Raises ConfigurationError where a family or a feature is missing or unknown.
        """
        source = path or files("kgservice.resolution") / "weights.json"
        read = json.loads(source.read_text("utf-8"))
        return cls(
            weights=_table(read["weights"], NAMES),
            temperature=read["temperature"],
            nil=_table(read["nil"], NIL_NAMES),
            match=read["match"],
        )

    def text(self) -> str:
        """The model as a file, readable, to four digits."""
        shown = {
            "weights": _shown(self.weights, NAMES),
            "temperature": round(self.temperature, 4),
            "nil": _shown(self.nil, NIL_NAMES),
            "match": self.match,
        }
        return json.dumps(shown, indent=2) + "\n"

    def scores(self, ranked: Ranked) -> Scores:
        """The score of each entity; only differences mean something."""
        return np.einsum("ef,ef->e", ranked.features, self.weights[ranked.family])  # type: ignore[no-any-return]

    def probabilities(self, judged: Judged) -> tuple[Scores, float]:
        """The confidence of each entity, and the probability that none is meant: together 1."""
        if not len(judged.ranked.best):
            return np.empty(0), 1.0
        among = softmax(self.scores(judged.ranked) / self.temperature)
        weights = self.nil[judged.ranked.family[among.argmax()]]
        nil = float(1 / (1 + np.exp(-weights @ nil_row(judged, among))))
        return among * (1 - nil), nil


def nil_row(judged: Judged, among: Scores) -> npt.NDArray[np.float64]:
    """What the NIL model sees: NIL_NAMES of the entity that is most probable among all.

    length: letters of the text, 20 counting as 1; typos: those that are not the name's, alike.
    """
    first = int(among.argmax())
    second = float(np.partition(among, -2)[-2]) if len(among) > 1 else 0.0
    top, best = float(among[first]), judged.ranked.features[first]
    length = min(judged.length, 20) / 20
    typos = (1 - float(best[_EDITS])) * length
    extra = (1.0, top, top - second, length, typos, float(judged.context))
    return np.concatenate([best, extra])


def softmax(scores: Scores) -> Scores:
    """Probabilities in proportion to the exponential of the scores."""
    raised = np.exp(scores - scores.max())
    return raised / raised.sum()  # type: ignore[no-any-return]


def _table(
    read: Mapping[str, Mapping[str, float]], columns: Sequence[str]
) -> npt.NDArray[np.float64]:
    rows = {family: read.get(family.name.lower(), {}) for family in Family}
    for family, row in rows.items():
        if set(row) != set(columns):
            odd = ", ".join(sorted(set(row) ^ set(columns)))
            raise ConfigurationError(f"weights of {family.name.lower()} missing or unknown: {odd}")
    return np.array([[row[name] for name in columns] for row in rows.values()])


def _shown(table: npt.NDArray[np.float64], columns: Sequence[str]) -> dict[str, dict[str, float]]:
    return {
        family.name.lower(): {
            name: round(weight, 4) for name, weight in zip(columns, row.tolist(), strict=True)
        }
        for family, row in zip(Family, table, strict=True)
    }
