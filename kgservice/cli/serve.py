"""`kgservice serve`: the API, from a terminal."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click
import uvicorn

from kgservice.api.access import Door
from kgservice.app import Service, create_app
from kgservice.cli.address import migrated_address, revive
from kgservice.cli.entrance import door_of, listening, trusted_of
from kgservice.cli.index import bring_up, order_of
from kgservice.cli.server import Server, Unready
from kgservice.cli.workers import serve_together
from kgservice.graph.client import Address, Graph
from kgservice.index.building import Order
from kgservice.index.directory import IndexDirectory
from kgservice.local.progress import Terminal
from kgservice.serving.choice import EvaluatorChoice
from kgservice.settings import Settings, read_settings
from kgservice.telemetry.logs import log_to_stderr
from kgservice.telemetry.metrics import Metrics, count_together, forget_worker
from kgservice.telemetry.recording import Recorder
from kgservice.telemetry.tracing import export_spans


@click.command("serve")
@click.option("--host", help="Address to listen on.  [default: KG_HOST, 127.0.0.1]")
@click.option("--port", type=int, help="Port to listen on.  [default: KG_PORT, 8000]")
@click.option("--workers", type=int, help="Processes that serve.  [default: KG_WORKERS, 1]")
def serve_command(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the API until Ctrl-C.

    A missing or old index is built beside it, while Neo4j answers; with KG_EVALUATOR=matrix before
    it is ready. Several workers share the memory of the index, the rates of keys and the metrics.
    """
    settings = read_settings(host=host, port=port, workers=workers)
    with migrated_address(
        settings, purpose="kgservice serve", witness=Terminal(sys.stderr)
    ) as address:
        serve(settings, address, index_first=settings.evaluator is EvaluatorChoice.MATRIX)


def serve(settings: Settings, address: Address, *, greeting: str = "", index_first: bool) -> None:
    """Serve what a Neo4j holds until Ctrl-C; a greeting has a {url} and {guides}."""
    log_to_stderr(settings.log_level, settings.log_form)
    order = order_of(settings)
    if index_first:
        with Graph.connect(address) as graph:
            bring_up(graph, IndexDirectory.below(settings.data_dir), order)
    door = door_of(settings)
    with listening(settings) as listener, _counting(settings) as shared:
        host, port = listener.getsockname()[:2]

        def ready() -> None:
            click.echo(f"ready: http://{host}:{port}/graphql")
            if greeting:
                guides = f"http://localhost:{port}/guides"
                click.echo(greeting.format(url=f"http://{host}:{port}", guides=guides))

        def run(answers: Callable[[], None]) -> None:
            if shared is not None:
                count_together(shared)
            service = _service(
                settings, address, order, door, Recorder(Metrics(shared), settings.slow_seconds)
            )
            config = uvicorn.Config(
                create_app(service),
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=settings.drain,
            )
            ended = export_spans() if settings.traces else None
            unready = Unready(service.leaving, settings.unready_seconds)
            Server(config, answers, unready, ended).run([listener])

        if settings.workers == 1:
            run(ready)
        else:
            assert shared is not None, "several workers count together"
            serve_together(
                settings.workers,
                run,
                ready,
                buried=partial(forget_worker, directory=shared),
                patience=settings.unready_seconds + settings.drain,
            )


@contextmanager
def _counting(settings: Settings) -> Iterator[Path | None]:
    """Where several workers count together, for the length of a block; null where one is alone."""
    if settings.workers == 1:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="kgservice-metrics-") as directory:
        yield Path(directory)


def _service(
    settings: Settings, address: Address, order: Order, door: Door, recorder: Recorder
) -> Service:
    return Service(
        address=address,
        indexes=IndexDirectory.below(settings.data_dir),
        indexing=order,
        evaluator=settings.evaluator,
        max_lag=settings.max_lag,
        limits=settings.limits,
        query_seconds=settings.query_timeout,
        body_seconds=settings.body_timeout,
        at_once=settings.max_at_once,
        waiting=settings.max_waiting,
        exports=settings.max_exports,
        followers=settings.max_followers,
        trusted=trusted_of(settings),
        introspection=settings.introspection,
        language=settings.language,
        door=door,
        revive=partial(revive, settings),
        recorder=recorder,
        access_log=settings.access_log,
        export_bytes=int(settings.export_bytes),
    )
