"""The commands of someone who looks around: the sample in a Neo4j of its own, and the API.

Apart from `serve`, which needs no loaders: they are 12 MB of every worker's memory.
"""

from __future__ import annotations

import importlib.resources
import sys
import time
from pathlib import Path

import click

import sample
from kgservice.cli.address import migrated_address
from kgservice.cli.serve import serve
from kgservice.errors import ConfigurationError
from kgservice.graph.client import Address, Graph
from kgservice.graph.cypher.bookkeeping import READ_DATA_VERSION, READ_RUNS
from kgservice.local.progress import Terminal
from kgservice.settings import Settings, read_settings
from loaders.formats import FORMATS
from loaders.order import Load, new_run
from loaders.reading.sources import Source
from loaders.run import load


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
        serve(settings, address, greeting=_TRY, index_first=True)


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
