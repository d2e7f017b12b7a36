"""What the ranking sees of each entity that a text may mean; FEATURES says what every number is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kgservice.model import Generator, LearnedAlias
from kgservice.resolution.candidates import BIT, Pool
from kgservice.resolution.encoder import Vectors
from kgservice.resolution.index import NameIndex
from kgservice.resolution.likeness import COLUMNS
from kgservice.resolution.names import NameKind

#: Of each feature its id and what it says; all are 0..1 but `popularity`, `renown` and
#: `learned`.
FEATURES: Mapping[str, str] = {
    "ratio": "letters in common, in order, of the text and the name",
    "token_sort": "the same after the words of both were sorted",
    "edits": "1 less the edits from one to the other by the longer length; a swap is one edit",
    "alike": "the largest of the three",
    "token_set": "letters in common, where words that only one side has count little",
    "words": "part of the text's words that stand in the name, by their letters",
    "covered": "part of the name's words that stand in the text, by their letters",
    "digits": "part of the text's words with digits that stand in the name; 1 where there are none",
    "abbreviation": "1 where each word of the text begins the word of the name at its place",
    "left_out": "1 where the text is some words of the name, in order, and the name has more",
    "exact": "1 where the text is the name but for case, accents and punctuation",
    "canonical": "1 where the name is the label, not an alias",
    "initials": "1 where the name was made of the initials of the label",
    "cosine": "likeness in meaning of text and name, where it was looked for",
    "popularity": "ln(1 + degree) of the entity",
    "renown": "the same where the text is the name: the best known of namesakes is meant",
    "profile": "likeness in meaning of the context and the entity's label and description",
    "surroundings": "words in common of the context and what stands around the entity, by rarity",
    "explained": "part of the context's words, by rarity, that stand around the entity",
    "described": "part of the text's own words, by rarity, that stand in or around the entity",
    "learned": "log odds of the learned alias that led to the entity",
    "taught": "1 where somebody said that the text means the entity",
    "identifier": "1 where the text is the entity's id",
}
NAMES = tuple(FEATURES)
_AT = {name: at for at, name in enumerate(NAMES)}

#: With a context, so many entities by name alone are compared with it, and all that are equal.
_IN_CONTEXT = 60

_LIKE = slice(0, len(COLUMNS))


@dataclass(frozen=True, slots=True)
class Surrounded:
    """What is known of a mention beyond its name: words and vector of its context."""

    text_words: frozenset[str]
    context_words: frozenset[str]
    vector: Vectors | None


@dataclass(frozen=True, slots=True)
class Ranked:
    """Entities that may be meant, one row each, in no order.

    best is the row of the pool with the name most like the text; found the bits of all generators
    that led to the entity; features has the columns of FEATURES.
    """

    best: npt.NDArray[np.int64]
    found: npt.NDArray[np.uint8]
    family: npt.NDArray[np.uint8]
    features: npt.NDArray[np.float32]


def features_of(
    index: NameIndex,
    pool: Pool,
    around: Surrounded,
    learned: Sequence[LearnedAlias],
    weights: npt.NDArray[np.float64],
) -> Ranked:
    """The entities of a pool, each by the name that these weights, a row per family, like best."""
    order, first = _by_entity(pool, _liked(index, pool, weights))
    best = order[first]
    found = np.bitwise_or.reduceat(pool["found"][order], first) if len(pool) else pool["found"]
    cosine = np.maximum.reduceat(pool["cosine"][order], first) if len(pool) else pool["cosine"]
    features = np.zeros((len(best), len(NAMES)), np.float32)
    features[:, _LIKE] = pool["like"][best]
    kind = pool["kind"][best]
    features[:, _AT["canonical"]] = kind <= NameKind.LATIN_LABEL
    features[:, _AT["initials"]] = kind == NameKind.INITIALS
    features[:, _AT["cosine"]] = cosine
    features[:, _AT["identifier"]] = (found & BIT[Generator.ID]) > 0
    family = np.zeros(len(best), np.uint8)
    for place, shown in enumerate(index.layers):
        here = np.flatnonzero(pool["layer"][best] == place)
        entities = pool["entity"][best[here]]
        features[here, _AT["popularity"]] = shown.layer.entities.log_degree[entities]
        family[here] = shown.layer.entities.family[entities]
    features[:, _AT["renown"]] = features[:, _AT["popularity"]] * features[:, _AT["exact"]]
    for alias in learned:
        rows = np.flatnonzero(_is(index, pool[best], alias.entity))
        features[rows, _AT["learned"]] = _log_odds(alias.weight)
        features[rows, _AT["taught"]] = alias.taught
    ranked = Ranked(best, found, family, features)
    _add_surroundings(index, pool, ranked, around)
    return ranked


def _liked(
    index: NameIndex, pool: Pool, weights: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """What each name of a pool is worth to its entity, by the features that are a name's own."""
    family = np.zeros(len(pool), np.uint8)
    for place, shown in enumerate(index.layers):
        here = pool["layer"] == place
        family[here] = shown.layer.entities.family[pool["entity"][here]]
    liked: npt.NDArray[np.float64] = np.einsum("nf,nf->n", pool["like"], weights[family, _LIKE])
    liked += weights[family, _AT["canonical"]] * (pool["kind"] <= NameKind.LATIN_LABEL)
    liked += weights[family, _AT["initials"]] * (pool["kind"] == NameKind.INITIALS)
    return liked


def _by_entity(
    pool: Pool, liked: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The rows of a pool by entity, the best name first, and where each entity begins."""
    entity = pool["layer"].astype(np.int64) << 32 | pool["entity"]
    order = np.lexsort((pool["kind"], -liked, entity))
    return order, np.flatnonzero(np.diff(entity[order], prepend=-1))


def _add_surroundings(index: NameIndex, pool: Pool, ranked: Ranked, around: Surrounded) -> None:
    near = _nearest_by_name(ranked.features)
    for place, shown in enumerate(index.layers):
        rows = near[pool["layer"][ranked.best[near]] == place]
        entities = pool["entity"][ranked.best[rows]]
        words = shown.layer.surroundings
        text, context = words.known(around.text_words), words.known(around.context_words)
        _, ranked.features[rows, _AT["described"]] = words.likeness(text, entities)
        cosine, share = words.likeness(context, entities)
        ranked.features[rows, _AT["surroundings"]] = cosine
        ranked.features[rows, _AT["explained"]] = share
        if around.vector is not None and shown.layer.profiles is not None:
            ranked.features[rows, _AT["profile"]] = shown.layer.profiles.cosine(
                around.vector, entities
            )


def _nearest_by_name(features: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    if len(features) <= _IN_CONTEXT:
        return np.arange(len(features))
    alike = features[:, _LIKE].sum(axis=1) + 0.01 * features[:, _AT["popularity"]]
    most = max(_IN_CONTEXT, int(features[:, _AT["exact"]].sum()))
    return np.argsort(-alike, kind="stable")[:most]


def _is(index: NameIndex, pool: Pool, id: str) -> npt.NDArray[np.bool_]:
    layer, row = index.find(id) or (-1, -1)
    same: npt.NDArray[np.bool_] = (pool["layer"] == layer) & (pool["entity"] == row)
    return same


def _log_odds(weight: float) -> float:
    within = min(max(weight, 0.01), 0.99)
    return math.log(within / (1 - within))
