"""Every file of the sample is what the contract says, and the files fit each other."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from importlib.resources import files

import pytest
from sample_graph import Literal, SampleGraph, above, lines, records, triples

from graph_schema.entity_types import BUILT_IN_TYPES
from graph_schema.relations import BUILT_IN_RELATIONS
from sample import FILES

BUILT_IN_TYPE_IDS = {kind.id for kind in BUILT_IN_TYPES}
BUILT_IN_RELATION_IDS = {kind.id for kind in BUILT_IN_RELATIONS}
KEYS = {
    "relations.jsonl": {
        "id", "label", "description", "parents", "inverse", "symmetric", "subject_types",
        "object_types", "aliases", "commonsense", "means", "phrase",
    },
    "types.jsonl": {"id", "label", "parents"},
    "entities.jsonl": {"id", "label", "aliases", "description", "types", "language", "modified"},
}  # fmt: skip


@pytest.fixture(scope="module")
def relations() -> dict[str, dict[str, object]]:
    return {record["id"]: record for record in records("relations.jsonl")}


def test_files_are_listed_in_the_order_of_loading() -> None:
    assert [file.format for file in FILES] == [
        "relations", "types", "entities", "triples", "assertions",
    ]  # fmt: skip
    assert {file.dataset for file in FILES} == {"sample-facts", "sample-commonsense"}
    assert all((files("sample") / file.name).is_file() for file in FILES)


@pytest.mark.parametrize("name", KEYS)
def test_records_have_known_keys_and_unique_ids(name: str) -> None:
    ids = Counter(record["id"] for record in records(name))
    assert [id for id, count in ids.items() if count > 1] == []
    assert {key for record in records(name) for key in record} <= KEYS[name]
    assert all(0 < len(id.encode()) <= 1024 for id in ids)
    assert not [id for id in ids if id.startswith(("statement:", '"'))]
    assert all(line == line.strip() for line in lines(name))


def test_the_built_in_vocabulary_is_not_declared_again() -> None:
    assert not BUILT_IN_TYPE_IDS & {record["id"] for record in records("types.jsonl")}
    assert not BUILT_IN_RELATION_IDS & {record["id"] for record in records("relations.jsonl")}


def test_types_and_parents_are_declared(graph: SampleGraph) -> None:
    known = set(graph.type_parents)
    assert set().union(*graph.type_parents.values()) <= known
    assert set().union(*graph.types.values()) <= known
    for relation in records("relations.jsonl"):
        assert set(relation.get("parents", ())) <= set(graph.relation_parents)
        assert {*relation.get("subject_types", ()), *relation.get("object_types", ())} <= known


def test_every_relation_reads_as_a_sentence() -> None:
    for relation in records("relations.jsonl"):
        assert relation["phrase"].startswith("{s} "), relation["id"]
        assert relation["phrase"].endswith("{o}") or " {o} " in relation["phrase"], relation["id"]
        assert relation["description"].endswith(".")


def test_every_name_of_a_relation_means_one_relation() -> None:
    names = Counter(
        name.casefold()
        for relation in records("relations.jsonl")
        for name in {relation["id"], *relation.get("aliases", ())}
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_every_relation_is_used(graph: SampleGraph) -> None:
    used = {relation for _, relation, _ in triples()}
    used |= {parent for relation in used for parent in above(relation, graph.relation_parents)}
    assert {record["id"] for record in records("relations.jsonl")} <= used


def test_no_triple_is_there_twice() -> None:
    rows = Counter(lines("triples.tsv"))
    assert [row for row, count in rows.items() if count > 1] == []


def test_every_end_of_a_triple_has_a_record(graph: SampleGraph) -> None:
    for head, relation, tail in triples():
        assert graph.types[head], head
        assert isinstance(tail, Literal) or graph.types[tail], tail
        assert relation in graph.relation_parents


def test_every_entity_is_in_a_statement(graph: SampleGraph) -> None:
    ends = {end for head, _, tail in graph.statements for end in (head, tail)}
    assert set(graph.types) <= ends


def test_triples_hold_the_types_of_their_ends(
    graph: SampleGraph, relations: dict[str, dict[str, list[str]]]
) -> None:
    for head, id, tail in triples():
        subjects = relations[id].get("subject_types", [])
        objects = relations[id].get("object_types", [])
        assert not subjects or any(graph.is_a(head, kind) for kind in subjects), (head, id)
        if isinstance(tail, Literal):
            assert not objects, (head, id)
        else:
            assert not objects or any(graph.is_a(tail, kind) for kind in objects), (id, tail)


def test_inverse_and_symmetric_relations_are_stored_both_ways(
    graph: SampleGraph, relations: dict[str, dict[str, str]]
) -> None:
    for id, relation in relations.items():
        if inverse := relation.get("inverse"):
            assert relations[inverse]["inverse"] == id
    for head, id, tail in graph.statements:
        relation = relations.get(id, {})
        back = id if relation.get("symmetric") else relation.get("inverse")
        assert not back or (tail, back, head) in graph.statements, (head, id, tail)


def test_literals_are_of_the_datatype_they_claim() -> None:
    readers = {"date": date.fromisoformat, "gYear": int, "integer": int, "decimal": float}
    seen = Counter[str]()
    for head, relation, tail in triples():
        if not isinstance(tail, Literal):
            continue
        if tail.unit:
            assert float(tail.text) > 0, (head, relation)
            seen["unit"] += 1
        elif tail.datatype:
            readers[tail.datatype](tail.text)
            seen[tail.datatype] += 1
        else:
            assert tail.language, (head, relation)
            seen["text"] += 1
    assert set(seen) == {*readers, "unit", "text"}


def test_units_differ_where_a_condition_should_tell_them_apart() -> None:
    units = {(relation, tail.unit) for _, relation, tail in triples() if isinstance(tail, Literal)}
    assert {unit for relation, unit in units if relation == "LENGTH"} == {"metre", "centimetre"}
    assert {unit for relation, unit in units if relation == "PRICE"} == {"USD", "EUR"}


def test_a_place_lies_in_its_country(graph: SampleGraph) -> None:
    stated = [(head, tail) for head, relation, tail in graph.statements if relation == "COUNTRY"]
    for place, country in stated:
        assert graph.keep(graph.closure({place}, "LOCATED_IN"), "Country") == {country}
    regions = [id for id in graph.types if graph.is_a(id, "Region")]
    assert set(regions) <= {place for place, _ in stated}


def test_nobody_dies_before_birth(graph: SampleGraph) -> None:
    for person in [id for id, relation in graph.literals if relation == "DATE_OF_DEATH"]:
        assert graph.literal(person, "DATE_OF_BIRTH") < graph.literal(person, "DATE_OF_DEATH")


def test_entities_have_a_description() -> None:
    assert [r["id"] for r in records("entities.jsonl") if not r.get("description")] == []


def test_the_size_is_what_the_readme_promises(graph: SampleGraph) -> None:
    entities = len(graph.types)
    statements = len(graph.statements) + sum(len(values) for values in graph.literals.values())
    assert entities >= 150
    assert statements >= 600
    assert f"{entities} entities and {statements:,} statements" in " ".join(lines("README.md"))


def test_json_is_written_one_way() -> None:
    for name in [*KEYS, "assertions.jsonl"]:
        for line in lines(name):
            assert line == json.dumps(json.loads(line), ensure_ascii=False, separators=(",", ":"))
