"""What stands near in the graph: the walk on the tables against one that takes every statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest
from built_indexes import Both
from reference.graph import Graph

from kgservice.serving import proximity
from kgservice.serving.proximity import Proximity

pytestmark = pytest.mark.neo4j


def ways(graph: Graph) -> dict[str, list[str]]:
    """Where each statement leads from either end: one that leads to itself leads there twice."""
    found: dict[str, list[str]] = defaultdict(list)
    for one in graph.statements:
        found[one.subject].append(one.object)
        found[one.object].append(one.subject)
    return found


def walked(graph: Graph, starts: set[str]) -> dict[str, float]:
    """How probable it is to stand at each entity, a fifth after the first step, and so on."""
    beside = ways(graph)
    mass = dict.fromkeys(starts, 1 / len(starts))
    near: dict[str, float] = defaultdict(float)
    for counted in (0.2, 0.2, 0.6):
        after: dict[str, float] = defaultdict(float)
        for id, share in mass.items():
            for other in beside[id]:
                after[other] += share / len(beside[id])
        for id, share in after.items():
            near[id] += share * counted
        mass = after
    untold = {id for id in near if graph.is_a(id, graph.with_subtypes("Behavior"))} | starts
    return {id: share for id, share in near.items() if id not in untold}


@pytest.fixture
def unbounded() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for bound in ("_STATEMENTS", "_KEPT", "_TOLD"):
            patch.setattr(proximity, bound, 1_000_000)
        yield


@pytest.mark.usefixtures("unbounded")
@pytest.mark.parametrize("both", ["merged, beside others'"], indirect=True)
def test_a_walk_of_three_steps(both: Both) -> None:
    graph, near = both.asked.graph, Proximity(both.opened.snapshot)
    for id in sorted(graph.entities):
        told, expected = near([id]), walked(graph, {id})
        assert told.keys() == expected.keys()
        assert told == pytest.approx(expected)
    one, other = sorted(ways(graph))[:2]
    assert near([one, "nobody", other, one]) == pytest.approx(walked(graph, {one, other}))
    assert near([]) == near(["nobody"]) == {}


@pytest.mark.parametrize("both", ["merged, beside others'"], indirect=True)
def test_of_many_statements_some_stand_for_all(both: Both) -> None:
    near = Proximity(both.opened.snapshot)
    ids = sorted(ways(both.asked.graph))
    whole = {id: sum(near([id]).values()) for id in ids}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proximity, "_STATEMENTS", 2)
        some = {id: near([id]) for id in ids}
    told = max(ids, key=lambda id: len(near([id])))
    assert 0 < len(some[told]) < len(near([told]))
    assert all(sum(shares.values()) <= 1 + 1e-9 for shares in some.values())
    assert sum(map(bool, whole.values())) == sum(map(bool, some.values()))
