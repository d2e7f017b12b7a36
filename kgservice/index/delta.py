"""From the change log to a delta: what was touched since the tables were made, as it is now.

The log says what was touched; what has become of it is read from the graph, round by round, until a
round ends at the data version at which it began. So what is laid over the tables is of one data
version, and following the graph costs what changed, not what there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import nan
from typing import Any

from graph_schema.identifiers import label_of_type, relationship_type_of
from kgservice.graph.client import Graph
from kgservice.graph.cypher import indexing
from kgservice.graph.cypher.vocabulary import READ_VOCABULARY
from kgservice.graph.vocabulary import vocabulary_of
from kgservice.index.building import read_mark
from kgservice.index.manifest import Mark
from kgservice.index.overlay import EntityRow, StatementRow
from kgservice.index.tables import Tables
from kgservice.ledger.change_log import Touched
from kgservice.literals import literal
from kgservice.vocabulary import Vocabulary

#: Ids that are read at a time.
_IDS = 5_000
#: More touched entities and statements than this are not laid over tables, but built into them: the
#: layer is put together anew at each step, at 5 us a statement.
_MOST = 200_000


class CannotFollowError(Exception):
    """What happened since cannot be laid over the tables: they must be built anew."""


@dataclass(frozen=True, slots=True)
class Delta:
    """What lies over the tables at one data version: null stands for what is gone."""

    mark: Mark
    vocabulary: Vocabulary
    entities: Mapping[str, EntityRow | None] = field(default_factory=dict)
    statements: Mapping[str, StatementRow | None] = field(default_factory=dict)

    @classmethod
    def nothing(cls, tables: Tables) -> Delta:
        """Nothing has changed yet."""
        return cls(tables.manifest.mark, tables.vocabulary)


def follow(graph: Graph, tables: Tables, delta: Delta) -> tuple[Delta, Touched]:
    """The delta of the graph as it is now, and what was touched beyond the one before.

    Raises CannotFollowError.
    """
    _check_same_graph(graph, delta.mark)
    merged = _merged(graph, tables)
    before = delta.mark
    entities: set[str] = set()
    statements: dict[str, str] = {}
    while (mark := read_mark(graph)) != delta.mark:
        if mark.database != before.database or mark.version < delta.mark.version:
            raise CannotFollowError("another graph is there now")
        vocabulary = vocabulary_of(graph.value(READ_VOCABULARY))
        touched = _touched(graph, delta.mark.version, mark.version)
        touched = _with_new_types(graph, touched, vocabulary.types.keys() - delta.vocabulary.types)
        entities |= touched.entities
        statements |= touched.statements
        delta = replace(_renewed(graph, delta, touched, mark), vocabulary=vocabulary)
        _check_apart(merged, touched.entities, (delta.statements[id] for id in touched.statements))
        if len(delta.entities) + len(delta.statements) > _MOST:
            raise CannotFollowError("too much has changed")
    return delta, Touched(frozenset(entities), statements)


def _check_same_graph(graph: Graph, mark: Mark) -> None:
    """The log still has the batch that the delta is of: else another graph may be there."""
    made_at = graph.value(indexing.READ_CHANGE_TIME, {"version": mark.version})
    if made_at != mark.made_at:
        raise CannotFollowError("the change log does not reach back so far")


def _merged(graph: Graph, tables: Tables) -> frozenset[str]:
    """Entities that are one with others: statements of theirs are sums, which no delta mends."""
    if graph.value(indexing.COUNT_MERGED) != len(tables.merged):
        raise CannotFollowError("entities were merged or parted")
    merged: list[str] = tables.merged.all.to_pylist()
    return frozenset([*merged, *tables.entities.ids.ids(tables.canonical)])


def _check_apart(
    merged: frozenset[str], entities: frozenset[str], rows: Iterable[StatementRow | None]
) -> None:
    if not merged:
        return
    ends = {end for row in rows if row is not None for end in (row.subject, row.object)}
    if merged & (entities | ends):
        raise CannotFollowError("merged entities have changed")


def _touched(graph: Graph, after: int, until: int) -> Touched:
    parameters = {"after": after, "until": until}
    versions = [row[0] for row in graph.value(indexing.READ_CHANGES, parameters)]
    if versions != list(range(after + 1, until + 1)):
        raise CannotFollowError("the change log does not reach back so far")
    return Touched.by(graph.value(indexing.READ_PAYLOAD, {"version": one}) for one in versions)


def _with_new_types(graph: Graph, touched: Touched, types: Iterable[str]) -> Touched:
    """Entities may have borne the label of a type before it was one: the tables do not tell."""
    entities = set(touched.entities)
    for type in types:
        text = indexing.ids_of_label(label_of_type(type))
        entities.update(graph.value(text, {"limit": _MOST + 1}))
    return replace(touched, entities=frozenset(entities))


def _renewed(graph: Graph, delta: Delta, touched: Touched, mark: Mark) -> Delta:
    entities: dict[str, EntityRow | None] = dict.fromkeys(touched.entities)
    statements: dict[str, StatementRow | None] = dict.fromkeys(touched.statements)
    for ids in _batches(sorted(touched.entities)):
        for row in graph.value(indexing.READ_ENTITIES_BY_ID, {"ids": ids}):
            entities[row[0]] = _entity(row)
    by_relation: dict[str, list[str]] = {}
    for id, relation in touched.statements.items():
        by_relation.setdefault(relation, []).append(id)
    for relation, all_ids in by_relation.items():
        text = indexing.statements_by_id(relationship_type_of(relation))
        for ids in _batches(all_ids):
            for row in graph.value(text, {"ids": ids}):
                statements[row[0]] = _statement(row, relation)
    return replace(
        delta,
        mark=mark,
        entities={**delta.entities, **entities},
        statements={**delta.statements, **statements},
    )


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[first : first + _IDS] for first in range(0, len(ids), _IDS))


def _entity(row: Sequence[Any]) -> EntityRow:
    id, label, description, aliases, labels = row
    return EntityRow(id, label, description, tuple(aliases), frozenset(labels))


def _statement(row: Sequence[Any], relation: str) -> StatementRow:
    id, subject, object, value, plausibility, typicality, support, level, *names = row
    found = None
    if object is None:
        text, datatype, language, unit = value
        found = literal(text, datatype, language=language, unit=unit)
    sources, domains, marketplaces = (tuple(one or ()) for one in names)
    return StatementRow(
        id,
        subject,
        relation,
        object,
        found,
        nan if plausibility is None else plausibility,
        nan if typicality is None else typicality,
        support,
        level,
        (sources, domains, marketplaces),
    )
