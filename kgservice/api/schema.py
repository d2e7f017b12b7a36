"""The GraphQL schema, put together, and how an operation goes through it."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, cast

import strawberry
from graphql import GraphQLError, default_field_resolver, default_type_resolver
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter
from strawberry.types.execution import ExecutionResult
from strawberry.types.graphql import OperationType

from kgservice.api.calling import call_straight
from kgservice.api.coercing import Inputs
from kgservice.api.context import Context
from kgservice.api.documents import Document, Documents, check_kind
from kgservice.api.executing import CompiledExecution
from kgservice.api.mutation import Mutation
from kgservice.api.operations import OperationNames
from kgservice.api.query import Query
from kgservice.api.types.entities import Entity, Statement
from kgservice.api.types.values import SCALARS
from kgservice.limits import Limits


class _Names(NameConverter):
    """Names in the schema: each is made once, not again for each argument of each request."""

    @lru_cache(maxsize=10_000)  # noqa: B019 # there is one, for as long as there is a schema
    def apply_naming_config(self, name: str) -> str:
        """A name of Python as one of GraphQL."""
        return super().apply_naming_config(name)


class _Schema(strawberry.Schema):
    def __init__(self, limits: Limits, *, introspection: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for kind in self.schema_converter.type_map.values():
            said: Any = kind.implementation
            definition: Any = kind.definition
            made_by = getattr(definition, "origin", None) or getattr(
                definition, "wrapped_cls", None
            )
            if made_by is not None and not said.description:
                # What a class says of itself, clients read as well.
                said.description = inspect.getdoc(made_by)
        inputs = Inputs(self._schema)
        call_straight(self._schema, inputs, self.config.name_converter)
        self._documents = Documents(self._schema, inputs, limits, introspection=introspection)
        self._names = OperationNames()

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """Execute an operation, or say why not.

        As Strawberry's own, without extensions: nothing is begun for a request that its document
        has already.
        """
        try:
            document = self._documents.parsed(query or "")
        except GraphQLError as error:
            return ExecutionResult(None, [error])
        check_kind(document, operation_name, allowed_operation_types or OperationType)
        if isinstance(context_value, Context):
            context_value.name(self._names.of(document.ast, operation_name))
        refusals = self._documents.refusals(document, variable_values or {}, operation_name)
        if refusals:
            return ExecutionResult(None, refusals)
        try:
            begun = self._begun(
                document,
                variable_values or {},
                operation_name,
                root_value=root_value,
                context_value=context_value,
                operation_extensions=operation_extensions,
            )
            if isinstance(begun, list):
                return ExecutionResult(None, begun)
            result: Any = begun.execute_operation()
            if optimized_is_awaitable(result):
                result = await result
        except Exception as error:
            return ExecutionResult(None, [GraphQLError(str(error), original_error=error)])
        return ExecutionResult(result.data, result.errors)

    def _begun(
        self,
        document: Document,
        variables: dict[str, Any],
        chosen: str | None,
        *,
        root_value: Any,
        context_value: Any,
        operation_extensions: dict[str, Any] | None,
    ) -> CompiledExecution | list[GraphQLError]:
        """An execution that may start, or what is wrong with its variables."""
        more: dict[str, Any] = {
            "is_awaitable": optimized_is_awaitable,
            "operation_extensions": operation_extensions,
            "plans": document.plans,
        }
        ready = self._documents.ready(document, chosen)
        values = None if ready is None else ready.variables.read(variables)
        if ready is None or values is None:
            found: Any = CompiledExecution.build(
                self._schema, document.ast, root_value, context_value, variables, chosen, **more
            )
            return cast("CompiledExecution | list[GraphQLError]", found)
        return CompiledExecution(
            self._schema,
            ready.fragment_definitions,
            ready.fragments,
            root_value,
            context_value,
            ready.operation,
            values,
            default_field_resolver,
            default_type_resolver,
            default_field_resolver,
            **more,
        )


def make_schema(limits: Limits, *, introspection: bool = True) -> strawberry.Schema:
    """The schema that the service answers with; documents beyond the limits are refused."""
    return _Schema(
        limits,
        introspection=introspection,
        query=Query,
        mutation=Mutation,
        types=[Entity, Statement],
        config=StrawberryConfig(name_converter=_Names(), scalar_map=SCALARS),
    )
