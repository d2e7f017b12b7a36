"""`paths`: the shortest walks between two sets."""

from __future__ import annotations

from typing import Any

import pytest
from asking import Ask
from sample_graph import SampleGraph

DOCUMENT = """query ($from: SetExpression!, $to: SetExpression!, $relations: [String!],
    $where: StatementFilter, $avoid: Int, $maxHops: Int = 3, $first: Int = 10) {
  paths(from: $from, to: $to, relations: $relations, where: $where, avoidDegree: $avoid,
      maxHops: $maxHops, first: $first) {
    totalCount nodes { score leg entities { id } statements { relation { id } } } } }"""


@pytest.fixture(scope="module")
def sample() -> SampleGraph:
    return SampleGraph()


def paths(
    ask: Ask, start: str | dict[str, Any], end: str, **more: Any
) -> tuple[int, list[list[str]]]:
    source = {"ids": [start]} if isinstance(start, str) else start
    found = ask(DOCUMENT, **{"from": source, "to": {"ids": [end]}}, **more)
    assert "errors" not in found, found["errors"]
    shown = found["data"]["paths"]
    for one in shown["nodes"]:
        assert (one["score"], one["leg"]) == (1.0, [])
        assert len(one["statements"]) == len(one["entities"]) - 1
    return shown["totalCount"], [[end["id"] for end in one["entities"]] for one in shown["nodes"]]


def test_two_actors_are_joined_by_their_films(ask: Ask) -> None:
    total, found = paths(ask, "tom-hanks", "meg-ryan", relations=["CAST_MEMBER"])
    assert found == [
        ["tom-hanks", "sleepless-in-seattle", "meg-ryan"],
        ["tom-hanks", "youve-got-mail", "meg-ryan"],
    ]
    assert total == 2


def test_any_relation_either_way(ask: Ask, sample: SampleGraph) -> None:
    neighbours: dict[str, set[str]] = {id: set() for id in sample.types}
    for subject, _, object in sample.statements:
        neighbours[subject].add(object)
        neighbours[object].add(subject)
    between = sorted(neighbours["tom-hanks"] & neighbours["meg-ryan"])
    total, found = paths(ask, "tom-hanks", "meg-ryan", first=2)
    # Several statements may lie between the same two: each is a walk of its own.
    assert [middle for _, middle, _ in found] == between[:2]
    assert total >= len(between)


def test_no_walk_within_the_hops(ask: Ask) -> None:
    assert paths(ask, "P-RAINCOAT-YELLOW", "singin-in-the-rain", maxHops=2) == (0, [])
    total, found = paths(ask, "P-RAINCOAT-YELLOW", "singin-in-the-rain", maxHops=4, first=1)
    assert len(found[0]) == 4  # three hops
    assert total >= 13


def test_sets_that_overlap_are_joined_by_nothing(ask: Ask) -> None:
    either = {"union": [{"ids": ["leon"]}, {"ids": ["big"]}]}
    assert paths(ask, either, "leon") == (1, [["leon"]])
    assert paths(ask, either, "leon", maxHops=0) == (1, [["leon"]])
    assert paths(ask, {"ids": []}, "leon") == (0, [])


def test_crowded_entities_are_gone_round(ask: Ask) -> None:
    _, through = paths(ask, "tom-hanks", "meg-ryan", avoid=30, first=50)
    assert [middle for _, middle, _ in through] == ["sleepless-in-seattle", "youve-got-mail"]
    # Both ends may be as crowded as they like.
    assert paths(ask, "tom-hanks", "meg-ryan", avoid=1) == (0, [])


def test_statements_that_pass(ask: Ask) -> None:
    ends = "P-TENT-4", "P-LANTERN"
    total, found = paths(ask, *ends, where={"minTypicality": 0.9})
    assert found == [["P-TENT-4", "intent:event:en:camping trips", "P-LANTERN"]]
    assert total == 1
    assert paths(ask, *ends, where={"sources": []}) == (0, [])
    assert paths(ask, *ends, relations=[]) == (0, [])


@pytest.mark.parametrize(
    ("arguments", "place"), [({"maxHops": -1}, ["maxHops"]), ({"first": -1}, ["first"])]
)
def test_nonsense_has_a_place(ask: Ask, arguments: Any, place: list[str]) -> None:
    found = ask(DOCUMENT, **{"from": {"ids": ["leon"]}, "to": {"ids": ["big"]}}, **arguments)
    [error] = found["errors"]
    assert error["extensions"] == {"code": "BAD_REQUEST", "path": place}


def test_a_fault_in_either_end_has_a_place(ask: Ask) -> None:
    nonsense = {"intersect": []}
    for ends, place in (
        ({"from": nonsense, "to": {"ids": ["big"]}}, ["from", "intersect"]),
        ({"from": {"ids": ["big"]}, "to": nonsense}, ["to", "intersect"]),
    ):
        [error] = ask(DOCUMENT, **ends)["errors"]
        assert error["extensions"] == {"code": "BAD_REQUEST", "path": place}
