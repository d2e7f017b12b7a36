"""What a user might pick instead, in process, on the same questions: kglite and Ladybug.

    pip install kglite ladybug pandas
    python -m bench.queries.peers --size m

Neither is a part of this project. kglite is asked by the texts of `by_hand`; Ladybug knows no sets
in a query, so it gets what its manual shows: a MATCH for each hop, EXISTS for what is left out,
UNION. Every answer is checked; a structure that one gets wrong, or refuses, says so.
"""

from __future__ import annotations

import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import click

from bench.queries.by_hand import FIRST, by_hand
from bench.queries.facts import Asked, Facts, questions
from bench.queries.report import times
from bench.queries.ways import InProcess
from bench.queries.worlds import facts
from kgservice.algebra.expression import (
    Entities,
    Expression,
    Follow,
    Intersect,
    Step,
    Subtract,
    Union,
)
from kgservice.algebra.pattern import Hop
from kgservice.algebra.structures import STRUCTURES
from kgservice.index.directory import IndexDirectory
from kgservice.index.evaluation import MatrixEvaluator
from kgservice.index.opening import open_current

_SEED = 11
#: Asks one question and returns the ids of its first answers.
Ask = Callable[[Asked], Sequence[str]]


@click.command()
@click.option("--size", type=click.Choice(["s", "m"]), default="m", help="Which CoDEx.")
@click.option("--queries", default=50, help="Questions of each structure.")
@click.option("--rounds", default=3, help="How often each is asked.")
@click.option(
    "--directory",
    type=click.Path(path_type=Path),
    default=Path("build/bench"),
    help="Where `python -m bench.queries` has put the index.",
)
def main(size: str, queries: int, rounds: int, directory: Path) -> None:
    """Ask all of them in turn: p50 / p95 in milliseconds."""
    warnings.simplefilter("ignore", DeprecationWarning)
    graph = facts(size)
    asked = questions(graph, list(STRUCTURES), queries, _SEED)
    ways = {
        "index": _index(directory / size),
        "kglite": _kglite(graph),
        "Ladybug": _ladybug(graph),
    }
    click.echo("| structure | " + " | ".join(ways) + " |\n" + "|" + " --- |" * (len(ways) + 1))
    for name in STRUCTURES:
        several = [one for one in asked if one.structure == name]
        cells = [_cell(*_asked(ways, several, rounds)[way]) for way in ways]
        click.echo(f"| {name} | " + " | ".join(cells) + " |")


def _asked(
    ways: dict[str, Ask], asked: Sequence[Asked], rounds: int
) -> dict[str, tuple[list[float], int]]:
    took: dict[str, list[float]] = defaultdict(list)
    wrong: dict[str, int] = defaultdict(int)
    for turn in range(rounds + 1):
        for one in asked:
            for name, ask in ways.items():
                began = time.perf_counter()
                try:
                    found = ask(one)
                except Exception:  # whatever a library of others raises
                    found = []
                if turn:
                    took[name].append((time.perf_counter() - began) * 1_000)
                else:
                    wrong[name] += list(found) != list(one.answers[:FIRST])
    return {name: (took[name], wrong[name]) for name in ways}


def _cell(took: list[float], wrong: int) -> str:
    return f"{times(took)}" + (f" ({wrong} wrong)" if wrong else "")


def _index(data_dir: Path) -> Ask:
    opened = open_current(IndexDirectory.below(data_dir), None)
    assert opened is not None, "run `python -m bench.queries` first"
    way = InProcess(MatrixEvaluator(opened.snapshot))

    def ask(asked: Asked) -> Sequence[str]:
        waits_for_nobody = way.ids(asked)
        try:
            waits_for_nobody.send(None)
        except StopIteration as ended:
            found: Sequence[str] = ended.value
            return found
        raise AssertionError("the question went aside")

    return ask


def _frames(graph: Facts) -> Iterator[tuple[str, Any]]:
    import pandas as pd

    ids = pd.Series(graph.ids)
    for code, relation in enumerate(graph.relations):
        rows = graph.relation == code
        ends = {"s": graph.subject[rows], "o": graph.object[rows]}
        yield relation, pd.DataFrame({name: ids[one].to_numpy() for name, one in ends.items()})


def _kglite(graph: Facts) -> Ask:
    import kglite
    import pandas as pd

    known = kglite.KnowledgeGraph()
    nodes = pd.DataFrame({"id": graph.ids, "label": graph.ids})
    known.add_nodes(nodes, "Entity", "id", "label")
    for relation, frame in _frames(graph):
        known.add_relationships(frame, relation, "Entity", "s", "Entity", "o")

    def ask(asked: Asked) -> Sequence[str]:
        text, parameters = by_hand(asked.expression)
        [row] = known.cypher(text, params=parameters)
        [rows] = row.values()
        return [one[0] for one in rows]

    return ask


def _ladybug(graph: Facts) -> Ask:
    import ladybug
    import pandas as pd

    # One thread: the others of a question's milliseconds are spent on waking them.
    connection = ladybug.Connection(ladybug.Database(":memory:"), num_threads=1)
    connection.execute("CREATE NODE TABLE Entity(id STRING PRIMARY KEY, label STRING)")
    nodes = pd.DataFrame({"id": graph.ids, "label": graph.ids})
    connection.execute("COPY Entity FROM $nodes", {"nodes": nodes})
    for relation, frame in _frames(graph):
        connection.execute(f"CREATE REL TABLE {relation}(FROM Entity TO Entity)")
        connection.execute(f"COPY {relation} FROM $frame", {"frame": frame})

    def ask(asked: Asked) -> Sequence[str]:
        texts = _Texts()
        rows = "\nUNION\n".join(
            f"{clauses}RETURN DISTINCT x.id AS id, x.label AS label" for clauses in
            texts.alternatives(asked.expression)
        )  # fmt: skip
        found = connection.execute(rows + _ordered(rows), texts.parameters)
        ids = [row[0] for row in found.get_all()]
        return sorted(ids)[:FIRST]

    return ask


def _ordered(rows: str) -> str:
    """What cuts the rows short; a union is not ordered."""
    return "" if "UNION" in rows else f" ORDER BY id LIMIT {FIRST}"


@dataclass
class _Texts:
    """A question as texts, one for each operand of a union; each ends with its entities as x."""

    parameters: dict[str, str] = field(default_factory=dict)
    names: count[int] = field(default_factory=count)

    def alternatives(self, expression: Expression) -> list[str]:
        match expression:
            case Union(operands):
                return [text for one in operands for text in self.alternatives(one)]
            case Follow(source, steps):
                hops = "".join(self._hop(step.pattern) for step in steps)
                return [text + hops for text in self.alternatives(source)]
            case Intersect((first, *others)):
                joined = "".join(f"{self._meeting(one)}WITH DISTINCT x\n" for one in others)
                return [text + joined for text in self.alternatives(first)]
            case Subtract(source, remove):
                gone = f"WITH x WHERE NOT EXISTS {{ {self._meeting(remove)} }}\n"
                return [text + gone for text in self.alternatives(source)]
            case Entities(((id, _),)):
                return [f"MATCH (x:Entity {{id: ${self._parameter(id)}}})\n"]
            case _:
                raise ValueError(f"no structure has {expression}")

    def _hop(self, pattern: object) -> str:
        return f"MATCH (x){_way(pattern)}(y:Entity)\nWITH DISTINCT y AS x\n"

    def _meeting(self, leg: Expression) -> str:
        """A leg from its anchor to the x at hand."""
        steps: list[Step] = []
        source = leg
        while isinstance(source, Follow):
            steps, source = [*source.steps, *steps], source.source
        assert isinstance(source, Entities)
        text = f"MATCH (:Entity {{id: ${self._parameter(source.entities[0][0])}}})"
        for step in steps[:-1]:
            text += f"{_way(step.pattern)}(:Entity)"
        return f"{text}{_way(steps[-1].pattern)}(x)\n"

    def _parameter(self, id: str) -> str:
        name = f"e{next(self.names)}"
        self.parameters[name] = id
        return name


def _way(pattern: object) -> str:
    assert isinstance(pattern, Hop)
    relation = next(iter(pattern.forwards or pattern.backwards or frozenset()))
    return f"-[:{relation}]->" if pattern.forwards else f"<-[:{relation}]-"


if __name__ == "__main__":
    main()
