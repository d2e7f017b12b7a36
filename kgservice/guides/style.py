"""Colours and captions for Neo4j Browser: GraSS, generated from the vocabulary.

A node has the style of every label that it bears, and what comes later prevails: so `Entity` comes
first and is grey, a type comes after those above it, and a node is as its most special type.
"""

from __future__ import annotations

import colorsys
import re
from collections import Counter
from collections.abc import Iterator

from graph_schema.entity_types import EntityType
from graph_schema.identifiers import label_of_type, relationship_type_of
from graph_schema.relations import Relation
from kgservice.vocabulary import Vocabulary

_GREY = "#9aa0a6"
#: Turns of the colour wheel from one root type to the next: no two of many come near each other.
_GOLDEN = 0.618034
_BETWEEN_BROTHERS = 0.012
#: Types that have a colour of their own, the most general first: Browser reads GraSS character by
#: character, and 1,000 are 130 kB. What is more is grey.
_MOST = 1_000
#: Lightness of a type by its depth below the root.
_LIGHTNESS = (0.42, 0.55, 0.66)
#: From this luminance on, dark letters can be read better than white ones.
_BRIGHT = 0.4
#: Ids that say nothing to a person: P161, R_0a1b2c3d4e.
_CODED = re.compile(r"[A-Z]?\d+|R_[0-9a-f]{10}")
#: What ends a value, or a caption, as Browser reads GraSS.
_MEANT = re.compile(r"[:;{}'\"\\\s]+")


def as_grass(vocabulary: Vocabulary) -> str:
    """The style of a vocabulary.

    >>> from kgservice.vocabulary import built_in_vocabulary
    >>> as_grass(built_in_vocabulary()).index("node.Entity") < 200
    True
    """
    return "\n".join(
        [
            _rule("node", {"diameter": "50px", "font-size": "10px", "border-width": "2px"}),
            _node("Entity", _GREY, "{label}"),
            *(_node(label_of_type(id), colour, "{label}") for id, colour in _colours(vocabulary)),
            _node("Literal", "#f2efe9", "{text}"),
            _node("Assertion", "#dfe3e8", "{dataset}"),
            _node("Relation", "#c9c4bb", "{id}"),
            _node("EntityType", "#c9c4bb", "{id}"),
            _rule("relationship", {"color": "#a5abb6", "shaft-width": "1px", "font-size": "8px"}),
            *_captions(vocabulary),
        ]
    )


def _colours(vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    """Each type with its colour, those above others before them."""
    lines = [_above(type, vocabulary) for type in vocabulary.types.values()]
    lines.sort(key=lambda line: (len(line), line))
    hues = {
        root: place * _GOLDEN for place, root in enumerate(sorted({line[-1] for line in lines}))
    }
    brothers: Counter[tuple[str, ...]] = Counter()
    for line in lines[:_MOST]:
        lightness = _LIGHTNESS[min(len(line), len(_LIGHTNESS)) - 1]
        # Brothers differ a little, all of them far less than from other families.
        shift = brothers[line[1:]] * _BETWEEN_BROTHERS if len(line) > 1 else 0
        brothers[line[1:]] += 1
        yield line[0], _hex(hues[line[-1]] + shift, lightness)


def _above(type: EntityType, vocabulary: Vocabulary) -> tuple[str, ...]:
    """A type and what is above it, by the first parent of each, to the root."""
    line = [type.id]
    while type.parents and type.parents[0] not in line and type.parents[0] in vocabulary.types:
        type = vocabulary.types[type.parents[0]]
        line.append(type.id)
    return tuple(line)


def _captions(vocabulary: Vocabulary) -> Iterator[str]:
    for relation in sorted(vocabulary.relations.values(), key=lambda one: one.id):
        name = relationship_type_of(relation.id)
        if _is_coded(relation, name):
            yield _rule(f"relationship.{name}", {"caption": f"'{_plain(relation.label)}'"})


def _is_coded(relation: Relation, name: str) -> bool:
    return bool(relation.label) and relation.label != name and bool(_CODED.fullmatch(name))


def _plain(text: str) -> str:
    """A text without what ends one in GraSS."""
    return _MEANT.sub(" ", text).strip()


def _node(label: str, colour: str, caption: str) -> str:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    luminance = 0.2126 * parts[0] ** 2.2 + 0.7152 * parts[1] ** 2.2 + 0.0722 * parts[2] ** 2.2
    ink = "#1f2328" if luminance > _BRIGHT else "#ffffff"
    values = {"color": colour, "border-color": colour, "text-color-internal": ink}
    return _rule(f"node.{label}", values | {"caption": f"'{caption}'"})


def _rule(selector: str, values: dict[str, str]) -> str:
    inner = "".join(f"  {name}: {value};\n" for name, value in values.items())
    return f"{selector} {{\n{inner}}}"


def _hex(hue: float, lightness: float) -> str:
    parts = colorsys.hls_to_rgb(hue % 1, lightness, 0.62)
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)
