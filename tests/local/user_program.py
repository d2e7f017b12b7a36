"""A program that uses a local Neo4j: it says where that is, then does what standard input says."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from kgservice.errors import KGError
from kgservice.graph.client import Graph
from kgservice.local.instance import LocalOptions, Running, attach, ensure_running


def main(data_dir: str, cache_dir: str, version: str, purpose: str) -> None:
    options = LocalOptions(Path(data_dir), Path(cache_dir), version=version)
    with attach(options, purpose=purpose, schema="revision-1") as running:
        say(running)
        for question in sys.stdin:
            try:
                if question.startswith("write"):
                    write(running, question.split()[1])
                say(ensure_running(options))
            except KGError as error:
                tell(error=str(error))


def write(running: Running, name: str) -> None:
    with Graph.connect(running.address) as graph:
        graph.run("CREATE (:Kept {name: $name})-[:BESIDE]->(:Kept)", {"name": name})


def say(running: Running) -> None:
    tell(uri=running.address.uri, pid=running.pid, started=running.started)


def tell(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


main(*sys.argv[1:])
