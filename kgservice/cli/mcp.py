"""`kgservice mcp`: the tools by which an assistant uses a running service."""

from __future__ import annotations

import asyncio

import click

from kgservice.client import AsyncClient, Patience
from kgservice.errors import ConfigurationError
from kgservice.settings import read_settings

#: Seconds for one use of a tool: somebody waits for the assistant.
_SECONDS = 10.0


@click.command()
@click.option("--url", help="Where the service is.  [default: that of KG_HOST and KG_PORT]")
@click.option(
    "--max-rows",
    type=click.IntRange(1, 1_000),
    default=20,
    show_default=True,
    help="Rows a tool gives.",
)
@click.option(
    "--max-tokens",
    type=click.IntRange(100),
    default=2_000,
    show_default=True,
    help="Tokens a tool gives, about.",
)
def mcp(url: str | None, max_rows: int, max_tokens: int) -> None:
    """Tools for assistants over stdin and stdout: the Model Context Protocol.

    resolve, answers and commonsense of a running service; they only read. The key of KG_API_KEY is
    sent, where the service wants one. An assistant starts this command by itself, with a
    configuration such as {"command": "kgservice", "args": ["mcp", "--url", "http://kg:8000"]}.
    Needs the extra: pip install 'kgservice[mcp]'.
    """
    try:
        from kgservice.mcp_server.tools import Bounds, make_server
    except ImportError as error:
        raise ConfigurationError(
            "`kgservice mcp` needs the protocol: pip install 'kgservice[mcp]'"
        ) from error
    settings = read_settings()
    key = None if settings.api_key is None else settings.api_key.get_secret_value()
    address = url or f"http://{settings.host}:{settings.port}"

    async def serve() -> None:
        async with AsyncClient(address, key, patience=Patience(seconds=_SECONDS)) as client:
            await make_server(client, Bounds(max_rows, max_tokens)).run_stdio_async()

    asyncio.run(serve())
