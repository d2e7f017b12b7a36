"""How fast loads are, from a file to the last commit, beside a plain MERGE of ready-made edges.

    python -m bench.loading --statements 1000000
    python -m bench.loading --codex ../shared/data/codex

All sides write to the same Neo4j, through the same driver, in turns: the plain one makes nodes by
`UNWIND .. MERGE`, then relationships by `UNWIND .. MATCH .. MATCH .. MERGE` on their id, 10,000
rows a transaction, under the same uniqueness constraints. It writes ids and nothing else. The
whole one writes by the same means what docs/graph.md has of the same statements: labels of
entities, properties of relationships, and a node for each that tells who asserts it. Neither reads
anything, counts, logs what changed, or could take anything back. Only the ratios of one run mean
something.
"""

from __future__ import annotations

import argparse
import gzip
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice, pairwise
from pathlib import Path

import migrations
from bench.queries.worlds import local
from graph_schema.ddl import relation_item
from graph_schema.identifiers import quoted, relationship_type_of
from graph_schema.ids import entity_key, statement_id
from kgservice.graph.client import Graph, Transaction
from kgservice.graph.store import Store
from kgservice.local.instance import attach
from loaders.formats import FORMATS
from loaders.order import Load
from loaders.reading.sources import Source
from loaders.report import Report
from loaders.run import load
from loaders.writing.triple_assertions import triple_assertion_id

Fact = tuple[str, str, str]

_BATCH = 10_000
_RELATIONS = 15
_COMPARED = (("load", "plain"), ("load", "whole"), ("load, unchanged", "plain"))
#: One statement for all would hold what it deletes: 2.4 M nodes do not fit into a heap of 1 GB, nor
#: do a few hubs with all their edges, which go first.
_WIPE_SOME = (
    "MATCH (:Entity)-[r]->() WITH r LIMIT 20000 DELETE r RETURN count(*)",
    """
MATCH (n) WHERE NOT n:Relation AND NOT n:EntityType AND NOT n:__SchemaHead AND NOT n:__SchemaLog
WITH n LIMIT 5000
DETACH DELETE n
RETURN count(*)
""",
)


def synthetic(size: int, seed: int = 1) -> list[Fact]:
    """Statements between a fifth as many entities, some of them hubs (Pareto), of 15 relations."""
    rng = random.Random(seed)
    entities = max(size // 5, 10)
    facts: dict[Fact, None] = {}
    while len(facts) < size:
        hub = min(int(rng.paretovariate(0.7)), entities) - 1
        relation = f"relation {rng.randrange(_RELATIONS)}"
        facts[f"entity {rng.randrange(entities)}", relation, f"entity {hub}"] = None
        other = f"entity {rng.randrange(entities)}"
        facts[f"entity {rng.randrange(entities)}", relation, other] = None
    return list(facts)[:size]


def codex(directory: Path) -> list[Fact]:
    """The statements of CoDEx-M."""
    facts: list[Fact] = []
    for part in ("train", "valid", "test"):
        with gzip.open(directory / f"codex-m_{part}.tsv.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                head, relation, tail = line.rstrip("\n").split("\t")
                facts.append((head, relation, tail))
    return facts


@dataclass(frozen=True, slots=True)
class ByHand:
    """What is written of ready-made rows: of a node, and behind the MERGE of an edge by its id."""

    node: str
    edge: str
    #: What rows have behind head, tail and id: of the relation and the id.
    more: Callable[[str, str], list[str]]


_PLAIN = ByHand("", "", lambda _, __: [])
_WHOLE = ByHand(
    "ON CREATE SET e.label = id, e.aliases = [], e.datasets = []",
    "ON CREATE SET r.support = 1, r.level = 'asserted', r.sources = ['bench'], "
    "r.updated_at = datetime() "
    "MERGE (a:Assertion {id: row[3]}) "
    "ON CREATE SET a.statement_id = row[2], a.subject = row[0], a.relation = row[4], "
    "a.object = row[1], a.support = 1, a.dataset = 'bench', a.run = 'bench', a.digest = 1",
    lambda relation, id: [triple_assertion_id("bench", id), relation],
)


def by_hand(graph: Graph, facts: Sequence[Fact], what: ByHand) -> None:
    """Ready-made rows, MERGE, nothing else."""
    nodes = sorted({end for head, _, tail in facts for end in (head, tail)})
    for several in batches(nodes):
        _write(graph, f"UNWIND $rows AS id MERGE (e:Entity {{id: id}}) {what.node}", several)
    by_type: dict[str, list[list[str]]] = {}
    for head, relation, tail in facts:
        id = statement_id(head, relation, entity_key(tail))
        row = [head, tail, id, *what.more(relation, id)]
        by_type.setdefault(relation, []).append(row)
    for relation, rows in by_type.items():
        text = (
            "UNWIND $rows AS row MATCH (s:Entity {id: row[0]}) MATCH (o:Entity {id: row[1]}) "
            f"MERGE (s)-[r:{quoted(relationship_type_of(relation))} {{id: row[2]}}]->(o) "
            f"{what.edge}"
        )
        for several in batches(sorted(rows)):
            _write(graph, text, several)


def ours(graph: Store, file: Path, watch: Callable[[Report], None]) -> Report:
    """`kgservice load triples FILE --new-relations register`."""
    order = Load(
        FORMATS["triples"],
        [Source(str(file))],
        "bench",
        "bench",
        file.with_suffix(".quarantine"),
        register_relations=True,
    )
    return load(graph, order, watch=watch)


def batches(rows: Sequence[object]) -> Iterator[list[object]]:
    left = iter(rows)
    while several := list(islice(left, _BATCH)):
        yield several


def _write(graph: Graph, text: str, rows: list[object]) -> None:
    def work(transaction: Transaction) -> None:
        transaction.run(text, {"rows": rows})

    graph.write(work, name="bench")


def compare(graph: Graph, name: str, facts: Sequence[Fact], directory: Path, repeats: int) -> None:
    file = directory / f"{name}.tsv"
    file.write_text("".join("\t".join(fact) + "\n" for fact in facts), encoding="utf-8")
    for relation in sorted({relation for _, relation, _ in facts}):
        graph.run(relation_item(relation).create())
    print(f"\n{name}: {len(facts):,} statements, a second", flush=True)
    for turn in range(repeats):
        rates = {}
        wipe(graph)
        rates["plain"] = timed(lambda: by_hand(graph, facts, _PLAIN), len(facts))
        rates["plain, again"] = timed(lambda: by_hand(graph, facts, _PLAIN), len(facts))
        wipe(graph)
        rates["whole"] = timed(lambda: by_hand(graph, facts, _WHOLE), len(facts))
        wipe(graph)
        curve: list[tuple[int, float]] = []
        rates["load"] = timed(
            partial(ours, graph, file, partial(_note, curve)),
            len(facts),
        )
        rates["load, unchanged"] = timed(lambda: ours(graph, file, lambda _: None), len(facts))
        shown = "  ".join(f"{what} {rate:,.0f}" for what, rate in rates.items())
        print(f"  {turn + 1}: {shown}", flush=True)
        ratios = [f"{one} / {other} {rates[one] / rates[other]:.2f}" for one, other in _COMPARED]
        print(f"     {', '.join(ratios)}", flush=True)
        if turn == repeats - 1:
            print("     curve of the load: " + told(curve), flush=True)


def wipe(graph: Graph) -> None:
    """All but the vocabulary and the schema goes."""
    for some in _WIPE_SOME:
        while graph.run(some) != [[0]]:
            pass


def _note(curve: list[tuple[int, float]], report: Report) -> None:
    curve.append((report.read, report.seconds))


def timed(work: Callable[[], object], size: int) -> float:
    """Statements a second."""
    began = time.perf_counter()
    work()
    return size / (time.perf_counter() - began)


def told(curve: Sequence[tuple[int, float]]) -> str:
    """The rate within each tenth of a load."""
    step = max(len(curve) // 10, 1)
    points = [(0, 0.0), *curve[step - 1 :: step]]
    rates = [
        f"{end:,}: {(end - start) / (until - since):,.0f}"
        for (start, since), (end, until) in pairwise(points)
        if until > since
    ]
    return "  ".join(rates)


@contextmanager
def server(directory: Path) -> Iterator[Graph]:
    options = local(directory / "graph")
    with attach(options, purpose="bench") as running:
        migrations.upgrade(running.address)
        with Graph.connect(running.address) as graph:
            yield graph


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--statements", type=int, default=0, help="size of a synthetic graph")
    parser.add_argument("--codex", type=Path, help="the directory of CoDEx")
    parser.add_argument("--repeats", type=int, default=2, help="turns of both sides (default 2)")
    parser.add_argument("--directory", type=Path, help="where files and the graph go")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.directory) as temporary:
        directory = Path(temporary)
        with server(directory) as graph:
            if arguments.codex:
                compare(graph, "codex-m", codex(arguments.codex), directory, arguments.repeats)
            if arguments.statements:
                facts = synthetic(arguments.statements)
                compare(graph, "synthetic", facts, directory, arguments.repeats)


if __name__ == "__main__":
    main()
