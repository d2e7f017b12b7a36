"""What publishers of whole graphs release into the graph: entities and triples side by side."""

from __future__ import annotations

from kgservice.graph.client import Transaction
from kgservice.ledger.records import EntityRecord, Triple
from loaders.writing.batch import Applied, Batch
from loaders.writing.entities import Rules
from loaders.writing.records import apply_entities
from loaders.writing.triples import apply_triples


def apply_dump(
    transaction: Transaction, batch: Batch[EntityRecord | Triple], rules: Rules
) -> Applied:
    """Apply a batch of both kinds, each as if it had come by itself."""
    described = [one for one in batch.records if isinstance(one, EntityRecord)]
    stated = [one for one in batch.records if isinstance(one, Triple)]
    entities = apply_entities(
        transaction, Batch(batch.dataset, batch.run, described, batch.at), rules
    )
    triples = apply_triples(transaction, Batch(batch.dataset, batch.run, stated, batch.at), rules)
    return Applied(entities.steps + triples.steps, (*entities.changes, *triples.changes))
