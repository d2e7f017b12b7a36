"""Worlds of chance, each from a seed, small and full of what goes wrong.

Parallel statements, loops, cycles, hubs, null scores, one statement of several data sets, literals
of every kind, ids that look like Cypher, behaviors with their roll-ups, and merged entities.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random

from reference.sayings import Behavior, Fact, Mined, Value, World

from kgservice.literals import Kind

DATASETS = ("atlas", "books", 'catalogue, 2nd "ed." \'`')
DOMAINS = ("Sports & Outdoors", "Electronics", "Grocery `& Gourmet'")
MARKETPLACES = ("US", "UK", "IN")

IDS = (
    *(f"e{number:02d}" for number in range(26)),
    "Q42", "q42", "two words", " blank before", "it's", 'say "hi', "`tick`", "back\\slash",
    "x}) DETACH DELETE n //", "$ids", "{id: 'e00'}", "line\nbreak", "tab\tbed", "é", "e\u0301",
    "🐕 dog", "𐀀", "\uff5e wide tilde", "\ue000 private", "null", "0", "ß", "a" * 300,
)  # fmt: skip

#: The last are names of ours, or look like the hashes that stand for such names.
RELATIONS = {
    "LIKES": frozenset(),
    "LOVES": frozenset({"LIKES"}),
    "next": frozenset(),
    "P31x": frozenset(),
    "made of `x`": frozenset({"P31x"}),
    "SAME_AS": frozenset(),
    "R_0123456789": frozenset(),
    "🜁 air": frozenset(),
}
VALUE_RELATIONS = ("height", "born", "note", "mixed's")

TYPES = {
    "Being": frozenset(),
    "Animal": frozenset({"Being"}),
    "Dog": frozenset({"Animal", "Pet"}),
    "Pet": frozenset(),
    "round 1": frozenset({"round 2"}),
    "round 2": frozenset({"round 1"}),
    "Entity": frozenset({"Being"}),
    "rock 'n' `roll`": frozenset(),
    "T_0123456789": frozenset(),
}

SCORES = tuple(map(Fraction, ("0", "0.25", "0.5", "0.5", "0.7", "0.333333", "0.999999", "1")))
TAILS = {
    "USED_FOR_AUD": ("audience", ("dog owners", "hikers", "it's me")),
    "CAPABLE_OF": ("function", ("keep dry", "glow")),
    "USED_FOR_EVE": ("event", ("a picnic", "rain")),
}


def world_of(seed: int, *, merged: bool) -> World:
    """A world; the same for the same seed."""
    random = Random(seed)
    facts = [*_statements(random), *_literals(random)]
    mined = _mined(random)
    random.shuffle(facts)
    return World(
        facts=tuple(facts),
        mined=tuple(mined),
        types=_types(random),
        type_parents=TYPES,
        relation_parents={**RELATIONS, **dict.fromkeys(VALUE_RELATIONS, frozenset())},
        merged=_merged(random) if merged else {},
    )


def small_world(seed: int, *, merged: bool) -> World:
    """A world in which all walks can be tried, with scores that multiply without rounding."""
    random = Random(seed)
    ids = ("a", "b", "c", "d", "e", "it's", "𐀀", "\uff5e")
    relations = ("LIKES", "LOVES", "next")
    pairs = [(random.choice(ids), random.choice(ids)) for _ in range(14)] + [("a", "a")]
    facts = {
        (subject, relation, object): Fact(
            DATASETS[0],
            subject,
            relation,
            object,
            plausibility=random.choice((None, Fraction(1), Fraction(1, 2), Fraction(1, 4))),
            typicality=random.choice((None, Fraction(1, 2), Fraction(0))),
            support=random.choice((1, 2, 3)),
        )
        for subject, object in pairs
        for relation in random.sample(relations, random.choice((1, 1, 2)))
    }
    return World(
        facts=tuple(facts.values()),
        types={id: frozenset(random.sample(("Animal", "Pet"), 1)) for id in ids},
        type_parents={"Animal": frozenset(), "Pet": frozenset()},
        relation_parents=dict.fromkeys(relations, frozenset()),
        merged={"c": "b", "e": "d"} if merged else {},
    )


def _statements(random: Random) -> list[Fact]:
    pairs = [(random.choice(IDS), random.choice(IDS)) for _ in range(60)]
    pairs += [(one, one) for one in random.sample(IDS, 5)]
    hub, sink = random.sample(IDS, 2)
    pairs += [(hub, other) for other in random.sample(IDS, 20)]
    pairs += [(other, sink) for other in random.sample(IDS, 20)]
    facts: list[Fact] = []
    for subject, object in pairs:
        for relation in random.sample(sorted(RELATIONS), random.choice((1, 1, 1, 2, 3))):
            facts += _asserted(random, subject, relation, object)
    ring = random.sample(IDS, 6)
    for subject, object in zip(ring, ring[1:] + ring[:1], strict=True):
        facts += _asserted(random, subject, "next", object)
    return facts


def _asserted(random: Random, subject: str, relation: str, object: str) -> list[Fact]:
    """The same from one data set or more; now and then an older word of one of them."""
    times = ((None,), ("2024-05-01T00:00:00Z", "2023-01-01T00:00:00Z"))
    return [
        Fact(
            dataset,
            subject,
            relation,
            object,
            plausibility=_score(random),
            typicality=_score(random),
            support=random.choice((1, 1, 2, 3, 5)),
            at=at,
        )
        for dataset in random.sample(DATASETS, random.choice((1, 1, 2, 3)))
        for at in random.choice(times)
    ]


def _score(random: Random) -> Fraction | None:
    return None if random.random() < 0.3 else random.choice(SCORES)


def _literals(random: Random) -> list[Fact]:
    return [
        Fact(random.choice(DATASETS), id, relation, _value(random, relation))
        for id in IDS
        for relation in VALUE_RELATIONS
        for _ in range(random.choice((0, 0, 1, 1, 2, 3)))
    ]


def _value(random: Random, relation: str) -> Value:
    if relation == "mixed's":
        return _value(random, random.choice(("height", "born", "note")))
    if relation == "height":
        return random.choice(NUMBERS)
    return random.choice(TIMES if relation == "born" else TEXTS)


NUMBERS = (
    *(Value(text, Kind.NUMBER, unit) for text in ("1", "2.5", "1994") for unit in ("m", "kg")),
    Value("-3", Kind.NUMBER),
    Value("1e3", Kind.NUMBER),
    Value("1000", Kind.NUMBER),
    Value("2.50", Kind.NUMBER, datatype="xsd:decimal"),
    Value("10", Kind.NUMBER, datatype="xsd:integer"),
    Value("9", Kind.NUMBER, datatype="xsd:double"),
    Value("tall", Kind.TEXT, datatype="xsd:integer"),
)
TIMES = (
    Value("1994", Kind.TIME, datatype="xsd:gYear"),
    Value("1994-01", Kind.TIME),
    Value("1994-01-01", Kind.TIME),
    Value("1994-07-06", Kind.TIME),
    Value("1994-07-06T23:30:00-05:00", Kind.TIME),
    Value("1994-07-07T04:30:00.000001Z", Kind.TIME, datatype="xsd:dateTime"),
    Value("-0043-03-15", Kind.TIME),
    Value("12024", Kind.TIME),
    Value("a long time ago", Kind.TEXT, datatype="xsd:date"),
)
TEXTS = (
    Value("10", Kind.TEXT),
    Value("9", Kind.TEXT),
    Value("a tent", Kind.TEXT, language="en"),
    Value("ein Zelt", Kind.TEXT, language="de"),
    Value("\uff5e", Kind.TEXT),
    Value("😀 smile", Kind.TEXT),
    Value('it\'s "so"\n\\', Kind.TEXT),
    Value("a tent", Kind.TEXT),
    Value("1994", Kind.TEXT, language="en"),
    Value("Zelt", Kind.TEXT, unit="m"),
)


def _types(random: Random) -> dict[str, frozenset[str]]:
    return {id: frozenset(random.sample(sorted(TYPES), random.choice((0, 1, 1, 2)))) for id in IDS}


def _mined(random: Random) -> list[Mined]:
    """Behaviors whose products are entities that have statements already."""
    products = random.sample(IDS, 6)
    mined: dict[tuple[str, ...], Mined] = {}
    for number in range(8):
        query = random.choice(("tent", "lamp", None))
        behavior = Behavior(
            f"behavior {number}",
            tuple(random.sample(products, 2 if query is None else 1)),
            query,
            count=random.choice((None, 1, 2, 3, 7)),
            category=random.choice(("Outdoor", "Light")),
            product_type=random.choice((None, "TENT")),
            browse_path=random.choice(((), ("Shop", "Outdoor"), ("Shop", "Sale", "Light"))),
        )
        for _ in range(random.choice((1, 2, 3))):
            one = _assertion(random, behavior)
            key = (one.dataset, behavior.id, one.relation, one.tail, one.marketplace)
            mined[key] = one
    return list(mined.values())


def _assertion(random: Random, behavior: Behavior) -> Mined:
    relation = random.choice(sorted(TAILS))
    tail_type, tails = TAILS[relation]
    return Mined(
        random.choice(DATASETS),
        behavior,
        relation,
        tail_type,
        random.choice(tails),
        concept=random.choice((None, "people", *tails)),
        plausibility=_score(random),
        typicality=_score(random),
        domain=random.choice(DOMAINS),
        marketplace=random.choice(MARKETPLACES),
    )


def _merged(random: Random) -> dict[str, str]:
    """Classes of two and three; each entity stands in one."""
    chosen = random.sample(IDS, 12)
    classes = (chosen[:3], chosen[3:6], chosen[6:8], chosen[8:10], chosen[10:])
    return {id: canonical for canonical, *others in classes for id in others}
