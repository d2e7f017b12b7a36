"""Types that stand alone: numbers, literals, page infos, assertions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NewType

import strawberry

from kgservice import model
from kgservice.literals import Kind
from kgservice.literals import Literal as LiteralValue

Long = NewType("Long", int)

#: What the schema knows of each scalar of ours.
SCALARS: dict[object, strawberry.types.scalar.ScalarDefinition] = {
    Long: strawberry.scalar(
        name="Long", description="A whole number up to 2^53.", serialize=int, parse_value=int
    )
}


@strawberry.interface
class Node:
    """Something with an id of its own."""

    id: strawberry.ID


@strawberry.type
class PageInfo:
    """Where a page stands among the others."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


def page_info(cursors: Sequence[str], has_next: bool, has_previous: bool) -> PageInfo:
    """The info of a page with these cursors."""
    return PageInfo(
        has_next_page=has_next,
        has_previous_page=has_previous,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )


@strawberry.type(
    description="text is the lexical form; number and unit, or time (RFC 3339, or a year), where "
    "it is one."
)
class Literal:
    """A value that is not an entity."""

    text: str
    datatype: str | None
    number: float | None
    unit: str | None
    time: str | None
    language: str | None

    @classmethod
    def from_model(cls, value: LiteralValue) -> Literal:
        """The type that clients see."""
        return cls(
            text=value.text,
            datatype=value.datatype,
            number=value.number,
            unit=value.unit,
            time=value.text if value.kind is Kind.TIME else None,
            language=value.language,
        )


@strawberry.type
class Source:
    """A data set that asserts a statement."""

    id: str
    run: str | None
    retrieved_at: str | None

    @classmethod
    def of(cls, dataset: str, newest: model.Assertion | None) -> Source:
        """A data set, by its newest assertion."""
        if newest is None:
            return cls(id=dataset, run=None, retrieved_at=None)
        return cls(id=dataset, run=newest.run, retrieved_at=newest.generated_at)


@strawberry.type
class Feature:
    """A named number."""

    id: str
    value: float


@strawberry.type
class Assertion:
    """One assertion behind a statement."""

    id: strawberry.ID
    dataset: str
    run: str | None
    generator: str | None
    generated_at: str | None
    marketplace: str | None
    domain: str | None
    language: str | None
    plausibility: float | None
    typicality: float | None
    raw_text: str | None
    annotation: list[Feature] = strawberry.field(
        description="Questions of the annotators (complete, relevant, informative, plausible, "
        "typical) with their answers."
    )
    filters: list[Feature] = strawberry.field(
        description="Filters of the pipeline with their values."
    )

    @classmethod
    def from_model(cls, value: model.Assertion) -> Assertion:
        """The type that clients see."""
        return cls(
            id=strawberry.ID(value.id),
            dataset=value.dataset,
            run=value.run,
            generator=value.generator,
            generated_at=value.generated_at,
            marketplace=value.marketplace,
            domain=value.domain,
            language=value.language,
            plausibility=value.plausibility,
            typicality=value.typicality,
            raw_text=value.raw_text,
            annotation=[Feature(id=id, value=number) for id, number in value.annotation],
            filters=[Feature(id=id, value=number) for id, number in value.filters],
        )
