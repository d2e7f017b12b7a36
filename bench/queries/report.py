"""Tables as Markdown, and a picture as SVG."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds."""

    p50: float
    p95: float

    def __str__(self) -> str:
        return f"{self.p50:.1f} / {self.p95:.1f}"


def times(samples: Sequence[float]) -> Times:
    ranked = sorted(samples)
    return Times(statistics.median(ranked), ranked[min(len(ranked) - 1, int(0.95 * len(ranked)))])


@dataclass(frozen=True, slots=True)
class Line:
    """What one structure costs by each way; `first` are questions of relations not asked before."""

    structure: str
    questions: int
    answers: int
    by_hand: Times
    in_process: Times
    over_http: Times
    first_by_hand: Times
    first_in_process: Times

    @property
    def p95_ratio(self) -> float:
        return self.over_http.p95 / self.by_hand.p95

    @property
    def added(self) -> float:
        return self.over_http.p50 - self.by_hand.p50


_HEAD = (
    "structure | answers, median | by hand | in process | over HTTP | added at p50 | p95 ratio |"
    " first seen, by hand | first seen, in process"
)


def table(lines: Sequence[Line]) -> str:
    columns = len(_HEAD.split("|"))
    rows = [f"| {_HEAD} |", "|" + " --- |" * columns]
    for one in lines:
        cells = (
            one.structure, one.answers, one.by_hand, one.in_process, one.over_http,
            f"{one.added:.1f}", f"{one.p95_ratio:.2f}", one.first_by_hand, one.first_in_process,
        )  # fmt: skip
        rows.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(rows)


def as_json(lines: Sequence[Line], **more: Any) -> dict[str, Any]:
    return {**more, "structures": [asdict(one) for one in lines]}


_COLOURS = {"by hand": "#9aa5b1", "in process": "#3b82f6", "over HTTP": "#1e3a5f"}
_BAR, _GAP, _LEFT, _TOP, _WIDE = 9, 12, 60, 46, 560


def picture(lines: Sequence[Line], title: str) -> str:
    """Bars of p50 with a line on to p95, for each structure and way."""
    most = max(one.p95 for line in lines for one in (line.by_hand, line.over_http))
    height = _TOP + len(lines) * (3 * _BAR + _GAP) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LEFT + _WIDE + 70}" height="{height}"'
        ' font-family="sans-serif" font-size="11">',
        f'<text x="{_LEFT}" y="16" font-size="13">{title}</text>',
    ]
    for place, (name, colour) in enumerate(_COLOURS.items()):
        x = _LEFT + place * 110
        parts.append(f'<rect x="{x}" y="25" width="10" height="10" fill="{colour}"/>')
        parts.append(f'<text x="{x + 15}" y="34">{name}</text>')
    for row, line in enumerate(lines):
        top = _TOP + row * (3 * _BAR + _GAP)
        name = f'<text x="{_LEFT - 8}" y="{top + 18}" text-anchor="end">{line.structure}</text>'
        parts.append(name)
        each = (line.by_hand, line.in_process, line.over_http)
        for place, (took, colour) in enumerate(zip(each, _COLOURS.values(), strict=True)):
            parts += _bar(top + place * _BAR, took, colour, _WIDE / most)
    return "\n".join([*parts, "</svg>", ""])


def _bar(top: float, took: Times, colour: str, scale: float) -> list[str]:
    middle, end = top + (_BAR - 1) / 2, _LEFT + took.p95 * scale
    return [
        f'<rect x="{_LEFT}" y="{top}" width="{took.p50 * scale:.1f}" height="{_BAR - 1}"'
        f' fill="{colour}"/>',
        f'<line x1="{_LEFT}" x2="{end:.1f}" y1="{middle}" y2="{middle}" stroke="{colour}"/>',
        f'<text x="{end + 4:.1f}" y="{top + _BAR - 1}" font-size="8">{took}</text>',
    ]
