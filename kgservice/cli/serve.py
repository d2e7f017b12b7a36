"""`kgservice serve` and `kgservice demo`: the API, from a terminal."""

from __future__ import annotations

import importlib.resources
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click
import uvicorn

import sample
from kgservice.api.access import Door
from kgservice.app import Service, create_app
from kgservice.cli.address import migrated_address, revive
from kgservice.cli.entrance import door_of, listening, trusted_of
from kgservice.cli.index import bring_up, order_of
from kgservice.cli.server import Server, Unready
from kgservice.cli.workers import serve_together
from kgservice.errors import ConfigurationError
from kgservice.graph.client import Address, Graph
from kgservice.graph.cypher.bookkeeping import READ_DATA_VERSION, READ_RUNS
from kgservice.index.building import Order
from kgservice.index.directory import IndexDirectory
from kgservice.local.progress import Terminal
from kgservice.serving.choice import EvaluatorChoice
from kgservice.settings import Settings, read_settings
from kgservice.telemetry.logs import log_to_stderr
from kgservice.telemetry.metrics import Metrics, count_together, forget_worker
from kgservice.telemetry.recording import Recorder
from kgservice.telemetry.tracing import export_spans
from loaders.formats import FORMATS
from loaders.order import Load, new_run
from loaders.reading.sources import Source
from loaders.run import load


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
        _serve(settings, address, index_first=settings.evaluator is EvaluatorChoice.MATRIX)


@click.command("demo")
@click.option("--port", type=int, help="Port to listen on.  [default: KG_PORT, 8000]")
def demo_command(port: int | None) -> None:
    """A local Neo4j with the sample in it, and the API: all that it takes to look around."""
    settings = read_settings(port=port)
    if settings.neo4j_uri is not None:
        raise ConfigurationError(
            f"the demo fills a Neo4j of its own, and KG_NEO4J_URI names {settings.neo4j_uri}: "
            "unset it, or use `kgservice migrate`, `load` and `serve`"
        )
    witness = Terminal(sys.stderr)
    with migrated_address(settings, purpose="kgservice demo", witness=witness) as address:
        load_sample(address, settings)
        _serve(settings, address, greeting=True, index_first=True)


def load_sample(address: Address, settings: Settings) -> None:
    """Load the sample by the loaders that everything comes by, where the graph is empty.

    A load of it that was cut off is gone on with.
    """
    with Graph.connect(address) as graph:
        if graph.value(READ_DATA_VERSION) and not _is_cut_off(graph):
            return
        click.echo("loading the sample", err=True)
        began = time.monotonic()
        run = new_run()
        for one in sample.FILES:
            with importlib.resources.as_file(
                importlib.resources.files("sample") / one.name
            ) as path:
                load(graph, _sample_load(one, path, run, settings))
        click.echo(f"sample loaded in {time.monotonic() - began:.1f} s", err=True)


def _is_cut_off(graph: Graph) -> bool:
    """Whether the sample alone is in the graph, and not all of it."""
    files = {(one.dataset, one.format) for one in sample.FILES}
    runs = graph.value(READ_RUNS, {"dataset": None})
    begun = {(dataset, format) for dataset, _, format, *_ in runs}
    ended = {(row[0], row[2]) for row in runs if row[4] is not None}
    return bool(begun) and begun <= files and ended < files


def _sample_load(one: sample.SampleFile, path: Path, run: str, settings: Settings) -> Load:
    quarantine = settings.data_dir / "quarantine" / one.dataset / "sample.jsonl"
    return Load(FORMATS[one.format], [Source(str(path))], one.dataset, run, quarantine)


def _serve(
    settings: Settings, address: Address, *, greeting: bool = False, index_first: bool
) -> None:
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
                click.echo(_TRY.format(url=f"http://{host}:{port}", guides=guides))

        def serve(answers: Callable[[], None]) -> None:
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
            serve(ready)
        else:
            assert shared is not None, "several workers count together"
            serve_together(
                settings.workers,
                serve,
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


#: Names may be misspelt: that is the point of the first one. curl joins the lines that it reads.
_TRY = r"""
to look around in a browser: {url}/
in Neo4j Browser, which `kgservice db open` opens: :play {guides}/intents.html

two to try:

curl -s {url}/graphql -H 'content-type: application/json' -d @- <<'END'
{{"query": "{{ answers(query: {{intersect: [
    {{follow: {{from: {{mention: {{text: \"Forest Gump\"}}}}, path: \"CAST_MEMBER\"}}}}
    {{follow: {{from: {{mention: {{text: \"Apolo 13\"}}}}, path: \"CAST_MEMBER\"}}}}
  ]}}) {{ nodes {{ label description }} }} }}"}}
END

curl -s {url}/graphql -H 'content-type: application/json' -d @- <<'END'
{{"query": "{{ entities(ids: [\"P-TENT-4\"]) {{ label
    statements(orderBy: TYPICALITY, first: 5) {{ nodes {{ text typicality }} }} }} }}"}}
END
"""
