"""A client for many requests: HTTP over asyncio, as few steps as it takes, and a second address."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import orjson

#: Seconds for one try: the service ends a query after five.
_PATIENCE = 8.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back of one try; `code` is why there are no data, or not all."""

    data: object
    code: str | None

    @property
    def may_pass(self) -> bool:
        """Whether another instance, or a later time, may answer."""
        return self.code in {"UNREACHABLE", "UNAVAILABLE", "TIMEOUT"}


_UNREACHABLE = Reply(None, "UNREACHABLE")


@dataclass(slots=True)
class Instance:
    """One instance of the service, and the connections to it that nobody uses just now."""

    url: str
    idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)

    async def ask(self, body: bytes) -> Reply:
        """Send a GraphQL request once."""
        try:
            async with asyncio.timeout(_PATIENCE):
                return await self._ask(body)
        except (OSError, EOFError, TimeoutError, asyncio.IncompleteReadError):
            self.leave()
            return _UNREACHABLE

    def leave(self) -> None:
        """Close the connections that nobody uses."""
        while self.idle:
            self.idle.pop()[1].close()

    async def _ask(self, body: bytes) -> Reply:
        parts = urlsplit(self.url)
        reader, writer = (
            self.idle.pop()
            if self.idle
            else await asyncio.open_connection(parts.hostname, parts.port, limit=1 << 22)
        )
        kept = False
        try:
            writer.write(
                b"POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
                b"content-length: %d\r\n\r\n%s" % (len(body), body)
            )
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
            content = await reader.readexactly(length)
            kept = b"connection: close" not in head
        finally:
            if kept:
                self.idle.append((reader, writer))
            else:
                writer.close()
        return _read(content)


@dataclass(slots=True)
class Failover:
    """Asks the instances in turn; where one does not answer, another is asked."""

    instances: Sequence[Instance]
    next: int = 0

    async def ask(self, body: bytes, tries: int, pause: float) -> tuple[Reply, int]:
        """The first reply that is one, or the last; and how many tries it took."""
        self.next += 1
        for number in range(tries):
            instance = self.instances[(self.next + number) % len(self.instances)]
            reply = await instance.ask(body)
            if not reply.may_pass:
                return reply, number + 1
            # The other one may know better at once; then it takes time.
            await asyncio.sleep(pause if number % len(self.instances) else 0)
        return reply, tries


def _read(content: bytes) -> Reply:
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        return Reply(content, f"NOT JSON: {content[:60]!r}")
    errors = body.get("errors")
    code = errors[0].get("extensions", {}).get("code", "INTERNAL") if errors else None
    return Reply(body.get("data"), code)
