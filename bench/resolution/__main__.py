"""The commands: `python -m bench.resolution WHAT [--directory DIR]`.

Indexes and databases are built into the directory once and opened again by the next call.
"""

from __future__ import annotations

from pathlib import Path

import click

from bench.resolution.measuring import resolver_of, whole_trial
from bench.resolution.peers import tell_peers
from bench.resolution.served import tell_served
from bench.resolution.sessions import tell_sessions
from bench.resolution.speed import tell_speed
from bench.resolution.spelling import tell_namesakes, tell_spelling
from kgservice.resolution.evaluation import Slice, evaluate
from kgservice.resolution.labelled import write_labelled


@click.group()
@click.option("--directory", type=click.Path(path_type=Path), default=Path("build/resolution"))
@click.pass_context
def main(context: click.Context, directory: Path) -> None:
    """How well and how quickly names are resolved; only ratios within one run mean anything."""
    directory.mkdir(parents=True, exist_ok=True)
    context.obj = directory


@main.command()
@click.option("--each", default=400, help="Mentions of each class.")
@click.pass_obj
def spelling(directory: Path, each: int) -> None:
    """Names misspelt in eight ways, among all names of the world."""
    tell_spelling(directory, each)


@main.command()
@click.pass_obj
def trials(directory: Path) -> None:
    """Mentions with contexts, namesakes and absent things, by slices and by how they were made.

    Writes train.jsonl and test.jsonl, which `kgservice.resolution.fitting` and `kgservice evaluate`
    read.
    """
    made = whole_trial()
    write_labelled(directory / "train.jsonl", made.train)
    write_labelled(directory / "test.jsonl", made.test)
    resolver = resolver_of(directory / "trial", made.world.source())
    for one in evaluate(resolver, made.test):
        print(_line(one))
    for kind in sorted(set(made.kinds)):
        chosen = [m for m, k in zip(made.test, made.kinds, strict=True) if k == kind]
        print(f"{kind:18}", _line(evaluate(resolver, chosen)[0]))


@main.command()
@click.pass_obj
def namesakes(directory: Path) -> None:
    """People of one name, each with a context that tells: a fact that the graph has."""
    tell_namesakes(directory)


@main.command()
@click.option("--each", default=1_000, help="Sessions of each kind.")
@click.pass_obj
def sessions(directory: Path, each: int) -> None:
    """What is entered next, completed with and without what was entered before."""
    tell_sessions(directory, each)


@main.command()
@click.option("--names", default=0, help="So many names, without vectors; 0: those of the trial.")
@click.option("--calls", default=1_500)
@click.pass_obj
def speed(directory: Path, names: int, calls: int) -> None:
    """Milliseconds a call, mentions a second, seconds to build, megabytes."""
    tell_speed(directory, names, calls)


@main.command()
@click.option("--each", default=10, help="Mentions of each class.")
@click.pass_obj
def peers(directory: Path, each: int) -> None:
    """The same mentions looked for by rapidfuzz and by two indexes of Neo4j."""
    tell_peers(directory, each)


@main.command()
@click.option("--calls", default=1_500)
@click.pass_obj
def served(directory: Path, calls: int) -> None:
    """The same call over HTTP and in process, and the memory of a worker."""
    tell_served(directory, calls)


def _line(one: Slice) -> str:
    quality = one.quality
    figures = {
        "r@1": quality.recall_1,
        "r@10": quality.recall_10,
        "ECE": quality.calibration,
        "NIL": quality.nil,
        "matched": quality.matched,
        "right": quality.matched_right,
    }
    shown = "  ".join(
        f"{name} {'-' if value is None else format(value, '.3f'):>5}"
        for name, value in figures.items()
    )
    return f"{one.by:10} {one.value:18} n={quality.mentions:5}  {shown}"


if __name__ == "__main__":
    main()
