"""The index of words is merged without pauses on PostgreSQL

Revision: 0023, after 0022
"""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Autovacuum merges what waits to enter the index, and nobody else may meanwhile. With its pauses
    it fell behind a bare load of arrays: the index had 1.1 GB after 200 000 items instead of 0.3, most
    of it waiting, which every search reads through (0.4 s)."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE search_pair SET (autovacuum_vacuum_cost_delay = 0)")


def downgrade() -> None:
    """As it was."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE search_pair RESET (autovacuum_vacuum_cost_delay)")
