"""Who took a reprint from whom

Revision: 0010, after 0009

All stories are marked to be folded anew: the next import or crawl does it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add ``reprint`` and a mark for stories to be folded anew."""
    with op.batch_alter_table("story", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("stale", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.create_table(
        "reprint",
        sa.Column("item_id", sa.String(length=64), nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("taken_from", sa.String(length=64), nullable=False),
        sa.Column("edits", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["news_item.id"], name=op.f("fk_reprint_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_reprint")),
    )
    op.execute(sa.update(sa.table("story", sa.column("stale", sa.Boolean()))).values(stale=True))


def downgrade() -> None:
    """Take both away."""
    op.drop_table("reprint")
    with op.batch_alter_table("story", schema=None) as batch_op:
        batch_op.drop_column("stale")
