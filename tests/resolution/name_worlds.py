"""Tables of entities to resolve names in: by hand, and of the sample's facts."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa

from kgservice.resolution.index import NameIndex
from kgservice.resolution.tables import ENTITY_SCHEMA, NameSource, Neighbours


@dataclass(frozen=True)
class Named:
    """An entity and what resolution may know of it."""

    id: str
    label: str
    aliases: Sequence[str] = ()
    description: str | None = None
    types: Sequence[str] = ("Thing",)
    degree: int = 1


#: Builds an index of entities made by hand.
Indexed = Callable[[Iterable[Named]], NameIndex]


def source(entities: Iterable[Named]) -> NameSource:
    rows = [
        {
            "id": one.id,
            "label": one.label,
            "aliases": list(one.aliases),
            "description": one.description,
            "types": list(one.types),
            "degree": one.degree,
        }
        for one in entities
    ]
    return NameSource(pa.Table.from_pylist(rows, ENTITY_SCHEMA))


def sample_source() -> NameSource:
    """What has a name in the sample's facts, beside what the facts tie it to."""
    entities = [json.loads(line) for line in _lines("entities.jsonl")]
    row = {entity["id"]: at for at, entity in enumerate(entities)}
    beside: dict[int, list[int]] = defaultdict(list)
    for line in _lines("triples.tsv")[1:]:
        head, _, tail = line.split("\t")[:3]
        if head in row and tail in row:
            beside[row[head]].append(row[tail])
            beside[row[tail]].append(row[head])
    named = [
        Named(
            entity["id"],
            entity["label"],
            entity.get("aliases", ()),
            entity.get("description"),
            entity["types"],
            len(beside[at]),
        )
        for at, entity in enumerate(entities)
    ]
    table = source(named).entities
    ends = np.cumsum([0, *(len(beside[at]) for at in range(len(entities)))]).astype(np.int64)
    rows = np.array([one for at in range(len(entities)) for one in beside[at]], np.int32)
    around = Neighbours(ends, rows, table["label"].combine_chunks())
    return NameSource(table, around)


def _lines(name: str) -> list[str]:
    return (files("sample") / name).read_text("utf-8").splitlines()


def labels(source: NameSource) -> list[dict[str, Any]]:
    """The rows of a table, as dictionaries."""
    return source.entities.to_pylist()
