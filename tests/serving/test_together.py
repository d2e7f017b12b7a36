"""Two workers as one instance: their metrics, rates, log lines, spans, and how they leave."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from emptying import empty_but_schema
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from kgservice.api.keys import hash_of
from kgservice.graph.client import Graph
from kgservice.local.instance import Running

pytestmark = pytest.mark.neo4j

COUNT = {"query": "query Count { stats { entityCount } }"}
RATE = 40


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not holds():
        assert time.monotonic() < deadline, "it does not come to that"
        time.sleep(0.1)


class Collector:
    """Takes the spans that a service sends by OTLP."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, str]] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                collector.take(ExportTraceServiceRequest.FromString(body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def take(self, request: ExportTraceServiceRequest) -> None:
        for resource in request.resource_spans:
            [name] = [
                one.value.string_value
                for one in resource.resource.attributes
                if one.key == "service.name"
            ]
            for scope in resource.scope_spans:
                self.spans += [(name, span.name) for span in scope.spans]


class Instance:
    """A service of two workers, as a process of its own."""

    def __init__(self, directory: Path, environment: dict[str, str]):
        self._log = directory / "log"
        command = [Path(sys.executable).with_name("kgservice"), "serve", "--workers", "2"]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                env=environment,
                cwd=directory,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().split()[-1].removesuffix("/graphql")

    def ask(self, key: str) -> httpx.Response:
        # A connection of its own each time: any worker may take it.
        headers = {"authorization": f"Bearer {key}"}
        return httpx.post(f"{self.url}/graphql", json=COUNT, headers=headers, timeout=30)

    def counted(self) -> float:
        """How often `Count` was executed, by what any worker says."""
        headers = {"authorization": "Bearer operator"}
        text = httpx.get(f"{self.url}/metrics", headers=headers, timeout=30).text
        found = re.search(
            r'^kgservice_operation_seconds_count\{operation="Count"\} (.*)$', text, re.M
        )
        return float(found[1]) if found else 0.0

    def workers(self) -> set[int]:
        pid = self.process.pid
        return {int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}

    def lines(self) -> list[dict[str, object]]:
        lines = self._log.read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    collector = Collector()
    thread = threading.Thread(target=collector.server.serve_forever)
    thread.start()
    yield collector
    collector.server.shutdown()
    thread.join()
    collector.server.server_close()


@pytest.fixture(scope="module")
def instance(
    server: Running, collector: Collector, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Instance]:
    with Graph.connect(server.address) as graph:
        empty_but_schema(graph, server.address)
    directory = tmp_path_factory.mktemp("instance")
    keys = [
        {"id": id, "sha256": hash_of(id), "scopes": ["read"], "rate": rate}
        for id, rate in (("batch", RATE), ("usual", 6_000), ("operator", 6_000))
    ]
    (directory / "keys.json").write_text(json.dumps({"keys": keys}))
    environment = os.environ | {
        "KG_NEO4J_URI": server.address.uri,
        "KG_NEO4J_PASSWORD": server.address.password,
        "KG_DATA_DIR": str(directory),
        "KG_API_KEYS_FILE": str(directory / "keys.json"),
        "KG_PORT": "0",
        "KG_LOG_FORM": "json",
        "KG_ACCESS_LOG": "true",
        "KG_UNREADY_SECONDS": "5",
        "KG_TRACES": "true",
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_BSP_SCHEDULE_DELAY": "200",
    }
    instance = Instance(directory, environment)
    yield instance
    if instance.process.poll() is None:
        instance.process.kill()
    instance.process.communicate(timeout=60)


def test_a_rate_holds_over_all_workers(instance: Instance) -> None:
    statuses = [instance.ask("batch").status_code for _ in range(RATE + 20)]
    # Some come back meanwhile; two buckets would let all of these through.
    assert RATE <= statuses.count(200) < RATE + 20
    assert set(statuses) == {200, 429}
    noted = [line for line in instance.lines() if line.get("key") == "batch"]
    assert len(noted) == statuses.count(200)


def test_any_worker_tells_the_sums_of_all(instance: Instance) -> None:
    before = instance.counted()
    for _ in range(20):
        assert instance.ask("usual").status_code == 200
    assert {instance.counted() for _ in range(10)} == {before + 20}


def test_what_a_killed_worker_counted_stays(instance: Instance) -> None:
    before, killed = instance.counted(), min(instance.workers())
    os.kill(killed, signal.SIGKILL)
    until(lambda: len(instance.workers() - {killed}) == 2)
    assert instance.ask("usual").status_code == 200
    assert instance.counted() == before + 1


def test_spans_come_from_both(instance: Instance, collector: Collector) -> None:
    until(lambda: ("kgservice", "graphql Count") in collector.spans)
    assert ("kgservice", "POST /graphql") in collector.spans


def test_they_are_unready_before_they_leave(instance: Instance) -> None:
    instance.process.terminate()

    def is_unready() -> bool:
        ready = httpx.get(f"{instance.url}/readyz", timeout=30)
        return ready.status_code == 503 and "service" in ready.json()["checks"]

    until(is_unready)
    # Whoever has not looked yet is answered.
    assert instance.ask("usual").status_code == 200
    assert instance.process.wait(60) == 130
    ended = [one for one in instance.lines() if "Finished server process" in str(one["message"])]
    assert ended
