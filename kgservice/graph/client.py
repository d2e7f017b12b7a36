"""The way to Neo4j: the only module that imports its driver.

`Graph` is synchronous and writes: loaders, migrations, commands. `AsyncGraph` only reads, within a
time limit: the API. Texts are LiteralString, so that pyright refuses a text
that something from outside went into; values travel as parameters. The driver's errors end here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, LiteralString, Self, TypeVar

import neo4j
from neo4j import exceptions as vendor
from opentelemetry import trace
from opentelemetry.trace import INVALID_SPAN, Span, SpanKind, Status, StatusCode

from graph_schema.ddl import SchemaItem
from kgservice.errors import (
    ConfigurationError,
    GraphConflictError,
    GraphError,
    GraphUnavailableError,
    KGError,
    QueryTimeoutError,
)
from kgservice.graph.asked import Asked, TimeLimit, Watch, unwatched
from kgservice.graph.plans import Plans, Write

T = TypeVar("T")
Row = list[Any]
Parameters = dict[str, Any]

#: Seconds to find a server before it counts as away: the contract promises UNAVAILABLE within 5.
_CONNECT_SECONDS = 2.0
#: The same for programs that wait: a load shall not end because a busy server is silent for 2 s.
_CONNECT_PATIENTLY_SECONDS = 5.0
#: Seconds beyond a query's own time limit; a server that has not begun by then counts as away.
_PATIENCE_SECONDS = 0.5
#: Seconds for the plan of a text that nobody waits for.
_PLANNING_SECONDS = 5.0
_USER_AGENT = "kgservice"
_tracer = trace.get_tracer("kgservice.graph")
#: How often work is done that meets what other programs do at the same time.
_TRIES = 4


@dataclass(frozen=True, slots=True)
class Address:
    """Where a Neo4j is and how to log in; the password never shows in a repr."""

    uri: str
    user: str = "neo4j"
    password: str = field(default="", repr=False)
    database: str = "neo4j"


@dataclass(frozen=True, slots=True)
class Server:
    """What the other side is."""

    version: str
    edition: str
    cypher_25: bool


class Transaction:
    """One write transaction; it may be run again from its beginning, so it must not keep state."""

    def __init__(self, vendor_transaction: neo4j.ManagedTransaction):
        self._transaction = vendor_transaction

    def rows(self, text: LiteralString, parameters: Parameters | None = None) -> list[Row]:
        """Run a query and return its rows."""
        return [list(record) for record in self._transaction.run(text, parameters)]

    def value(self, text: LiteralString, parameters: Parameters | None = None) -> Any:
        """Run a query that returns one row of one column, and return that."""
        return self._transaction.run(text, parameters).single(strict=True)[0]

    def run(self, text: LiteralString, parameters: Parameters | None = None) -> None:
        """Run a query for what it does."""
        self._transaction.run(text, parameters).consume()


class Graph:
    """A Neo4j database for programs that wait: it reads and writes.

    >>> with Graph.connect(Address("bolt://127.0.0.1:7687")) as graph:  # doctest: +SKIP
    ...     graph.rows("RETURN 1")
    [[1]]
    """

    def __init__(self, driver: neo4j.Driver, database: str):
        self._driver = driver
        self._database = database

    @classmethod
    @contextmanager
    def connect(cls, address: Address) -> Iterator[Self]:
        """Open a driver for the duration of a block; raises GraphUnavailableError."""
        with (
            _translated(),
            neo4j.GraphDatabase.driver(
                address.uri, auth=_auth(address), **_options(_CONNECT_PATIENTLY_SECONDS)
            ) as driver,
        ):
            driver.verify_connectivity()
            yield cls(driver, address.database)

    def rows(self, text: LiteralString, parameters: Parameters | None = None) -> list[Row]:
        """Run a reading query and return its rows."""
        with _translated():
            result = self._driver.execute_query(
                text,
                parameters,
                database_=self._database,
                routing_=neo4j.RoutingControl.READ,
            )
            return [list(record) for record in result.records]

    def value(self, text: LiteralString, parameters: Parameters | None = None) -> Any:
        """Run a reading query that returns one row of one column, and return that."""
        return self.rows(text, parameters)[0][0]

    def run(self, text: LiteralString, parameters: Parameters | None = None) -> list[Row]:
        """Run one statement in a transaction of its own: schema changes, CALL IN TRANSACTIONS."""
        with _translated(), self._driver.session(database=self._database) as session:
            return [list(record) for record in session.run(text, parameters)]

    def define(self, item: SchemaItem) -> bool:
        """Make a constraint or an index, where it is missing; whether it was."""
        with _translated(), self._driver.session(database=self._database) as session:
            counters = session.run(item.create()).consume().counters
            return bool(counters.constraints_added or counters.indexes_added)

    def write(self, work: Callable[[Transaction], T], *, name: str) -> T:
        """Do work in one transaction, again from its start where this may help.

        The driver sees to errors that pass, such as deadlocks. Work that met a node which another
        program took away, or made, at the same time finds it as it is when it is done again.
        """

        @neo4j.unit_of_work(metadata={"app": _USER_AGENT, "name": name})
        def _work(transaction: neo4j.ManagedTransaction) -> T:
            return work(Transaction(transaction))

        for last in (*[False] * (_TRIES - 1), True):
            try:
                with _translated(), self._driver.session(database=self._database) as session:
                    return session.execute_write(_work)
            except GraphConflictError:
                if last:
                    raise
        raise AssertionError("unreachable")

    @contextmanager
    def holding(
        self, text: LiteralString, parameters: Parameters, *, seconds: float = 0.0
    ) -> Iterator[None]:
        """Keep the locks that a statement takes for the length of a block; what it wrote goes.

        Neo4j frees them when the connection ends, however this process ends. Waits for the locks
        for ever, or raises QueryTimeoutError after some seconds: then the block must be as short.
        """
        with ExitStack() as stack:
            with _translated(seconds):
                session = stack.enter_context(self._driver.session(database=self._database))
                transaction = session.begin_transaction(
                    metadata={"app": _USER_AGENT, "name": "hold a lock"}, timeout=seconds
                )
                stack.callback(transaction.close)
                transaction.run(text, parameters).consume()
            yield

    def server(self) -> Server:
        """Which server this is."""
        return _server(self.value(_COMPONENTS))


class AsyncGraph:
    """A Neo4j database for the API: it only reads, and never longer than it is told."""

    def __init__(self, driver: neo4j.AsyncDriver, database: str, watch: Watch = unwatched):
        self._driver = driver
        self._database = database
        self._watch = watch
        self.plans = Plans(self._prepare)

    @classmethod
    @asynccontextmanager
    async def connect(cls, address: Address, watch: Watch = unwatched) -> AsyncIterator[Self]:
        """Open a driver for the duration of a block, without asking whether anyone is there."""
        driver = neo4j.AsyncGraphDatabase.driver(
            address.uri, auth=_auth(address), **_options(_CONNECT_SECONDS)
        )
        async with driver:
            graph = cls(driver, address.database, watch)
            try:
                yield graph
            finally:
                await graph.plans.close()

    async def value(self, text: LiteralString, parameters: Parameters, limit: TimeLimit) -> Any:
        """Run a query that returns one row of one column, and return that.

        Many rows belong into one `collect()`: a record costs 15 to 20 us, a collected row 0.7. One
        statement is one transaction: Neo4j reads what is committed at each row, so a transaction of
        several reads would see no more of one moment, and costs two round trips more.
        """
        return await self._done(text, parameters, limit, neo4j.READ_ACCESS, _only_value)

    async def write(self, text: LiteralString, parameters: Parameters, limit: TimeLimit) -> Any:
        """Run one statement that writes and returns one row of one column, and return that."""
        return await self._done(text, parameters, limit, neo4j.WRITE_ACCESS, _only_value)

    async def plan(
        self, text: LiteralString, parameters: Parameters, limit: TimeLimit
    ) -> list[str]:
        """How Neo4j would do a query: an operator a line, indented below the one it feeds."""

        async def planned(result: neo4j.AsyncResult) -> list[str]:
            summary = await result.consume()
            return list(_operators(summary.plan or {}, 0))

        explained = "EXPLAIN " + text
        return await self._done(explained, parameters, limit, neo4j.READ_ACCESS, planned)

    async def planned_value(self, write: Write, limit: TimeLimit) -> Any:
        """As `value`, of a question that is written for its relations or in general."""
        return await self.plans.value(
            write, lambda text, parameters: self.value(text, parameters, limit)
        )

    async def _done(
        self,
        text: LiteralString,
        parameters: Parameters,
        limit: TimeLimit,
        access: str,
        take: Callable[[neo4j.AsyncResult], Awaitable[T]],
    ) -> T:
        began, failure = time.monotonic(), None
        with _span(limit.name, text) as span:
            try:
                return await self._taken(text, parameters, limit, access, take)
            except KGError as error:
                failure = error
                span.set_status(Status(StatusCode.ERROR, error.code))
                raise
            finally:
                self._watch(Asked(limit.name, text, time.monotonic() - began, failure))

    async def _taken(
        self,
        text: LiteralString,
        parameters: Parameters,
        limit: TimeLimit,
        access: str,
        take: Callable[[neo4j.AsyncResult], Awaitable[T]],
    ) -> T:
        metadata = {"app": _USER_AGENT, "name": limit.name}
        query = neo4j.Query(text, metadata=metadata, timeout=limit.remaining)
        began = False

        async def work() -> T:
            nonlocal began
            session = self._driver.session(
                database=self._database, default_access_mode=access, bookmark_manager=None
            )
            try:
                async with session:
                    result = await session.run(query, parameters)
                    began = True
                    return await take(result)
            finally:
                await session.close()  # it stays open where it was cancelled while it closed

        with _translated(limit.seconds):
            try:
                # The server ends a query by itself, but looks at its clock every 2 s only, and one
                # that hangs does not. To give up closes the connection, which ends it too. A driver
                # that is cancelled cancels its task once more, so that it has one of its own.
                async with asyncio.timeout(limit.remaining + _PATIENCE_SECONDS):
                    return await asyncio.create_task(work())
            except TimeoutError:
                if began:
                    raise QueryTimeoutError(limit.seconds) from None
                raise

    async def _prepare(self, text: LiteralString, parameters: Parameters) -> Any:
        return await self.value(text, parameters, TimeLimit("plan", _PLANNING_SECONDS))

    async def server(self, limit: TimeLimit) -> Server:
        """Which server this is."""
        return _server(await self.value(_COMPONENTS, {}, limit))


_COMPONENTS: LiteralString = (
    "CALL dbms.components() YIELD name, versions, edition RETURN collect([name, versions, edition])"
)


def _server(rows: list[Row]) -> Server:
    # Only servers that know Cypher 25 show a component of the name Cypher.
    kernel = next(row for row in rows if row[0] == "Neo4j Kernel")
    cypher = [version for row in rows if row[0] == "Cypher" for version in row[1]]
    return Server(version=kernel[1][0], edition=kernel[2], cypher_25="25" in cypher)


@contextmanager
def _span(name: str, text: LiteralString) -> Iterator[Span]:
    """The span of a statement; without an exporter there is none, which spares 30 us."""
    if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        yield INVALID_SPAN
        return
    # What a span shows of an exception could be what somebody asked: only its code goes in.
    with _tracer.start_as_current_span(
        f"neo4j {name}",
        kind=SpanKind.CLIENT,
        attributes={"db.system.name": "neo4j", "db.query.text": text},
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        yield span


async def _only_value(result: neo4j.AsyncResult) -> Any:
    return (await result.single(strict=True))[0]


def _operators(plan: dict[str, Any], depth: int) -> Iterator[str]:
    arguments = plan.get("args", {})
    rows = arguments.get("EstimatedRows")
    estimated = "" if rows is None else f" ~{rows:.0f}"
    name = plan.get("operatorType", "").partition("@")[0]
    yield f"{'  ' * depth}{name}{estimated} {arguments.get('Details', '')}".rstrip()
    for below in plan.get("children", ()):
        yield from _operators(below, depth + 1)


def _auth(address: Address) -> tuple[str, str] | None:
    return (address.user, address.password) if address.password else None


def _options(seconds: float) -> dict[str, Any]:
    return {
        "connection_timeout": seconds,
        "connection_acquisition_timeout": seconds,
        "user_agent": _USER_AGENT,
        # A server that wants to know which methods of the driver are used is told at each query.
        "telemetry_disabled": True,
        "notifications_min_severity": neo4j.NotificationMinimumSeverity.OFF,
    }


@contextmanager
def _translated(seconds: float = 0.0) -> Iterator[None]:
    try:
        yield
    except (vendor.Neo4jError, vendor.DriverError, OSError) as error:
        raise _own_error(error, seconds) from error


def _own_error(error: Exception, seconds: float) -> KGError:
    match error:
        case vendor.AuthError():
            return ConfigurationError("Neo4j refuses the user or password (KG_NEO4J_PASSWORD)")
        case TimeoutError():
            return GraphUnavailableError("Neo4j does not answer")
        case vendor.ServiceUnavailable() | vendor.SessionExpired() | OSError():
            return GraphUnavailableError("Neo4j cannot be reached")
        case vendor.Neo4jError():
            return _refusal(error, error.code or "", seconds)
        case vendor.DriverError() if error.is_retryable():
            return GraphUnavailableError("Neo4j cannot be reached")
        case _:
            return GraphError(f"Neo4j refused a query ({error})")


def _refusal(error: vendor.Neo4jError, code: str, seconds: float) -> KGError:
    if isinstance(error, vendor.ConstraintError):
        return GraphConflictError("a constraint forbids this: another program writes as well")
    if code.endswith(".EntityNotFound"):
        return GraphConflictError("another program took away what was to be written to")
    # Whoever waits for a lock when the time is over is told so in other words.
    if "TransactionTimedOut" in code or code.endswith(".LockClientStopped"):
        return QueryTimeoutError(seconds)
    if error.is_retryable():
        return GraphUnavailableError("Neo4j is busy")
    return GraphError(f"Neo4j refused a query ({code})")
