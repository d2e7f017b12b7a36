"""How times grow with the graph and with the answers: several graphs asked in turn.

    python -m bench.queries.growth --picture growth.svg

Each graph has a Neo4j of its own, and the graphs take turns question by question: a machine that
grows slower does so for all of them.
"""

from __future__ import annotations

import asyncio
import gc
import math
import statistics
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import click

from bench.queries.facts import Asked, questions
from bench.queries.measuring import made_hot
from bench.queries.report import COLUMNS, row, rows, times
from bench.queries.ways import InProcessWays, in_process, timed
from bench.queries.worlds import ensure, facts, local
from kgservice.algebra.structures import STRUCTURES
from kgservice.local.instance import attach

_SEED = 11
#: Upper ends of the classes of questions by how many answers they have.
_ANSWERS = (10, 100, 1_000)
_LEFT, _TOP, _WIDE, _HIGH = 60, 40, 420, 260


@dataclass(frozen=True, slots=True)
class _Sample:
    """What a question to a graph took by one way, in ms; `statements` are those of the graph."""

    statements: int
    structure: str
    answers: int
    way: str
    took: float


@click.command()
@click.option("--sizes", default="s,m,2m", help="The graphs, by commas; see bench.queries --size.")
@click.option("--queries", default=10, help="Questions of each structure to each graph.")
@click.option("--rounds", default=5, help="How often each is asked by each way, plans warm.")
@click.option(
    "--directory",
    type=click.Path(path_type=Path),
    default=Path("build/bench"),
    help="Where databases and indexes are kept from one run to the next.",
)
@click.option("--picture", "svg", type=click.Path(path_type=Path), help="An SVG file to write.")
def main(sizes: str, queries: int, rounds: int, directory: Path, svg: Path | None) -> None:
    """p50 of three ways for each graph, by structure and by the number of answers."""
    samples = asyncio.run(_measured(directory, sizes.split(","), queries, rounds))
    names = list(dict.fromkeys(one.way for one in samples))
    graphs = sorted({one.statements for one in samples})
    heads = [f"{size:,}, {name}" for name in names for size in graphs]
    by_structure: dict[str, Sequence[_Sample]] = {
        name: [one for one in samples if one.structure == name] for name in STRUCTURES
    }
    by_answers = {
        f"up to {most:,}": [one for one in samples if least < one.answers <= most]
        for least, most in zip((0, *_ANSWERS), _ANSWERS, strict=False)
    }
    for head, groups in (("structure", by_structure), ("answers", by_answers)):
        click.echo("\n".join([*rows(head, *heads), *_lines(groups, names, graphs)]) + "\n")
    if svg is not None:
        svg.write_text(picture(samples), "utf-8")


async def _measured(
    directory: Path, sizes: Sequence[str], queries: int, rounds: int
) -> list[_Sample]:
    async with AsyncExitStack() as stack:
        graphs: list[tuple[int, list[Asked], InProcessWays]] = []
        for size in sizes:
            options = local(directory / size)
            ensure(options, size)
            known = facts(size)
            running = stack.enter_context(attach(options, purpose="bench.queries.growth"))
            opened = in_process(running.address, options.data_dir)
            each = await stack.enter_async_context(opened)
            each.prepare()
            asked = questions(known, list(STRUCTURES), queries, _SEED)
            graphs.append((len(known), asked, each))
            await made_hot(asked, each)
        gc.freeze()
        samples = []
        for turn in range(rounds):
            for several in zip(*(asked for _, asked, _ in graphs), strict=True):
                for one, (statements, _, each) in zip(several, graphs, strict=True):
                    answers = len(one.answers)
                    # Not always in one order: what a way leaves in a cache serves the next.
                    every = list(zip(COLUMNS, each.each(), strict=False))
                    for name, way in every[turn % len(every) :] + every[: turn % len(every)]:
                        took = await timed(way, one)
                        samples.append(_Sample(statements, one.structure, answers, name, took))
        return samples


def _lines(
    groups: Mapping[str, Sequence[_Sample]], names: Sequence[str], graphs: Sequence[int]
) -> list[str]:
    return [
        row(name, *(_p50(several, way, size) for way in names for size in graphs))
        for name, several in groups.items()
    ]


def _p50(samples: Sequence[_Sample], way: str, statements: int) -> str:
    took = [one.took for one in samples if (one.way, one.statements) == (way, statements)]
    return f"{times(took).p50:.2f}" if took else ""


def picture(samples: Sequence[_Sample]) -> str:
    """The median of all questions, by statements; both in powers of ten."""
    took: dict[str, dict[int, list[float]]] = {}
    for one in samples:
        took.setdefault(one.way, {}).setdefault(one.statements, []).append(one.took)
    lines = {
        name: [(size, statistics.median(several)) for size, several in sorted(each.items())]
        for name, each in took.items()
    }
    graphs = sorted({one.statements for one in samples})
    first, last = math.log10(graphs[0]), math.log10(graphs[-1])
    every = [math.log10(median) for line in lines.values() for _, median in line]
    low, high = math.floor(min(every)), math.ceil(max(every))

    def at(size: float, median: float) -> tuple[float, float]:
        across = (math.log10(size) - first) / (last - first)
        up = (math.log10(median) - low) / (high - low)
        return _LEFT + across * _WIDE, _TOP + (1 - up) * _HIGH

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LEFT + _WIDE + 150}"'
        f' height="{_TOP + _HIGH + 50}" font-family="sans-serif" font-size="11">',
        f'<text x="{_LEFT}" y="18" font-size="13">p50 in ms by statements in the graph</text>',
    ]
    for power in range(low, high + 1):
        _, y = at(graphs[0], 10**power)
        parts.append(f'<line x1="{_LEFT}" x2="{_LEFT + _WIDE}" y1="{y}" y2="{y}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{10**power:g}</text>')
    for size in graphs:
        x, _ = at(size, 10**low)
        y = _TOP + _HIGH + 20
        parts.append(f'<text x="{x}" y="{y}" text-anchor="middle">{size:,}</text>')
    for name, line in lines.items():
        points = [at(*one) for one in line]
        shown = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        colour = COLUMNS[name]
        parts.append(f'<polyline points="{shown}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{points[-1][0] + 8}" y="{points[-1][1] + 4}">{name}</text>')
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    main()
