"""Results cut to what an assistant may read at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

#: Bytes of JSON that make a token: English has 4, other scripts about 3.
_BYTES_A_TOKEN = 3


def fitted(rows: Iterable[Mapping[str, Any]], tokens: int) -> list[Mapping[str, Any]]:
    """The first rows that fit into so many tokens.

    >>> fitted([{"label": "Tom Hanks"}, {"label": "Tim Robbins"}], 10)
    [{'label': 'Tom Hanks'}]
    """
    kept: list[Mapping[str, Any]] = []
    room = tokens * _BYTES_A_TOKEN
    for row in rows:
        room -= len(orjson.dumps(row)) + 1
        if room < 0:
            break
        kept.append(row)
    return kept
