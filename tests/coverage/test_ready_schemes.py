"""The ready plan files with other schemes than seed 001's: a month of each worked by hand."""

from __future__ import annotations

from pipeline.coverage.handed_in import handed_in
from pipeline.coverage.periods import parse_period
from pipeline.plan.plan_file import read_plan_toml
from pipeline.register import Register
from tests.coverage.scoring_cases import PLANS, card, owed, scored, submission

GUANGYUAN = read_plan_toml(PLANS / "guangyuan-2008-points.toml")
NINGGUO = read_plan_toml(PLANS / "ningguo-2023-points.toml")


def test_a_month_of_offices_paid_by_who_used_their_information() -> None:
    day = "2008-05-20"
    pieces = [
        submission("甲县", "春耕", "信息", ("晨讯", "municipal"), ("国办", "central"), day=day),
        submission("甲县", "抗旱", "信息", ("省参阅", "regional"), day=day, events=("省领导批示",)),
        submission("乙区", "园区", "信息", ("政府网站", "municipal"), day=day),
        submission("乙区", "图说", "图片信息", ("政府网站图片信息", "municipal"), day=day),
        submission("市科技局", "专题", "约稿", ("市参阅", "municipal"), day=day, events=("约稿",)),
        submission("市农业局", "未交", "约稿", day=day, events=("约稿不报",)),
        submission("市农业局", "粮价", "信息", ("省重要信息", "regional"), day=day),
    ]
    sheet = scored(*pieces, plan=GUANGYUAN, period="2008-05")
    # 甲县: 2 + 10, and 3 + 10 for the governor's note. 市科技局: 5 + 5. 市农业局: -10 + 5.
    # 乙区: 0.5 for the picture; its site piece does not say whether it is text or a picture.
    totals = {c.office: str(c.total) for c in sheet.offices}
    assert totals == {"甲县": "25.00", "乙区": "0.50", "市科技局": "10.00", "市农业局": "-5.00"}
    assert [(c.bonus, c.deductions) for c in sheet.offices[::3]] == [(10, 0), (0, -10)]
    (vague,) = sheet.not_counted
    assert (vague.title, "请在登记中写明是哪一种" in vague.why) == ("园区", True)
    found = handed_in(GUANGYUAN, Register(submissions=tuple(pieces)), parse_period("2008-05"))
    assert [(o.office, o.group, o.rank) for o in found.offices] == [
        ("甲县", "县区", 1),
        ("乙区", "县区", 2),
        ("市科技局", "部门", 1),
        ("市农业局", "部门", 2),
    ]
    assert (found.counts.commissioned, found.counts.instructed) == (1, 1)
    assert sheet.unapplied == ()


def test_a_month_of_offices_paid_for_handing_in_and_fined_for_what_is_missing() -> None:
    day = "2023-04-12"
    pieces = [
        # 文艺科: two pieces, one used. 1 + 1, and 2 more for the use.
        submission("文艺科", "戏曲", "信息", ("某网", "district"), day=day),
        submission("文艺科", "展览", "信息", day=day),
        # 旅游科: one piece, used and used again by the city's office: 1, 2 more, 15; one short: -2.
        submission(
            "旅游科", "古道", "信息", ("某网", "district"), ("某市局", "municipal"), day=day
        ),
        # 文物所: a study that was used, for 1 and 9 more, with a leader's note for 15; two short: -4.
        submission(
            "文物所", "普查", "综合调研", ("综合调研", "district"), day=day, events=("市领导批示",)
        ),
    ]
    sheet = scored(*pieces, plan=NINGGUO, period="2023-04")
    assert {c.office: str(c.total) for c in sheet.offices} == {
        "文艺科": "4.00",
        "旅游科": "16.00",
        "文物所": "21.00",
    }
    assert [str(c.deductions) for c in sheet.offices] == ["0.00", "-2.00", "-4.00"]
    both = scored(*pieces, plan=NINGGUO, period="2023-04", readings="stages=both")
    assert [str(c.total) for c in both.offices] == ["5.00", "17.00", "22.00"]
    more = owed("旅游科", "信息", 3, "2023-03-10")
    offset = scored(*pieces, *more, plan=NINGGUO, period="2023-04", readings="surplus=months")
    # January and February are short by four: three in March pay one back, April is one short again.
    assert str(card(offset, "旅游科").deductions) == "-2.00"
    assert sheet.unapplied == ()
