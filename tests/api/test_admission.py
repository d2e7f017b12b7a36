"""Places for operations: a few at once, some that wait for a moment, and the rest sent away."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace

import httpx
import pytest
from served_sample import served

from kgservice.api.admission import Admission
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


async def test_a_service_with_one_place(made: Service) -> None:
    with served(replace(made, at_once=1, waiting=0)) as url:
        async with httpx.AsyncClient(base_url=url, timeout=60) as client:
            body = {"query": '{ paths(from: {type: "Film"}, to: {type: "Person"}) { totalCount } }'}
            replies = await asyncio.gather(*(client.post("/graphql", json=body) for _ in range(12)))
            statuses = Counter(one.status_code for one in replies)
            assert statuses[200] >= 1
            assert statuses.keys() <= {200, 503}
            for refused in (one for one in replies if one.status_code == 503):
                assert refused.headers["retry-after"] == "1"
                assert refused.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
            assert (await client.get("/readyz")).status_code == 200
            assert (await client.post("/graphql", json=body)).status_code == 200
