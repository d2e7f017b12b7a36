"""Every error that the service raises on purpose, as one tree.

    KGError
    ├── ConfigurationError          a setting is wrong: mend it and start again
    ├── RequestError                the caller's request is at fault: mend it
    │   ├── BadRequestError         names the argument's path
    │   ├── LimitExceededError      names the limit and its value
    │   ├── UnknownEntityError      names the ids
    │   ├── UnknownRelationError    names the nearest known ones
    │   ├── UnknownTypeError        names the nearest known ones
    │   ├── CursorExpiredError      begin again from the first page
    │   └── ChangesGoneError        take an export, and follow from its data version
    ├── AccessError
    │   ├── UnauthenticatedError    send a key
    │   ├── ForbiddenError          the key lacks the scope
    │   └── RateLimitedError        wait, then retry
    ├── OverloadedError             too much is asked at once: retry in a moment
    ├── GraphError                  Neo4j did not do it
    │   ├── GraphUnavailableError   retry later
    │   ├── QueryTimeoutError       ask for less
    │   └── GraphConflictError      what was to be written contradicts what is there
    ├── LoadError                   a load stopped; what it committed stays
    │   └── TooManyRejectsError     look into the quarantine file
    ├── SchemaOutOfDateError        run `kgservice migrate`
    ├── MigrationError              the schema was not brought to the revision: the message says why
    │   └── SchemaLockedError       another migration is under way: its holder is named
    ├── IndexFaultError             the index, which is derived from the graph, cannot be used
    │   ├── IndexDamagedError       run `kgservice index build`
    │   ├── IndexBusyError          another process builds it: wait
    │   └── IndexTooLargeError      raise KG_INDEX_MEMORY, or let Neo4j answer
    ├── ExportBrokenError           an export was not finished: ask again
    └── LocalNeo4jError             the Neo4j that we run ourselves
        ├── DownloadError           a jar could not be fetched or is not what it should be
        └── InUseError              others use it: they are named

Each class has a `code`, the one that clients see in `extensions.code`. A message names the value,
what is allowed, and the next step. `kgservice.api.errors` and `kgservice.cli` are the only
translators.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class KGError(Exception):
    """Anything that the service refuses or fails to do, in words for whoever asked."""

    code = "INTERNAL"
    retryable = False

    @property
    def extensions(self) -> Mapping[str, object]:
        """What a client is told beside the message."""
        return {"code": self.code}


class ConfigurationError(KGError):
    """A setting is missing or contradicts another."""


class RequestError(KGError):
    """The request is at fault."""

    code = "BAD_REQUEST"


class BadRequestError(RequestError):
    """An argument makes no sense; `path` says where it stands in the request."""

    def __init__(
        self, message: str, path: Sequence[str | int] = (), *, position: int | None = None
    ):
        super().__init__(message)
        self.path = tuple(path)
        self.position = position

    @property
    def extensions(self) -> Mapping[str, object]:
        """Code, path, and for a text with a syntax of its own the offset in it."""
        offset = {} if self.position is None else {"position": self.position}
        return {"code": self.code, "path": list(self.path), **offset}


class LimitExceededError(RequestError):
    """The request is larger than a setting allows."""

    code = "LIMIT_EXCEEDED"

    def __init__(self, limit: str, allowed: int, asked: int | None = None):
        found = "" if asked is None else f" and this is {asked}"
        super().__init__(f"too large: {limit} is at most {allowed}{found}")
        self.limit = limit
        self.allowed = allowed

    @property
    def extensions(self) -> Mapping[str, object]:
        """Code, the name of the limit and its value."""
        return {"code": self.code, "limit": self.limit, "value": self.allowed}


class UnknownEntityError(RequestError):
    """Ids that no entity of the graph has."""

    code = "UNKNOWN_ENTITY"

    def __init__(self, ids: Sequence[str]):
        super().__init__(f"unknown entities: {', '.join(ids)}")
        self.ids = tuple(ids)

    @property
    def extensions(self) -> Mapping[str, object]:
        """Code and all the unknown ids."""
        return {"code": self.code, "ids": list(self.ids)}


class _UnknownNameError(RequestError):
    kind = "name"

    def __init__(self, name: str, nearest: Sequence[str]):
        advice = f"; did you mean {', '.join(nearest)}?" if nearest else ""
        super().__init__(f"unknown {self.kind} {name!r}{advice}")
        self.name = name
        self.nearest = tuple(nearest)

    @property
    def extensions(self) -> Mapping[str, object]:
        """Code, the name, and the ids of the nearest known ones."""
        return {"code": self.code, "name": self.name, "nearest": list(self.nearest)}


class UnknownRelationError(_UnknownNameError):
    """A relation that the vocabulary does not have."""

    code = "UNKNOWN_RELATION"
    kind = "relation"


class UnknownTypeError(_UnknownNameError):
    """An entity type that the vocabulary does not have."""

    code = "UNKNOWN_TYPE"
    kind = "type"


class CursorExpiredError(RequestError):
    """A cursor that nothing can continue from any more."""

    code = "CURSOR_EXPIRED"


class ChangesGoneError(RequestError):
    """The change log cannot tell what came after a data version."""

    code = "CURSOR_EXPIRED"

    def __init__(self, message: str, oldest: int):
        super().__init__(
            f"{message}; take an export and follow from its data version "
            f"({oldest} is the oldest that can be followed)"
        )
        self.oldest = oldest

    @property
    def extensions(self) -> Mapping[str, object]:
        """Code, and the oldest data version that can be followed."""
        return {"code": self.code, "oldest": self.oldest}


class AccessError(KGError):
    """The caller may not do this."""

    code = "FORBIDDEN"


class UnauthenticatedError(AccessError):
    """No key, or one that is not known."""

    code = "UNAUTHENTICATED"


class ForbiddenError(AccessError):
    """The key lacks the scope."""


class RateLimitedError(AccessError):
    """The key has used up its requests for now."""

    code = "RATE_LIMITED"
    retryable = True

    def __init__(self, seconds: float):
        super().__init__(f"too many requests: wait {seconds:.0f} seconds")
        self.seconds = seconds

    @property
    def extensions(self) -> Mapping[str, object]:
        """Code and the seconds to wait."""
        return {"code": self.code, "seconds": self.seconds}


class OverloadedError(KGError):
    """More is asked at once than the service takes; another instance may, or a moment later."""

    code = "UNAVAILABLE"
    retryable = True

    def __init__(self) -> None:
        super().__init__("too much is asked at once: try again in a moment")

    @property
    def extensions(self) -> Mapping[str, object]:
        """Code, and that a later try may succeed."""
        return {"code": self.code, "retryable": True}


class GraphError(KGError):
    """Neo4j did not do what was asked."""


class GraphUnavailableError(GraphError):
    """Neo4j cannot be reached just now."""

    code = "UNAVAILABLE"
    retryable = True

    @property
    def extensions(self) -> Mapping[str, object]:
        """Code, and that a later try may succeed."""
        return {"code": self.code, "retryable": True}


class QueryTimeoutError(GraphError):
    """A query ran into its time limit and was ended in the database."""

    code = "TIMEOUT"

    def __init__(self, seconds: float):
        super().__init__(f"the query took longer than {seconds:g} seconds and was stopped")
        self.seconds = seconds


class GraphConflictError(GraphError):
    """What was to be written contradicts what is there."""


class LoadError(KGError):
    """A load could not go on; what it committed stays, and running it again continues."""


class TooManyRejectsError(LoadError):
    """More records were rejected than the caller allowed."""


class SchemaOutOfDateError(KGError):
    """The graph's schema is not at the head that this program knows."""

    code = "UNAVAILABLE"


class MigrationError(KGError):
    """The graph's schema could not be brought to a revision; what was done before stays done."""


class SchemaLockedError(MigrationError):
    """Another migration is under way, or one that crashed left its lock."""

    code = "UNAVAILABLE"
    retryable = True

    def __init__(self, holder: str):
        super().__init__(
            f"another migration is under way: {holder}. Wait until it is done; if it has crashed,"
            " free its lock with `kgservice migrate --unlock`"
        )
        self.holder = holder


class IndexFaultError(KGError):
    """The index cannot be used or made; Neo4j has all that it holds."""

    code = "UNAVAILABLE"


class IndexDamagedError(IndexFaultError):
    """The index directory is not what its manifest says."""


class IndexBusyError(IndexFaultError):
    """Another process builds the index."""

    retryable = True


class IndexTooLargeError(IndexFaultError):
    """The graph is larger than the memory that the index may take."""


class ExportBrokenError(KGError):
    """An export could not be finished; what was sent of it is not whole."""

    code = "UNAVAILABLE"
    retryable = True


class LocalNeo4jError(KGError):
    """The Neo4j that the service runs itself cannot start, stop or be reached."""

    code = "UNAVAILABLE"


class DownloadError(LocalNeo4jError):
    """A file of Neo4j could not be fetched, or is not the one that the lock file names."""


class InUseError(LocalNeo4jError):
    """Other programs use what was to be taken away."""
