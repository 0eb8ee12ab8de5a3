"""Leases of tasks, and alarms as events

Revision: 0009, after 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add ``lease`` and ``alarm``."""
    op.create_table(
        "lease",
        sa.Column("task", sa.String(length=200), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("taken_at", sa.String(length=32), nullable=False),
        sa.Column("until", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("task", name=op.f("pk_lease")),
    )
    op.create_table(
        "alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(length=100), nullable=False),
        sa.Column("column", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.String(length=32), nullable=False),
        sa.Column("raised_run", sa.Integer(), nullable=False),
        sa.Column("cleared_at", sa.String(length=32), nullable=True),
        sa.Column("told_at", sa.String(length=32), nullable=True),
        sa.Column("told_cleared_at", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["raised_run"], ["run.id"], name=op.f("fk_alarm_raised_run_run"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
    )
    op.create_index(op.f("ix_alarm_source_id_column"), "alarm", ["source_id", "column"])


def downgrade() -> None:
    """Remove both tables."""
    op.drop_table("alarm")
    op.drop_table("lease")
