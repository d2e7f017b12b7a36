"""The clients: on the sample, and against what can go wrong on the way to it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from served_sample import served

from kgservice.api.access import Door
from kgservice.api.keys import KeyFile, hash_of
from kgservice.app import Service
from kgservice.client import (
    AsyncClient,
    Client,
    Expression,
    Mention,
    Minima,
    Outcome,
    Patience,
    ServiceError,
    UnreachableError,
    co_purchase,
    entity_type,
    ids,
    mention,
    product,
    query,
    query_product,
)

pytestmark = pytest.mark.usefixtures("names")


@pytest.fixture(scope="module")
def kg(service: str) -> Iterator[Client]:
    with Client(service) as client:
        yield client


def labels(kg: Client, expression: Expression, **more: Any) -> list[str]:
    return [one.entity.label for one in kg.answers(expression, **more)]


# ------------------------------------------------------------------ what is asked


def test_entities_in_order_and_any_number(kg: Client) -> None:
    first, nobody, *rest = kg.entities(["leon", "nobody", *["big"] * 1_200])
    assert first is not None
    assert (first.label, first.types) == ("Léon: The Professional", ("Film",))
    assert nobody is None
    assert len(rest) == 1_200


def test_mentions(kg: Client) -> None:
    actor = Mention("Tom Hnaks", context="who starred in Forrest Gump")
    found = kg.resolve([actor, Mention("Zorblax"), *["Big"] * 150])
    assert len(found) == 152
    assert found[0].match is not None
    assert found[0].match.entity.id == "tom-hanks"
    assert (found[1].match, found[1].text) == (None, "Zorblax")
    assert found[1].nil_probability > 0.5
    [suggestion, *_] = kg.suggest("forr", types=["Film"], session=["Tom Hanks"])
    assert suggestion.entity.id == "forrest-gump"


def test_commonsense_of_each_kind(kg: Client) -> None:
    heads = [
        query("camping tent for rain"),
        product("P-TENT-4"),
        query_product("camping tent for rain", "P-TENT-4"),
        co_purchase("P-TENT-4", "P-LANTERN"),
        *[product("P-NOTHING")] * 120,
    ]
    found = kg.commonsense(heads, relations=["CAPABLE_OF"], minima=Minima(0.9, None), first=1)
    assert [one.known for one in found] == [True] * 4 + [False] * 120
    [statement] = found[2].statements
    assert (statement.relation, statement.phrase) == (
        "CAPABLE_OF",
        "is capable of keeping the rain out",
    )
    assert (statement.typicality, statement.plausibility, statement.support) == (0.93, 0.97, 212)
    assert statement.object == "intent:function:en:keeping the rain out"
    assert (found[4].head, found[4].total, found[4].statements) == (None, 0, ())


def test_expressions(kg: Client) -> None:
    both = mention("Forest Gump").follow("CAST_MEMBER") & mention("Apolo 13").follow("CAST_MEMBER")
    assert labels(kg, both) == ["Gary Sinise", "Tom Hanks"]
    hanks = ids("tom-hanks").follow("^CAST_MEMBER")
    films = set(labels(kg, hanks))
    assert "Forrest Gump" in films
    gump = ids("forrest-gump", "leon")
    assert set(labels(kg, hanks - gump)) == films - {"Forrest Gump"}
    assert set(labels(kg, hanks | gump)) == films | {"Léon: The Professional"}
    stepped = ids("tom-hanks").step("CAST_MEMBER", direction="IN", types=["Film"])
    assert set(labels(kg, stepped)) == films
    assert labels(kg, stepped.of_types("Person")) == []
    assert kg.count(entity_type("Film")) == len(list(kg.every_answer(entity_type("Film"))))
    early = entity_type("Film").where("RELEASED", "LT", datetime(1980, 1, 1, tzinfo=UTC).date())
    assert 0 < kg.count(early) < kg.count(entity_type("Film"))
    [oldest] = labels(kg, entity_type("Film").top(by="RELEASED", ascending=True))
    assert oldest in labels(kg, early, first=100)


def test_operands_stand_side_by_side() -> None:
    a, b, c = ids("a"), ids("b"), ids("c")
    assert (a & b & c).input == {"intersect": [a.input, b.input, c.input]}
    assert (a | b | c).input == {"union": [a.input, b.input, c.input]}
    assert (a & (b & c)).input == {"intersect": [a.input, (b & c).input]}
    assert (a - b - c).input == {"subtract": {"from": (a - b).input, "remove": c.input}}


def test_pages(kg: Client, version: str) -> None:
    everything = entity_type("Film")
    whole = kg.answers(everything, first=1_000)
    assert whole.after is None
    page = kg.answers(everything, first=3)
    following = kg.answers(everything, first=3, after=page.after)
    assert (*page.answers, *following.answers) == whole.answers[:6]
    assert page.data_version == version


def test_scores_and_unknown_ids(kg: Client) -> None:
    walks = ids("tom-hanks").follow("^CAST_MEMBER/CAST_MEMBER")
    [most, *_] = kg.answers(walks, scoring={"merge": "SUM"})
    assert most.entity.id == "tom-hanks"
    assert most.score > 1
    with pytest.raises(ServiceError, match="nobody") as caught:
        kg.answers(ids("leon", "nobody"))
    error = caught.value
    assert (error.code, error.data, error.may_pass) == ("UNKNOWN_ENTITY", {"answers": None}, False)
    assert error.request_id is not None
    assert labels(kg, ids("leon", "nobody"), ignore_unknown=True) == ["Léon: The Professional"]


def test_any_document(kg: Client) -> None:
    found = kg.execute("query ($id: ID!) { node(id: $id) { id } }", {"id": "leon"})
    assert found == {"node": {"id": "leon"}}


def test_an_element_that_fails_leaves_the_others_in_the_data(kg: Client) -> None:
    with pytest.raises(ServiceError) as caught:
        kg.commonsense([co_purchase("A", "A"), product("P-TENT-4")])
    assert caught.value.code == "BAD_REQUEST"
    data = caught.value.data
    assert data is not None
    assert [one is None for one in data["commonsense"]] == [True, False]


async def test_the_other_client_asks_the_same(service: str, kg: Client) -> None:
    async with AsyncClient(service) as other:
        several = ["leon", "nobody", *["big"] * 2_500]
        films = entity_type("Film")
        found = await asyncio.gather(
            other.entities(several),
            other.resolve(["Tom Hnaks"] * 3),
            other.suggest("forr"),
            other.commonsense([product("P-TENT-4")] * 250, first=1),
            other.answers(films, first=2),
            other.count(films),
            other.execute("{ __typename }"),
        )
        assert list(found) == [
            kg.entities(several),
            kg.resolve(["Tom Hnaks"] * 3),
            kg.suggest("forr"),
            kg.commonsense([product("P-TENT-4")] * 250, first=1),
            kg.answers(films, first=2),
            kg.count(films),
            {"__typename": "Query"},
        ]
        assert [one async for one in other.every_answer(films)] == list(kg.every_answer(films))
        with pytest.raises(ServiceError, match="nobody"):
            await other.count(ids("nobody"))


def test_outcomes(service: str, kg: Client) -> None:
    at = datetime(2026, 11, 25, 19, 0)
    outcomes = [Outcome(f"s{number}", at, "big") for number in range(1_001)]
    assert kg.record_outcomes(outcomes) == 1_001

    async def again() -> int:
        async with AsyncClient(service) as other:
            return await other.record_outcomes(outcomes[:2])

    assert asyncio.run(again()) == 2


# ------------------------------------------------------------------ what can go wrong


class Shaky:
    """A server that answers as it is told, one request after another; then as the last time."""

    def __init__(self, *replies: tuple[int, dict[str, str], Any]):
        self.times: list[float] = []
        self.headers: list[dict[str, str]] = []
        shaky = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                shaky.headers.append({name.lower(): value for name, value in self.headers.items()})
                status, headers, body = replies[min(len(shaky.times), len(replies) - 1)]
                shaky.times.append(time.monotonic())
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in {**headers, "content-length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@contextmanager
def shaky(*replies: tuple[int, dict[str, str], Any]) -> Iterator[Shaky]:
    one = Shaky(*replies)
    thread = threading.Thread(target=one.server.serve_forever)
    thread.start()
    try:
        yield one
    finally:
        one.server.shutdown()
        thread.join()
        one.server.server_close()


def failed(code: str, **more: Any) -> tuple[int, dict[str, str], Any]:
    error = {"message": code.lower(), "extensions": {"code": code, **more}}
    return 200, {"x-request-id": "r1"}, {"data": {"node": None}, "errors": [error]}


FINE: tuple[int, dict[str, str], Any] = (200, {}, {"data": {"node": None}})
PROXY: tuple[int, dict[str, str], Any] = (503, {"retry-after": "0"}, b"<html>nobody</html>")
QUICK = Patience(tries=4, seconds=20.0, first_wait=0.01)


def tried(url: str, patience: Patience, *, key: str | None = None) -> Any:
    """What both clients say, which must be the same."""

    async def asynchronously() -> Any:
        async with AsyncClient(url, key, patience=patience) as client:
            return await client.execute("{ node }")

    with Client(url, key, patience=patience) as client:
        first = client.execute("{ node }")
    assert asyncio.run(asynchronously()) == first
    return first


@pytest.mark.parametrize(
    "replies",
    [
        [PROXY, FINE],
        [failed("UNAVAILABLE", retryable=True), (502, {}, b""), FINE],
        [failed("RATE_LIMITED", seconds=0.01), (504, {}, b"x"), (429, {}, b"x"), FINE],
    ],
)
def test_what_may_pass_is_tried_again(replies: list[tuple[int, dict[str, str], Any]]) -> None:
    with shaky(*replies) as server:
        assert tried(server.url, QUICK, key="kg_secret") == {"node": None}
    # The other client met the last reply alone.
    assert len(server.times) == len(replies) + 1
    sent = server.headers[0]
    assert sent["authorization"] == "Bearer kg_secret"
    assert sent["user-agent"].startswith("kgservice-client/")
    assert len({one["x-request-id"] for one in server.headers}) == len(server.headers)


@pytest.mark.parametrize(
    ("reply", "kind", "code", "times"),
    [
        (failed("BAD_REQUEST"), ServiceError, "BAD_REQUEST", 1),
        (failed("TIMEOUT"), ServiceError, "TIMEOUT", 1),
        (failed("UNAVAILABLE", retryable=True), ServiceError, "UNAVAILABLE", 4),
        (failed("RATE_LIMITED", seconds=60), ServiceError, "RATE_LIMITED", 1),
        ((503, {}, b"nobody"), UnreachableError, "UNAVAILABLE", 4),
        ((200, {}, b"[1]"), UnreachableError, "UNAVAILABLE", 1),
        ((404, {}, {"detail": "Not Found"}), UnreachableError, "UNAVAILABLE", 1),
    ],
)
def test_when_to_give_up(
    reply: tuple[int, dict[str, str], Any], kind: type[Exception], code: str, times: int
) -> None:
    with shaky(reply) as server:
        with Client(server.url, patience=QUICK) as client, pytest.raises(kind) as caught:
            client.execute("{ node }")
        assert len(server.times) == times
        assert getattr(caught.value, "code", None) == code
        with pytest.raises(kind):
            tried(server.url, QUICK)


def test_waits_end_with_patience() -> None:
    with shaky(failed("RATE_LIMITED", seconds=3)) as server:
        patience = Patience(tries=100, seconds=1.0)
        with Client(server.url, patience=patience) as client, pytest.raises(ServiceError):
            client.execute("{ node }")
    assert len(server.times) == 1


def test_nobody_there() -> None:
    with pytest.raises(UnreachableError, match="cannot be reached"):
        tried("http://127.0.0.1:1", replace(QUICK, tries=2))


def test_a_rate_is_waited_for(made: Service, tmp_path: Path) -> None:
    """The service says when the next request is welcome; the client comes back then."""
    keys = tmp_path / "keys.json"
    entry = {"id": "batch", "sha256": hash_of("k"), "scopes": ["read"], "rate": 60}
    keys.write_text(json.dumps({"keys": [entry]}))
    with served(replace(made, door=Door(KeyFile(keys)))) as url:
        while (
            httpx.post(f"{url}/graphql", json={}, headers={"authorization": "Bearer k"}).status_code
            != 429
        ):
            pass
        with Client(url, "k") as client:
            assert client.execute("{ __typename }") == {"__typename": "Query"}


def test_a_key_shows_nowhere(service: str) -> None:
    client = Client(service, "kg_secret")
    assert "secret" not in f"{client!r} {client._sending!r}"
    client.close()


def test_the_client_alone_is_light() -> None:
    """A program that only asks loads neither the driver nor the index."""
    program = (
        "import sys, kgservice.client;"
        "print(sorted({'neo4j', 'numpy', 'strawberry', 'pyarrow', 'fastapi'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
