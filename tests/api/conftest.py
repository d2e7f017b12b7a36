"""The API over HTTP, on the sample, loaded by the real loaders into the suite's Neo4j.

`service` is the address of a running uvicorn; `ask` sends it one GraphQL document.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from asking import Ask
from sample_fixtures import address, client, indexes, made, service, version

__all__ = ["address", "client", "indexes", "made", "service", "version"]


@pytest.fixture(scope="module")
def names(client: httpx.Client) -> None:
    """Until names can be resolved: on a machine that is busy the first index takes a while."""
    for _ in range(1_200):
        if client.get("/readyz").json()["checks"]["index"] == "ok":
            return
        time.sleep(0.1)
    pytest.fail("the index was never ready")


@pytest.fixture(scope="module")
def ask(client: httpx.Client) -> Ask:
    """Send a document, and return the whole response body."""

    def send(document: str, **variables: Any) -> dict[str, Any]:
        body = {"query": document, "variables": variables}
        response = client.post("/graphql", json=body)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    return send


@pytest.fixture(scope="session")
def contract() -> Path:
    """The public contract, beside the checkout."""
    path = Path(__file__).parents[3] / "shared" / "contract"
    if not path.exists():
        pytest.skip("the contract is not beside this checkout")
    return path
