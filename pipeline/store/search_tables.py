"""Tables of the index of words; that of the pairs of characters is made by the migration alone, since
it is of another kind on each database (``search_pair``).

Hides: columns.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.tables import Base

__all__ = ["SearchEntryRow", "SearchFillRow"]


class SearchEntryRow(Base):
    """Under which number an item is indexed; numbers sort by the day of publication."""

    __tablename__ = "search_entry"

    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False
    )
    item_id: Mapped[str] = mapped_column(
        String(64), ForeignKey("news_item.id", ondelete="CASCADE"), unique=True
    )


class SearchFillRow(Base):
    """How far news that was stored before there was an index is indexed; no row: all is."""

    __tablename__ = "search_fill"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[str | None] = mapped_column(String(10))  # the day at hand; None: the undated
    item: Mapped[str] = mapped_column(String(64))  # the last item of it that was read
    done: Mapped[int] = mapped_column(Integer)
    total: Mapped[int] = mapped_column(Integer)
