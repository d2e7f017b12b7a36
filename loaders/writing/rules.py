"""The rules that batches are applied by, as the graph has them when a batch is applied.

Another load may register a relation, or a person change the priority of data sets, while this one
runs for hours; what it writes afterwards must follow the rules of that moment.
"""

from __future__ import annotations

from kgservice.graph.cypher import bookkeeping
from kgservice.graph.store import StoreTransaction
from kgservice.graph.vocabulary import read_vocabulary
from kgservice.vocabulary import Vocabulary
from loaders.writing.entities import Rules


class RulesInForce:
    """Reads the rules within a transaction; the vocabulary only where it has changed."""

    def __init__(self, language: str):
        self._language = language
        self._version: int | None = None
        self._vocabulary = Vocabulary()

    def __call__(self, transaction: StoreTransaction) -> Rules:
        """The rules; to be asked for after `queue`, so that they hold until the commit."""
        version, priority = transaction.value(bookkeeping.READ_RULES)
        if version != self._version:
            self._vocabulary = read_vocabulary(transaction)
            self._version = version
        return Rules(self._vocabulary, tuple(priority), self._language)
