"""What somebody may send who means no good: refused, and the next one is answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from served_sample import served

from bench.hostile.cases import Case, cases
from kgservice.app import Service

CASES = list(cases())


@pytest.fixture(scope="module")
def url(made: Service) -> Iterator[str]:
    """A service that waits for a body for a second."""
    with served(replace(made, body_seconds=1.0, query_seconds=5.0)) as url:
        yield url


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_what_comes_back(url: str, case: Case) -> None:
    reply = case.send(url)
    assert (reply.status, reply.code) in case.expected
    answer = httpx.post(f"{url}/graphql", json={"query": "{ stats { entityCount } }"}, timeout=30)
    assert answer.json()["data"] == {"stats": {"entityCount": 740}}
