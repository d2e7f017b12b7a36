"""${message}

Revision ${up_revision}, after ${down_revision | comma,n}.
A revision changes the schema (op.create_schema_item, op.drop_schema_item) or data (op.cypher,
op.rename_*), and each of its statements can be run again.
"""

from alembic import op
${imports if imports else ""}
revision: str = ${repr(up_revision)}
down_revision: str | tuple[str, ...] | None = ${repr(down_revision)}
branch_labels: str | tuple[str, ...] | None = ${repr(branch_labels)}
depends_on: str | tuple[str, ...] | None = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
