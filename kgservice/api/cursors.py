"""Cursors: a place in an order, as text that a client hands back unread.

A cursor names the order that it belongs to, so that one from another question is refused instead of
continuing somewhere.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from types import UnionType
from typing import Any

import orjson

from kgservice.errors import BadRequestError

#: The parts of a place, and what each may be.
Place = Sequence[float | str | None]
Kind = type | UnionType

_VERSION = 1
_PATH = ("after",)
_FORGED = "not a cursor that this service gave out"


def order_of(*parts: object) -> str:
    """A short name for an order: what the question was, whatever its page.

    It hangs on the repr of the parts, which must be the same in every process: no sets.
    """
    return hashlib.blake2b(repr(parts).encode(), digest_size=6).hexdigest()


def cursor(order: str, place: Place) -> str:
    """A place in an order, as text.

    >>> read_cursor(cursor("a1", [0.5, "x"]), "a1", (float, str))
    [0.5, 'x']
    """
    return base64.urlsafe_b64encode(orjson.dumps([_VERSION, order, place])).decode().rstrip("=")


def read_cursor(text: str, order: str, kinds: Sequence[Kind]) -> list[Any]:
    """The place that a cursor of this order names, its parts of these kinds.

    Raises BadRequestError: whatever a client hands in, no other place comes out.
    """
    try:
        padded = text + "=" * (-len(text) % 4)
        version, of, place = orjson.loads(base64.urlsafe_b64decode(padded.encode()))
    except (ValueError, TypeError, binascii.Error, UnicodeEncodeError) as error:
        raise BadRequestError(_FORGED, _PATH) from error
    if version != _VERSION or of != order:
        message = "the cursor belongs to another question: ask from the first page"
        raise BadRequestError(message, _PATH)
    fits = isinstance(place, list) and len(place) == len(kinds)
    if not (fits and all(map(isinstance, place, kinds))):
        raise BadRequestError(_FORGED, _PATH)
    return list(place)
