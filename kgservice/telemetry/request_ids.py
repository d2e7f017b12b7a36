"""The id of the request at hand: every log line, span and INTERNAL error carries it."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar

#: The header that it comes in, from a client or a proxy before us, and goes out in.
HEADER = "x-request-id"
#: What is taken from outside: nothing that could end a line or begin another field of one.
_SOUND = re.compile(r"[A-Za-z0-9._:-]{1,64}")

_current: ContextVar[str | None] = ContextVar("request_id", default=None)


def current_request_id() -> str | None:
    """The id of the request that is answered here; null outside one."""
    return _current.get()


def begin_request(given: str | None) -> str:
    """Note, and return, the id of a request: the one that it came with where that is sound.

    >>> begin_request("shop-7f3a"), len(begin_request("two\\nlines"))
    ('shop-7f3a', 16)
    """
    sound = given is not None and _SOUND.fullmatch(given) is not None
    id = given if given is not None and sound else secrets.token_hex(8)
    _current.set(id)
    return id
