"""The routes of both versions: what a request carries is read, answered, and written again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from kgservice.api.admission import Admission, overloaded
from kgservice.api.context import Context
from kgservice.api.reconciliation import previews, suggesting, version_02, version_1
from kgservice.api.reconciliation.answering import answer
from kgservice.api.reconciliation.extending import extend, proposed
from kgservice.api.reconciliation.queries import read_02, read_1
from kgservice.errors import (
    BadRequestError,
    KGError,
    LimitExceededError,
    OverloadedError,
    RequestError,
    UnknownEntityError,
)

#: Bytes of a request beyond which it is not read: 100 queries with their properties are 50 kB.
_MOST_BYTES = 1_000_000

Contexts = Callable[[Request], Awaitable[Context]]
_Handler = Callable[[Request, Context], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Answers below /reconcile; `contexts` makes the context of a request."""

    contexts: Contexts
    admission: Admission

    def routes(self) -> list[BaseRoute]:
        """The routes of 0.2, and those of the draft of 1.0 below /reconcile/v1."""
        old, new = "/reconcile", "/reconcile/v1"
        pairs: list[tuple[str, _Handler, tuple[str, ...]]] = [
            (old, _old, ("GET", "POST")),
            (f"{old}/properties", _propose, ("GET",)),
            (f"{old}/flyout/{{kind}}", _flyout, ("GET",)),
            (f"{new}", _manifest, ("GET",)),
            (f"{new}/", _manifest, ("GET",)),
            (f"{new}/match", _match, ("POST",)),
            (f"{new}/extend", _extend, ("POST",)),
            (f"{new}/extend/propose", _propose, ("GET",)),
            *(
                (f"{base}/{path}", handler, ("GET",))
                for base in (old, new)
                for path, handler in (("suggest/{kind}", _suggest), ("preview", _preview))
            ),
        ]
        return [
            Route(path, self._answering(handler), methods=list(methods))
            for path, handler, methods in pairs
        ]

    def _answering(self, handler: _Handler) -> Callable[[Request], Awaitable[Response]]:
        async def respond(request: Request) -> Response:
            try:
                # Whoever sends slowly holds no place meanwhile.
                request.state.body = await _body(request)
                async with self.admission.place():
                    response = await handler(request, await self.contexts(request))
            except OverloadedError as error:
                return overloaded(error)
            except KGError as error:
                return _json({"error": dict(error.extensions), "message": str(error)}, _code(error))
            response.headers["Content-Language"] = "en"
            return response

        return respond


async def _old(request: Request, context: Context) -> Response:
    """The one address of 0.2: manifest, queries, or data extension, by what is sent."""
    given = dict(request.query_params) if request.method == "GET" else _form(request)
    if "queries" in given:
        queries = read_02(_parsed(given["queries"]))
        answers = await answer(list(queries.values()), context)
        return _json(version_02.results(dict(zip(queries, answers, strict=True)), context))
    if "extend" in given:
        return _json(version_02.extension(await extend(_parsed(given["extend"]), context)))
    return _json(version_02.manifest(_base(request)))


async def _manifest(request: Request, context: Context) -> Response:
    del context
    return _json(version_1.manifest(_base(request)))


async def _match(request: Request, context: Context) -> Response:
    queries = read_1(_parsed(request.state.body))
    return _json(version_1.results(await answer(queries, context), context))


async def _extend(request: Request, context: Context) -> Response:
    return _json(version_1.extension(await extend(_parsed(request.state.body), context)))


async def _propose(request: Request, context: Context) -> Response:
    type, limit = request.query_params.get("type"), request.query_params.get("limit")
    most = int(limit) if limit is not None and limit.isdecimal() else None
    found = [{"id": id, "name": name} for id, name in proposed(type, most, context)]
    about: dict[str, Any] = {} if type is None else {"type": type}
    return _json({**about, "properties": found})


async def _suggest(request: Request, context: Context) -> Response:
    prefix = request.query_params.get("prefix", "")
    match request.path_params["kind"]:
        case "entity":
            found = await suggesting.entities(prefix, context)
        case "property":
            found = suggesting.properties(prefix, context)
        case "type":
            found = suggesting.types(prefix, context)
        case kind:
            raise BadRequestError(f"entity, property and type are suggested, not {kind!r}")
    return _json({"result": found})


async def _preview(request: Request, context: Context) -> Response:
    id = request.query_params.get("id", "")
    cards = await context.state.reads.entities([id], context.limit)
    if id not in cards:
        raise UnknownEntityError([id])
    return HTMLResponse(
        previews.page(cards[id]), headers={"Content-Security-Policy": previews.POLICY}
    )


async def _flyout(request: Request, context: Context) -> Response:
    id = request.query_params.get("id", "")
    cards = await context.state.reads.entities([id], context.limit)
    if request.path_params["kind"] != "entity" or id not in cards:
        raise UnknownEntityError([id])
    return _json({"id": id, "html": previews.content(cards[id])})


def _form(request: Request) -> Mapping[str, str]:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise BadRequestError(f"send application/x-www-form-urlencoded, not {kind or 'nothing'}")
    return dict(parse_qsl(request.state.body.decode(errors="replace")))


async def _body(request: Request) -> bytes:
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > _MOST_BYTES:
        raise LimitExceededError("request bytes", _MOST_BYTES, int(length))
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise LimitExceededError("request bytes", _MOST_BYTES)
    return bytes(body)


def _parsed(content: str | bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise BadRequestError(f"not JSON: {error}") from error


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _code(error: KGError) -> int:
    match error:
        case LimitExceededError():
            return 413
        case UnknownEntityError():
            return 404
        case RequestError():
            return 400
        case _:
            return 503 if error.code in {"UNAVAILABLE", "TIMEOUT"} else 500


def _json(body: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")
