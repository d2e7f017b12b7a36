"""A delta laid over the tables: a snapshot of a later data version, which shares their pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graph_schema.identifiers import label_of_type
from kgservice.graph.records import Names
from kgservice.index import layout
from kgservice.index.delta import CannotFollowError, Delta
from kgservice.index.interning import Interner
from kgservice.index.numbering import Members
from kgservice.index.overlay import (
    EntityRow,
    FreshEntities,
    StatementRow,
    kinds_of,
    ranks_of,
    statements_layer,
)
from kgservice.index.snapshot import Layer, Snapshot, base_layer
from kgservice.index.staged_statements import Codes as GrowingCodes
from kgservice.index.statements import StatementRows
from kgservice.index.tables import Codes, Tables
from kgservice.index.texts import Texts
from kgservice.resolution.mapped import Array


def laid_over(tables: Tables, delta: Delta) -> Snapshot:
    """The tables with what changed since; raises CannotFollowError."""
    if delta.mark == tables.manifest.mark:
        return Snapshot.of(tables)
    codes = _growing(tables.codes, delta)
    fresh, kinds = _fresh_entities(tables, delta)
    base = Snapshot.of(tables)
    numbered = replace(base, fresh=fresh)
    dead = _dead(base, delta)
    rows, subjects, objects = _present(numbered, delta)
    statements, ids = statements_layer(rows, subjects, objects, codes)
    keys = layout.keys_of(ids)
    order = np.argsort(keys, kind="stable").astype(np.int32)
    every = np.arange(len(ids), dtype=np.int32)
    layer = Layer(statements, every, Texts(ids), keys[order], order)
    more = _more(base, dead, rows, subjects, objects)
    relations = tuple(codes.relations)
    return Snapshot(
        tables=tables,
        version=delta.mark.version,
        vocabulary=delta.vocabulary,
        names=Names(delta.vocabulary),
        codes=Codes(
            relations,
            tuple(kinds.values),
            tuple(codes.origins.values),
            {name: tuple(one.values) for name, one in codes.terms.items()},
        ),
        layers=(_without(base, dead), layer),
        fresh=replace(fresh, more=more),
        _relations={id: code for code, id in enumerate(relations)},
    )


def _growing(known: Codes, delta: Delta) -> GrowingCodes:
    """The codes of the tables, and behind them those of what is new."""
    new = sorted(delta.vocabulary.relations.keys() - set(known.relations))
    relations = [*known.relations, *new]
    if layout.relation_type(len(relations)) != layout.relation_type(len(known.relations)):
        raise CannotFollowError("there are more relations than the tables have room for")
    return GrowingCodes(
        {id: code for code, id in enumerate(relations)},
        {},
        Interner(known.origins),
        {name: Interner(known.terms[name]) for name in layout.TERMS},
    )


def _fresh_entities(
    tables: Tables, delta: Delta
) -> tuple[FreshEntities, Interner[tuple[str, ...]]]:
    touched = sorted(delta.entities)
    numbers = dict(zip(touched, tables.entities.ids.numbers(touched).tolist(), strict=True))
    new_ids = [id for id in touched if numbers[id] < 0 and delta.entities[id] is not None]
    size = len(tables.entities)
    new = {id: size + place for place, id in enumerate(new_ids)}
    rows: dict[int, EntityRow] = {}
    gone: set[int] = set()
    for id, row in delta.entities.items():
        number = new.get(id, numbers[id])
        if row is not None:
            rows[number] = row
        elif number >= 0:
            gone.add(number)
    kinds = Interner(tables.codes.kinds)
    labels = frozenset(label_of_type(type) for type in delta.vocabulary.types)
    places = tables.entities.ids.places(pa.array(new_ids, pa.large_string()))
    fresh = FreshEntities(
        base=size,
        new_ids=new_ids,
        rows=rows,
        gone=frozenset(gone),
        kind=kinds_of(tables.entities.kind, rows, gone, kinds, labels),
        ranks=ranks_of(new_ids, places),
        more={},
        numbers=new,
    )
    return fresh, kinds


def _dead(base: Snapshot, delta: Delta) -> Array:
    """The rows of the tables whose statements were touched."""
    [layer] = base.layers
    if not delta.statements:
        return np.empty(0, np.int64)
    return StatementRows(base, layer).made_of(delta.statements)


def _present(numbered: Snapshot, delta: Delta) -> tuple[list[StatementRow], Members, Members]:
    """The touched statements that there are, with the numbers of their ends."""
    rows = [
        row
        for row in delta.statements.values()
        if row is not None and row.relation in delta.vocabulary.relations
    ]
    subjects = numbered.numbers([row.subject for row in rows])
    objects = numbered.numbers([row.object or "" for row in rows])
    with_literal = np.array([row.literal is not None for row in rows], np.bool_)
    kept = np.flatnonzero((subjects >= 0) & (with_literal | (objects >= 0)))
    return [rows[place] for place in kept.tolist()], subjects[kept], objects[kept]


def _without(base: Snapshot, dead_rows: Array) -> Layer:
    [layer] = base.layers
    dead: npt.NDArray[np.bool_] | None = None
    if len(dead_rows):
        dead = np.zeros(
            len(layer.statements.between) + len(layer.statements.with_literal), np.bool_
        )
        dead[dead_rows] = True
    return replace(base_layer(base.tables, dead), statements=layer.statements.open_ended())


def _more(
    base: Snapshot,
    dead: Array,
    rows: Iterable[StatementRow],
    subjects: Members,
    objects: Members,
) -> Mapping[int, int]:
    """How many statements more, or less, each entity has than in the tables."""
    [layer] = base.layers
    more: Counter[int] = Counter()
    between = dead[dead < layer.between]
    ends = layer.statements.out.end
    assert ends is not None, "statements between entities have two ends"
    starts = layer.statements.between.subject[between].tolist()
    for subject, object in zip(starts, ends[between].tolist(), strict=True):
        more.subtract({subject, object})
    values = dead[dead >= layer.between] - layer.between
    more.subtract(layer.statements.with_literal.subject[values].tolist())
    for row, subject, object in zip(rows, subjects.tolist(), objects.tolist(), strict=True):
        more.update({subject} if row.literal is not None else {subject, object})
    return {number: count for number, count in more.items() if count}
