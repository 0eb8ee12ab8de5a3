"""The tables of packs 采集包: what one network wrote for another, and what it took in.

Hides: columns and keys. A chain is one database's packs; a run of a chain is one run here.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.store.tables import Base

__all__ = ["PackRow", "PackedRunRow"]


class PackRow(Base):
    """A pack that was written (``made``) or taken in (``taken``) by this database."""

    __tablename__ = "pack"

    id: Mapped[int] = mapped_column(primary_key=True)
    direction: Mapped[str] = mapped_column(String(8))
    chain: Mapped[str] = mapped_column(String(32))
    number: Mapped[int] = mapped_column(Integer)
    fingerprint: Mapped[str] = mapped_column(String(64), index=True)
    previous: Mapped[str] = mapped_column(String(64))  # fingerprint of the one before; '' for none
    last_run: Mapped[int] = mapped_column(Integer)  # newest run in it, as the writer counts
    made_at: Mapped[str] = mapped_column(String(32))
    recorded_at: Mapped[str] = mapped_column(String(32))


class PackedRunRow(Base):
    """A run of another database that was taken in, and the run it is here."""

    __tablename__ = "packed_run"

    chain: Mapped[str] = mapped_column(String(32), primary_key=True)
    there: Mapped[int] = mapped_column(Integer, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
