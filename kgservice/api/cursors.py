"""Cursors: a place in an order, as text that a client hands back unread.

A cursor names the order that it belongs to, so that one from another question is refused instead of
continuing somewhere.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any

import orjson

from kgservice.errors import BadRequestError

_VERSION = 1


def order_of(*parts: object) -> str:
    """A short name for an order: what the question was, whatever its page."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=6).hexdigest()


def cursor(order: str, place: Any) -> str:
    """A place in an order, as text.

    >>> read_cursor(cursor("a1", [0.5, "x"]), "a1", ("after",))
    [0.5, 'x']
    """
    return base64.urlsafe_b64encode(orjson.dumps([_VERSION, order, place])).decode().rstrip("=")


def read_cursor(text: str, order: str, path: tuple[str | int, ...]) -> Any:
    """The place that a cursor of this order names; raises BadRequestError."""
    try:
        padded = text + "=" * (-len(text) % 4)
        version, of, place = orjson.loads(base64.urlsafe_b64decode(padded.encode()))
    except (ValueError, binascii.Error, UnicodeEncodeError) as error:
        raise BadRequestError("not a cursor that this service gave out", path) from error
    if version != _VERSION or of != order:
        message = "the cursor belongs to another question: ask from the first page"
        raise BadRequestError(message, path)
    return place
