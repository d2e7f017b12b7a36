"""How the ids of files become ids of the graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from loaders.reading.checks import checked_id

_BLANK_NODE = "_:"


@dataclass(frozen=True, slots=True)
class Naming:
    """A prefix for every id, and a scope that gives blank nodes a name outside of their file.

    >>> Naming("shop:").id("p1", "id"), Naming(blank_nodes="dump").id("_:b7", "head")
    ('shop:p1', 'blank:dump:b7')
    """

    prefix: str = ""
    blank_nodes: str | None = None

    def id(self, written: Any, field: str) -> str:
        """The id in the graph of what a file calls so; raises RecordError."""
        if self.blank_nodes is not None and _is_blank(written):
            written = f"blank:{self.blank_nodes}:{written.removeprefix(_BLANK_NODE)}"
        id = checked_id(written, field)
        return checked_id(self.prefix + id, field) if self.prefix else id


def _is_blank(written: Any) -> bool:
    return isinstance(written, str) and written.startswith(_BLANK_NODE)
