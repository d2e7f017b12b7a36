"""Taking everything out of a test's database, or everything but its schema.

To make the schema costs seconds, and with every constraint Neo4j forgets the plans of all texts. So
what a migration makes of an empty database is noted once, and from then on only what is beside it
goes; where anything of it is missing or changed it is made anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import migrations
from kgservice.graph.client import Address, Graph

_ITEMS = """
SHOW INDEXES YIELD name, type, entityType, labelsOrTypes, properties, owningConstraint
WHERE type <> 'LOOKUP'
RETURN name, type, entityType, labelsOrTypes, properties, owningConstraint ORDER BY name
"""
_NODES = "MATCH (n) RETURN elementId(n), labels(n), properties(n)"
_RELATIONSHIPS = (
    "MATCH (a)-[r]->(b) RETURN elementId(a), type(r), elementId(b), properties(r) ORDER BY r"
)
_DELETE = """
MATCH (n) WHERE NOT elementId(n) IN $kept
CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 2000 ROWS
"""
_RESTORE = "UNWIND $rows AS row MATCH (n) WHERE elementId(n) = row[0] SET n = row[1]"


def empty(graph: Graph) -> None:
    """Take all data, constraints and indexes away; token lookup indexes stay."""
    graph.run(_DELETE, {"kept": []})
    _drop(graph, kept=frozenset())


def empty_but_schema(graph: Graph, address: Address) -> None:
    """Leave what a migration makes of an empty database, just as it made it, and nothing else."""
    made = _MADE.get(address.uri)
    if made is None or not made.restored(graph):
        empty(graph)
        migrations.upgrade(address)
        _MADE[address.uri] = _Made.of(graph)


@dataclass(frozen=True, slots=True)
class _Made:
    """What a migration made: indexes and constraints by name, nodes by id, relationships."""

    items: dict[str, list[Any]]
    nodes: dict[str, list[Any]]
    relationships: list[list[Any]]

    @classmethod
    def of(cls, graph: Graph) -> _Made:
        return cls(
            {name: rest for name, *rest in graph.rows(_ITEMS)},
            {id: [sorted(labels), kept] for id, labels, kept in graph.rows(_NODES)},
            graph.rows(_RELATIONSHIPS),
        )

    def restored(self, graph: Graph) -> bool:
        """Take away what is beside it, and put properties back; False where that is not all."""
        standing = {name: rest for name, *rest in graph.rows(_ITEMS)}
        if any(standing.get(name) != rest for name, rest in self.items.items()):
            return False
        graph.run(_DELETE, {"kept": list(self.nodes)})
        _drop(graph, kept=frozenset(self.items))
        found = _Made.of(graph)
        changed = [
            [id, properties]
            for id, (_, properties) in self.nodes.items()
            if found.nodes.get(id, [[], {}])[1] != properties
        ]
        graph.run(_RESTORE, {"rows": changed})
        return _Made.of(graph) == self if changed else found == self


#: By the address of the server: a process may have several.
_MADE: dict[str, _Made] = {}


def _drop(graph: Graph, kept: frozenset[str]) -> None:
    for [name] in graph.rows("SHOW CONSTRAINTS YIELD name"):
        if name not in kept:
            graph.run("DROP CONSTRAINT $name IF EXISTS", {"name": name})
    for [name] in graph.rows("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name"):
        if name not in kept:
            graph.run("DROP INDEX $name IF EXISTS", {"name": name})
