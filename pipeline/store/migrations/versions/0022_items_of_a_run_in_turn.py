"""The news a run brought is listed in turn

Revision: 0022, after 0021
"""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A page of a run that brought 900 000 items took 1.5 s to sort them; in order it takes 6 ms."""
    op.create_index("ix_news_item_run_id_id", "news_item", ["run_id", "id"])
    op.drop_index("ix_news_item_run_id", table_name="news_item")


def downgrade() -> None:
    """As it was."""
    op.create_index("ix_news_item_run_id", "news_item", ["run_id"])
    op.drop_index("ix_news_item_run_id_id", table_name="news_item")
