"""Applications are counted with every change of them, and no longer along an index each time somebody asks."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

FILL = """
INSERT INTO application_counts (call_id, region, state, decision, share, count)
SELECT call_id, region, state, decision, id % 16, count(*) FROM applications
GROUP BY call_id, region, state, decision, id % 16
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":  # so that no application comes while they are counted
        op.execute("LOCK TABLE applications IN SHARE ROW EXCLUSIVE MODE")
    op.create_table(
        "application_counts",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_application_counts_call_id")),
        sa.PrimaryKeyConstraint("call_id", "region", "state", "decision", "share", name=op.f("pk_application_counts")),
        sqlite_with_rowid=False,
    )
    op.execute(FILL)
    # Last of all: SQLite counts along it, and need not read the applications themselves.
    op.drop_index("ix_applications_call_id_region", "applications")
