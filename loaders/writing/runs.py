"""What was loaded when: a node for each run of each data set."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson

from kgservice.graph.client import Graph, Transaction
from kgservice.graph.cypher import bookkeeping


def begin_run(graph: Graph, dataset: str, run: str, format: str) -> None:
    """Note that a run has begun; a data set that is new begins to exist."""

    def write(transaction: Transaction) -> None:
        parameters = {"id": _id(dataset, run, format), "dataset": dataset, "run": run}
        at = datetime.now(UTC)
        transaction.run(bookkeeping.BEGIN_RUN, {**parameters, "format": format, "at": at})

    graph.write(write, name="begin run")


def end_run(graph: Graph, dataset: str, run: str, format: str, report: dict[str, Any]) -> None:
    """Note that a run has ended, with its report."""

    def write(transaction: Transaction) -> None:
        parameters = {"id": _id(dataset, run, format), "at": datetime.now(UTC)}
        written = orjson.dumps(report).decode()
        transaction.run(bookkeeping.END_RUN, {**parameters, "report": written})

    graph.write(write, name="end run")


def _id(dataset: str, run: str, format: str) -> str:
    return "\x1f".join((dataset, format, run))
