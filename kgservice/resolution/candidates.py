"""Every entity that a text may mean: wide, cheap, and with the names that led to each.

Names are found in each layer by identifier, equality, trigrams, deletes and learned aliases; by
vectors only where nothing of these is much alike, for then alone they find what the others do not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kgservice.model import Generator, LearnedAlias, Mention
from kgservice.resolution.encoder import Encoder, Vectors
from kgservice.resolution.index import NameIndex, Shown
from kgservice.resolution.likeness import COLUMNS, likeness
from kgservice.resolution.mapped import Array
from kgservice.resolution.names import NameKind
from kgservice.resolution.spans import spread
from kgservice.resolution.text import latin, normalise

#: Keys of each search. 60 by trigrams hold the right one for 96 % of misspelt names of 100,000.
_BY_TRIGRAMS, _BY_DELETES, _BY_VECTORS = 60, 30, 30
#: With types, vectors are searched wider and sifted after.
_BY_VECTORS_TYPED = 300
#: Namesakes looked at, of a name that is equal to the text and of one that is only alike.
_NAMESAKES_EQUAL, _NAMESAKES_ALIKE = 1_000, 50
#: Entities of a layer that a text may name by their initials.
_BY_INITIALS = 30
#: Where the best name is less alike than this, vectors are asked too.
_ALIKE_ENOUGH = 0.85

#: A bit for each generator, so that several can be told of one name.
BIT: Mapping[Generator, int] = {generator: 1 << at for at, generator in enumerate(Generator)}

_ID, _EXACT, _FUZZY, _EMBEDDING, _LEARNED = BIT.values()
_ALIKE = COLUMNS.index("alike")
#: A name that is wholly like the text, in all columns but those of a name that is longer.
_WHOLE = [name not in {"abbreviation", "left_out"} for name in COLUMNS]

#: A name that a text may stand for. `layer` and `entity` say whose it is; `name` is its row among
#: the names of the layer, -1 where an id or a learned alias led there; `kind` is a NameKind,
#: `found` the bits of the generators, `cosine` that of the vectors, 0 where they did not find it;
#: `like` are the columns of likeness.
ROW = np.dtype(
    [
        ("layer", np.int32),
        ("entity", np.int32),
        ("name", np.int32),
        ("kind", np.uint8),
        ("found", np.uint8),
        ("cosine", np.float32),
        ("like", np.float32, len(COLUMNS)),
    ]
)
#: Names that a text may stand for, a ROW each; an entity may have several.
Pool = npt.NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Asked:
    """A mention made ready: its text as given, normalised, and in Latin where that is different."""

    text: str
    forms: tuple[str, ...]
    types: frozenset[str] | None

    @classmethod
    def of(cls, mention: Mention) -> Asked:
        """What a mention asks for; no forms where there is nothing in its text to look for."""
        text = mention.text.strip()
        forms = tuple(form for form in (normalise(text), latin(text)) if form)
        return cls(text, forms, mention.types)


def gather(
    index: NameIndex, asked: Asked, learned: Sequence[LearnedAlias], encoder: Encoder | None
) -> Pool:
    """All names that may be meant, of entities that have one of the types where these are given."""
    parts = [_by_letters(place, shown, asked) for place, shown in enumerate(index.layers)]
    parts += [_known(index, asked, id, _ID) for id in {asked.text, asked.text.upper()}]
    parts += [_known(index, asked, one.entity, _LEARNED) for one in learned]
    pool = _joined(parts)
    if encoder is None or not asked.forms or _most_alike(pool) >= _ALIKE_ENOUGH:
        return pool
    [vector] = encoder.encode(asked.forms[:1])
    near = (_by_vector(place, shown, asked, vector) for place, shown in enumerate(index.layers))
    return _joined([pool, *near])


def _joined(parts: Sequence[Pool]) -> Pool:
    # Most are empty, and joining rows of many columns takes 0.1 ms.
    full = [part for part in parts if len(part)]
    return full[0] if len(full) == 1 else np.concatenate([np.empty(0, ROW), *full])


def has_label(index: NameIndex, asked: Asked) -> bool:
    """Whether the text is the label of an entity that may be meant."""
    for place, shown in enumerate(index.layers):
        names = shown.layer.names
        keys = [key for form in asked.forms if (key := names.keys.find(form)) is not None]
        pool = _rows(place, shown, asked, np.array(keys, np.int64), np.full(len(keys), _EXACT))
        if (pool["kind"] <= NameKind.LATIN_LABEL).any():
            return True
    return False


def _most_alike(pool: Pool) -> float:
    return float(pool["like"][:, _ALIKE].max(initial=0.0))


def _by_letters(place: int, shown: Shown, asked: Asked) -> Pool:
    types = _type_numbers(shown, asked)
    if not asked.forms or (types is not None and not types):
        return np.empty(0, ROW)
    layer = shown.layer
    keys: dict[int, int] = {}
    for form in asked.forms:
        for key in layer.trigrams.find(form, _BY_TRIGRAMS, types):
            keys[key] = _FUZZY
        for key in layer.deletes.find(form, layer.names.keys, _BY_DELETES):
            keys[key] = _FUZZY
    for form in asked.forms:
        if (exact := layer.names.keys.find(form)) is not None:
            keys[exact] = _EXACT
    found = np.fromiter(keys.values(), np.uint8, len(keys))
    return _rows(place, shown, asked, np.fromiter(keys, np.int64, len(keys)), found)


def _by_vector(place: int, shown: Shown, asked: Asked, vector: Vectors) -> Pool:
    types = _type_numbers(shown, asked)
    if shown.layer.name_vectors is None or (types is not None and not types):
        return np.empty(0, ROW)
    most = _BY_VECTORS if types is None else _BY_VECTORS_TYPED
    near = shown.layer.name_vectors.find(vector, most)
    keys = np.array([key for key, _ in near], np.int64)
    pool = _rows(place, shown, asked, keys, np.full(len(keys), _EMBEDDING, np.uint8))
    cosine = dict(near)
    key_of_row = np.searchsorted(shown.layer.names.starts, pool["name"], side="right") - 1
    pool["cosine"] = [cosine[key] for key in key_of_row.tolist()]
    return pool


def _rows(place: int, shown: Shown, asked: Asked, keys: Array, found: Array) -> Pool:
    """The names under some keys that are shown and of the types asked for."""
    names, entities = shown.layer.names, shown.layer.entities
    most = np.where(found == _EXACT, _NAMESAKES_EQUAL, _NAMESAKES_ALIKE)
    starts = names.starts[keys]
    rows, owner = spread(starts, np.minimum(names.starts[keys + 1], starts + most))
    entity, short = names.entity[rows], names.kind[rows] == NameKind.INITIALS
    kept = ~shown.hidden[entity] & ~(short & (np.cumsum(short) > _BY_INITIALS))
    if (types := _type_numbers(shown, asked)) is not None:
        kept &= entities.having(entity, types)
    like = _like(asked.forms, names.keys.take(keys))

    rows, owner = rows[kept], owner[kept]
    pool = np.zeros(len(rows), ROW)
    pool["layer"], pool["entity"], pool["name"] = place, entity[kept], rows
    pool["kind"] = names.kind[rows]
    pool["found"] = np.where(short[kept], _FUZZY, found[owner])
    pool["like"] = like[owner]
    return pool


def _known(index: NameIndex, asked: Asked, id: str, by: int) -> Pool:
    """The entity with an id: a text that is its id or a learned alias is wholly like it."""
    found = index.find(id)
    if found is None:
        return np.empty(0, ROW)
    place, row = found
    shown = index.layers[place]
    types = _type_numbers(shown, asked)
    if types is not None and not shown.layer.entities.having(np.array([row]), types)[0]:
        return np.empty(0, ROW)
    pool = np.zeros(1, ROW)
    pool["layer"], pool["entity"], pool["name"] = place, row, -1
    pool["kind"], pool["found"] = NameKind.LEARNED, by
    pool["like"] = _WHOLE
    return pool


def _type_numbers(shown: Shown, asked: Asked) -> list[int] | None:
    return None if asked.types is None else shown.layer.entities.numbers(asked.types)


def _like(forms: Sequence[str], names: Sequence[str]) -> npt.NDArray[np.float32]:
    """How alike each name is to the form of the text that is most like it."""
    each = np.stack([likeness(form, names) for form in forms])
    nearest = each[:, :, _ALIKE].argmax(axis=0)
    like: npt.NDArray[np.float32] = each[nearest, np.arange(len(names))]
    return like
