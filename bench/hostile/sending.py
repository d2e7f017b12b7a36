"""How the cases are sent: by a client that is as it should be, or byte by byte."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx

#: Seconds after which nothing came back.
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; status 0 where the connection was closed without a word."""

    status: int
    code: str | None
    seconds: float
    size: int


@cache
def _client() -> httpx.Client:
    # One of its own for each request would take ten times as long as most answers do.
    return httpx.Client(timeout=PATIENCE)


def ask(url: str, document: str, variables: Mapping[str, Any]) -> Reply:
    """A GraphQL request by POST."""
    began = time.perf_counter()
    body = {"query": document, "variables": variables}
    response = _client().post(f"{url}/graphql", json=body)
    return _reply(response, began)


def send(url: str, content: bytes, headers: Mapping[str, str]) -> Reply:
    """Any bytes as the body of a POST."""
    began = time.perf_counter()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named.setdefault("content-type", "application/json")
    response = _client().post(f"{url}/graphql", content=content, headers=named)
    return _reply(response, began)


def deluge(url: str, content: bytes) -> Reply:
    """Any bytes on a connection."""
    began = time.perf_counter()
    with _connected(url) as connection:
        connection.sendall(content)
        return _raw(connection, began)


def trickle(url: str) -> Reply:
    """A body of which a byte comes now and then, for as long as anyone listens."""
    head = (
        b"POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        b"content-length: 100000\r\n\r\n"
    )
    began = time.perf_counter()
    with _connected(url) as connection:
        connection.sendall(head)
        connection.settimeout(0.1)
        while time.perf_counter() - began < PATIENCE:
            try:
                connection.sendall(b" ")
                if connection.recv(1, socket.MSG_PEEK):
                    connection.settimeout(PATIENCE)
                    return _raw(connection, began)
            except TimeoutError:
                continue
            except OSError:
                break
    return Reply(0, None, time.perf_counter() - began, 0)


def _connected(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port or 80), timeout=PATIENCE)


def _raw(connection: socket.socket, began: float) -> Reply:
    answer = b""
    try:
        while piece := connection.recv(65_536):
            answer += piece
    except (ConnectionError, TimeoutError):
        pass
    return _read(answer, began)


def _read(answer: bytes, began: float) -> Reply:
    words = answer.split(b" ", 2)
    status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
    code = "BAD_REQUEST" if b'"BAD_REQUEST"' in answer else None
    return Reply(status, code, time.perf_counter() - began, len(answer))


def _reply(response: httpx.Response, began: float) -> Reply:
    seconds = time.perf_counter() - began
    code = None
    if response.headers.get("content-type", "").startswith("application/"):
        errors = response.json().get("errors") or [{}]
        code = errors[0].get("extensions", {}).get("code")
    return Reply(response.status_code, code, seconds, len(response.content))
