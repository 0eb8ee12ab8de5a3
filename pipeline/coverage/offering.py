"""What an audit 抽查 of a period would be drawn from, and what it would cost.

Hides: which stories are the population, which of them are read already, and which stories a theme's
price is worked out from. Pure: everything is in ``Known`` with every story in full, and its report.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.coverage.known import Known
from pipeline.coverage.pricing import AuditOffer, OpenTheme, make_offer
from pipeline.coverage.report import CoverageReport, TermLine, ThemeLine
from pipeline.coverage.sampling import READ, Candidate, strata_of

__all__ = ["offer_of", "population_of", "scores_of", "undated_of"]


def population_of(known: Known, report: CoverageReport) -> dict[str, str]:
    """The counted stories of the period, each with its stratum."""
    themes = {theme.id for theme in known.themes}
    counted = [line for line in report.stories if line.counted]
    read = {line.id for line in counted if themes <= known.decisions.get(line.id, {}).keys()}
    drawn_from = {
        line.id: Candidate(max(scores_of(known, line.id).values(), default=0.0), line.locality)
        for line in counted
        if line.id not in read
    }
    return dict.fromkeys(read, READ) | strata_of(drawn_from)


def scores_of(known: Known, story: str) -> dict[str, float]:
    """What the machine says of a story, by theme of the scheme."""
    themes = {theme.id for theme in known.themes}
    said = known.by_id[story].assignments
    return {one.theme: one.probability for one in said if one.theme in themes}


def undated_of(known: Known) -> tuple[str, ...]:
    """Counted stories without a day that are not decided for every theme."""
    themes = {theme.id for theme in known.themes}
    rows = (known.counts & ~known.dated).nonzero()[0]
    stories = (known.columns.ids[row] for row in rows)
    return tuple(story for story in stories if not themes <= known.decisions.get(story, {}).keys())


def offer_of(known: Known, report: CoverageReport, strata: Mapping[str, str]) -> AuditOffer:
    """The prices of a period; ``strata`` are those of its counted stories."""
    unread = {
        story: scores_of(known, story) for story, stratum in strata.items() if stratum != READ
    }
    assigned = {
        (story.id, mark.theme)
        for story in report.stories
        for mark in story.themes
        if mark.state == "machine"
    }
    themes = []
    for line in report.themes:
        if line.state != "undecided":
            continue
        term = _furthest(line)
        days = (term or report).period
        chances = {
            story: scores[line.id]
            for story, scores in unread.items()
            if scores.get(line.id)
            and line.id not in known.decisions.get(story, {})
            and days.first <= (known.by_id[story].day or "") <= days.last
        }
        themes.append(
            OpenTheme(
                id=line.id,
                number=line.number,
                title=line.title,
                verified=(term or line).tally.verified,
                chances=tuple(chances.values()),
                assigned=tuple(
                    chance for story, chance in chances.items() if (story, line.id) in assigned
                ),
                bar=line.bar,
                term=term.period.label if term else "",
            )
        )
    return make_offer(
        strata,
        themes,
        period=(known.period.first, known.period.last),
        scheme=known.note.scheme,
        bar=known.bar,
        undated=len(undated_of(known)),
        audit=known.audit.id if known.audit else None,
    )


def _furthest(line: ThemeLine) -> TermLine | None:
    """The undecided term with the fewest verified stories; None where the period is one term."""
    waiting = [term for term in line.by_term if term.state == "undecided"]
    return min(waiting, key=lambda term: term.tally.verified, default=None)
