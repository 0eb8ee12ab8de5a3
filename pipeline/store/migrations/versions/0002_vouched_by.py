"""Who vouches for a window of the ledger

Revision: 0002, after 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add ``ledger.vouched_by``."""
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.add_column(sa.Column("vouched_by", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop ``ledger.vouched_by``."""
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.drop_column("vouched_by")
