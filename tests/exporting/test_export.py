"""Exports of both kinds in every format: what they hold, in which order, and their bytes."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from io import BytesIO, StringIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from expected_rows import Row
from exported_worlds import Worlds
from hypothesis import given, settings
from hypothesis import strategies as st
from random_worlds import RELATIONS, TYPES

from graph_schema.ids import entity_key, statement_id
from kgservice.exporting import asserted as asserted_by_runs
from kgservice.exporting import export as exporting
from kgservice.exporting import ordering
from kgservice.exporting.columns import STATEMENTS
from kgservice.exporting.export import Export
from kgservice.exporting.formats import FORMATS
from kgservice.exporting.identifying import statement_ids
from kgservice.exporting.wanted import Filters, Kind
from kgservice.index.opening import Opened

pytestmark = pytest.mark.neo4j


def written(
    worlds: Worlds,
    opened: Opened,
    kind: Kind = Kind.TRIPLES,
    filters: Filters = Filters(),  # noqa: B008
    format: str = "parquet",
) -> bytes:
    file = BytesIO()
    told: list[int] = []
    made = Export.of(opened.snapshot, opened.mark, kind, filters, FORMATS[format], worlds.connect)
    assert made.write(file, told.append) == sum(told)
    return file.getvalue()


def rows(content: bytes) -> list[Row]:
    return pq.read_table(BytesIO(content)).to_pylist()


def shown(expected: Iterable[Row]) -> list[Row]:
    """Without what only orders them."""
    return [{name: row[name] for name in STATEMENTS.names} for row in expected]


@pytest.mark.parametrize("which", ["built", "followed"])
def test_statements_are_those_of_the_graph(worlds: Worlds, which: str) -> None:
    opened = getattr(worlds, which)
    found = rows(written(worlds, opened))
    assert len(found) > 600
    assert found == shown(worlds.statements)


@pytest.mark.parametrize("which", ["built", "followed"])
def test_entities_are_those_of_the_graph(worlds: Worlds, which: str) -> None:
    opened = getattr(worlds, which)
    assert rows(written(worlds, opened, Kind.ENTITIES)) == worlds.entities
    dogs = rows(written(worlds, opened, Kind.ENTITIES, Filters(types=("Animal",))))
    assert dogs == [one for one in worlds.entities if {"Animal", "Dog"} & {*one["types"]}]
    assert dogs


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("kind", Kind)
def test_the_bytes_say_nothing_of_how_the_index_came(
    worlds: Worlds, kind: Kind, format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = written(worlds, worlds.built, kind, format=format)
    assert written(worlds, worlds.followed, kind, format=format) == built
    monkeypatch.setattr(ordering, "_ROWS", 17)
    assert written(worlds, worlds.built, kind, format=format) == built
    assert written(worlds, worlds.followed, kind, format=format) == built


def test_formats_hold_the_same(worlds: Worlds) -> None:
    expected = shown(worlds.statements)
    stream = pa.ipc.open_stream(written(worlds, worlds.built, format="arrow"))
    assert stream.schema.metadata[b"kg.data_version"] == str(worlds.built.mark.version).encode()
    assert stream.read_all().to_pylist() == expected
    lines = written(worlds, worlds.built, format="jsonl").decode().splitlines()
    assert [json.loads(line) for line in lines] == expected


def test_csv_is_what_the_loaders_read(worlds: Worlds) -> None:
    text = written(worlds, worlds.built, Kind.ENTITIES, format="csv").decode()
    found = list(csv.DictReader(StringIO(text, newline="")))
    joined = [
        {
            name: "|".join(item.replace("|", "\\|") for item in value)
            if isinstance(value, list)
            else ""
            if value is None
            else str(value)
            for name, value in one.items()
        }
        for one in worlds.entities
    ]
    assert found == joined


def test_small_tables_are_the_same_rows(worlds: Worlds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "TABLE_ROWS", 13)
    content = written(worlds, worlds.followed)
    assert rows(content) == shown(worlds.statements)
    file = pq.ParquetFile(BytesIO(content))
    sizes = [file.metadata.row_group(one).num_rows for one in range(file.num_row_groups)]
    assert set(sizes[:-1]) == {13}


def test_metadata(worlds: Worlds) -> None:
    filters = Filters(relations=("LIKES",), min_support=2)
    found = pq.read_schema(BytesIO(written(worlds, worlds.built, filters=filters))).metadata
    assert found[b"kg.data_version"] == str(worlds.built.mark.version).encode()
    assert json.loads(found[b"kg.filters"]) == {"relations": ["LIKES"], "min_support": 2}


def below(id: str, parents: dict[str, frozenset[str]]) -> set[str]:
    """An id and all below it; those on a cycle are below each other."""
    found = {id}
    while True:
        more = {one for one, above in parents.items() if above & found}
        if more <= found:
            return found
        found |= more


SCORE = st.sampled_from((None, None, 0.5, 0.7))
FILTERS = st.builds(
    Filters,
    st.none() | st.lists(st.sampled_from(sorted(RELATIONS)), max_size=3).map(tuple),
    st.none() | st.lists(st.sampled_from(sorted(TYPES)), max_size=2).map(tuple),
    st.none() | st.lists(st.sampled_from(sorted(TYPES)), max_size=2).map(tuple),
    st.sampled_from((None, None, "asserted", "behavior", "rolled_up")),
    st.none(),
    SCORE,
    SCORE,
    st.sampled_from((None, None, 2, 5)),
)


@settings(max_examples=40, deadline=None)
@given(filters=FILTERS, which=st.sampled_from(("built", "followed")))
def test_filters(worlds: Worlds, filters: Filters, which: str) -> None:
    found = rows(written(worlds, getattr(worlds, which), filters=filters))
    assert found == shown(one for one in worlds.statements if passes(one, filters))


def passes(row: Row, filters: Filters) -> bool:
    return (
        _named(filters.relations, RELATIONS, [row["relation"]])
        and _named(filters.types, TYPES, row["subject_types"])
        and _named(filters.object_types, TYPES, row["object_types"] or [])
        and filters.level in (None, row["level"])
        and _reaches(row["plausibility"], filters.min_plausibility)
        and _reaches(row["typicality"], filters.min_typicality)
        and _reaches(row["support"], filters.min_support)
    )


def _named(
    names: tuple[str, ...] | None, parents: dict[str, frozenset[str]], found: list[str]
) -> bool:
    if names is None:
        return True
    return any(one in below(name, parents) for name in names for one in found)


def _reaches(score: float | None, least: float | None) -> bool:
    return least is None or (score is not None and score >= least)


@pytest.mark.parametrize("at_a_time", [50_000, 3])
def test_a_run_and_what_is_rolled_up_from_it(
    worlds: Worlds, at_a_time: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asserted_by_runs, "_ASSERTIONS", at_a_time)
    runs = worlds.graph.value("MATCH (a:Assertion) RETURN collect(DISTINCT a.run)")
    assert len(runs) > 3
    for run in [*runs, "no such run"]:
        asserted = set(
            worlds.graph.value(
                "MATCH (a:Assertion {run: $run}) RETURN collect(DISTINCT a.statement_id)",
                {"run": run},
            )
        )
        rolled_up = set(
            worlds.graph.value(
                "MATCH (a:Assertion {run: $run}) MATCH (b:Entity)-[r {id: a.statement_id}]->(i)\n"
                "MATCH (b)-[:HAS_QUERY|HAS_PRODUCT]->(h)-[u {level: 'rolled_up'}]->(i)\n"
                "WHERE type(u) = type(r) AND r.level = 'behavior' RETURN collect(DISTINCT u.id)",
                {"run": run},
            )
        )
        for opened in (worlds.built, worlds.followed):
            found = rows(written(worlds, opened, filters=Filters(run=run)))
            wanted = [one for one in worlds.statements if one["id"] in asserted | rolled_up]
            assert found == shown(wanted)
    assert rolled_up == set()


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(*[st.text(min_size=1, max_size=20)] * 3), min_size=1, max_size=8),
)
def test_ids_by_columns(parts: list[tuple[str, str, str]]) -> None:
    names = sorted({relation for _, relation, _ in parts})
    found = statement_ids(
        pa.array([subject for subject, _, _ in parts]),
        np.array([names.index(relation) for _, relation, _ in parts]),
        names,
        pa.array([entity_key(object) for _, _, object in parts]),
    )
    expected = [statement_id(s, r, entity_key(o)) for s, r, o in parts]
    assert found.to_pylist() == expected
