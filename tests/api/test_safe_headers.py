"""What every response tells browsers to leave alone, whichever way it was made."""

from __future__ import annotations

import httpx
import pytest

pytestmark = [pytest.mark.neo4j, pytest.mark.usefixtures("names")]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/livez", 200),
        ("/readyz", 200),
        ("/version", 200),
        ("/metrics", 200),
        ("/graphql?query={__typename}", 200),
        ("/graphql", 400),
        ("/reconcile", 200),
        ("/reconcile/preview?id=nobody", 404),
        ("/changes", 400),
        ("/export/triples?format=none", 400),
        ("/export/triples?format=csv", 200),
        ("/nowhere", 404),
    ],
)
def test_of_what_is_no_page_nothing_runs(client: httpx.Client, path: str, status: int) -> None:
    response = client.get(path)
    assert response.status_code == status
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"
    policy = response.headers["content-security-policy"]
    assert policy == "default-src 'none'; frame-ancestors 'none'"


def test_a_stranger_is_refused_as_safely(client: httpx.Client) -> None:
    response = client.get("/version", headers={"host": "elsewhere.example"})
    assert (response.status_code, response.headers["x-content-type-options"]) == (421, "nosniff")


def test_a_preview_may_be_framed_and_runs_nothing(client: httpx.Client) -> None:
    response = client.get("/reconcile/preview?id=tom-hanks")
    assert response.headers["content-type"].startswith("text/html")
    policy = response.headers["content-security-policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    assert response.headers["x-content-type-options"] == "nosniff"
