"""The first page: what an office has to do now.

Hides: where somebody is led who has no plan yet.
"""

from __future__ import annotations

import msgspec

from console.desk import Desk
from console.pages import page
from pipeline.store.plans import list_plans

__all__ = ["ROUTES"]


class HomePage(msgspec.Struct, frozen=True, kw_only=True):
    """The first page."""

    plans: tuple[str, ...]


@page("/", "home.html.j2")
def home(desk: Desk) -> HomePage:
    """What is due in the office's rhythm, and what to do next."""
    with desk.begin() as session:
        return HomePage(plans=tuple(plan.name for plan in list_plans(session)))


ROUTES = [home]
