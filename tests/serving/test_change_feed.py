"""`/changes`: replayed it gives the graph; gone on with, listened to, asked for what is gone."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest
from emptying import empty_but_schema
from served_sample import served
from world_files import load_file

from kgservice.api.access import Door
from kgservice.api.keys import KeyFile
from kgservice.app import Service
from kgservice.graph.client import Graph
from kgservice.index.directory import IndexDirectory
from kgservice.local.instance import Running
from loaders.retraction import retract
from loaders.writing.runs import prune_changes

pytestmark = pytest.mark.neo4j

Change = dict[str, Any]

STATEMENTS = """
MATCH (s:Entity)-[r]->(o) WHERE r.level IS NOT NULL
MATCH (relation:Relation {neo4j_type: type(r)})
RETURN r.id, s.id, relation.id, CASE WHEN o:Entity THEN o.id END,
  CASE WHEN o:Literal THEN o.text END, r.plausibility, r.typicality, r.support
"""
ENTITIES = "MATCH (e:Entity) RETURN collect(e.id)"
PARTS = ("subject", "relation", "object", "value", "plausibility", "typicality", "support")


@pytest.fixture(scope="module")
def graph(server: Running) -> Iterator[Graph]:
    with Graph.connect(server.address) as connected:
        empty_but_schema(connected, server.address)
        yield connected


@pytest.fixture(scope="module")
def service(graph: Graph, server: Running, tmp_path_factory: pytest.TempPathFactory) -> Service:
    return Service(server.address, IndexDirectory(tmp_path_factory.mktemp("index")))


@pytest.fixture(scope="module")
def client(service: Service) -> Iterator[httpx.Client]:
    with served(service) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


class Replay:
    """What a reader who follows the feed knows of the graph."""

    def __init__(self) -> None:
        self.since = "0"
        self.known: dict[str, dict[str, Change]] = {"entity": {}, "statement": {}}

    def follow(self, client: httpx.Client) -> list[Change]:
        response = client.get("/changes", params={"since": self.since})
        assert response.status_code == 200, response.text
        self.since = response.headers["x-data-version"]
        changes = [json.loads(line) for line in response.text.splitlines()]
        for change in changes:
            known = self.known[change["kind"]]
            if change["op"] == "remove":
                del known[change["id"]]
            else:
                assert (change["op"] == "update") == (change["id"] in known), change
                known[change["id"]] = change
        return changes

    def assert_is(self, graph: Graph) -> None:
        assert sorted(self.known["entity"]) == sorted(graph.value(ENTITIES))
        found = {
            id: [one.get(name) for name in PARTS] for id, one in self.known["statement"].items()
        }
        assert found == {id: rest for id, *rest in graph.rows(STATEMENTS)}


def load_triples(graph: Graph, directory: Path, *rows: str, dataset: str = "facts") -> None:
    file = directory / "triples.tsv"
    file.write_text("head\trelation\ttail\tplausibility\n" + "".join(f"{row}\n" for row in rows))
    load_file(graph, file, "triples", dataset, directory)


def test_replayed_it_gives_the_graph(client: httpx.Client, graph: Graph, tmp_path: Path) -> None:
    replay = Replay()
    load_triples(graph, tmp_path, "a\tBROADER\tb\t0.5", 'a\tUSED_FOR\t"7"^^xsd:integer\t')
    replay.follow(client)
    replay.assert_is(graph)
    load_triples(graph, tmp_path, "a\tBROADER\tb\t0.9", "b\tBROADER\tc\t", dataset="others")
    changes = replay.follow(client)
    replay.assert_is(graph)
    assert {(one["op"], one["kind"], one["id"]) for one in changes if one["kind"] == "entity"} >= {
        ("add", "entity", "c")
    }
    assert [one["seq"] for one in changes] == list(range(1, len(changes) + 1))
    retract(graph, "facts", None, language="en")
    replay.follow(client)
    replay.assert_is(graph)
    assert replay.follow(client) == []


def test_gone_on_with_in_the_middle(client: httpx.Client) -> None:
    whole = client.get("/changes", params={"since": "0"}).text.splitlines()
    assert len(whole) > 8
    for place in (0, 1, len(whole) // 2, len(whole) - 1):
        last = json.loads(whole[place])
        since = f"{last['data_version']}:{last['seq']}"
        rest = client.get("/changes", params={"since": since})
        assert rest.text.splitlines() == whole[place + 1 :]


def listened(client: httpx.Client, events: int, **headers: str) -> list[tuple[str, Change]]:
    """The next events, each with its id."""
    found: list[tuple[str, Change]] = []
    asked = {"accept": "text/event-stream", **headers}
    with client.stream("GET", "/changes", params={"since": "0"}, headers=asked) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        id = ""
        for line in response.iter_lines():
            name, _, value = line.partition(": ")
            if name == "id":
                id = value
            elif name == "data":
                found.append((id, json.loads(value)))
            if len(found) == events:
                break
    return found


def test_listened_to(client: httpx.Client, graph: Graph, tmp_path: Path) -> None:
    lines = client.get("/changes", params={"since": "0"}).text.splitlines()
    before = [json.loads(line) for line in lines]
    loading = threading.Timer(0.5, load_triples, [graph, tmp_path, "x\tBROADER\ty\t"])
    loading.start()
    events = listened(client, len(before) + 3)
    loading.join()
    assert [change for _, change in events[: len(before)]] == before
    assert {change["id"] for _, change in events[len(before) :]} > {"x", "y"}
    place, _ = events[len(before)]
    assert listened(client, 2, **{"last-event-id": place}) == events[-2:]


def test_who_listens_is_sent_away_at_the_end(service: Service) -> None:
    leaving = Event()
    with (
        served(replace(service, leaving=leaving)) as url,
        httpx.stream(
            "GET", f"{url}/changes?since=0", headers={"accept": "text/event-stream"}
        ) as one,
    ):
        lines = one.iter_lines()
        assert next(lines) == "retry: 2000"
        leaving.set()
        assert [line for line in lines if line.startswith("id")]


def test_more_listeners_than_there_are_places_for(service: Service) -> None:
    headers = {"accept": "text/event-stream"}
    with served(replace(service, followers=1)) as url:
        with httpx.stream("GET", f"{url}/changes?since=0", headers=headers, timeout=60) as first:
            lines = first.iter_lines()
            assert next(lines) == "retry: 2000"
            refused = httpx.get(f"{url}/changes?since=0", timeout=60)
            assert refused.status_code == 503, refused.text
            assert refused.headers["retry-after"] == "1"
        assert refused.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"


@pytest.mark.parametrize("since", [None, "", "x", "-1", "1:", "1:2:3", "9" * 30])
def test_refused(client: httpx.Client, since: str | None) -> None:
    response = client.get("/changes", params={} if since is None else {"since": since})
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


def test_only_who_may_read(service: Service, tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    sha256 = hashlib.sha256(b"bob").hexdigest()
    keys.write_text(json.dumps({"keys": [{"id": "bob", "sha256": sha256, "scopes": ["feedback"]}]}))
    with served(replace(service, door=Door(keys=KeyFile(keys)))) as url:
        assert httpx.get(f"{url}/changes?since=0").status_code == 401
        headers = {"authorization": "Bearer bob"}
        assert httpx.get(f"{url}/changes?since=0", headers=headers).status_code == 403


def test_what_is_gone_is_said_to_be_gone(client: httpx.Client, graph: Graph) -> None:
    now = graph.value("MATCH (v:__DataVersion) RETURN v.version")
    ahead = client.get("/changes", params={"since": str(now + 1)})
    assert ahead.status_code == 410
    graph.run("MATCH (c:__Change) WHERE c.version < 3 DELETE c")
    for since in ("0", "1", "2:1"):
        gone = client.get("/changes", params={"since": since})
        assert gone.status_code == 410
        [error] = gone.json()["errors"]
        assert error["extensions"] == {"code": "CURSOR_EXPIRED", "oldest": 2}
    assert client.get("/changes", params={"since": "2"}).text
    prune_changes(graph, timedelta(0))
    assert client.get("/changes", params={"since": "2"}).status_code == 410
    last = client.get("/changes", params={"since": str(now)})
    assert (last.status_code, last.text) == (200, "")
    assert last.headers["x-data-version"] == str(now)
