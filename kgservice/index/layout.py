"""How an index lies in its directory: the names of files and columns, and what stands for nothing.

    names.json          what codes stand for: relations, labels of kinds, origins, terms of literals
    vocabulary.json     relations and types as the graph has them
    entities.arrow      by number: id, label, description, aliases, merged_ids, kind, degree
    kinds.arrow         numbers of entities ordered by kind; kind_starts.npy where each kind begins
    merged.arrow        id of a merged entity, in order, and the number of its canonical one
    statements.arrow    by subject, relation, object; out_starts.npy where each subject begins
    into.arrow          by object, relation, subject: those and the row; into_starts.npy
    out_runs.arrow      rows of one subject and relation, by relation, subject: where they begin and
                        how many they are; out_relations.npy where each relation begins. into_..
    literals.arrow      statements with a literal, by subject, relation, text; literal_starts.npy
    keys.arrow          60 bits of every statement id, in order, and its row
    named.arrow         rows whose statement id does not follow from their parts, and that id
    parts.arrow         by canonical subject: the relationships that united statements consist of

Rows of literals.arrow are numbered behind those of statements.arrow. A kind is a set of labels, an
origin a triple of sources, domains and marketplaces: both are few where entities are many.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from kgservice.errors import IndexDamagedError
from kgservice.ledger.tally import Level

NAMES = "names.json"
VOCABULARY = "vocabulary.json"
ENTITIES = "entities.arrow"
KINDS = "kinds.arrow"
KIND_STARTS = "kind_starts.npy"
MERGED = "merged.arrow"
STATEMENTS = "statements.arrow"
OUT_STARTS = "out_starts.npy"
OUT_RUNS = "out_runs.arrow"
OUT_RELATIONS = "out_relations.npy"
INTO = "into.arrow"
INTO_RUNS = "into_runs.arrow"
INTO_RELATIONS = "into_relations.npy"
INTO_STARTS = "into_starts.npy"
LITERALS = "literals.arrow"
LITERAL_STARTS = "literal_starts.npy"
KEYS = "keys.arrow"
NAMED = "named.arrow"
PARTS = "parts.arrow"

#: Stands where a literal is no time; every moment lies within 200,000 years of 1970.
NO_MOMENT = np.iinfo(np.int64).min

#: The levels of statements by their codes.
LEVELS = tuple(Level)
LEVEL_CODES = {level.value: code for code, level in enumerate(LEVELS)}

#: What both kinds of statements have: column and type.
SCORES: dict[str, npt.DTypeLike] = {
    "plausibility": np.float64,
    "typicality": np.float64,
    "support": np.int64,
    "level": np.int8,
    "origin": np.int32,
}
#: A text between the ends of a statement has these codes; -1 stands for none.
TERMS = ("datatype", "language", "unit")

_ALPHABET = b"abcdefghijklmnopqrstuvwxyz234567"
_VALUES = np.full(256, 0, np.uint64)
_VALUES[np.frombuffer(_ALPHABET, np.uint8)] = np.arange(32, dtype=np.uint64)
#: A statement id: `statement:`, the mark of its relation, and 20 letters of 5 bits each.
_ID_LENGTH, _ID_HEAD, _KEY_LETTERS = 34, 14, 12


def relation_type(relations: int) -> npt.DTypeLike:
    """What a relation's code is kept in."""
    return np.int16 if relations <= np.iinfo(np.int16).max else np.int32


def keys_of(ids: pa.Array) -> npt.NDArray[np.uint64]:
    """The first 60 bits of the digest in each statement id; 0 for what is none of ours."""
    sizes = pc.binary_length(ids)
    if len(ids) and pc.min_max(sizes).as_py() == {"min": _ID_LENGTH, "max": _ID_LENGTH}:
        ids = ids.cast(pa.large_string())
        content = np.frombuffer(ids.buffers()[2], np.uint8)
        first = int(np.frombuffer(ids.buffers()[1], np.int64)[ids.offset])
        letters = content[first : first + len(ids) * _ID_LENGTH].reshape(len(ids), _ID_LENGTH)
        found = np.zeros(len(ids), np.uint64)
        for place in range(_ID_HEAD, _ID_HEAD + _KEY_LETTERS):
            found = found << np.uint64(5) | _VALUES[letters[:, place]]
        return found
    keys = [
        keys_of(pa.array([id], pa.large_string()))[0] if len(id.encode()) == _ID_LENGTH else 0
        for id in ids.to_pylist()
    ]
    return np.array(keys, np.uint64)


def write_json(path: Path, content: object) -> None:
    """Write a small file of names."""
    path.write_bytes(orjson.dumps(content))


def read_json(path: Path) -> dict[str, list[object]]:
    """Read what write_json wrote; raises IndexDamagedError."""
    try:
        found: dict[str, list[object]] = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise IndexDamagedError(f"{path} cannot be read: run `kgservice index build`") from error
    return found
