"""The usual questions in general, whatever their directions: planned before anyone asks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, product
from typing import Any

from kgservice.algebra.expression import ids
from kgservice.algebra.pattern import Hop
from kgservice.algebra.question import PageRequest
from kgservice.algebra.rewriting import rewritten
from kgservice.algebra.scoring import DEFAULT_SCORING
from kgservice.algebra.structures import STRUCTURES, built, hops_of
from kgservice.graph.cypher.answers import questions
from kgservice.graph.cypher.answers.writer import Surroundings, Text, Writer

_DIRECTIONS = (Hop(forwards=frozenset({"any"})), Hop(backwards=frozenset({"any"})))


def usual_texts(surroundings: Surroundings) -> Iterator[tuple[Text, dict[str, Any]]]:
    """The general texts of a page of each usual structure: 90, with parameters that fit."""
    for shape in STRUCTURES.values():
        for hops in product(_DIRECTIONS, repeat=hops_of(shape)):
            # Different anchors, for what is said twice is asked once.
            anchors = (ids(str(number)) for number in count())
            expression = rewritten(built(shape, anchors, iter(hops)), DEFAULT_SCORING)
            writer = Writer(DEFAULT_SCORING, False, surroundings, {"must": []}, general=True)
            text = questions.page(writer, expression, PageRequest(1, cards=True))
            yield text, writer.sent
