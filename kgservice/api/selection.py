"""Which fields of a result a client asked for: so that nothing is computed that nobody reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    SelectionSetNode,
)

from kgservice.api.context import KGInfo


def selected(info: KGInfo) -> frozenset[str]:
    """The names of the fields asked for directly below the field at hand, fragments included."""
    # Strawberry's `selected_fields` makes values of every argument of all that is below.
    asked = info._raw_info
    return frozenset(
        name for node in asked.field_nodes for name in _names(node.selection_set, asked.fragments)
    )


def _names(
    selections: SelectionSetNode | None, fragments: Mapping[str, FragmentDefinitionNode]
) -> Iterator[str]:
    for one in selections.selections if selections else ():
        match one:
            case FieldNode():
                yield one.name.value
            case InlineFragmentNode():
                yield from _names(one.selection_set, fragments)
            case FragmentSpreadNode():
                yield from _names(fragments[one.name.value].selection_set, fragments)
