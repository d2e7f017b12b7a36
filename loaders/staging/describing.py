"""What the texts of entities, statements and the vocabulary mean on the tables of a staged graph.

Each function stands for the text that `TEXTS` names beside it, takes its parameters, and returns
what the text returns; the texts themselves say what rows they take (kgservice.graph.cypher).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from graph_schema.identifiers import relationship_type_of
from graph_schema.relations import HAS_PRODUCT, HAS_QUERY
from kgservice.graph.cypher import loading
from kgservice.graph.cypher import vocabulary as vocabulary_texts
from loaders.staging.tables import Node, Properties, Statement, Tables

Parameters = dict[str, Any]
Meaning = Callable[[Tables, Parameters], Any]

_SCORES = (
    "support",
    "plausibility",
    "typicality",
    "level",
    "sources",
    "domains",
    "marketplaces",
    "sums",
)
#: As `read_statements` has them.
_READ = ("support", "plausibility", "typicality", "sources", "domains", "marketplaces", "sums")
_TYPED = (
    "norm",
    "tail_type",
    "specificity",
    "count",
    "purchase_rate",
    "click_rate",
    "window_start",
    "window_end",
)
_PARTS_OF_BEHAVIORS = frozenset(map(relationship_type_of, (HAS_QUERY, HAS_PRODUCT)))
_SECONDS_OF_400_YEARS = 146_097 * 86_400

# ------------------------------------------------------------------ statements


def read_statements(tables: Tables, parameters: Parameters) -> Any:
    """Of `read_statements`, whatever the type: ids are unique over all of them."""
    found = (tables.statement(id) for id in parameters["ids"])
    return [
        [one.id, *(one.properties.get(name) for name in _READ)] for one in found if one is not None
    ]


def update_statements(tables: Tables, parameters: Parameters) -> None:
    """Of `update_statements`."""
    changed = []
    for id, *scores in parameters["rows"]:
        one = tables.statement(id)
        if one is not None:
            one.properties = _scored(id, scores, parameters["at"])
            changed.append(one)
    tables.put_statements(changed)


def delete_statements(tables: Tables, parameters: Parameters) -> None:
    """Of `delete_statements`."""
    tables.delete_statements(parameters["ids"])


def _create_statements(tables: Tables, parameters: Parameters) -> int:
    at = parameters["at"]
    tables.put_statements(
        Statement(id, type, subject, object, None, _scored(id, scores, at))
        for subject, object, type, id, *scores in parameters["rows"]
    )
    return len(parameters["rows"])


def _create_literal_statements(tables: Tables, parameters: Parameters) -> int:
    at = parameters["at"]
    tables.put_statements(
        Statement(
            id,
            type,
            subject,
            None,
            {**literal, "moment": None if seconds is None else moment(seconds, nanoseconds)},
            _scored(id, scores, at),
        )
        for subject, literal, type, id, *scores, seconds, nanoseconds in parameters["rows"]
    )
    return len(parameters["rows"])


def _scored(id: str, scores: list[Any], at: datetime) -> Properties:
    return {"id": id, **dict(zip(_SCORES, scores, strict=True)), "updated_at": instant(at)}


def instant(at: datetime) -> str:
    """A time as Cypher's toString() shows it, near enough to be read again."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def moment(seconds: int, nanoseconds: int) -> str:
    """A moment of any year, as ISO 8601 and Cypher's toString() have it.

    >>> moment(-62_198_755_200, 0), moment(253_402_300_800, 5_000)
    ('-0001-01-01T00:00:00Z', '+10000-01-01T00:00:00.000005000Z')
    """
    # Python's years end at 9999; the calendar repeats after 400.
    cycles, within = divmod(seconds, _SECONDS_OF_400_YEARS)
    at = datetime(1970, 1, 1) + timedelta(seconds=within)
    year = at.year + 400 * cycles
    sign = "-" if year < 0 else "+" if year > 9_999 else ""
    fraction = f".{nanoseconds:09}" if nanoseconds else ""
    return f"{sign}{abs(year):04}{at:-%m-%dT%H:%M:%S}{fraction}Z"


# ------------------------------------------------------------------ entities


def _read_entities(tables: Tables, parameters: Parameters) -> Any:
    names = ("label", "aliases", "description", "language", "modified", "datasets")
    return [
        [
            node.id,
            *(node.properties.get(name) for name in names),
            ["Entity", *node.labels],
            {name: node.properties.get(name) for name in _TYPED},
        ]
        for node in tables.found("Entity", parameters["ids"])
    ]


def _read_entity_ids(tables: Tables, parameters: Parameters) -> Any:
    return [id for id in parameters["ids"] if tables.has("Entity", id)]


def _create_bare_entities(tables: Tables, parameters: Parameters) -> None:
    tables.put_all(
        "Entity",
        (
            Node(id, (), {"id": id, "label": id, "aliases": [], "datasets": []})
            for id in parameters["ids"]
        ),
    )


def _write_entities(tables: Tables, parameters: Parameters) -> None:
    for id, properties, more, less in parameters["rows"]:
        node = tables.get("Entity", id)
        if node is not None:
            node.properties.update(properties)
            node.labels = tuple(sorted({*node.labels, *more} - {*less}))
            tables.put("Entity", node)


def _read_behaviors_of(tables: Tables, parameters: Parameters) -> Any:
    return [
        [id, behavior]
        for id in parameters["ids"]
        for behavior in tables.subjects_of(id, _PARTS_OF_BEHAVIORS)
    ]


def _remove_orphans(tables: Tables, parameters: Parameters) -> Any:
    gone = [
        id
        for id in parameters["ids"]
        if tables.has("Entity", id)
        and not tables.is_end(id)
        and not tables.about("__EntityRecord", id)
        and not tables.has("__Mined", id)
        and not tables.about("Assertion", id)
    ]
    tables.delete("Entity", gone)
    return gone


def _read_labels_of(tables: Tables, parameters: Parameters) -> Any:
    nodes = tables.found("Entity", parameters["ids"])
    return [[node.id, ["Entity", *node.labels]] for node in nodes if node.labels]


# ------------------------------------------------------------------ vocabulary


def _make_types(tables: Tables, parameters: Parameters) -> None:
    for id, label in parameters["rows"]:
        if not tables.has("EntityType", id):
            type = {"id": id, "label": id, "neo4j_label": label, "count": 0}
            tables.put("EntityType", Node(id, (), type))


def _count(label: str) -> Meaning:
    def count(tables: Tables, parameters: Parameters) -> None:
        for id, more in parameters["rows"]:
            node = tables.get(label, id)
            if node is not None:
                node.properties["count"] = node.properties.get("count", 0) + more
                tables.put(label, node)

    return count


def _discount_types(tables: Tables, parameters: Parameters) -> None:
    types = {node.properties["neo4j_label"]: node.id for node in tables.all("EntityType")}
    rows = [[types[label], -less] for label, less in parameters["rows"] if label in types]
    _count("EntityType")(tables, {"rows": rows})


def _read_types_of_labels(tables: Tables, parameters: Parameters) -> Any:
    wanted = set(parameters["ids"])
    named = ((node.properties["neo4j_label"], node.id) for node in tables.all("EntityType"))
    return [[label, id] for label, id in named if label in wanted]


def _read_type_labels(tables: Tables, _: Parameters) -> Any:
    return [node.properties["neo4j_label"] for node in tables.all("EntityType")]


def _read_parents(tables: Tables, parameters: Parameters) -> Any:
    wanted = set(parameters["ids"])
    return [[id, parent] for id, parent, *_ in tables.parents("EntityType") if id in wanted]


def _unrelate_types(tables: Tables, parameters: Parameters) -> None:
    stated = dict(parameters["rows"])
    for id, parent, declared, said in tables.parents("EntityType"):
        if said and id in stated and parent not in stated[id]:
            tables.put_parent("EntityType", id, parent, declared=declared, stated=False)


def _relate_types(tables: Tables, parameters: Parameters) -> None:
    declared = {(row[0], row[1]) for row in tables.parents("EntityType") if row[2]}
    for id, parents in parameters["rows"]:
        for parent in parents:
            if tables.has("EntityType", id) and tables.has("EntityType", parent):
                tables.put_parent(
                    "EntityType", id, parent, declared=(id, parent) in declared, stated=True
                )


def _read_vocabulary(tables: Tables, _: Parameters) -> Any:
    found = []
    for label in ("Relation", "EntityType"):
        parents: dict[str, list[str]] = {}
        for id, parent, *_rest in tables.parents(label):
            parents.setdefault(id, []).append(parent)
        found.append([[node.properties, parents.get(node.id, [])] for node in tables.all(label)])
    return found


def _write_kinds(label: str) -> Meaning:
    def write(tables: Tables, parameters: Parameters) -> None:
        for row in parameters["rows"]:
            node = tables.get(label, row["id"]) or Node(row["id"], (), {"count": 0})
            node.properties.update(row)
            tables.put(label, node)

    return write


def _write_parents(label: str) -> Meaning:
    def write(tables: Tables, parameters: Parameters) -> None:
        wanted = dict(parameters["rows"])
        stated = set()
        for id, parent, _, said in tables.parents(label):
            if said:
                stated.add((id, parent))
            if id in wanted and parent not in wanted[id]:
                tables.put_parent(label, id, parent, declared=False, stated=said)
        for id, parents in wanted.items():
            for parent in parents:
                said = (id, parent) in stated
                tables.put_parent(label, id, parent, declared=True, stated=said)

    return write


def _read_declared_parents(tables: Tables, _: Parameters) -> Any:
    found: dict[str, list[str]] = {}
    for id, parent, declared, _said in tables.parents("EntityType"):
        if declared:
            found.setdefault(id, []).append(parent)
    return [[id, parents] for id, parents in found.items()]


TEXTS: Mapping[str, Meaning] = {
    loading.CREATE_STATEMENTS: _create_statements,
    loading.CREATE_LITERAL_STATEMENTS: _create_literal_statements,
    loading.READ_ENTITIES: _read_entities,
    loading.READ_ENTITY_IDS: _read_entity_ids,
    loading.CREATE_BARE_ENTITIES: _create_bare_entities,
    loading.WRITE_ENTITIES: _write_entities,
    loading.READ_BEHAVIORS_OF: _read_behaviors_of,
    loading.LOCK_ENTITIES: _read_entity_ids,
    loading.REMOVE_ORPHANS: _remove_orphans,
    loading.READ_LABELS_OF: _read_labels_of,
    loading.MAKE_TYPES: _make_types,
    loading.COUNT_RELATIONS: _count("Relation"),
    loading.COUNT_TYPES: _count("EntityType"),
    loading.DISCOUNT_TYPES: _discount_types,
    loading.READ_TYPES_OF_LABELS: _read_types_of_labels,
    loading.READ_TYPE_LABELS: _read_type_labels,
    loading.READ_PARENTS: _read_parents,
    loading.UNRELATE_TYPES: _unrelate_types,
    loading.RELATE_TYPES: _relate_types,
    vocabulary_texts.READ_VOCABULARY: _read_vocabulary,
    vocabulary_texts.WRITE_RELATIONS: _write_kinds("Relation"),
    vocabulary_texts.WRITE_TYPES: _write_kinds("EntityType"),
    vocabulary_texts.WRITE_RELATION_PARENTS: _write_parents("Relation"),
    vocabulary_texts.WRITE_TYPE_PARENTS: _write_parents("EntityType"),
    vocabulary_texts.READ_DECLARED_PARENTS: _read_declared_parents,
}
