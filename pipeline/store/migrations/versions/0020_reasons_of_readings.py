"""Why a reading was chosen

Revision: 0020, after 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the reason."""
    op.add_column("chosen_reading", sa.Column("why", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Take it away again."""
    with op.batch_alter_table("chosen_reading") as batch:
        batch.drop_column("why")
