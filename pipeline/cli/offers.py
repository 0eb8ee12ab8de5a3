"""What an audit would cost, printed for officers.

Hides: the words of the offer.
"""

from __future__ import annotations

import click

from pipeline.coverage.pricing import AuditOffer, Proposal, ThemePrice

__all__ = ["print_offer"]


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
