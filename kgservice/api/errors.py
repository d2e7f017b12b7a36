"""Errors as clients see them: a code each, and nothing of the inside.

An error of ours goes out as it is. A document that GraphQL itself refuses is BAD_REQUEST.
Everything else is INTERNAL: its cause stays in the log, under an id that the client is told.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

import orjson
from graphql import GraphQLError
from starlette.responses import Response

from kgservice.errors import AccessError, ChangesGoneError, KGError, RequestError
from kgservice.telemetry.request_ids import current_request_id

_log = logging.getLogger(__name__)

_INTERNAL = "INTERNAL"


def public_errors(errors: Iterable[GraphQLError]) -> list[GraphQLError]:
    """The errors of a response, each fit to be seen."""
    return [_public(error) for error in errors]


def refusal(status: int, error: KGError, headers: Mapping[str, str] | None = None) -> Response:
    """What a route that is not GraphQL answers where it refuses."""
    body = {"errors": [{"message": str(error), "extensions": dict(error.extensions)}]}
    return Response(orjson.dumps(body), status, headers, media_type="application/json")


def status_of(error: KGError) -> int:
    """The status of a refusal by a route that is not GraphQL."""
    match error:
        case ChangesGoneError():
            return 410
        case RequestError():
            return 400
        case AccessError():
            return 403
        case _:
            return 503 if error.code in {"UNAVAILABLE", "TIMEOUT"} else 500


def _public(error: GraphQLError) -> GraphQLError:
    cause = error.original_error
    if isinstance(cause, KGError) and cause.code != _INTERNAL:
        return _with(error, str(cause), dict(cause.extensions))
    if cause is None or isinstance(cause, GraphQLError):
        return _with(error, error.message, {"code": "BAD_REQUEST", **(error.extensions or {})})
    request_id = current_request_id()
    _log.error("internal error", exc_info=cause)
    message = f"something went wrong here; ask for the log of request {request_id}"
    return _with(error, message, {"code": _INTERNAL, "requestId": request_id})


def _with(error: GraphQLError, message: str, extensions: dict[str, object]) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )
