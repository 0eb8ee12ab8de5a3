"""Which clause of the plan an assigned story answers

Revision: 0006, after 0005
"""

from __future__ import annotations

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_CHUNK = 5000


def upgrade() -> None:
    """Add ``assignment.clause`` and ``assignment.nearness``, read from the grounds there are."""
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("clause", sa.String(length=16), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("nearness", sa.Float(), nullable=False, server_default="0"))
    _fill()


def downgrade() -> None:
    """Drop both."""
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_column("nearness")
        batch_op.drop_column("clause")


def _fill() -> None:
    table = sa.table(
        "assignment",
        sa.column("plan_id", sa.Integer),
        sa.column("story_id", sa.String),
        sa.column("theme_id", sa.String),
        sa.column("assigned", sa.Boolean),
        sa.column("evidence", sa.Text),
        sa.column("clause", sa.String),
        sa.column("nearness", sa.Float),
    )
    session = op.get_bind()
    change = (
        sa.update(table)
        .where(
            table.c.plan_id == sa.bindparam("of_plan"),
            table.c.story_id == sa.bindparam("of_story"),
            table.c.theme_id == sa.bindparam("of_theme"),
        )
        .values(clause=sa.bindparam("key"), nearness=sa.bindparam("near"))
    )
    rows = session.execute(
        sa.select(table.c.plan_id, table.c.story_id, table.c.theme_id, table.c.evidence).where(
            table.c.assigned, table.c.evidence.like('%"answers"%')
        )
    )
    while chunk := rows.fetchmany(_CHUNK):
        told = []
        for plan, story, theme, evidence in chunk:
            answers = json.loads(evidence)["answers"]
            words = f"{answers['node']}\n{answers['text']}".encode()
            told.append(
                {
                    "of_plan": plan,
                    "of_story": story,
                    "of_theme": theme,
                    "key": hashlib.blake2b(words, digest_size=8).hexdigest(),
                    "near": answers["similarity"],
                }
            )
        session.execute(change, told)
