"""The revision files of this package, read without alembic.

Whether a graph is current is asked by every process that serves. Importing alembic for that would
cost each 0.7 s and 28 MB (measured, Python 3.11); these files say it as well.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

#: Where alembic finds env.py and the revisions, in a checkout and in an installed package.
PLACE = Path(__file__).parent


@cache
def heads(place: Path = PLACE) -> tuple[str, ...]:
    """The revisions that no other builds upon: one, unless branches wait to be merged."""
    files = [_names(path) for path in sorted((place / "versions").glob("*.py"))]
    below = {revision for names in files for revision in _listed(names["down_revision"])}
    return tuple(sorted({str(names["revision"]) for names in files} - below))


def _names(path: Path) -> dict[str, object]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        node.target.id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value
    }


def _listed(value: object) -> tuple[str, ...]:
    match value:
        case None:
            return ()
        case str():
            return (value,)
        case _:
            assert isinstance(value, tuple)
            return value
