"""The state of a theme 覆盖状态, its reason in plain words, and the cheapest next step.

Hides: when coverage may be claimed. Only what people decided counts, by itself or as a random
sample that stands for the rest. *Covered*: the low limit of the theme's true stories reaches the
bar. *Thin*: at least one is verified, the high limit is below the bar, and every source was
observed without a hole. *Blank*: none is verified, every source was observed without a hole, every
medium the plan names was checked, and the one-sided 95 % bound is at most k, which is below the
bar. All else is *undecided* and says what is missing. Where every counted story was read, both
limits are what was verified.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.coverage.bounds import Sampled
from pipeline.coverage.report import CoverageState, Tally

__all__ = ["Ground", "Verdict", "decide", "over_terms"]


@dataclass(frozen=True)
class Ground:
    """What a period's audit stands on, the same for every theme of a scheme.

    Args:
        stories: counted stories of the period.
        undated: counted stories without a date, which may belong to the period.
        not_counted: stories of the period that do not count (locality, internal).
        unclassified: counted stories the model has not seen.
        sources: sources looked at.
        holes: what of them is not known to be complete, one phrase each.
        media_unchecked: media the plan names that nothing was looked at of.
        begun: whether the period had begun when the audit was made.
    """

    stories: int
    undated: int = 0
    not_counted: int = 0
    unclassified: int = 0
    sources: int = 0
    holes: tuple[str, ...] = ()
    media_unchecked: tuple[str, ...] = ()
    begun: bool = True

    @property
    def to_read(self) -> int:
        """Stories a person must have decided before the period is read."""
        return self.stories + self.undated


@dataclass(frozen=True)
class Verdict:
    """State, reason and next step of one theme."""

    state: CoverageState
    reason: str
    next_step: str


def decide(
    tally: Tally, bar: int, decided: int, ground: Ground, sampled: Sampled | None = None
) -> Verdict:
    """The state of a theme.

    Args:
        tally: the theme's stories by who says so.
        bar: stories it needs in the period, at least 1.
        decided: counted stories (undated ones included) that a person decided for the theme.
        ground: what the audit stands on.
        sampled: what a random sample says of the theme, where one was drawn.
    """
    if not ground.begun:
        return Verdict("undecided", "没有数据：统计周期尚未开始", "到期后再核算")
    if not ground.sources:
        reason = "没有数据：本期没有采集或导入任何来源"
        return Verdict("undecided", reason, "先采集或导入本期报道")
    seen = f"已查 {ground.sources} 家 {ground.stories} 篇{_not_counted(ground)}"
    verified = f"已核实 {tally.verified} 篇"
    if tally.verified >= bar:
        return Verdict("covered", f"{seen}；{verified}，达到标准 {bar} 篇", "无需补充，可选优推送")
    unread = ground.to_read - decided
    read = f"{seen}，计入的全部通读" if ground.to_read else f"{seen}，本期没有任何报道"
    found = verified
    if unread:
        if sampled is None:
            return _unread(tally, bar, decided, ground, f"{seen}；{verified}")
        if sampled.missing:
            return Verdict(
                "undecided",
                f"{seen}；{verified}，标准 {bar} 篇；抽查 {sampled.audit} 的样本 {sampled.read} 篇中"
                f"尚有 {sampled.missing} 篇未判",
                f"判完抽查 {sampled.audit} 余下的 {sampled.missing} 篇并导入",
            )
        low, high, ceiling = sampled.limits(tally.verified, tally.verified + unread)
        read = f"{seen}，抽查 {sampled.read} 篇"
        if low >= bar:
            reason = f"{read}；{verified}，推算至少 {low} 篇，达到标准 {bar} 篇"
            return Verdict("covered", reason, "无需补充，可选优推送")
        most = high if tally.verified else ceiling
        found = f"{verified}，推算至多 {most} 篇/共 {ground.stories} 篇"
        if most > (bar - 1 if tally.verified else min(sampled.at_most, bar - 1)):
            return Verdict(
                "undecided",
                f"{read}；{found}，标准 {bar} 篇，尚不能认定",
                _cheapest(tally, bar, unread, sampled),
            )
    if not ground.to_read and ground.not_counted:
        return Verdict(
            "undecided",
            f"{seen}；没有一篇计入，属地为机器判断，未经人核对",
            "核对“不计入”清单；属地判错时在 xuanjian.toml 设 plan.home",
        )
    if ground.holes:
        return Verdict(
            "undecided",
            f"{read}；{found}，标准 {bar} 篇；但采集不完整：{_some(ground.holes)}",
            f"补齐采集：{ground.holes[0]}",
        )
    if tally.verified:
        return Verdict(
            "thin",
            f"{read}，无漏采；{found}，不足标准 {bar} 篇",
            f"再组织 {bar - tally.verified} 篇报道",
        )
    if ground.media_unchecked:
        return Verdict(
            "undecided",
            f"{read}；{found}；方案点名的媒体尚有 {len(ground.media_unchecked)} 家未查："
            f"{_some(ground.media_unchecked)}",
            f"采集{ground.media_unchecked[0]}，或导入其刊发清单并注明已收全",
        )
    return Verdict(
        "blank", f"{read}，无漏采；{found}", "与责任科室核对是否有未报送的工作，安排选题"
    )


def over_terms(
    whole: Verdict, verified: int, terms: Sequence[tuple[str, Verdict, bool]]
) -> Verdict:
    """The state over a period of several terms, each of which must reach the bar.

    Covered where every term that has begun is; blank where the whole period is; thin where a story
    is verified and a term is proved to fall short; undecided otherwise.

    Args:
        whole: what is known of the period as a whole.
        verified: stories of the theme a person verified, in the whole period.
        terms: name, verdict and whether it has begun, first to last.
    """
    begun = [(name, verdict) for name, verdict, has in terms if has]
    to_come = [name for name, _, has in terms if not has]
    if not begun or whole.state == "blank":
        return whole
    said = "；".join(f"{name}{_SHORT[verdict.state]}" for name, verdict in begun)
    if to_come:
        said += f"；{'、'.join(to_come)}尚未开始"
    said = f"全期已核实 {verified} 篇；{said}"
    short = [pair for pair in begun if pair[1].state in ("thin", "blank")]
    open_ones = [pair for pair in begun if pair[1].state == "undecided"]
    if not short and not open_ones:
        return Verdict("covered", f"各期均达标。{said}", "无需补充，可选优推送")
    # Without a verified story nothing is thin, and nothing is blank before the whole period is.
    proved = bool(short and verified)
    if not (proved or open_ones):
        return Verdict("undecided", f"{said}。{whole.reason}", whole.next_step)
    worst = (short if proved else open_ones)[0]
    state: CoverageState = "thin" if proved else "undecided"
    return Verdict(
        state,
        f"{said}。{worst[0]}：{worst[1].reason}",
        f"{worst[0]}：{worst[1].next_step}",
    )


_SHORT: dict[CoverageState, str] = {
    "covered": "达标",
    "thin": "薄弱",
    "blank": "空白",
    "undecided": "待核实",
}


def _cheapest(tally: Tally, bar: int, unread: int, sampled: Sampled) -> str:
    """What settles a theme most cheaply that a sample read to the end left open."""
    missing = bar - tally.verified
    if tally.machine >= missing:
        return f"复核机器归类中排在最前的 {missing} 篇，属实即达标"
    if sampled.looks_left and 0 < sampled.more < unread:
        return (
            f"扩大抽查 {sampled.more} 篇（xuanjian audit extend），一篇不见即可认定"
            f"至多 {sampled.at_most} 篇"
        )
    if sampled.looks_left and tally.verified:
        return f"扩大抽查（xuanjian audit extend），或通读其余 {unread} 篇"
    return f"通读其余 {unread} 篇"


def _unread(tally: Tally, bar: int, decided: int, ground: Ground, so_far: str) -> Verdict:
    missing = bar - tally.verified
    left = f"尚有 {ground.to_read - decided} 篇未人工判定"
    if ground.undated:
        left += f"（含无日期 {ground.undated} 篇）"
    if ground.unclassified:
        return Verdict(
            "undecided",
            f"{so_far}，标准 {bar} 篇；{ground.unclassified} 篇尚未归类；{left}",
            "先归类：xuanjian classify",
        )
    aim = f"确认是否薄弱（尚差 {missing} 篇）" if tally.verified else "确认是否空白"
    if tally.machine >= missing:
        said = f"机器归类 {tally.machine} 篇待复核"
        step = f"复核排在最前的 {missing} 篇，属实即达标"
    elif tally.machine:
        said = f"机器归类 {tally.machine} 篇待复核，全部属实也不足"
        others = ground.to_read - decided - tally.machine
        rest = "，再抽查其余（xuanjian audit sample）" if others > 0 else ""
        step = f"先复核机器归类的 {tally.machine} 篇{rest}，{aim}"
    else:
        other = "另" if tally.confirmed or tally.rejected else ""
        said = f"机器{other}未归入{'其他' if other else '任何'}报道"
        read = f"抽查（xuanjian audit sample）或通读本期报道，{aim}"
        # A sample is drawn from the stories of a day; those without one are read one by one.
        step = read if ground.stories else f"逐篇判定无日期的 {ground.undated} 篇，{aim}"
    return Verdict("undecided", f"{so_far}，{said}，标准 {bar} 篇；{left}", step)


def _not_counted(ground: Ground) -> str:
    return f"（另有 {ground.not_counted} 篇不计入）" if ground.not_counted else ""


def _some(phrases: tuple[str, ...], most: int = 3) -> str:
    shown = "、".join(phrases[:most])
    return shown if len(phrases) <= most else f"{shown}等 {len(phrases)} 处"
