"""The GraphQL schema, put together, and how an operation goes through it."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import strawberry
from graphql import GraphQLError, execute
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.execution import ExecutionResult
from strawberry.types.graphql import OperationType

from kgservice.api.context import Context
from kgservice.api.converting import convert_by_plan
from kgservice.api.documents import Documents, check_kind
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
        kinds = [kind.definition for kind in self.schema_converter.type_map.values()]
        inputs = [
            one for one in kinds if isinstance(one, StrawberryObjectDefinition) and one.is_input
        ]
        convert_by_plan(inputs, self.config.name_converter)
        self._documents = Documents(self._schema, limits, introspection=introspection)
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
            result: Any = execute(
                self._schema,
                document.ast,
                root_value,
                context_value,
                variable_values,
                operation_name,
                executor_class=CompiledExecution,
                is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type] # it is one, unsaid
                operation_extensions=operation_extensions,
                plans=document.plans,
            )
            if optimized_is_awaitable(result):
                result = await result
        except Exception as error:
            return ExecutionResult(None, [GraphQLError(str(error), original_error=error)])
        return ExecutionResult(result.data, result.errors)


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
