"""A graph as an index of now, and what tests hold beside it."""

from __future__ import annotations

from dataclasses import dataclass

from comparison import Asked

from kgservice.graph.client import Graph
from kgservice.graph.evaluation import CypherEvaluator
from kgservice.index.building import build
from kgservice.index.directory import IndexDirectory
from kgservice.index.opening import Opened, open_current


@dataclass(frozen=True, slots=True)
class Both:
    """The index evaluator beside the reference, and the Cypher evaluator on the same graph."""

    asked: Asked
    cypher: CypherEvaluator
    opened: Opened


def indexed(graph: Graph, indexes: IndexDirectory) -> Opened:
    """The graph as an index of now; names by their letters alone."""
    build(graph, indexes)
    opened = open_current(indexes, None)
    assert opened is not None
    return opened
