"""Media 应查媒体: every medium the plan names, how it was looked at, and its months signed off.

Hides: how crawled, registered and signed become one line of a medium. Who vouches is who is signed in.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec
from sqlalchemy.orm import Session

from console.desk import Desk
from console.language import N_, _
from console.pages import Changed, change, page
from console.rooms.vouching import VouchForm, vouch_form
from console.standing import standing_report
from pipeline.clock import today
from pipeline.coverage.periods import days_missing, months_of, parse_period
from pipeline.coverage.report import Period
from pipeline.news import source_id
from pipeline.store.crawled import items_by_day, observed_days
from pipeline.store.media import sign_month, signed_months
from pipeline.store.media_choices import MediaChoice, media_choices
from pipeline.store.runs import join_windows, known_sources
from pipeline.store.vouching import Vouch, trail_given, vouches

__all__ = ["ROUTES"]

MonthState = Literal["signed", "empty", "observed", "open", "running"]

MONTH_STATES: dict[MonthState, str] = {
    "signed": N_("登记完毕"),
    "empty": N_("无刊发"),
    "observed": N_("已确认齐全"),
    "open": N_("未登记完毕"),
    "running": N_("还没过完"),
}
STATES = {
    "crawled": N_("已采集"),
    "registered": N_("人工登记"),
    "seen": N_("只见零星收录"),
    "unchecked": N_("未查"),
}
CHOICES: dict[MediaChoice, str] = {
    "crawl": N_("打算采集"),
    "register": N_("打算登记"),
    "leave": N_("打算不查"),
}

Medium = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Month = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}$")]


class MediumMonth(msgspec.Struct, frozen=True, kw_only=True):
    """A month of a medium; ``items`` are those registered for it."""

    month: str
    state: MonthState
    items: int
    by: str = ""
    at: str = ""
    word: int = 0
    """Number of the word for just this month, which can be taken back; 0 for none."""


class MediumNote(msgspec.Struct, frozen=True, kw_only=True):
    """A medium of the plan, or another that was registered."""

    name: str
    kind: str
    named: bool
    """Whether the plan names it."""
    state: str
    choice: str
    """What a person said would be done; '' for nothing."""
    items: int
    source: str
    """Id of the source that is it; '' for none."""
    months: tuple[MediumMonth, ...]
    """Of the period; none for one that is crawled."""


class MediaPage(msgspec.Struct, frozen=True, kw_only=True):
    """The media of a plan's period."""

    plan: str
    period: Period
    media: tuple[MediumNote, ...]
    states: dict[str, str]
    month_states: dict[str, str]
    choices: dict[str, str]
    unchecked: int


class MediumPage(msgspec.Struct, frozen=True, kw_only=True):
    """One medium with its months, to be signed off."""

    medium: MediumNote
    month_states: dict[str, str]
    states: dict[str, str]
    words: tuple[Vouch, ...]
    """People's words for months and other days, those taken back among them."""
    form: VouchForm


class Sign(msgspec.Struct, frozen=True, kw_only=True):
    """Vouch for a month; ``empty`` says that nothing was published in it."""

    medium: Medium
    month: Month
    empty: bool = False


@page("/media", "media.html.j2")
def media_page(desk: Desk) -> MediaPage:
    """Every medium the plan names: crawled, registered, seen now and then, or not checked."""
    standing = standing_report(desk)
    notes = _notes(desk)
    return MediaPage(
        plan=standing.report.plan.title,
        period=standing.report.period,
        media=notes,
        states={key: _(word) for key, word in STATES.items()},
        month_states=_months_words(),
        choices={str(key): _(word) for key, word in CHOICES.items()},
        unchecked=sum(note.named and note.state == "unchecked" for note in notes),
    )


@page("/media/months", "medium.html.j2")
def medium_page(desk: Desk, medium: Medium) -> MediumPage:
    """The months of one medium in the period, each with its items and who vouches for it."""
    note = next((one for one in _notes(desk) if one.name == medium), None)
    with desk.begin() as session:
        key = source_id(medium)
        if note is None:
            note = MediumNote(
                name=medium,
                kind="",
                named=False,
                state="unchecked",
                choice="",
                items=0,
                source="",
                months=_months(session, key, standing_report(desk).report.period),
            )
        elif not note.months and note.state != "crawled":
            note = msgspec.structs.replace(
                note, months=_months(session, key, standing_report(desk).report.period)
            )
        words = vouches(session, source=key, withdrawn=True)
    return MediumPage(
        medium=note,
        month_states=_months_words(),
        states={key: _(word) for key, word in STATES.items()},
        words=words,
        form=vouch_form(medium),
    )


@change("/media/sign", role="editor")
def sign(desk: Desk, given: Sign) -> Changed:
    """Sign a medium's month off: all it published is registered, or nothing was."""
    with desk.begin() as session:
        signed, _count = sign_month(
            session,
            given.medium,
            given.month,
            desk.account.display,
            empty=given.empty,
            today=today(),
        )
        trail_given(session, desk.visitor.actor(), signed)
    said = _("%(month)s 登记完毕") % {"month": given.month}
    return Changed(said=said, to=_months_address(desk, given.medium))


def _months_address(desk: Desk, medium: str) -> str:
    return f"/media/months{desk.asked.query(medium=medium)}"


def _notes(desk: Desk) -> tuple[MediumNote, ...]:
    report = standing_report(desk).report
    with desk.begin() as session:
        chosen = media_choices(session)
        records = known_sources(session)
        by_name = {record.name: record.id for record in records}
        notes = []
        for medium in report.media:
            source = by_name.get(medium.source, "")
            key = source if source.startswith("reg-") else source_id(medium.name)
            registered = medium.state == "registered"
            notes.append(
                MediumNote(
                    name=medium.source if registered and medium.source else medium.name,
                    kind=medium.kind,
                    named=True,
                    state=medium.state,
                    choice=chosen.get(source_id(medium.name), ""),
                    items=medium.items,
                    source=source,
                    months=_months(session, key, report.period) if registered else (),
                )
            )
        used = {note.source for note in notes} | {source_id(note.name) for note in notes}
        published = {line.id: line.items for line in report.sources}
        for record in records:
            if record.channel == "register" and record.id not in used:
                notes.append(
                    MediumNote(
                        name=record.name,
                        kind="",
                        named=False,
                        state="registered",
                        choice="",
                        items=published.get(record.id, 0),
                        source=record.id,
                        months=_months(session, record.id, report.period),
                    )
                )
    order = ("unchecked", "seen", "registered", "crawled")
    return tuple(sorted(notes, key=lambda one: (not one.named, order.index(one.state))))


def _months(session: Session, source: str, period: Period) -> tuple[MediumMonth, ...]:
    """Months of the period: calendar months, which are what is signed off."""
    months = months_of(period)
    if not months:
        return ()
    first = date.fromisoformat(parse_period(months[0]).first)
    last = date.fromisoformat(parse_period(months[-1]).last)
    counts: dict[str, int] = {}
    for day, count in items_by_day(session, source, first, last).items():
        counts[day[:7]] = counts.get(day[:7], 0) + count
    words = vouches(session, source=source)
    signed = signed_months(words)
    windows = join_windows(one.window for one in observed_days(session, source, first, last))
    day = today().isoformat()

    def made(month: str) -> MediumMonth:
        span = parse_period(month)
        one = signed.get(month)
        state: MonthState = "open"
        if one is not None:
            state = "empty" if one.empty else "signed"
        elif span.last >= day:
            state = "running"
        elif not days_missing(span, windows):
            state = "observed"
        said = [one] if one else [w for w in words if w.first <= span.last and w.last >= span.first]
        return MediumMonth(
            month=month,
            state=state,
            items=counts.get(month, 0),
            by="、".join(dict.fromkeys(w.by for w in said)) if state != "open" else "",
            at=one.at if one else "",
            word=one.number if one else 0,
        )

    return tuple(made(month) for month in months)


def _months_words() -> dict[str, str]:
    return {str(key): _(word) for key, word in MONTH_STATES.items()}


ROUTES = [media_page, medium_page, sign]
