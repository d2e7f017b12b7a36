"""Tables as Markdown, and a picture as SVG."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds."""

    p50: float
    p95: float
    p99: float

    def __str__(self) -> str:
        return f"{_shown(self.p50)} / {_shown(self.p95)}"


def times(samples: Sequence[float]) -> Times:
    """What so many took."""
    ranked = sorted(samples)
    return Times(statistics.median(ranked), *(_part(ranked, part) for part in (0.95, 0.99)))


@dataclass(frozen=True, slots=True)
class Line:
    """What one structure costs by each way, in the order of COLUMNS.

    `warm` are questions that all ways are asked in turn, `alone` the same asked by one way behind
    the other, so that none finds what others left in the caches of the processor. `first` are
    questions of relations not asked together before; `planning` is what the evaluator on Neo4j
    needed more for them, in process, than for the same text again.
    """

    structure: str
    questions: int
    answers: int
    warm: Sequence[Times]
    alone: Sequence[Times]
    first: Sequence[Times]
    planning: Times


#: The ways to ask, with their colours in pictures.
COLUMNS = {
    "by hand": "#9aa5b1",
    "Cypher, in process": "#93c5fd",
    "index, in process": "#86efac",
    "Cypher, HTTP": "#1d4ed8",
    "index, HTTP": "#15803d",
}
BY_HAND, CYPHER, MATRIX, CYPHER_HTTP, MATRIX_HTTP = range(5)


def by_themselves(lines: Sequence[Line]) -> list[Line]:
    """The same lines as if each way by itself were all ways in turn."""
    return [replace(one, warm=one.alone) for one in lines]


def table(lines: Sequence[Line]) -> str:
    """p50 / p95 of each way, questions warm."""
    lined = rows("structure", "answers, median", *COLUMNS)
    for one in lines:
        lined.append(row(one.structure, one.answers, *one.warm))
    return "\n".join(lined)


def first_table(lines: Sequence[Line]) -> str:
    """p50 / p95 of questions that were not asked before."""
    lined = rows("structure", *COLUMNS, "planning")
    for one in lines:
        lined.append(row(one.structure, *one.first, one.planning))
    return "\n".join(lined)


def ratio_table(lines: Sequence[Line], trip: float) -> str:
    """What the targets say: ours beside what a hand writes."""
    lined = rows(
        "structure", "Cypher, HTTP: more at p50, in round trips", "p95",
        "index, in process: p50, ms", "how much quicker",
        "index, HTTP: p50", "p95", "first seen: how much quicker",
    )  # fmt: skip
    for one in lines:
        hand = one.warm[BY_HAND]
        cypher, matrix, inside = (one.warm[at] for at in (CYPHER_HTTP, MATRIX_HTTP, MATRIX))
        lined.append(
            row(
                one.structure,
                f"{(cypher.p50 - hand.p50) / trip:.1f}",
                f"{cypher.p95 / hand.p95:.2f}",
                f"{inside.p50:.3f}",
                f"{hand.p50 / inside.p50:.1f}",
                f"{matrix.p50 / hand.p50:.2f}",
                f"{matrix.p95 / hand.p95:.2f}",
                f"{one.first[BY_HAND].p50 / one.first[MATRIX_HTTP].p50:.0f}",
            )
        )
    return "\n".join(lined)


def rows(*names: str) -> list[str]:
    """The head of a table."""
    return [row(*names), "|" + " --- |" * len(names)]


def row(*cells: object) -> str:
    """A line of a table."""
    return "| " + " | ".join(map(str, cells)) + " |"


def _shown(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _part(ranked: Sequence[float], part: float) -> float:
    return ranked[min(len(ranked) - 1, int(part * len(ranked)))]


_BAR, _GAP, _LEFT, _TOP, _WIDE = 7, 12, 60, 46, 560


def picture(lines: Sequence[Line], title: str) -> str:
    """Bars of p50 with a line on to p95, for each structure and way."""
    most = max(one.p95 for line in lines for one in line.warm)
    height = _TOP + len(lines) * (len(COLUMNS) * _BAR + _GAP) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LEFT + _WIDE + 90}" height="{height}"'
        ' font-family="sans-serif" font-size="11">',
        f'<text x="{_LEFT}" y="16" font-size="13">{title}</text>',
    ]
    for place, (name, colour) in enumerate(COLUMNS.items()):
        x = _LEFT + place * 125
        parts.append(f'<rect x="{x}" y="25" width="10" height="10" fill="{colour}"/>')
        parts.append(f'<text x="{x + 14}" y="34">{name}</text>')
    for row, line in enumerate(lines):
        top = _TOP + row * (len(COLUMNS) * _BAR + _GAP)
        name = f'<text x="{_LEFT - 8}" y="{top + 22}" text-anchor="end">{line.structure}</text>'
        parts.append(name)
        for place, (took, colour) in enumerate(zip(line.warm, COLUMNS.values(), strict=True)):
            parts += _bar(top + place * _BAR, took, colour, _WIDE / most)
    return "\n".join([*parts, "</svg>", ""])


def _bar(top: float, took: Times, colour: str, scale: float) -> list[str]:
    middle, end = top + (_BAR - 1) / 2, _LEFT + took.p95 * scale
    return [
        f'<rect x="{_LEFT}" y="{top}" width="{took.p50 * scale:.1f}" height="{_BAR - 1}"'
        f' fill="{colour}"/>',
        f'<line x1="{_LEFT}" x2="{end:.1f}" y1="{middle}" y2="{middle}" stroke="{colour}"/>',
        f'<text x="{end + 4:.1f}" y="{top + _BAR - 1}" font-size="7">{took}</text>',
    ]
