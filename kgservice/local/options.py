"""Which local Neo4j is meant, and where each of its files lies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from kgservice.errors import ConfigurationError

#: The version that is run when none is asked for; the newest of RELEASES.
DEFAULT_VERSION = "2026.09.0"

_SIZE = re.compile(r"[1-9][0-9]*[kmg]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Release:
    """What differs from one version of Neo4j to another."""

    main_class: str
    #: Two Netty quiet periods of 5 s make a stop take 10.3 s; without them it takes 0.3.
    quiet_stop: str
    #: Versions from 2026 look for other servers by broadcast, unless told not to.
    lonely: str = ""


RELEASES = {
    "2026.09.0": Release(
        main_class="org.neo4j.server.Neo4jCommunity",
        quiet_stop="internal.dbms.bolt.netty_server_shutdown_quiet_period_duration=0s",
        lonely="server.fleet_discovery.enabled=false",
    ),
    "5.26.30": Release(
        main_class="org.neo4j.server.CommunityEntryPoint",
        quiet_stop="internal.dbms.bolt.netty_server_shutdown_quiet_period=0",
    ),
}


@dataclass(frozen=True, slots=True)
class LocalOptions:
    """A local Neo4j: where its data and its jars are, its version and its memory.

    Sizes are written as java writes them: `512m`, `2g`. Raises ConfigurationError.

    >>> LocalOptions(Path("graph"), Path("cache")).version
    '2026.09.0'
    """

    data_dir: Path
    cache_dir: Path
    version: str = DEFAULT_VERSION
    heap: str = "1g"
    page_cache: str = "256m"
    #: Where the jars come from instead of Maven Central: the address of a mirror of it.
    mirror: str | None = None
    #: Flags of java for this instance, behind those that each has; the last of a kind counts.
    java_flags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.version not in RELEASES:
            raise ConfigurationError(
                f"KG_NEO4J_VERSION is {self.version!r}: the local Neo4j can be "
                f"{' or '.join(RELEASES)}; for another one set KG_NEO4J_URI to a server of yours"
            )
        for name, size in (("KG_NEO4J_HEAP", self.heap), ("KG_NEO4J_PAGE_CACHE", self.page_cache)):
            if not _SIZE.fullmatch(size):
                raise ConfigurationError(f"{name} is {size!r}: write a size such as 512m or 2g")

    @property
    def home(self) -> Home:
        """The files of this instance."""
        return Home(self.data_dir.expanduser().absolute() / "neo4j")

    @property
    def cache(self) -> Path:
        """The files that all instances of the user share."""
        return self.cache_dir.expanduser().absolute() / "neo4j"


@dataclass(frozen=True, slots=True)
class Home:
    """The directory of one instance, and what lies in it."""

    path: Path

    @property
    def conf(self) -> Path:
        """The directory of neo4j.conf, which is written at each start."""
        return self.path / "conf"

    @property
    def store(self) -> Path:
        """The graph itself."""
        return self.path / "data"

    @property
    def password(self) -> Path:
        """The password, readable for the owner alone."""
        return self.path / "password"

    @property
    def record(self) -> Path:
        """What stays from one start to the next: the version that wrote the data, the ports."""
        return self.path / "instance.json"

    @property
    def server(self) -> Path:
        """What the supervisor says of the server; true while `supervisor_lock` is held."""
        return self.path / "server.json"

    @property
    def launch(self) -> Path:
        """How the supervisor is to start java."""
        return self.path / "launch.json"

    @property
    def door(self) -> Path:
        """Lock: held by whoever starts or stops the server just now."""
        return self.path / "door.lock"

    @property
    def users_lock(self) -> Path:
        """Lock: shared by all users; the supervisor stops when it can have it alone."""
        return self.path / "users.lock"

    @property
    def users(self) -> Path:
        """One file for each user, locked by it."""
        return self.path / "users"

    @property
    def supervisor_lock(self) -> Path:
        """Lock: held as long as a supervisor lives."""
        return self.path / "supervisor.lock"

    @property
    def pin(self) -> Path:
        """Exists: the server stays when its last user leaves."""
        return self.path / "started"

    @property
    def ban(self) -> Path:
        """Exists: the server was stopped by force and only `kgservice db start` may start it."""
        return self.path / "stopped-by-force"

    @property
    def console(self) -> Path:
        """What java prints."""
        return self.path / "logs" / "console.log"

    @property
    def supervisor_log(self) -> Path:
        """What the supervisor did."""
        return self.path / "logs" / "supervisor.log"
