"""The Cypher that a good hand would write: a set for each leg, static types, one list back.

Of six forms that were measured this one has the shortest tails (a set for each leg, then
membership; labels are looked at once for each entity); texts are written out of the expression
here, apart from the service's own writer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from kgservice.algebra.expression import Entities, Expression, Follow, Intersect, Subtract, Union
from kgservice.algebra.pattern import Hop

FIRST = 20


@dataclass
class _Hand:
    parameters: dict[str, str] = field(default_factory=dict)
    names: count[int] = field(default_factory=count)

    def rows(self, expression: Expression) -> str:
        match expression:
            case Entities(((id, _),)):
                name = f"e{next(self.names)}"
                self.parameters[name] = id
                return f"MATCH (x:Entity {{id: ${name}}})\n"
            case Follow(source, steps):
                return self.rows(source) + "".join(_hop(step.pattern) for step in steps)
            case Intersect((first, *others)):
                return self._among(first, others, "x IN")
            case Subtract(source, remove):
                return self._among(source, [remove], "NOT x IN")
            case Union(operands):
                legs = "UNION\n".join(f"{self.rows(one)}RETURN x\n" for one in operands)
                return f"CALL () {{\n{legs}}}\n"
            case _:
                raise ValueError(f"no structure has {expression}")

    def _among(self, first: Expression, others: list[Expression], test: str) -> str:
        text, names = "", []
        for one in (first, *others):
            names.append(f"l{next(self.names)}")
            text += f"CALL () {{\n{self.rows(one)}RETURN collect(x) AS {names[-1]}\n}}\n"
        tests = " AND ".join(f"{test} {name}" for name in names[1:])
        return f"{text}UNWIND {names[0]} AS x\nWITH x WHERE {tests}\n"


def _hop(pattern: object) -> str:
    assert isinstance(pattern, Hop)
    relation = next(iter(pattern.forwards or pattern.backwards or frozenset()))
    ways = f"-[:{relation}]->" if pattern.forwards else f"<-[:{relation}]-"
    return f"MATCH (x){ways}(y)\nWITH DISTINCT y AS x WHERE x:Entity\n"


def by_hand(expression: Expression) -> tuple[str, dict[str, str]]:
    """The first answers with label and score, as a text and its parameters."""
    hand = _Hand()
    text = hand.rows(expression)
    ordered = f"WITH x ORDER BY x.id LIMIT {FIRST}\nRETURN collect([x.id, x.label, 1.0])"
    return text + ordered, hand.parameters
