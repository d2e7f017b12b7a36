"""At which stage an entity was lost."""

from __future__ import annotations

import pytest

from kgservice.learning.failures import MEANING, Failure, failure_of, failures
from kgservice.learning.visits import Outcome, visits_of
from kgservice.model import Candidate, Mention, Resolution


def answer(nil: float, *ids: str, match: bool = False) -> Resolution:
    return Resolution("", tuple(Candidate(id, 0.5, match, id, ()) for id in ids), nil)


@pytest.mark.parametrize(
    ("text", "accepted", "resolution", "stage"),
    [
        (" \t ", "a", answer(1.0), Failure.INPUT),
        ("x", "a", answer(0.1, "b"), Failure.CANDIDATE_MISS),
        ("x", "a", answer(0.1, "b", "a"), Failure.RANKING),
        ("x", "a", answer(0.6, "a"), Failure.NIL),
        ("x", "a", answer(0.1, "a"), Failure.CORRECT),
        ("x", None, answer(0.1, "a", match=True), Failure.NIL),
        ("x", None, answer(0.9, "a"), Failure.UNSUPPORTED),
    ],
)
def test_the_first_stage_that_lost_it(
    text: str, accepted: str | None, resolution: Resolution, stage: Failure
) -> None:
    assert failure_of(text, accepted, resolution) is stage
    assert MEANING[stage]


def test_each_text_of_a_visit_is_judged_against_its_end() -> None:
    outcomes = [
        Outcome("ann", "s", 1.0, "tom hnaks", "a film", None),
        Outcome("ann", "s", 2.0, "tom hanks", None, "tom-hanks"),
    ]
    asked = []

    def resolve(mention: Mention) -> Resolution:
        asked.append(mention)
        return answer(0.1, "tom-hanks") if "hanks" in mention.text else answer(0.9)

    counts = failures(visits_of(outcomes), resolve)
    assert counts == {Failure.CANDIDATE_MISS: 1, Failure.CORRECT: 1}
    assert [(one.text, one.context, one.user) for one in asked] == [
        ("tom hnaks", "a film", "ann"),
        ("tom hanks", None, "ann"),
    ]
