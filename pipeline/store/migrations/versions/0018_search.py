"""The index of words

Revision: 0018, after 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it, empty: news that is stored waits to be indexed (``pipeline.store.search.fill``), since
    a million items take ten minutes, which nobody should wait for to open a database."""
    op.create_table(
        "search_entry",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("item_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["news_item.id"],
            name=op.f("fk_search_entry_item_id_news_item"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_search_entry")),
        sa.UniqueConstraint("item_id", name=op.f("uq_search_entry_item_id")),
    )
    op.create_table(
        "search_fill",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.String(length=10), nullable=True),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_fill")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TABLE search_pair (number bigint CONSTRAINT pk_search_pair PRIMARY KEY, "
            "pairs integer[] NOT NULL)"
        )
        op.execute("CREATE INDEX ix_search_pair_pairs ON search_pair USING gin (pairs)")
        op.execute("CREATE SEQUENCE search_number")
    else:
        # Pairs are written in ASCII's separators alone, so that no table of letters parts them;
        # which item holds a pair is enough, where it stands is looked up in the item.
        op.execute(
            "CREATE VIRTUAL TABLE search_pair USING fts5"
            "(pairs, content='', columnsize=0, detail=none, tokenize='ascii')"
        )
    op.execute(
        "INSERT INTO search_fill (id, day, item, done, total) "
        "SELECT 1, max(day), '', 0, count(*) FROM news_item HAVING count(*) > 0"
    )


def downgrade() -> None:
    """Drop it."""
    for table in ("search_pair", "search_fill", "search_entry"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP SEQUENCE search_number")
