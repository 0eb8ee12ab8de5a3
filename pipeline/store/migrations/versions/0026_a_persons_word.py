"""A signed month and days vouched for at an import are one thing: a person's word, which can be taken back

Revision: 0026, after 0025
"""

from __future__ import annotations

from calendar import monthrange

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_REGISTER = "登记"
_TAKEN_BACK = ("withdrawn_by", "withdrawn_at", "withdrawn_why")
_SIGNED = sa.table(
    "media_sign_off",
    sa.column("id", sa.Integer()),
    sa.column("source_id", sa.String()),
    sa.column("month", sa.String()),
    sa.column("empty", sa.Boolean()),
    sa.column("run_id", sa.Integer()),
    sa.column("signed_by", sa.String()),
    sa.column("signed_at", sa.String()),
    *(sa.column(name, sa.Text()) for name in _TAKEN_BACK),
)
_VOUCH = sa.table(
    "vouch",
    sa.column("id", sa.Integer()),
    sa.column("source_id", sa.String()),
    sa.column("column", sa.String()),
    sa.column("first_day", sa.String()),
    sa.column("last_day", sa.String()),
    sa.column("empty", sa.Boolean()),
    sa.column("run_id", sa.Integer()),
    sa.column("note", sa.Text()),
    sa.column("given_by", sa.Text()),
    sa.column("given_at", sa.String()),
    *(sa.column(name, sa.Text()) for name in _TAKEN_BACK),
)
_LEDGER = sa.table(
    "ledger",
    sa.column("run_id", sa.Integer()),
    sa.column("source_id", sa.String()),
    sa.column("column", sa.String()),
    sa.column("window_from", sa.String()),
    sa.column("window_to", sa.String()),
    sa.column("vouched_by", sa.Text()),
)
_RUN = sa.table(
    "run",
    sa.column("id", sa.Integer()),
    sa.column("kind", sa.String()),
    sa.column("started_at", sa.String()),
)


def upgrade() -> None:
    """Make ``vouch`` of ``media_sign_off`` and of the ledger's lines that rest on a person's word."""
    op.create_table(
        "vouch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(length=100), nullable=False),
        sa.Column("column", sa.String(length=100), nullable=False),
        sa.Column("first_day", sa.String(length=10), nullable=False),
        sa.Column("last_day", sa.String(length=10), nullable=False),
        sa.Column("empty", sa.Boolean(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("given_at", sa.String(length=32), nullable=False),
        sa.Column("withdrawn_by", sa.Text(), nullable=False, server_default=""),
        sa.Column("withdrawn_at", sa.String(length=32), nullable=True),
        sa.Column("withdrawn_why", sa.Text(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.id"], name=op.f("fk_vouch_run_id_run"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vouch")),
    )
    op.create_index(op.f("ix_vouch_source_id_column"), "vouch", ["source_id", "column"])
    op.create_index(op.f("ix_vouch_run_id"), "vouch", ["run_id"])
    connection = op.get_bind()
    signed = connection.execute(sa.select(_SIGNED).order_by(_SIGNED.c.id)).mappings().all()
    of_runs = {(one["run_id"], one["source_id"]) for one in signed}
    words = [
        {
            "source_id": one["source_id"],
            "column": _REGISTER,
            "first_day": f"{one['month']}-01",
            "last_day": _last_of(one["month"]),
            "empty": one["empty"],
            "run_id": one["run_id"],
            "note": "",
            "given_by": one["signed_by"],
            "given_at": one["signed_at"],
            **{name: one[name] for name in _TAKEN_BACK},
        }
        for one in signed
    ]
    lines = connection.execute(
        sa.select(_LEDGER, _RUN.c.started_at)
        .join_from(_LEDGER, _RUN, _RUN.c.id == _LEDGER.c.run_id)
        .where(_LEDGER.c.vouched_by != "", _LEDGER.c.window_from.is_not(None))
        .order_by(_LEDGER.c.run_id, _LEDGER.c.source_id, _LEDGER.c.column)
    )
    words += [
        {
            "source_id": line["source_id"],
            "column": line["column"],
            "first_day": line["window_from"],
            "last_day": line["window_to"],
            "empty": False,
            "run_id": line["run_id"],
            "note": "",
            "given_by": line["vouched_by"],
            "given_at": line["started_at"],
            "withdrawn_by": "",
            "withdrawn_at": None,
            "withdrawn_why": "",
        }
        for line in lines.mappings()
        if (line["run_id"], line["source_id"]) not in of_runs
    ]
    if words:
        connection.execute(sa.insert(_VOUCH), sorted(words, key=lambda word: word["run_id"]))
    op.drop_table("media_sign_off")


def downgrade() -> None:
    """Keep of the words those for a registered medium's whole month; the ledger keeps all days."""
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
    connection = op.get_bind()
    words = connection.execute(
        sa.select(_VOUCH)
        .join_from(_VOUCH, _RUN, _RUN.c.id == _VOUCH.c.run_id)
        .where(_RUN.c.kind == "sign", _VOUCH.c.column == _REGISTER)
        .order_by(_VOUCH.c.id)
    )
    signed = [
        {
            "source_id": word["source_id"],
            "month": word["first_day"][:7],
            "empty": word["empty"],
            "run_id": word["run_id"],
            "signed_by": word["given_by"][:200],
            "signed_at": word["given_at"],
            "withdrawn_by": word["withdrawn_by"][:200],
            "withdrawn_at": word["withdrawn_at"],
            "withdrawn_why": word["withdrawn_why"],
        }
        for word in words.mappings()
        if word["first_day"].endswith("-01") and word["last_day"] == _last_of(word["first_day"][:7])
    ]
    if signed:
        connection.execute(sa.insert(_SIGNED), signed)
    op.drop_table("vouch")


def _last_of(month: str) -> str:
    year, number = int(month[:4]), int(month[5:7])
    return f"{month}-{monthrange(year, number)[1]:02d}"
