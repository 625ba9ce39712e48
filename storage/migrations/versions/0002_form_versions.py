"""Publishing a form from a chat: files that answer no question, forms put away, rehearsals."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("forms", sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True))
    for name, column, state, unique in (
        ("uq_drafts_one_rehearsal", "person_id", "rehearsal", True),
        ("ix_drafts_open", "id", "open", False),
    ):
        only = sa.text(f"state = '{state}'")
        op.create_index(name, "drafts", [column], unique=unique, sqlite_where=only, postgresql_where=only)
    with op.batch_alter_table("attachments") as attachments:
        attachments.alter_column("draft_id", existing_type=sa.Integer(), nullable=True)
        attachments.add_column(sa.Column("person_id", sa.Integer(), nullable=True))
        attachments.add_column(sa.Column("purpose", sa.Text(), nullable=False, server_default="answer"))
        attachments.create_foreign_key(op.f("fk_attachments_person_id"), "people", ["person_id"], ["id"])
        attachments.create_index(op.f("ix_attachments_person_id"), ["person_id"])
