"""The words around each entity: of its names, its description, its types and its neighbours' names.

Where a context speaks of what stands beside an entity in the graph, this tells the namesakes apart:
"who starred in Forrest Gump" shares words with the actor's neighbours and none with those of the
seismologist.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from kgservice.resolution.mapped import (
    Array,
    SortedStrings,
    map_array,
    map_columns,
    write_array,
    write_columns,
)
from kgservice.resolution.spans import spread
from kgservice.resolution.tables import Neighbours
from kgservice.resolution.text import normalise

#: Where one word ends and another begins in the id of a type.
_CAMEL_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
#: Entities whose words are brought together at a time: 30 neighbours each are some 10 MB.
_CHUNK = 100_000


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The words around each entity, weighed by how rare they are among all.

    The words of entity e are tokens[starts[e]:starts[e + 1]], rows of `words`; weight[w] is the
    squared rarity of word w, and length[e] the root of the sum of those of e.
    """

    words: SortedStrings
    weight: npt.NDArray[np.float32]
    starts: npt.NDArray[np.int64]
    tokens: npt.NDArray[np.int32]
    length: npt.NDArray[np.float32]

    @classmethod
    def open(cls, directory: Path) -> Surroundings:
        """What write_surroundings wrote."""
        return cls(
            words=SortedStrings(map_columns(directory / "words.arrow")["word"]),
            weight=map_array(directory / "word_weights.npy"),
            starts=map_array(directory / "surrounding_starts.npy"),
            tokens=map_array(directory / "surrounding_words.npy"),
            length=map_array(directory / "surrounding_lengths.npy"),
        )

    def known(self, words: Iterable[str]) -> Array:
        """The rows of those words that stand around any entity, ascending."""
        found = {row for word in words if (row := self.words.find(word)) is not None}
        return np.array(sorted(found), np.int32)

    def likeness(self, known: Array, entities: Array) -> tuple[Array, Array]:
        """How much a context and the words around each entity have in common, in two ways.

        The cosine of both as bags of words by rarity; and what part of the context's words, by
        rarity, stands around the entity.
        """
        shared = np.zeros(len(entities), np.float32)
        if not len(known) or not len(entities):
            return shared, shared
        places, owners = spread(self.starts[entities], self.starts[entities + 1])
        tokens = self.tokens[places]
        at = np.minimum(np.searchsorted(known, tokens), len(known) - 1)
        hit = known[at] == tokens
        weight = self.weight[known]
        shared = np.bincount(owners[hit], weight[at[hit]], len(entities)).astype(np.float32)
        whole = max(float(weight.sum()), 1e-9)
        return shared / np.maximum(self.length[entities] * whole**0.5, 1e-9), shared / whole


def write_surroundings(
    directory: Path, entities: pa.Table, neighbours: Neighbours, type_labels: Mapping[str, str]
) -> None:
    """Write the words around every entity of a table."""
    own = _own_texts(entities, type_labels)
    around = [normalise(name) for name in neighbours.names.to_pylist()]
    words, matrix = _words_of([*own, *around])
    own_words, around_words = matrix[: len(own)], matrix[len(own) :]
    ones = np.ones(len(neighbours.rows), np.int32)
    beside = sparse.csr_array(
        (ones, neighbours.rows, neighbours.offsets), shape=(len(own), len(around))
    )
    parts = [
        _distinct(own_words[start : start + _CHUNK] + beside[start : start + _CHUNK] @ around_words)
        for start in range(0, len(own), _CHUNK)
    ]
    bags = sparse.vstack(parts, format="csr") if parts else matrix
    frequency = np.bincount(bags.indices, minlength=len(words))
    weight = np.log((len(own) + 1) / (frequency + 1)).astype(np.float32) ** 2
    length = np.sqrt(bags @ weight).astype(np.float32)
    write_columns(directory / "words.arrow", {"word": words})
    write_array(directory / "word_weights.npy", weight)
    write_array(directory / "surrounding_starts.npy", bags.indptr.astype(np.int64))
    write_array(directory / "surrounding_words.npy", bags.indices.astype(np.int32))
    write_array(directory / "surrounding_lengths.npy", length)


def _own_texts(entities: pa.Table, type_labels: Mapping[str, str]) -> list[str]:
    texts = []
    for batch in entities.to_batches(max_chunksize=_CHUNK):
        columns = (batch[name].to_pylist() for name in ("label", "aliases", "description", "types"))
        for label, aliases, description, types in zip(*columns, strict=True):
            kinds = [type_labels.get(type, _spaced(type)) for type in types]
            texts.append(
                normalise(" ".join([label, *filter(None, aliases), description or "", *kinds]))
            )
    return texts


def _spaced(type_id: str) -> str:
    """The words of a type's id: TVSeries speaks of a TV series."""
    return _CAMEL_HUMP.sub(" ", type_id)


def _words_of(normal: Sequence[str]) -> tuple[pa.Array, sparse.csr_array]:
    """All words in order, and which of them each text has."""
    split = pc.split_pattern(pa.array(normal, pa.large_string()), " ")
    codes = pc.dictionary_encode(pc.list_flatten(split))
    order = pc.sort_indices(codes.dictionary)
    rank = np.empty(len(order), np.int32)
    rank[order.to_numpy()] = np.arange(len(order), dtype=np.int32)
    columns = rank[codes.indices.to_numpy()]
    starts = split.offsets.to_numpy().astype(np.int64)
    counts = np.ones(len(columns), np.int32)
    shape = (len(normal), len(order))
    return codes.dictionary.take(order), sparse.csr_array((counts, columns, starts), shape=shape)


def _distinct(bags: sparse.csr_array) -> sparse.csr_array:
    bags.sum_duplicates()
    bags.data = np.ones(len(bags.indices), np.int8)
    return bags
