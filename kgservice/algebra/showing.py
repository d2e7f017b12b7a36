"""Expressions as a person reads them: one line, relations and types by id, paths as in SPARQL."""

from __future__ import annotations

from collections.abc import Iterable

from kgservice.algebra.expression import (
    Condition,
    Entities,
    Expression,
    Filter,
    Follow,
    Intersect,
    OfType,
    Step,
    Subtract,
    Top,
    Union,
)
from kgservice.algebra.pattern import (
    ANY_STATEMENT,
    NO_RELATION,
    Alternatives,
    Hop,
    Pattern,
    Relations,
    Repeat,
    Sequence,
    StatementFilter,
)

#: Of longer lists of entities only the first are shown, and how many they are.
_ENTITIES = 5


def shown(expression: Expression) -> str:
    """An expression in one line.

    >>> from kgservice.algebra.expression import ids
    >>> shown(Intersect((ids("Q30"), Follow(ids("Q42"), (Step(Hop(frozenset({"P27"}))),)))))
    'intersect(ids(Q30), follow(ids(Q42), P27))'
    """
    match expression:
        case Entities(entities):
            return f"ids({_entities(entities)})"
        case OfType(types):
            return f"type({_names(types)})"
        case Follow(source, steps):
            return f"follow({shown(source)}, {' / '.join(map(_step, steps))})"
        case Intersect(operands):
            return f"intersect({', '.join(map(shown, operands))})"
        case Union(operands):
            return f"union({', '.join(map(shown, operands))})"
        case Subtract(source, remove):
            return f"subtract({shown(source)}, {shown(remove)})"
        case Filter() | Top():
            return _chosen(expression)


def _entities(entities: Iterable[tuple[str, float]]) -> str:
    each = [id if score == 1.0 else f"{id} {score:g}" for id, score in entities]
    more = len(each) - _ENTITIES
    return ", ".join(each[:_ENTITIES]) + (f", and {more} more" if more > 0 else "")


def _chosen(expression: Filter | Top) -> str:
    if isinstance(expression, Top):
        by = "" if expression.by is None else f" by {_names(expression.by)}"
        return f"top({shown(expression.source)}, {expression.first}{by} {expression.order.value})"
    types = [] if expression.types is None else [f"type {_names(expression.types)}"]
    tests = [*types, *map(_condition, expression.conditions)]
    return f"filter({', '.join([shown(expression.source), *tests])})"


def _condition(asked: Condition) -> str:
    unit = "" if asked.unit is None else f" {asked.unit}"
    return f"{_names(asked.relations)} {asked.comparison.value} {asked.value!r}{unit}"


def _step(step: Step) -> str:
    return _pattern(step.pattern) + (" except start" if step.except_start else "")


def _pattern(pattern: Pattern) -> str:
    match pattern:
        case Hop():
            return _hop(pattern)
        case Sequence(parts):
            return f"({'/'.join(map(_pattern, parts))})"
        case Alternatives(parts):
            return f"({'|'.join(map(_pattern, parts))})"
        case Repeat(inner, least, most):
            return f"{_pattern(inner)}{{{least},{'' if most is None else most}}}"


def _hop(hop: Hop) -> str:
    ways = [_relations(hop.forwards, ""), _relations(hop.backwards, "^")]
    either = "|".join(way for way in ways if way) or "nothing"
    restricted = [*_where(hop.where)]
    if hop.types is not None:
        restricted.append(f"to {_names(hop.types)}")
    bracketed = f"({either})" if "|" in either else either
    return f"{bracketed}[{', '.join(restricted)}]" if restricted else bracketed


def _relations(relations: Relations, way: str) -> str:
    if relations is None:
        return f"{way}any"
    return "" if relations == NO_RELATION else "|".join(way + one for one in sorted(relations))


def _where(where: StatementFilter) -> Iterable[str]:
    if where == ANY_STATEMENT:
        return
    minima = {
        "plausibility": where.min_plausibility,
        "typicality": where.min_typicality,
        "support": where.min_support,
    }
    yield from (f"{name} >= {least:g}" for name, least in minima.items() if least is not None)
    names = {
        "source": where.sources,
        "domain": where.domains,
        "marketplace": where.marketplaces,
    }
    yield from (f"{name} {_names(some)}" for name, some in names.items() if some is not None)


def _names(names: Iterable[str]) -> str:
    return "|".join(sorted(names)) or "none"
