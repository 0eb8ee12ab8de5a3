"""What a report counts by, beside stories and by plan

Revision: 0005, after 0004

Carrier and genre of the stories there are stay '' until stories are folded again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_CHUNK = 1000


def upgrade() -> None:
    """Add columns to ``story`` and ``story_item``, the tables of facts, and two indexes."""
    with op.batch_alter_table("story", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("text_id", sa.String(length=64), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("carrier", sa.String(length=16), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("genre", sa.String(length=16), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("internal", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("story_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("day", sa.String(length=10), nullable=True))
        batch_op.add_column(
            sa.Column("source_id", sa.String(length=100), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("outlet", sa.String(length=200), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("first_of_source", sa.Boolean(), nullable=False, server_default=sa.true())
        )
    _fill()
    op.create_index(
        "ix_story_item_source_id_outlet_day_first_of_source",
        "story_item",
        ["source_id", "outlet", "day", "first_of_source"],
        unique=False,
    )
    op.drop_index("ix_assignment_plan_id_theme_id", table_name="assignment")
    op.create_index(
        "ix_assignment_plan_id_theme_id_story_id",
        "assignment",
        ["plan_id", "theme_id", "story_id"],
        unique=False,
    )
    op.create_index(
        "ix_assignment_assigned",
        "assignment",
        ["plan_id", "theme_id", "story_id", "probability"],
        unique=False,
        sqlite_where=sa.text("assigned"),
        postgresql_where=sa.text("assigned"),
    )
    op.create_table(
        "judge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_name", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judge")),
        sa.UniqueConstraint("plan_name", name=op.f("uq_judge_plan_name")),
    )
    op.create_table(
        "story_fact",
        sa.Column("judge_id", sa.Integer(), nullable=False),
        sa.Column("story_id", sa.String(length=64), nullable=False),
        sa.Column("locality", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("units", sa.Text(), nullable=False),
        sa.Column("interviewed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["judge_id"], ["judge.id"], name=op.f("fk_story_fact_judge_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("judge_id", "story_id", name=op.f("pk_story_fact")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_story_fact_story_id", "story_fact", ["story_id"], unique=False)


def downgrade() -> None:
    """Take all of it away."""
    op.drop_table("story_fact")
    op.drop_table("judge")
    op.drop_index("ix_assignment_assigned", table_name="assignment")
    op.drop_index("ix_assignment_plan_id_theme_id_story_id", table_name="assignment")
    op.create_index(
        "ix_assignment_plan_id_theme_id", "assignment", ["plan_id", "theme_id"], unique=False
    )
    op.drop_index("ix_story_item_source_id_outlet_day_first_of_source", table_name="story_item")
    with op.batch_alter_table("story_item", schema=None) as batch_op:
        for name in ("first_of_source", "outlet", "source_id", "day"):
            batch_op.drop_column(name)
    with op.batch_alter_table("story", schema=None) as batch_op:
        for name in ("internal", "genre", "carrier", "text_id"):
            batch_op.drop_column(name)


def _fill() -> None:
    """What the items say of the stories there are."""
    connection = op.get_bind()
    rows = connection.execute(
        sa.text(
            "SELECT s.id, s.day, s.original_id, i.item_id, n.source_id, n.body FROM story s"
            " JOIN story_item i ON i.story_id = s.id JOIN news_item n ON n.id = i.item_id"
            " ORDER BY s.id, i.item_id"
        )
    )
    members, stories = [], []
    for story in _grouped(rows.fetchall()):
        ordered = sorted(story, key=lambda row: row.item_id != row.original_id)
        items = [json.loads(row.body) for row in ordered]
        seen: set[str] = set()
        for row, item in zip(ordered, items, strict=True):
            members.append(
                {
                    "item": row.item_id,
                    "day": row.day,
                    "source": row.source_id,
                    "outlet": item.get("outlet", "")[:200],
                    "first": row.source_id not in seen,
                }
            )
            seen.add(row.source_id)
        texts = [len(item.get("text", "")) for item in items]
        told = 0 if texts[0] else texts.index(max(texts))
        internal = all("internal" in item.get("flags", ()) for item in items)
        stories.append(
            {"story": ordered[0].id, "text": ordered[told].item_id, "internal": internal}
        )
    for part in _parts(members):
        connection.execute(
            sa.text(
                "UPDATE story_item SET day = :day, source_id = :source, outlet = :outlet,"
                " first_of_source = :first WHERE item_id = :item"
            ),
            part,
        )
    for part in _parts(stories):
        connection.execute(
            sa.text("UPDATE story SET text_id = :text, internal = :internal WHERE id = :story"),
            part,
        )


def _grouped(rows: Sequence[Any]) -> Iterator[list[Any]]:
    group: list[Any] = []
    for row in rows:
        if group and group[0].id != row.id:
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _parts(rows: list[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    return (rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK))
