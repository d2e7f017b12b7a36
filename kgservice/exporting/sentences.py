"""Statements as sentences, whole columns at once; the words are those of kgservice.verbalising."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph_schema.relations import Relation
from kgservice.resolution.mapped import Array
from kgservice.verbalising import PLACES, behind_subject, is_season, template


def sentences(relation: Relation, subjects: pa.Array, objects: pa.Array) -> pa.Array:
    """Statements of one relation as sentences; `objects` are labels, or values as they read."""
    return _told(relation, objects, lambda one: _filled(one, subjects, objects))


def phrases(relation: Relation, objects: pa.Array) -> pa.Array:
    """The same without their subjects."""
    nothing = pa.repeat(pa.scalar("", pa.string()), len(objects))
    return _told(relation, objects, lambda one: _filled(behind_subject(one), nothing, objects))


def runs(relations: Array) -> list[tuple[int, int]]:
    """From where to where each relation stands, in a column that is in their order."""
    edges = np.flatnonzero(np.diff(relations, prepend=-1, append=-1)).tolist()
    return list(pairwise(edges))


def _told(relation: Relation, objects: pa.Array, fill: Callable[[str], pa.Array]) -> pa.Array:
    plain = template(relation, season=False)
    of_season = template(relation, season=True)
    if of_season == plain:
        return fill(plain)
    seasons = pa.array([is_season(text) for text in objects.to_pylist()], pa.bool_())
    return pc.if_else(seasons, fill(of_season), fill(plain))


def _filled(template: str, subjects: pa.Array, objects: pa.Array) -> pa.Array:
    # What has no place for either is as long as the others by an empty column.
    parts: list[pa.Array | str] = [pa.repeat(pa.scalar("", pa.string()), len(objects))]
    begin = 0
    for place in PLACES.finditer(template):
        parts += [template[begin : place.start()], subjects if place[0] == "{s}" else objects]
        begin = place.end()
    return pc.binary_join_element_wise(*parts, template[begin:], "")
