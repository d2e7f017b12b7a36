"""Spans: one for a request, one for a GraphQL operation, one for each Cypher statement.

The code only knows the interface of OpenTelemetry; without an exporter a span is nothing. Where
spans go, which share is kept, and under which name is told by OpenTelemetry's own variables
(OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER, OTEL_SERVICE_NAME): they mean the same in every
program of an operator. Names of attributes: https://opentelemetry.io/docs/specs/semconv/.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version

from opentelemetry import propagate, trace
from opentelemetry.trace import INVALID_SPAN, Span, SpanKind, Status, StatusCode

from kgservice.errors import ConfigurationError

_tracer = trace.get_tracer("kgservice", version("kgservice"))


def _is_kept() -> bool:
    """Whether spans go anywhere; to begin and end two that do not takes 60 us."""
    return not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


@contextmanager
def request_span(method: str, route: str, headers: Mapping[str, str]) -> Iterator[Span]:
    """The span of an HTTP request, below the caller's where it names one (W3C traceparent)."""
    if not _is_kept():
        yield INVALID_SPAN
        return
    with _tracer.start_as_current_span(
        f"{method} {route}",
        context=propagate.extract(headers),
        kind=SpanKind.SERVER,
        attributes={"http.request.method": method, "http.route": route},
        record_exception=False,
    ) as span:
        yield span


@contextmanager
def operation_span() -> Iterator[Span]:
    """The span of a GraphQL operation; who knows its name calls `name_operation`."""
    if not _is_kept():
        yield INVALID_SPAN
        return
    with _tracer.start_as_current_span("graphql", record_exception=False) as span:
        yield span


def name_operation(span: Span, name: str, codes: tuple[str, ...]) -> None:
    """Say which operation a span was of, and by which codes it failed."""
    span.update_name(f"graphql {name}")
    span.set_attribute("graphql.operation.name", name)
    if codes:
        span.set_attribute("kgservice.error_codes", codes)
        span.set_status(Status(StatusCode.ERROR))


def export_spans() -> Callable[[], None]:
    """Send spans to a collector from now on; returns what sends the last ones.

    Call it once in each process that serves. Raises ConfigurationError where the exporter is not
    installed.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise ConfigurationError(
            "KG_TRACES needs the exporter: pip install 'kgservice[tracing]'"
        ) from error
    os.environ.setdefault("OTEL_SERVICE_NAME", "kgservice")
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return provider.shutdown
