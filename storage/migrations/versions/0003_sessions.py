"""Channels on which messages are free only for a while after a person's word: who can be reached, what is held."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UTC_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    for name in ("heard_at", "delivered_at", "seen_at", "failed_at", "held_told_at"):
        op.add_column("chats", sa.Column(name, UTC_TIME, nullable=True))
    for name in ("failed_why", "source"):
        op.add_column("chats", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    held = sa.text("state = 'held'")
    op.create_index("ix_outbox_held", "outbox", ["chat_id"], sqlite_where=held, postgresql_where=held)
    op.create_table(
        "tallies",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("free", sa.Integer(), nullable=False),
        sa.Column("paid", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "month", name=op.f("pk_tallies")),
        sqlite_with_rowid=False,
    )
