"""What an operation is called in metrics, in spans and among Neo4j's transactions.

A client names its operations as it likes, so names are taken only while there are few: who sends a
new one each time gets `other` before long, and nothing grows.
"""

from __future__ import annotations

from graphql import DocumentNode, FieldNode, OperationDefinitionNode

#: Names that are told apart.
_KEPT = 200
_OTHER = "other"
#: Where there is no document that could be executed.
REFUSED = "refused"


class OperationNames:
    """Names operations: as they are named, and where they are not by the field that they ask.

    >>> from graphql import parse
    >>> names = OperationNames(kept=2)
    >>> [names.of(parse(one), None) for one in ("query Rank { stats { entityCount } }", "{ a b }")]
    ['Rank', 'a,b']
    >>> names.of(parse("{ c }"), None)
    'other'
    """

    def __init__(self, kept: int = _KEPT):
        self._kept = kept
        self._known: set[str] = set()

    def of(self, document: DocumentNode, chosen: str | None) -> str:
        """The name of the operation that is chosen; `refused` where the document has none."""
        for one in document.definitions:
            if isinstance(one, OperationDefinitionNode):
                name = None if one.name is None else one.name.value
                if chosen is None or chosen == name:
                    return self._bounded(name or _asked(one))
        return REFUSED

    def _bounded(self, name: str) -> str:
        if name not in self._known:
            if len(self._known) >= self._kept:
                return _OTHER
            self._known.add(name)
        return name


def _asked(operation: OperationDefinitionNode) -> str:
    """The root fields, three at most."""
    selections = operation.selection_set.selections
    names = [one.name.value for one in selections if isinstance(one, FieldNode)]
    return ",".join(dict.fromkeys(names[:3])) or _OTHER
