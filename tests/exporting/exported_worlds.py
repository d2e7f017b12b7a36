"""A graph with two indexes of it, and what an export of either must hold."""

from __future__ import annotations

from contextlib import AbstractContextManager

from expected_rows import entities, statements

from kgservice.graph.client import Address, Graph
from kgservice.index.opening import Opened


class Worlds:
    """A graph, an index that was built of it, and one that followed it there."""

    def __init__(self, address: Address, graph: Graph, built: Opened, followed: Opened):
        self.address = address
        self.graph = graph
        self.built = built
        self.followed = followed
        self.statements = statements(graph)
        self.entities = entities(graph)

    def connect(self) -> AbstractContextManager[Graph]:
        return Graph.connect(self.address)
