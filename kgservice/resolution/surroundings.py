"""The words around each entity: of its names, its description, its types and its neighbours' names.

Where a context speaks of what stands beside an entity in the graph, this tells the namesakes apart:
"who starred in Forrest Gump" shares words with the actor's neighbours and none with those of the
seismologist.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import CancelledError
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from threading import Event
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from kgservice.resolution.columns import normalised
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

T = TypeVar("T")

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
    directory: Path,
    entities: pa.Table,
    neighbours: Neighbours,
    type_labels: Mapping[str, str],
    given_up: Event | None = None,
) -> None:
    """Write the words around every entity of a table.

    Raises CancelledError soon after another thread has given it up.
    """
    named = (neighbours.names.slice(at, _CHUNK) for at in range(0, len(neighbours.names), _CHUNK))
    texts = chain(_own_texts(entities, type_labels), named)
    words, matrix = _words_of(_unless(given_up, texts))
    own_words, around_words = matrix[: entities.num_rows], matrix[entities.num_rows :]
    ones = np.ones(len(neighbours.rows), np.int8)
    shape = (entities.num_rows, len(neighbours.names))
    beside = sparse.csr_array((ones, neighbours.rows, neighbours.offsets), shape=shape)
    parts = [
        _distinct(own_words[start : start + _CHUNK] + beside[start : start + _CHUNK] @ around_words)
        for start in _unless(given_up, range(0, entities.num_rows, _CHUNK))
    ]
    frequency = np.zeros(len(words), np.int64)
    for part in parts:
        frequency += np.bincount(part.indices, minlength=len(words))
    weight = np.log((entities.num_rows + 1) / (frequency + 1)).astype(np.float32) ** 2
    lengths = [np.sqrt(part @ weight).astype(np.float32) for part in parts]
    sizes = [np.diff(part.indptr) for part in parts]
    write_columns(directory / "words.arrow", {"word": words})
    write_array(directory / "word_weights.npy", weight)
    starts = np.cumsum(np.concatenate([np.zeros(1, np.int64), *sizes]))
    write_array(directory / "surrounding_starts.npy", starts)
    none = np.empty(0, np.int32)
    tokens = np.concatenate([none, *(part.indices.astype(np.int32) for part in parts)])
    write_array(directory / "surrounding_words.npy", tokens)
    write_array(
        directory / "surrounding_lengths.npy", np.concatenate([none, *lengths], dtype=np.float32)
    )


def _unless(given_up: Event | None, items: Iterable[T]) -> Iterator[T]:
    """The items, until it is given up."""
    for item in items:
        if given_up is not None and given_up.is_set():
            raise CancelledError
        yield item


def _own_texts(entities: pa.Table, type_labels: Mapping[str, str]) -> Iterator[pa.Array]:
    """What is said of each entity itself, a column for so many of them."""
    for batch in entities.to_batches(max_chunksize=_CHUNK):
        types = batch["types"]
        coded = pc.dictionary_encode(pc.list_flatten(types))
        spoken = [type_labels.get(type, _spaced(type)) for type in coded.dictionary.to_pylist()]
        kinds = pa.array(spoken, pa.string()).take(coded.indices)
        sizes = pc.list_value_length(types).to_numpy()
        ends = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
        yield pc.binary_join_element_wise(
            batch["label"],
            pc.binary_join(batch["aliases"], " "),
            pc.fill_null(batch["description"], ""),
            pc.binary_join(pa.ListArray.from_arrays(pa.array(ends), kinds), " "),
            " ",
        )


def _spaced(type_id: str) -> str:
    """The words of a type's id: TVSeries speaks of a TV series."""
    return _CAMEL_HUMP.sub(" ", type_id)


def _words_of(columns: Iterable[pa.Array]) -> tuple[pa.Array, sparse.csr_array]:
    """All words of these texts in order, and which of them each text has."""
    dictionaries, codes, sizes = [], [], []
    for texts in columns:
        split = pc.split_pattern(normalised(texts), " ")
        coded = pc.dictionary_encode(split.flatten())
        dictionaries.append(coded.dictionary)
        codes.append(coded.indices.to_numpy())
        sizes.append(np.diff(split.offsets.to_numpy()))
    every = pa.chunked_array(dictionaries, pa.large_string()).combine_chunks()
    words = pc.unique(every)
    words = words.take(pc.sort_indices(words))
    ranks = pc.index_in(every, words).to_numpy()
    starts = np.cumsum([0, *(len(one) for one in dictionaries)])
    rows = [ranks[start:][part] for start, part in zip(starts.tolist(), codes, strict=False)]
    columns_of = np.concatenate([np.empty(0, np.int32), *rows])
    ends = np.cumsum(np.concatenate([np.zeros(1, np.int64), *sizes]))
    shape = (len(ends) - 1, len(words))
    return words, sparse.csr_array(
        (np.ones(len(columns_of), np.int32), columns_of, ends), shape=shape
    )


def _distinct(bags: sparse.csr_array) -> sparse.csr_array:
    bags.sum_duplicates()
    bags.data = np.ones(len(bags.indices), np.int8)
    return bags
