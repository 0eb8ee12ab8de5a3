"""The way through the console: which rooms the frame of every page names, to whom.

Hides: their order and words, and in which of them a page stands.
"""

from __future__ import annotations

from dataclasses import dataclass

from console.language import N_
from pipeline.accounts import Role

__all__ = ["ROOMS", "Room"]


@dataclass(frozen=True)
class Room:
    """A line of the navigation; ``asks`` keeps plan and period in its address, ``also`` are addresses
    elsewhere whose pages stand in it."""

    address: str
    words: str
    role: Role = "viewer"
    asks: bool = True
    also: tuple[str, ...] = ()

    def has(self, path: str) -> bool:
        """Whether the page at ``path`` stands in it."""
        return any(f"{path}/".startswith(f"{one}/") for one in (self.address, *self.also))


ROOMS: tuple[tuple[Room, ...], ...] = (
    (
        Room("/overview", N_("覆盖总览"), also=("/themes", "/advice")),
        Room("/review", N_("人工复核"), "reviewer", also=("/agreement",)),
        Room("/stories", N_("报道"), also=("/search", "/archived")),
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
        Room("/plans", N_("方案"), asks=False, also=("/plan-upload",)),
        Room("/sources", N_("采集来源"), asks=False, also=("/runs", "/jobs")),
        Room("/media", N_("应查媒体"), also=("/import",)),
        Room("/models", N_("模型")),
    ),
    (
        Room("/users", N_("用户"), "admin", asks=False),
        Room("/trail", N_("操作记录"), "approver", asks=False),
    ),
)
"""What is shown, in groups: daily work, paperwork, set-up, administration."""
