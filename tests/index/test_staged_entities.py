"""Chunks of entities as columns, beside what folding one at a time makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from kgservice.index.interning import Interner, Kind
from kgservice.index.reading import AlikeEntities
from kgservice.index.staged_entities import EntityColumns
from kgservice.index.uniting import Merges

_IDS = "abcdefgh"
_TYPES = frozenset({"Person", "Place"})
_names = st.sampled_from(["Ann", "Bo", "Ca", "Éa"])


@dataclass(frozen=True)
class One:
    """An entity as the graph has it, and the entity that it was merged into."""

    label: str
    description: str | None
    aliases: list[str]
    labels: frozenset[str]
    degree: int
    canonical: str | None


_entities = st.dictionaries(
    st.sampled_from(_IDS),
    st.builds(
        One,
        _names,
        st.none() | _names,
        st.lists(_names, max_size=4, unique=True),
        st.sampled_from([frozenset({"Entity", *more}) for more in ((), ["Place"], _TYPES)]),
        st.integers(0, 9),
        st.none() | st.sampled_from(_IDS),
    ),
)


def canonical_of(entities: dict[str, One], id: str) -> str | None:
    """Merges go one step: what others were merged into stays."""
    into = entities[id].canonical
    return into if into in entities and into > id and not entities[into].canonical else None


def chunk(entities: dict[str, One], ids: str) -> list[AlikeEntities]:
    """As Neo4j answers: by what they have in common, each in order of id."""
    groups: dict[tuple[frozenset[str], bool], list[str]] = {}
    for id in sorted(set(ids) & set(entities), reverse=True):
        one = entities[id]
        groups.setdefault((one.labels, one.description is None), []).insert(0, id)
    return [
        AlikeEntities(
            sorted(labels),
            ids,
            [_IDS.index(id) for id in ids],
            [entities[id].label for id in ids],
            [text for id in ids if (text := entities[id].description) is not None],
            [entities[id].aliases for id in ids],
            [entities[id].degree for id in ids],
        )
        for (labels, _), ids in groups.items()
    ]


@settings(max_examples=60, deadline=None)
@given(_entities, st.integers(0, len(_IDS)))
def test_columns(entities: dict[str, One], middle: int) -> None:
    into = {id: to for id in sorted(entities) if (to := canonical_of(entities, id)) is not None}
    merges = Merges.of(
        [id, one.label, one.description, one.aliases, sorted(one.labels), into[id]]
        for id, one in entities.items()
        if id in into
    )
    kinds: Interner[Kind] = Interner()
    with TemporaryDirectory() as directory:
        columns = EntityColumns(Path(directory), _TYPES, kinds, merges)
        for part in (_IDS[:middle], _IDS[middle:]):
            if several := chunk(entities, part):
                columns.append(several)
        staged = columns.finish()
        found = {name: column.to_pylist() for name, column in staged.columns.items()}
        degrees = staged.degrees.tolist()
    kept = sorted(entities.keys() - into)
    together = {id: [one for one in [id, *into] if into.get(one, one) == id] for id in kept}
    labels = {
        id: frozenset[str]().union(*(entities[one].labels for one in several)) & _TYPES
        for id, several in together.items()
    }
    names = {
        id: {name for one in several for name in (entities[one].label, *entities[one].aliases)}
        for id, several in together.items()
    }
    assert found["id"] == kept
    assert found["label"] == [entities[id].label for id in kept]
    assert found["description"] == [entities[id].description for id in kept]
    assert found["aliases"] == [sorted(names[id] - {entities[id].label}) for id in kept]
    assert found["merged_ids"] == [sorted(set(together[id]) - {id}) for id in kept]
    assert [kinds.values[code] for code in found["kind"]] == [
        tuple(sorted(labels[id])) for id in kept
    ]
    assert list(dict.fromkeys(found["kind"])) == list(range(len(kinds.values)))
    assert all(degree >= entities[id].degree for id, degree in zip(kept, degrees, strict=True))
