"""What makes a revision file the same: its code, not its comments, docstrings or layout.

The checksum is of the syntax tree as parsed. `ast.dump` would not do, for its text differs between
Python versions while the graph outlives them; here fields that are empty are left out, so that a
field which a later Python adds changes nothing.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from pathlib import Path

#: Hexadecimal digits kept: 64 bits, to notice edits and not to resist an attacker.
_DIGITS = 16

_WITH_DOCSTRING = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def checksum(path: str | Path) -> str:
    """The checksum of a revision file, 16 hexadecimal digits, the same on every Python."""
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    return hashlib.sha256("".join(_spelled(tree)).encode()).hexdigest()[:_DIGITS]


def _spelled(node: object) -> Iterator[str]:
    match node:
        case ast.AST():
            yield f"({type(node).__name__}"
            for field, value in ast.iter_fields(node):
                meant = _meant(node, field, value)
                if meant not in (None, []):
                    yield f" {field}="
                    yield from _spelled(meant)
            yield ")"
        case list():
            yield "["
            for child in node:
                yield from _spelled(child)
            yield "]"
        case _:
            yield f"{type(node).__name__}:{node!r};"


def _meant(node: ast.AST, field: str, value: object) -> object:
    match node, field, value:
        case (_, "kind", _):  # the letter u before a string
            return None
        case (ast.JoinedStr(), "values", list()):  # Python 3.12.1 ends some with an empty string
            return [part for part in value if getattr(part, "value", None) != ""]
        case (_, "body", list()) if isinstance(node, _WITH_DOCSTRING):
            return value[ast.get_docstring(node, clean=False) is not None :]
    return value
