"""Exports over HTTP: whole, by range, cut off and gone on with, refused."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import orjson
import pytest
from sample_graph import SampleGraph
from test_access import Open, bearer, behind, entry, refusal, write  # noqa: F401

from kgservice.api.keys import KeyFile
from kgservice.graph.client import Address, Graph
from loaders.formats import FORMATS
from loaders.reading.sources import Source
from loaders.retraction import retract
from loaders.run import Load, load

pytestmark = [pytest.mark.neo4j, pytest.mark.usefixtures("names")]

TRIPLES = "/export/triples"
JSONL = {"format": "jsonl"}


def rows(response: httpx.Response) -> list[dict[str, object]]:
    assert response.status_code == 200, response.text
    return [orjson.loads(line) for line in response.content.splitlines()]


def test_all_that_the_files_say(client: httpx.Client) -> None:
    found = rows(client.get(TRIPLES, params=JSONL))
    sample = SampleGraph()
    between = {
        (one["subject"], one["relation"], one["object"]): (
            one["plausibility"],
            one["typicality"],
            one["support"],
        )
        for one in found
        if one["object"] is not None
    }
    assert between.keys() == sample.statements.keys()
    # How many behaviors name a category is not counted there.
    mined = {key for key, scores in sample.statements.items() if scores.plausibility is not None}
    assert len(mined) > 100
    assert all(between[key] == sample.statements[key] for key in mined)
    values = sorted(
        (one["subject"], one["relation"], one["value"]) for one in found if one["object"] is None
    )
    assert values == sorted(
        (subject, relation, literal.text)
        for (subject, relation), literals in sample.literals.items()
        for literal in literals
    )
    entities = rows(client.get("/export/entities", params=JSONL | {"types": "Product"}))
    assert [one["id"] for one in entities] == sorted(
        id for id in sample.types if sample.is_a(id, "Product")
    )


def test_filters_in_camel_case_by_commas_or_repeated(client: httpx.Client) -> None:
    chosen = {"relations": "USED_FOR,CAPABLE_OF", "minTypicality": "0.8", "objectTypes": "Intent"}
    found = rows(client.get(TRIPLES, params=JSONL | chosen))
    assert {one["relation"] for one in found} <= {
        "USED_FOR_FUNC", "USED_FOR_EVE", "USED_FOR_AUD", "CAPABLE_OF",
    }  # fmt: skip
    assert len(found) > 5
    assert all(one["typicality"] >= 0.8 for one in found)  # type: ignore[operator]
    repeated = httpx.QueryParams([*(JSONL | chosen).items()][:1])
    for relation in ("USED_FOR", "CAPABLE_OF"):
        repeated = repeated.add("relations", relation)
    repeated = repeated.add("minTypicality", "0.80").add("objectTypes", "Intent")
    assert rows(client.get(TRIPLES, params=repeated)) == found


def test_by_range(client: httpx.Client) -> None:
    parameters = {"minSupport": "1", "format": "parquet"}
    head = client.head(TRIPLES, params=parameters)
    size = int(head.headers["content-length"])
    etag = head.headers["etag"]
    assert head.content == b""
    whole = client.get(TRIPLES, params=parameters)
    assert len(whole.content) == size
    assert whole.headers["etag"] == etag
    assert whole.headers["content-disposition"].endswith(
        f'triples-{whole.headers["x-data-version"]}.parquet"'
    )
    middle = size // 3
    parts = []
    for span in (f"bytes=0-{middle - 1}", f"bytes={middle}-"):
        part = client.get(TRIPLES, params=parameters, headers={"range": span, "if-range": etag})
        assert part.status_code == 206
        parts.append(part.content)
    assert b"".join(parts) == whole.content
    beyond = client.get(TRIPLES, params=parameters, headers={"range": f"bytes={size}-"})
    assert beyond.status_code == 416
    same = client.get(TRIPLES, params=parameters, headers={"if-none-match": etag})
    assert (same.status_code, same.content) == (304, b"")
    other = {"range": "bytes=0-9", "if-range": '"' + "0" * 20 + '"'}
    assert client.get(TRIPLES, params=parameters, headers=other).status_code == 200


@pytest.fixture
def changed(address: Address, tmp_path: Path) -> Iterator[Path]:
    """A file that changes the graph when it is loaded; what it brings is taken back."""
    file = tmp_path / "more.tsv"
    file.write_text("export test\tBROADER\tanother\n")
    yield file
    with Graph.connect(address) as graph:
        retract(graph, "export-test", None, language="en")


def test_cut_off_and_gone_on_with_although_the_graph_has_changed(
    client: httpx.Client, address: Address, changed: Path
) -> None:
    parameters = {"format": "csv"}
    with client.stream("GET", TRIPLES, params=parameters) as response:
        begun = next(response.iter_raw(1_000))
        etag, version = (response.headers[name] for name in ("etag", "x-data-version"))
    with Graph.connect(address) as graph:
        order = Load(
            FORMATS["triples"], [Source(str(changed))], "export-test", "one", changed.parent / "q"
        )
        assert not load(graph, order).rejected
    now = client.get(TRIPLES, params=parameters)
    deadline = time.monotonic() + 60
    while now.headers["x-data-version"] == version and time.monotonic() < deadline:
        now = client.get(TRIPLES, params=parameters)
    assert now.headers["etag"] != etag
    assert b"export test" in now.content
    rest = client.get(
        TRIPLES, params=parameters, headers={"range": f"bytes={len(begun)}-", "if-range": etag}
    )
    assert (rest.status_code, rest.headers["x-data-version"]) == (206, version)
    lines = now.content.splitlines()
    assert (begun + rest.content).splitlines() == [
        one for one in lines if b"export test" not in one
    ]
    of_others = {"range": "bytes=0-9", "if-range": etag}
    asked = parameters | {"minSupport": "2"}
    assert client.get(TRIPLES, params=asked, headers=of_others).status_code == 200


@pytest.mark.parametrize(
    ("route", "asked", "code", "word"),
    [
        (TRIPLES, {"format": "xml"}, "BAD_REQUEST", "parquet"),
        (TRIPLES, {"relation": "USED_FOR"}, "BAD_REQUEST", "relations"),
        (TRIPLES, {"relations": "USD_FOR"}, "UNKNOWN_RELATION", "USED_FOR"),
        (TRIPLES, {"types": "Prodct"}, "UNKNOWN_TYPE", "Product"),
        (TRIPLES, {"level": "deep"}, "BAD_REQUEST", "rolled_up"),
        (TRIPLES, {"minSupport": "1.5"}, "BAD_REQUEST", "whole"),
        (TRIPLES, {"minPlausibility": "nan"}, "BAD_REQUEST", "number"),
        ("/export/entities", {"minSupport": "2"}, "BAD_REQUEST", "types"),
    ],
)
def test_refused(
    client: httpx.Client, route: str, asked: dict[str, str], code: str, word: str
) -> None:
    response = client.get(route, params=asked)
    assert refusal(response) == (400, code)
    assert word in json.dumps(response.json())


def test_given_twice(client: httpx.Client) -> None:
    response = client.get(f"{TRIPLES}?level=asserted&level=behavior")
    assert refusal(response) == (400, "BAD_REQUEST")


def test_only_who_may_read(behind: Open, tmp_path: Path) -> None:  # noqa: F811
    entries = [
        entry("reader", "sesame", scopes=["read"]),
        entry("teller", "barley", scopes=["feedback"]),
    ]
    client = behind(keys=KeyFile(write(tmp_path / "keys.json", *entries)))
    assert client.get(TRIPLES).status_code == 401
    assert refusal(client.get(TRIPLES, headers=bearer("barley"))) == (403, "FORBIDDEN")
    for _ in range(600):
        response = client.get(TRIPLES, headers=bearer("sesame"))
        if response.status_code != 503:
            break
    assert response.status_code == 200
