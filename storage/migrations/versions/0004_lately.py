"""What was submitted lately is found among the applications of a call without going through all of them."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_applications_submitted_at", "applications")
    op.create_index("ix_applications_call_id_submitted_at", "applications", ["call_id", "submitted_at"])
