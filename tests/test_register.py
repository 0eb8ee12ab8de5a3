"""Registers of submissions as offices keep them, good and bad."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from pipeline.errors import BadInput, DiskTrouble, XuanjianError
from pipeline.plan.model import Office
from pipeline.register import (
    Adoption,
    LeaderEvent,
    Register,
    Submission,
    with_days_checked,
    with_plan_offices,
)
from pipeline.register_files import read_register

HEAD = ["责任科室", "报送日期", "标题", "栏目", "字数", "采用媒体"]
ROW = ["高新科", "2017-03-01", "甲", "金水时讯", "120", "是"]


def sheet(path: Path, *rows: Sequence[object], merge: Sequence[str] = ()) -> Path:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in rows:
        page.append(list(row))
    for area in merge:
        page.merge_cells(area)
    book.save(path)
    return path


def table(path: Path, *rows: Sequence[object]) -> Path:
    path.write_text("\n".join(",".join(map(str, row)) for row in rows), encoding="utf-8")
    return path


def troubles(register: Register) -> list[str]:
    return [str(trouble) for trouble in register.troubles]


def test_a_row_says_what_was_handed_in_and_where_it_was_printed(tmp_path: Path) -> None:
    row = ["高新科", "2017年3月1日", "园区“双创”，纪实", "信息", "1,200", "河南日报、某报"]
    head = [*HEAD, "版面", "级别", "作者", "稿件编号", "批示"]
    full = [*row, "头版头条", "省级", "张、李", "7", "市领导批示"]
    (one,) = read_register(sheet(tmp_path / "a.xlsx", head, full)).submissions
    assert (one.offices, one.day, one.title) == (("高新科",), "2017-03-01", "园区“双创”，纪实")
    assert (one.words, one.column, one.authors) == (1200, "信息", ("张", "李"))
    assert [(use.outlet, use.level, use.position) for use in one.adopted] == [
        ("河南日报", "regional", "头版头条"),
        ("某报", "regional", "头版头条"),
    ]
    assert (one.story_key, one.place) == ("7", "a.xlsx 第2行")
    assert one.events == (LeaderEvent(what="市领导批示"),)


def test_yes_means_printed_in_the_column_it_was_handed_in_for(tmp_path: Path) -> None:
    no = [*ROW[:2], "乙", *ROW[3:5], "否"]
    first, second = read_register(table(tmp_path / "a.csv", HEAD, ROW, no)).submissions
    assert [use.outlet for use in first.adopted] == ["金水时讯"]
    assert second.adopted == ()


def test_words_are_counted_in_the_text_where_it_is_given(tmp_path: Path) -> None:
    head = ["责任科室", "报送日期", "标题", "栏目", "字数", "正文"]
    register = read_register(
        table(tmp_path / "a.csv", head, [*ROW[:5], "2017年，增长 5.4%"], [*ROW[:4], "", "一二三"])
    )
    assert [one.words for one in register.submissions] == [6, 3]
    assert "a.csv 第2行登记120字，正文按WPS字数为6字，以正文为准" in register.remarks


def test_days_as_serial_numbers_and_as_cells_are_read(tmp_path: Path) -> None:
    register = read_register(
        sheet(
            tmp_path / "a.xlsx",
            HEAD,
            ["高新科", 42795, *ROW[2:]],
            ["高新科", datetime.datetime(2017, 3, 2), *ROW[2:]],
            ["高新科", "２０１７年３月３日", *ROW[2:4], "３００字", "是"],
        )
    )
    assert [one.day for one in register.submissions] == ["2017-03-01", "2017-03-02", "2017-03-03"]
    assert register.submissions[2].words == 300


def test_handing_in_and_printing_may_have_days_of_their_own(tmp_path: Path) -> None:
    both = table(tmp_path / "a.csv", [*HEAD, "刊发日期"], [*ROW, "2017-04-02"])
    (one,) = read_register(both).submissions
    assert (one.day, one.adopted[0].day) == ("2017-03-01", "2017-04-02")
    printed = [name if name != "报送日期" else "刊发日期" for name in HEAD]
    (one,) = read_register(table(tmp_path / "b.csv", printed, ROW)).submissions
    assert (one.day, one.adopted[0].day) == ("2017-03-01", "")
    bad = table(tmp_path / "c.csv", [*HEAD, "刊发日期"], [*ROW, "四月"])
    assert troubles(read_register(bad)) == ["c.csv 第2行「刊发日期」：“四月”不是写全年月日的日期"]


def test_a_banner_and_a_head_of_two_rows_are_passed_over(tmp_path: Path) -> None:
    register = read_register(
        sheet(
            tmp_path / "a.xlsx",
            ["2017年3月报送登记表"],
            ["序号", "责任科室", "报送情况", "", "", "采用情况", "", "备考"],
            ["", "", "日期", "标题", "栏目", "采用媒体", "级别", ""],
            [1, "高新科", "2017-03-01", "甲", "信息", "河南日报", "省级", "阅"],
            merge=["A1:H1", "C2:E2", "F2:G2", "B2:B3"],
        )
    )
    (one,) = register.submissions
    assert (one.offices, one.day, one.row) == (("高新科",), "2017-03-01", 4)
    assert "a.xlsx 表头占两行（第2—3行）" in register.remarks
    assert "a.xlsx 未读的列：备考" in register.remarks


def test_a_cell_merged_over_rows_holds_for_each_of_them_and_is_said(tmp_path: Path) -> None:
    register = read_register(
        sheet(
            tmp_path / "a.xlsx",
            HEAD,
            ROW,
            ["", "2017-03-02", "乙", "金水时讯", "120", "是"],
            merge=["A2:A3"],
        )
    )
    assert [one.offices for one in register.submissions] == [("高新科",), ("高新科",)]
    assert any("第2—3行「责任科室」是合并单元格" in remark for remark in register.remarks)


def test_a_formula_without_a_value_is_named(tmp_path: Path) -> None:
    register = read_register(
        sheet(tmp_path / "a.xlsx", HEAD, [*ROW[:4], "=100+20", "是"], [*ROW[:4], 120, "是"])
    )
    assert troubles(register) == ["a.xlsx 第2行「字数」：是公式，文件里没有算出的值；请粘贴为数值"]
    assert [one.row for one in register.submissions] == [3]


def test_rows_of_sums_and_columns_without_a_name_are_said(tmp_path: Path) -> None:
    register = read_register(table(tmp_path / "a.csv", HEAD, [*ROW, "多"], ["合计", *[""] * 5]))
    assert len(register.submissions) == 1
    assert troubles(register) == []
    assert register.remarks[-2:] == (
        "a.csv 第7列没有列名，未读（第2行有内容）",
        "a.csv 第3行是合计行，不读",
    )


def test_other_sheets_are_named_as_not_read(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", HEAD, ROW)
    book = openpyxl.load_workbook(path)
    book.create_sheet("四月")
    book.save(path)
    assert "a.xlsx 只读第一张工作表，未读：四月" in read_register(path).remarks


@pytest.mark.parametrize(
    ("place", "cell", "said"),
    [
        (0, "", "第3行「责任科室」：没有填写"),
        (1, "", "第3行「报送日期」：没有填写"),
        (1, "3月1日", "第3行「报送日期」：“3月1日”不是写全年月日的日期"),
        (1, "2017-02-30", "第3行「报送日期」：“2017-02-30”不是写全年月日的日期"),
        (2, " ", "第3行「标题」：没有填写"),
        (4, "-5", "第3行「字数」：“-5”不是字数（不带负号和小数的数字）"),
        (4, "1.5", "第3行「字数」：“1.5”不是字数（不带负号和小数的数字）"),
        (4, "约300字", "第3行「字数」：“约300字”不是字数（不带负号和小数的数字）"),
        (4, "三百", "第3行「字数」：“三百”不是字数（不带负号和小数的数字）"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(
    tmp_path: Path, place: int, cell: str, said: str
) -> None:
    bad = [cell if index == place else value for index, value in enumerate(ROW)]
    register = read_register(table(tmp_path / "a.csv", HEAD, ROW, bad))
    assert troubles(register) == [f"a.csv {said}"]
    assert [one.row for one in register.submissions] == [2]


def test_a_row_that_stands_twice_is_named_and_counts_once(tmp_path: Path) -> None:
    register = read_register(table(tmp_path / "a.csv", HEAD, ROW, ROW))
    assert troubles(register) == ["a.csv 第3行「标题」：与第2行完全相同，不重复登记；请删去一行"]
    assert len(register.submissions) == 1


def test_the_text_of_a_leaders_note_is_not_registered(tmp_path: Path) -> None:
    register = read_register(table(tmp_path / "a.csv", [*HEAD, "批示"], [*ROW, "很好。" * 20]))
    assert troubles(register) == [
        "a.csv 第2行「批示」：只登记级别和种类（如：市领导批示），不录内容"
    ]


def test_an_office_the_plan_does_not_have_is_named_with_the_nearest(tmp_path: Path) -> None:
    offices = [Office(name="高新科"), Office(name="办公室、财务室", aliases=("办公室", "财务室"))]
    rows = [[name, *ROW[1:]] for name in ("高新处", "财务室", "高新科/办公室", "办公室、财务室")]
    register = with_plan_offices(read_register(table(tmp_path / "a.csv", HEAD, *rows)), offices)
    assert troubles(register) == ["a.csv 第2行「责任科室」：方案中没有“高新处”；相近的有：高新科"]
    assert [one.offices for one in register.submissions] == [
        ("办公室、财务室",),
        ("高新科", "办公室、财务室"),
        ("办公室、财务室",),
    ]


def test_a_table_without_the_needed_columns_says_which(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="科室 \\| 题") as caught:
        read_register(table(tmp_path / "a.csv", ["科室", "题"], ["高新科", "甲"]))
    assert caught.value.slug == "register-columns"
    assert "报送日期" in caught.value.hint


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.doc").write_bytes(b"x")
    with pytest.raises(BadInput) as caught:
        read_register(tmp_path / "a.doc")
    assert caught.value.slug == "register-kind"
    (tmp_path / "a.xlsx").write_bytes(b"x")
    with pytest.raises(BadInput, match="not a readable XLSX"):
        read_register(tmp_path / "a.xlsx")
    with pytest.raises(DiskTrouble):
        read_register(tmp_path / "none.csv")


@pytest.mark.parametrize("mark", ["秘密", "机密★1年", "（内部资料）要情", "【工作秘密】", "★"])
def test_a_marked_row_is_held_and_its_words_are_not_told(tmp_path: Path, mark: str) -> None:
    marked = [*ROW[:2], f"某事{mark}" if mark == "★" else mark, *ROW[3:]]
    register = read_register(table(tmp_path / "a.csv", HEAD, marked, ROW))
    (said,) = troubles(register)
    assert "密级或内部标志" in said
    assert "某事" not in said
    assert "要情" not in said
    assert [one.row for one in register.submissions] == [3]


def test_a_mark_in_a_column_nobody_reads_holds_the_row_too(tmp_path: Path) -> None:
    register = read_register(
        table(tmp_path / "a.csv", [*HEAD, "密级"], [*ROW, "秘密"], [*ROW, "公开"])
    )
    assert [trouble.row for trouble in register.troubles] == [2]


def test_a_marked_table_is_not_read_at_all(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.xlsx", ["内部资料 注意保存"], HEAD, ROW)
    with pytest.raises(XuanjianError) as caught:
        read_register(path)
    assert caught.value.slug == "document-secret"


@pytest.mark.parametrize("title", ["商业秘密保护培训", "工作秘密管理学习会", "保密宣传月"])
def test_news_about_secrets_is_no_secret(tmp_path: Path, title: str) -> None:
    register = read_register(table(tmp_path / "a.csv", HEAD, [*ROW[:2], title, *ROW[3:]]))
    assert [one.title for one in register.submissions] == [title]


@pytest.mark.parametrize(
    "text", ["请科技局认真研究，尽快报来方案。", "阅：“很好”", "市领导批示：同意"]
)
def test_the_text_of_a_leaders_note_is_not_taken_in(tmp_path: Path, text: str) -> None:
    register = read_register(
        table(tmp_path / "a.csv", [*HEAD, "批示"], [*ROW, text.replace(",", "")])
    )
    assert ["不录内容" in said for said in troubles(register)] == [True]


def test_a_leaders_note_has_a_day_and_a_number_of_its_proof(tmp_path: Path) -> None:
    head = [*HEAD, "批示", "批示日期", "批示编号", "佐证编号"]
    row = [*ROW, "市领导批示", "2017年3月9日", "批-7", "证-3"]
    (one,) = read_register(sheet(tmp_path / "a.xlsx", head, row)).submissions
    assert one.events == (LeaderEvent(what="市领导批示", day="2017-03-09", proof="批-7"),)
    assert one.adopted[0].proof == "证-3"


def test_a_serial_number_may_have_a_time_and_count_from_1904(tmp_path: Path) -> None:
    plain = sheet(tmp_path / "a.xlsx", HEAD, ["高新科", 42795.5, *ROW[2:]])
    assert read_register(plain).submissions[0].day == "2017-03-01"
    old = openpyxl.load_workbook(sheet(tmp_path / "b.xlsx", HEAD, ["高新科", 41333, *ROW[2:]]))
    old.epoch = CALENDAR_MAC_1904
    old.save(tmp_path / "b.xlsx")
    assert read_register(tmp_path / "b.xlsx").submissions[0].day == "2017-03-01"


def test_a_cell_with_an_error_is_no_title(tmp_path: Path) -> None:
    register = read_register(table(tmp_path / "a.csv", HEAD, [*ROW[:2], "#REF!", *ROW[3:]]))
    assert troubles(register) == ["a.csv 第2行「标题」：单元格是错误值#REF!"]


def test_days_that_cannot_be_and_days_outside_the_plan_are_told_apart() -> None:
    def one(day: str, printed: str = "") -> Submission:
        use = Adoption(outlet="某报", day=printed)
        return Submission(
            file="a.csv", row=2, offices=("甲",), day=day, title="稿", column="信息", adopted=(use,)
        )

    def checked(*rows: Submission) -> Register:
        register = Register(submissions=rows)
        return with_days_checked(register, "2017-06-30", ("2017-01-01", "2017-12-31"))

    assert troubles(checked(one("2017-07-01"))) == [
        "a.csv 第2行「报送日期」：2017-07-01还没有到（今天2017-06-30）"
    ]
    assert [t.column for t in checked(one("2017-06-30", "2017-07-02")).troubles] == ["采用日期"]
    assert "早得不像真的" in troubles(checked(one("0207-03-01")))[0]
    outside = checked(one("2016-12-31"))
    assert len(outside.submissions) == 1
    assert "不在方案期内（2017-01-01至2017-12-31），登记但不计分" in outside.remarks[0]


def test_a_cell_of_signs_alone_names_no_office() -> None:
    one = Submission(
        file="a.csv", row=2, offices=("、",), day="2017-03-01", title="稿", column="信息"
    )
    assert "没有科室的名称" in troubles(with_plan_offices(Register(submissions=(one,)), ()))[0]
