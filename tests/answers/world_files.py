"""A world as the files that the loaders read, and those files through the real loaders."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from fractions import Fraction
from pathlib import Path
from typing import Any

from reference.sayings import Fact, Mined, Value, World

from kgservice.graph.client import Graph
from kgservice.literals import Kind
from loaders.formats import FORMATS
from loaders.order import Load
from loaders.reading.sources import Source
from loaders.report import Report
from loaders.run import load

Record = dict[str, Any]

#: Opens the database, empty but for the schema.
Fresh = Callable[[], AbstractContextManager[Graph]]

_CATALOGUE = "catalogue"
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def load_world(graph: Graph, world: World, directory: Path) -> None:
    """Bring a world into an empty graph that has its schema."""
    relations = [{"id": id, "parents": sorted(above)} for id, above in _relations(world)]
    types = [{"id": id, "parents": sorted(above)} for id, above in world.type_parents.items()]
    entities = [{"id": id, "types": sorted(own)} for id, own in world.types.items()]
    steps: list[tuple[str, str, list[Record]]] = [
        ("relations", _CATALOGUE, relations),
        ("types", _CATALOGUE, types),
        ("entities", _CATALOGUE, entities),
    ]
    for dataset in _datasets(one.dataset for one in world.facts):
        said = [triple(fact) for fact in world.facts if fact.dataset == dataset]
        steps.append(("triples", dataset, said))
    for dataset in _datasets(one.dataset for one in world.mined):
        mined = [assertion(one) for one in world.mined if one.dataset == dataset]
        steps.append(("assertions", dataset, mined))
    for number, (format, dataset, records) in enumerate(steps):
        if records:
            file = directory / f"{number}-{format}.jsonl"
            file.write_text("".join(json.dumps(one) + "\n" for one in records), "utf-8")
            load_file(graph, file, format, dataset, directory)
    merge(graph, world.merged)


def load_file(graph: Graph, file: Path, format: str, dataset: str, directory: Path) -> Report:
    """One file, none of its records rejected; the quarantine file goes into the directory."""
    quarantine = directory / f"{file.name}.quarantine.jsonl"
    order = Load(FORMATS[format], [Source(str(file))], dataset, f"run of {file.name}", quarantine)
    report = load(graph, order)
    assert not report.rejected, quarantine.read_text("utf-8")
    return report


def merge(graph: Graph, merged: dict[str, str]) -> None:
    """As graph.md says that merged entities look; judgements come to the same."""
    graph.run(
        "UNWIND $pairs AS pair\n"
        "MATCH (merged:Entity {id: pair[0]}), (canonical:Entity {id: pair[1]})\n"
        "MERGE (merged)-[:SAME_AS]->(canonical) SET merged.canonical_id = canonical.id",
        {"pairs": [list(pair) for pair in merged.items()]},
    )


def add_what_others_made(graph: Graph) -> None:
    """Labels and relationships of an analyst: ours to leave alone, and never to serve."""
    graph.run(
        "MATCH (a:Entity) WITH a ORDER BY a.id WITH collect(a) AS each\n"
        "UNWIND range(0, size(each) - 4) AS place\n"
        "WITH each[place] AS a, each[place + 1] AS b, each[place + 3] AS c, place % 3 AS rest\n"
        "CREATE (a)-[:KNOWS {since: 1994, id: 'mine', support: 1}]->(b), (c)-[:KNOWS]->(a),\n"
        "  (:Note {id: 'note on ' + a.id})-[:ABOUT]->(a), (a)-[:HAS_NOTE]->(:Note {id: 'note'})\n"
        "WITH a, rest WHERE rest = 0 SET a:Favourite"
    )


def triple(fact: Fact) -> Record:
    """The record of a fact."""
    return _without_nulls(
        {
            "head": fact.subject,
            "relation": fact.relation,
            **_object(fact.object),
            "plausibility": _number(fact.plausibility),
            "typicality": _number(fact.typicality),
            "support": fact.support,
            "retrieved_at": fact.at,
        }
    )


def assertion(one: Mined) -> Record:
    """The record of a mined assertion."""
    behavior = one.behavior
    parts = (behavior.id, one.relation, one.tail, one.marketplace)
    return {
        "schema_version": "1.0",
        "record_type": "assertion",
        "assertion_id": "/".join(parts),
        "run_id": "daily",
        "marketplace": one.marketplace,
        "lang": "en",
        "behavior": _behavior(one),
        "domain": one.domain,
        "relation": one.relation,
        "tail": _without_nulls(
            {"text": one.tail, "norm": one.tail, "type": one.tail_type, "concept": one.concept}
        ),
        "scores": {
            "plausibility": _number(one.plausibility),
            "typicality": _number(one.typicality),
        },
        "generator": {"model": "m", "version": "1", "prompt_template": "p"},
        "support": {"n_generations": 1, "n_behaviors": 1},
        "generated_at": "2024-06-01T00:00:00Z",
    }


def _behavior(one: Mined) -> Record:
    behavior = one.behavior
    product = _without_nulls(
        {
            "title": "A product",
            "category": behavior.category,
            "product_type": behavior.product_type,
            "browse_path": list(behavior.browse_path) or None,
        }
    )
    return _without_nulls(
        {
            "type": "co_purchase" if behavior.query is None else "query_purchase",
            "behavior_id": behavior.id,
            "query": behavior.query and {"text": behavior.query, "norm": behavior.query},
            "products": [{"product_id": id, **product} for id in behavior.products],
            "stats": None if behavior.count is None else {"count": behavior.count},
        }
    )


def _object(object: str | Value) -> Record:
    if isinstance(object, str):
        return {"tail": object}
    if object.datatype is not None:
        return {"tail": f'"{object.text.translate(_ESCAPES)}"^^{object.datatype}'}
    if object.language is not None and object.unit is None:
        return {"tail": f'"{object.text.translate(_ESCAPES)}"@{object.language}'}
    # A number is known by its form, a bare year only by its type.
    by_form = object.kind is Kind.NUMBER and object.unit is None
    return {
        "value": object.text,
        "value_type": None if by_form else object.kind.value,
        "unit": object.unit,
        "language": object.language,
    }


def _relations(world: World) -> Iterator[tuple[str, frozenset[str]]]:
    yield from world.relation_parents.items()


def _datasets(names: Iterable[str]) -> list[str]:
    return sorted(set(names))


def _number(score: Fraction | None) -> float | None:
    return None if score is None else float(score)


def _without_nulls(record: Record) -> Record:
    return {name: value for name, value in record.items() if value is not None}
