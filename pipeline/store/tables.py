"""The tables of a workspace's database (SQLAlchemy 2, SQLite or PostgreSQL).

Hides: columns and indexes. Records that are only ever read whole (a plan, an item's
attachments) are kept as JSON text beside the columns that questions are asked of.
Days are ISO 8601 text: they sort, and both databases compare them alike.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    false,
    text,
    true,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

__all__ = [
    "AssignmentRow",
    "AuditRow",
    "AuditStoryRow",
    "Base",
    "JudgeRow",
    "LedgerRow",
    "ModelRow",
    "NewsItemRow",
    "PlanRow",
    "ProofRow",
    "ReprintRow",
    "ReviewRow",
    "RunRow",
    "SourceRow",
    "StoryFactRow",
    "StoryItemRow",
    "StoryRow",
    "ThemeRow",
]


class Base(DeclarativeBase):
    """All tables, with one way of naming indexes and keys on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class PlanRow(Base):
    """One stored version of a plan; the newest version of a name is the one in use."""

    __tablename__ = "plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    version: Mapped[int] = mapped_column(Integer)
    fingerprint: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(32))
    period_from: Mapped[str | None] = mapped_column(String(10))
    period_to: Mapped[str | None] = mapped_column(String(10))
    body: Mapped[str] = mapped_column(Text)  # Plan JSON
    text: Mapped[str] = mapped_column(Text)  # the cleaned text its spans point into
    stored_at: Mapped[str] = mapped_column(String(32))
    used_at: Mapped[str] = mapped_column(String(32))  # when last taken into use


class ThemeRow(Base):
    """One theme 对照条目 of a stored plan."""

    __tablename__ = "theme"

    plan_id: Mapped[int] = mapped_column(
        ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True
    )
    theme_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    scheme: Mapped[str] = mapped_column(String(32))
    position: Mapped[int] = mapped_column(Integer)
    number: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(Text)


class SourceRow(Base):
    """A source 采集来源 as it was when last used."""

    __tablename__ = "source"

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(String(16))
    channel: Mapped[str] = mapped_column(String(32))
    address: Mapped[str] = mapped_column(Text)


class RunRow(Base):
    """One crawl or import 采集批次."""

    __tablename__ = "run"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))  # crawl, import
    started_at: Mapped[str] = mapped_column(String(32))
    finished_at: Mapped[str | None] = mapped_column(String(32))
    outcome: Mapped[str] = mapped_column(String(16), default="running")
    detail: Mapped[str] = mapped_column(Text, default="")


class LedgerRow(Base):
    """What one run saw of one column of one source 采集台账."""

    __tablename__ = "ledger"

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"), primary_key=True)
    source_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    column: Mapped[str] = mapped_column(String(100), primary_key=True)
    list_pages: Mapped[int] = mapped_column(Integer, default=0)
    links_found: Mapped[int] = mapped_column(Integer, default=0)
    fetched: Mapped[int] = mapped_column(Integer, default=0)
    not_modified: Mapped[int] = mapped_column(Integer, default=0)
    extracted: Mapped[int] = mapped_column(Integer, default=0)
    dated: Mapped[int] = mapped_column(Integer, default=0)
    known: Mapped[int] = mapped_column(Integer, default=0)
    refused: Mapped[int] = mapped_column(Integer, default=0)
    blocked: Mapped[int] = mapped_column(Integer, default=0)
    failed: Mapped[int] = mapped_column(Integer, default=0)
    duplicates: Mapped[int] = mapped_column(Integer, default=0)
    oldest: Mapped[str | None] = mapped_column(String(10))
    newest: Mapped[str | None] = mapped_column(String(10))
    reached_end: Mapped[bool] = mapped_column(Boolean, default=False)
    reached_known: Mapped[bool] = mapped_column(Boolean, default=False)
    window_from: Mapped[str | None] = mapped_column(String(10))
    window_to: Mapped[str | None] = mapped_column(String(10))
    vouched_by: Mapped[str] = mapped_column(Text, default="")  # the person whose word it is
    alarms: Mapped[str] = mapped_column(Text, default="[]")  # JSON list of words

    __table_args__ = (
        Index(None, "source_id", "run_id"),
        Index(None, "source_id", "column", "run_id"),
    )


class NewsItemRow(Base):
    """A news item 刊发记录."""

    __tablename__ = "news_item"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    canonical_url: Mapped[str | None] = mapped_column(String(1000), index=True)
    fingerprint: Mapped[str] = mapped_column(String(32), index=True)
    day: Mapped[str | None] = mapped_column(String(10), index=True)
    source_id: Mapped[str] = mapped_column(String(100))
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)  # NewsItem JSON
    added_at: Mapped[str] = mapped_column(String(32))
    changed_run_id: Mapped[int | None] = mapped_column(Integer)  # the run that last changed it

    __table_args__ = (Index(None, "source_id", "day"), Index(None, "run_id", "id"))


class StoryRow(Base):
    """A story 报道: an original and its reprints 转载."""

    __tablename__ = "story"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    original_id: Mapped[str] = mapped_column(ForeignKey("news_item.id"))
    day: Mapped[str | None] = mapped_column(String(10), index=True)
    level: Mapped[str] = mapped_column(String(16))
    size: Mapped[int] = mapped_column(Integer)
    text_id: Mapped[str] = mapped_column(String(64), server_default="")  # whose text is read
    carrier: Mapped[str] = mapped_column(String(16), server_default="")
    genre: Mapped[str] = mapped_column(String(16), server_default="")
    internal: Mapped[bool] = mapped_column(Boolean, server_default=false())
    stale: Mapped[bool] = mapped_column(Boolean, server_default=false())  # to be folded anew


class StoryItemRow(Base):
    """Which item belongs to which story, with what publications are counted by."""

    __tablename__ = "story_item"

    item_id: Mapped[str] = mapped_column(
        ForeignKey("news_item.id", ondelete="CASCADE"), primary_key=True
    )
    story_id: Mapped[str] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"), index=True)
    day: Mapped[str | None] = mapped_column(String(10))  # the story's
    source_id: Mapped[str] = mapped_column(String(100), server_default="")
    outlet: Mapped[str] = mapped_column(String(200), server_default="")
    first_of_source: Mapped[bool] = mapped_column(Boolean, server_default=true())

    __table_args__ = (Index(None, "source_id", "outlet", "day", "first_of_source"),)


class ReprintRow(Base):
    """What is known of an item that repeats its story's original 转载."""

    __tablename__ = "reprint"

    item_id: Mapped[str] = mapped_column(
        ForeignKey("news_item.id", ondelete="CASCADE"), primary_key=True
    )
    outlet: Mapped[str] = mapped_column(Text)  # whom it says it took the text from; '' for none
    taken_from: Mapped[str] = mapped_column(String(64))  # that outlet's item; '' for none known
    edits: Mapped[str] = mapped_column(Text)  # JSON list: title, cut, added, reworded


class JudgeRow(Base):
    """What a plan's stories are judged by: its place, its units and our rules for both."""

    __tablename__ = "judge"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_name: Mapped[str] = mapped_column(String(200), unique=True)
    fingerprint: Mapped[str] = mapped_column(String(16))


class StoryFactRow(Base):
    """What a judge says of a story: locality 属地 with its reason, and the units it names."""

    __tablename__ = "story_fact"

    judge_id: Mapped[int] = mapped_column(
        ForeignKey("judge.id", ondelete="CASCADE"), primary_key=True
    )
    story_id: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    locality: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    units: Mapped[str] = mapped_column(Text)  # JSON list of names; '' for none
    interviewed: Mapped[str] = mapped_column(Text)  # those of them it talks to

    __table_args__ = ({"sqlite_with_rowid": False},)


class ModelRow(Base):
    """A model version that made assignments."""

    __tablename__ = "model"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[str] = mapped_column(String(32))


class AssignmentRow(Base):
    """Story x theme 归类 by the machine: probability and evidence."""

    __tablename__ = "assignment"

    plan_id: Mapped[int] = mapped_column(
        ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True
    )
    story_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    theme_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("model.id"))
    probability: Mapped[float] = mapped_column(Float)
    assigned: Mapped[bool] = mapped_column(Boolean)
    evidence: Mapped[str] = mapped_column(Text, default="[]")
    clause: Mapped[str] = mapped_column(String(16), server_default="")  # PlanClause.key
    nearness: Mapped[float] = mapped_column(Float, server_default="0")  # to that clause

    __table_args__ = (
        Index(None, "plan_id", "theme_id", "story_id"),
        Index(
            "ix_assignment_assigned",
            "plan_id",
            "theme_id",
            "story_id",
            "probability",
            sqlite_where=text("assigned"),
            postgresql_where=text("assigned"),
        ),
    )


ASSIGNED = text("assignment.assigned")
"""That the machine assigned it, as ``ix_assignment_assigned`` says it: SQLite passes the index over
for "= 1", which the column itself is written as (2 001 stories of a theme took 38 ms, take 0.6)."""


class ReviewRow(Base):
    """A person's decision 人工复核 about one item and one plan; never changed, only followed."""

    __tablename__ = "review"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    item_id: Mapped[str] = mapped_column(String(64), index=True)
    themes: Mapped[str] = mapped_column(Text)  # JSON list of theme ids decided yes
    not_themes: Mapped[str] = mapped_column(Text)  # JSON list of theme ids decided no
    reviewer: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[str] = mapped_column(String(32))
    chosen_by: Mapped[str] = mapped_column(String(16))
    inclusion_probability: Mapped[float | None] = mapped_column(Float)
    comment: Mapped[str] = mapped_column(Text, default="")
    withdraws: Mapped[int | None] = mapped_column(Integer)  # the decision it takes back; says none
    bulk_id: Mapped[int | None] = mapped_column(Integer)  # the bulk it was made in

    __table_args__ = (
        Index(
            "ix_review_withdraws",
            "withdraws",
            sqlite_where=text("withdraws IS NOT NULL"),
            postgresql_where=text("withdraws IS NOT NULL"),
        ),
        Index(
            "ix_review_bulk_id",
            "bulk_id",
            sqlite_where=text("bulk_id IS NOT NULL"),
            postgresql_where=text("bulk_id IS NOT NULL"),
        ),
    )


class AuditRow(Base):
    """An audit 抽查: a random sample of a period's stories, drawn for one scheme of a plan."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    scheme: Mapped[str] = mapped_column(String(32))
    scheme_fingerprint: Mapped[str] = mapped_column(String(16))
    period_from: Mapped[str] = mapped_column(String(10))
    period_to: Mapped[str] = mapped_column(String(10))
    seed: Mapped[int] = mapped_column(Integer)
    at_most: Mapped[int] = mapped_column(Integer)  # k: a blank is "at most k"
    model_name: Mapped[str] = mapped_column(String(200))
    model_fingerprint: Mapped[str] = mapped_column(String(64))
    looks: Mapped[int] = mapped_column(Integer)
    drawn_at: Mapped[str] = mapped_column(String(32))
    closed_at: Mapped[str | None] = mapped_column(String(32))  # when the last look was read


class AuditStoryRow(Base):
    """A story of an audited population as it was at the draw; ``look`` 0 is not drawn."""

    __tablename__ = "audit_story"

    audit_id: Mapped[int] = mapped_column(
        ForeignKey("audit.id", ondelete="CASCADE"), primary_key=True
    )
    story_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    item_id: Mapped[str] = mapped_column(String(64))  # its original: stories may be refolded
    stratum: Mapped[str] = mapped_column(String(64))
    look: Mapped[int] = mapped_column(Integer)
    scores: Mapped[str] = mapped_column(Text)  # JSON object, theme id to probability
    closed_themes: Mapped[str | None] = mapped_column(Text)  # JSON list: what it was closed with

    __table_args__ = (
        Index(
            "ix_audit_story_drawn",
            "item_id",
            "audit_id",
            sqlite_where=text("look > 0"),
            postgresql_where=text("look > 0"),
        ),
    )


class ProofRow(Base):
    """What shows that an obligation 落实事项 was met 佐证; withdrawn, never deleted."""

    __tablename__ = "proof"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    obligation: Mapped[str] = mapped_column(String(64))
    what: Mapped[str] = mapped_column(Text)  # its words: a new version of a plan may number anew
    kind: Mapped[str] = mapped_column(String(16))  # file, story, submission
    counts: Mapped[bool] = mapped_column(Boolean)  # False: a person says it is none
    reference: Mapped[str] = mapped_column(Text)  # file kept, item of the story, submission
    sha256: Mapped[str] = mapped_column(String(64), default="")
    day: Mapped[str] = mapped_column(String(10))
    times: Mapped[int] = mapped_column(Integer, default=1)
    media: Mapped[str] = mapped_column(Text, default="[]")  # JSON list of names
    title: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    added_by: Mapped[str] = mapped_column(String(200))
    added_at: Mapped[str] = mapped_column(String(32))
    withdrawn_by: Mapped[str] = mapped_column(String(200), default="")
    withdrawn_at: Mapped[str | None] = mapped_column(String(32))
    withdrawn_note: Mapped[str] = mapped_column(Text, default="")
