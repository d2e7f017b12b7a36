"""What is counted and measured, for Prometheus.

Every label has few values: routes, operation names that are bounded, error codes of our own. With
several workers each counts into files of a directory that they share, and whichever is scraped
tells the sums of all; a worker that died keeps its counts there.
"""

from __future__ import annotations

import os
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    values,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

#: Bounds of times in seconds: the index answers in 1 to 10 ms, a query may take 5 s.
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def count_together(directory: Path) -> None:
    """Have all metrics that this process makes from now on counted in a directory.

    A worker calls it after the fork: what its parent made would stand among the sums.
    """
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(directory)
    # The library looks at the environment when it is imported, which is before settings are read.
    values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]


def forget_worker(pid: int, directory: Path) -> None:
    """Drop what a worker that ended said of its present; what it counted stays."""
    mark_process_dead(pid, str(directory))  # type: ignore[no-untyped-call]


class Metrics:
    """All metrics of one application, in a registry of its own.

    >>> metrics = Metrics()
    >>> metrics.requests.labels("/graphql", "POST", "200").inc()
    >>> b'status="200"} 1.0' in metrics.exposition("")[0]
    True
    """

    def __init__(self, shared: Path | None = None) -> None:
        # When a series began Prometheus knows itself; it would be half of all series.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = registry = CollectorRegistry()
        self._shared = shared
        self.requests = Counter(
            "kgservice_http_requests",
            "Requests, refused ones too.",
            ["route", "method", "status"],
            registry=registry,
        )
        self.request_seconds = Histogram(
            "kgservice_http_seconds",
            "From the first byte of a request to the last of its response.",
            ["route"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.response_bytes = Counter(
            "kgservice_http_response_bytes", "Bytes of bodies.", ["route"], registry=registry
        )
        self.in_flight = Gauge(
            "kgservice_http_in_flight",
            "Requests that are being answered.",
            multiprocess_mode="livesum",
            registry=registry,
        )
        self.operation_seconds = Histogram(
            "kgservice_operation_seconds",
            "Execution of GraphQL operations.",
            ["operation"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.operations = Counter(
            "kgservice_operations",
            "GraphQL operations by who answers: index, neo4j, or nobody where it was refused.",
            ["operation", "answered_by"],
            registry=registry,
        )
        self.operation_errors = Counter(
            "kgservice_operation_errors",
            "Errors in responses, by their code.",
            ["operation", "code"],
            registry=registry,
        )
        self.cypher_seconds = Histogram(
            "kgservice_cypher_seconds",
            "Statements to Neo4j, by the operation that asks.",
            ["operation"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.cypher_errors = Counter(
            "kgservice_cypher_errors",
            "Statements that failed, by the code of the error.",
            ["code"],
            registry=registry,
        )
        self.slow = Counter(
            "kgservice_slow",
            "Operations and statements that took longer than KG_SLOW_SECONDS; the log has them.",
            ["what"],
            registry=registry,
        )
        self.missing_heads = Counter(
            "kgservice_missing_heads",
            "Heads that commonsense was asked of and is not known of.",
            registry=registry,
        )
        self.missing_heads_dropped = Counter(
            "kgservice_missing_heads_dropped",
            "Those of them that were not kept: too many, or too long.",
            registry=registry,
        )
        self.missing_heads_waiting = Gauge(
            "kgservice_missing_heads_waiting",
            "Those of them that are not written to the graph yet.",
            multiprocess_mode="livesum",
            registry=registry,
        )
        self.neo4j_up = Gauge(
            "kgservice_neo4j_up",
            "1 where Neo4j was seen at the last look, else 0.",
            multiprocess_mode="livemin",
            registry=registry,
        )
        self.index_lag = Gauge(
            "kgservice_index_lag_seconds",
            "Seconds that the index may be behind the graph; +Inf where there is none.",
            multiprocess_mode="livemax",
            registry=registry,
        )
        self.index_version = Gauge(
            "kgservice_index_version",
            "The data version that the index holds; 0 where there is none.",
            multiprocess_mode="livemin",
            registry=registry,
        )
        self.plans_waiting = Gauge(
            "kgservice_plans_waiting",
            "Texts that Neo4j is to plan beside the requests; until then general ones are asked.",
            multiprocess_mode="livesum",
            registry=registry,
        )
        self.memory = Gauge(
            "kgservice_memory_bytes",
            "Memory of its own, the mapped files of the index not counted.",
            multiprocess_mode="livesum",
            registry=registry,
        )

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """All of it in the form that a scraper accepts, and the content type of that."""
        encode, content_type = choose_encoder(accept)
        registry = self.registry
        if self._shared is not None:
            registry = CollectorRegistry()
            MultiProcessCollector(registry, str(self._shared))  # type: ignore[no-untyped-call]
        return encode(registry), content_type


def own_memory() -> int:
    """Bytes of memory that this process shares with nobody; 0 where the system does not say."""
    try:
        status = Path("/proc/self/status").read_text("ascii")
    except OSError:
        return 0
    line = next((one for one in status.splitlines() if one.startswith("RssAnon:")), "RssAnon: 0")
    return int(line.split()[1]) * 1024
