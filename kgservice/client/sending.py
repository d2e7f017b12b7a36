"""One call over HTTP, the same for both clients: the request, and what its response means."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, Generic, TypeVar

import httpx

from kgservice.errors import KGError

T = TypeVar("T")

_ACCEPT = "application/graphql-response+json, application/json;q=0.9"
#: Errors that a later try may not meet, and what proxies say when nobody is there.
_RETRYABLE = frozenset({"UNAVAILABLE", "RATE_LIMITED"})
_PASSING = frozenset({429, 502, 503, 504})


class ServiceError(KGError):
    """What the service refused or failed to do.

    code: see docs/semantics.md, Errors; errors: all of them, as they came; data: what came beside
    them, for a field or element may fail alone; request_id: what the service's log has.
    """

    def __init__(
        self,
        errors: Sequence[Mapping[str, Any]],
        data: Mapping[str, Any] | None = None,
        request_id: str | None = None,
    ):
        first = errors[0]
        super().__init__(str(first.get("message", "the service refused")))
        self.errors = tuple(errors)
        self.data = data
        self.request_id = request_id
        self.code = str(first.get("extensions", {}).get("code", "INTERNAL"))

    @property
    def seconds(self) -> float | None:
        """How long the service wants to be left alone, where it says so."""
        seconds = self.errors[0].get("extensions", {}).get("seconds")
        return None if seconds is None else float(seconds)

    @property
    def may_pass(self) -> bool:
        """Whether the same request may succeed later."""
        extensions = [one.get("extensions", {}) for one in self.errors]
        return all(one.get("retryable") or one.get("code") in _RETRYABLE for one in extensions)


class UnreachableError(KGError):
    """Nobody answered, or something that is not the service."""

    code = "UNAVAILABLE"
    retryable = True


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A document with its variables, and how its data are read."""

    document: str
    variables: Mapping[str, Any]
    read: Callable[[Mapping[str, Any]], T]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a request did not succeed, and whether and when to send it again."""

    error: KGError
    may_pass: bool
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Sending:
    """Where requests go, and what each carries."""

    url: str
    key: str | None = field(default=None, repr=False)

    @property
    def options(self) -> dict[str, Any]:
        """What an httpx client is made of."""
        headers = {"accept": _ACCEPT, "user-agent": f"kgservice-client/{version('kgservice')}"}
        if self.key is not None:
            headers["authorization"] = f"Bearer {self.key}"
        return {"base_url": self.url, "headers": headers}

    def request(self, call: Call[Any], seconds: float) -> dict[str, Any]:
        """What `post` is called with."""
        return {
            "url": "/graphql",
            "json": {"query": call.document, "variables": dict(call.variables)},
            "headers": {"x-request-id": secrets.token_hex(8)},
            "timeout": seconds,
        }


def unreached(error: httpx.TransportError) -> Failure:
    """Nobody answered."""
    return Failure(UnreachableError(f"the service cannot be reached: {error!r}"), True)


def read(call: Call[T], response: httpx.Response) -> T | Failure:
    """What a response means."""
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict) or not ("data" in body or body.get("errors")):
        what = f"status {response.status_code} and no GraphQL response"
        return Failure(
            UnreachableError(f"{response.url} gave {what}: is it the address of the service?"),
            response.status_code in _PASSING,
            _seconds(response),
        )
    if body.get("errors"):
        id = response.headers.get("x-request-id")
        error = ServiceError(body["errors"], body.get("data"), id)
        return Failure(error, error.may_pass, error.seconds or _seconds(response))
    return call.read(body["data"])


def _seconds(response: httpx.Response) -> float | None:
    said = response.headers.get("retry-after", "")
    return float(said) if said.isdigit() else None
