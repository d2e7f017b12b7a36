"""The tools for assistants: by the protocol, in this process and over stdin and stdout."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp import Client as MCPClient
from mcp.client.stdio import StdioServerParameters

from kgservice.client import AsyncClient, Patience
from kgservice.mcp_server.tools import Bounds, make_server

pytestmark = pytest.mark.usefixtures("names")

CAST = {"follow": {"from": {"ids": ["forrest-gump"]}, "path": "CAST_MEMBER"}}


@asynccontextmanager
async def assistant(url: str, bounds: Bounds = Bounds()) -> AsyncIterator[MCPClient]:  # noqa: B008
    patience = Patience(tries=1, seconds=30.0)
    async with (
        AsyncClient(url, patience=patience) as client,
        MCPClient(make_server(client, bounds)) as connected,
    ):
        yield connected


async def used(client: MCPClient, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    [content] = result.content
    found: dict[str, Any] = json.loads(content.text)  # type: ignore[union-attr]
    return found


async def test_three_tools_that_only_read(service: str) -> None:
    async with assistant(service) as client:
        tools = {one.name: one for one in (await client.list_tools()).tools}
    assert set(tools) == {"resolve", "answers", "commonsense"}
    for tool in tools.values():
        assert tool.description
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
    # All that an assistant reads before it begins, at about three bytes a token.
    size = sum(
        len(json.dumps(one.input_schema)) + len(one.description or "") for one in tools.values()
    )
    assert size < 3 * 1_500


async def test_resolve(service: str) -> None:
    async with assistant(service) as client:
        texts = ["Tom Hnaks", "Zorblax"]
        context = "who starred in Forrest Gump"
        found = await used(client, "resolve", texts=texts, context=context)
    hanks, nobody = found["mentions"]
    assert (hanks["match"], nobody["match"], found["left_out"]) == ("tom-hanks", None, 0)
    assert hanks["candidates"][0]["label"] == "Tom Hanks"


async def test_answers(service: str) -> None:
    async with assistant(service) as client:
        found = await used(client, "answers", expression=CAST, first=2)
        whole = await used(client, "answers", expression=CAST)
    assert found["total"] == whole["total"] == len(whole["answers"])
    assert found["answers"] == whole["answers"][:2]
    assert found["left_out"] == found["total"] - 2
    assert whole["left_out"] == 0


async def test_commonsense(service: str) -> None:
    async with assistant(service) as client:
        found = await used(
            client,
            "commonsense",
            queries=["camping tent for rain"],
            products=["P-NOTHING"],
            first=1,
        )
    tent, nothing = found["heads"]
    assert tent["phrases"] == [
        {"phrase": "is a waterproof tent", "typicality": 0.92, "support": 212}
    ]
    assert (nothing["head"], nothing["known"], nothing["phrases"]) == ("P-NOTHING", False, [])


async def test_what_is_too_much_is_left_out_and_said(service: str) -> None:
    everything = {"type": "Film"}
    async with assistant(service, Bounds(rows=3)) as client:
        few = await used(client, "answers", expression=everything, first=1_000)
    async with assistant(service, Bounds(rows=1_000, tokens=200)) as client:
        short = await used(client, "answers", expression=everything, first=1_000)
    assert len(few["answers"]) == 3
    assert 0 < len(short["answers"]) < short["total"]
    for found in (few, short):
        assert len(found["answers"]) + found["left_out"] == found["total"]
    assert len(json.dumps(short["answers"])) <= 3 * 200


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        (
            "answers",
            {"expression": {"ids": ["nobody"]}},
            "UNKNOWN_ENTITY: unknown entities: nobody",
        ),
        ("answers", {"expression": {"drop": "everything"}}, "BAD_REQUEST"),
        ("answers", {"expression": CAST | {"ids": []}}, "exactly one"),
        ("resolve", {"texts": ["x"], "types": ["Flim"]}, "did you mean Film"),
        ("resolve", {"texts": ["x"] * 21}, "20"),
        ("resolve", {"texts": []}, "1"),
    ],
)
async def test_what_is_refused_is_told_in_the_words_of_the_service(
    service: str, tool: str, arguments: dict[str, Any], said: str
) -> None:
    async with assistant(service) as client:
        result = await client.call_tool(tool, arguments)
    assert result.is_error
    assert said in result.content[0].text  # type: ignore[union-attr]


async def test_the_command(service: str, tmp_path: Path) -> None:
    """As an assistant starts it: a process that speaks the protocol, and nothing else."""
    command = StdioServerParameters(
        command=str(Path(sys.executable).with_name("kgservice")),
        args=["mcp", "--url", service, "--max-rows", "2"],
        env={**os.environ, "KG_API_KEY": "kg_any"},
        cwd=tmp_path,
    )
    async with MCPClient(command) as client:
        found = await used(client, "answers", expression=CAST)
    assert len(found["answers"]) == 2
