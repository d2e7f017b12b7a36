"""The Reconciliation API in both versions, on the sample, against the published schemas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from jsonschema import Draft7Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "reconciliation"
VERSIONS = ("0.2", "1.0-draft")


pytestmark = pytest.mark.usefixtures("names")


def valid(answer: Any, version: str, schema: str) -> None:
    """Hold an answer to a published schema; authentication schemes are out of its reach."""
    folder = PUBLISHED / version / "schemas"
    if not folder.is_dir():
        pytest.skip("the published schemas are not beside this checkout")

    def found(uri: str) -> Resource[Any]:
        path = folder / uri.rsplit("/", 1)[-1]
        content = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        return Resource(content, DRAFT7)

    written = json.loads((folder / f"{schema}.json").read_text("utf-8"))
    Draft7Validator(written, registry=Registry(retrieve=found)).validate(answer)


def examples(version: str, kind: str, which: str = "valid") -> list[Any]:
    folder = PUBLISHED / version / "examples" / kind / which
    if not folder.is_dir():
        pytest.skip("the published examples are not beside this checkout")
    return [json.loads(path.read_text("utf-8")) for path in sorted(folder.iterdir())]


def reconciled(client: httpx.Client, queries: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    response = client.post("/reconcile", data={"queries": json.dumps(queries)})
    assert response.status_code == 200, response.text
    valid(response.json(), "0.2", "reconciliation-result-batch")
    return {key: one["result"] for key, one in response.json().items()}


def matched(client: httpx.Client, *queries: dict[str, Any]) -> list[list[dict[str, Any]]]:
    response = client.post("/reconcile/v1/match", json={"queries": list(queries)})
    assert response.status_code == 200, response.text
    valid(response.json(), "1.0-draft", "reconciliation-result-batch")
    return [one["candidates"] for one in response.json()["results"]]


def named(text: str, *conditions: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {"conditions": [{"matchType": "name", "propertyValue": text}, *conditions], **other}


def on(property: str, value: Any, **other: Any) -> dict[str, Any]:
    return {
        "matchType": "property",
        "propertyId": property,
        "propertyValue": value,
        "required": True,
        **other,
    }


def ids(candidates: list[dict[str, Any]]) -> list[str]:
    return [one["id"] for one in candidates]


def test_manifests(client: httpx.Client) -> None:
    old = client.get("/reconcile").json()
    valid(old, "0.2", "manifest")
    assert old["extend"]["propose_properties"]["service_path"] == "/reconcile/properties"
    base = str(client.base_url).rstrip("/")
    assert old["view"]["url"] == f"{base}/reconcile/preview?id={{{{id}}}}"
    for path in ("/reconcile/v1", "/reconcile/v1/"):
        new = client.get(path).json()
        valid(new, "1.0-draft", "manifest")
        assert "identifierSpace" not in new
        assert new["standardizedScore"] is True


def test_a_batch_of_02_each_judged_alone(client: httpx.Client) -> None:
    queries = {
        "q0": {"query": "Steven Speilberg", "limit": 2},
        "q1": {"query": "Titanic", "type": "Ship"},
        "q2": {"query": "P-TENT-4"},
        "q3": {"query": "Zorblax Quimby"},
    }
    found = reconciled(client, queries)
    assert ids(found["q0"])[0] == "steven-spielberg"
    assert len(found["q0"]) <= 2
    assert ids(found["q1"])[0] == "titanic-ship"
    best = found["q2"][0]
    assert (best["id"], best["name"], best["match"]) == (
        "P-TENT-4",
        "Four-Person Waterproof Tent",
        True,
    )
    assert best["type"] == [{"id": "Product", "name": "product"}]
    assert best["score"] > 90
    assert not any(one["match"] for one in found["q3"])
    for key, query in queries.items():
        assert reconciled(client, {key: query})[key] == found[key]
    by_get = client.get("/reconcile", params={"queries": json.dumps(queries)}).json()
    assert {key: one["result"] for key, one in by_get.items()} == found


def test_types_are_hints_unless_they_are_strict(client: httpx.Client) -> None:
    soft = {"query": "Tom Hanks", "type": ["Film", "Song"]}
    found = reconciled(client, {"soft": soft, "hard": {**soft, "type_strict": "any"}})
    assert "tom-hanks" in ids(found["soft"])
    assert "tom-hanks" not in ids(found["hard"])


def test_properties_of_02_are_hints(client: httpx.Client) -> None:
    properties = [{"pid": "DIRECTOR", "v": {"id": "james-cameron", "name": "James Cameron"}}]
    film = {"query": "Titanic", "properties": properties}
    ship = {"query": "Titanic", "properties": [{"pid": "LOCATED_IN", "v": "Atlantic Ocean"}]}
    found = reconciled(client, {"film": film, "ship": ship})
    assert ids(found["film"])[0] == "titanic-film"
    assert ids(found["ship"])[0] == "titanic-ship"
    assert reconciled(client, {"q": {"properties": properties}})["q"] == []


def test_conditions_of_1_0(client: httpx.Client) -> None:
    any_film, cameron, nobody, by_text, not_cameron, all_of, by_id = matched(
        client,
        named("Titanic", type="Film"),
        named("Titanic", on("DIRECTOR", {"id": "james-cameron"})),
        named("Titanic", on("DIRECTOR", "nobody at all")),
        named("Titanic", on("DIRECTOR", "JAMES cameron")),
        named("Titanic", on("DIRECTOR", "James Cameron", matchQuantifier="none")),
        named(
            "Titanic",
            on("CAST_MEMBER", ["Kate Winslet", "Billy Zane"], matchQuantifier="all"),
        ),
        {"conditions": [{"matchType": "id", "propertyValue": "titanic-ship"}]},
    )
    assert ids(any_film)[0] == "titanic-film"
    assert ids(cameron) == ids(by_text) == ids(all_of) == ["titanic-film"]
    assert nobody == []
    assert "titanic-film" not in ids(not_cameron)
    assert "titanic-ship" in ids(not_cameron)
    assert ids(by_id)[0] == "titanic-ship"
    assert {feature["id"] for feature in by_id[0]["features"]} >= {"identifier", "popularity"}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_published_queries_are_answered_or_refused_by_name(
    client: httpx.Client, version: str
) -> None:
    for example in examples(version, "reconciliation-query-batch"):
        if version == "0.2":
            response = client.post("/reconcile", data={"queries": json.dumps(example)})
        else:
            response = client.post("/reconcile/v1/match", json=example)
        if response.status_code == 200:
            valid(response.json(), version, "reconciliation-result-batch")
        else:
            # Their types and properties are not of this vocabulary.
            assert response.json()["error"]["code"] in {"UNKNOWN_TYPE", "UNKNOWN_RELATION"}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_published_wrong_queries_are_refused(client: httpx.Client, version: str) -> None:
    for example in examples(version, "reconciliation-query-batch", "invalid"):
        if version == "0.2":
            response = client.post("/reconcile", data={"queries": json.dumps(example)})
        else:
            response = client.post("/reconcile/v1/match", json=example)
        assert response.status_code == 400
        assert response.json()["error"]["code"] == "BAD_REQUEST"


def test_suggestions(client: httpx.Client) -> None:
    for version, base in zip(VERSIONS, ("/reconcile", "/reconcile/v1"), strict=True):
        entities = client.get(f"{base}/suggest/entity", params={"prefix": "tom ha"}).json()
        valid(entities, version, "suggest-entities-response")
        assert "tom-hanks" in ids(entities["result"])
        properties = client.get(f"{base}/suggest/property", params={"prefix": "cast"}).json()
        valid(properties, version, "suggest-properties-response")
        assert "CAST_MEMBER" in ids(properties["result"])
        types = client.get(f"{base}/suggest/type", params={"prefix": "film"}).json()
        valid(types, version, "suggest-types-response")
        assert ids(types["result"]) == ["Film", "FilmSeries"]
        assert client.get(f"{base}/suggest/colour").status_code == 400


def test_previews(client: httpx.Client) -> None:
    for base in ("/reconcile", "/reconcile/v1"):
        page = client.get(f"{base}/preview", params={"id": "titanic-ship"})
        assert page.headers["content-type"].startswith("text/html")
        assert "RMS Titanic" in page.text
        assert "British passenger ship" in page.text
        assert client.get(f"{base}/preview", params={"id": "nowhere"}).status_code == 404
    flyout = client.get("/reconcile/flyout/entity", params={"id": "titanic-ship"}).json()
    assert flyout["id"] == "titanic-ship"
    assert "<h1>RMS Titanic</h1>" in flyout["html"]
    assert client.get("/reconcile/flyout/entity", params={"id": "x"}).status_code == 404


def test_extension(client: httpx.Client) -> None:
    query = {
        "ids": ["titanic-film", "ben-nevis", "nowhere"],
        "properties": [
            {"id": "DIRECTOR"},
            {"id": "CAST_MEMBER", "settings": {"limit": "2"}},
            {"id": "HEIGHT"},
        ],
    }
    valid(query, "0.2", "data-extension-query")
    old = client.post("/reconcile", data={"extend": json.dumps(query)}).json()
    valid(old, "0.2", "data-extension-response")
    assert old["meta"][0] == {"id": "DIRECTOR", "name": "director"}
    assert old["rows"]["titanic-film"]["DIRECTOR"] == [
        {"id": "james-cameron", "name": "James Cameron"}
    ]
    assert len(old["rows"]["titanic-film"]["CAST_MEMBER"]) == 2
    assert old["rows"]["ben-nevis"]["HEIGHT"] == [{"int": 1345}]
    assert old["rows"]["nowhere"]["HEIGHT"] == [{}]
    new = client.post("/reconcile/v1/extend", json=query).json()
    valid(new, "1.0-draft", "data-extension-response")
    assert [row["id"] for row in new["rows"]] == query["ids"]
    for row in new["rows"]:
        cells = {one["id"]: one["values"] for one in row["properties"]}
        assert cells == old["rows"][row["id"]]


def test_a_day_is_a_date(client: httpx.Client) -> None:
    query = {"ids": ["forrest-gump"], "properties": [{"id": "RELEASED"}]}
    answer = client.post("/reconcile/v1/extend", json=query).json()
    valid(answer, "1.0-draft", "data-extension-response")
    [row] = answer["rows"]
    assert row["properties"][0]["values"] == [{"date": "1994-07-06T00:00:00Z"}]


def test_proposed_properties(client: httpx.Client) -> None:
    for version, path in (
        ("0.2", "/reconcile/properties"),
        ("1.0-draft", "/reconcile/v1/extend/propose"),
    ):
        every = client.get(path, params={"limit": "3"}).json()
        valid(every, version, "data-extension-property-proposal")
        assert len(every["properties"]) == 3
        film = client.get(path, params={"type": "Film", "limit": "x"}).json()
        assert film["type"] == "Film"
        assert film["properties"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/reconcile", {"queries": "not json"}, 400),
        ("/reconcile", {"queries": "[]"}, 400),
        ("/reconcile", {"queries": '{"q": {}}'}, 400),
        ("/reconcile", {"queries": '{"q": {"query": "x", "colour": "red"}}'}, 400),
        ("/reconcile", {"queries": '{"q": {"query": "x", "limit": 0}}'}, 400),
        (
            "/reconcile",
            {"queries": '{"q": {"query": "x", "properties": [{"pid": "p", "v": {}}]}}'},
            400,
        ),
        ("/reconcile", {"extend": '{"ids": ["a"]}'}, 400),
        ("/reconcile", {"extend": '{"ids": [], "properties": [{"id": "no such"}]}'}, 400),
        ("/reconcile/v1/match", {"queries": [{"colour": "red"}]}, 400),
        ("/reconcile/v1/match", {"queries": [{"conditions": []}]}, 400),
        (
            "/reconcile/v1/match",
            {"queries": [{"conditions": [{"matchType": "property", "propertyValue": "x"}]}]},
            400,
        ),
        ("/reconcile/v1/match", {"queries": [named("x")] * 101}, 413),
        ("/reconcile/v1/match", {"queries": [], "padding": "x" * 1_000_001}, 413),
        ("/reconcile/v1/extend", {"ids": ["a"] * 1_001, "properties": []}, 413),
        (
            "/reconcile/v1/extend",
            {"ids": [], "properties": [{"id": "HEIGHT", "settings": {"limit": "many"}}]},
            400,
        ),
    ],
)
def test_what_makes_no_sense_is_refused(
    client: httpx.Client, path: str, body: dict[str, Any], status: int
) -> None:
    if path == "/reconcile":
        headers = {"content-type": "application/x-www-form-urlencoded"}
        response = client.post(path, content=urlencode(body), headers=headers)
    else:
        response = client.post(path, json=body)
    assert response.status_code == status, response.text
    assert response.json()["error"]["code"] != "INTERNAL"
    assert response.json()["message"]


def test_only_forms_are_read_by_02(client: httpx.Client) -> None:
    assert client.post("/reconcile", json={"queries": {}}).status_code == 400


def test_every_origin_may_ask(client: httpx.Client) -> None:
    headers = {"Origin": "https://somewhere.example"}
    for path in ("/reconcile", "/reconcile/v1", "/reconcile/v1/suggest/type"):
        answer = client.get(path, headers=headers)
        assert answer.headers["access-control-allow-origin"] in ("*", headers["Origin"])
    preflight = client.options("/reconcile/v1/match", headers=headers)
    assert preflight.status_code in (200, 204)
    assert "POST" in preflight.headers["access-control-allow-methods"]
