"""Which fields of a result a client asked for: so that nothing is computed that nobody reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    SelectionSetNode,
)

from kgservice.api.context import KGInfo


def selected(info: KGInfo, *path: str) -> frozenset[str]:
    """The names of the fields asked for directly below the field at hand, fragments included.

    Of a path of fields below it: those that are asked for at its end.
    """
    # Strawberry's `selected_fields` makes values of every argument of all that is below.
    asked = info._raw_info
    nodes = list(asked.field_nodes)
    for name in path:
        nodes = [one for one in _below(nodes, asked.fragments) if one.name.value == name]
    return frozenset(one.name.value for one in _below(nodes, asked.fragments))


def _below(
    nodes: Iterable[FieldNode], fragments: Mapping[str, FragmentDefinitionNode]
) -> Iterator[FieldNode]:
    for node in nodes:
        yield from _fields(node.selection_set, fragments)


def _fields(
    selections: SelectionSetNode | None, fragments: Mapping[str, FragmentDefinitionNode]
) -> Iterator[FieldNode]:
    for one in selections.selections if selections else ():
        match one:
            case FieldNode():
                yield one
            case InlineFragmentNode():
                yield from _fields(one.selection_set, fragments)
            case FragmentSpreadNode():
                yield from _fields(fragments[one.name.value].selection_set, fragments)
