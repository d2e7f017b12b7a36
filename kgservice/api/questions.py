"""Inputs into questions: names bound to the vocabulary, limits kept, every fault with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from strawberry import UNSET

from kgservice.algebra.expression import (
    EMPTY,
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
    ids,
)
from kgservice.algebra.path import parse_path
from kgservice.algebra.pattern import (
    ANY_STATEMENT,
    NO_RELATION,
    Hop,
    Pattern,
    Relations,
    Repeat,
    StatementFilter,
    has_closure,
    hops,
    length,
    repetitions,
)
from kgservice.algebra.scoring import MergeNorm, Scoring
from kgservice.api.inputs import (
    FilterInput,
    FollowInput,
    HopRange,
    MentionInput,
    ScoringInput,
    SetExpression,
    StatementFilterInput,
    StepInput,
    SubtractInput,
    TopInput,
    ValueCondition,
)
from kgservice.errors import BadRequestError, LimitExceededError
from kgservice.limits import Limits
from kgservice.model import Direction, Mention, Resolution
from kgservice.vocabulary import Vocabulary

T = TypeVar("T")
Path = tuple[str | int, ...]

#: A candidate below this is left out of a set; inside `remove`, where a wrong reading would take
#: right answers away, the bar is higher.
_MIN_CONFIDENCE = 0.01
_MIN_CONFIDENCE_REMOVED = 0.5


@dataclass(frozen=True, slots=True)
class Asked:
    """An input as an expression, with what must be looked up before it can be answered.

    `mentions` stand in the order of the input. Until their candidates are known each is the empty
    set in `expression`: then the input is read again, with them.
    """

    expression: Expression
    scoring: Scoring
    ids: frozenset[str]
    mentions: tuple[Mention, ...]


def asked(
    query: SetExpression,
    scoring: ScoringInput | None,
    vocabulary: Vocabulary,
    limits: Limits,
    resolutions: Iterable[Resolution] = (),
    *,
    path: Path = ("query",),
) -> Asked:
    """The question that an input asks.

    Raises BadRequestError with the path of the fault, LimitExceededError, UnknownRelationError and
    UnknownTypeError.
    """
    reader = Reader(vocabulary, limits, iter(resolutions))
    expression = reader.expression(query, path)
    chosen = scoring_of(scoring)
    if chosen.merge is MergeNorm.SUM and reader.has_closure:
        message = "SUM over a closure has no end: use merge MAX, or bound the hops"
        raise BadRequestError(message, ("scoring", "merge"))
    return Asked(expression, chosen, frozenset(reader.ids), tuple(reader.mentions))


def scoring_of(scoring: ScoringInput | None) -> Scoring:
    """The scoring that an input asks for; the defaults where there is none."""
    if not scoring:
        return Scoring()
    return Scoring(scoring.statement, scoring.along, scoring.merge, scoring.intersect)


def statement_filter(where: StatementFilterInput | None) -> StatementFilter:
    """Which statements an input lets count."""
    if not where:
        return ANY_STATEMENT
    return StatementFilter(
        given(where.min_plausibility),
        given(where.min_typicality),
        given(where.min_support),
        _names(where.sources),
        _names(where.domains),
        _names(where.marketplaces),
    )


def relations_of(names: Sequence[str] | None, vocabulary: Vocabulary) -> Relations:
    """The named relations with all below them; null is any relation, no name is none."""
    chosen = given(names)
    return None if chosen is None else vocabulary.with_subrelations(chosen)


def types_of(names: Sequence[str] | None, vocabulary: Vocabulary) -> frozenset[str] | None:
    """The named types with all below them; null is no restriction, no name matches nothing."""
    chosen = given(names)
    return None if chosen is None else vocabulary.with_subtypes(chosen)


def given(value: T | None) -> T | None:
    """What a client gave: nothing at all means the same as null."""
    return None if value is UNSET else value


def checked_first(first: int, limits: Limits) -> int:
    """How many rows a page may have; raises BadRequestError and LimitExceededError."""
    if first < 0:
        raise BadRequestError(f"first is 0 or more, and this is {first}", ("first",))
    at_most("first", limits.first, first)
    return first


def at_most(limit: str, allowed: int, found: int) -> None:
    """Raises LimitExceededError where there is more than allowed."""
    if found > allowed:
        raise LimitExceededError(limit, allowed, found)


def short(limits: Limits, *texts: str | None) -> None:
    """Raises LimitExceededError where a text is longer than allowed."""
    at_most("text", limits.text, max(len(text or "") for text in texts))


class Reader:
    """Reads one expression from the outermost in, and notes what it meets on the way."""

    def __init__(self, vocabulary: Vocabulary, limits: Limits, resolutions: Iterator[Resolution]):
        self._vocabulary = vocabulary
        self._limits = limits
        self._resolutions = resolutions
        self.ids: set[str] = set()
        self.mentions: list[Mention] = []
        self.has_closure = False

    def expression(
        self, query: SetExpression, path: Path, depth: int = 1, *, removed: bool = False
    ) -> Expression:
        """The expression of an input; `removed` within the `remove` of a subtract."""
        at_most("nesting", self._limits.nesting, depth)
        for name, read in self._READ.items():
            value = getattr(query, name)
            if value is not None:
                inner = _Place((*path, name), depth + 1, removed)
                found: Expression = read(self, value.value, inner)
                return found
        raise BadRequestError("an expression has exactly one field", path)

    def path(self, text: str, place: Path) -> Pattern:
        """The pattern of a property path; its faults tell the place of the argument too."""
        short(self._limits, text)
        try:
            pattern = parse_path(
                text,
                lambda name: self._vocabulary.with_subrelations([name]),
                max_nesting=self._limits.nesting,
            )
        except BadRequestError as error:
            raise BadRequestError(str(error), place, position=error.position) from error
        at_most("steps", self._limits.steps, len(list(hops(pattern))))
        self._check([pattern])
        return pattern

    # ------------------------------------------------------------------ anchors

    def _ids(self, ids_: Sequence[str], _: _Place) -> Expression:
        self.ids.update(ids_)
        at_most("ids", self._limits.ids, len(self.ids))
        return ids(*ids_)

    def _mention(self, mention: MentionInput, place: _Place) -> Expression:
        least = given(mention.min_confidence)
        if least is None:
            least = _MIN_CONFIDENCE_REMOVED if place.removed else _MIN_CONFIDENCE
        self.mentions.append(mention_of(mention, least, self._vocabulary, self._limits, place.path))
        at_most("mentions", self._limits.mentions, len(self.mentions))
        resolution = next(self._resolutions, None)
        if resolution is None:
            return EMPTY
        return Entities(tuple(sorted((one.id, one.confidence) for one in resolution.candidates)))

    def _type(self, name: str, _: _Place) -> Expression:
        return OfType(self._vocabulary.with_subtypes([name]))

    # ------------------------------------------------------------------ walks

    def _follow(self, follow: FollowInput, place: _Place) -> Expression:
        source = self._below(follow.source, place, "from")
        steps, path = given(follow.steps), given(follow.path)
        if (steps is None) == (path is None):
            message = "a follow has steps or a path, and not both"
            raise BadRequestError(message, place.path)
        if path is not None:
            return Follow(source, (Step(self.path(path, (*place.path, "path"))),))
        assert steps is not None
        at_most("steps", self._limits.steps, len(steps))
        read = tuple(
            self._step(step, (*place.path, "steps", number)) for number, step in enumerate(steps)
        )
        self._check([step.pattern for step in read])
        return Follow(source, read)

    def _step(self, step: StepInput, path: Path) -> Step:
        relations = relations_of(step.relations, self._vocabulary)
        hop = Hop(
            forwards=relations if step.direction is not Direction.IN else NO_RELATION,
            backwards=relations if step.direction is not Direction.OUT else NO_RELATION,
            where=statement_filter(given(step.where)),
            types=types_of(step.types, self._vocabulary),
        )
        hop_range = given(step.hops)
        pattern = hop if hop_range is None else _repeated(hop, hop_range, (*path, "hops"))
        return Step(pattern, step.except_start)

    def _check(self, patterns: Sequence[Pattern]) -> None:
        for pattern in patterns:
            at_most("hops", self._limits.hops, repetitions(pattern))
            self.has_closure = self.has_closure or has_closure(pattern)
        whole = sum(length(pattern) for pattern in patterns)
        at_most("hops of a walk", self._limits.walk_hops, whole)

    # ------------------------------------------------------------------ sets

    def _intersect(self, operands: Sequence[SetExpression], place: _Place) -> Expression:
        if not operands:
            raise BadRequestError("an intersection has at least one operand", place.path)
        return Intersect(self._operands(operands, place))

    def _union(self, operands: Sequence[SetExpression], place: _Place) -> Expression:
        return Union(self._operands(operands, place))

    def _subtract(self, subtract: SubtractInput, place: _Place) -> Expression:
        source = self._below(subtract.source, place, "from")
        path = (*place.path, "remove")
        return Subtract(source, self.expression(subtract.remove, path, place.depth, removed=True))

    def _filter(self, filter_: FilterInput, place: _Place) -> Expression:
        conditions = given(filter_.where) or ()
        at_most("operands", self._limits.operands, len(conditions))
        return Filter(
            self._below(filter_.of, place, "of"),
            types_of(filter_.types, self._vocabulary),
            tuple(self._condition(one) for one in conditions),
        )

    def _condition(self, condition: ValueCondition) -> Condition:
        relations = self._vocabulary.with_subrelations([condition.relation])
        return Condition(relations, condition.op, condition.value, given(condition.unit))

    def _top(self, top: TopInput, place: _Place) -> Expression:
        if top.first < 0:
            message = f"first is 0 or more, and this is {top.first}"
            raise BadRequestError(message, (*place.path, "first"))
        at_most("first", self._limits.first, top.first)
        by = given(top.by)
        relations = None if by is None else self._vocabulary.with_subrelations([by])
        return Top(self._below(top.of, place, "of"), top.first, top.order, relations)

    def _operands(self, operands: Sequence[SetExpression], place: _Place) -> tuple[Expression, ...]:
        at_most("operands", self._limits.operands, len(operands))
        return tuple(self._below(one, place, number) for number, one in enumerate(operands))

    def _below(self, query: SetExpression, place: _Place, name: str | int) -> Expression:
        path = (*place.path, name)
        return self.expression(query, path, place.depth, removed=place.removed)

    _READ: ClassVar[Mapping[str, Callable[[Reader, Any, _Place], Expression]]] = {
        "ids": _ids,
        "mention": _mention,
        "type": _type,
        "follow": _follow,
        "intersect": _intersect,
        "union": _union,
        "subtract": _subtract,
        "filter": _filter,
        "top": _top,
    }


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the input an expression stands."""

    path: Path
    depth: int
    removed: bool


def mention_of(
    mention: MentionInput,
    min_confidence: float,
    vocabulary: Vocabulary,
    limits: Limits,
    path: Path,
) -> Mention:
    """The mention of an input."""
    if mention.limit < 1:
        message = f"limit is 1 or more, and this is {mention.limit}"
        raise BadRequestError(message, (*path, "limit"))
    at_most("candidates", limits.candidates, mention.limit)
    short(limits, mention.text, given(mention.context))
    return Mention(
        text=mention.text,
        context=given(mention.context),
        types=types_of(mention.types, vocabulary),
        language=given(mention.language),
        limit=mention.limit,
        min_confidence=min_confidence,
        user=given(mention.user),
    )


def _repeated(hop: Hop, asked: HopRange, path: Path) -> Pattern:
    least, most = asked.min, given(asked.max)
    if least < 0:
        raise BadRequestError(f"min is 0 or more, and this is {least}", (*path, "min"))
    if asked.unbounded:
        if most is not None:
            raise BadRequestError("unbounded hops have no max", (*path, "max"))
        return Repeat(hop, least, None)
    if most is None:
        most = max(least, 1)
    if most < least:
        raise BadRequestError(f"max {most} is less than min {least}", (*path, "max"))
    return hop if (least, most) == (1, 1) else Repeat(hop, least, most)


def _names(names: Sequence[str] | None) -> frozenset[str] | None:
    chosen = given(names)
    return None if chosen is None else frozenset(chosen)
