"""The way of every command to its graph: the Neo4j that the settings name, or the local one.

The local Neo4j is the service's own, so its schema is brought to the head without asking; a Neo4j
of yours is changed by `kgservice migrate` alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

import migrations
from kgservice.cli.db import local_options
from kgservice.errors import ConfigurationError, MigrationError, SchemaOutOfDateError
from kgservice.graph.client import Address, Graph
from kgservice.local import instance
from kgservice.local.progress import Advance, Silent, Witness
from kgservice.settings import Settings


@contextmanager
def graph_address(
    settings: Settings, *, purpose: str, witness: Witness | None = None
) -> Iterator[Address]:
    """Where the graph is, for the length of a block, whatever its schema.

    Without KG_NEO4J_URI the local Neo4j runs for as long. Raises LocalNeo4jError,
    ConfigurationError.

    >>> with graph_address(read_settings(), purpose="kgservice stats") as address:  # doctest: +SKIP
    ...     address.uri
    'bolt://127.0.0.1:7687'
    """
    if settings.neo4j_uri is not None:
        yield Address(
            settings.neo4j_uri,
            settings.neo4j_user,
            _password(settings),
            settings.neo4j_database,
        )
        return
    options = local_options(settings)
    head = migrations.head()
    with instance.attach(options, purpose=purpose, schema=head, witness=witness) as running:
        yield running.address


@contextmanager
def migrated_address(
    settings: Settings, *, purpose: str, witness: Witness | None = None
) -> Iterator[Address]:
    """Where the graph is, for the length of a block, with its schema at the head.

    Raises SchemaOutOfDateError for a Neo4j of yours that is not; MigrationError where the local one
    cannot be migrated.
    """
    with graph_address(settings, purpose=purpose, witness=witness) as address:
        with Graph.connect(address) as graph:
            found = migrations.current(graph)
        if found != (migrations.head(),):
            if settings.neo4j_uri is not None:
                raise SchemaOutOfDateError(
                    f"the graph's schema is at {', '.join(found) or 'no revision'} and this program"
                    f" needs {migrations.head()}: run `kgservice migrate`"
                )
            refuse_other_programs(settings)
            migrations.upgrade(address)
        yield address


@contextmanager
def connected(
    settings: Settings, *, purpose: str, witness: Witness | None = None
) -> Iterator[Graph]:
    """The graph itself, for the length of a block, with its schema at the head."""
    with (
        migrated_address(settings, purpose=purpose, witness=witness) as address,
        Graph.connect(address) as graph,
    ):
        yield graph


def revive(settings: Settings, go_on: Callable[[], None]) -> None:
    """Have the local Neo4j run again where it died under this program; yours is only waited for.

    `go_on` is called while it starts, and raises where nobody waits for it any more. Raises
    LocalNeo4jError.
    """
    if settings.neo4j_uri is None:
        instance.ensure_running(local_options(settings), _Asking(go_on))


@dataclass(frozen=True, slots=True)
class _Asking(Silent):
    """Shows nothing, and asks at each step whether to go on."""

    go_on: Callable[[], None]

    def step(self, what: str, total: float | None = None) -> AbstractContextManager[Advance]:
        """A step that ends when nobody waits for it any more."""
        del what, total
        return nullcontext(lambda _: self.go_on())


def refuse_other_programs(settings: Settings) -> None:
    """Raise MigrationError where programs use the local Neo4j that know another schema."""
    if settings.neo4j_uri is not None:
        return
    others = [
        f"{user} knows revision {user.schema}"
        for user in instance.users(local_options(settings))
        if user.pid != os.getpid() and user.schema not in ("", migrations.head())
    ]
    if others:
        raise MigrationError(
            f"the schema is not brought to {migrations.head()} while other versions of this program"
            f" use the graph: {', '.join(others)}. End them first"
        )


def _password(settings: Settings) -> str:
    if settings.neo4j_password is not None:
        return settings.neo4j_password.get_secret_value()
    if settings.neo4j_password_file is None:
        return ""
    try:
        return settings.neo4j_password_file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(
            f"KG_NEO4J_PASSWORD_FILE is {settings.neo4j_password_file}: {error.strerror}"
        ) from error
