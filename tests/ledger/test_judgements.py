"""Which entities are one, by judgements of pairs: against paths through all of them."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from kgservice.ledger.judgements import Judgement, Verdict, classes_of

SAME, DIFFERENT, UNSURE = Verdict.SAME, Verdict.DIFFERENT, Verdict.UNSURE
_ids = st.sampled_from("abcdefg")
_judgements = st.lists(st.builds(Judgement, _ids, _ids, st.sampled_from(Verdict)), max_size=10)


def together(judgements: list[Judgement], one: str, other: str) -> bool:
    """Whether judgements of "same" lead from one entity to the other."""
    reached, edge = {one}, {one}
    while edge:
        edge = {
            end
            for judgement in judgements
            if judgement.verdict is SAME
            for start, end in (judgement.pair, judgement.pair[::-1])
            if start in edge and end not in reached
        }
        reached |= edge
    return other in reached


@settings(deadline=None)
@given(_judgements, st.permutations("abcdefg"))
def test_against_following_the_pairs(judgements: list[Judgement], order: list[str]) -> None:
    found = classes_of(judgements, lambda id: (order.index(id), id))
    apart = [
        one for one in judgements if one.verdict is DIFFERENT and together(judgements, *one.pair)
    ]
    for id in "abcdefg":
        members = [other for other in "abcdefg" if together(judgements, id, other)]
        contradicted = any(one.one in members for one in apart)
        expected = id if contradicted else min(members, key=order.index)
        assert found.canonical.get(id, id) == expected
        assert (tuple(members) in found.contradicted) == (
            contradicted and any(id in one.pair for one in judgements if one.verdict is SAME)
        )
    assert classes_of(judgements[::-1], lambda id: (order.index(id), id)) == found


def test_a_chain_has_one_canonical_member_and_a_contradiction_none() -> None:
    chain = [Judgement(one, other, SAME) for one, other in ("ab", "bc", "cd")]
    assert classes_of(chain, lambda id: (0, id)).canonical == {"b": "a", "c": "a", "d": "a"}
    assert classes_of(chain, lambda id: (id != "c", id)).canonical == {"a": "c", "b": "c", "d": "c"}
    doubted = [*chain, Judgement("d", "a", DIFFERENT), Judgement("x", "y", SAME)]
    found = classes_of(doubted, lambda id: (0, id))
    assert found.canonical == {"y": "x"}
    assert found.contradicted == [("a", "b", "c", "d")]
    assert classes_of([Judgement("a", "b", UNSURE)], lambda id: (0, id)).canonical == {}
    for one, other in combinations("ab", 2):
        assert Judgement(other, one, SAME).pair == (one, other)
