"""The way through the console: which rooms the frame of every page names, to whom.

Hides: their order and words.
"""

from __future__ import annotations

from dataclasses import dataclass

from console.language import N_
from pipeline.accounts import Role

__all__ = ["ROOMS", "Room"]


@dataclass(frozen=True)
class Room:
    """A line of the navigation; ``asks`` keeps plan and period in its address."""

    address: str
    words: str
    role: Role = "viewer"
    asks: bool = True


ROOMS: tuple[tuple[Room, ...], ...] = (
    (
        Room("/overview", N_("覆盖总览")),
        Room("/review", N_("人工复核"), "reviewer"),
        Room("/stories", N_("报道")),
        Room("/units", N_("采访单位")),
        Room("/obligations", N_("落实情况")),
    ),
    (
        Room("/register", N_("报送登记")),
        Room("/scorecard", N_("考核计分")),
        Room("/inquiry", N_("核实单")),
        Room("/reports", N_("报告签批")),
    ),
    (
        Room("/plans", N_("方案"), asks=False),
        Room("/sources", N_("采集来源"), asks=False),
        Room("/media", N_("应查媒体")),
        Room("/models", N_("模型")),
    ),
    (
        Room("/users", N_("用户"), "admin", asks=False),
        Room("/trail", N_("操作记录"), "approver", asks=False),
    ),
)
"""What is shown, in groups: daily work, paperwork, set-up, administration."""
