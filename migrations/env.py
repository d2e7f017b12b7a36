"""What alembic runs for its commands: it opens the graph and keeps the order of a migration.

Only here are settings read, for the stock `alembic` command. A program that runs alembic in process
says in `config.attributes["request"]` where the graph is and what it wishes (`migrations.Request`),
and finds what was done in the list `config.attributes["applied"]`.
"""

from __future__ import annotations

import logging.config
from collections.abc import Callable

from alembic import context
from alembic.util import CommandError
from sqlalchemy import Connection, MetaData

from kgservice.errors import KGError
from kgservice.graph.client import Graph
from migrations import Request
from migrations.neo4j_dialect import (
    autogenerate,
    bookkeeping,
    dialect,
    lock,
    log,
    ownership,
    renames,  # noqa: F401 (importing it makes its operations known)
)


def main() -> None:
    """Run the command; what the service refuses becomes the error that alembic prints."""
    if context.config.config_file_name is not None:
        logging.config.fileConfig(context.config.config_file_name, disable_existing_loggers=False)
    request = context.config.attributes.get("request")
    try:
        if context.is_offline_mode():
            _configure(log.Recorder(None))
            context.run_migrations()
        elif request is not None:
            _run(request)
        else:
            _run_as_settings_say()
    except KGError as error:
        raise CommandError(str(error)) from error


def _run_as_settings_say() -> None:
    # Programs that hand over a request have no use for the modules of the command line.
    from kgservice.cli.address import graph_address, refuse_other_programs
    from kgservice.settings import read_settings

    wishes = context.get_x_argument(as_dictionary=True)
    settings = read_settings()
    with graph_address(settings, purpose="alembic") as address:
        request = Request(address, beside="beside" in wishes, repair="repair" in wishes)
        _run(request, before_change=lambda: refuse_other_programs(settings))


def _run(request: Request, *, before_change: Callable[[], None] = lambda: None) -> None:
    applied = context.config.attributes.get("applied", [])
    with (
        Graph.connect(request.address) as graph,
        dialect.connected(graph, request.address) as connection,
    ):
        _configure(log.Recorder(graph, graph.server().version, applied), connection)
        options = context.get_context().opts
        if "destination_rev" in options:
            before_change()
            _change(graph, request)
            return
        if "revision_context" in options:  # check, and revision --autogenerate
            log.verify(graph, context.script, bookkeeping.heads(graph))
        context.run_migrations()


def _change(graph: Graph, request: Request) -> None:
    ownership.admit(graph, beside=request.beside)
    with lock.held(graph, wait_seconds=request.wait_seconds):
        ownership.claim(graph, beside=request.beside)
        heads = bookkeeping.heads(graph)
        if request.repair:
            log.repair(graph, context.script, heads)
        log.verify(graph, context.script, heads)
        context.run_migrations()


def _configure(recorder: log.Recorder, connection: Connection | None = None) -> None:
    context.configure(
        connection=connection,
        dialect_name=dialect.Neo4jDialect.name,
        target_metadata=MetaData(),  # alembic wants one; what is compared is in graph_schema
        version_table=bookkeeping.HEAD_LABEL,
        autogenerate_plugins=[autogenerate.PLUGIN],
        on_version_apply=recorder,
    )


main()
