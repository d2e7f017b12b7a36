"""What is looked up by an id is sought by the index of ids, whatever Neo4j believes of the graph.

Of a graph that was empty when its counts were taken all indexes look alike to the planner, and one
of a property that thousands share is as good to it as one of ids. Such a plan made 90 s of a load
of one second.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import LiteralString

import pytest

import kgservice.graph.cypher as texts_of_neo4j
from graph_schema.ddl import FIXED_ITEMS, Kind
from graph_schema.identifiers import relationship_type_of
from kgservice.graph.asked import TimeLimit
from kgservice.graph.client import AsyncGraph, Graph
from kgservice.graph.cypher import loading
from kgservice.local.instance import Running

_LOOKED_UP = re.compile(r"MATCH \(\w*:(\w+) \{(\w+): ")
_TYPE = relationship_type_of("knows")
_BY_TYPE = (loading.read_statements, loading.update_statements, loading.delete_statements)
_INDEXED = {
    (item.label, item.properties[0]) for item in FIXED_ITEMS if item.kind is not Kind.FULLTEXT
}
_GROW: LiteralString = """
UNWIND range(1, 5000) AS i
CREATE (:Assertion {id: 'a' + i, statement_id: 'a' + i, dataset: 'd', run: 'r', digest: 'x'}),
       (:__EntityRecord {id: 'a' + i, entity: 'a' + i, dataset: 'd', run: 'r', digest: 'x'}),
       (:__Tombstone {id: 'a' + i, scope: 'd'})
"""


def texts() -> Iterator[tuple[str, LiteralString]]:
    """All texts that are constants, by name."""
    for module in pkgutil.iter_modules(texts_of_neo4j.__path__):
        inside = importlib.import_module(f"{texts_of_neo4j.__name__}.{module.name}")
        for name, text in vars(inside).items():
            if name.isupper() and isinstance(text, str):
                yield f"{module.name}.{name}", text


def looked_up(text: LiteralString) -> set[tuple[str, str]]:
    """The label and property of each lookup in a text that an index serves."""
    return _INDEXED.intersection(_LOOKED_UP.findall(text))


@pytest.mark.parametrize("grown", [False, True])
async def test_ids_are_sought_by_their_index(graph: Graph, server: Running, grown: bool) -> None:
    if grown:
        graph.run(_GROW)
    lost = []
    async with AsyncGraph.connect(server.address) as asking:
        for name, text in texts():
            if sought := looked_up(text):
                plan = await asking.plan(text, {}, TimeLimit(name, 30.0))
                seeks = "\n".join(line for line in plan if "Seek" in line)
                lost += [(name, one, plan) for one in sought if "{}({})".format(*one) not in seeks]
        for write in _BY_TYPE:
            plan = await asking.plan(write(_TYPE), {}, TimeLimit(write.__name__, 30.0))
            if not any("Seek" in line and f"{_TYPE}(id)" in line for line in plan):
                lost.append((write.__name__, _TYPE, plan))
    assert not lost
