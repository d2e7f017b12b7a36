"""What is done with everything that the service does: counted, measured, and noted where slow."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, field

from kgservice.graph.asked import Asked
from kgservice.telemetry.logs import fields
from kgservice.telemetry.metrics import Metrics

_slow = logging.getLogger("kgservice.slow")

#: Characters of a document that a log line shows.
_SHOWN = 2_000


@dataclass(frozen=True, slots=True)
class Operated:
    """A GraphQL operation that was executed or refused.

    name: bounded, see kgservice.api.operations; codes: of its errors, each once; answered_by:
    index, neo4j or nobody; document: as it was sent, without the values of variables.
    """

    name: str
    seconds: float
    answered_by: str
    codes: tuple[str, ...]
    document: str


@dataclass(frozen=True, slots=True)
class Recorder:
    """Told of everything; `slow_seconds` is what is noted as slow."""

    metrics: Metrics = field(default_factory=Metrics)
    slow_seconds: float = 1.0

    def operated(self, one: Operated) -> None:
        """Take note of an operation."""
        metrics = self.metrics
        metrics.operation_seconds.labels(one.name).observe(one.seconds)
        metrics.operations.labels(one.name, one.answered_by).inc()
        for code in one.codes:
            metrics.operation_errors.labels(one.name, code).inc()
        if one.seconds >= self.slow_seconds:
            metrics.slow.labels("operation").inc()
            _slow.warning(
                "slow operation",
                extra=fields(
                    operation=one.name,
                    seconds=round(one.seconds, 4),
                    answered_by=one.answered_by,
                    codes=",".join(one.codes) or None,
                    document=one.document[:_SHOWN],
                ),
            )

    def asked(self, one: Asked) -> None:
        """Take note of a statement that was put to Neo4j."""
        metrics = self.metrics
        metrics.cypher_seconds.labels(one.name).observe(one.seconds)
        if one.failure is not None:
            metrics.cypher_errors.labels(one.failure.code).inc()
        if one.seconds >= self.slow_seconds:
            metrics.slow.labels("statement").inc()
            _slow.warning(
                "slow statement",
                extra=fields(
                    operation=one.name,
                    seconds=round(one.seconds, 4),
                    code=None if one.failure is None else one.failure.code,
                    statement=hashlib.sha256(one.text.encode()).hexdigest()[:12],
                    cypher=" ".join(one.text.split()),
                ),
            )
