"""The state of a theme 覆盖状态, its reason in plain words, and the cheapest next step.

Hides: when coverage may be claimed. Until audits give intervals, only what people decided
counts: *covered* is verified stories reaching the bar; *thin* and *blank* need every counted
story of the period read for the theme and every source observed without a hole (and for
*blank* every medium the plan names checked). All else is *undecided* and says what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.coverage.report import CoverageState, Tally

__all__ = ["Ground", "Verdict", "decide"]


@dataclass(frozen=True)
class Ground:
    """What a period's audit stands on, the same for every theme of a scheme.

    Args:
        stories: counted stories of the period.
        undated: counted stories without a date, which may belong to the period.
        sources: sources looked at.
        holes: what of them is not known to be complete, one phrase each.
        media_unchecked: media the plan names that nothing was looked at of.
    """

    stories: int
    undated: int
    sources: int
    holes: tuple[str, ...]
    media_unchecked: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """State, reason and next step of one theme."""

    state: CoverageState
    reason: str
    next_step: str


def decide(tally: Tally, bar: int, decided: int, ground: Ground) -> Verdict:
    """The state of a theme.

    Args:
        tally: the theme's stories by who says so.
        bar: stories it needs in the period, at least 1.
        decided: counted stories (undated ones included) that a person decided for the theme.
        ground: what the audit stands on.
    """
    seen = f"已查 {ground.sources} 家 {ground.stories} 篇"
    verified = f"已核实 {tally.verified} 篇"
    if tally.verified >= bar:
        return Verdict("covered", f"{seen}；{verified}，达到标准 {bar} 篇", "无需补充，可选优推送")
    everything = ground.stories + ground.undated
    if everything == 0 and not ground.sources:
        return Verdict("undecided", "没有数据：本期没有采集或导入任何来源", "先采集或导入本期报道")
    if decided < everything:
        return _unread(tally, bar, decided, everything, seen, verified)
    if ground.holes:
        return Verdict(
            "undecided",
            f"{seen}，全部通读；{verified}，标准 {bar} 篇；但采集不完整：{_some(ground.holes)}",
            f"补齐采集：{ground.holes[0]}",
        )
    if tally.verified:
        return Verdict(
            "thin",
            f"{seen}，全部通读，无漏采；{verified}，不足标准 {bar} 篇",
            f"再组织 {bar - tally.verified} 篇报道",
        )
    if ground.media_unchecked:
        return Verdict(
            "undecided",
            f"{seen}，全部通读；已核实 0 篇；方案点名的媒体尚有 {len(ground.media_unchecked)} 家未查："
            f"{_some(ground.media_unchecked)}",
            f"采集或登记：{ground.media_unchecked[0]}",
        )
    return Verdict(
        "blank",
        f"{seen}，全部通读，无漏采；已核实 0 篇",
        "向责任科室发宣传空白核实单，安排选题",
    )


def _unread(
    tally: Tally, bar: int, decided: int, everything: int, seen: str, verified: str
) -> Verdict:
    missing = bar - tally.verified
    if tally.machine >= missing:
        said = f"机器归类 {tally.machine} 篇待复核"
        step = f"复核排在最前的 {missing} 篇，属实即达标"
    elif tally.machine:
        said = f"机器归类 {tally.machine} 篇待复核，全部属实也不足"
        step = f"先复核机器归类的 {tally.machine} 篇，再抽查其余"
    else:
        said = "机器未归入任何报道"
        step = "抽查或通读本期报道，确认是否空白"
    unread = f"尚有 {everything - decided} 篇未人工判定"
    return Verdict("undecided", f"{seen}；{verified}，{said}，标准 {bar} 篇；{unread}", step)


def _some(phrases: tuple[str, ...], most: int = 3) -> str:
    shown = "、".join(phrases[:most])
    return shown if len(phrases) <= most else f"{shown}等 {len(phrases)} 处"
