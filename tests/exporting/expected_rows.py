"""What an export must hold, read of the graph by Cypher, a row at a time, and put in order here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kgservice.graph.client import Graph
from kgservice.graph.cypher.vocabulary import READ_VOCABULARY
from kgservice.graph.vocabulary import vocabulary_of
from kgservice.literals import literal
from kgservice.verbalising import phrase, sentence, value_text

Row = dict[str, Any]

_STATEMENTS = """
MATCH (s:Entity)-[r]->(o)
WHERE r.level IS NOT NULL
RETURN r.id, s.id, s.label, labels(s), type(r),
  CASE WHEN o:Entity THEN o.id END, CASE WHEN o:Entity THEN o.label END, labels(o),
  o.text, o.number, o.unit, o.time, o.language, o.datatype,
  r.plausibility, r.typicality, r.support, r.sources, r.level
"""
_ENTITIES = """
MATCH (e:Entity)
RETURN e.id, e.label, e.description, e.aliases, labels(e),
  COUNT { MATCH (e)-[r]-() WHERE r.level IS NOT NULL RETURN DISTINCT r }
"""


def statements(graph: Graph) -> list[Row]:
    relations = dict(graph.rows("MATCH (r:Relation) RETURN r.neo4j_type, r.id"))
    kinds = vocabulary_of(graph.value(READ_VOCABULARY)).relations
    types = dict(graph.rows("MATCH (t:EntityType) RETURN t.neo4j_label, t.id"))
    found = []
    for row in graph.rows(_STATEMENTS):
        id, subject, label, labels, type, object, object_label, object_labels = row[:8]
        text, number, unit, time, language, datatype, *scores = row[8:]
        kind = kinds[relations[type]]
        last = object_label if object else value_text(literal(text, datatype, unit=unit))
        found.append(
            {
                "id": id,
                "subject": subject,
                "subject_label": label,
                "subject_types": direct(labels, types),
                "relation": kind.id,
                "object": object,
                "object_label": object_label,
                "object_types": direct(object_labels, types) if object else None,
                "value": text if object is None else None,
                "number": number if object is None else None,
                "unit": unit if object is None else None,
                "time": time if object is None else None,
                "language": language if object is None else None,
                "plausibility": scores[0],
                "typicality": scores[1],
                "support": scores[2],
                "phrase": phrase(kind, last),
                "text": sentence(kind, label, last),
                "sources": scores[3],
                "level": scores[4],
                "datatype": datatype,
            }
        )
    return sorted(found, key=_place)


def entities(graph: Graph) -> list[Row]:
    types = dict(graph.rows("MATCH (t:EntityType) RETURN t.neo4j_label, t.id"))
    found = [
        {
            "id": id,
            "label": label,
            "description": description,
            "aliases": sorted({*aliases} - {label}),
            "types": direct(labels, types),
            "degree": degree,
            "merged_ids": [],
        }
        for id, label, description, aliases, labels, degree in graph.rows(_ENTITIES)
    ]
    return sorted(found, key=lambda row: row["id"].encode())


def direct(labels: Iterable[str], types: dict[str, str]) -> list[str]:
    """The types that labels mean, without built-in ones that stand above others of them."""
    found = {types[label] for label in labels if label in types}
    intents = {one for one in found if one.endswith("Intent") and one != "Intent"}
    above = {"Behavior": {"QueryPurchase", "CoPurchase"} & found, "Intent": intents}
    return sorted(one for one in found if not above.get(one))


def _place(row: Row) -> tuple[Any, ...]:
    literal = row["object"] is None
    names = [row[name] or "" for name in ("datatype", "language", "unit")]
    last = [row["value"] if literal else row["object"], *(names if literal else [])]
    return (
        row["relation"].encode(),
        row["subject"].encode(),
        literal,
        [one.encode() for one in last],
    )
