"""`alembic check` and `alembic revision --autogenerate`: the comparison as operations."""

from __future__ import annotations

from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.render import renderers
from alembic.operations.ops import UpgradeOps
from alembic.runtime.plugins import Plugin
from alembic.util import PriorityDispatchResult

from migrations.neo4j_dialect.comparison import differences
from migrations.neo4j_dialect.dialect import graph_of
from migrations.neo4j_dialect.operations import CreateSchemaItem, DropSchemaItem, fields

#: Name of the alembic plugin; env.py asks for it instead of alembic's own table comparisons.
PLUGIN = "kgservice.neo4j"


def _compare(context: AutogenContext, operations: UpgradeOps) -> PriorityDispatchResult:
    assert context.connection is not None
    found = differences(graph_of(context.connection))
    # Drops first: an item that changed what it covers keeps its name.
    operations.ops.extend([DropSchemaItem(item) for item in found.unexpected])
    operations.ops.extend([CreateSchemaItem(item) for item in found.missing])
    return PriorityDispatchResult.CONTINUE


@renderers.dispatch_for(CreateSchemaItem)
def _render_create(context: AutogenContext, operation: CreateSchemaItem) -> str:
    return f"op.create_schema_item({_arguments(operation)})"


@renderers.dispatch_for(DropSchemaItem)
def _render_drop(context: AutogenContext, operation: DropSchemaItem) -> str:
    return f"op.drop_schema_item({_arguments(operation)})"


def _arguments(operation: CreateSchemaItem | DropSchemaItem) -> str:
    return ", ".join([repr(value) for value in fields(operation.item)])


Plugin(PLUGIN).add_autogenerate_comparator(_compare, "autogenerate")
