"""News is found by its source's days and by the run that brought it

Revision: 0019, after 0018
"""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The days of a source take the place of the source alone."""
    op.create_index("ix_news_item_source_id_day", "news_item", ["source_id", "day"])
    op.create_index("ix_news_item_run_id", "news_item", ["run_id"])
    op.drop_index("ix_news_item_source_id", table_name="news_item")


def downgrade() -> None:
    """As it was."""
    op.create_index("ix_news_item_source_id", "news_item", ["source_id"])
    op.drop_index("ix_news_item_run_id", table_name="news_item")
    op.drop_index("ix_news_item_source_id_day", table_name="news_item")
