"""Publicity plans as any department writes them: what stands in sentences, brackets and tables.

The plans are made up; their shapes are those of real ones. Word files are written here, so that
merged cells and plain bold headings come as Word stores them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.plan.model import walk
from pipeline.plan.reading import read_plan_text
from tests.plan.ordinary import form, plan_of, slugs, word_plan

# Who answers


@pytest.mark.parametrize(
    ("words", "lead", "responsible"),
    [
        ("（宣教科牵头，水政科、农水科配合）", ("宣教科",), ("水政科", "农水科")),
        ("（责任科室：宣教科、水政科）", (), ("宣教科", "水政科")),
        ("（牵头科室：宣教科；配合科室：水政科）", ("宣教科",), ("水政科",)),
        ("宣教科牵头，水政科配合。", ("宣教科",), ("水政科",)),
        ("牵头：宣教科；配合：各水管站。", ("宣教科",), ("各水管站",)),
        ("责任科室为宣教科、水政科。", (), ("宣教科", "水政科")),
        ("由宣教科会同办公室负责。", (), ("宣教科", "办公室")),
        ("由县融媒体中心负责制作。", (), ("县融媒体中心",)),
        ("（宣教科、水政科）", (), ("宣教科", "水政科")),
        ("责任单位：住房和城乡建设局、各乡镇（街道）水利站。", (), ("住房和城乡建设局", "各乡镇（街道）水利站")),
        ("各单位要高度重视，切实负责。", (), ()),
        ("政府部门做好配合。", (), ()),
        ("在省级媒体负责推送，在《青禾日报》每月刊发1篇。", (), ()),
    ],
)  # fmt: skip
def test_offices_are_read_wherever_a_form_names_them(
    words: str, lead: tuple[str, ...], responsible: tuple[str, ...]
) -> None:
    plan = plan_of(f"二、宣传形式\n（一）办展览。在广场办节水展。{words}\n（二）发信息。常年。\n")
    node = form(plan, "办展览")
    assert (node.lead_offices, node.offices) == (lead, responsible)
    assert plan.obligations[0].offices == lead + responsible


def test_all_offices_are_those_of_the_house_not_the_partners() -> None:
    plan = plan_of(
        "二、宣传形式\n（一）办展。办节水展。（宣教科牵头，县教育局、各乡镇配合）\n"
        "（二）报信息。每月报送。（水政科牵头，各科室配合）\n"
    )
    assert [office.name for office in plan.offices] == ["宣教科", "县教育局", "水政科"]
    assert plan.obligations[1].offices == ("水政科", "宣教科")


def test_a_bracket_that_names_nobody_we_know_is_a_doubt() -> None:
    plan = plan_of("二、宣传形式\n（一）办展。办节水展。（老张同志牵头）\n（二）发信息。常年。\n")
    assert "office-unread" in slugs(plan)


# What, when, how often


def test_tasks_of_a_plan_are_duties_with_time_frequency_and_media() -> None:
    plan = plan_of(
        "二、重点工作\n1.办好“青禾节水”公众号，每个工作日更新。\n责任科室：宣教科\n"
        "2.在《青禾水利》简报每月编发2期，上半年、下半年各办1次采访。\n责任科室：办公室\n"
    )
    first, second = plan.obligations
    assert (first.every, first.media, first.offices) == (
        "每个工作日更新",
        ("青禾节水",),
        ("宣教科",),
    )
    assert (second.when, second.every) == ("上半年、下半年", "每月编发2期")
    assert second.media == ("青禾水利",)


def test_several_frequencies_of_one_form_are_all_kept() -> None:
    plan = plan_of(
        "二、宣传形式\n（一）报信息。宣教科每月报送信息不少于2条，全年被县级以上媒体采用不少于6篇。\n"
    )
    assert plan.obligations[0].every == "每月报送信息不少于2条；全年被县级以上媒体采用不少于6篇"


def test_a_plan_without_focus_areas_is_held_to_its_tasks_and_says_so() -> None:
    plan = read_plan_text(
        "青禾县2024年节水宣传工作要点\n一、重点任务\n（一）主题宣传。6月集中宣传。责任单位：宣教科。\n"
        "（二）典型宣传。宣传节水户。责任单位：水政科。\n二、工作要求\n（一）落实责任。明确专人。\n"
    ).plan
    areas = [node.title for node in walk(plan.nodes) if node.kind == "focus_area"]
    assert areas == ["主题宣传", "典型宣传"]
    assert [(duty.node, duty.when) for duty in plan.obligations] == [
        ("focus-1", "6月"),
        ("focus-2", ""),
    ]
    assert "tasks-as-focus" in slugs(plan)


def test_the_goals_of_a_publicity_plan_are_targets() -> None:
    plan = read_plan_text(
        "青禾县2024年节水宣传工作方案\n一、工作目标\n全年在省级以上媒体刊发稿件不少于30篇。\n"
        "二、宣传重点\n（一）节水。讲滴灌，建成示范区3个。\n（二）护河。讲巡河。\n"
    ).plan
    (target,) = plan.targets
    assert (target.operator, target.value, target.unit, target.year) == (">=", 30, "篇", 2024)


# Arrangement tables


def test_a_row_without_an_activity_is_a_doubt_not_lost() -> None:
    plan = plan_of("二、活动安排\n月份\t活动\t责任科室\n1月\t\t宣教科\n3月\t水日\t水政科\n")
    assert [duty.what for duty in plan.obligations] == ["水日"]
    assert "row-unread" in slugs(plan)


def test_a_table_of_activities_is_a_form_a_row(tmp_path: Path) -> None:
    plan = word_plan(
        tmp_path,
        [
            ["序号", "宣传内容", "具体措施", "牵头科室", "责任科室", "完成时限"],
            ["1", "世界水日宣传", "在青禾电视台播放公益片", "宣教科", "各科室", "3月22日"],
            ["2", "节水进校园", "办讲座2场", "农水科", "", "10月底前"],
        ],
    )
    first, second = (form(plan, title) for title in ("世界水日宣传", "节水进校园"))
    assert (first.kind, first.lead_offices, first.offices) == ("form", ("宣教科",), ("各科室",))
    assert (second.lead_offices, second.offices) == (("农水科",), ())
    duty, later = plan.obligations
    assert (duty.when, duty.media, duty.offices) == (
        "3月22日",
        ("青禾电视台",),
        ("宣教科", "农水科"),
    )
    assert (later.when, later.offices) == ("10月底前", ("农水科",))
    assert [(event.name, event.date) for event in plan.events] == [("世界水日", "03-22")]


def test_cells_merged_downwards_count_for_every_row_and_are_said(tmp_path: Path) -> None:
    plan = word_plan(
        tmp_path,
        [
            ["时间", "主题", "媒体", "负责人"],
            ["5月", "护河故事", "《青禾日报》、“水韵青禾”", "宣教科 李明"],
            ["", "水文站开放", "县直媒体", "水文站 王芳"],
        ],
        merges=(((1, 0), (2, 0)),),
    )
    first, second = plan.obligations
    assert (first.when, second.when) == ("5月", "5月")
    assert (first.offices, first.media) == (("宣教科",), ("青禾日报", "水韵青禾"))
    assert {medium.name for medium in plan.media} == {"青禾日报", "水韵青禾"}
    assert (second.offices, second.media) == (("水文站",), ())
    assert {"cell-from-above", "medium-unnamed"} <= slugs(plan)


def test_an_arrangement_behind_the_signature_is_read(tmp_path: Path) -> None:
    plan = plan_of(
        "二、工作要求\n（一）加强领导。明确专人。\n青禾县水利局\n2024年2月1日\n附件\n活动安排表\n"
        "月份\t活动名称\t主办单位\n3月\t水法宣讲\t水政科\n"
    )
    assert form(plan, "水法宣讲").offices == ()
    assert form(plan, "水法宣讲").lead_offices == ("水政科",)
    assert [(duty.what, duty.when) for duty in plan.obligations] == [("水法宣讲", "3月")]


# Units, media, events


def test_units_in_a_sentence_belong_to_their_focus_area() -> None:
    plan = read_plan_text(
        "青禾县2024年节水宣传方案\n一、宣传重点\n"
        "（一）节水企业。报道技改，采访青禾水泵有限公司、清河湿地公园等单位。\n"
        "（二）节水教育。走进青禾中等职业学校、城东小学等学校，采访一批优秀教师。\n"
        "二、工作要求\n（一）组织采访。深入园区、企业、社区等单位开展采访。\n"
    ).plan
    assert [(unit.name, unit.theme) for unit in plan.units] == [
        ("青禾水泵有限公司", "focus-1"),
        ("清河湿地公园", "focus-1"),
        ("青禾中等职业学校", "focus-2"),
        ("城东小学", "focus-2"),
    ]


def test_units_in_a_table_keep_their_area_and_what_to_tell(tmp_path: Path) -> None:
    plan = word_plan(
        tmp_path,
        [
            ["领域", "单位名称", "报道亮点"],
            ["节水灌溉", "青禾灌溉试验站", "滴灌示范"],
            ["", "清河水务有限公司", "智慧供水"],
        ],
        merges=(((1, 0), (2, 0)),),
        under="二、采访单位",
    )
    assert [(u.name, u.note, u.theme) for u in plan.units] == [
        ("青禾灌溉试验站", "滴灌示范", "focus-1"),
        ("清河水务有限公司", "智慧供水", "focus-1"),
    ]


def test_an_invitation_to_interview_that_names_nobody_is_a_doubt() -> None:
    plan = read_plan_text(
        "青禾县2024年节水宣传方案\n一、宣传重点\n（一）节水。讲滴灌。采访单位：另行通知。\n"
        "（二）护河。讲巡河。\n二、工作要求\n（一）加强领导。明确专人。\n"
    ).plan
    assert plan.units == ()
    assert "units-unread" in slugs(plan)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("向新华社、人民日报客户端、学习强国推荐", ["新华社", "人民日报客户端", "学习强国"]),
        ("在《中国水利报》、县政府门户网站刊发", ["中国水利报", "县政府门户网站"]),
        ("被县委《青禾信息》采用", ["青禾信息"]),
        ("《青禾周刊》、“青禾水利”双微、央视新闻报道", ["青禾周刊", "青禾水利", "央视新闻"]),
        ("完成调研报告，中国科技工作报名", []),
        ("带动试点地区政府网站建设，根据各地区门户网站情况打分", []),
        ("新华社北京3月4日电的内容转到青禾园区门户网站", ["青禾园区门户网站"]),
    ],
)
def test_media_are_known_by_their_names(words: str, names: list[str]) -> None:
    plan = plan_of(f"二、宣传形式\n（一）用好媒体。{words}。\n")
    assert [medium.name for medium in plan.media] == names


def test_the_centre_whose_plan_it_is_is_no_medium_to_check() -> None:
    plan = read_plan_text(
        "青禾县融媒体中心2024年新闻选题计划\n一、选题方向\n1.节水。讲滴灌。\n2.护河。讲巡河。\n"
        "二、报送要求\n1.向青禾日报供稿。\n2.严格审核。\n"
    ).plan
    assert (plan.kind, [medium.name for medium in plan.media]) == ("publicity_plan", ["青禾日报"])


@pytest.mark.parametrize(
    ("words", "events"),
    [
        ("围绕9月10日教师节、“5·12”防灾减灾日", {("教师节", "09-10"), ("防灾减灾日", "05-12")}),
        ("全国科普日（9月15日）前后", {("全国科普日", "09-15")}),
        ("知识产权宣传周时间为4月20日至26日", {("知识产权宣传周", "04-20")}),
        (
            "办好职业教育活动周，4月24日航天日举办讲座",
            {("职业教育活动周", ""), ("航天日", "04-24")},
        ),
        ("国际竞争日趋激烈，全国每月一次，7.3本办法自印发之日", set()),
    ],
)
def test_days_of_note_have_the_date_the_plan_gives(
    words: str, events: set[tuple[str, str]]
) -> None:
    plan = plan_of(f"二、宣传形式\n（一）抓节点。{words}开展宣传。\n")
    assert {(event.name, event.date) for event in plan.events} == events
