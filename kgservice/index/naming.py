"""The names of an index: what resolution needs to know of its entities, read off its tables."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from kgservice.graph.asked import TimeLimit
from kgservice.graph.records import Names
from kgservice.index.around import Around, Wish
from kgservice.index.effort import Effort
from kgservice.index.interning import Kind
from kgservice.index.numbering import Members
from kgservice.index.snapshot import Snapshot
from kgservice.index.tables import EntityTable, Statements
from kgservice.index.ways import Way
from kgservice.model import Direction
from kgservice.resolution.mapped import Array
from kgservice.resolution.spans import spread
from kgservice.resolution.tables import ENTITY_SCHEMA, NameSource, Neighbours
from kgservice.vocabulary import Vocabulary

#: Where in the directory of an index its names lie.
NAMES_DIRECTORY = Path("names")
#: Neighbours that an entity is known by; hubs have thousands, and their first say no more.
_MOST_NEIGHBOURS = 30
#: Seconds that reading the neighbours of what changed may take.
_PATIENCE_SECONDS = 600.0
#: Types whose names are titles: long, and asked for by a few of their words.
_TITLE_TYPES = ("Product",)


def name_source(
    entities: EntityTable, statements: Statements, kinds: Sequence[Kind], vocabulary: Vocabulary
) -> NameSource:
    """All that a layer of names is built from, of all entities in the order of their numbers."""
    return NameSource(
        pa.table(
            {
                "id": entities.ids.all,
                "label": entities.label.column,
                "aliases": entities.aliases.column,
                "description": entities.description.column,
                "types": _types(entities.kind, kinds, Names(vocabulary)),
                "degree": pa.array(entities.degree),
            }
        ),
        _neighbours(statements, entities.label.column),
        {type.id: type.label for type in vocabulary.types.values()},
        _title_types(vocabulary),
    )


def changed_names(snapshot: Snapshot, ids: Collection[str]) -> tuple[NameSource, list[str]]:
    """The same of some entities alone, and which of them are gone."""
    asked = sorted(ids)
    numbers = snapshot.numbers(asked)
    gone = [id for id, number in zip(asked, numbers.tolist(), strict=True) if number < 0]
    members = np.unique(numbers[numbers >= 0])
    cards = snapshot.cards(members)
    columns = {name: [getattr(one, name) for one in cards] for name in ENTITY_SCHEMA.names}
    vocabulary = snapshot.vocabulary
    source = NameSource(
        pa.table(columns, ENTITY_SCHEMA),
        _neighbours_of(snapshot, members),
        {type.id: type.label for type in vocabulary.types.values()},
        _title_types(vocabulary),
    )
    return source, gone


def _title_types(vocabulary: Vocabulary) -> frozenset[str]:
    return vocabulary.with_subtypes(one for one in _TITLE_TYPES if one in vocabulary.types)


def _neighbours_of(snapshot: Snapshot, members: Members) -> Neighbours:
    around = Around(snapshot, Effort(TimeLimit("names", _PATIENCE_SECONDS)))
    found = [
        (part.owners, part.far)
        for part in around.find(members, Wish(direction=Direction.BOTH))
        if part.far is not None
    ]
    owners = np.concatenate([np.empty(0, np.int64), *(one for one, _ in found)])
    ends = np.concatenate([np.empty(0, np.int32), *(far for _, far in found)])
    order = np.argsort(owners, kind="stable")
    sizes = np.bincount(owners, minlength=len(members))
    most = np.minimum(sizes, _MOST_NEIGHBOURS)
    first = np.cumsum(sizes) - sizes
    places, whose = spread(first, first + most)
    step = (places - first[whose]) * sizes[whose] // np.maximum(most, 1)[whose]
    known, rows = np.unique(ends[order][first[whose] + step], return_inverse=True)
    offsets = np.concatenate([[0], np.cumsum(most)]).astype(np.int64)
    labels = pa.array(snapshot.labels(known), pa.string())
    return Neighbours(offsets, rows.astype(np.int32), labels)


def _types(kinds: Array, labels: Sequence[Kind], names: Names) -> pa.Array:
    texts = pa.large_list(pa.large_string())
    return pa.array([names.types(one) for one in labels], texts).take(pa.array(kinds))


def _neighbours(statements: Statements, labels: pa.Array) -> Neighbours:
    """Of each entity some that statements lead to and some that they come from, half of each."""
    everyone = np.arange(len(labels), dtype=np.int32)
    out, into = _sizes(statements.out, everyone), _sizes(statements.into, everyone)
    most_out = np.minimum(out, _MOST_NEIGHBOURS - np.minimum(into, _MOST_NEIGHBOURS // 2))
    most_into = np.minimum(into, _MOST_NEIGHBOURS - most_out)
    owners, ends = [], []
    for way, most in ((statements.out, most_out), (statements.into, most_into)):
        whose, reached = _sampled(way, everyone, most)
        owners.append(whose)
        ends.append(reached)
    whose = np.concatenate(owners)
    rows = np.concatenate(ends)[np.argsort(whose, kind="stable")].astype(np.int32)
    offsets = np.concatenate([[0], np.cumsum(most_out + most_into)]).astype(np.int64)
    return Neighbours(offsets, rows, labels)


def _sizes(way: Way, members: Array) -> Array:
    starts, ends = way.runs.of(members)
    sizes: Array = ends - starts
    return sizes


def _sampled(way: Way, members: Array, most: Array) -> tuple[Array, Array]:
    """So many ends of each entity's statements, from all along them: they stand by relation."""
    starts, ends = way.runs.of(members)
    assert way.end is not None, "a neighbour is an entity"
    first = np.cumsum(most) - most
    places, owners = spread(first, first + most)
    step = (places - first[owners]) * (ends - starts)[owners] // most[owners]
    return owners, way.end[starts[owners] + step]
