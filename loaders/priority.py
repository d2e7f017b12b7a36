"""The order of data sets: where they differ about a label or description, the first one decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kgservice.errors import ConfigurationError
from kgservice.graph.cypher import bookkeeping
from kgservice.graph.store import Store, StoreTransaction
from loaders.writing import entities
from loaders.writing.batch import Applied, Batch, commit, queue
from loaders.writing.decisions import Step
from loaders.writing.entities import Rules
from loaders.writing.rules import RulesInForce

#: Entities a transaction.
_PAGE = 5_000


def set_priority(graph: Store, datasets: Sequence[str], *, language: str = "en") -> int:
    """Put these data sets first, in this order, and name entities anew; returns how many changed.

    All others follow by name. Stopped anywhere, the same call goes on. Raises ConfigurationError
    where one is named twice.
    """
    twice = [name for name, times in Counter(datasets).items() if times > 1]
    if twice:
        raise ConfigurationError(f"named twice: {', '.join(twice)}")

    def write(transaction: StoreTransaction) -> None:
        queue(transaction, "priority")
        rows = [[name, place] for place, name in enumerate(datasets)]
        transaction.run(bookkeeping.WRITE_PRIORITY, {"rows": rows})

    graph.write(write, name="priority")
    rules = RulesInForce(language)
    changed, after = 0, ""
    while ids := graph.value(bookkeeping.PAGE_OF_SHARED_ENTITIES, {"after": after, "limit": _PAGE}):
        committed = commit(graph, Batch("", "priority", ids), _rename, rules)
        changed += committed.steps[Step.UPDATED]
        after = ids[-1]
    return changed


def _rename(transaction: StoreTransaction, batch: Batch[str], rules: Rules) -> Applied:
    changes = entities.refresh(transaction, batch.records, rules)
    return Applied(Counter({Step.UPDATED: len(changes)}), tuple(changes))
