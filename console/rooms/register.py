"""The register of submissions 报送登记: what is in it, one piece of it, who changed it.

Hides: how the list is filtered and paged, and what of a piece's life is shown.
"""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from litestar.response import Stream
from sqlalchemy.orm import Session

from console.desk import Desk
from console.downloads import download
from console.language import _
from console.pages import page
from pipeline import clock
from pipeline.accounts import Role
from pipeline.coverage.periods import OWN_TERM, month_starts, parse_period
from pipeline.pieces import Printing
from pipeline.plan.model import Plan
from pipeline.register import Adoption, LeaderEvent, Submission
from pipeline.register_history import RUN_NAMES, Registered, RegisterRun
from pipeline.reports.register_terminal import change_words
from pipeline.store.printings import possible_printings
from pipeline.store.register import earlier, get_registered, register_runs, titles_of
from pipeline.store.register_list import (
    RegisterAsked,
    RegisterState,
    count_register,
    days_registered,
    named_in_register,
    register_page,
)
from pipeline.store.stories import story_of

__all__ = [
    "ROUTES",
    "month_asked",
    "named_plan",
    "names_told",
    "office_names",
    "seen_mark",
    "today",
]

PAGE = 50
EXPORTED = 1_000_000
"""Rows a worksheet has place for."""
MAY_CHANGE: Role = "editor"

Words = Annotated[str, msgspec.Meta(max_length=100)]
Place = Annotated[str, msgspec.Meta(max_length=24)]


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """A month one may ask for."""

    value: str
    words: str


class RegisterListPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some of the register, the newest first."""

    rows: tuple[Registered, ...]
    count: int
    """Of all that fit the filters."""
    next: str
    """For ``after``; '' at the end."""
    months: tuple[Month, ...]
    offices: tuple[str, ...]
    columns: tuple[str, ...]
    office: str = ""
    month: str = ""
    column: str = ""
    state: RegisterState = ""
    words: str = ""
    query: str = ""
    """The filters as an address has them."""
    may_change: bool = False


class UseLine(msgspec.Struct, frozen=True, kw_only=True):
    """A use 采用 and the story it is proven by; '' where none is stored."""

    use: Adoption
    story: str


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a piece: by whom, why, and what differs."""

    at: str
    by: str
    kind: str
    why: str
    what: str


class PiecePage(msgspec.Struct, frozen=True, kw_only=True):
    """One submission with all that became of it."""

    registered: Registered
    uses: tuple[UseLine, ...]
    events: tuple[LeaderEvent, ...]
    changes: tuple[Change, ...]
    """The newest first."""
    printings: tuple[Printing, ...]
    """Crawled items with its title within a week 疑似刊发; only where they were asked for."""
    looked: bool
    offices: tuple[str, ...]
    columns: tuple[str, ...]
    seen: str
    """What a change made from this page carries, so that nobody's work is overwritten unseen."""
    may_change: bool
    today: str


class RunsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of the register, the newest first."""

    runs: tuple[RegisterRun, ...]
    names: dict[str, str]
    titles: dict[int, str]
    """Of the submissions that were changed by hand, by number."""
    older: int = 0
    """For ``before``; 0 at the end."""


@page("/register", "register.html.j2")
def register_list(
    desk: Desk,
    office: Words = "",
    month: Words = "",
    column: Words = "",
    state: RegisterState = "",
    words: Words = "",
    after: Place = "",
) -> RegisterListPage:
    """What is registered, the newest first, by office, month (or quarter, or year), column, state and
    words of the title."""
    asked = _asked(desk, office, month, column, state, words)
    with desk.begin() as session:
        found = register_page(session, asked, after, PAGE)
        count = count_register(session, asked)
        offices, columns = names_told(desk, session)
        days = days_registered(session)
    filters = {"office": office, "month": month, "column": column, "state": state, "words": words}
    return RegisterListPage(
        rows=found.rows,
        count=count,
        next=found.next,
        months=_months(desk, *days) if days else (),
        offices=offices,
        columns=columns,
        query=desk.asked.query(**filters),
        may_change=desk.account.may(MAY_CHANGE),
        office=office,
        month=month,
        column=column,
        state=state,
        words=words,
    )


@page("/register/export", "", api=False)
def export_register(
    desk: Desk,
    office: Words = "",
    month: Words = "",
    column: Words = "",
    state: RegisterState = "",
    words: Words = "",
    kind: Literal["xlsx", "csv"] = "xlsx",
) -> Stream:
    """What the list shows with these filters, as a table that can be imported again."""
    from pipeline.reports.register_table import write_register

    asked = _asked(desk, office, month, column, state, words)
    with desk.begin() as session:
        rows = register_page(session, asked, limit=EXPORTED).rows
    name = "_".join(filter(None, (_("报送登记"), office, month)))

    def write(folder: Path) -> Path:
        path = folder / f"register.{kind}"
        write_register([one.submission for one in reversed(rows)], path)
        return path

    return download(desk, name, write)


@page("/register/runs", "register_runs.html.j2")
def register_runs_page(desk: Desk, before: int = 0) -> RunsPage:
    """Who changed the register and when, the newest first; ``before`` a change's id."""
    with desk.begin() as session:
        runs = register_runs(session, before_id=max(before, 0), limit=PAGE + 1)
        titles = titles_of(session, (run.number for run in runs))
    return RunsPage(
        runs=runs[:PAGE],
        names={str(kind): words for kind, words in RUN_NAMES.items()},
        titles=titles,
        older=runs[PAGE - 1].id if len(runs) > PAGE else 0,
    )


@page("/register/{number:int}", "register_piece.html.j2")
def register_piece(desk: Desk, number: int, look: bool = False) -> PiecePage:
    """One submission: its uses, notes and history; ``look`` seeks crawled items that may be it."""
    with desk.begin() as session:
        one = get_registered(session, number)
        before = earlier(session, number)
        proofs = [use.proof for use in one.submission.adopted if use.proof]
        stories = story_of(session, proofs)
        printings = possible_printings(session, [one]).get(number, ()) if look else ()
        offices, columns = names_told(desk, session)
    changes, newer = [], one.submission
    for past in before:
        changes.append(
            Change(
                at=past.run.at,
                by=past.run.by,
                kind=RUN_NAMES[past.run.kind],
                why=past.run.detail,
                what=change_words(past.submission, newer) if past.submission != newer else "",
            )
        )
        newer = past.submission
    return PiecePage(
        registered=one,
        uses=tuple(
            UseLine(use=use, story=stories.get(use.proof, "")) for use in one.submission.adopted
        ),
        events=one.submission.events,
        changes=tuple(changes),
        printings=printings,
        looked=look,
        offices=office_names(desk, offices),
        columns=columns,
        seen=seen_mark(one.submission),
        may_change=desk.account.may(MAY_CHANGE),
        today=today(),
    )


_told: dict[str, tuple[int, tuple[tuple[str, ...], tuple[str, ...]]]] = {}


def names_told(desk: Desk, session: Session) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Offices and columns that the register names; read again when it was changed.

    Reading them takes 75 ms of 30 000 rows, and every page of the list offers them.
    """
    runs = register_runs(session, limit=1)
    newest, place = (runs[0].id if runs else 0), desk.workspace.database_url
    held = _told.get(place)
    if held is None or held[0] != newest:
        held = _told[place] = (newest, named_in_register(session))
    return held[1]


def named_plan(desk: Desk) -> Plan | None:
    """The plan that names the offices; None where none is stored."""
    with desk.begin() as session:
        planned = desk.has_plan(session)
    return desk.plan().plan if planned else None


def office_names(desk: Desk, registered: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Offices of the plan in its order, then others that the register names."""
    plan = named_plan(desk)
    offices = [office.name for office in plan.offices] if plan else []
    return tuple(dict.fromkeys((*offices, *registered)))


def seen_mark(submission: Submission) -> str:
    """Differs whenever the submission does."""
    return sha256(msgspec.json.encode(submission)).hexdigest()[:16]


def today() -> str:
    """The present day, ISO 8601."""
    return clock.today().isoformat()


def month_asked(desk: Desk) -> str:
    """What the list's filter calls the period asked about; '' for the plan's own term."""
    return "" if desk.asked.period in OWN_TERM else desk.asked.period


def _asked(
    desk: Desk, office: str, month: str, column: str, state: RegisterState, words: str
) -> RegisterAsked:
    span = parse_period(month, month_starts(desk.workspace.settings)) if month else None
    return RegisterAsked(
        office=office,
        first=span.first if span else "",
        last=span.last if span else "",
        column=column,
        state=state,
        words=words,
    )


def _months(desk: Desk, first: str, last: str) -> tuple[Month, ...]:
    """Years and months with days from ``first`` to ``last``, the newest first."""
    if month_starts(desk.workspace.settings) > 1:  # the last days may be the next month's
        last = (date.fromisoformat(last) + timedelta(days=31)).isoformat()
    found = []
    for year in range(int(last[:4]), int(first[:4]) - 1, -1):
        found.append(Month(value=str(year), words=_("%(y)s年全年") % {"y": year}))
        for month in range(12, 0, -1):
            if first[:7] <= f"{year:04}-{month:02}" <= last[:7]:
                words = _("%(y)s年%(m)s月") % {"y": year, "m": month}
                found.append(Month(value=f"{year:04}-{month:02}", words=words))
    return tuple(found)


ROUTES = [register_list, export_register, register_runs_page, register_piece]
