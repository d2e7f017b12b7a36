"""Which fields of a result a client asked for: so that nothing is computed that nobody reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from strawberry.types.nodes import FragmentSpread, InlineFragment, SelectedField, Selection

from kgservice.api.context import KGInfo


def selected(info: KGInfo) -> frozenset[str]:
    """The names of the fields asked for directly below the field at hand, fragments included."""
    return frozenset(name for field in info.selected_fields for name in _names(field.selections))


def _names(selections: Iterable[Selection]) -> Iterator[str]:
    for one in selections:
        match one:
            case SelectedField(name=name):
                yield name
            case FragmentSpread(selections=below) | InlineFragment(selections=below):
                yield from _names(below)
