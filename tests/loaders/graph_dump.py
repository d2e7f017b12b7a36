"""The graph as the database holds it: as plain values, and bit by bit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from literal_forms import Value
from plain_graph import Entity, Key, PlainGraph, Statement

from kgservice.graph.client import Graph

_ENTITIES = """
MATCH (e:Entity)
RETURN e.id, e.label, e.aliases, e.description, e.language, e.modified, e.datasets, labels(e),
       e {.norm, .tail_type, .specificity, .count, .purchase_rate, .click_rate, .window_start,
          .window_end},
       [name IN keys(e) WHERE NOT name IN ['id', 'label', 'aliases', 'description', 'language',
        'modified', 'datasets', 'norm', 'tail_type', 'specificity', 'count', 'purchase_rate',
        'click_rate', 'window_start', 'window_end']]
"""
_STATEMENTS = """
MATCH (s:Entity)-[r]->(o)
WHERE type(r) <> 'SAME_AS'
MATCH (relation:Relation {neo4j_type: type(r)})
RETURN s.id, relation.id, CASE WHEN o:Entity THEN o.id ELSE null END,
       [o.text, o.datatype, o.language, o.unit, o.number, toString(o.moment)], labels(o),
       r.id, r.plausibility, r.typicality, r.support, r.sources, r.level, r.domains, r.marketplaces
"""
_ASSERTIONS = "MATCH (a:Assertion) RETURN properties(a)"
_RELATION_COUNTS = "MATCH (r:Relation) WHERE r.count <> 0 RETURN r.id, r.count"
_TYPES = "MATCH (t:EntityType) RETURN t.neo4j_label, t.id, t.count"

#: What may differ between two loads of the same: when, by which run, after how many batches.
_OF_THE_LOAD = {"updated_at", "at", "run", "started", "finished", "report"}
_NODES = """
MATCH (n)
WHERE NOT n:__Change AND NOT n:__DataVersion AND NOT n:__Run AND NOT n:__Revision
  AND NOT n:__Earlier
RETURN elementId(n), labels(n), n {.*, moment: toString(n.moment)}
"""
_RELATIONSHIPS = """
MATCH (s)-[r]->(o)
RETURN elementId(s), type(r), properties(r), elementId(o)
"""


def read_graph(graph: Graph) -> PlainGraph:
    """The graph in the same values as `expected`."""
    found = PlainGraph()
    types = {label: type for label, type, _ in graph.rows(_TYPES)}
    for id, label, aliases, *texts, datasets, labels, properties, others in graph.rows(_ENTITIES):
        assert id not in found.entities, f"two entities {id!r}"
        assert not others, f"{id!r} has {others}"
        description, language, modified = texts
        kept = {name: value for name, value in properties.items() if value is not None}
        found.entities[id] = Entity(
            label,
            tuple(aliases),
            description,
            language,
            modified,
            tuple(datasets),
            frozenset(types[label] for label in labels if label != "Entity"),
            tuple(sorted(kept.items())),
        )
    keys = _read_statements(graph, found)
    for [properties] in graph.rows(_ASSERTIONS):
        found.assertions.append(_assertion(properties, keys))
    found.assertions.sort(key=repr)
    found.relation_counts = dict(graph.rows(_RELATION_COUNTS))
    found.type_counts = {type: times for _, type, times in graph.rows(_TYPES) if times}
    return found


def _read_statements(graph: Graph, found: PlainGraph) -> dict[str, Key]:
    """The statements, and the key of each by its id."""
    keys: dict[str, Key] = {}
    for subject, relation, object, literal, labels, id, *rest in graph.rows(_STATEMENTS):
        if object is None:
            assert labels == ["Literal"], labels
        key = subject, relation, Value(*literal) if object is None else object
        plausibility, typicality, support, sources, level, domains, marketplaces = rest
        assert key not in found.statements, f"twice: {key}"
        assert id.startswith("statement:"), id
        assert id not in keys, f"two statements {id}"
        keys[id] = key
        found.statements[key] = Statement(
            plausibility,
            typicality,
            support,
            tuple(sources),
            level,
            tuple(domains or ()),
            tuple(marketplaces or ()),
        )
    return keys


def _assertion(properties: dict[str, Any], keys: dict[str, Key]) -> tuple[Any, ...]:
    get = properties.get
    value = get("value") if get("object") is None else get("object")
    about = get("about"), get("relation"), value, get("language")
    scores = get("plausibility"), get("typicality"), get("support"), get("generated_at")
    key = keys.get(properties["statement_id"], about)
    if get("behavior") is None:
        return get("dataset"), key, *scores, get("source")
    names = "id", "generator", "marketplace", "domain", "language", "raw_text"
    return (
        get("dataset"),
        key,
        *scores,
        *(get(name) for name in names),
        _prefixed(properties, "ann_"),
        _prefixed(properties, "flt_"),
    )


def _prefixed(properties: dict[str, Any], prefix: str) -> tuple[tuple[str, Any], ...]:
    found = [
        (name.removeprefix(prefix), value)
        for name, value in properties.items()
        if name.startswith(prefix)
    ]
    return tuple(sorted(found))


def bits(graph: Graph) -> list[str]:
    """All that is in the database, bookkeeping too, as sorted texts: equal graphs, equal lists."""
    nodes = {
        id: repr((sorted(labels), _kept(properties.items())))
        for id, labels, properties in graph.rows(_NODES)
    }
    relationships = [
        repr((nodes[start], type, _kept(properties.items()), nodes[end]))
        for start, type, properties, end in graph.rows(_RELATIONSHIPS)
        if start in nodes and end in nodes
    ]
    return sorted([*nodes.values(), *relationships])


def assert_same_bits(found: list[str], wanted: list[str]) -> None:
    """Show what differs, and not two whole graphs."""
    surplus, missing = Counter(found) - Counter(wanted), Counter(wanted) - Counter(found)
    if surplus or missing:
        pytest.fail("\n".join(["only found:", *sorted(surplus), "only wanted:", *sorted(missing)]))


def _kept(properties: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return sorted(
        (name, value)
        for name, value in properties
        if name not in _OF_THE_LOAD and value is not None
    )
