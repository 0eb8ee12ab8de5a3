"""What to report on next 选题建议: from what is blank or thin, unsaid, unvisited, or coming due.

Hides: what comes first. In this order: duties overdue or due within ``SOON`` days; blank themes;
thin themes; duties and days of the plan within ``AHEAD`` days; themes nobody found anything for yet;
sentences nobody answered; units never interviewed. Within a group the earlier deadline comes first,
then the plan's order, so that the same report gives the same advice. Themes that are excused
(不宜公开) get none. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import Literal

import msgspec

from pipeline.coverage.inquiry import offices_of, proposed_offices
from pipeline.coverage.obligations import ObligationLine
from pipeline.coverage.report import CoverageReport, StoryLine, ThemeLine, UnitLine
from pipeline.coverage.sentences import SentenceLine, ThemeSentences
from pipeline.plan.model import Plan, walk

__all__ = [
    "ADVICE_KIND_NAMES",
    "MOST",
    "Advice",
    "AdviceKind",
    "Background",
    "Suggestion",
    "advise",
]

SOON, AHEAD = 14, 45
"""Days."""
MOST = 20
"""Suggestions given; the rest are a number."""
_SENTENCES, _UNITS, _STORIES = 3, 6, 3
"""Sentences, units and stories named in one suggestion."""

AdviceKind = Literal["blank", "thin", "unseen", "sentence", "unit", "obligation", "event"]
ADVICE_KIND_NAMES: dict[str, str] = {
    "obligation": "落实事项",
    "blank": "空白条目",
    "thin": "薄弱条目",
    "event": "宣传节点",
    "unseen": "未见报道",
    "sentence": "未回应语句",
    "unit": "采访单位",
}


class Background(msgspec.Struct, frozen=True, kw_only=True):
    """A recent story near the subject, to read before writing."""

    story: str
    title: str
    day: str
    outlet: str


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """One suggestion; '' and () where there is nothing to say."""

    kind: AdviceKind
    subject: str
    """What to report on or to do, one sentence."""
    reason: str
    theme: str = ""
    """Id of the theme it would serve."""
    theme_title: str = ""
    obligation: str = ""
    offices: tuple[str, ...] = ()
    """Offices to ask, the first answers for it."""
    units: tuple[str, ...] = ()
    more_units: int = 0
    sentences: tuple[str, ...] = ()
    """The plan's own words."""
    background: tuple[Background, ...] = ()
    deadline: str = ""
    """ISO 8601."""


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """Suggestions in order, as of ``today``."""

    today: str
    suggestions: tuple[Suggestion, ...] = ()
    more: int = 0
    excused: int = 0
    """Themes left out because a gap in them was excused."""


def advise(
    report: CoverageReport,
    plan: Plan,
    obligations: Sequence[ObligationLine],
    sentences: Sequence[ThemeSentences],
    today: str,
    *,
    excused: Collection[str] = (),
    most: int = MOST,
) -> Advice:
    """The advice that follows from a period's report.

    Args:
        today: ISO 8601; what is due is counted from it.
        excused: ids of themes whose gap was excused.
    """
    view = _View(report, plan, sentences, today)
    themes = [theme for theme in report.themes if theme.id not in excused]
    found = [*_of_obligations(obligations, view)]
    for theme in themes:
        found += _of_theme(theme, view)
    ordered = sorted(
        enumerate(found), key=lambda pair: (pair[1][0], pair[1][1].deadline or "9", pair[0])
    )
    suggestions = [suggestion for _, (_, suggestion) in ordered]
    return Advice(
        today=today,
        suggestions=tuple(suggestions[:most]),
        more=max(len(suggestions) - most, 0),
        excused=len(report.themes) - len(themes),
    )


class _View:
    """The report by what advice asks of it."""

    def __init__(
        self,
        report: CoverageReport,
        plan: Plan,
        sentences: Sequence[ThemeSentences],
        today: str,
    ) -> None:
        self.today = today
        self.ahead = _later(today, AHEAD)
        self.soon = _later(today, SOON)
        self.last = report.period.last if report.period.last >= today else ""
        self._plan = plan
        self._nodes = {node.id: node for node in walk(plan.nodes)}
        self._stories: dict[str, StoryLine] = {story.id: story for story in report.stories}
        self._sentences = {one.theme: one for one in sentences}
        self._units: dict[str, list[UnitLine]] = {}
        above = {
            below.id: theme.id
            for theme in report.themes
            if theme.id in self._nodes
            for below in walk((self._nodes[theme.id],))
        }
        for unit in report.units:
            self._units.setdefault(above.get(unit.theme, unit.theme), []).append(unit)

    def units(self, theme: str) -> list[UnitLine]:
        """Units of a theme nobody interviewed, those never seen at all first."""
        silent = [unit for unit in self._units.get(theme, ()) if unit.state != "interviewed"]
        return sorted(silent, key=lambda unit: unit.state != "unseen")

    def unanswered(self, theme: ThemeLine) -> tuple[SentenceLine, ...]:
        """Sentences of a theme nobody answered; none where most of its stories are near to no
        sentence, since nobody knows what those answer."""
        told = self._sentences.get(theme.id)
        return told.unanswered if told and 2 * told.placed >= theme.tally.shown else ()

    def background(self, stories: Sequence[str]) -> tuple[Background, ...]:
        """The latest of these stories that the report lists."""
        known = [self._stories[one] for one in stories if one in self._stories]
        known.sort(key=lambda story: (story.day or "", story.id), reverse=True)
        return tuple(
            Background(story=s.id, title=s.title, day=s.day or "", outlet=s.outlet)
            for s in known[:_STORIES]
        )

    def offices(self, theme: str) -> tuple[str, ...]:
        """Offices that answer for a theme, by the plan or, where it does not say, by their tasks."""
        node = self._nodes.get(theme)
        return (offices_of(self._plan, node) or proposed_offices(self._plan, node)) if node else ()


_ABOUT = re.compile("^宣传(?:报道)?|情况$")
"""Words around what a focus area is about."""


def _later(day: str, days: int) -> str:
    start = date.fromisoformat(day)
    return (start + min(timedelta(days=days), date.max - start)).isoformat()


def _of_obligations(
    obligations: Sequence[ObligationLine], view: _View
) -> Iterator[tuple[int, Suggestion]]:
    for line in obligations:
        overdue = any(one.due and not one.met for one in line.occasions)
        coming = line.next_due if line.next_due and line.next_due <= view.ahead else ""
        if line.state == "done" or not (overdue or coming):
            continue
        event = line.id.startswith("event-")
        what = _short(line.what)
        if coming and event:
            subject = f"{what.removesuffix('（方案提到的节点）')}（至{_day(coming)}）：提前策划报道"
        elif coming:
            subject = f"“{what}”{_day(coming)}到期，抓紧落实并留存佐证"
        else:
            subject = f"“{what}”已到期：补报佐证，确未落实的说明原因并补办"
        reason = line.reason
        if line.media:
            reason += f"；方案点名媒体：{'、'.join(medium.name for medium in line.media)}"
        group = 0 if (overdue and not event) or (coming and coming <= view.soon) else 3
        if overdue and event and not coming:
            continue  # a day that is past is no subject any more
        yield (
            group,
            Suggestion(
                kind="event" if event else "obligation",
                subject=subject,
                reason=reason,
                obligation=line.id,
                offices=line.offices,
                sentences=() if event else (_short(line.text, 80),),
                background=tuple(
                    Background(story=p.story, title=p.title, day=p.day, outlet=p.outlet)
                    for p in line.proposals[-_STORIES:]
                ),
                deadline=coming,
            ),
        )


def _of_theme(theme: ThemeLine, view: _View) -> Iterator[tuple[int, Suggestion]]:
    units = view.units(theme.id)
    unanswered = view.unanswered(theme)
    title = f"{theme.number}{theme.title}"
    short = _short(theme.number + _ABOUT.sub("", theme.title))
    lacking = theme.bar - theme.tally.verified
    group, kind, subject = 0, "", ""
    if theme.state == "blank":
        group, kind, subject = 1, "blank", f"围绕“{short}”组织采写，本期尚属空白"
    elif theme.state == "thin":
        group, kind, subject = 2, "thin", f"围绕“{short}”补充报道，距达标还差 {lacking} 篇"
    elif theme.state == "undecided" and not theme.tally.shown:
        group, kind, subject = 4, "unseen", f"围绕“{short}”组织采写，本期还没有找到报道"
    if kind:
        yield (
            group,
            _suggest(kind, subject, theme.reason, theme, title, view, units, unanswered),
        )
        return
    if unanswered:
        rest = f"等 {len(unanswered)} 句" if len(unanswered) > 1 else ""
        subject = f"方案写了、还没有报道回应的：“{_short(unanswered[0].text)}”{rest}"
        reason = f"“{short}”名下 {theme.tally.shown} 篇报道中，按文字比对没有找到写到的"
        yield 5, _suggest("sentence", subject, reason, theme, title, view, [], unanswered)
    if units:
        names = "、".join(unit.name for unit in units[:_STORIES])
        rest = f"等 {len(units)} 家" if len(units) > _STORIES else ""
        unseen = sum(unit.state == "unseen" for unit in units)
        subject = f"走访{names}{rest}"
        reason = "方案列出的采访单位，本期没有专访"
        reason += f"，其中 {unseen} 家未见报道" if unseen else "，都只在报道中提到"
        yield 6, _suggest("unit", subject, reason, theme, title, view, units, ())


def _suggest(
    kind: str,
    subject: str,
    reason: str,
    theme: ThemeLine,
    title: str,
    view: _View,
    units: Sequence[UnitLine],
    unanswered: Sequence[SentenceLine],
) -> Suggestion:
    lines = [one.text for one in unanswered[:_SENTENCES]]
    if not lines and kind in ("blank", "thin", "unseen"):
        lines = [_short(theme.text or theme.title, 80)]
    return Suggestion(
        kind=msgspec.convert(kind, AdviceKind),
        subject=subject,
        reason=reason,
        theme=theme.id,
        theme_title=title,
        offices=view.offices(theme.id),
        units=tuple(unit.name for unit in units[:_UNITS]),
        more_units=max(len(units) - _UNITS, 0),
        sentences=tuple(lines),
        background=view.background(theme.stories),
        deadline=view.last,
    )


def _short(words: str, most: int = 36) -> str:
    """Words cut at a comma where they are long."""
    bare = words.strip()
    if len(bare) <= most:
        return bare
    cut = max(bare.rfind(sign, 0, most) for sign in "，。；、")
    return bare[: cut if cut > most // 3 else most].rstrip("，。；、") + "……"


def _day(day: str) -> str:
    at = date.fromisoformat(day)
    return f"{at.month}月{at.day}日"
