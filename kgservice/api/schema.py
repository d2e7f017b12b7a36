"""The GraphQL schema, put together."""

from __future__ import annotations

import inspect
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.extensions import DisableIntrospection
from strawberry.schema.config import StrawberryConfig

from kgservice.api.document_limits import DocumentLimits, checking, parsing
from kgservice.api.executing import CompiledExecution
from kgservice.api.mutation import Mutation
from kgservice.api.query import Query
from kgservice.api.types.entities import Entity, Statement
from kgservice.api.types.values import SCALARS

#: Documents whose parsing and validation are remembered: 0.5 ms each time for a small one.
_CACHED_DOCUMENTS = 1_000


class _Schema(strawberry.Schema):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in self.schema_converter.type_map.values():
            said: Any = kind.implementation
            definition: Any = kind.definition
            made_by = getattr(definition, "origin", None) or getattr(
                definition, "wrapped_cls", None
            )
            if made_by is not None and not said.description:
                # What a class says of itself, clients read as well.
                said.description = inspect.getdoc(made_by)

    def process_errors(self, errors: list[GraphQLError], execution_context: Any = None) -> None:
        """Log nothing: a client's mistake is no news, the rest is logged where it is masked."""


def make_schema(limits: DocumentLimits, *, introspection: bool = True) -> strawberry.Schema:
    """The schema that the service answers with; documents beyond the limits are refused."""
    parsing_documents, checking_documents = parsing(limits), checking(limits)
    return _Schema(
        Query,
        Mutation,
        types=[Entity, Statement],
        config=StrawberryConfig(scalar_map=SCALARS),
        execution_context_class=CompiledExecution,
        extensions=[
            lambda: parsing_documents(maxsize=_CACHED_DOCUMENTS),
            lambda: checking_documents(maxsize=_CACHED_DOCUMENTS),
            *([] if introspection else [DisableIntrospection]),
        ],
    )
