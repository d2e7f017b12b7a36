"""From columns to the files of an index, with what makes them quick to walk."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa

from kgservice.index import layout
from kgservice.index.interning import Interner, Kind
from kgservice.index.numbering import Numbering
from kgservice.index.staged_entities import StagedEntities
from kgservice.index.staged_statements import Codes, StatementColumns
from kgservice.index.uniting import Merges, Part, United
from kgservice.resolution.mapped import Array, write_array, write_columns


@dataclass(frozen=True, slots=True)
class Columns:
    """Everything that was read of a graph."""

    entities: StagedEntities
    kinds: Interner[Kind]
    between: StatementColumns
    literals: StatementColumns
    codes: Codes
    merges: Merges
    united: Sequence[United]
    parts: Sequence[Part]

    @property
    def ids(self) -> Numbering:
        """The numbers of the entities."""
        return Numbering(self.entities.columns["id"])


def write_tables(directory: Path, read: Columns) -> None:
    """Write all files but the vocabulary and the manifest."""
    keys = np.concatenate([read.between.keys(), read.literals.keys()])
    # Ids take as long to sort as half of the rest does, and numpy sorts without Python.
    with ThreadPoolExecutor(1) as beside:
        named = beside.submit(_write_keys, directory, keys, sorted(one.id for one in read.united))
        _write_rows(directory, read)
        named.result()


def _write_rows(directory: Path, read: Columns) -> None:
    ids = read.ids
    between, literals = read.between.columns(), read.literals.columns()
    out = _starts(between["subject"].to_numpy(), len(ids))
    of_literals = _starts(literals["subject"].to_numpy(), len(ids))
    into = _write_into(directory, between, len(ids))
    loops = between["subject"].to_numpy() == between["object"].to_numpy()
    degree = (np.diff(out) + np.diff(into) + np.diff(of_literals))[:-1]
    degree -= np.bincount(between["subject"].to_numpy()[loops], minlength=len(ids))
    write_array(directory / layout.OUT_STARTS, out)
    subjects, relations = between["subject"].to_numpy(), between["relation"].to_numpy()
    _write_runs(directory, (layout.OUT_RUNS, layout.OUT_RELATIONS), subjects, relations)
    write_array(directory / layout.LITERAL_STARTS, of_literals)
    write_columns(directory / layout.STATEMENTS, between)
    write_columns(directory / layout.LITERALS, literals)
    columns = {**read.entities.columns, "degree": pa.array(degree)}
    write_columns(directory / layout.ENTITIES, columns)
    _write_kinds(directory, columns["kind"].to_numpy(), len(read.kinds.values))
    _write_merges(directory, read, ids)
    _write_names(directory, read)


def _starts(subjects: Array, entities: int) -> Array:
    """Where the rows of each entity begin, and behind the last twice where they end."""
    ends = np.cumsum(np.bincount(subjects, minlength=entities))
    return np.concatenate([[0], ends, ends[-1:] if entities else [0]])


def _write_into(directory: Path, between: dict[str, pa.Array], entities: int) -> Array:
    """The statements again, from their objects' side; returns where each object's begin."""
    objects, relations = between["object"].to_numpy(), between["relation"].to_numpy()
    # Rows stand by subject: two stable sorts leave them so within each object and relation.
    rows = np.argsort(relations, kind="stable")
    rows = rows[np.argsort(objects[rows], kind="stable")].astype(np.int32)
    starts = _starts(objects, entities)
    columns = {
        "subject": pa.array(between["subject"].to_numpy()[rows]),
        "relation": pa.array(relations[rows]),
        "row": pa.array(rows),
    }
    write_columns(directory / layout.INTO, columns)
    write_array(directory / layout.INTO_STARTS, starts)
    runs = layout.INTO_RUNS, layout.INTO_RELATIONS
    _write_runs(directory, runs, objects[rows], relations[rows])
    return starts


def _write_runs(directory: Path, names: tuple[str, str], ends: Array, relations: Array) -> None:
    """Where the rows of each entity and relation begin, and how many they are, by relation."""
    fresh = np.ones(len(ends), np.bool_)
    fresh[1:] = (ends[1:] != ends[:-1]) | (relations[1:] != relations[:-1])
    starts = np.flatnonzero(fresh)
    sizes = np.diff(np.append(starts, len(ends)))
    order = np.argsort(relations[starts], kind="stable")
    starts = starts[order]
    columns = {
        "entity": pa.array(ends[starts]),
        "start": pa.array(starts.astype(np.int32)),
        "size": pa.array(sizes[order].astype(np.int32)),
    }
    write_columns(directory / names[0], columns)
    counts = np.bincount(relations[starts]) if len(starts) else np.empty(0, np.int64)
    write_array(directory / names[1], np.concatenate([[0], np.cumsum(counts)]).astype(np.int64))


def _write_kinds(directory: Path, kinds: Array, count: int) -> None:
    order = np.argsort(kinds, kind="stable").astype(np.int32)
    write_columns(directory / layout.KINDS, {"entity": pa.array(order)})
    write_array(directory / layout.KIND_STARTS, _starts(kinds, count))


def _write_keys(directory: Path, keys: Array, named: list[str]) -> None:
    """Statement ids in order; and the rows of those that do not follow from their parts."""
    order = np.argsort(keys, kind="stable").astype(np.int32)
    keys = keys[order]
    write_columns(directory / layout.KEYS, {"key": pa.array(keys), "row": pa.array(order)})
    names = pa.array(named, pa.large_string())
    rows = order[np.searchsorted(keys, layout.keys_of(names))]
    by_row = np.argsort(rows)
    columns = {"row": pa.array(rows[by_row]), "id": names.take(pa.array(by_row))}
    write_columns(directory / layout.NAMED, columns)


def _write_merges(directory: Path, read: Columns, ids: Numbering) -> None:
    """Who was merged into whom, and what united statements consist of."""
    merged = sorted(read.merges.canonical)
    canonical = ids.numbers([read.merges.canonical[id] for id in merged])
    columns = {"id": pa.array(merged, pa.large_string()), "canonical": pa.array(canonical)}
    write_columns(directory / layout.MERGED, columns)
    subjects = ids.numbers([read.merges.end(part.subject) for part in read.parts])
    order = np.argsort(subjects, kind="stable")
    lines = [orjson.dumps(read.parts[place].line) for place in order.tolist()]
    parts = {"subject": pa.array(subjects[order]), "part": pa.array(lines, pa.large_binary())}
    write_columns(directory / layout.PARTS, parts)


def _write_names(directory: Path, read: Columns) -> None:
    codes = read.codes
    names = {
        "relations": list(codes.relations),
        "kinds": read.kinds.values,
        "origins": codes.origins.values,
        **{name: interner.values for name, interner in codes.terms.items()},
    }
    layout.write_json(directory / layout.NAMES, names)
