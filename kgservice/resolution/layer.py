"""One directory of the name index: everything about the entities of one table.

Written whole by write_layer, read by mapping; `layer.json` comes last, so that a directory without
it was never finished.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import numpy as np
import pyarrow as pa

from kgservice.errors import IndexDamagedError
from kgservice.resolution.deletes import Deletes, write_deletes
from kgservice.resolution.encoder import Encoder, Fingerprint
from kgservice.resolution.entities import Entities, write_entities
from kgservice.resolution.mapped import Array, map_columns, write_columns
from kgservice.resolution.names import NameKind, Names, write_names
from kgservice.resolution.surroundings import Surroundings, write_surroundings
from kgservice.resolution.tables import NameSource, entity_table
from kgservice.resolution.trigrams import Trigrams, write_trigrams
from kgservice.resolution.vectors import (
    Bytes,
    NameVectors,
    Profiles,
    encoded,
    write_name_vectors,
    write_profiles,
)

#: Told the stage, how much of it is done and how much there is.
Progress = Callable[[str, int, int], None]

_CARD = "layer.json"
#: Changes whenever what is in the files changes; a layer of another format is built anew.
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Layer:
    """The opened files of a directory; `removed` are ids that older layers answer with no more."""

    entities: Entities
    names: Names
    trigrams: Trigrams
    deletes: Deletes
    surroundings: Surroundings
    name_vectors: NameVectors | None
    profiles: Profiles | None
    fingerprint: Fingerprint | None
    removed: tuple[str, ...]

    @classmethod
    def open(cls, directory: Path) -> Layer:
        """Map a layer; raises IndexDamagedError where it is missing, unfinished or of old form."""
        card = _read_card(directory)
        made_by = card["encoder"]
        fingerprint = None if made_by is None else Fingerprint(**made_by)
        return cls(
            entities=Entities.open(directory),
            names=Names.open(directory),
            trigrams=Trigrams(directory / "trigrams"),
            deletes=Deletes.open(directory),
            surroundings=Surroundings.open(directory),
            name_vectors=NameVectors.open(directory / "names.usearch") if fingerprint else None,
            profiles=Profiles.open(directory / "profiles.npy") if fingerprint else None,
            fingerprint=fingerprint,
            removed=tuple(map_columns(directory / "removed.arrow")["id"].to_pylist()),
        )


def write_layer(
    source: NameSource,
    directory: Path,
    *,
    encoder: Encoder | None = None,
    removed: Iterable[str] = (),
    progress: Progress | None = None,
) -> None:
    """Write the layer of a table of entities into a directory that does not exist yet.

    removed: ids that are gone, where this layer is to lie over another; entities that changed are
    not named there, being in the table. Without an encoder it finds names by their letters alone.
    Raises ValueError where the table lacks a column.

    >>> write_layer(NameSource(table), Path("names"), encoder=packaged_encoder())
    """
    entities = entity_table(source.entities)
    told = progress or _nobody
    directory.mkdir(parents=True)
    told("names", 0, entities.num_rows)
    write_entities(directory, entities, source.title_types)
    write_columns(directory / "removed.arrow", {"id": pa.array(sorted(removed), pa.string())})

    def surroundings(given_up: Event) -> None:
        write_surroundings(directory, entities, source.beside, source.type_labels, given_up)

    # Either keeps a core busy, for the most part without Python.
    with _beside(surroundings):
        write_names(entities, directory)
        _write_spellings(directory, told)
        told("surroundings", 0, entities.num_rows)
    if encoder is not None:
        _write_vectors(directory, entities, encoder, told)
    card = {
        "format": _FORMAT,
        "encoder": None
        if encoder is None
        else {"model": encoder.fingerprint.model, "kind": encoder.fingerprint.kind},
    }
    (directory / _CARD).write_text(json.dumps(card) + "\n", "utf-8")


def _write_spellings(directory: Path, progress: Progress) -> None:
    names, entities = Names.open(directory), Entities.open(directory)
    progress("spellings", 0, len(names.keys))
    searched = names.searched
    types = entities.types_of_keys(names.starts, names.entity)
    write_trigrams(directory / "trigrams", names.keys.all(), searched, types)
    write_deletes(directory, names.keys.all(), searched)


@contextmanager
def _beside(work: Callable[[Event], None]) -> Iterator[None]:
    """Work that goes on in a thread during a block; it is given up where the block fails."""
    given_up = Event()
    with ThreadPoolExecutor(1) as thread:
        working = thread.submit(work, given_up)
        try:
            yield
            working.result()
        except BaseException:
            given_up.set()
            raise


def _nobody(stage: str, done: int, of: int) -> None:
    del stage, done, of


def _write_vectors(
    directory: Path, entities: pa.Table, encoder: Encoder, progress: Progress
) -> None:
    names = Names.open(directory)
    keys = np.flatnonzero(names.searched)
    descriptions = entities["description"].to_pylist()
    described = [row for row, text in enumerate(descriptions) if text]
    labels = entities["label"].take(pa.array(described, pa.int64())).to_pylist()
    profiles = [
        f"{label}: {descriptions[row]}" for row, label in zip(described, labels, strict=True)
    ]
    texts = [*names.keys.take(keys), *profiles]
    vectors = encoded(
        encoder, texts, os.cpu_count() or 1, lambda done: progress("vectors", done, len(texts))
    )
    write_name_vectors(directory / "names.usearch", keys, vectors[: len(keys)])
    rows = _label_vectors(names, keys, vectors, entities.num_rows)
    rows[described] = vectors[len(keys) :]
    write_profiles(directory / "profiles.npy", rows)


def _label_vectors(names: Names, keys: Array, vectors: Bytes, entities: int) -> Bytes:
    """Of each entity the vector of its label, all zero where that is blank."""
    labels = np.flatnonzero(names.kind == NameKind.LABEL)
    key = np.searchsorted(names.starts, labels, side="right") - 1
    rows = np.zeros((entities, vectors.shape[1]), np.int8)
    rows[names.entity[labels]] = vectors[np.searchsorted(keys, key)]
    return rows


def _read_card(directory: Path) -> dict[str, dict[str, str] | None]:
    try:
        card = json.loads((directory / _CARD).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise IndexDamagedError(
            f"{directory} is no name index or was never finished: build the index again"
        ) from error
    if card["format"] != _FORMAT:
        raise IndexDamagedError(
            f"{directory} is of format {card['format']}, this program reads {_FORMAT}:"
            " build the index again"
        )
    return card  # type: ignore[no-any-return]
