"""How large, deep, wide and costly a document may be, judged before anything else looks at it.

One walk over the document, each fragment measured once: the usual limiters walk a fragment again
for each spread, and a kilobyte of fragments that spread each other keeps them busy for an hour. It
comes before the standard validation, whose time grows with the square of the fields. The cost is
the number of objects that a document can return at most: `first` and lists of ids multiply along
the way down, with the values that the variables really have.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
)

#: Arguments that say how many objects a field returns, and lists whose length does.
_COUNTS = ("first", "limit")
_LISTS = ("ids", "heads", "mentions")
#: What a page has where nobody says: the largest default of the schema, for lists of kinds.
_UNSAID = 20
_PAGED = frozenset({"answers", "statements", "evidence", "assertions", "groups", "types"})


class Measure(NamedTuple):
    """What a selection amounts to."""

    depth: int = 0
    aliases: int = 0
    fields: int = 0
    cost: int = 0
    directives: int = 0


#: How large the values of some variables are: a number, or a length.
Sizes = tuple[tuple[bool, int | None], ...]


def sizes(names: Iterable[str], variables: Mapping[str, Any]) -> Sizes:
    """What of these variables a measure hangs on, in the order of the names."""
    return tuple(_size(variables.get(name)) for name in names)


def _size(given: Any) -> tuple[bool, int | None]:
    if isinstance(given, list):
        return True, len(given)
    return False, given if isinstance(given, int) else None


def measured(
    document: DocumentNode, variables: Mapping[str, Any]
) -> tuple[Measure, tuple[str, ...]]:
    """The measures of the largest operation of a document, and the names of the variables that they
    hang on; fragments that are not there count 0.
    """
    fragments = {
        one.name.value: one
        for one in document.definitions
        if isinstance(one, FragmentDefinitionNode)
    }
    measuring = _Measuring(fragments, variables)
    operations = [
        measuring.selection(one.selection_set)
        for one in document.definitions
        if isinstance(one, OperationDefinitionNode)
    ]
    largest = [max(one) for one in zip(*operations, strict=True)]
    return Measure(*largest), tuple(sorted(measuring.asked))


class _Measuring:
    def __init__(
        self, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]
    ):
        self._fragments = fragments
        self._variables = variables
        self._known: dict[str, Measure] = {}
        self._open: set[str] = set()
        self.asked: set[str] = set()

    def selection(self, selections: SelectionSetNode | None) -> Measure:
        depth = aliases = fields = directives = cost = 0
        for one in selections.selections if selections else ():
            if isinstance(one, FieldNode):
                found = self._field(one)
            elif isinstance(one, FragmentSpreadNode):
                found = self._fragment(one.name.value)
            else:
                found = self.selection(one.selection_set)  # type: ignore[attr-defined]
            depth = max(depth, found.depth)
            aliases += found.aliases
            fields += found.fields
            directives += found.directives + len(one.directives or ())
            cost += found.cost
        return Measure(depth, aliases, fields, cost, directives)

    def _field(self, field: FieldNode) -> Measure:
        below = self.selection(field.selection_set)
        if field.name.value.startswith("__"):
            # Introspection is bounded by the schema itself.
            return Measure(aliases=field.alias is not None, fields=1, directives=below.directives)
        cost = self._objects(field) * (1 + below.cost) if field.selection_set else 0
        aliases = (field.alias is not None) + below.aliases
        return Measure(1 + below.depth, aliases, 1 + below.fields, cost, below.directives)

    def _fragment(self, name: str) -> Measure:
        if name not in self._fragments or name in self._open:
            # Unknown or cyclic: the standard rules say so.
            return Measure()
        if name not in self._known:
            self._open.add(name)
            self._known[name] = self.selection(self._fragments[name].selection_set)
            self._open.discard(name)
        return self._known[name]

    def _objects(self, field: FieldNode) -> int:
        """How many objects a field returns at most."""
        values = {argument.name.value: argument.value for argument in field.arguments or ()}
        counts = [self._count(values[name]) for name in _COUNTS if name in values]
        lists = [self._length(values[name]) for name in _LISTS if name in values]
        if not counts and field.name.value in _PAGED:
            counts = [_UNSAID]
        objects = 1
        for number in (*counts, *lists):
            objects *= max(number, 1)
        return objects

    def _count(self, value: ValueNode) -> int:
        if isinstance(value, IntValueNode):
            return int(value.value[:18])
        given = self._variable(value)
        return given if isinstance(given, int) else _UNSAID

    def _length(self, value: ValueNode) -> int:
        if isinstance(value, ListValueNode):
            return len(value.values)
        given = self._variable(value)
        return len(given) if isinstance(given, list) else 1

    def _variable(self, value: ValueNode) -> Any:
        if not isinstance(value, VariableNode):
            return None
        self.asked.add(value.name.value)
        return self._variables.get(value.name.value)
