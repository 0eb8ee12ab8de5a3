"""Offices, column, title and use of a submission beside its body, to be asked for

Revision: 0014, after 0013
"""

from __future__ import annotations

import json
import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_NOT_WORD = re.compile(r"[\W_]+")
_CHUNK = 500


def upgrade() -> None:
    """Add the columns and fill them from the bodies."""
    for name in ("offices", "column_name", "title_words"):
        op.add_column("submission", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "submission", sa.Column("used", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    table = sa.table(
        "submission",
        sa.column("id", sa.Integer()),
        sa.column("body", sa.Text()),
        sa.column("offices", sa.Text()),
        sa.column("column_name", sa.Text()),
        sa.column("title_words", sa.Text()),
        sa.column("used", sa.Boolean()),
    )
    bind = op.get_bind()
    last = 0
    while rows := bind.execute(
        sa.select(table.c.id, table.c.body)
        .where(table.c.id > last)
        .order_by(table.c.id)
        .limit(_CHUNK)
    ).all():
        for number, body in rows:
            told = json.loads(body)
            values = {
                "offices": "\n" + "\n".join(told["offices"]) + "\n",
                "column_name": told["column"],
                "title_words": _NOT_WORD.sub(
                    "", unicodedata.normalize("NFKC", told["title"])
                ).casefold(),
                "used": bool(told.get("adopted")),
            }
            bind.execute(sa.update(table).where(table.c.id == number).values(values))
            last = number


def downgrade() -> None:
    """Take the columns away again."""
    with op.batch_alter_table("submission") as batch:
        for name in ("offices", "column_name", "title_words", "used"):
            batch.drop_column(name)
