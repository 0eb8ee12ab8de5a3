"""The register of submissions, its history, and chosen readings

Revision: 0008, after 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the five tables."""
    op.create_table(
        "register_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_run")),
    )
    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("piece", sa.String(length=64), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["register_run.id"], name=op.f("fk_submission_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("piece", name=op.f("uq_submission_piece")),
    )
    op.create_index(op.f("ix_submission_day"), "submission", ["day"], unique=False)
    op.create_table(
        "submission_before",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_submission_before_submission_id")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["register_run.id"], name=op.f("fk_submission_before_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_before")),
    )
    op.create_index(
        op.f("ix_submission_before_submission_id"),
        "submission_before",
        ["submission_id"],
        unique=False,
    )
    op.create_table(
        "submission_link",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(length=64), nullable=False),
        sa.Column("same", sa.Boolean(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_submission_link_submission_id")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["register_run.id"], name=op.f("fk_submission_link_run_id")
        ),
        sa.PrimaryKeyConstraint("submission_id", "item_id", name=op.f("pk_submission_link")),
    )
    op.create_table(
        "chosen_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_name", sa.String(length=200), nullable=False),
        sa.Column("question", sa.String(length=32), nullable=False),
        sa.Column("choice", sa.String(length=16), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chosen_reading")),
    )
    op.create_index(
        op.f("ix_chosen_reading_plan_name"), "chosen_reading", ["plan_name"], unique=False
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("chosen_reading")
    op.drop_table("submission_link")
    op.drop_table("submission_before")
    op.drop_table("submission")
    op.drop_table("register_run")
