"""Places for operations: a few at once, some that wait for a moment, and the rest sent away."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from served_sample import served
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import StreamingResponse
from starlette.routing import Route

from kgservice.api.admission import Admission, Admitted
from kgservice.app import Service
from kgservice.errors import OverloadedError


async def test_places_are_had_in_turn() -> None:
    admission = Admission(at_once=2, waiting=10, seconds=30.0)
    inside, most, order = 0, 0, []

    async def work(number: int) -> None:
        nonlocal inside, most
        async with admission.place():
            inside += 1
            most = max(most, inside)
            order.append(number)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(work(number) for number in range(8)))
    assert most == 2
    assert order == sorted(order)


async def test_more_than_may_wait_are_sent_away_at_once() -> None:
    admission = Admission(at_once=1, waiting=1, seconds=30.0)
    async with admission.place():
        waiting = asyncio.create_task(admission.place().__aenter__())
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError) as refused:
            await admission.place().__aenter__()
        assert refused.value.extensions == {"code": "UNAVAILABLE", "retryable": True}
    await waiting


async def test_nobody_waits_for_long_and_places_come_back() -> None:
    admission = Admission(at_once=1, waiting=5, seconds=0.01)

    async def fail() -> None:
        async with admission.place():
            with pytest.raises(OverloadedError):
                await admission.place().__aenter__()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with admission.place():
        pass


async def test_a_place_is_held_until_the_last_byte_is_sent() -> None:
    admission, begun, go_on = Admission(at_once=1, waiting=0), asyncio.Event(), asyncio.Event()

    async def parts() -> AsyncIterator[bytes]:
        yield b"first"
        begun.set()
        await go_on.wait()
        yield b"last"

    route = Route("/", lambda _: StreamingResponse(parts()), middleware=[held(admission)])
    transport = httpx.ASGITransport(Starlette(routes=[route]))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        whole = asyncio.create_task(client.get("/"))
        await begun.wait()
        refused = await client.get("/")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert refused.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
        go_on.set()
        assert (await whole).content == b"firstlast"
        assert (await client.get("/")).status_code == 200


def held(admission: Admission) -> Middleware:
    return Middleware(Admitted, admission=admission)


async def test_a_service_with_one_place(made: Service) -> None:
    with served(replace(made, at_once=1, waiting=0)) as url:
        async with httpx.AsyncClient(base_url=url, timeout=60) as client:
            body = {"query": '{ paths(from: {type: "Film"}, to: {type: "Person"}) { totalCount } }'}
            queries = {"queries": [{"conditions": [{"matchType": "name", "propertyValue": "x"}]}]}
            asked = [client.post("/graphql", json=body) for _ in range(8)]
            asked += [client.post("/reconcile/v1/match", json=queries) for _ in range(8)]
            replies = await asyncio.gather(*asked)
            for several in (replies[:8], replies[8:]):
                statuses = Counter(one.status_code for one in several)
                assert statuses.keys() <= {200, 503}, several[0].text
                for refused in (one for one in several if one.status_code == 503):
                    assert refused.headers["retry-after"] == "1"
                    assert refused.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
            assert any(one.status_code == 200 for one in replies)
            assert (await client.get("/readyz")).status_code == 200
            assert (await client.post("/graphql", json=body)).status_code == 200
