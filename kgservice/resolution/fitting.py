"""Fits the weights of the ranking to labelled mentions.

    python -m kgservice.resolution.fitting INDEX LABELLED.jsonl --output weights.json

Three fits, one after another: the weights by conditional logit (the meant entity against all other
candidates of its mention, drawn towards the weights in use), the temperature on entities that the
weights have not seen, and NIL by logistic regression on what the best candidate looks like.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize, minimize_scalar

from kgservice.errors import KGError
from kgservice.resolution.encoder import packaged_encoder
from kgservice.resolution.entities import Family
from kgservice.resolution.features import NAMES
from kgservice.resolution.index import NameIndex
from kgservice.resolution.labelled import LabelledMention, read_labelled
from kgservice.resolution.likeness import COLUMNS
from kgservice.resolution.ranking import NIL_NAMES, Judged, Model, nil_row, softmax
from kgservice.resolution.resolver import Resolver

_Floats = npt.NDArray[np.float64]
#: The least and the largest that a weight may be.
_Bound = tuple[float | None, float | None]

#: Not fitted: no file of mentions says what a person taught, and an id is an id.
_FIXED = frozenset({"learned", "taught", "identifier"})
#: May speak against an entity; the others are bounded at 0: on a sample of rare entities the weight
#: of popularity would else turn negative.
_MAY_BE_NEGATIVE = frozenset({"initials"})
#: Likeness may only speak against NIL, never for it, popularity not at all: else a text like none
#: of all names, or an entity better known than those in the mentions, would be taken for a match.
_AGAINST_NIL = frozenset(
    {*COLUMNS, "cosine", "profile", "surroundings", "explained", "described"}
    | {"confidence", "margin"}
)
_NOT_IN_NIL = frozenset({"popularity", "renown"})
#: How strongly the weights are drawn to those in use: as one mention in ten thousand would.
_PULL = 1e-4
#: One entity in five is kept from the weights, for the temperature.
_KEPT_BACK = 5


@dataclass(frozen=True, slots=True)
class _Case:
    """A mention as the model sees it; `meant` is the row of the right candidate, if any."""

    judged: Judged
    meant: int | None
    kept_back: bool


def fit(resolver: Resolver, mentions: Iterable[LabelledMention]) -> Model:
    """The model that fits these mentions best, beginning from the resolver's own."""
    cases = [_case(resolver, mention) for mention in mentions]
    shown = [case for case in cases if case.meant is not None]
    weights = _fit_weights(resolver.model, [case for case in shown if not case.kept_back])
    model = replace(resolver.model, weights=weights, temperature=1.0)
    model = replace(model, temperature=_fit_temperature(model, [c for c in shown if c.kept_back]))
    return replace(model, nil=_fit_nil(model, cases))


def _case(resolver: Resolver, labelled: LabelledMention) -> _Case:
    judged = resolver.judge(labelled.mention)
    place = None if labelled.entity is None else resolver.index.find(labelled.entity)
    meant = None
    if place is not None:
        best = judged.pool[judged.ranked.best]
        rows = np.flatnonzero((best["layer"] == place[0]) & (best["entity"] == place[1]))
        meant = int(rows[0]) if len(rows) else None
    drawn = zlib.crc32((labelled.entity or labelled.text).encode()) % _KEPT_BACK
    return _Case(judged, meant, kept_back=drawn == 0)


def _fit_weights(model: Model, cases: Sequence[_Case]) -> _Floats:
    """Maximise the mean log probability of what was meant, less the pull to the old weights."""
    sizes = np.array([len(case.judged.ranked.best) for case in cases])
    starts = np.cumsum(sizes) - sizes
    meant = starts + np.array([case.meant for case in cases])
    rows = _by_family(case.judged for case in cases)
    before = model.weights.ravel()

    def loss(weights: _Floats) -> tuple[float, _Floats]:
        scores = rows @ weights
        scores -= np.repeat(np.maximum.reduceat(scores, starts), sizes)
        raised = np.exp(scores)
        sums = np.add.reduceat(raised, starts)
        likely = raised / np.repeat(sums, sizes)
        away = weights - before
        missed = float(np.mean(np.log(sums) - scores[meant]))
        gradient = (rows.T @ likely - rows[meant].sum(axis=0)) / len(cases)
        return missed + _PULL * float(away @ away), gradient + 2 * _PULL * away

    bounds = _bounds(model.weights, NAMES, _bound)
    found = minimize(loss, before, jac=True, method="L-BFGS-B", bounds=bounds)
    return found.x.reshape(model.weights.shape)  # type: ignore[no-any-return]


def _by_family(judged: Iterable[Judged]) -> _Floats:
    """All candidates, their features in the columns of their family."""
    return np.concatenate([_in_family(one.ranked.features, one.ranked.family) for one in judged])


def _in_family(rows: npt.NDArray[np.floating], family: npt.NDArray[np.uint8]) -> _Floats:
    block = np.zeros((len(rows), len(Family), rows.shape[1]))
    block[np.arange(len(rows)), family] = rows
    return block.reshape(len(rows), -1)


def _bounds(
    weights: _Floats, names: Sequence[str], bounds: Callable[[str], _Bound]
) -> list[_Bound]:
    """The fixed weights as they are, the others within their bounds."""
    return [
        (weight, weight) if name in _FIXED else bounds(name)
        for row in weights.tolist()
        for name, weight in zip(names, row, strict=True)
    ]


def _bound(name: str) -> _Bound:
    return (None if name in _MAY_BE_NEGATIVE else 0.0), None


def _nil_bound(name: str) -> _Bound:
    if name in _NOT_IN_NIL:
        return 0.0, 0.0
    if name in _AGAINST_NIL:
        return None, 0.0
    return (0.0 if name == "typos" else None), None


def _fit_temperature(model: Model, cases: Sequence[_Case]) -> float:
    scored = [(model.scores(case.judged.ranked), case.meant) for case in cases]

    def loss(temperature: float) -> float:
        return -float(np.mean([np.log(softmax(one / temperature)[at]) for one, at in scored]))

    return float(minimize_scalar(loss, bounds=(0.2, 5.0), method="bounded").x)


def _fit_nil(model: Model, cases: Sequence[_Case]) -> _Floats:
    """Whether what is meant is missing among the candidates, from the best of them."""
    answered = [case for case in cases if len(case.judged.ranked.best)]
    rows = np.concatenate([_nil_row(model, case.judged) for case in answered])
    absent = np.array([case.meant is None for case in answered])
    before = model.nil.ravel()

    def loss(weights: _Floats) -> tuple[float, _Floats]:
        logit = rows @ weights
        likely = 1 / (1 + np.exp(-logit))
        away = weights - before
        missed = float(np.mean(np.logaddexp(0, logit) - logit * absent))
        gradient = rows.T @ (likely - absent) / len(rows)
        return missed + _PULL * float(away @ away), gradient + 2 * _PULL * away

    bounds = _bounds(model.nil, NIL_NAMES, _nil_bound)
    found = minimize(loss, before, jac=True, method="L-BFGS-B", bounds=bounds)
    return found.x.reshape(model.nil.shape)  # type: ignore[no-any-return]


def _nil_row(model: Model, judged: Judged) -> _Floats:
    among = softmax(model.scores(judged.ranked) / model.temperature)
    family = judged.ranked.family[among.argmax()]
    return _in_family(nil_row(judged, among)[np.newaxis], np.array([family]))


@click.command()
@click.argument("index", type=click.Path(path_type=Path, exists=True))
@click.argument("labelled", type=click.Path(path_type=Path, exists=True))
@click.option("--output", type=click.Path(path_type=Path), help="Default: standard output.")
def main(index: Path, labelled: Path, output: Path | None) -> None:
    """Fit the weights to the mentions in LABELLED, resolved against INDEX."""
    try:
        resolver = Resolver(NameIndex.open(index), packaged_encoder())
        text = fit(resolver, read_labelled(labelled)).text()
    except KGError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)
    if output is None:
        click.echo(text, nl=False)
        return
    output.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
