"""Judgements into the graph, and the merging that follows: all of it can be taken back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kgservice.errors import UnknownEntityError
from kgservice.graph.client import Graph, Transaction
from kgservice.graph.cypher import linking
from kgservice.ledger.judgements import Judgement, Verdict, classes_of
from loaders.writing.batch import Batch, conclude, queue
from loaders.writing.changes import EntityChange, Op

#: What stands in the change log as the data set.
_DATASET = "judgements"
#: The place of data sets that have none of their own.
_NO_PRIORITY = 2**31

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Linked:
    """What judgements did: entities that have another canonical one than before, or none any more.

    contradicted: classes that are left unmerged; data_version is null where nothing changed.
    """

    merged: Mapping[str, str]
    parted: Sequence[str]
    contradicted: Sequence[tuple[str, ...]]
    data_version: int | None


def judge(graph: Graph, judgements: Sequence[Judgement], taken_back: Iterable[Pair] = ()) -> Linked:
    """Keep judgements, take others back, and merge what follows, in one transaction.

    A judgement of a pair replaces the one before. Raises UnknownEntityError for ids that no entity
    has.
    """
    gone = [(min(pair), max(pair)) for pair in taken_back]

    def work(transaction: Transaction) -> Linked:
        queue(transaction, _DATASET)
        at = datetime.now(UTC)
        _refuse_unknown(transaction, judgements)
        rows = [
            [_key(one.pair), *one.pair, one.verdict.value, one.confidence, one.by, at]
            for one in judgements
        ]
        transaction.run(linking.WRITE_JUDGEMENTS, {"rows": rows})
        transaction.run(linking.REMOVE_JUDGEMENTS, {"ids": [_key(pair) for pair in gone]})
        return _follow(transaction, gone, at)

    return graph.write(work, name="link")


def judgements_of(graph: Graph) -> list[Judgement]:
    """All judgements, by the ids of their pairs."""
    return _judgements(graph.value(linking.READ_JUDGEMENTS))


def _judgements(rows: Iterable[Sequence[Any]]) -> list[Judgement]:
    return [Judgement(one, other, Verdict(verdict), *rest) for one, other, verdict, *rest in rows]


def _follow(transaction: Transaction, gone: Sequence[Pair], at: datetime) -> Linked:
    """Bring the canonical ids to what all judgements say; entities in none are left alone."""
    judgements = _judgements(transaction.value(linking.READ_JUDGEMENTS))
    pairs = [*(one.pair for one in judgements), *gone]
    involved = sorted({id for pair in pairs for id in pair})
    rows = transaction.value(linking.READ_LINKED, {"ids": involved})
    before = {id: canonical for id, canonical, _ in rows}
    place = {id: (priority or [_NO_PRIORITY])[0] for id, _, priority in rows}
    classes = classes_of(
        judgements,
        # What is no longer there cannot stand for others.
        lambda id: (place.get(id, _NO_PRIORITY + 1), id),
    )
    changed = [id for id in involved if id in before and before[id] != classes.canonical.get(id)]
    transaction.run(
        linking.WRITE_CANONICAL, {"rows": [[id, classes.canonical.get(id)] for id in changed]}
    )
    ends = (before.get(id) or classes.canonical.get(id) for id in changed)
    affected = sorted({*changed, *(id for id in ends if id is not None)})
    version = None
    if changed:
        batch: Batch[Judgement] = Batch(_DATASET, at.isoformat(), (), at)
        version = conclude(transaction, batch, [EntityChange(Op.UPDATE, id) for id in affected])
    return Linked(
        merged={id: classes.canonical[id] for id in changed if id in classes.canonical},
        parted=[id for id in changed if id not in classes.canonical],
        contradicted=classes.contradicted,
        data_version=version,
    )


def _refuse_unknown(transaction: Transaction, judgements: Sequence[Judgement]) -> None:
    ids = sorted({id for one in judgements for id in one.pair})
    known = {row[0] for row in transaction.value(linking.READ_LINKED, {"ids": ids})}
    unknown = [id for id in ids if id not in known]
    if unknown:
        raise UnknownEntityError(unknown)


def _key(pair: Pair) -> str:
    return json.dumps(pair)
