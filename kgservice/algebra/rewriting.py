"""Expressions into ones that mean the same and cost less.

Each rule is a function of an expression whose operands have been rewritten already, and gives the
same entities with the same scores, to the last bit. What depends on the order in which scores are
added or multiplied is left as it was written. `rewritten` applies all rules from the leaves up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from math import prod

from kgservice.algebra.expression import (
    EMPTY,
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
    operands,
)
from kgservice.algebra.pattern import (
    NO_RELATION,
    Alternatives,
    Hop,
    Pattern,
    Repeat,
    Sequence,
    alternatives,
)
from kgservice.algebra.scoring import DEFAULT_SCORING, IntersectNorm, MergeNorm, Scoring

Rule = Callable[[Expression, Scoring], Expression]


def rewritten(expression: Expression, scoring: Scoring) -> Expression:
    """The expression by all the rules.

    >>> from kgservice.algebra.expression import ids
    >>> rewritten(Union((Intersect((ids("a"), EMPTY)), ids("b"))), Scoring()) == ids("b")
    True
    """
    match expression:
        case Follow(source) | Filter(source) | Top(source):
            below = rewritten(source, scoring)
            expression = expression if below is source else replace(expression, source=below)
        case Subtract(source, remove):
            expression = Subtract(rewritten(source, scoring), rewritten(remove, scoring))
        case Intersect(operands) | Union(operands):
            each = tuple(rewritten(one, scoring) for one in operands)
            expression = replace(expression, operands=each)
    for rule in RULES:
        expression = rule(expression, scoring)
    return expression


# ---------------------------------------------------------------------- sets that are empty


def cut_empty(expression: Expression, _: Scoring) -> Expression:
    """What cannot hold anything is the empty set, and what holds it does without."""
    match expression:
        case Union(operands):
            left = tuple(one for one in operands if one != EMPTY)
            return Union(left) if left else EMPTY
        case Subtract(source, remove):
            return source if EMPTY in (source, remove) else expression
        case _:
            return EMPTY if _is_empty(expression) else expression


def _is_empty(expression: Expression) -> bool:
    match expression:
        case OfType(types):
            return not types
        case Follow(source, steps):
            return source == EMPTY or any(_leads_nowhere(one) for one in steps)
        case Intersect(operands):
            return EMPTY in operands
        case Filter(source, types):
            return source == EMPTY or types == frozenset()
        case Top(source, first):
            return source == EMPTY or first == 0
        case _:
            return False


def _leads_nowhere(step: Step) -> bool:
    return not _can_lead(step.pattern)


def _can_lead(pattern: Pattern) -> bool:
    match pattern:
        case Hop(forwards, backwards, where, types):
            nothing = frozenset[str]()
            names = (types, where.sources, where.domains, where.marketplaces)
            return not (forwards == backwards == NO_RELATION) and nothing not in names
        case Sequence(parts):
            return all(_can_lead(one) for one in parts)
        case Alternatives(parts):
            return any(_can_lead(one) for one in parts)
        case Repeat(inner, least):
            return least == 0 or _can_lead(inner)


# ---------------------------------------------------------------------- one in place of several


def unite_chains(expression: Expression, _: Scoring) -> Expression:
    """A follow of a follow is one walk, where no step has to know what the second began from."""
    match expression:
        case Follow(Follow(source, before), after):
            if not any(step.except_start for step in after):
                return Follow(source, (*before, *after))
    return expression


def unite_operands(expression: Expression, scoring: Scoring) -> Expression:
    """Set operations of the same kind are one, in which no operand stands twice."""
    match expression:
        case Intersect((one,)) | Union((one,)):
            return one
        case Subtract(source, remove) if source == remove:
            return EMPTY
        case Subtract(Subtract(source, first), second):
            return Subtract(source, unite_operands(Union((first, second)), scoring))
        case Intersect(operands) if scoring.intersect is IntersectNorm.MIN:
            return _once(Intersect, _flat(Intersect, operands))
        case Union(operands) if scoring.merge is MergeNorm.MAX:
            return _once(Union, _flat(Union, operands))
    return expression


def unite_steps(expression: Expression, scoring: Scoring) -> Expression:
    """Steps from one set are one step: one look at each statement, and one set of answers."""
    if scoring.merge is not MergeNorm.MAX:
        return expression
    match expression:
        case Follow(source, steps) if not all(isinstance(one.pattern, Hop) for one in steps):
            return Follow(source, tuple(replace(one, pattern=_one(one.pattern)) for one in steps))
        case Union(operands):
            return _once(Union, _stepped(operands))
    return expression


def _stepped(operands: Iterable[Expression]) -> list[Expression]:
    """Operands, of which those that differ in a last hop alone are one."""
    found: dict[object, list[Follow]] = {}
    others: list[Expression] = []
    for one in operands:
        match one:
            case Follow(source, (*before, Step(Hop() as hop, except_start))):
                alike = (source, tuple(before), hop.where, hop.types, except_start)
                if alike not in found:
                    others.append(one)
                found.setdefault(alike, []).append(one)
            case _:
                others.append(one)
    united = {several[0]: _last_steps_as_one(several) for several in found.values()}
    return [united.get(one, one) if isinstance(one, Follow) else one for one in others]


def _last_steps_as_one(several: list[Follow]) -> Follow:
    last = several[0].steps[-1]
    pattern = _one(Alternatives(tuple(one.steps[-1].pattern for one in several)))
    return Follow(several[0].source, (*several[0].steps[:-1], replace(last, pattern=pattern)))


def _one(pattern: Pattern) -> Pattern:
    """A pattern in which hops that are alternatives are one hop, as far as they are alike."""
    match pattern:
        case Hop():
            return pattern
        case Sequence(parts):
            return Sequence(tuple(_one(one) for one in parts))
        case Repeat(inner, least, most):
            return Repeat(_one(inner), least, most)
        case Alternatives(parts):
            return _alternatives([_one(one) for one in parts])


def _alternatives(parts: list[Pattern]) -> Pattern:
    alike: dict[object, list[Hop]] = {}
    for one in parts:
        if isinstance(one, Hop):
            alike.setdefault((one.where, one.types), []).append(one)
    hops = [_one_hop(several) for several in alike.values()]
    together = (*hops, *(one for one in parts if not isinstance(one, Hop)))
    return together[0] if len(together) == 1 else Alternatives(together)


def _one_hop(several: list[Hop]) -> Hop:
    united = alternatives(*(Hop(one.forwards, one.backwards) for one in several))
    assert isinstance(united, Hop)
    return replace(several[0], forwards=united.forwards, backwards=united.backwards)


def _flat(kind: type[Intersect | Union], operands: Iterable[Expression]) -> list[Expression]:
    flat: list[Expression] = []
    for one in operands:
        flat.extend(one.operands if isinstance(one, kind) else (one,))
    return flat


def _once(kind: type[Intersect | Union], operands: Iterable[Expression]) -> Expression:
    different = tuple(dict.fromkeys(operands))
    return different[0] if len(different) == 1 else kind(different)


# ---------------------------------------------------------------------- less, sooner


def push_filters(expression: Expression, _: Scoring) -> Expression:
    """Entities that will not pass are dropped where they come from."""
    if not isinstance(expression, Filter):
        return expression
    match expression.source:
        case Filter(source, types, conditions) if None in (types, expression.types):
            either = expression.types if types is None else types
            return Filter(source, either, (*conditions, *expression.conditions))
        case Union(operands) if not expression.conditions:
            return Union(tuple(_pushed(expression, one) for one in operands))
        case Intersect((first, *others)):
            return Intersect((_pushed(expression, first), *others))
        case Subtract(source, remove):
            return Subtract(_pushed(expression, source), remove)
        case Follow() as follow:
            return _filtered_step(expression, follow)
    return expression


def _pushed(asked: Filter, source: Expression) -> Expression:
    return push_filters(replace(asked, source=source), DEFAULT_SCORING)


def _filtered_step(asked: Filter, follow: Follow) -> Expression:
    *before, last = follow.steps
    if asked.types is None or not isinstance(last.pattern, Hop) or last.pattern.types is not None:
        return asked
    step = replace(last, pattern=replace(last.pattern, types=asked.types))
    walked = Follow(follow.source, (*before, step))
    return Filter(walked, None, asked.conditions) if asked.conditions else walked


def unite_tops(expression: Expression, _: Scoring) -> Expression:
    """Of several tops of one order the least is left."""
    match expression:
        case Top(Top(source, fewer, order, by), first, order_, by_) if (order, by) == (order_, by_):
            return Top(source, min(fewer, first), order, by)
    return expression


def ask_little_first(expression: Expression, scoring: Scoring) -> Expression:
    """The operand that is likely to hold the least comes first: the others are probed with it."""
    match expression:
        case Intersect(operands) if scoring.intersect is IntersectNorm.MIN:
            return Intersect(tuple(sorted(operands, key=_likely_size)))
    return expression


#: How many entities a hop leads to from one, and how many a type has: CoDEx-M has 12 statements an
#: entity and 17,050 entities. Only their order matters.
_A_HOP = 12.0
_A_TYPE = 1_000.0
#: What is left of a set by a condition or a type.
_PASSING = 0.3


def _likely_size(expression: Expression) -> float:
    below = list(map(_likely_size, operands(expression)))
    match expression:
        case Entities(entities):
            return float(len(entities))
        case OfType():
            return _A_TYPE
        case Follow(_, steps):
            return below[0] * prod(_likely_growth(step.pattern) for step in steps)
        case Intersect() | Filter():
            return _PASSING * min(below)
        case Union():
            return sum(below)
        case Subtract():
            return below[0]
        case Top(_, first):
            return min(float(first), below[0])


def _likely_growth(pattern: Pattern) -> float:
    match pattern:
        case Hop(types=types):
            return _A_HOP if types is None else _A_HOP * _PASSING
        case Sequence(parts):
            return prod(map(_likely_growth, parts))
        case Alternatives(parts):
            return sum(map(_likely_growth, parts))
        case Repeat(inner, least, most):
            return _likely_growth(inner) ** (least + 2 if most is None else most)


RULES: tuple[Rule, ...] = (
    cut_empty,
    unite_chains,
    unite_operands,
    unite_steps,
    unite_tops,
    push_filters,
    ask_little_first,
)
