"""Into which slices a labelled mention falls, by what the index knows of its entity.

| slice | values |
|---|---|
| length | of the normalised text: 1-2, 3-5, 6-8, 9+ letters |
| script | of the text's first letter, as Unicode names it |
| family | name or title, of the entity |
| popularity | quartile of the entity's degree among all: 1 is the least popular |
| namesake | unique, famous (the most popular of its name), overshadowed (not so) |
| spelling | how the text differs from the nearest name: see `_spelling` |
| context | with, without |
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from rapidfuzz.distance import OSA

from kgservice.resolution.entities import Family
from kgservice.resolution.index import NameIndex
from kgservice.resolution.labelled import LabelledMention
from kgservice.resolution.likeness import leaves_out, shortens
from kgservice.resolution.names import NameKind
from kgservice.resolution.text import normalise, script

_LENGTHS = ((9, "9+"), (6, "6-8"), (3, "3-5"), (0, "1-2"))

#: British spellings and their American ones, as endings and groups of letters.
_AMERICAN = (
    (re.compile(r"our(?=s?\b|ed\b|ing\b|ite|able)"), "or"),
    (re.compile(r"(?<=[a-z]{2})is(?=e[ds]?\b|ing\b|ation)"), "iz"),
    (re.compile(r"yse(?=[ds]?\b)"), "yze"),
    (re.compile(r"(?<=[bct])re\b"), "er"),
    (re.compile(r"ogue\b"), "og"),
    (re.compile(r"ll(?=ed\b|ing\b|er\b|ers\b)"), "l"),
    (re.compile(r"ence\b"), "ense"),
    (re.compile(r"ae|oe"), "e"),
    (re.compile(r"\bgrey"), "gray"),
    (re.compile(r"\btyre"), "tire"),
    (re.compile(r"\baluminium"), "aluminum"),
    (re.compile(r"\bjewellery"), "jewelry"),
    (re.compile(r"\bpyjama"), "pajama"),
)


def slices_of(index: NameIndex, labelled: LabelledMention) -> Mapping[str, str]:
    """The slices of a mention by name; those of its entity are left out where it means none."""
    normal = normalise(labelled.text)
    of_text = {
        "length": _length(len(normal)),
        "script": script(labelled.text),
        "context": "with" if labelled.context else "without",
    }
    place = None if labelled.entity is None else index.find(labelled.entity)
    return of_text if place is None else {**of_text, **_of_entity(index, place, labelled.text)}


def _of_entity(index: NameIndex, place: tuple[int, int], text: str) -> Mapping[str, str]:
    at, row = place
    layer = index.layers[at].layer
    names, degrees = layer.names, layer.entities.log_degree
    rows = names.rows_of(np.array([row]))
    rows = rows[names.kind[rows] < NameKind.INITIALS]
    keys = names.keys.take(np.searchsorted(names.starts, rows, side="right") - 1)
    of_entity = {
        "family": Family(int(layer.entities.family[row])).name.lower(),
        "popularity": str(1 + min(3, int(np.mean(degrees < degrees[row]) * 4))),
    }
    if not keys:
        return of_entity
    normal = normalise(text)
    nearest = min(range(len(keys)), key=lambda one: OSA.distance(normal, keys[one]))
    surface = names.surface[int(rows[nearest])].as_py()
    return {
        **of_entity,
        "namesake": _namesake(index, keys[nearest], float(degrees[row]), place),
        "spelling": _spelling(text, surface),
    }


def _length(letters: int) -> str:
    return next(name for least, name in _LENGTHS if letters >= least)


def _namesake(index: NameIndex, key: str, degree: float, place: tuple[int, int]) -> str:
    """Whether others have the same name, and one of them is more popular."""
    others = []
    for at, shown in enumerate(index.layers):
        names = shown.layer.names
        found = names.keys.find(key)
        for row in [] if found is None else names.rows(found):
            entity = int(names.entity[row])
            hidden = shown.hidden[entity] or names.kind[row] == NameKind.INITIALS
            if not hidden and (at, entity) != place:
                others.append(float(shown.layer.entities.log_degree[entity]))
    if not others:
        return "unique"
    return "famous" if degree >= max(others) else "overshadowed"


def _spelling(text: str, name: str) -> str:
    """How a text differs from a name."""
    here, there = normalise(text), normalise(name)
    edits = int(OSA.distance(here, there))
    tests = {
        "same": text == name,
        "case, marks": here == there,
        "British, American": _american(here) == _american(there),
        "one edit": edits == 1,
        "two edits": edits == 2,
        "order": sorted(here.split()) == sorted(there.split()),
        "abbreviated": shortens(here.split(), there.split()),
        "words left out": leaves_out(here.split(), there.split()),
    }
    return next((name for name, holds in tests.items() if holds), "other")


def _american(normal: str) -> str:
    for british, american in _AMERICAN:
        normal = british.sub(american, normal)
    return normal
