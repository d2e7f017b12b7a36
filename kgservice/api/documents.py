"""Documents made ready for execution: parsed, measured and validated, once for all their requests.

What it takes to refuse one comes before what it takes to understand it: tokens before parsing,
measures before the standard rules. Strawberry's own way to here begins a context for each step of
each request, 0.15 ms of a request that takes 0.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    NoUndefinedVariablesRule,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)
from graphql.execution.collect_fields import FragmentDetails
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule
from strawberry.types.graphql import OperationType

from kgservice.api.coercing import Inputs, Variables
from kgservice.api.document_limits import Measure, Sizes, measured, sizes
from kgservice.api.executing import Completer, Place
from kgservice.errors import LimitExceededError
from kgservice.limits import Limits

#: Documents that are remembered; to parse and validate a small one takes 0.5 ms.
_REMEMBERED = 1_000
#: Sizes of pages and lists of which it is remembered what a document comes to.
_SIZES = 100


@dataclass(frozen=True, slots=True)
class Ready:
    """An operation of a document that lacks nothing but the values of its variables."""

    operation: OperationDefinitionNode
    fragment_definitions: dict[str, FragmentDefinitionNode]
    fragments: dict[str, FragmentDetails]
    variables: Variables


@dataclass(slots=True)
class Document:
    """A parsed document, and what is known of it whatever its variables.

    `counting` are the variables that its measure hangs on, `measures` the measures by their values;
    `faults` are what the standard rules say, null while nobody asked. `plans` are its compiled
    selections, where no directive makes them differ; `ready` are its operations by name.
    """

    ast: DocumentNode
    counting: tuple[str, ...] | None = None
    measures: dict[Sizes, Measure] = field(default_factory=dict)
    faults: list[GraphQLError] | None = None
    plans: dict[Place, Completer | None] | None = None
    ready: dict[str | None, Ready | None] = field(default_factory=dict)

    @property
    def operations(self) -> list[OperationDefinitionNode]:
        """All of them, in order."""
        return [one for one in self.ast.definitions if isinstance(one, OperationDefinitionNode)]

    def operation(self, chosen: str | None) -> OperationDefinitionNode | None:
        """The one of this name; without a name the first."""
        for one in self.operations:
            if chosen is None or (one.name is not None and one.name.value == chosen):
                return one
        return None


class Documents:
    """Makes documents ready for a schema; those that come again are ready."""

    def __init__(
        self, schema: GraphQLSchema, inputs: Inputs, limits: Limits, *, introspection: bool = True
    ):
        self._schema = schema
        self._inputs = inputs
        self._limits = limits
        hidden = () if introspection else (NoSchemaIntrospectionCustomRule,)
        # Strawberry's own two belong to its inputs.
        own = (MaybeNullValidationRule, OneOfInputValidationRule)
        self._rules = (*specified_rules, *own, *hidden)
        self._parsed = lru_cache(maxsize=_REMEMBERED)(self._parse)

    def parsed(self, text: str) -> Document:
        """The document of a text; raises GraphQLError where it is none, or has too many tokens."""
        return self._parsed(text)

    def refusals(
        self, document: Document, variables: Mapping[str, Any], chosen: str | None
    ) -> list[GraphQLError]:
        """Why a document is not executed with these variables; nothing where it may be."""
        measure = self._measure(document, variables)
        return [*self._beyond(measure), *_unnamed(document, chosen)] or self._faults(document)

    def ready(self, document: Document, chosen: str | None) -> Ready | None:
        """An operation of a valid document; null where only the standard way can begin it."""
        if chosen not in document.ready:
            document.ready[chosen] = self._made_ready(document, chosen)
        return document.ready[chosen]

    def _made_ready(self, document: Document, chosen: str | None) -> Ready | None:
        operation = document.operation(chosen)
        variables = None if operation is None else self._inputs.variables(operation)
        defined = {
            one.name.value: one
            for one in document.ast.definitions
            if isinstance(one, FragmentDefinitionNode)
        }
        has_arguments = any(one.variable_definitions for one in defined.values())
        if operation is None or variables is None or has_arguments:
            return None
        details = {name: FragmentDetails(one) for name, one in defined.items()}
        return Ready(operation, defined, details, variables)

    def _measure(self, document: Document, variables: Mapping[str, Any]) -> Measure:
        if document.counting is not None:
            known = document.measures.get(sizes(document.counting, variables))
            if known is not None:
                return known
        measure, counting = measured(document.ast, variables)
        if document.counting is None:
            document.counting = counting
            document.plans = None if measure.directives else {}
        if len(document.measures) < _SIZES:
            document.measures[sizes(document.counting, variables)] = measure
        return measure

    def _parse(self, text: str) -> Document:
        try:
            return Document(parse(text, max_tokens=self._limits.tokens))
        except GraphQLSyntaxError as error:
            if f"more than {self._limits.tokens} tokens" not in error.message:
                raise
            refusal = LimitExceededError("document tokens", self._limits.tokens)
            raise GraphQLError(str(refusal), extensions=dict(refusal.extensions)) from error

    def _beyond(self, found: Measure) -> Iterator[GraphQLError]:
        for name in found._fields:
            asked, allowed = getattr(found, name), getattr(self._limits, name)
            if asked > allowed:
                error = LimitExceededError(f"document {name}", allowed, asked)
                yield GraphQLError(str(error), extensions=dict(error.extensions))

    def _faults(self, document: Document) -> list[GraphQLError]:
        if document.faults is None:
            document.faults = self._validated(document.ast)
        return document.faults

    def _validated(self, document: DocumentNode) -> list[GraphQLError]:
        try:
            return validate(self._schema, document, self._rules)
        except KeyError:
            # Strawberry's rule for @oneOf looks a variable up that may not be declared.
            undeclared = validate(self._schema, document, [NoUndefinedVariablesRule])
            if not undeclared:
                raise
            return undeclared


def check_kind(document: Document, chosen: str | None, allowed: Iterable[OperationType]) -> None:
    """Raise Strawberry's error where there is no such operation, or none of its kind is allowed."""
    operation = document.operation(chosen)
    if operation is None:
        raise CannotGetOperationTypeError(chosen)
    kind = OperationType(operation.operation.value)
    if kind not in allowed:
        raise InvalidOperationTypeError(kind)


def _unnamed(document: Document, chosen: str | None) -> Iterator[GraphQLError]:
    """Where an operation must be named and is not."""
    if chosen is None and len(document.operations) > 1:
        yield GraphQLError("the document has several operations: name one by operationName")
