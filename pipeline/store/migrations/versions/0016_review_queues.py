"""Stored review queues, decisions that are taken back, and decisions in bulk

Revision: 0016, after 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables, what a decision may take back, and the way to a sample's stories."""
    op.create_table(
        "review_queue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=True),
        sa.Column("reviewer", sa.String(length=64), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.Column("ended_at", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["plan.id"],
            name=op.f("fk_review_queue_plan_id_plan"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_queue")),
    )
    op.create_index(op.f("ix_review_queue_plan_id"), "review_queue", ["plan_id"])
    op.create_table(
        "review_task",
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.String(length=64), nullable=False),
        sa.Column("item_id", sa.String(length=64), nullable=False),
        sa.Column("chosen_by", sa.String(length=16), nullable=False),
        sa.Column("inclusion_probability", sa.Float(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("held_at", sa.String(length=32), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["queue_id"],
            ["review_queue.id"],
            name=op.f("fk_review_task_queue_id_review_queue"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("queue_id", "place", name=op.f("pk_review_task")),
    )
    op.create_index(
        op.f("ix_review_task_queue_id_state_place"), "review_task", ["queue_id", "state", "place"]
    )
    op.create_table(
        "review_pass",
        sa.Column("queue_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["queue_id"],
            ["review_queue.id"],
            name=op.f("fk_review_pass_queue_id_review_queue"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("queue_id", "place", "account", name=op.f("pk_review_pass")),
    )
    op.create_table(
        "review_bulk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("stories", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.Column("undone_by", sa.String(length=200), nullable=False),
        sa.Column("undone_at", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["plan.id"],
            name=op.f("fk_review_bulk_plan_id_plan"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_bulk")),
    )
    op.create_index(op.f("ix_review_bulk_plan_id"), "review_bulk", ["plan_id"])
    for column in ("withdraws", "bulk_id"):
        op.add_column("review", sa.Column(column, sa.Integer(), nullable=True))
        there = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_review_{column}",
            "review",
            [column],
            sqlite_where=there,
            postgresql_where=there,
        )
    drawn = sa.text("look > 0")
    op.create_index(
        "ix_audit_story_drawn",
        "audit_story",
        ["item_id", "audit_id"],
        sqlite_where=drawn,
        postgresql_where=drawn,
    )


def downgrade() -> None:
    """Take them away again; decisions that were taken back hold again."""
    op.drop_index("ix_audit_story_drawn", "audit_story")
    op.execute("DELETE FROM review WHERE withdraws IS NOT NULL")
    for column in ("withdraws", "bulk_id"):
        op.drop_index(f"ix_review_{column}", "review")
        op.drop_column("review", column)
    for table in ("review_bulk", "review_pass", "review_task", "review_queue"):
        op.drop_table(table)
