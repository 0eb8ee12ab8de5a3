"""The register of submissions on a terminal, for officers, in Chinese: how a table was understood, what
it would change, what is registered.

Hides: what of a submission fits on a line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.pieces import Printing
from pipeline.register import Register, Submission
from pipeline.register_history import RUN_NAMES, Before, Registered, RegisterRun, Taken
from pipeline.reports.screen import heading, plain_table, say, settle_width
from pipeline.reports.wording import clean, made_words

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "change_words",
    "print_register",
    "print_registered",
    "print_runs",
    "print_submission",
    "print_taken",
]

_PREVIEWED = 10
_TOLD = 20


def print_register(register: Register, console: Console) -> None:
    """Print how tables of submissions were understood: columns, the first rows, the totals."""
    settle_width(console)
    say(console, "报送登记预览", "bold")
    for remark in register.remarks:
        say(console, clean(remark, 400), "dim", indent=2, hang=2)
    console.print()
    _table(console, [(one.place, one) for one in register.submissions[:_PREVIEWED]], "行")
    more = len(register.submissions) - _PREVIEWED
    if more > 0:
        say(console, f"……另有 {more} 条", indent=2)
    say(console, f"读出 {len(register.submissions)} 条，读不出 {len(register.troubles)} 处。")
    for trouble in register.troubles:
        say(console, clean(str(trouble), 300), "red", indent=2, hang=2)


def print_taken(taken: Taken, console: Console, *, done: bool) -> None:
    """Print what an import did, or (``done`` false) would do."""
    verb = "已登记" if done else "如果导入"
    counts = f"新增 {len(taken.new)} 条，已有 {len(taken.known)} 条，更改 {len(taken.changed)} 条"
    withdrawn = f"，已撤回而不恢复 {len(taken.withdrawn)} 条" if taken.withdrawn else ""
    say(console, f"{verb}：{counts}{withdrawn}。")
    for old, new in taken.changed[:_TOLD]:
        line = f"更改 {new.place}《{clean(new.title, 60)}》：{change_words(old, new)}"
        say(console, clean(line, 400), indent=2, hang=2)
    if len(taken.changed) > _TOLD:
        say(console, f"……另有 {len(taken.changed) - _TOLD} 条更改", indent=2)
    for new, old in taken.alike[:_TOLD]:
        line = f"请看：{new.place}《{clean(new.title, 60)}》{new.day}，与已登记的{old.day}同科室同栏目同题"
        say(console, clean(line, 400), "yellow", indent=2, hang=2)


def change_words(old: Submission, new: Submission) -> str:
    """What differs between two states of a submission, old and new."""
    pairs = [
        (name, _shown(before), _shown(after))
        for name, before, after in (
            ("科室", old.offices, new.offices),
            ("日期", old.day, new.day),
            ("标题", old.title, new.title),
            ("栏目", old.column, new.column),
            ("字数", old.words, new.words),
            ("作者", old.authors, new.authors),
            ("稿件编号", old.story or None, new.story or None),
            ("采用", _uses(old), _uses(new)),
            ("批示约稿", old.events, new.events),
        )
        if before != after
    ]
    return "；".join(f"{name} {before}→{after}" for name, before, after in pairs) or "没有不同"


def print_registered(
    found: Sequence[Registered], printings: Mapping[int, Sequence[Printing]], console: Console
) -> None:
    """Print what is registered, and crawled items that may be printings of it."""
    settle_width(console)
    shown = [(f"{o.id}（撤回）" if o.withdrawn else str(o.id), o.submission) for o in found]
    _table(console, shown, "编号")
    say(console, f"共 {len(found)} 条。")
    if printings:
        heading(console, "疑似刊发，请核对（xuanjian register link 编号 刊发记录）")
    by_id = {one.id: one.submission for one in found}
    for number, items in printings.items():
        for item in items:
            line = f"{number}《{clean(by_id[number].title, 60)}》 {item.day} {clean(item.outlet, 40)} {item.item}"
            say(console, f"{line} {clean(item.url, 120)}", indent=2, hang=2)


def print_submission(one: Registered, before: Sequence[Before], console: Console) -> None:
    """Print one submission whole, with what it was before."""
    settle_width(console)
    heading(
        console,
        f"{one.id}《{clean(one.submission.title, 80)}》{'（已撤回）' if one.withdrawn else ''}",
    )
    told = one.submission
    for name, value in (
        ("科室", "、".join(told.offices)),
        ("日期", told.day),
        ("栏目", told.column),
        ("字数", _shown(told.words)),
        ("作者", "、".join(told.authors)),
        ("采用", _shown(_uses(told))),
        ("批示约稿", _shown(told.events)),
        ("登记处", told.place),
        ("最后更改", f"{one.by} {made_words(one.at)}"),
    ):
        say(console, f"{name}：{clean(value, 300)}", indent=2, hang=2)
    newer = told
    for past in before:
        words = change_words(past.submission, newer)
        line = f"{made_words(past.run.at)} {past.run.by} {RUN_NAMES[past.run.kind]}：{words}"
        say(console, clean(line, 400), "dim", indent=2, hang=2)
        newer = past.submission


def print_runs(runs: Sequence[RegisterRun], console: Console) -> None:
    """Print who changed the register, and when."""
    settle_width(console)
    for run in runs:
        about = f"{run.number} {run.detail}" if run.number else run.detail
        line = f"{made_words(run.at)} {run.by} {RUN_NAMES[run.kind]} {about}"
        say(console, clean(line, 200), hang=2)
    if not runs:
        say(console, "还没有登记。")


def _table(console: Console, rows: Sequence[tuple[str, Submission]], first: str) -> None:
    from rich.text import Text

    table = plain_table()
    for name in (first, "科室", "日期", "标题", "栏目", "字数", "采用"):
        table.add_column(name, overflow="fold")
    for place, one in rows:
        used = "；".join(filter(None, (*_uses(one), *map(str, one.events))))
        cells = (
            place,
            "、".join(one.offices),
            one.day,
            one.title,
            one.column,
            "" if one.words is None else str(one.words),
            used,
        )
        table.add_row(*(Text(clean(cell, 60)) for cell in cells))
    console.print(table)


def _uses(one: Submission) -> tuple[str, ...]:
    return tuple(
        use.outlet
        + (f"（{use.position}）" if use.position else "")
        + (f" {use.day}" if use.day else "")
        + (f" 佐证{use.proof}" if use.proof else "")
        for use in one.adopted
    )


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return "、".join(map(str, value)) or "无"
    return "无" if value is None else str(value)
