"""What is in the register, by day, without what was withdrawn

Revision: 0021, after 0020
"""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index(op.f("ix_submission_withdrawn_day"), "submission", ["withdrawn", "day"])


def downgrade() -> None:
    """Take it away again."""
    op.drop_index(op.f("ix_submission_withdrawn_day"), "submission")
