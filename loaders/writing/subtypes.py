"""The hierarchy of types, as far as statements state it (rdfs:subClassOf, Wikidata's P279).

What is stated and what records of types declare are kept apart on one relationship: it goes when
neither says it any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from graph_schema.relations import Relation
from kgservice.graph.cypher import loading
from kgservice.graph.store import StoreTransaction


def relate_types(
    transaction: StoreTransaction, types: Iterable[str], known: Mapping[str, Relation]
) -> None:
    """Put these types below those that the assertions of now put them below."""
    above: dict[str, set[str]] = {type: set() for type in types}
    if not above:
        return
    for type, _, relation, value, _ in transaction.value(
        loading.READ_FACTS, {"ids": sorted(above)}
    ):
        kind = known.get(relation)
        if value and kind is not None and kind.means == "subtype":
            above[type].add(value)
    rows = [[type, sorted(parents)] for type, parents in sorted(above.items())]
    transaction.run(loading.UNRELATE_TYPES, {"rows": rows})
    transaction.run(loading.RELATE_TYPES, {"rows": rows})
