"""GraphQL over HTTP: methods, content types, statuses, and bodies that are none.

What is asked of a server: https://graphql.github.io/graphql-over-http/draft/.
"""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

MODERN = "application/graphql-response+json"
QUERY = "{ stats { entityCount } }"
ANSWER = {"stats": {"entityCount": 740}}


def post(client: httpx.Client, body: Any, **headers: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {
        "content-type": "application/json",
        **{k.replace("_", "-"): v for k, v in headers.items()},
    }
    return client.post("/graphql", content=content, headers=given)


def code(response: httpx.Response) -> str:
    [error] = response.json()["errors"]
    found: str = error["extensions"]["code"]
    return found


# ------------------------------------------------------------------ what is answered


def test_post_and_get(client: httpx.Client, version: str) -> None:
    posted = post(client, {"query": QUERY})
    got = client.get("/graphql", params={"query": QUERY})
    for response in (posted, got):
        assert response.status_code == 200
        assert response.headers["content-type"] == "application/json; charset=utf-8"
        assert response.headers["x-data-version"] == version
        assert response.json() == {"data": ANSWER, "extensions": {"dataVersion": version}}


def test_the_content_type_that_a_client_accepts(client: httpx.Client) -> None:
    response = post(client, {"query": QUERY}, accept=f"{MODERN}, application/json;q=0.9")
    assert response.headers["content-type"] == f"{MODERN}; charset=utf-8"
    assert response.json()["data"] == ANSWER


def test_charset_and_case_of_the_content_type(client: httpx.Client) -> None:
    response = post(client, {"query": QUERY}, content_type="Application/JSON; charset=utf-8")
    assert response.json()["data"] == ANSWER


def test_variables_operation_name_and_nulls(client: httpx.Client) -> None:
    document = (
        "query A($ids: [ID!]!) { entities(ids: $ids) { id } } query B { stats { entityCount } }"
    )
    chosen = {"query": document, "operationName": "A", "variables": {"ids": ["leon"]}}
    assert post(client, chosen).json()["data"] == {"entities": [{"id": "leon"}]}
    other = {"query": document, "operationName": "B", "variables": None, "extensions": None}
    assert post(client, other).json()["data"] == ANSWER
    single = {"query": QUERY, "operationName": "", "more": 1}
    assert post(client, single).json()["data"] == ANSWER
    params = {"query": document, "operationName": "A", "variables": '{"ids": ["big"]}'}
    got = client.get("/graphql", params={**params, "extensions": "{}"})
    assert got.json()["data"] == {"entities": [{"id": "big"}]}


def test_text_of_every_script(client: httpx.Client) -> None:
    document = '{ relations(search: "\\u00e9\\u4e2d") { totalCount } node(id: "😀") { id } } # é'
    response = post(client, json.dumps({"query": document}, ensure_ascii=False).encode())
    assert response.json()["data"] == {"relations": {"totalCount": 0}, "node": None}


def test_introspection(client: httpx.Client) -> None:
    found = post(client, {"query": "{ __schema { queryType { name } } __typename }"}).json()
    assert found["data"] == {"__schema": {"queryType": {"name": "Query"}}, "__typename": "Query"}


def test_a_browser_gets_the_page(client: httpx.Client) -> None:
    page = client.get("/graphql", headers={"accept": "text/html,application/xhtml+xml"})
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "graphiql" in page.text.lower()
    # One with a query wants the answer.
    asked = client.get("/graphql", params={"query": QUERY}, headers={"accept": "text/html"})
    assert asked.json()["data"] == ANSWER


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"nonsense", b"[]", b'"x"', b"7", b"null", b"{}", b'{"query": ""}',
        b'{"query": null}', b'{"query": 7}', b'{"query": ["{ __typename }"]}',
        b'{"query": "{ __typename }", "variables": []}',
        b'{"query": "{ __typename }", "variables": "{}"}',
        b'{"query": "{ __typename }", "operationName": 7}',
        b'{"query": "{ __typename }", "extensions": 7}',
        b'{"query": "\xff"}', b'{"query": "{ __typename }", "query": }', b'{"query": "\\ud800"}',
        # A byte order mark is none of JSON: RFC 8259, section 8.1.
        b'\xef\xbb\xbf{"query": "{ __typename }"}', '{"query": "{ __typename }"}'.encode("utf-16"),
        b"[" * 5_000,
    ],
)  # fmt: skip
def test_bodies_that_are_no_request(client: httpx.Client, body: bytes) -> None:
    response = post(client, body)
    assert response.status_code == 400
    assert code(response) == "BAD_REQUEST"
    assert "data" not in response.json()


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
        "application/graphql", "",
    ],
)  # fmt: skip
def test_other_content_types(client: httpx.Client, kind: str) -> None:
    """Forms among them: a page elsewhere could send one without asking first."""
    response = post(client, {"query": QUERY}, content_type=kind)
    assert response.status_code == 415
    assert code(response) == "BAD_REQUEST"
    assert "application/json" in response.json()["errors"][0]["message"]


def test_gets_that_are_no_request(client: httpx.Client) -> None:
    for params in (
        {},
        {"query": ""},
        {"query": QUERY, "variables": "{"},
        {"query": QUERY, "variables": "[]"},
    ):
        response = client.get("/graphql", params=params, headers={"accept": "application/json"})
        assert response.status_code == 400, params
        assert code(response) == "BAD_REQUEST"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods(client: httpx.Client, method: str) -> None:
    response = client.request(method, "/graphql")
    assert response.status_code == 405
    assert set(response.headers["allow"].split(", ")) >= {"GET", "POST"}


def test_head_is_get_without_a_body(client: httpx.Client) -> None:
    head = client.head("/graphql", params={"query": QUERY})
    got = client.get("/graphql", params={"query": QUERY})
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]
    assert client.head("/graphql").status_code == 400


def test_an_operation_that_is_not_there(client: httpx.Client) -> None:
    document = "query A { stats { entityCount } } query B { stats { entityCount } }"
    for name in (None, "C"):
        response = post(client, {"query": document, "operationName": name}, accept=MODERN)
        assert response.status_code == 400
        assert code(response) == "BAD_REQUEST"
        assert "data" not in response.json()


def test_refused_documents_by_what_the_client_accepts(client: httpx.Client) -> None:
    """No data entry in either; 400 for the new content type, 200 as ever for the old."""
    for document in ("{ nope }", "{", "query ($x: Int!) { stats { entityCount } }"):
        old = post(client, {"query": document})
        new = post(client, {"query": document}, accept=MODERN)
        assert (old.status_code, new.status_code) == (200, 400)
        for response in (old, new):
            assert "data" not in response.json()
            assert code(response) == "BAD_REQUEST"


def test_a_failed_field_is_no_refusal(client: httpx.Client) -> None:
    document = '{ answers(query: {ids: ["nobody"]}) { totalCount } }'
    response = post(client, {"query": document}, accept=MODERN)
    assert response.status_code == 200
    assert response.json()["data"] == {"answers": None}
    assert code(response) == "UNKNOWN_ENTITY"


def test_documents_that_are_too_long(client: httpx.Client) -> None:
    document = QUERY + "#" * (100_001 - len(QUERY))
    response = post(client, {"query": document})
    assert response.status_code == 413
    [error] = response.json()["errors"]
    assert error["extensions"] == {
        "code": "LIMIT_EXCEEDED", "limit": "document bytes", "value": 100_000,
    }  # fmt: skip
    fits = post(client, {"query": document[:100_000]})
    assert fits.json()["data"] == ANSWER


def test_bodies_that_are_too_long(client: httpx.Client) -> None:
    """Refused while they come in, not after: with and without a length said before."""
    long = json.dumps({"query": QUERY, "variables": {"x": "y" * 1_500_000}}).encode()
    assert post(client, long).status_code == 413

    def pieces() -> Any:
        yield from (long[start : start + 65_536] for start in range(0, len(long), 65_536))

    streamed = client.post(
        "/graphql", content=pieces(), headers={"content-type": "application/json"}
    )
    assert streamed.status_code == 413
    assert code(streamed) == "LIMIT_EXCEEDED"


def test_nothing_of_the_inside_goes_out(client: httpx.Client) -> None:
    response = post(client, {"query": "{ nope }"})
    assert not {"server", "x-powered-by"} & set(response.headers)
    assert "Traceback" not in response.text
    assert client.get("/nothing").status_code == 404
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert client.get(path).status_code == 404


# ------------------------------------------------------------------ the other routes


def test_probes_and_version(client: httpx.Client) -> None:
    assert client.get("/livez").json() == {"status": "alive"}
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["status"] == "ready"
    assert ready.json()["checks"]["neo4j"] == "ok"
    versions = client.get("/version").json()
    assert versions["kgservice"] == "0.1.0"
    assert versions["schema"]
