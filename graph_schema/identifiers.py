"""The only road from text to a Cypher identifier.

Relation and type ids come from outside and may be any string. In Cypher they become a relationship
type or a label, and those cannot be parameters of every statement. So an id is either plain enough
to be its own identifier, or is replaced by a hash of itself; nothing else is ever written into a
query text. Rules: contract, graph.md.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import LiteralString, NewType, cast

#: A relationship type or label that may stand between backticks in a query text.
Identifier = NewType("Identifier", str)

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}\Z")
_SAFE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}\Z")
_HASHED = re.compile(r"[RT]_[0-9a-f]{10}\Z")

#: Labels that the service uses for something that is not an entity type.
RESERVED_LABELS = frozenset({"Entity", "Literal", "Assertion", "Relation", "EntityType"})
#: Relationship types that the service uses for something that is not a statement.
RESERVED_RELATIONSHIP_TYPES = frozenset({"SAME_AS", "SUB_OF"})


@lru_cache(maxsize=65_536)
def label_of_type(type_id: str) -> Identifier:
    """The label in Neo4j of an entity type.

    >>> label_of_type("Film"), label_of_type("Entity")
    ('Film', 'T_2ed3bb60c9')
    """
    return _identifier(type_id, "T_", RESERVED_LABELS)


@lru_cache(maxsize=65_536)
def relationship_type_of(relation_id: str) -> Identifier:
    """The relationship type in Neo4j of a relation.

    >>> relationship_type_of("P161"), relationship_type_of("cast member")
    ('P161', 'R_3cc662c03f')
    """
    return _identifier(relation_id, "R_", RESERVED_RELATIONSHIP_TYPES)


def quoted(identifier: Identifier) -> LiteralString:
    """An identifier between backticks, ready to stand in a query text.

    The cast is safe: an Identifier is made by this module alone, from a closed alphabet. It tells
    pyright; mypy does not know the difference.
    """
    if _SAFE.match(identifier) is None:
        raise ValueError(f"not an identifier: {identifier!r}")
    return cast("LiteralString", f"`{identifier}`")  # type: ignore[redundant-cast]


def _identifier(id: str, prefix: str, reserved: frozenset[str]) -> Identifier:
    # An id that looks like a hashed one is hashed too, else two ids could meet in one identifier.
    if _PLAIN.match(id) and id not in reserved and not _HASHED.match(id):
        return Identifier(id)
    return Identifier(prefix + hashlib.sha256(id.encode()).hexdigest()[:10])
