"""Which organs a measure of a work plan is given to, and which of them leads."""

from __future__ import annotations

import pytest

from pipeline.plan.model import PlanNode, walk
from pipeline.plan.reading import read_plan_text


def measures(*behind: str) -> list[PlanNode]:
    """The measures of a made-up action plan, with ``behind`` at the end of each in turn."""
    lines = "\n".join(
        f"（{number}）修好支渠。把支渠修到田头，让每块地都能浇上水。{words}"
        for number, words in zip("一二三四五六七", behind, strict=False)
    )
    text = f"青禾县灌区改造行动方案（2024-2027年）\n一、主要任务\n{lines}\n二、保障\n（一）落实经费。列入预算。\n"
    nodes = list(walk(read_plan_text(text).plan.nodes))
    return nodes[1 : 1 + len(behind)]


@pytest.mark.parametrize(
    ("words", "lead", "others"),
    [
        ("（责任单位：县水务局、县财政局）", (), ("县水务局", "县财政局")),
        ("（牵头单位：县水务局；配合单位：县财政局、各乡镇）", ("县水务局",), ("县财政局", "各乡镇")),
        ("（县水务局牵头，县财政局、县农业农村局等相关部门及各地区按职责分工负责）", ("县水务局",),
         ("县财政局", "县农业农村局", "各地区")),
        ("（县水务局、县科协、相关区负责）", (), ("县水务局", "县科协", "相关区")),
        ("（县水务局、县财政局）", (), ("县水务局", "县财政局")),
        ("（县水务局、县委\n宣传部）", (), ("县水务局", "县委宣传部")),
        ("\n责任单位：县水务局、县财政局", (), ("县水务局", "县财政局")),
        ("（办公室牵头，水政科、县科技馆配合，各科室落实）", ("办公室",), ("水政科", "县科技馆", "各科室")),
        ("（综合科、办公室）", (), ("综合科", "办公室")),
        ("（含斗渠、农渠）", (), ()),
        ("（门急诊、住院）", (), ()),
        ("由县水务局牵头制定办法（另发）。", (), ()),
    ],
)  # fmt: skip
def test_a_measure_is_given_to_the_organs_behind_it(
    words: str, lead: tuple[str, ...], others: tuple[str, ...]
) -> None:
    (measure,) = measures(words)
    assert (measure.lead_offices, measure.offices) == (lead, others)


def test_where_the_plan_says_so_the_first_of_every_list_leads() -> None:
    first, second = measures(
        "（县水务局、县财政局等负责。列第一位者为牵头单位，下同）", "（县农业农村局、县水务局负责）"
    )
    assert (first.lead_offices, first.offices) == (("县水务局",), ("县财政局",))
    assert (second.lead_offices, second.offices) == (("县农业农村局",), ("县水务局",))


def test_what_follows_the_organs_of_the_last_measure_is_of_the_section() -> None:
    given = "（责任单位：县水务局）"
    measure = measures(given, given, given + "\n县里把节水作为长期任务，年年安排，年年检查。")[2]
    assert measure.text.endswith(given)


def test_a_measure_of_several_tasks_keeps_them_all() -> None:
    given = "（责任单位：县水务局）"
    measure = measures(given, f"{given}\n再办一期培训班，教会农户保养。{given}")[1]
    assert "培训班" in measure.text
