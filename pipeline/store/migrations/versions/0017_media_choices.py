"""What persons chose for each medium a plan names: crawl it, register it by hand, leave it

Revision: 0017, after 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the choices."""
    op.create_table(
        "media_choice",
        sa.Column("medium", sa.String(length=100), nullable=False),
        sa.Column("choice", sa.String(length=16), nullable=False),
        sa.Column("chosen_by", sa.String(length=200), nullable=False),
        sa.Column("chosen_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("medium", name=op.f("pk_media_choice")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("media_choice")
