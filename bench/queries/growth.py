"""How times grow with the graph: tables and a picture of several runs of `bench.queries --json`.

python -m bench.queries --size s --json > s.json
python -m bench.queries --size m --json > m.json
python -m bench.queries --size 2m --json > 2m.json
python -m bench.queries.growth s.json m.json 2m.json --picture growth.svg
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import orjson

from bench.queries.report import BY_HAND, COLUMNS, CYPHER, MATRIX

_SHOWN = (BY_HAND, CYPHER, MATRIX)
_LEFT, _TOP, _WIDE, _HIGH = 60, 40, 420, 260


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--picture", "svg", type=click.Path(path_type=Path), help="An SVG file to write.")
def main(files: Sequence[Path], svg: Path | None) -> None:
    """A row for each structure, p50 of three ways for each graph."""
    runs = [orjson.loads(file.read_bytes()) for file in files]
    names = list(COLUMNS)
    heads = [f"{run['statements']:,}, {names[at]}" for at in _SHOWN for run in runs]
    click.echo("| structure | " + " | ".join(heads) + " |\n" + "|" + " --- |" * (len(heads) + 1))
    for place, line in enumerate(runs[0]["structures"]):
        cells = [_p50(run, place, at) for at in _SHOWN for run in runs]
        shown = " | ".join(f"{one:.2f}" for one in cells)
        click.echo(f"| {line['structure']} | {shown} |")
    if svg is not None:
        svg.write_text(picture(runs), "utf-8")


def _p50(run: dict[str, Any], place: int, at: int) -> float:
    found: float = run["structures"][place]["warm"][at]["p50"]
    return found


def picture(runs: Sequence[dict[str, Any]]) -> str:
    """The median over structures of p50, by statements; both in powers of ten."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LEFT + _WIDE + 150}"'
        f' height="{_TOP + _HIGH + 50}" font-family="sans-serif" font-size="11">',
        f'<text x="{_LEFT}" y="18" font-size="13">p50 in ms (median of structures)'
        " by statements in the graph</text>",
    ]
    lines = {
        name: [
            (run["statements"], statistics.median(_p50(run, place, at) for place in range(14)))
            for run in runs
        ]
        for at, name in enumerate(COLUMNS)
    }
    sizes = [math.log10(run["statements"]) for run in runs]
    every = [math.log10(took) for line in lines.values() for _, took in line]
    low, high = math.floor(min(every)), math.ceil(max(every))

    def at(size: float, took: float) -> tuple[float, float]:
        across = (math.log10(size) - sizes[0]) / (sizes[-1] - sizes[0])
        up = (math.log10(took) - low) / (high - low)
        return _LEFT + across * _WIDE, _TOP + (1 - up) * _HIGH

    for power in range(low, high + 1):
        _, y = at(10 ** sizes[0], 10**power)
        parts.append(f'<line x1="{_LEFT}" x2="{_LEFT + _WIDE}" y1="{y}" y2="{y}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{10**power:g}</text>')
    for run in runs:
        x, _ = at(run["statements"], 10**low)
        shown = f"{run['statements']:,}"
        parts.append(f'<text x="{x}" y="{_TOP + _HIGH + 20}" text-anchor="middle">{shown}</text>')
    for (name, line), colour in zip(lines.items(), COLUMNS.values(), strict=True):
        points = [at(*one) for one in line]
        shown = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{shown}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{points[-1][0] + 8}" y="{points[-1][1] + 4}">{name}</text>')
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    main()
