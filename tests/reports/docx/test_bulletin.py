"""The draft 科技简报: the texts that were collected, each with its source, in the seed's form."""

from __future__ import annotations

from pathlib import Path

import docx
import msgspec
import pytest

from pipeline.bulletin import items_of
from pipeline.coverage.bulletin_issue import Imprint, bulletin_issue, read_headings
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.report import CoverageReport, ItemLine, StoryLine, StoryTheme
from pipeline.errors import BadInput
from pipeline.news import NewsItem
from pipeline.plan.reading import read_plan
from pipeline.reports import write_report
from pipeline.reports.docx.bulletin import write_bulletin

TEXT = (
    "3月6日，青原市科技局在众创空间举行科技特派员对接会，十二家企业到会。\n"
    "会上签下合作意向九项，其中技术改造五项。"
)
IMPRINT = Imprint(
    name="青原科技简报",
    number=7,
    day="2025-04-01",
    report_to="青原市委、市人大常委会、市政府、市政协领导。",
    send_to="市发改委、市工信局。",
    editor="李文",
    phone="8123456",
    copies=20,
)


def story(number: int, theme: str, state: str, **changes: object) -> StoryLine:
    title = f"青原市第{number}次科技特派员对接会签约九项"
    line = ItemLine(
        id=f"n{number}", title=title, day=f"2025-03-{number:02}", outlet="青原日报", source="qyrb",
        url=f"https://rb.qingyuan.example/t{number}.html", level="municipal", original=True,
    )  # fmt: skip
    link = {"theme": theme, "probability": 0.9, "state": state}
    made = StoryLine(
        id=f"s{number}", title=title, day=line.day, outlet=line.outlet, level="municipal",
        locality="local", locality_reason="", counted=True, excerpt="", items=(line,),
        themes=(msgspec.convert(link, StoryTheme),),
    )  # fmt: skip
    return msgspec.structs.replace(made, **changes)


def item(number: int, text: str = TEXT, **changes: object) -> NewsItem:
    made = NewsItem(
        id=f"n{number}",
        title=f"青原市第{number}次科技特派员对接会签约九项",
        text=text,
        url=f"https://rb.qingyuan.example/t{number}.html",
        date=f"2025-03-{number:02}T09:00:00",
        outlet="青原日报",
    )
    return msgspec.structs.replace(made, **changes)


@pytest.fixture
def report(sample_report: CoverageReport) -> PeriodReport:
    stories = (
        story(3, "focus-2", "confirmed"),
        story(1, "focus-1", "confirmed"),
        story(2, "focus-1", "corrected"),
        story(4, "focus-1", "machine"),
        story(5, "focus-1", "confirmed", counted=False),
    )
    return PeriodReport.of(msgspec.structs.replace(sample_report, stories=stories))


def lines(report: PeriodReport, folder: Path) -> list[str]:
    document = docx.Document(str(write_report(report, "bulletin", folder)))
    return [one.text for one in document.paragraphs if one.text]


def issued(report: PeriodReport, *items: NewsItem, **more: object) -> PeriodReport:
    held = {one.id: one for one in items or [item(n) for n in range(1, 6)]}
    issue = bulletin_issue(report, held, IMPRINT, **more)  # type: ignore[arg-type]
    return msgspec.structs.replace(report, bulletin=issue)


def test_confirmed_stories_stand_under_their_themes_by_day(
    report: PeriodReport, tmp_path: Path
) -> None:
    issue = issued(report).bulletin
    assert issue is not None
    titles = [(c.heading, [p.story for p in c.pieces]) for c in issue.columns]
    assert titles == [
        ("推动大众创业、万众创新", ["s1", "s2"]),
        ("依托主导产业强化科技支撑", ["s3"]),
    ]


def test_the_draft_has_the_seeds_form(report: PeriodReport, tmp_path: Path) -> None:
    said = lines(issued(report), tmp_path)
    assert said[:4] == ["草稿（未经审核，不得印发）", "青 原 科 技 简 报", "第　7　期", "中共青原市委宣传部\t2025年4月1日"]  # fmt: skip
    document = docx.Document(str(tmp_path / "bulletin.docx"))
    assert [cell.text for row in document.tables[0].rows for cell in row.cells] == ["领导批示："]
    assert "【推动大众创业、万众创新】" in said
    foot = said[said.index("报：青原市委、市人大常委会、市政府、市政协领导。") :]
    assert foot[:6] == [
        "报：青原市委、市人大常委会、市政府、市政协领导。", "送：市发改委、市工信局。",
        "编辑：李文", "审核：", "电话：8123456", "（共印 20 份）",
    ]  # fmt: skip


def test_a_piece_is_its_title_its_text_unaltered_and_its_source(
    report: PeriodReport, tmp_path: Path
) -> None:
    said = lines(issued(report), tmp_path)
    first, second = TEXT.split("\n")
    at = said.index(f"青原市第1次科技特派员对接会签约九项。{first}")
    assert said[at + 1] == second
    assert said[at + 2] == ("（来源：青原日报，2025年3月1日，https://rb.qingyuan.example/t1.html）")


def test_our_own_reader_reads_the_draft_back_as_a_bulletin(
    report: PeriodReport, tmp_path: Path
) -> None:
    path = write_report(issued(report), "bulletin", tmp_path)
    plan = read_plan(path).plan
    assert plan.kind == "bulletin"
    assert [node.title for node in plan.nodes] == [
        "推动大众创业、万众创新",
        "依托主导产业强化科技支撑",
    ]
    assert items_of(plan)[0].title == "青原市第1次科技特派员对接会签约九项"
    assert all("internal" in one.flags for one in items_of(plan))


def test_columns_can_be_named_and_joined(report: PeriodReport) -> None:
    headings = read_headings("focus-1=科技动态;focus-2=科技动态")
    issue = issued(report, headings=headings).bulletin
    assert issue is not None
    assert [(c.heading, len(c.pieces)) for c in issue.columns] == [("科技动态", 3)]
    with pytest.raises(BadInput, match="focus-9"):
        issued(report, headings={"focus-9": "科技动态"})
    with pytest.raises(BadInput, match="科技动态"):
        read_headings("科技动态")


def test_an_officer_chooses_the_pieces_and_their_order(report: PeriodReport) -> None:
    issue = issued(report, wanted=("s4", "s1")).bulletin
    assert issue is not None
    assert [p.story for c in issue.columns for p in c.pieces] == ["s4", "s1"]
    with pytest.raises(BadInput, match="s99"):
        issued(report, wanted=("s99",))


def test_phone_numbers_are_masked_and_said(report: PeriodReport, tmp_path: Path) -> None:
    text = "联系人13812345678，咨询电话：0371-63526780，全年投入1380万元。"
    said = lines(issued(report, item(1, text), wanted=("s1",)), tmp_path)
    assert not [line for line in said if "13812345678" in line or "63526780" in line]
    assert any("138******78" in line and "1380万元" in line for line in said)
    assert any("遮盖电话号码2处" in line for line in said)


def test_a_piece_without_text_says_so_and_a_bulletins_own_item_is_internal(
    report: PeriodReport, tmp_path: Path
) -> None:
    paper = item(1, "", flags=("text_missing",))
    inside = item(2, flags=("internal",), url="")
    said = lines(issued(report, paper, inside, wanted=("s1", "s2")), tmp_path)
    assert "（没有采集到正文，请据报纸或节目补录原文。）" in said
    assert any("内部信息（简报），不作为媒体报道" in line for line in said)


def test_who_reviewed_stands_there_only_when_the_report_is_approved(
    report: PeriodReport, tmp_path: Path
) -> None:
    said = lines(issued(report, reviewer="乔主任"), tmp_path)
    assert "审核：乔主任" in said
    assert "草稿（未经审核，不得印发）" not in said


def test_hostile_texts_are_text(report: PeriodReport, tmp_path: Path) -> None:
    text = "<w:p>\u202e\x00\ud800=cmd|' /C calc'!A0 & " + "长" * 1_000_000
    one = item(1, text, url="javascript:alert(1)", outlet="\u202e报\x07")
    said = lines(issued(report, one, wanted=("s1",)), tmp_path)
    assert any("<w:p>=cmd|' /C calc'!A0 & 长长" in line for line in said)
    assert any(line.startswith("（原文过长") for line in said)
    assert "（来源：报，2025年3月1日）" in said


def test_without_a_confirmed_story_the_draft_says_what_to_do(
    report: PeriodReport, tmp_path: Path
) -> None:
    empty = msgspec.structs.replace(report, stories=())
    assert any("请先复核" in line for line in lines(issued(empty), tmp_path))


def test_a_report_without_an_issue_is_refused(report: PeriodReport, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        write_bulletin(report, tmp_path / "b.docx")
    assert caught.value.slug == "bulletin-without-issue"
