"""Rows into entity records."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kgservice.ledger.records import EntityRecord
from loaders.reading.checks import (
    checked_flag,
    checked_length,
    checked_time,
    text_or_none,
)
from loaders.reading.naming import Naming
from loaders.reading.rejection import Reason, RecordError

#: What an entity's record may say; other keys are passed over and counted.
FIELDS = frozenset(
    {"id", "label", "aliases", "description", "types", "language", "modified", "deleted"}
)

_SEPARATOR = re.compile(r"(?<!\\)\|")


def read_entity(cells: Mapping[str, Any], naming: Naming) -> EntityRecord:
    """The record of a row; raises RecordError."""
    types = _texts(cells, "types")
    for type in types:
        checked_length(type, "types")
    return EntityRecord(
        id=naming.id(cells.get("id"), "id"),
        label=text_or_none(cells, "label"),
        aliases=tuple(sorted(set(_texts(cells, "aliases")))),
        description=text_or_none(cells, "description"),
        types=tuple(sorted(set(types))),
        language=text_or_none(cells, "language"),
        modified=checked_time(cells.get("modified"), "modified"),
        deleted=checked_flag(cells.get("deleted"), "deleted"),
    )


def _texts(cells: Mapping[str, Any], name: str) -> list[str]:
    value = cells.get(name)
    if value is None or value == "":
        return []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise RecordError(Reason.WRONG_TYPE, f"not a list of texts: {value!r}", name)
    return [one for one in value if one]


def from_table(cells: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row of a table as a row of JSON: its lists taken apart."""
    lists = {name: split_list(cells[name]) for name in ("aliases", "types") if name in cells}
    return {**cells, **lists}


def split_list(cell: str) -> list[str]:
    r"""The texts of a list in a CSV cell: `|` between them, `\|` for the sign itself.

    >>> split_list(r"rain\|coat|mac")
    ['rain|coat', 'mac']
    """
    return [part.replace("\\|", "|") for part in _SEPARATOR.split(cell) if part]
