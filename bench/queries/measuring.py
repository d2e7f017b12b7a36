"""All ways in turn, question by question: first what was never asked, then with plans warm.

Then each way by itself, one behind the other.
"""

from __future__ import annotations

import gc
import statistics
from collections.abc import Sequence
from pathlib import Path

import click

from bench.queries.crowds import Crowd, crowds
from bench.queries.facts import Asked
from bench.queries.report import CYPHER, CYPHER_HTTP, Line, times
from bench.queries.ways import InProcessWays, Way, Ways, timed, ways
from kgservice.graph.client import Address

_RUNS_UNTIL_HOT = 12

#: Milliseconds of each question by one way.
Samples = list[float]


async def measured(
    address: Address, data_dir: Path, asked: list[Asked], rounds: int, seconds: float
) -> tuple[list[Line], float, list[Crowd]]:
    """A line for each structure and one for all, what RETURN 1 takes, and what crowds got."""
    async with ways(address, data_dir) as each:
        each.inside.prepare()
        await each.inside.graph.plans.planned()
        # As a service does when it starts: to look through facts and questions for garbage takes
        # 20 ms, which would fall to whichever way happens to ask.
        gc.freeze()
        for _ in range(200):
            await each.inside.by_hand.round_trip()
        trip = statistics.median([await each.inside.by_hand.round_trip() for _ in range(200)])
        lines, samples, apart = [], [], []
        for name in dict.fromkeys(one.structure for one in asked):
            several = [one for one in asked if one.structure == name]
            first, planning = await _first(several, each)
            took = await _warm(several, rounds, each)
            alone = await _alone(several, rounds, each)
            lines.append(_line(name, several, (took, alone, first), planning))
            samples.append(took)
            apart.append(alone)
            click.echo(f"{name}: " + ", ".join(map(str, lines[-1].warm)), err=True)
        if len(lines) > 1:
            lines.append(_together(lines, samples, apart))
        met = await crowds(each, asked, seconds) if seconds else []
        return lines, trip, met


async def _first(asked: Sequence[Asked], each: Ways) -> tuple[list[Samples], Samples]:
    """Each way asks what it never asked; and how much longer that took than the same again."""
    first: list[Samples] = [[] for _ in each.each()]
    planning = []
    for one in asked:
        for took, way in zip(first, each.each(), strict=True):
            if way is not each.cypher_http:
                took.append(await timed(way, one))
        planning.append(first[CYPHER][-1] - await timed(each.inside.cypher, one))
        # What is planned beside requests shall not meet the question behind it.
        await each.inside.graph.plans.planned()
    for one in asked:
        first[CYPHER_HTTP].append(await timed(each.cypher_http, one))
    return first, planning


async def _warm(asked: Sequence[Asked], rounds: int, each: Ways) -> list[Samples]:
    await made_hot(asked, each.inside, each.cypher_http)
    await each.cypher_http.planned()
    every = each.each()
    samples: list[Samples] = [[] for _ in every]
    for turn in range(rounds):
        for one in asked:
            # Not always in one order: what a way leaves in a cache serves the one behind it.
            for place in range(len(every)):
                at = (place + turn) % len(every)
                samples[at].append(await timed(every[at], one))
    return samples


async def _alone(asked: Sequence[Asked], rounds: int, each: Ways) -> list[Samples]:
    """Each way all of them, once unseen and then so often."""
    every: list[Samples] = []
    for way in each.each():
        took = [await timed(way, one) for _ in range(rounds + 1) for one in asked]
        every.append(took[len(asked) :])
    return every


async def made_hot(asked: Sequence[Asked], each: InProcessWays, *services: Way) -> None:
    """Have everything planned and compiled that the questions take, and begun by services."""
    # From the second time on a question's own text is planned, beside the requests.
    for _ in range(2):
        for one in asked:
            for way in (each.cypher, *services):
                await timed(way, one)
    # Neo4j compiles a text once more when it is asked for the eleventh time, by whomever.
    for _ in range(_RUNS_UNTIL_HOT):
        for one in asked:
            await timed(each.by_hand, one)
    await each.graph.plans.planned()


def _line(
    name: str,
    asked: Sequence[Asked],
    samples: tuple[Sequence[Samples], Sequence[Samples], Sequence[Samples]],
    planning: Samples,
) -> Line:
    """`samples`: in turn, apart, and first."""
    answers = int(statistics.median(len(one.answers) for one in asked))
    warm, alone, new = [[times(one) for one in each] for each in samples]
    return Line(name, len(asked), answers, warm, alone, new, times(planning))


def _together(
    lines: Sequence[Line],
    samples: Sequence[Sequence[Samples]],
    apart: Sequence[Sequence[Samples]],
) -> Line:
    """All structures as one; of first times the medians of structures."""
    ways = range(len(lines[0].warm))
    warm, alone = [
        [times([took for each in every for took in each[place]]) for place in ways]
        for every in (samples, apart)
    ]
    first = [times([line.first[place].p50 for line in lines]) for place in ways]
    planning = times([line.planning.p50 for line in lines])
    answers = int(statistics.median(line.answers for line in lines))
    asked = sum(line.questions for line in lines)
    return Line("all", asked, answers, warm, alone, first, planning)
