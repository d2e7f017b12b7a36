"""API keys: who may do what, from a file that is read again when it changes.

    {"keys": [{"id": "search-team", "sha256": "..", "scopes": ["read"], "rate": 600}]}

Only the SHA-256 of a key is stored. An entry with the id `anonymous` and without sha256 is what
callers without a key may do; `routes` bounds it to paths. Form: contract, commands.md (Routes).
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kgservice.errors import ConfigurationError, ForbiddenError

_log = logging.getLogger(__name__)

ANONYMOUS = "anonymous"
SCOPES = ("read", "feedback", "admin")

#: Seconds between looks at the file: a key that was revoked stops working within this.
_LOOK_EVERY = 1.0


class Key(BaseModel):
    """An entry of the file; `rate` is requests a minute, null the default of the service."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(min_length=1, max_length=100)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    scopes: tuple[str, ...] = ("read",)
    rate: Annotated[int, Field(gt=0)] | None = None
    routes: tuple[str, ...] | None = None

    def allows(self, scope: str) -> bool:
        """Whether it carries a scope; admin carries all."""
        return scope in self.scopes or "admin" in self.scopes

    def demand(self, scope: str) -> None:
        """Raise ForbiddenError where it does not carry a scope."""
        if not self.allows(scope):
            raise ForbiddenError(f"the key {self.id} lacks the scope {scope}")

    def reaches(self, path: str) -> bool:
        """Whether it may be used on a path."""
        if self.routes is None:
            return True
        return any(path == route or path.startswith(route + "/") for route in self.routes)


#: Whoever calls where no keys are asked for: everything is open.
EVERYBODY = Key(id="everybody", scopes=SCOPES)

#: Where nobody was asked who they are: nothing is allowed.
NOBODY = Key(id="nobody", scopes=())


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    keys: tuple[Key, ...] = ()


class KeyFile:
    """The keys in a file, as of a moment ago.

    A change that leaves the file unreadable is noted in the log, and the keys before it stay.
    """

    def __init__(self, path: Path):
        self.path = path
        self._looked = 0.0
        self._stamp = self._stamp_of_now()
        self._keys: Sequence[Key] = read_keys(path)

    def find(self, presented: str) -> Key | None:
        """The entry of a key; compares with all of them in constant time."""
        digest = hash_of(presented)
        found = None
        for key in self._current():
            if key.sha256 is not None and hmac.compare_digest(key.sha256, digest):
                found = key
        return found

    def anonymous(self) -> Key | None:
        """What callers without a key may do; null where they may do nothing."""
        keys = self._current()
        return next((key for key in keys if key.id == ANONYMOUS and key.sha256 is None), None)

    def _current(self) -> Sequence[Key]:
        now = time.monotonic()
        if now - self._looked >= _LOOK_EVERY:
            self._looked = now
            stamp = self._stamp_of_now()
            if stamp != self._stamp:
                self._stamp = stamp
                self._read_again()
        return self._keys

    def _stamp_of_now(self) -> tuple[int, int] | None:
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size

    def _read_again(self) -> None:
        try:
            self._keys = read_keys(self.path)
        except ConfigurationError as error:
            _log.error("keys unchanged reason=%s", error)


def read_keys(path: Path) -> Sequence[Key]:
    """The keys of a file; raises ConfigurationError."""
    try:
        keys = _File.model_validate(orjson.loads(path.read_bytes())).keys
    except OSError as error:
        raise ConfigurationError(f"KG_API_KEYS_FILE {path}: {error.strerror}") from error
    except (orjson.JSONDecodeError, ValidationError) as error:
        raise ConfigurationError(f"KG_API_KEYS_FILE {path} has a fault: {error}") from error
    for key in keys:
        unknown = set(key.scopes) - set(SCOPES)
        if unknown:
            raise ConfigurationError(
                f"KG_API_KEYS_FILE {path}: key {key.id} has the scope {', '.join(sorted(unknown))};"
                f" there are {', '.join(SCOPES)}"
            )
    return keys


def write_keys(path: Path, keys: Sequence[Key]) -> None:
    """Replace the file at once, readable by its owner alone."""
    entries = [key.model_dump(exclude_none=True) for key in keys]
    written = path.with_name(path.name + ".new")
    written.touch(mode=0o600)
    written.write_bytes(orjson.dumps({"keys": entries}, option=orjson.OPT_INDENT_2) + b"\n")
    written.replace(path)


def new_key() -> str:
    """A key that nobody can guess: 256 bits."""
    return "kg_" + secrets.token_urlsafe(32)


def hash_of(key: str) -> str:
    """What is stored of a key."""
    return hashlib.sha256(key.encode()).hexdigest()
