"""Nodes and statements in one SQLite file: looked up by key, in pages by key, and by their ends."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

#: sqlite's own cache, in KiB: keys are hashes, so a table that is larger is read all over.
_CACHE = 512 * 1024

_TABLES = """
CREATE TABLE IF NOT EXISTS node (
  label TEXT, id TEXT, labels TEXT, properties BLOB, record BLOB,
  statement TEXT, behavior TEXT, about TEXT, PRIMARY KEY (label, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_statement ON node (statement) WHERE statement IS NOT NULL;
CREATE INDEX IF NOT EXISTS by_behavior ON node (behavior) WHERE behavior IS NOT NULL;
CREATE INDEX IF NOT EXISTS by_about ON node (label, about) WHERE about IS NOT NULL;
CREATE TABLE IF NOT EXISTS statement (
  id TEXT PRIMARY KEY, type TEXT, subject TEXT, object TEXT, literal BLOB, properties BLOB
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_subject ON statement (subject);
CREATE INDEX IF NOT EXISTS by_object ON statement (object) WHERE object IS NOT NULL;
CREATE TABLE IF NOT EXISTS sub (
  label TEXT, id TEXT, parent TEXT, declared INTEGER, stated INTEGER,
  PRIMARY KEY (label, id, parent)) WITHOUT ROWID;
"""

_PUT = """
INSERT OR REPLACE INTO node (label, id, labels, properties, record, statement, behavior, about)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_SELECT = "SELECT id, labels, properties, record FROM node WHERE "
_LOOK_UP = {
    "statement": _SELECT + "statement = ? ORDER BY label, id",
    "behavior": _SELECT + "behavior = ? ORDER BY label, id",
}

Properties = dict[str, Any]


@dataclass(slots=True)
class Node:
    """A node: its id among those of its label, the labels beside that, and its properties."""

    id: str
    labels: tuple[str, ...]
    properties: Properties


@dataclass(slots=True)
class Statement:
    """A relationship between entities, or to a literal."""

    id: str
    type: str
    subject: str
    object: str | None
    literal: Properties | None
    properties: Properties


class Tables:
    """One file; whoever writes says when a transaction begins and ends.

    A process that is killed leaves what was committed; after the machine itself went down the file
    may be broken, for nothing is forced to disk.
    """

    def __init__(self, path: Path) -> None:
        # Batches are written in a thread of their own, never two at a time.
        self._rows = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._rows.execute("PRAGMA journal_mode = WAL")
        self._rows.execute("PRAGMA synchronous = OFF")
        self._rows.execute(f"PRAGMA cache_size = -{_CACHE}")
        self._rows.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        self._rows.close()

    def execute(self, command: str) -> None:
        """BEGIN, COMMIT or ROLLBACK."""
        self._rows.execute(command)

    # -------------------------------------------------------------- nodes

    def get(self, label: str, id: str) -> Node | None:
        """A node by its key."""
        row = self._rows.execute(_SELECT + "label = ? AND id = ?", (label, id)).fetchone()
        return None if row is None else _node(row)

    def found(self, label: str, ids: Iterable[str]) -> Iterator[Node]:
        """Those of some nodes that are there, in the order of the ids."""
        for id in ids:
            node = self.get(label, id)
            if node is not None:
                yield node

    def has(self, label: str, id: str) -> bool:
        """Whether a node is there."""
        text = "SELECT 1 FROM node WHERE label = ? AND id = ?"
        return self._rows.execute(text, (label, id)).fetchone() is not None

    def put(self, label: str, node: Node) -> None:
        """Make a node, or put it in the place of the one with its key; null is no property."""
        self.put_all(label, (node,))

    def put_all(self, label: str, nodes: Iterable[Node]) -> None:
        """Make nodes."""
        self._rows.executemany(_PUT, (_written(label, node) for node in nodes))

    def delete(self, label: str, ids: Iterable[str]) -> None:
        """Take nodes away."""
        text = "DELETE FROM node WHERE label = ? AND id = ?"
        self._rows.executemany(text, ((label, id) for id in ids))

    def all(self, label: str) -> list[Node]:
        """All nodes of a label of which there are few."""
        return list(map(_node, self._rows.execute(_SELECT + "label = ? ORDER BY id", (label,))))

    def page(self, label: str, after: str, limit: int) -> list[Node]:
        """The next nodes of a label by their ids."""
        text = _SELECT + "label = ? AND id > ? ORDER BY id LIMIT ?"
        return list(map(_node, self._rows.execute(text, (label, after, limit))))

    def asserting(self, by: str, key: str) -> list[Node]:
        """The assertions of a `statement`, or of a `behavior`."""
        return list(map(_node, self._rows.execute(_LOOK_UP[by], (key,))))

    def about(self, label: str, entity: str) -> list[Node]:
        """The assertions or records about an entity."""
        text = _SELECT + "label = ? AND about = ? ORDER BY id"
        return list(map(_node, self._rows.execute(text, (label, entity))))

    # -------------------------------------------------------------- statements

    def statement(self, id: str) -> Statement | None:
        """A statement by its id."""
        row = self._rows.execute("SELECT * FROM statement WHERE id = ?", (id,)).fetchone()
        return None if row is None else _statement(row)

    def put_statements(self, statements: Iterable[Statement]) -> None:
        """Make statements, or put them in the place of those with their ids."""
        text = "INSERT OR REPLACE INTO statement VALUES (?, ?, ?, ?, ?, ?)"
        rows = (
            (
                one.id,
                one.type,
                one.subject,
                one.object,
                None if one.literal is None else orjson.dumps(one.literal),
                orjson.dumps(_kept(one.properties)),
            )
            for one in statements
        )
        self._rows.executemany(text, rows)

    def delete_statements(self, ids: Iterable[str]) -> None:
        """Take statements away, and their literals with them."""
        self._rows.executemany("DELETE FROM statement WHERE id = ?", ((id,) for id in ids))

    def statements_of(self, subject: str) -> Iterator[Statement]:
        """The statements of an entity."""
        text = "SELECT * FROM statement WHERE subject = ? ORDER BY id"
        return map(_statement, self._rows.execute(text, (subject,)))

    def subjects_of(self, object: str, types: Iterable[str]) -> list[str]:
        """The entities that have a statement of one of these types about another."""
        wanted = frozenset(types)
        text = "SELECT subject, type FROM statement WHERE object = ? ORDER BY id"
        found = self._rows.execute(text, (object,))
        return [subject for subject, type in found if type in wanted]

    def is_end(self, entity: str) -> bool:
        """Whether any statement holds an entity."""
        text = """
        SELECT EXISTS (SELECT 1 FROM statement WHERE subject = ?)
            OR EXISTS (SELECT 1 FROM statement WHERE object = ?)
        """
        return bool(self._rows.execute(text, (entity, entity)).fetchone()[0])

    # -------------------------------------------------------------- what is below what

    def parents(self, label: str) -> list[tuple[str, str, bool, bool]]:
        """Rows: id, parent, whether a record declares it, whether statements say it."""
        text = "SELECT id, parent, declared, stated FROM sub WHERE label = ? ORDER BY id, parent"
        rows = self._rows.execute(text, (label,))
        return [(id, parent, bool(declared), bool(said)) for id, parent, declared, said in rows]

    def put_parent(self, label: str, id: str, parent: str, *, declared: bool, stated: bool) -> None:
        """Put one below another; below it no more where neither declared nor stated."""
        if declared or stated:
            text = "INSERT OR REPLACE INTO sub VALUES (?, ?, ?, ?, ?)"
            self._rows.execute(text, (label, id, parent, declared, stated))
        else:
            text = "DELETE FROM sub WHERE label = ? AND id = ? AND parent = ?"
            self._rows.execute(text, (label, id, parent))


def _kept(properties: Mapping[str, Any]) -> Properties:
    return {name: value for name, value in properties.items() if value is not None}


def _written(label: str, node: Node) -> tuple[Any, ...]:
    properties = _kept(node.properties)
    # Bytes, which JSON has not, are in this property alone.
    packed = properties.pop("record") if isinstance(properties.get("record"), bytes) else None
    get = properties.get
    return (
        label,
        node.id,
        "\n".join(node.labels),
        orjson.dumps(properties),
        packed,
        get("statement_id"),
        get("behavior"),
        get("entity") if label == "__EntityRecord" else get("about"),
    )


def _node(row: tuple[str, str, bytes, bytes | None]) -> Node:
    id, labels, properties, packed = row
    read: Properties = orjson.loads(properties)
    if packed is not None:
        read["record"] = packed
    return Node(id, tuple(labels.split("\n")) if labels else (), read)


def _statement(row: tuple[str, str, str, str | None, bytes | None, bytes]) -> Statement:
    id, type, subject, object, literal, properties = row
    read = None if literal is None else orjson.loads(literal)
    return Statement(id, type, subject, object, read, orjson.loads(properties))
