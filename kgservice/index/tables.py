"""An index as it lies in its files: opened by mapping them, read only where it is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kgservice.graph.vocabulary import vocabulary_of
from kgservice.index import layout
from kgservice.index.interning import Kind, Origin
from kgservice.index.manifest import Manifest, check, read_manifest
from kgservice.index.numbering import Members, Numbering
from kgservice.index.texts import TextLists, Texts
from kgservice.index.ways import DenseRuns, RelationRuns, Way
from kgservice.resolution.mapped import Array, map_array, map_columns
from kgservice.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class StatementTable:
    """What both kinds of statements have, by row; a score that nobody gave is NaN."""

    subject: Members
    relation: Array
    plausibility: npt.NDArray[np.float64]
    typicality: npt.NDArray[np.float64]
    support: npt.NDArray[np.int64]
    level: npt.NDArray[np.int8]
    origin: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.subject)


@dataclass(frozen=True, slots=True)
class LiteralTable:
    """The literals of statements, by row; NaN and NO_MOMENT where one is no number, no time.

    `terms` are the codes of datatype, language and unit; -1 for none.
    """

    text: pa.Array
    number: npt.NDArray[np.float64]
    moment: npt.NDArray[np.int64]
    terms: Mapping[str, npt.NDArray[np.int32]]


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements of a layer: between entities from both sides, and those with a literal."""

    between: StatementTable
    out: Way
    into: Way
    with_literal: StatementTable
    literals: LiteralTable
    values: Way

    def open_ended(self) -> Statements:
        """The same, of which entities may be asked that came later."""
        ways = {name: getattr(self, name).open_ended() for name in ("out", "into", "values")}
        return replace(self, **ways)


@dataclass(frozen=True, slots=True)
class EntityTable:
    """Entities by number. Those of kind k are by_kind[kind_starts[k]:kind_starts[k + 1]]."""

    ids: Numbering
    label: Texts
    description: Texts
    aliases: TextLists
    merged_ids: TextLists
    kind: npt.NDArray[np.int32]
    degree: npt.NDArray[np.int64]
    by_kind: Members
    kind_starts: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Codes:
    """What the codes in the tables stand for."""

    relations: tuple[str, ...]
    kinds: tuple[Kind, ...]
    origins: tuple[Origin, ...]
    terms: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Tables:
    """An opened index."""

    directory: Path
    manifest: Manifest
    vocabulary: Vocabulary
    codes: Codes
    entities: EntityTable
    merged: Numbering
    canonical: Members
    statements: Statements
    keys: npt.NDArray[np.uint64]
    key_rows: npt.NDArray[np.int32]
    named_rows: npt.NDArray[np.int32]
    named_ids: Texts
    part_subjects: Members
    parts: pa.Array

    @classmethod
    def open(cls, directory: Path, *, checked: bool = True) -> Tables:
        """Map an index; `checked` compares every file with its sum, at 0.2 s a GB.

        Raises IndexDamagedError.
        """
        manifest = read_manifest(directory)
        if checked:
            check(directory, manifest)
        merged = map_columns(directory / layout.MERGED)
        keys = map_columns(directory / layout.KEYS)
        named = map_columns(directory / layout.NAMED)
        parts = map_columns(directory / layout.PARTS)
        rows = layout.read_json(directory / layout.VOCABULARY)["vocabulary"]
        return cls(
            directory=directory,
            manifest=manifest,
            vocabulary=vocabulary_of(rows),
            codes=_codes(layout.read_json(directory / layout.NAMES)),
            entities=map_entities(directory),
            merged=Numbering(merged["id"]),
            canonical=merged["canonical"].to_numpy(),
            statements=map_statements(directory),
            keys=keys["key"].to_numpy(),
            key_rows=keys["row"].to_numpy(),
            named_rows=named["row"].to_numpy(),
            named_ids=Texts(named["id"]),
            part_subjects=parts["subject"].to_numpy(),
            parts=parts["part"],
        )


def _codes(names: Mapping[str, Sequence[Any]]) -> Codes:
    return Codes(
        tuple(names["relations"]),
        tuple(tuple(kind) for kind in names["kinds"]),
        tuple((tuple(one[0]), tuple(one[1]), tuple(one[2])) for one in names["origins"]),
        {name: tuple(names[name]) for name in layout.TERMS},
    )


def map_entities(directory: Path) -> EntityTable:
    """The entities of an index; raises IndexDamagedError."""
    columns = map_columns(directory / layout.ENTITIES)
    return EntityTable(
        ids=Numbering(columns["id"]),
        label=Texts(columns["label"]),
        description=Texts(columns["description"]),
        aliases=TextLists(columns["aliases"]),
        merged_ids=TextLists(columns["merged_ids"]),
        kind=columns["kind"].to_numpy(),
        degree=columns["degree"].to_numpy(),
        by_kind=map_columns(directory / layout.KINDS)["entity"].to_numpy(),
        kind_starts=map_array(directory / layout.KIND_STARTS),
    )


def map_statements(directory: Path) -> Statements:
    """The statements of an index; raises IndexDamagedError."""
    between = map_columns(directory / layout.STATEMENTS)
    into = map_columns(directory / layout.INTO)
    literals = map_columns(directory / layout.LITERALS)
    relation = between["relation"].to_numpy()
    return Statements(
        between=_table(between),
        out=Way(
            _runs(directory / layout.OUT_STARTS),
            relation,
            between["object"].to_numpy(),
            None,
            _by_relation(directory / layout.OUT_RUNS, directory / layout.OUT_RELATIONS),
        ),
        into=Way(
            _runs(directory / layout.INTO_STARTS),
            into["relation"].to_numpy(),
            into["subject"].to_numpy(),
            into["row"].to_numpy(),
            _by_relation(directory / layout.INTO_RUNS, directory / layout.INTO_RELATIONS),
        ),
        with_literal=_table(literals),
        literals=LiteralTable(
            literals["text"],
            literals["number"].to_numpy(),
            literals["moment"].to_numpy(),
            {name: literals[name].to_numpy() for name in layout.TERMS},
        ),
        values=Way(
            _runs(directory / layout.LITERAL_STARTS), literals["relation"].to_numpy(), None, None
        ),
    )


def _table(columns: Mapping[str, pa.Array]) -> StatementTable:
    names = ("subject", "relation", *layout.SCORES)
    return StatementTable(**{name: columns[name].to_numpy() for name in names})


def _by_relation(runs: Path, relations: Path) -> RelationRuns:
    columns = map_columns(runs)
    return RelationRuns(
        map_array(relations).tolist(),
        columns["entity"].to_numpy(),
        columns["start"].to_numpy(),
        columns["size"].to_numpy(),
    )


def _runs(path: Path) -> DenseRuns:
    return DenseRuns(map_array(path))
