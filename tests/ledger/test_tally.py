"""Sums of observations: what is added and taken away again was never there."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from kgservice.ledger.tally import Level, Observation, Tally, restored

_names = st.frozensets(st.sampled_from(("a", "b", "c")), max_size=2)
_scores = st.none() | st.integers(0, 10**6)
_observations = st.builds(
    Observation,
    st.integers(1, 10**9),
    _scores,
    _scores,
    st.sampled_from(Level),
    _names,
    _names,
    _names,
)
_several = st.lists(_observations, max_size=8)


def summed(observations: Sequence[Observation]) -> Tally:
    tally = Tally()
    for one in observations:
        tally.add(one)
    return tally


@given(_several, st.randoms())
def test_the_order_does_not_matter(observations: list[Observation], random: object) -> None:
    shuffled = list(observations)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert summed(shuffled).stored() == summed(observations).stored()


@given(_several, _several)
def test_what_is_taken_away_was_never_there(
    kept: list[Observation], taken: list[Observation]
) -> None:
    tally = summed([*taken, *kept])
    for one in taken:
        tally.add(one, -1)
    assert tally.stored() == summed(kept).stored()


@given(_several, _several)
def test_merging_is_adding(some: list[Observation], others: list[Observation]) -> None:
    tally = summed(some)
    tally.merge(summed(others))
    assert tally.stored() == summed([*some, *others]).stored()


@given(_several, _several)
def test_what_is_stored_is_all(some: list[Observation], others: list[Observation]) -> None:
    stored = summed(some).stored()
    again = restored(stored.sources, stored.domains, stored.marketplaces, stored.sums)
    assert again.stored() == stored
    again.merge(summed(others))
    assert again.stored() == summed([*some, *others]).stored()


@given(_several)
def test_what_is_read_off(observations: list[Observation]) -> None:
    tally = summed(observations)
    assert tally.support == sum(one.support for one in observations)
    for name in ("plausibility", "typicality"):
        known = [
            (getattr(one, name), one.support)
            for one in observations
            if getattr(one, name) is not None
        ]
        weight = sum(support for _, support in known)
        total = sum(score * support for score, support in known)
        assert getattr(tally, name) == (round(Fraction(total, weight)) if known else None)
    levels = {one.level for one in observations} or {Level.ASSERTED}
    order = (Level.BEHAVIOR, Level.ROLLED_UP, Level.ASSERTED)
    assert tally.level == next(level for level in order if level in levels)
    assert tally.stored().sources == tuple(sorted({x for one in observations for x in one.sources}))


@given(_several)
def test_a_difference_of_nothing(observations: list[Observation]) -> None:
    tally = summed(observations)
    assert tally.is_nothing == (not observations)
    for one in observations:
        tally.add(one, -1)
    assert tally.is_nothing


def test_a_change_of_who_says_it_is_something() -> None:
    tally = Tally()
    tally.add(Observation(sources=frozenset({"a"})))
    tally.add(Observation(sources=frozenset({"b"})), -1)
    assert not any(tally.numbers)
    assert not tally.is_nothing
