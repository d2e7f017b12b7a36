"""The sorted names of a table: keys, their rows, whose they are and what they are to them."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from name_worlds import Indexed, Named, source

from kgservice.resolution.index import NameIndex
from kgservice.resolution.layer import write_layer
from kgservice.resolution.mapped import SortedStrings
from kgservice.resolution.names import NameKind
from kgservice.resolution.text import initials, latin, normalise

_WORTH = {0: 1.0, 1: 0.95, 2: 0.9, 3: 0.85, 4: 0.5}


@settings(max_examples=30, deadline=None)
@given(st.sets(st.text("ab", max_size=4)), st.lists(st.text("abc", max_size=4)))
def test_strings_sought_together(strings: set[str], sought: list[str]) -> None:
    found = SortedStrings(pa.array(sorted(strings), pa.large_string()))
    places = {string: at for at, string in enumerate(sorted(strings))}
    assert found.find_all(sought).tolist() == [places.get(one, -1) for one in sought]
    assert [found.find(one) for one in sought] == [places.get(one) for one in sought]


def rows_of(index: NameIndex) -> dict[tuple[str, str], int]:
    """What each name is to each entity, by key and id."""
    layer = index.layers[0].layer
    found = {}
    for key in range(len(layer.names.keys)):
        for row in layer.names.rows(key):
            id = layer.entities.ids[int(layer.names.entity[row])].as_py()
            assert (layer.names.keys[key], id) not in found
            found[layer.names.keys[key], id] = int(layer.names.kind[row])
    return found


def test_each_name_once_as_the_strongest_that_it_is(indexed: Indexed) -> None:
    index = indexed(
        [
            Named("usa", "United States of America", ["USA", "U.S.A.", "America"]),
            Named("tokyo", "東京", ["Токио", "Tokio"]),
            Named("blank", "  ", ["", "a blank"]),
        ]
    )
    assert rows_of(index) == {
        ("united states of america", "usa"): NameKind.LABEL,
        ("usa", "usa"): NameKind.ALIAS,
        ("u s a", "usa"): NameKind.ALIAS,
        ("america", "usa"): NameKind.ALIAS,
        ("usoa", "usa"): NameKind.INITIALS,
        ("東京", "tokyo"): NameKind.LABEL,
        ("dongjing", "tokyo"): NameKind.LATIN_LABEL,
        ("токио", "tokyo"): NameKind.ALIAS,
        ("tokio", "tokyo"): NameKind.ALIAS,
        ("a blank", "blank"): NameKind.ALIAS,
    }


def test_the_popular_come_first_under_a_key(indexed: Indexed) -> None:
    index = indexed(
        [
            Named("alias", "Other", ["Paris"], degree=100),
            Named("label", "Paris", degree=90),
            Named("small", "Paris", degree=2),
        ]
    )
    layer = index.layers[0].layer
    key = layer.names.keys.find("paris")
    assert key is not None
    ids = [
        layer.entities.ids[int(layer.names.entity[row])].as_py() for row in layer.names.rows(key)
    ]
    # ln 91 outweighs 0.9 ln 101.
    assert ids == ["label", "alias", "small"]


def test_a_table_of_nothing(indexed: Indexed) -> None:
    assert rows_of(indexed([])) == {}


_texts = st.text("abC é東Я.", max_size=12)
_entities = st.lists(st.tuples(_texts, st.lists(_texts, max_size=2)), max_size=25)


@settings(max_examples=6, deadline=None)
@given(_entities)
def test_all_names_and_no_others(entities: list[tuple[str, list[str]]]) -> None:
    expected: dict[tuple[str, str], int] = {}
    for at, (label, aliases) in enumerate(entities):
        names = [(normalise(label), NameKind.LABEL), (latin(label), NameKind.LATIN_LABEL)]
        names += [(short, NameKind.INITIALS) for short in initials(normalise(label))]
        names += [(normalise(alias), NameKind.ALIAS) for alias in aliases]
        names += [(latin(alias), NameKind.LATIN_ALIAS) for alias in aliases]
        for name, kind in names:
            if name:
                known = expected.get((name, f"e{at}"), kind)
                expected[name, f"e{at}"] = min(known, kind)
    named = [Named(f"e{at}", label, aliases) for at, (label, aliases) in enumerate(entities)]
    with TemporaryDirectory() as directory:
        write_layer(source(named), Path(directory) / "names")
        assert rows_of(NameIndex.open(Path(directory) / "names")) == expected
