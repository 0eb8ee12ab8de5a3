"""A signature says whose account gave it

Revision: 0025, after 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add ``sign_step.account``; signatures given until now keep their name alone."""
    with op.batch_alter_table("sign_step", schema=None) as batch_op:
        batch_op.add_column(sa.Column("account", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Drop ``sign_step.account``."""
    with op.batch_alter_table("sign_step", schema=None) as batch_op:
        batch_op.drop_column("account")
