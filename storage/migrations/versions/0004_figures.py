"""The figures of a call are counted along two indexes: one by region, state and decision, one by time."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("submitted_at", "call_id_state", "call_id_region"):
        op.drop_index(f"ix_applications_{name}", "applications")
    op.create_index("ix_applications_call_id_submitted_at", "applications", ["call_id", "submitted_at"])
    op.create_index("ix_applications_call_id_region", "applications", ["call_id", "region", "state", "decision"])
