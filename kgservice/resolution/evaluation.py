"""How well resolution does on labelled mentions, and who is served worse.

Every figure stands for a slice: all mentions, those in one script, with a name of one length, and
so on. An average hides that short names, rare namesakes or one spelling fail.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from kgservice.model import Resolution
from kgservice.resolution.labelled import LabelledMention
from kgservice.resolution.resolver import Resolver
from kgservice.resolution.slices import slices_of

#: A mention whose answer is known, and what it was resolved to.
Answered = tuple[LabelledMention, Resolution]

#: Bins of the confidence; 15 is what the literature on calibration uses.
_BINS = 15


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a set of mentions was resolved.

    mentions and present: how many there are, and how many of them mean something in the graph;
    recall_1 and recall_10: share of these with the right entity first, among the first ten;
    calibration: expected calibration error of the first candidate's confidence, over all mentions;
    nil: area under the ROC curve of nil_probability; matched and matched_right: share of mentions
    with a match, and of these with the right one. A figure that the mentions do not tell is null.
    """

    mentions: int
    present: int
    recall_1: float | None
    recall_10: float | None
    calibration: float | None
    nil: float | None
    matched: float | None
    matched_right: float | None


@dataclass(frozen=True, slots=True)
class Slice:
    """The quality for the mentions of which something holds: (script, LATIN), (all, all)."""

    by: str
    value: str
    quality: Quality


def evaluate(resolver: Resolver, mentions: Iterable[LabelledMention]) -> list[Slice]:
    """Resolve mentions whose answer is known, and tell the quality of all and of every slice.

    >>> evaluate(resolver, read_labelled(Path("mentions.jsonl")))[0].quality.recall_1
    0.91
    """
    whole: list[Answered] = []
    slices: dict[tuple[str, str], list[Answered]] = defaultdict(list)
    for labelled in mentions:
        [resolution] = resolver.resolve([labelled.mention])
        whole.append((labelled, resolution))
        for named in slices_of(resolver.index, labelled).items():
            slices[named].append((labelled, resolution))
    rest = [Slice(by, value, quality_of(slices[by, value])) for by, value in sorted(slices)]
    return [Slice("all", "all", quality_of(whole)), *rest]


def quality_of(answered: Sequence[Answered]) -> Quality:
    """The quality of resolutions of mentions whose answer is known."""
    outcomes = [_outcome(labelled, resolution) for labelled, resolution in answered]
    present = [one for one in outcomes if one.present]
    matched = [one for one in outcomes if one.matched]
    return Quality(
        mentions=len(outcomes),
        present=len(present),
        recall_1=_share(present, lambda one: one.rank == 0),
        recall_10=_share(present, lambda one: one.rank is not None),
        calibration=_calibration_error(outcomes),
        nil=_area([one.nil for one in outcomes], [not one.present for one in outcomes]),
        matched=_share(outcomes, lambda one: one.matched),
        matched_right=_share(matched, lambda one: one.rank == 0),
    )


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of a mention; rank is null where the right entity was not among the ten."""

    present: bool
    rank: int | None
    confidence: float
    matched: bool
    nil: float


def _outcome(labelled: LabelledMention, resolution: Resolution) -> _Outcome:
    found = [candidate.id for candidate in resolution.candidates]
    return _Outcome(
        present=labelled.entity is not None,
        rank=found.index(labelled.entity) if labelled.entity in found else None,
        confidence=resolution.candidates[0].confidence if found else 0.0,
        matched=resolution.match is not None,
        nil=resolution.nil_probability,
    )


def _share(outcomes: Sequence[_Outcome], holds: Callable[[_Outcome], bool]) -> float | None:
    return sum(map(holds, outcomes)) / len(outcomes) if outcomes else None


def _calibration_error(outcomes: Sequence[_Outcome]) -> float | None:
    """The mean distance of confidence and truth over bins of confidence, weighted by their size."""
    if not outcomes:
        return None
    confidence = np.array([one.confidence for one in outcomes])
    right = np.array([one.rank == 0 for one in outcomes], np.float64)
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gaps = np.bincount(bins, confidence - right, minlength=_BINS)
    return float(np.abs(gaps).sum() / len(outcomes))


def _area(scores: Sequence[float], positive: Sequence[bool]) -> float | None:
    """How often a positive scores above a negative, ties as half; null without both."""
    values, is_positive = np.array(scores), np.array(positive, bool)
    ups, downs = np.sort(values[is_positive]), np.sort(values[~is_positive])
    if not len(ups) or not len(downs):
        return None
    below = np.searchsorted(downs, ups, side="left")
    up_to = np.searchsorted(downs, ups, side="right")
    return float((below + up_to).sum() / 2 / (len(ups) * len(downs)))
