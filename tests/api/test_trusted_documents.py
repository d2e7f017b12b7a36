"""Documents by their hash, ETags, and a schema that is kept to itself.

The endpoint alone is asked, without a graph: what it executes here needs none.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from kgservice.api.admission import Admission
from kgservice.api.context import Context, Resolver
from kgservice.api.over_http import GraphQLEndpoint
from kgservice.api.schema import make_schema
from kgservice.api.trusted import TrustedDocuments, read_documents
from kgservice.errors import ConfigurationError
from kgservice.explorer.pages import Pages
from kgservice.graph.asked import TimeLimit
from kgservice.limits import Limits
from kgservice.telemetry.recording import Recorder

NAMED = "query Named($really: Boolean!) { __typename @include(if: $really) }"
HASH = hashlib.sha256(NAMED.encode()).hexdigest()
VARIABLES = {"really": True}
ANSWER = {"__typename": "Query"}


def served(trusted: TrustedDocuments, *, introspection: bool = True) -> httpx.AsyncClient:
    """A client of the endpoint."""

    async def context(_: Request) -> Context:
        nobody = cast("Resolver", None)
        return Context(Limits(), TimeLimit("tests", 60.0), nobody, None)

    endpoint = GraphQLEndpoint(
        make_schema(Limits(), introspection=introspection),
        context,
        Limits().document_bytes,
        Recorder().operated,
        Pages().graphiql,
        Admission(),
        trusted,
    )

    async def graphql(request: Request) -> Response:
        return await endpoint(request)

    app = Starlette()
    app.add_route("/graphql", graphql, methods=["GET", "POST"])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1")


def written(path: Path, documents: object) -> Path:
    path.write_text(documents if isinstance(documents, str) else json.dumps(documents))
    return path


@pytest.fixture
def closed(tmp_path: Path) -> httpx.AsyncClient:
    """A client of an endpoint that executes one document, and does not tell its schema."""
    path = written(tmp_path / "documents.json", {HASH: NAMED})
    return served(read_documents(path, only=True), introspection=False)


@pytest.mark.parametrize(
    "body",
    [
        {"documentId": f"sha256:{HASH}"},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": HASH}}},
        {"query": NAMED},
        {"query": NAMED, "documentId": "sha256:other"},
    ],
)
async def test_a_document_that_was_agreed_on(
    closed: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    posted = await closed.post("/graphql", json=body | {"variables": VARIABLES})
    assert posted.json()["data"] == ANSWER
    params = {
        name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()
    }
    params["variables"] = json.dumps(VARIABLES)
    got = await closed.get("/graphql", params=params, headers={"accept": "text/html"})
    assert got.json()["data"] == ANSWER


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"query": "{ __typename }"}, 403, "FORBIDDEN"),
        ({"query": NAMED + " "}, 403, "FORBIDDEN"),
        ({"documentId": "sha256:" + "0" * 64}, 404, "BAD_REQUEST"),
        ({"extensions": {"persistedQuery": {"sha256Hash": "0"}}}, 404, "BAD_REQUEST"),
        ({"extensions": {"persistedQuery": {"sha256Hash": 7}}}, 400, "BAD_REQUEST"),
        ({"extensions": {"persistedQuery": []}}, 400, "BAD_REQUEST"),
        ({"documentId": 7}, 400, "BAD_REQUEST"),
        ({}, 400, "BAD_REQUEST"),
    ],
)
async def test_others(
    closed: httpx.AsyncClient, body: dict[str, Any], status: int, code: str
) -> None:
    response = await closed.post("/graphql", json=body)
    assert response.status_code == status
    assert response.json()["errors"][0]["extensions"]["code"] == code


async def test_without_that_setting_others_are_executed_as_well() -> None:
    client = served(TrustedDocuments({HASH: NAMED}))
    for asked in (
        {"documentId": f"sha256:{HASH}", "variables": VARIABLES},
        {"query": "{ __typename }"},
    ):
        assert (await client.post("/graphql", json=asked)).json()["data"] == ANSWER
    nothing = served(TrustedDocuments())
    response = await nothing.post("/graphql", json={"documentId": f"sha256:{HASH}"})
    assert response.status_code == 404


async def test_etags() -> None:
    client = served(TrustedDocuments())
    params = {"query": NAMED, "variables": '{"really": true}'}
    first = await client.get("/graphql", params=params)
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    for known in (tag, f'"other", {tag}'):
        again = await client.get("/graphql", params=params, headers={"if-none-match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    params["variables"] = '{"really": false}'
    changed = await client.get("/graphql", params=params, headers={"if-none-match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag
    posted = await client.post("/graphql", json={"query": "{ __typename }"})
    assert "etag" not in posted.headers


async def test_a_schema_that_is_kept() -> None:
    kept, told = (served(TrustedDocuments(), introspection=one) for one in (False, True))
    for asked in ("{ __schema { queryType { name } } }", '{ __type(name: "Query") { name } }'):
        refused = (await kept.post("/graphql", json={"query": asked})).json()
        assert refused["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
        assert "data" not in refused
        assert "errors" not in (await told.post("/graphql", json={"query": asked})).json()
    known = await kept.post("/graphql", json={"query": "{ __typename }"})
    assert known.json()["data"] == ANSWER


@pytest.mark.parametrize(
    ("documents", "said"),
    [
        ("{", "KG_TRUSTED_DOCUMENTS_FILE"),
        ([NAMED], "is no object"),
        ({HASH: 7}, "not a text"),
        ({"0" * 64: NAMED}, f"has the hash {HASH}"),
        ({hashlib.sha256(b"{").hexdigest(): "{"}, "Syntax Error"),
    ],
)
def test_files_that_are_at_fault(documents: object, said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=said):
        read_documents(written(tmp_path / "documents.json", documents), only=False)
    with pytest.raises(ConfigurationError, match="No such file"):
        read_documents(tmp_path / "none.json", only=False)
