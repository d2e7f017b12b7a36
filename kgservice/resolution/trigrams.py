"""Keys that share runs of three characters with a text, by BM25; only importer of tantivy."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import tantivy
from scipy import sparse

from kgservice.errors import IndexDamagedError
from kgservice.resolution.mapped import Array
from kgservice.resolution.text import trigrams

_GRAMS, _TYPES, _KEY = "grams", "types", "key"
#: Memory that the writer fills before it writes a segment: a million names fit into one.
_HEAP = 1_000_000_000
#: Keys that become Python strings at a time.
_CHUNK = 10_000
#: Keys under the trigrams of a text that are looked through. Of 100,000 names no text has more; of
#: a million the half of all have 300,000: its frequent trigrams are left out then, the search takes
#: 0.9 ms instead of 2.0, and the 60 nearest hold the right one for 83.9 % instead of 84.1 %.
_LOOKED_THROUGH = 100_000
#: Trigrams that are looked for however frequent they are.
_FEWEST = 3


class Trigrams:
    """Finds keys by their trigrams.

    Types are the small numbers that the index gave them; a key has those of all its entities.
    """

    def __init__(self, directory: Path):
        try:
            index = tantivy.Index.open(str(directory))
        except ValueError as error:
            raise IndexDamagedError(f"{directory} cannot be read: build the index again") from error
        self._schema = _schema()
        self._searcher = index.searcher()

    def find(self, normal: str, most: int, types: Sequence[int] | None = None) -> list[int]:
        """The keys that are most alike, best first; with `types` only those that have one."""
        grams = [
            (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, _GRAMS, gram, "freq"))
            for gram in self._telling(trigrams(normal))
        ]
        query = tantivy.Query.boolean_query(grams)
        if types is not None:
            query = self._restricted(query, types)
        hits = self._searcher.search(query, most, count=False).hits
        return self._searcher.fast_field_values(_KEY, [place for _, place in hits])  # type: ignore[return-value]

    def _telling(self, grams: Sequence[str]) -> list[str]:
        """The rarest, as many as can be looked through, in their order."""
        frequency = {gram: self._searcher.doc_freq(_GRAMS, gram) for gram in grams}
        rarest = sorted(frequency, key=frequency.__getitem__)
        through = accumulate(frequency[gram] for gram in rarest)
        fitting = sum(keys <= _LOOKED_THROUGH for keys in through)
        kept = set(rarest[: max(fitting, _FEWEST)])
        return [gram for gram in grams if gram in kept]

    def _restricted(self, query: tantivy.Query, types: Sequence[int]) -> tantivy.Query:
        having = tantivy.Query.term_set_query(self._schema, _TYPES, list(types))
        return tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Must, query),
                (tantivy.Occur.Must, tantivy.Query.const_score_query(having, 0.0)),
            ]
        )


def write_trigrams(
    directory: Path, keys: pa.Array, searched: Array, types: sparse.csr_array
) -> None:
    """Write the trigrams of the keys for which `searched` holds; row k of `types` are key k's."""
    directory.mkdir()
    schema = _schema()
    index = tantivy.Index(schema, path=str(directory))
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.ngram(3, 3, False)).build()
    index.register_tokenizer("trigrams", analyzer)
    # One thread, so that the same names give the same files.
    writer = index.writer(_HEAP, 1)
    rows = np.flatnonzero(searched)
    for first in range(0, len(rows), _CHUNK):
        part = rows[first : first + _CHUNK]
        having = types[part]
        starts, codes = having.indptr.tolist(), having.indices.tolist()
        texts = keys.take(pa.array(part)).to_pylist()
        for row, key, (start, end) in zip(part.tolist(), texts, pairwise(starts), strict=True):
            content = {_GRAMS: f" {key} ", _KEY: row, _TYPES: codes[start:end]}
            writer.add_document(tantivy.Document.from_dict(content, schema))
    writer.commit()
    writer.wait_merging_threads()


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(_GRAMS, tokenizer_name="trigrams", index_option="freq")
    builder.add_unsigned_field(_KEY, fast=True)
    builder.add_unsigned_field(_TYPES, indexed=True)
    return builder.build()
