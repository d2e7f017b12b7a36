"""The assertions by which data sets assert statements outright, as nodes.

Each names its statement whole, subject and object too: so what follows from it can be worked out
again from the graph alone, and taken back without the file that it came from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from graph_schema.relations import Relation
from kgservice.graph.cypher import asserting
from kgservice.graph.store import StoreTransaction
from kgservice.ledger.records import Triple
from kgservice.ledger.scores import as_float, read_score
from kgservice.literals import literal
from loaders.writing.decisions import Change


@dataclass(frozen=True, slots=True)
class Asserted:
    """What one data set asserts of a statement; the triple is put together only when needed."""

    dataset: str
    triple: Callable[[], Triple]


def read_asserted(
    transaction: StoreTransaction, statement_ids: Iterable[str]
) -> dict[str, list[Asserted]]:
    """What all data sets assert of these statements, by statement."""
    found: dict[str, list[Asserted]] = {}
    for row in transaction.value(asserting.READ_TRIPLE_ASSERTIONS, {"ids": list(statement_ids)}):
        found.setdefault(row[0], []).append(Asserted(row[1], partial(revived, row[2:])))
    return found


def revived(row: Sequence[Any]) -> Triple:
    """The triple of an assertion: scores, origin and parts, as READ_TRIPLE_ASSERTIONS has them."""
    plausibility, typicality, support, source, retrieved_at, qualifiers, *parts = row
    subject, relation, object, text, datatype, language, unit = parts
    value = None if text is None else literal(text, datatype, language=language, unit=unit)
    return Triple(
        subject,
        relation,
        object,
        value,
        None if plausibility is None else read_score(plausibility),
        None if typicality is None else read_score(typicality),
        support,
        source,
        retrieved_at,
        tuple(qualifiers or ()),
    )


def create_asserted(
    transaction: StoreTransaction,
    dataset: str,
    run: str,
    changes: Iterable[Change[Triple]],
    known: Mapping[str, Relation],
) -> None:
    """Make the assertions of a data set that are new."""
    created = []
    for change in changes:
        after, stands = change.after, change.stands
        if after is not None and stands is not None and change.stood is None:
            about = stands.subject if known[stands.relation].means else None
            id = triple_assertion_id(dataset, change.key)
            created.append([id, change.key, after.digest, *_said(stands), about, *_parts(stands)])
    if created:
        parameters = {"rows": created, "dataset": dataset, "run": run}
        transaction.run(asserting.CREATE_TRIPLE_ASSERTIONS, parameters)


def revise_asserted(
    transaction: StoreTransaction, dataset: str, run: str, changes: Iterable[Change[Triple]]
) -> None:
    """Change and delete the assertions of a data set that were there."""
    updated, deleted = [], []
    for change in changes:
        after, stands = change.after, change.stands
        if change.stood is None:
            continue
        if after is None or stands is None:
            deleted.append(change.key)
        else:
            updated.append([change.key, after.digest, *_said(stands)])
    own = {"dataset": dataset, "run": run}
    if updated:
        transaction.run(asserting.UPDATE_TRIPLE_ASSERTIONS, {"rows": updated, **own})
    if deleted:
        transaction.run(asserting.DELETE_TRIPLE_ASSERTIONS, {"ids": deleted, **own})


def triple_assertion_id(dataset: str, statement_id: str) -> str:
    """The id of the assertion by which a data set asserts a statement outright."""
    return f"{statement_id.replace('statement:', 'assertion:', 1)}:{dataset}"


def _said(triple: Triple) -> list[Any]:
    return [
        as_float(triple.plausibility),
        as_float(triple.typicality),
        triple.support,
        triple.source,
        triple.retrieved_at,
        list(triple.qualifiers) or None,
    ]


def _parts(triple: Triple) -> list[Any]:
    if triple.literal is None:
        return [triple.subject, triple.relation, triple.object, None, None, None, None]
    value = triple.literal
    literal_parts = [value.text, value.datatype, value.language, value.unit]
    return [triple.subject, triple.relation, None, *literal_parts]
