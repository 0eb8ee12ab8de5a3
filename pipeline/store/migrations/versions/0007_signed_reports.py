"""Signatures on reports, issued reports, what they counted and corrected

Revision: 0007, after 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _key() -> list[sa.Column[str]]:
    """Which report it is."""
    return [
        sa.Column("plan_name", sa.String(length=200), nullable=False),
        sa.Column("scheme", sa.String(length=32), nullable=False),
        sa.Column("period_from", sa.String(length=10), nullable=False),
        sa.Column("period_to", sa.String(length=10), nullable=False),
    ]


def upgrade() -> None:
    """Add the four tables."""
    op.create_table(
        "sign_step",
        sa.Column("id", sa.Integer(), nullable=False),
        *_key(),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("signed_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("figures", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_step")),
    )
    op.create_index(
        op.f("ix_sign_step_plan_name_scheme_period_from_period_to"),
        "sign_step",
        ["plan_name", "scheme", "period_from", "period_to"],
        unique=False,
    )
    op.create_table(
        "issued_report",
        sa.Column("id", sa.Integer(), nullable=False),
        *_key(),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.String(length=32), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("replaces", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("publications", sa.String(length=64), nullable=False),
        sa.Column("last_review", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_report")),
        sa.UniqueConstraint(
            "plan_name",
            "scheme",
            "period_from",
            "period_to",
            "version",
            name=op.f("uq_issued_report_plan_name_scheme_period_from_period_to_version"),
        ),
    )
    op.create_table(
        "issued_publication",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(length=64), nullable=False),
        sa.Column("story_id", sa.String(length=64), nullable=False),
        sa.Column("original", sa.Boolean(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["issued_report.id"], name=op.f("fk_issued_publication_report_id")
        ),
        sa.PrimaryKeyConstraint("report_id", "position", name=op.f("pk_issued_publication")),
    )
    op.create_index(
        op.f("ix_issued_publication_item_id"), "issued_publication", ["item_id"], unique=False
    )
    op.create_table(
        "issued_correction",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("corrected_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["issued_report.id"], name=op.f("fk_issued_correction_report_id")
        ),
        sa.ForeignKeyConstraint(
            ["corrected_id"], ["issued_report.id"], name=op.f("fk_issued_correction_corrected_id")
        ),
        sa.PrimaryKeyConstraint("report_id", "position", name=op.f("pk_issued_correction")),
    )
    op.create_index(
        op.f("ix_issued_correction_corrected_id"),
        "issued_correction",
        ["corrected_id"],
        unique=False,
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("issued_correction")
    op.drop_table("issued_publication")
    op.drop_table("issued_report")
    op.drop_table("sign_step")
