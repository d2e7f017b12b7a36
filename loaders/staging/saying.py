"""What the texts of assertions, records and runs mean on the tables of a staged graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from kgservice.graph.cypher import asserting, bookkeeping, loading
from loaders.staging.describing import Meaning, Parameters, instant
from loaders.staging.tables import Node, Properties, Tables

_VERSION = "__DataVersion"
_TRIPLE = (
    "id", "statement_id", "digest", "plausibility", "typicality", "support", "source",
    "generated_at", "qualifiers", "about", "subject", "relation", "object", "value", "datatype",
    "language", "unit",
)  # fmt: skip
_SAID = ("digest", "plausibility", "typicality", "support", "source", "generated_at", "qualifiers")
_TRIPLE_READ = (
    "statement_id", "dataset", "plausibility", "typicality", "support", "source", "generated_at",
    "qualifiers", "subject", "relation", "object", "value", "datatype", "language", "unit",
)  # fmt: skip
_MINED = ("uses", "fields", "values", "value_uses", "times", "versions")

# ------------------------------------------------------------------ assertions


def _outright(tables: Tables, ids: Iterable[str]) -> Iterator[Node]:
    for id in ids:
        for node in tables.asserting("statement", id):
            if "behavior" not in node.properties:
                yield node


def _key(id: str, dataset: str) -> str:
    """Data sets may use each other's assertion ids."""
    return f"{id}\x1f{dataset}"


def _mined(tables: Tables, parameters: Parameters) -> Iterator[Node]:
    keys = (_key(id, parameters["dataset"]) for id in parameters["ids"])
    for node in tables.found("Assertion", keys):
        if "behavior" in node.properties:
            yield node


def _columns(nodes: Iterable[Node], names: Sequence[str]) -> list[list[Any]]:
    return [[node.properties.get(name) for name in names] for node in nodes]


def _read_digests(tables: Tables, parameters: Parameters) -> Any:
    names = ("statement_id", "dataset", "digest", "run")
    return _columns(_outright(tables, parameters["ids"]), names)


def _read_triple_assertions(tables: Tables, parameters: Parameters) -> Any:
    return _columns(_outright(tables, parameters["ids"]), _TRIPLE_READ)


def _create_triple_assertions(tables: Tables, parameters: Parameters) -> None:
    own = {"dataset": parameters["dataset"], "run": parameters["run"]}
    tables.put_all(
        "Assertion",
        (
            Node(_key(row[0], own["dataset"]), (), {**dict(zip(_TRIPLE, row, strict=True)), **own})
            for row in parameters["rows"]
        ),
    )


def _update_triple_assertions(tables: Tables, parameters: Parameters) -> None:
    for id, *said in parameters["rows"]:
        for node in _outright(tables, [id]):
            if node.properties["dataset"] == parameters["dataset"]:
                said_now = dict(zip(_SAID, said, strict=True))
                node.properties.update(said_now, run=parameters["run"])
                tables.put("Assertion", node)


def _delete_triple_assertions(tables: Tables, parameters: Parameters) -> None:
    nodes = list(_outright(tables, parameters["ids"]))
    mine = [one.id for one in nodes if one.properties["dataset"] == parameters["dataset"]]
    tables.delete("Assertion", mine)


def _read_mined_assertions(tables: Tables, parameters: Parameters) -> Any:
    return _columns(_mined(tables, parameters), ("id", "digest", "run", "record"))


def _unchanged(label: str, key: Callable[[str, str], str]) -> Meaning:
    """The positions of nodes that have the digest that is told; `key` is their place in a table."""

    def unchanged(tables: Tables, parameters: Parameters) -> Any:
        keys = [key(id, parameters["dataset"]) for id in parameters["ids"]]
        digests = {node.id: node.properties["digest"] for node in tables.found(label, keys)}
        asked = zip(keys, parameters["digests"], strict=True)
        return [at for at, (id, digest) in enumerate(asked) if digests.get(id) == digest]

    return unchanged


def _read_standing(tables: Tables, parameters: Parameters) -> Any:
    nodes = (one for id in parameters["ids"] for one in tables.asserting("behavior", id))
    return _columns(nodes, ("dataset", "record"))


def _create_assertions(tables: Tables, parameters: Parameters) -> None:
    rows = parameters["rows"]
    tables.put_all("Assertion", (Node(_key(row["id"], row["dataset"]), (), row) for row in rows))


def _delete_mined_assertions(tables: Tables, parameters: Parameters) -> None:
    tables.delete("Assertion", [node.id for node in _mined(tables, parameters)])


def _read_facts(tables: Tables, parameters: Parameters) -> Any:
    found = []
    for id in parameters["ids"]:
        for node in tables.about("Assertion", id):
            get = node.properties.get
            value = get("value") if get("object") is None else get("object")
            found.append([id, get("dataset"), get("relation"), value, get("language")])
    return found


# ------------------------------------------------------------------ records of entities


def _read_entity_records(tables: Tables, parameters: Parameters) -> Any:
    nodes = (one for id in parameters["ids"] for one in tables.about("__EntityRecord", id))
    return _columns(nodes, ("entity", "dataset", "digest", "run", "record"))


def _write_entity_records(tables: Tables, parameters: Parameters) -> None:
    own = {"dataset": parameters["dataset"], "run": parameters["run"]}
    tables.put_all(
        "__EntityRecord",
        (
            Node(key, (), {"id": key, "entity": entity, "digest": digest, "record": record, **own})
            for key, entity, digest, record in parameters["rows"]
        ),
    )


def _read_mined_entities(tables: Tables, parameters: Parameters) -> Any:
    return _columns(tables.found("__Mined", parameters["ids"]), ("id", *_MINED))


def _write_mined_entities(tables: Tables, parameters: Parameters) -> None:
    tables.put_all(
        "__Mined",
        (
            Node(row[0], (), dict(zip(("id", *_MINED), row, strict=True)))
            for row in parameters["rows"]
        ),
    )


# ------------------------------------------------------------------ what a data set holds


def _page(label: str, key: str, among: Callable[[Properties], bool]) -> Meaning:
    """$dataset, $run or null, $after, $limit. Rows: the place in the table, the key."""

    def page(tables: Tables, parameters: Parameters) -> Any:
        dataset, run, limit = (parameters[name] for name in ("dataset", "run", "limit"))
        after, found = parameters["after"], list[list[str]]()
        while len(found) < limit and (nodes := tables.page(label, after, limit)):
            after = nodes[-1].id
            found.extend(
                [node.id, node.properties[key]]
                for node in nodes
                if node.properties["dataset"] == dataset
                and run in (None, node.properties["run"])
                and among(node.properties)
            )
        return found

    return page


# ------------------------------------------------------------------ what is kept of a key


def _any(label: str) -> Meaning:
    return lambda tables, _: bool(tables.page(label, "", 1))


def _read_kept(label: str) -> Meaning:
    def read(tables: Tables, parameters: Parameters) -> Any:
        return _columns(tables.found(label, parameters["ids"]), ("id", "digest", "run", "record"))

    return read


def _write_tombstones(tables: Tables, parameters: Parameters) -> None:
    for id, digest, record in parameters["rows"]:
        properties = {"id": id, "digest": digest, "record": record}
        own = {"scope": parameters["scope"], "run": parameters["run"]}
        tables.put("__Tombstone", Node(id, (), {**properties, **own}))


def _write_earlier(tables: Tables, parameters: Parameters) -> None:
    for id, digest, run, record in parameters["rows"]:
        properties = {"id": id, "digest": digest, "run": run, "record": record}
        tables.put("__Earlier", Node(id, (), {**properties, "scope": parameters["scope"]}))


def _delete(label: str) -> Meaning:
    return lambda tables, parameters: tables.delete(label, parameters["ids"])


# ------------------------------------------------------------------ runs and versions


def _version(tables: Tables) -> Node:
    return tables.get(_VERSION, "data") or Node("data", (), {"id": "data", "version": 0})


def _lock_data_version(tables: Tables, parameters: Parameters) -> Any:
    node = _version(tables)
    node.properties["holder"] = parameters["holder"]
    node.properties["turns"] = node.properties.get("turns", 0) + 1
    tables.put(_VERSION, node)
    return node.properties["turns"]


def _read_turns(tables: Tables, _: Parameters) -> Any:
    return _version(tables).properties.get("turns", 0)


def _raise_data_version(tables: Tables, _: Parameters) -> Any:
    node = _version(tables)
    node.properties["version"] += 1
    tables.put(_VERSION, node)
    return node.properties["version"]


def _note_vocabulary(tables: Tables, _: Parameters) -> None:
    node = _version(tables)
    node.properties["vocabulary"] = node.properties["version"]
    tables.put(_VERSION, node)


def _read_rules(tables: Tables, _: Parameters) -> Any:
    return [_version(tables).properties.get("vocabulary", 0), []]


def _read_data_version(tables: Tables, _: Parameters) -> Any:
    return _version(tables).properties["version"]


def _begin_run(tables: Tables, parameters: Parameters) -> None:
    dataset = parameters["dataset"]
    tables.put("__Dataset", Node(dataset, (), {"id": dataset}))
    kept = {name: parameters[name] for name in ("id", "dataset", "run", "format")}
    started = {"started": instant(parameters["at"])}
    tables.put("__Run", Node(parameters["id"], (), {**kept, **started}))


def _end_run(tables: Tables, parameters: Parameters) -> None:
    node = tables.get("__Run", parameters["id"])
    if node is not None:
        ended = {"finished": instant(parameters["at"]), "report": parameters["report"]}
        node.properties.update(ended)
        tables.put("__Run", node)


def _left_out(tables: Tables, parameters: Parameters) -> None:
    """The change log is about the graph that it stands in: no copy has it."""
    del tables, parameters


TEXTS: Mapping[str, Meaning] = {
    asserting.READ_DIGESTS: _read_digests,
    asserting.UNCHANGED_TRIPLES: _unchanged("Assertion", _key),
    asserting.READ_TRIPLE_ASSERTIONS: _read_triple_assertions,
    asserting.CREATE_TRIPLE_ASSERTIONS: _create_triple_assertions,
    asserting.UPDATE_TRIPLE_ASSERTIONS: _update_triple_assertions,
    asserting.DELETE_TRIPLE_ASSERTIONS: _delete_triple_assertions,
    asserting.READ_MINED_ASSERTIONS: _read_mined_assertions,
    asserting.UNCHANGED_MINED: _unchanged("Assertion", _key),
    asserting.READ_STANDING: _read_standing,
    asserting.CREATE_ASSERTIONS: _create_assertions,
    asserting.DELETE_MINED_ASSERTIONS: _delete_mined_assertions,
    asserting.ANY_TOMBSTONE: _any("__Tombstone"),
    asserting.READ_TOMBSTONES: _read_kept("__Tombstone"),
    asserting.WRITE_TOMBSTONES: _write_tombstones,
    asserting.DELETE_TOMBSTONES: _delete("__Tombstone"),
    asserting.READ_EARLIER: _read_kept("__Earlier"),
    asserting.WRITE_EARLIER: _write_earlier,
    asserting.DELETE_EARLIER: _delete("__Earlier"),
    asserting.PAGE_OF_TRIPLES: _page("Assertion", "statement_id", lambda of: "behavior" not in of),
    asserting.PAGE_OF_MINED: _page("Assertion", "id", lambda of: "behavior" in of),
    asserting.PAGE_OF_ENTITY_RECORDS: _page("__EntityRecord", "entity", lambda _: True),
    loading.READ_FACTS: _read_facts,
    loading.READ_ENTITY_RECORDS: _read_entity_records,
    loading.UNCHANGED_ENTITY_RECORDS: _unchanged("__EntityRecord", lambda id, _: id),
    loading.WRITE_ENTITY_RECORDS: _write_entity_records,
    loading.DELETE_ENTITY_RECORDS: _delete("__EntityRecord"),
    loading.READ_MINED_ENTITIES: _read_mined_entities,
    loading.WRITE_MINED_ENTITIES: _write_mined_entities,
    loading.DELETE_MINED_ENTITIES: _delete("__Mined"),
    loading.LOCK_DATA_VERSION: _lock_data_version,
    loading.READ_TURNS: _read_turns,
    loading.RAISE_DATA_VERSION: _raise_data_version,
    loading.LOG_CHANGES: _left_out,
    bookkeeping.BEGIN_RUN: _begin_run,
    bookkeeping.END_RUN: _end_run,
    bookkeeping.PRUNE_CHANGES: _left_out,
    bookkeeping.READ_RULES: _read_rules,
    bookkeeping.NOTE_VOCABULARY: _note_vocabulary,
    bookkeeping.READ_DATA_VERSION: _read_data_version,
}
