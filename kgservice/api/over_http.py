"""GraphQL over HTTP: requests in, responses out, as the GraphQL-over-HTTP draft asks.

Source: https://graphql.github.io/graphql-over-http/draft/. Clients that accept
`application/graphql-response+json` get 400 for a document that was refused, with no `data`;
others get 200, as they always did.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import orjson
import strawberry
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.graphql import OperationType

from kgservice.api.admission import Admission, overloaded
from kgservice.api.context import Context
from kgservice.api.errors import public_errors, refusal
from kgservice.api.leaving import unless_gone
from kgservice.api.trusted import TrustedDocuments
from kgservice.errors import (
    BadRequestError,
    ForbiddenError,
    KGError,
    LimitExceededError,
    OverloadedError,
)
from kgservice.telemetry.recording import Operated
from kgservice.telemetry.tracing import name_operation, operation_span

#: Nobody reads it.
_GONE = Response(status_code=499)

_METHODS = ("GET", "HEAD", "POST")
_RESPONSE_JSON = "application/graphql-response+json"
_JSON = "application/json"

_PARTS: tuple[tuple[str, type, str], ...] = (
    ("query", str, "a text"),
    ("variables", dict, "an object"),
    ("operationName", str, "a text"),
    ("extensions", dict, "an object"),
    ("documentId", str, "a text"),
)


#: What a response says of itself where its body is known already.
_KEPT = ("etag", "cache-control", "vary", "x-data-version")
#: What of an address makes it a question.
_ASKING = frozenset({"query", "documentId", "extensions"})


@dataclass(frozen=True, slots=True)
class _Operation:
    """What a client asks to be executed."""

    query: str
    variables: dict[str, Any] | None
    name: str | None


class _Refused(Exception):  # noqa: N818
    """A request that cannot be read, with the status that says why."""

    def __init__(self, status: int, error: KGError, headers: dict[str, str] | None = None):
        super().__init__(str(error))
        self.status = status
        self.error = error
        self.headers = headers or {}


@dataclass(frozen=True, slots=True)
class GraphQLEndpoint:
    """Answers GET and POST of one path; a browser that asks nothing gets `editor`, a page."""

    schema: strawberry.Schema
    context: Callable[[Request], Awaitable[Context]]
    max_bytes: int
    record: Callable[[Operated], None]
    editor: Callable[[Request], Awaitable[Response]]
    admission: Admission
    trusted: TrustedDocuments = field(default_factory=TrustedDocuments)

    async def __call__(self, request: Request) -> Response:
        """Answer one request."""
        if request.method not in _METHODS:
            error = BadRequestError(f"ask by GET or POST, not by {request.method}")
            return refusal(405, error, {"Allow": ", ".join(_METHODS)})
        if _is_browser(request):
            return await self.editor(request)
        try:
            # Whoever sends slowly holds no place meanwhile.
            operation = await self._operation(request)
            async with self.admission.place():
                return await self._answer(request, operation)
        except OverloadedError as error:
            return overloaded(error)
        except _Refused as refused:
            errors = [{"message": str(refused), "extensions": dict(refused.error.extensions)}]
            response = _response(request, {"errors": errors}, refused.status)
            response.headers.update(refused.headers)
            return response

    async def _answer(self, request: Request, operation: _Operation) -> Response:
        context = await self.context(request)
        work = self._executed(request, operation, context)
        if "mutation" in operation.query:
            return await work  # what is written is written, whoever waits for it
        return await unless_gone(request, work) or _GONE

    async def _operation(self, request: Request) -> _Operation:
        if _only_reads(request):
            given: dict[str, Any] = dict(request.query_params)
            parts = {"variables", "extensions"} & given.keys()
            given.update({name: _parsed(given[name].encode()) for name in parts})
        else:
            given = _parsed(await self._body(request))
        operation = self._checked(given)
        if len(operation.query.encode(errors="replace")) > self.max_bytes:
            raise _Refused(413, LimitExceededError("document bytes", self.max_bytes))
        return operation

    def _checked(self, given: Any) -> _Operation:
        """The operation of a request; null stands for what is not given."""
        if not isinstance(given, dict):
            raise _bad("a request is a JSON object")
        for name, kind, what in _PARTS:
            if given.get(name) is not None and not isinstance(given[name], kind):
                raise _bad(f"`{name}` is {what}", name)
        try:
            document = self.trusted.chosen(given)
        except BadRequestError as error:
            raise _Refused(404, error) from error
        except ForbiddenError as error:
            raise _Refused(403, error) from error
        if document is None:
            raise _bad("a request has a `query`", "query")
        return _Operation(document, given.get("variables"), given.get("operationName") or None)

    async def _body(self, request: Request) -> bytes:
        kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind != _JSON:
            raise _Refused(415, BadRequestError(f"send {_JSON}, not {kind or 'nothing'}"))
        # Variables come on top of the document; four times its limit is room for 1,000 long ids.
        allowed = 4 * self.max_bytes + 1024 * 1024
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > allowed:
                raise _Refused(413, LimitExceededError("request bytes", allowed))
        return bytes(body)

    async def _executed(
        self, request: Request, operation: _Operation, context: Context
    ) -> Response:
        allowed = {OperationType.QUERY} if _only_reads(request) else set(OperationType)
        began = time.perf_counter()
        with operation_span() as span:
            try:
                result = await self.schema.execute(
                    operation.query,
                    variable_values=operation.variables,
                    context_value=context,
                    operation_name=operation.name,
                    allowed_operation_types=allowed,
                )
            except CannotGetOperationTypeError as error:
                raise _bad(error.as_http_error_reason(), "operationName") from error
            except InvalidOperationTypeError as error:
                refusal = BadRequestError("mutations are sent by POST")
                raise _Refused(405, refusal, {"Allow": "POST"}) from error
            shown = public_errors(result.errors or [])
            codes = tuple(sorted({str((one.extensions or {})["code"]) for one in shown}))
            name_operation(span, context.operation, codes)
        request.state.operation = context.operation
        seconds = time.perf_counter() - began
        answered_by = "nobody" if result.data is None and shown else context.answered_by
        self.record(Operated(context.operation, seconds, answered_by, codes, operation.query))
        return self._answered(request, result.data, shown, context)

    def _answered(
        self, request: Request, data: Any, shown: list[GraphQLError], context: Context
    ) -> Response:
        body: dict[str, Any] = {}
        # No path on any error: the request was refused before a field was looked at.
        refused = data is None and all(error.path is None for error in shown)
        if not (refused and shown):
            body["data"] = data
        if shown:
            body["errors"] = [error.formatted for error in shown]
        version = None if context.found is None else str(context.found.data_version)
        body["extensions"] = {"dataVersion": version, **context.extensions}
        # A client of the old form takes 200 for whatever GraphQL itself refuses.
        refused_so = "data" not in body and _is_modern(request)
        response = _response(request, body, 400 if refused_so else 200)
        if version is not None:
            response.headers["X-Data-Version"] = version
        return _unless_known(request, response) if _only_reads(request) else response


def _only_reads(request: Request) -> bool:
    # Whoever answers GET answers HEAD, with the same headers.
    return request.method in ("GET", "HEAD")


def _is_browser(request: Request) -> bool:
    asks = not _only_reads(request) or not _ASKING.isdisjoint(request.query_params)
    return not asks and "text/html" in request.headers.get("accept", "")


def _is_modern(request: Request) -> bool:
    return _RESPONSE_JSON in request.headers.get("accept", "")


def _response(request: Request, body: dict[str, Any], status: int) -> Response:
    kind = _RESPONSE_JSON if _is_modern(request) else _JSON
    return Response(orjson.dumps(body), status, media_type=f"{kind}; charset=utf-8")


def _unless_known(request: Request, response: Response) -> Response:
    """The response to a GET with its ETag, or 304 where the client has that already."""
    response.headers["ETag"] = etag = f'"{sha256(bytes(response.body)).hexdigest()[:32]}"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Accept, Authorization"
    known = {one.strip() for one in request.headers.get("if-none-match", "").split(",")}
    if response.status_code != 200 or etag not in known:
        return response
    headers = {name: response.headers[name] for name in _KEPT if name in response.headers}
    return Response(status_code=304, headers=headers)


def _parsed(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise _bad(f"not JSON: {error}") from error


def _bad(message: str, *path: str) -> _Refused:
    return _Refused(400, BadRequestError(message, path))
