"""Packs between two networks, months of media signed off, which run last changed an item

Revision: 0012, after 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add ``pack``, ``packed_run``, ``media_sign_off`` and ``news_item.changed_run_id``."""
    op.create_table(
        "pack",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.Column("chain", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("last_run", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack")),
    )
    op.create_index(op.f("ix_pack_fingerprint"), "pack", ["fingerprint"])
    op.create_table(
        "packed_run",
        sa.Column("chain", sa.String(length=32), nullable=False),
        sa.Column("there", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.id"], name=op.f("fk_packed_run_run_id_run"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("chain", "there", name=op.f("pk_packed_run")),
    )
    op.create_table(
        "media_sign_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(length=100), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("empty", sa.Boolean(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("signed_by", sa.String(length=200), nullable=False),
        sa.Column("signed_at", sa.String(length=32), nullable=False),
        sa.Column("withdrawn_by", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("withdrawn_at", sa.String(length=32), nullable=True),
        sa.Column("withdrawn_why", sa.Text(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.id"], name=op.f("fk_media_sign_off_run_id_run"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_sign_off")),
    )
    op.create_index(
        op.f("ix_media_sign_off_source_id_month"), "media_sign_off", ["source_id", "month"]
    )
    op.add_column("news_item", sa.Column("changed_run_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("news_item", schema=None) as batch_op:
        batch_op.drop_column("changed_run_id")
    op.drop_table("media_sign_off")
    op.drop_table("packed_run")
    op.drop_table("pack")
