"""The two clients: one that waits, and one for asyncio; they differ in nothing else.

Every method raises ServiceError for what the service refuses, UnreachableError where nobody
answers. What may pass is tried again as Patience says; what was written twice counts once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Self, TypeVar

import httpx

from kgservice.client import calls
from kgservice.client.calls import Minima, Wanted
from kgservice.client.expressions import Expression, Head, Input, Mention
from kgservice.client.retrying import Patience, Trying
from kgservice.client.sending import Call, Failure, Sending, read, unreached
from kgservice.client.values import (
    Answer,
    Answers,
    Commonsense,
    Entity,
    Outcome,
    Resolution,
    Suggestion,
)

T = TypeVar("T")

#: Rows of a page where all are wanted.
_PAGE = 1_000
#: Calls of one list that are under way at once.
_AT_ONCE = 4


class Client:
    """Asks a service, and waits.

    url: where it is, without /graphql; key: an API key, where it wants one.

    >>> with Client("http://127.0.0.1:8000") as kg:  # doctest: +SKIP
    ...     kg.resolve(["Tom Hnaks"])[0].match.entity.id
    'tom-hanks'
    """

    def __init__(self, url: str, key: str | None = None, *, patience: Patience = Patience()):  # noqa: B008 (frozen)
        self._sending = Sending(url, key)
        self._patience = patience
        self._http = httpx.Client(**self._sending.options)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def execute(
        self, document: str, variables: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        """The data of any document."""
        return self._do(calls.execute(document, variables))

    def entities(self, ids: Iterable[str]) -> list[Entity | None]:
        """Entities in the order asked, null where unknown; any number."""
        return self._all(calls.entities(ids))

    def resolve(self, mentions: Iterable[str | Mention]) -> list[Resolution]:
        """What each mention may denote, in order; any number."""
        return self._all(calls.resolve(mentions))

    def suggest(
        self,
        prefix: str,
        *,
        types: Sequence[str] | None = None,
        session: Sequence[str] = (),
        first: int = 10,
    ) -> list[Suggestion]:
        """Completions while a person types; session: what they entered before, oldest first."""
        return self._do(calls.suggest(prefix, types, session, first))

    def commonsense(
        self,
        heads: Iterable[Head],
        *,
        relations: Sequence[str] | None = None,
        minima: Minima = Minima(),  # noqa: B008 (frozen)
        language: str | None = None,
        first: int = 10,
    ) -> list[Commonsense]:
        """What is known of each head, in order; any number of heads."""
        return self._all(calls.commonsense(heads, relations, minima, language, first))

    def answers(
        self,
        expression: Expression,
        *,
        first: int = 20,
        after: str | None = None,
        scoring: Input | None = None,
        ignore_unknown: bool = False,
    ) -> Answers:
        """A page of the answers of an expression, best first."""
        return self._do(calls.answers(Wanted(expression, first, after, scoring, ignore_unknown)))

    def every_answer(
        self, expression: Expression, *, scoring: Input | None = None
    ) -> Iterator[Answer]:
        """All answers, page by page as they are asked for."""
        wanted: Wanted | None = Wanted(expression, _PAGE, None, scoring)
        while wanted is not None:
            page = self._do(calls.answers(wanted))
            yield from page
            wanted = None if page.after is None else replace(wanted, after=page.after)

    def count(self, expression: Expression) -> int:
        """How many answers there are, exactly."""
        return self._do(calls.count(expression))

    def record_outcomes(self, outcomes: Iterable[Outcome]) -> int:
        """Say what became of resolutions; any number. Scope feedback."""
        return sum(self._do(one) for one in calls.record_outcomes(outcomes))

    def _all(self, several: Iterable[Call[list[T]]]) -> list[T]:
        return [one for call in several for one in self._do(call)]

    def _do(self, call: Call[T]) -> T:
        trying = Trying(self._patience)
        while True:
            found = self._tried(call, trying.seconds_left)
            if not isinstance(found, Failure):
                return found
            seconds = trying.wait(found.seconds) if found.may_pass else None
            if seconds is None:
                raise found.error
            time.sleep(seconds)

    def _tried(self, call: Call[T], seconds: float) -> T | Failure:
        try:
            response = self._http.post(**self._sending.request(call, seconds))
        except httpx.TransportError as error:
            return unreached(error)
        return read(call, response)


class AsyncClient:
    """Asks a service from asyncio; the parts of a long list go out four at a time.

    url: where it is, without /graphql; key: an API key, where it wants one.

    >>> async with AsyncClient("http://127.0.0.1:8000") as kg:  # doctest: +SKIP
    ...     await kg.count(ids("tom-hanks").follow("^CAST_MEMBER"))
    2
    """

    def __init__(self, url: str, key: str | None = None, *, patience: Patience = Patience()):  # noqa: B008 (frozen)
        self._sending = Sending(url, key)
        self._patience = patience
        self._http = httpx.AsyncClient(**self._sending.options)
        self._at_once = asyncio.Semaphore(_AT_ONCE)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def execute(
        self, document: str, variables: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        """The data of any document."""
        return await self._do(calls.execute(document, variables))

    async def entities(self, ids: Iterable[str]) -> list[Entity | None]:
        """Entities in the order asked, null where unknown; any number."""
        return await self._all(calls.entities(ids))

    async def resolve(self, mentions: Iterable[str | Mention]) -> list[Resolution]:
        """What each mention may denote, in order; any number."""
        return await self._all(calls.resolve(mentions))

    async def suggest(
        self,
        prefix: str,
        *,
        types: Sequence[str] | None = None,
        session: Sequence[str] = (),
        first: int = 10,
    ) -> list[Suggestion]:
        """Completions while a person types; session: what they entered before, oldest first."""
        return await self._do(calls.suggest(prefix, types, session, first))

    async def commonsense(
        self,
        heads: Iterable[Head],
        *,
        relations: Sequence[str] | None = None,
        minima: Minima = Minima(),  # noqa: B008 (frozen)
        language: str | None = None,
        first: int = 10,
    ) -> list[Commonsense]:
        """What is known of each head, in order; any number of heads."""
        return await self._all(calls.commonsense(heads, relations, minima, language, first))

    async def answers(
        self,
        expression: Expression,
        *,
        first: int = 20,
        after: str | None = None,
        scoring: Input | None = None,
        ignore_unknown: bool = False,
    ) -> Answers:
        """A page of the answers of an expression, best first."""
        wanted = Wanted(expression, first, after, scoring, ignore_unknown)
        return await self._do(calls.answers(wanted))

    async def every_answer(
        self, expression: Expression, *, scoring: Input | None = None
    ) -> AsyncIterator[Answer]:
        """All answers, page by page as they are asked for."""
        wanted: Wanted | None = Wanted(expression, _PAGE, None, scoring)
        while wanted is not None:
            page = await self._do(calls.answers(wanted))
            for one in page:
                yield one
            wanted = None if page.after is None else replace(wanted, after=page.after)

    async def count(self, expression: Expression) -> int:
        """How many answers there are, exactly."""
        return await self._do(calls.count(expression))

    async def record_outcomes(self, outcomes: Iterable[Outcome]) -> int:
        """Say what became of resolutions; any number. Scope feedback."""
        kept = [self._do(one) for one in calls.record_outcomes(outcomes)]
        return sum(await asyncio.gather(*kept))

    async def _all(self, several: Iterable[Call[list[T]]]) -> list[T]:
        parts = await asyncio.gather(*(self._do(call) for call in several))
        return [one for part in parts for one in part]

    async def _do(self, call: Call[T]) -> T:
        trying = Trying(self._patience)
        while True:
            async with self._at_once:
                found = await self._tried(call, trying.seconds_left)
            if not isinstance(found, Failure):
                return found
            seconds = trying.wait(found.seconds) if found.may_pass else None
            if seconds is None:
                raise found.error
            await asyncio.sleep(seconds)

    async def _tried(self, call: Call[T], seconds: float) -> T | Failure:
        try:
            response = await self._http.post(**self._sending.request(call, seconds))
        except httpx.TransportError as error:
            return unreached(error)
        return read(call, response)
