"""Statements as text that cypher-shell reads, for `--sql`.

A statement ends with `;`. A parameter is a line `:param name => value` before it, which Neo4j
Browser reads as well.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from graph_schema.identifiers import Identifier, quoted

_ESCAPES = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def script(text: str, parameters: Mapping[str, object]) -> str:
    """A statement after the lines that set its parameters.

    >>> print(script("RETURN $x", {"x": ["it's", None]}))
    :param x => ['it\\'s', null]
    RETURN $x;
    """
    lines = [f":param {name} => {literal(value)}" for name, value in parameters.items()]
    statement = text.strip().removesuffix(";")
    # Behind a comment the `;` would be part of it.
    end = "\n;" if "//" in statement.rpartition("\n")[2] else ";"
    return "\n".join([*lines, statement + end])


def literal(value: object) -> str:
    """A value as a Cypher literal on one line.

    Takes None, bool, int, finite float, str, and lists and maps of them; raises TypeError for
    anything else.
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(int(value))
        case float() if math.isfinite(value):
            return repr(float(value))
        case str():
            return f"'{value.translate(_ESCAPES)}'"
        case Mapping():
            pairs = [f"{quoted(Identifier(key))}: {literal(item)}" for key, item in value.items()]
            return "{" + ", ".join(pairs) + "}"
        case Sequence():
            return "[" + ", ".join([literal(item) for item in value]) + "]"
    raise TypeError(f"a parameter of a migration cannot be written for cypher-shell: {value!r}")
