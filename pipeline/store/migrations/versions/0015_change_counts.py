"""How often stories were folded and news was classified

Revision: 0015, after 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the counts; standing reports were stamped without them and are made anew."""
    op.create_table(
        "change_count",
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_change_count")),
    )
    op.execute("DELETE FROM standing_report")


def downgrade() -> None:
    """Drop them."""
    op.drop_table("change_count")
