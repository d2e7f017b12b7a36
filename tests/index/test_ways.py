"""Rows of entities and relations, selected every way there is, against a look at every row."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import numpy as np
import pytest

from kgservice.index import ways
from kgservice.index.ways import DenseRuns, RelationRuns, SparseRuns, Wanted, Way

_ENTITIES, _RELATIONS = 12, 14


def rows_of(random: Random, count: int) -> list[tuple[int, int]]:
    """Entity and relation of each row, in order; some entities have most of them."""
    some = [
        (int(random.random() ** 2 * _ENTITIES), random.randrange(_RELATIONS)) for _ in range(count)
    ]
    return sorted(some)


def by_relation(rows: Sequence[tuple[int, int]]) -> RelationRuns:
    runs = sorted({(relation, entity) for entity, relation in rows})
    relations = [relation for relation, _ in runs]
    firsts = [sum(one < code for one in relations) for code in range(_RELATIONS + 1)]
    ends = [(entity, relation) for relation, entity in runs]
    return RelationRuns(
        firsts,
        np.array([entity for _, entity in runs], np.int32),
        np.array([rows.index(one) for one in ends], np.int64),
        np.array([rows.count(one) for one in ends], np.int32),
    )


def all_ways(rows: Sequence[tuple[int, int]]) -> list[Way]:
    entities = np.array([entity for entity, _ in rows], np.int32)
    relations = np.array([relation for _, relation in rows], np.int16)
    starts = np.searchsorted(entities, np.arange(_ENTITIES + 2))
    dense = Way(DenseRuns(starts), relations, entities, None)
    return [
        dense,
        Way(SparseRuns(entities), relations, entities, None),
        Way(DenseRuns(starts), relations, entities, None, by_relation(rows)),
        dense.open_ended(),
    ]


@pytest.mark.parametrize("limits", [{}, {"_PORTION": 6}, {"_MANY_ROWS": 8, "_HUB": 3}])
@pytest.mark.parametrize("seed", range(4))
def test_every_row_that_is_wanted_and_no_other(
    seed: int, limits: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in limits.items():
        monkeypatch.setattr(ways, name, value)
    random = Random(seed)
    rows = rows_of(random, random.choice((0, 1, 30, 60)) if seed else 60)
    everyone = range(_ENTITIES)
    asked = [
        *([one] for one in everyone),
        [],
        list(everyone),
        sorted(random.sample(everyone, 5)),
        # As walks have them that keep their starts apart: again and again, in no order.
        [random.randrange(_ENTITIES) for _ in range(30)],
    ]
    for way in all_ways(rows):
        for members in asked:
            for count in (None, 0, 1, 3, 11, _RELATIONS):
                codes = (
                    range(_RELATIONS) if count is None else random.sample(range(_RELATIONS), count)
                )
                wanted = None if count is None else Wanted.of(codes, _RELATIONS, np.int16)
                parts = list(way.parts(np.array(members, np.int32), wanted))
                found = [
                    pair
                    for places, owners in parts
                    for pair in zip(owners.tolist(), places.tolist(), strict=True)
                ]
                assert sorted(found) == [
                    (owner, place)
                    for owner, member in enumerate(members)
                    for place, (entity, relation) in enumerate(rows)
                    if entity == member and relation in codes
                ]


def test_what_is_laid_out_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways, "_PORTION", 6)
    rows = [(entity, 0) for entity in range(_ENTITIES) for _ in range(4)]
    members = np.arange(_ENTITIES, dtype=np.int32)
    for way in all_ways(rows):
        for wanted in (None, Wanted.of([0], _RELATIONS, np.int16)):
            sizes = [len(places) for places, _ in way.parts(members, wanted)]
            assert sum(sizes) == len(rows)
            # As few runs as go beyond it by less than one.
            assert max(sizes) < 6 + 4


def test_a_relation_that_came_later() -> None:
    way = all_ways([(0, 1), (3, 2)])[2]
    wanted = Wanted.of([_RELATIONS + 2], _RELATIONS + 3, np.int16)
    assert list(way.parts(np.array([0, 3], np.int32), wanted)) == []
