"""What an audit would cost, from what a period's report counts; printed for officers.

Hides: which stories a theme's price is worked out from, and the words of the offer.
"""

from __future__ import annotations

from collections.abc import Mapping

import click

from pipeline.coverage.known import Known
from pipeline.coverage.pricing import AuditOffer, OpenTheme, Proposal, ThemePrice, make_offer
from pipeline.coverage.report import CoverageReport, TermLine, ThemeLine
from pipeline.coverage.sampling import READ

__all__ = ["offer_of", "print_offer", "scores_of", "undated_of"]


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


def print_offer(offer: AuditOffer, period: str, scheme: str) -> None:
    """The offer in plain words."""
    click.echo(f"{period}，{scheme}：计入报道 {offer.counted} 篇，已通读 {offer.read} 篇")
    undated = f"，另有无日期 {offer.undated} 篇须逐篇判定" if offer.undated else ""
    click.echo(f"全部通读认定：再读 {offer.unread} 篇{undated}")
    if offer.audit is not None:
        click.echo(f"本期已有抽查 {offer.audit}：xuanjian audit status")
    for theme in offer.themes:
        term = f"{theme.term} " if theme.term else ""
        click.echo(
            f"{theme.number}{theme.title}（{term}已核实 {theme.verified} 篇）：{_prices(theme)}"
        )
        if theme.cover is not None:
            click.echo(f"　{_to_cover(theme)}")
    if not offer.themes:
        click.echo("没有待核实的条目，无须抽查")
    for proposal in offer.proposals:
        click.echo(_proposal(proposal, len(offer.themes)))
    proposed = offer.proposed()
    if proposed is not None and offer.audit is None:
        verb = "--all --draw" if proposed.everything else "--draw"
        click.echo(f"按此抽取：xuanjian audit sample {verb} -o QUEUE")
    click.echo(
        "按机器概率估算，只影响读多少，不影响认定；抽查只说明采到的报道，漏采和未查媒体仍须补齐，"
        "见 xuanjian coverage 的未查范围。",
        err=True,
    )


def _prices(theme: ThemePrice) -> str:
    more = "再有" if theme.verified else ""
    return "；".join(
        f"{more}至多 {one.at_most} 篇须抽 {one.reads} 篇"
        if one.reads is not None
        else f"{more}至多 {one.at_most} 篇不足以认定（标准 {theme.bar} 篇）"
        for one in theme.bounds
    )


def _to_cover(theme: ThemePrice) -> str:
    cover = theme.cover
    assert cover is not None
    if cover.assigned < cover.missing:
        return f"机器归类 {cover.assigned} 篇，全部属实也不足（尚差 {cover.missing} 篇）"
    if cover.reads is None:
        return f"达标尚差 {cover.missing} 篇：机器归类 {cover.assigned} 篇，读完约 {cover.chance:.0%} 可能达标"
    return f"达标尚差 {cover.missing} 篇：先读机器归类排在最前的 {cover.reads} 篇，八成以上可能达标"


def _proposal(proposal: Proposal, themes: int) -> str:
    what = f"空白认定为至多 {proposal.at_most} 篇时"
    if proposal.everything:
        return f"{what}：抽样省不了多少，宜全部通读 {proposal.reads} 篇，{themes} 个条目都能认定"
    return (
        f"{what}：抽 {proposal.reads} 篇，{themes} 个待核实条目约可认定 {proposal.decided:.1f} 个"
    )
