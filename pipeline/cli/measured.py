"""What a training or an evaluation gave: as records for --json, and as Chinese lines for people.

Hides: how figures are told. A figure that the labels cannot give is shown as "—", never as 0;
titles come from the web and are shown as plain text.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Literal

import click
import msgspec

from pipeline.classify.learning_set import Disagreement
from pipeline.classify.measuring import Figures
from pipeline.classify.trained import ENOUGH
from pipeline.reports.wording import clean

__all__ = ["DoubtfulLine", "Evaluation", "Training", "as_json", "tell_evaluation", "tell_training"]

FEW_ITEMS = 30
"""Below this a figure hangs on single items."""

LISTED = 20
"""Disagreements and doubtful labels shown on the terminal; --json has all of them."""


class DoubtfulLine(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that a model which did not see it contradicts strongly."""

    item: str
    title: str
    theme: str
    belongs: bool
    probability: float


class Training(msgspec.Struct, frozen=True, kw_only=True):
    """What a training gave, as --json prints it."""

    format: Literal[1] = 1
    model: str
    plan: str
    scheme: str
    promoted: bool
    items: int
    at_random: int
    """Of those, drawn by an audit."""
    by_profiles: Figures
    by_labels: Figures
    disagreements: tuple[Disagreement, ...]
    doubtful: tuple[DoubtfulLine, ...]


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """What an evaluation gave, as --json prints it."""

    format: Literal[1] = 1
    plan: str
    scheme: str
    model: str
    learned: int
    """Labelled items left out, as the model has learned from them."""
    at_random: int
    disagreements: int
    figures: Figures


def as_json(told: Training | Evaluation) -> bytes:
    """Indented JSON, UTF-8."""
    return msgspec.json.format(msgspec.json.encode(told), indent=1)


def tell_training(told: Training, titles: Mapping[str, str]) -> None:
    """Print it; ``titles`` are the themes' by id."""
    before, after = told.by_profiles, told.by_labels
    click.echo(
        f"{told.plan}（{told.scheme}）：学习 {told.items} 条，{after.pairs} 个判定，其中属于"
        f" {after.positives} 个；随机抽取的 {told.at_random} 条"
    )
    _table(titles, after, before)
    click.echo("以上“学习后”均为交叉验证：每条都由没有学过它的模型判定。")
    if told.items < FEW_ITEMS:
        click.echo(f"只有 {told.items} 条，以上数字仅供参考。")
    few = [one for one in after.themes if one.positives < ENOUGH]
    if few:
        named = "、".join(f"{clean(titles[one.theme], 20)} {one.positives} 条" for one in few)
        click.echo(f"判定太少（属于的不足 {ENOUGH} 条），改动有限：{named}")
    if told.disagreements:
        click.echo(f"意见不一 {len(told.disagreements)} 处，未用于学习：")
        for one in told.disagreements[:LISTED]:
            yes, no = "、".join(one.yes) or "（未署名）", "、".join(one.no) or "（未署名）"
            click.echo(
                f"  {one.item} {clean(one.title, 30)}"
                f"｜{clean(titles[one.theme], 20)}：{clean(yes, 20)} 属于，{clean(no, 20)} 不属于"
            )
    if told.doubtful:
        click.echo(f"请再看一眼 {len(told.doubtful)} 处（人工判定与模型相差很大）：")
        for line in told.doubtful[:LISTED]:
            said = "属于" if line.belongs else "不属于"
            click.echo(
                f"  {line.item} {clean(line.title, 30)}｜{clean(titles[line.theme], 20)}："
                f"人工判为{said}，模型认为属于的可能 {line.probability:.0%}"
            )
    if told.disagreements or told.doubtful:
        click.echo("更正：照 id 写成标注行，再 xuanjian review import；以各人最新的判定为准。")
    if after.micro_f1 < before.micro_f1:
        click.echo("学习后不如只用画像：先补充判定，暂不启用为好。")
    if told.promoted:
        click.echo(f"已存 models/{told.model}，已启用。下一步：xuanjian classify")
    else:
        click.echo(
            f"已存 models/{told.model}，尚未启用。启用：xuanjian models promote {told.model}"
        )


def tell_evaluation(told: Evaluation, words: str, titles: Mapping[str, str]) -> None:
    """Print it; ``words`` say what decided, ``titles`` are the themes' by id."""
    figures = told.figures
    click.echo(
        f"{told.plan}（{told.scheme}），{words}：{figures.items} 条，{figures.pairs} 个判定，其中属于"
        f" {figures.positives} 个；随机抽取的 {told.at_random} 条"
    )
    if told.learned:
        click.echo(f"另有 {told.learned} 条模型学过，不计入")
    if told.disagreements:
        click.echo(f"意见不一 {told.disagreements} 处，不计入")
    if not figures.positives:
        click.echo("没有一条属于任何条目，无从计算")
        return
    _table(titles, figures)


def _table(titles: Mapping[str, str], figures: Figures, before: Figures | None = None) -> None:
    """Figures by theme and over all; beside them, if given, those of the profiles alone."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    table.add_column("条目", max_width=30, no_wrap=True, overflow="ellipsis")
    names = ["属于", "不属于", "F1", "平均精度", "校准误差"]
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)

    def beside(now: float | None, then: float | None) -> str:
        return _figure(now) if before is None else f"{_figure(then)} → {_figure(now)}"

    known = {one.theme: one for one in before.themes} if before else {}
    for one in figures.themes:
        then = known.get(one.theme, one)
        table.add_row(
            Text(clean(titles[one.theme], 40)),
            str(one.positives),
            str(one.negatives),
            beside(one.f1, then.f1),
            beside(one.average_precision, then.average_precision),
            beside(one.calibration_error, then.calibration_error),
        )
    then_all = before or figures
    table.add_section()
    table.add_row(
        "全部（微平均）",
        str(figures.positives),
        str(figures.pairs - figures.positives),
        beside(figures.micro_f1, then_all.micro_f1),
        beside(figures.average_precision, then_all.average_precision),
        beside(figures.calibration_error, then_all.calibration_error),
    )
    table.add_row("条目平均（宏平均）", "", "", beside(figures.macro_f1, then_all.macro_f1), "", "")
    console = Console(width=None if sys.stdout.isatty() else 100)
    if before is not None:
        console.print("（只用画像 → 学习后）")
    console.print(table)


def _figure(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f}"
