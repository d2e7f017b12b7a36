"""Rows into the assertions and retractions of mining pipelines.

The models below are the form of a record; docs/records.md is written from them. Unknown fields are
kept: a later minor version may bring some, and nothing that a pipeline says is thrown away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from graph_schema.entity_types import INTENT_TYPE_OF_TAIL
from graph_schema.ids import normalise
from graph_schema.relations import COMMONSENSE_RELATIONS, Relation
from kgservice.ledger.content import mined_record
from kgservice.ledger.records import MinedAssertion, MinedRetraction
from kgservice.vocabulary import Vocabulary
from loaders.reading.checks import (
    MAX_COUNT,
    checked_id,
    checked_length,
    checked_time,
    first_fault,
)
from loaders.reading.naming import Naming
from loaders.reading.rejection import Reason, RecordError

#: The major version of the record format that this program reads.
_MAJOR = "1"

#: The language is a part of the ids of queries and intents, so it must hold no colon.
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,7}")
_INT_64 = 2**63

_TAIL_TYPES = {relation.id: relation.tail_types for relation in COMMONSENSE_RELATIONS}


def _id(value: str) -> str:
    return checked_id(value, "")


def _short(value: str) -> str:
    return checked_length(value, "")


def _time(value: str) -> str:
    if checked_time(value, "") is None:
        raise RecordError(Reason.INVALID_TIME, "a time of no characters")
    return value


def _says_something(value: str) -> str:
    if not normalise(value):
        raise RecordError(Reason.EMPTY, "nothing is left of it after normalising")
    return value


def _language(value: str) -> str:
    if _LANGUAGE.fullmatch(value) is None:
        message = f"a language is a BCP 47 tag such as en or pt-BR, and this is {value!r}"
        raise RecordError(Reason.OUT_OF_RANGE, message)
    return value


def _storable(value: float | str) -> float | str:
    if isinstance(value, int) and not -_INT_64 <= value < _INT_64:
        raise RecordError(Reason.OUT_OF_RANGE, f"more than 64 bits: {value}")
    return value


def _tail_type(value: str) -> str:
    if value not in INTENT_TYPE_OF_TAIL:
        allowed = ", ".join(INTENT_TYPE_OF_TAIL)
        raise RecordError(Reason.WRONG_TAIL_TYPE, f"{value!r} is none of {allowed}")
    return value


Id = Annotated[str, AfterValidator(_id)]
Name = Annotated[str, Field(min_length=1), AfterValidator(_short)]
Language = Annotated[str, AfterValidator(_language)]
Text = Annotated[str, Field(min_length=1)]
Norm = Annotated[str, AfterValidator(_says_something)]
Time = Annotated[str, AfterValidator(_time)]
Rate = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Score = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=MAX_COUNT)]
FilterName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True, frozen=True)


class _Query(_Part):
    text: Text
    norm: Norm
    specificity: Rate | None = None


class _Product(_Part):
    product_id: Id
    title: Text
    product_type: Name | None = None
    browse_path: list[Name] | None = None
    category: Name


class _Stats(_Part):
    count: Count
    purchase_rate: Rate | None = None
    click_rate: Rate | None = None
    window_start: Time | None = None
    window_end: Time | None = None


class _Behavior(_Part):
    type: Literal["query_purchase", "co_purchase"]
    behavior_id: Id
    query: _Query | None = None
    products: list[_Product]
    stats: _Stats | None = None

    @model_validator(mode="after")
    def _has_its_parts(self) -> _Behavior:
        wanted = 1 if self.type == "query_purchase" else 2
        if len(self.products) != wanted:
            message = f"a {self.type} has {wanted} products, and this has {len(self.products)}"
            raise RecordError(Reason.WRONG_PRODUCT_COUNT, message, "behavior.products")
        if len({product.product_id for product in self.products}) != wanted:
            message = f"{self.products[0].product_id!r} twice is no co-purchase"
            raise RecordError(Reason.SAME_PRODUCT_TWICE, message, "behavior.products")
        if self.type == "query_purchase" and self.query is None:
            message = "a query_purchase has a query"
            raise RecordError(Reason.MISSING_FIELD, message, "behavior.query")
        if self.type == "co_purchase" and self.query is not None:
            message = "a co_purchase has no query"
            raise RecordError(Reason.SUPERFLUOUS_FIELD, message, "behavior.query")
        return self


class _Tail(_Part):
    text: Text
    norm: Norm
    type: Annotated[str, AfterValidator(_tail_type)]
    concept: Norm | None = None


class _Scores(_Part):
    plausibility: Score | None = None
    typicality: Score | None = None


class _Generator(_Part):
    model: Text
    version: Text
    prompt_template: Text


class _Support(_Part):
    n_generations: Count
    n_behaviors: Count


class _Filter(_Part):
    name: FilterName
    value: Annotated[float | int | str | bool, AfterValidator(_storable)]
    threshold: float | int | str | bool | None = None
    passed: bool


class _Annotation(_Part):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    complete: bool
    relevant: bool
    informative: bool
    plausible: bool
    typical: bool
    n_annotators: Count
    tie_broken: bool
    annotated_at: Time
    audit_passed: bool | None = None


class _Assertion(_Part):
    record_type: Literal["assertion"]
    assertion_id: Name
    run_id: Name
    marketplace: Name
    lang: Language
    behavior: _Behavior
    domain: Name
    relation: Name
    seed_relation: Text | None = None
    tail: _Tail
    scores: _Scores
    generator: _Generator
    raw_text: str | None = None
    filters: list[_Filter] | None = None
    annotation: _Annotation | None = None
    support: _Support
    generated_at: Time


class _RetractionGenerator(_Part):
    version: Text | None = None


class _Retraction(_Part):
    record_type: Literal["retraction"]
    assertion_id: Name
    reason: Text
    generated_at: Time
    generator: _RetractionGenerator | None = None


_ASSERTION = TypeAdapter(_Assertion)
_RETRACTION = TypeAdapter(_Retraction)


def read_assertion(
    cells: Mapping[str, Any], vocabulary: Vocabulary, naming: Naming
) -> MinedAssertion | MinedRetraction:
    """The assertion or retraction of a row.

    Raises RecordError, or UnknownRelationError for a relation that is not in the vocabulary.
    """
    _check_version(cells)
    kind = cells.get("record_type")
    if kind not in ("assertion", "retraction"):
        message = f"record_type is assertion or retraction, and this is {kind!r}"
        raise RecordError(Reason.UNKNOWN_RECORD_TYPE, message, "record_type")
    content = _settled(cells)
    try:
        (_ASSERTION if kind == "assertion" else _RETRACTION).validate_python(content)
    except ValidationError as error:
        raise first_fault(error) from error
    if kind == "retraction":
        return mined_record(content)
    relation = vocabulary.relation(content["relation"])
    _check_tail(relation, content["tail"]["type"])
    behavior = _named(content["behavior"], naming)
    return mined_record({**content, "behavior": behavior, "relation": relation.id})


def _named(behavior: dict[str, Any], naming: Naming) -> dict[str, Any]:
    """The behavior, with the ids that it and its products have in the graph."""
    products = [
        {**one, "product_id": naming.id(one["product_id"], "behavior.products.product_id")}
        for one in behavior["products"]
    ]
    id = naming.id(behavior["behavior_id"], "behavior.behavior_id")
    return {**behavior, "behavior_id": id, "products": products}


def _check_version(cells: Mapping[str, Any]) -> None:
    version = cells.get("schema_version")
    if version is None:
        raise RecordError(Reason.MISSING_FIELD, "a record has a version", "schema_version")
    if not isinstance(version, str) or version.split(".")[0] != _MAJOR:
        message = f"this program reads version {_MAJOR}.x, and this is {version!r}"
        raise RecordError(Reason.UNKNOWN_SCHEMA_VERSION, message, "schema_version")


def _check_tail(relation: Relation, tail_type: str) -> None:
    if not relation.commonsense:
        message = f"{relation.id} is not a commonsense relation: load it as a triple"
        raise RecordError(Reason.UNKNOWN_RELATION, message, "relation")
    allowed = _TAIL_TYPES.get(relation.id)
    if allowed is not None and tail_type not in allowed:
        message = f"the tail of {relation.id} is of type {' or '.join(allowed)}, not {tail_type}"
        raise RecordError(Reason.WRONG_TAIL_TYPE, message, "tail.type")


def _settled(value: Any) -> Any:
    """The one form of a record that several file types can write: null is absent, 1.0 is 1.

    Parquet cannot tell an absent field from a null one, nor has every tool whole numbers.
    """
    if isinstance(value, dict):
        return {name: _settled(one) for name, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_settled(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
