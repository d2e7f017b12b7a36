"""What operators see of requests: ids, metrics by operation, log lines, slow ones, spans."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from served_sample import served
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kgservice.api.access import Door
from kgservice.api.keys import KeyFile, hash_of
from kgservice.api.observing import Observed
from kgservice.app import Service
from kgservice.serving.choice import EvaluatorChoice
from kgservice.telemetry.metrics import Metrics
from kgservice.telemetry.recording import Recorder

RANK = 'query Rank { entities(ids: ["leon"]) { id label } }'


@pytest.fixture
def observed(made: Service) -> Iterator[httpx.Client]:
    """A service that asks Neo4j, notes every request, and takes everything to be slow."""
    noting = replace(
        made,
        evaluator=EvaluatorChoice.NEO4J,
        recorder=Recorder(Metrics(), slow_seconds=1e-9),
        access_log=True,
    )
    with served(noting) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield client


def post(client: httpx.Client, document: str, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/graphql", json={"query": document}, headers=named)


def values(client: httpx.Client) -> dict[str, float]:
    """Every series of /metrics with its value."""
    lines = client.get("/metrics").text.splitlines()
    pairs = [line.rpartition(" ") for line in lines if not line.startswith("#")]
    return {name: float(value) for name, _, value in pairs}


def test_ids_of_requests(client: httpx.Client) -> None:
    assert post(client, RANK, x_request_id="shop-7f3a").headers["x-request-id"] == "shop-7f3a"
    made_here = {post(client, RANK).headers["x-request-id"] for _ in range(2)}
    assert all(re.fullmatch("[0-9a-f]{16}", one) for one in made_here)
    assert len(made_here) == 2
    assert re.fullmatch(
        "[0-9a-f]{16}", post(client, RANK, x_request_id="a b").headers["x-request-id"]
    )
    for path in ("/livez", "/nothing"):
        assert client.get(path, headers={"x-request-id": "p"}).headers["x-request-id"] == "p"


def test_metrics_by_operation(observed: httpx.Client) -> None:
    for _ in range(2):
        post(observed, RANK)
    post(observed, "{ stats { entityCount } }")
    post(observed, '{ answers(query: { ids: ["nobody"] }) { totalCount } }')
    post(observed, "{ nope }")
    post(observed, "{")
    observed.get("/nothing")
    observed.put("/graphql")
    found = values(observed)
    assert found['kgservice_operation_seconds_count{operation="Rank"}'] == 2
    assert found['kgservice_operations_total{answered_by="neo4j",operation="Rank"}'] == 2
    assert found['kgservice_operation_seconds_count{operation="stats"}'] == 1
    assert found['kgservice_operation_errors_total{code="UNKNOWN_ENTITY",operation="answers"}'] == 1
    assert found['kgservice_operation_errors_total{code="BAD_REQUEST",operation="nope"}'] == 1
    assert found['kgservice_operations_total{answered_by="nobody",operation="refused"}'] == 1
    posted = 'kgservice_http_requests_total{method="POST",route="/graphql",status="200"}'
    assert found[posted] == 6
    assert found['kgservice_http_requests_total{method="GET",route="other",status="404"}'] == 1
    assert found['kgservice_http_requests_total{method="PUT",route="/graphql",status="405"}'] == 1
    assert found['kgservice_cypher_seconds_count{operation="Rank"}'] >= 2
    assert found['kgservice_slow_total{what="operation"}'] == 6
    assert found["kgservice_http_in_flight"] == 1  # this one
    assert found["kgservice_neo4j_up"] == 1
    assert found["kgservice_plans_waiting"] >= 0
    assert found["kgservice_memory_bytes"] > 10_000_000


def test_names_that_clients_make_up_are_few(observed: httpx.Client) -> None:
    for number in range(250):
        post(observed, f"query Q{number} {{ __typename }}")
    names = {one for one in values(observed) if one.startswith("kgservice_operation_seconds_sum")}
    assert len(names) == 201  # with `other`


def test_a_failed_statement_is_counted_by_its_code(made: Service) -> None:
    slow = replace(made, evaluator=EvaluatorChoice.NEO4J, recorder=Recorder(), query_seconds=1e-9)
    with served(slow) as url, httpx.Client(base_url=url, timeout=30) as client:
        found = post(client, RANK).json()
        assert found["errors"][0]["extensions"]["code"] == "TIMEOUT"
        assert (
            values(client)['kgservice_operation_errors_total{code="TIMEOUT",operation="Rank"}'] == 1
        )


def test_metrics_need_the_scope_read(made: Service, tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    entries = [
        {"id": one, "sha256": hash_of(one), "scopes": [scope]}
        for one, scope in (("reader", "read"), ("teller", "feedback"))
    ]
    keys.write_text(json.dumps({"keys": entries}))
    with served(replace(made, door=Door(KeyFile(keys)))) as url:

        def status(key: str | None) -> int:
            headers = {} if key is None else {"authorization": f"Bearer {key}"}
            return httpx.get(f"{url}/metrics", headers=headers, timeout=30).status_code

        assert [status(key) for key in ("reader", "teller", None)] == [200, 403, 401]


def test_lines_of_requests(observed: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "kgservice"):
        post(observed, RANK, x_request_id="shop-1", authorization="Bearer secret")
        observed.get("/readyz")
    noted = {one.name: vars(one)["fields"] for one in caplog.records if hasattr(one, "fields")}
    line = noted["kgservice.access"]
    assert (line["route"], line["status"], line["operation"]) == ("/graphql", 200, "Rank")
    assert line["key"] == "everybody"
    slow = [vars(one)["fields"] for one in caplog.records if one.name == "kgservice.slow"]
    [operation] = [one for one in slow if "document" in one and one["operation"] == "Rank"]
    assert operation["document"] == RANK
    [statement] = [one for one in slow if "cypher" in one and one["operation"] == "Rank"]
    assert "MATCH" in statement["cypher"]
    # What was asked with is a parameter, and nobody's key is in any line.
    assert "leon" not in statement["cypher"]
    assert "secret" not in caplog.text
    assert [
        one for one in caplog.records if getattr(one, "fields", {}).get("route") == "/readyz"
    ] == []


@pytest.fixture(scope="module")
def exporter() -> Iterator[InMemorySpanExporter]:
    """The spans that end; OpenTelemetry lets a process choose where they go once."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    yield exporter
    provider.shutdown()


def test_spans_down_to_the_statement(
    exporter: InMemorySpanExporter, observed: httpx.Client
) -> None:
    caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    observed.get("/readyz")
    exporter.clear()
    post(observed, RANK, traceparent=caller, x_request_id="shop-2")
    spans = [one for one in exporter.get_finished_spans() if trace_of(one) == caller[3:35]]
    by_name = {one.name: one for one in spans}
    request, operation, statement = (
        by_name[name] for name in ("POST /graphql", "graphql Rank", "neo4j Rank")
    )
    assert parent_of(request) == int(caller[36:52], 16)
    assert parent_of(operation) == id_of(request)
    assert parent_of(statement) == id_of(operation)
    attributes = dict(request.attributes or {})
    assert attributes["kgservice.request_id"] == "shop-2"
    assert attributes["http.response.status_code"] == 200
    assert "MATCH" in str((statement.attributes or {})["db.query.text"])
    assert "leon" not in str([dict(one.attributes or {}) for one in spans])
    exporter.clear()
    observed.get("/livez")
    assert [one.name for one in exporter.get_finished_spans() if "livez" in one.name] == []


def id_of(span: ReadableSpan) -> int:
    assert span.context is not None
    return span.context.span_id


def parent_of(span: ReadableSpan) -> int:
    assert span.parent is not None
    return span.parent.span_id


def trace_of(span: ReadableSpan) -> str:
    assert span.context is not None
    return f"{span.context.trace_id:032x}"


async def _sent(app: Any) -> list[Any]:
    """The messages that an application sends for a GET of /."""
    messages: list[Any] = []

    async def send(message: Any) -> None:
        messages.append(message)

    async def receive() -> Any:
        await asyncio.sleep(0)
        return {"type": "http.request"}

    scope = {"type": "http", "method": "BREW", "path": "*", "headers": []}
    await app(scope, receive, send)
    return messages


async def test_what_fails_unforeseen_is_told_by_its_id_alone() -> None:
    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("of the inside")

    metrics = Metrics()
    start, body = await _sent(Observed(failing, metrics, frozenset()))
    assert start["status"] == 500
    [error] = json.loads(body["body"])["errors"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert (b"x-request-id", error["extensions"]["requestId"].encode()) in start["headers"]
    assert b"inside" not in body["body"]
    counted, _ = metrics.exposition("")
    assert b'{method="other",route="other",status="500"} 1.0' in counted


async def test_what_fails_after_its_beginning_is_cut_off() -> None:
    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        await Response("half")(scope, receive, send)
        raise RuntimeError("too late")

    with pytest.raises(RuntimeError, match="too late"):
        await _sent(Observed(failing, Metrics(), frozenset()))
