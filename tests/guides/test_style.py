"""GraSS: read as Neo4j Browser reads it, whatever the vocabulary holds."""

from __future__ import annotations

import re

from graph_schema.entity_types import EntityType
from graph_schema.identifiers import relationship_type_of
from graph_schema.relations import Relation
from kgservice.guides.style import as_grass
from kgservice.vocabulary import Vocabulary, built_in_vocabulary


def parsed(grass: str) -> dict[str, dict[str, str]]:
    """What neo4j-browser 5.24 (parseGrass) makes of GraSS.

    Braces count where no quote is open, quotes are dropped, a declaration is what has one colon.
    """
    quoted, outside = False, []
    for character in grass:
        quoted ^= character in "'\""
        outside.append("\0" if quoted and character in "{}" else character)
    plain = re.sub("['\"]", "", "".join(outside))
    return {
        "".join(selector.split()): {
            part.split(":")[0].strip(): part.split(":")[1].strip()
            for part in body.split(";")
            if len(part.split(":")) == 2
        }
        for selector, body in re.findall(r"([^{}]*)\{([^{}]*)\}", plain)
    }


def test_entity_is_first_and_grey_and_types_come_after_those_above() -> None:
    vocabulary = built_in_vocabulary()
    rules = list(parsed(as_grass(vocabulary)))
    assert rules[:2] == ["node", "node.Entity"]
    for type in vocabulary.types.values():
        for parent in type.parents:
            assert rules.index(f"node.{parent}") < rules.index(f"node.{type.id}")


def test_every_type_has_a_colour_of_its_own() -> None:
    vocabulary = built_in_vocabulary()
    rules = parsed(as_grass(vocabulary))
    colours = {rules[f"node.{id}"]["color"] for id in vocabulary.types}
    assert len(colours) == len(vocabulary.types)
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours)
    assert rules["node.Entity"]["color"] not in colours
    parts = [int(rules["node.Entity"]["color"][at : at + 2], 16) for at in (1, 3, 5)]
    assert max(parts) - min(parts) < 20


def test_coded_relations_have_their_words() -> None:
    coded = [
        Relation("P161", "cast member"),
        Relation("http://example.org/r", "says: 'it is {so}'; \"or\" not"),
    ]
    rules = parsed(as_grass(built_in_vocabulary().with_relations(coded)))
    assert rules["relationship.P161"] == {"caption": "cast member"}
    [name] = {f"relationship.{relationship_type_of(one.id)}" for one in coded[1:]}
    assert rules[name] == {"caption": "says it is so or not"}
    assert "relationship.CAPABLE_OF" not in rules


def test_types_of_any_kind_leave_it_whole() -> None:
    odd = [
        EntityType("Thing } node {", "x"),
        EntityType("A", "a", "", ("B",)),
        EntityType("B", "b", "", ("A",)),
        EntityType("C", "c", "", ("Nowhere",)),
    ]
    vocabulary = Vocabulary({}, {one.id: one for one in odd})
    rules = parsed(as_grass(vocabulary))
    kinds = [name for name in rules if re.fullmatch(r"node\.(A|B|C|T_[0-9a-f]{10})", name)]
    assert len(kinds) == len(odd)
    assert len(rules) == 2 + len(odd) + 4 + 1


def test_of_very_many_types_the_most_general_have_a_colour() -> None:
    types = [EntityType(f"Q{number}", "x", "", ("Root",)) for number in range(20_000)]
    vocabulary = Vocabulary({}, {one.id: one for one in [*types, EntityType("Root", "root")]})
    rules = parsed(as_grass(vocabulary))
    assert len([name for name in rules if name.startswith("node.Q")]) == 999
    assert "node.Root" in rules
