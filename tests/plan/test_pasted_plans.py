"""Plans as they come out of pages and chats: breaks, titles and chapters lost, others' papers glued
on. All texts are made up; their shapes are those of real ones."""

from __future__ import annotations

import pytest

from pipeline.plan.checking import check_plan
from pipeline.plan.model import Plan, walk
from pipeline.plan.reading import read_plan_text
from tests.plan.ordinary import plan_of

TASKS = (
    "一、开展灌溉科普\n（一）办好讲堂。每季度办一次讲堂。\n"
    "二、保护水源\n（一）清理河道。清理三条河道。\n"
)


def headings(plan: Plan) -> list[tuple[int, str, str]]:
    return [(node.level, node.number, node.title) for node in walk(plan.nodes)]


# Who issued it, and when


@pytest.mark.parametrize(
    "notice",
    [
        "各乡镇：现将方案印发给你们，请遵照执行。青禾县水利局2024年3月5日（此件公开发布）",
        "各乡镇：现将方案印发给你们，请遵照执行。青禾县水利局 2024年3月5日",
        "各乡镇：现将方案印发给你们。" + "\u3000" * 12 + "青禾县水利局\n2024年3月5日（此件有删改）",
    ],
)
def test_a_signature_glued_to_the_notice_is_read(notice: str) -> None:
    plan = read_plan_text(
        f"关于印发节水工作方案的通知青水〔2024〕8号\n{notice}\n青禾县节水工作方案\n{TASKS}"
    ).plan
    assert (plan.issuer, plan.date) == ("青禾县水利局", "2024-03-05")
    assert (plan.title, plan.number) == ("青禾县节水工作方案", "青水〔2024〕8号")


def test_a_title_glued_to_the_day_of_its_notice_is_the_title() -> None:
    plan = read_plan_text(
        "关于印发水利“十四五”规划的通知\n各乡镇：\n请遵照执行。\n青禾县人民政府\n"
        "二○二一年六月一日 青禾县水利“十四五”规划\u3000\u3000根据县里的安排，编制本规划。\n" + TASKS
    ).plan
    assert plan.title == "青禾县水利“十四五”规划"
    assert (plan.issuer, plan.date) == ("青禾县人民政府", "2021-06-01")


def test_a_task_with_its_office_and_day_at_the_end_is_no_signature() -> None:
    plan = read_plan_text(
        "青禾县节水工作方案\n一、重点任务\n（一）修渠。完成三条渠。县水利局2024年6月30日\n"
        "（二）清淤。清理两条河。县水利局2024年9月30日\n二、工作要求\n按时完成。\n"
    ).plan
    assert [title for _, _, title in headings(plan)] == ["重点任务", "修渠", "清淤", "工作要求"]
    assert (plan.issuer, plan.date) == ("", None)


def test_the_number_of_a_paper_that_is_cited_is_not_the_plans_own() -> None:
    cited = "根据《县水利局关于办好节水周的通知》（青水〔2024〕8号）和青农〔2024〕3号文件，制定本方案。\n"
    assert read_plan_text(cited + TASKS).plan.number == ""
    headed = "青禾县节水工作方案\n青禾发〔2024〕9号\n" + cited
    assert read_plan_text(headed + TASKS).plan.number == "青禾发〔2024〕9号"


# What it is, when its title is lost


@pytest.mark.parametrize(
    ("opening", "kind"),
    [
        ("为办好节水周，结合我县实际，制定本方案。", "work_plan"),
        ("现就办好节水周制定以下工作方案：", "work_plan"),
        ("今年是第五个节水周。现将有关事项通知如下：", "work_plan"),
        ("为管好水源，制定本规划。", "development_plan"),
        ("为管好水源，制定本办法。", "other"),
        ("水是生命之源。", "other"),
    ],
)
def test_a_plan_without_title_is_what_it_calls_itself(opening: str, kind: str) -> None:
    assert read_plan_text(f"{opening}\n{TASKS}").plan.kind == kind


def test_a_first_line_above_a_sentence_is_the_title() -> None:
    text = (
        "青禾县第三届节水知识大赛\n为了让更多人懂得节水的道理，县水利局和县科协联合举办本次比赛。\n"
    )
    plan = read_plan_text(text + TASKS).plan
    assert plan.title == "青禾县第三届节水知识大赛"
    assert "no-title" not in {doubt.slug for doubt in plan.doubts}


def test_the_year_whose_work_the_opening_announces_is_the_term() -> None:
    plan = read_plan_text(f"为做好我县2024年节水宣传工作，制定本方案。\n{TASKS}").plan
    assert plan.period == ("2024-01-01", "2024-12-31")
    assert "开头所说年份" in next(
        doubt.what for doubt in plan.doubts if doubt.slug == "term-inferred"
    )
    later = read_plan_text(
        f"为做好2021年底前的节水工作，推进2030年前达标，制定本方案。\n{TASKS}"
    ).plan
    assert later.period is None


# What is no part of it, and what was lost of it


def test_another_order_behind_the_articles_is_not_read_into_the_last() -> None:
    plan = read_plan_text(
        "青禾县节水条例\n第一章\u3000总则\n第一条\u3000为了节水，制定本条例。\n第二条\u3000本条例适用于全县。\n"
        "第二章\u3000附则\n第三条\u3000本条例自公布之日起施行。\n"
        "青禾县人民政府令\u3000第\u300012\u3000号\u3000《青禾县渔业条例》已经通过，现予公布。\n2023年5月6日\n"
    ).plan
    assert headings(plan)[-1] == (2, "第三条", "")
    assert plan.nodes[-1].children[-1].text == "本条例自公布之日起施行。"
    assert plan.date is None
    assert "another-document" in {doubt.slug for doubt in plan.doubts}


LOST_CHAPTER = (
    "青禾县水利发展规划\n一、现状与形势\n（一）水少。人多水少。\n（二）渠旧。旧渠漏水。\n"
    "（一）修渠。改造旧渠。\n（二）清淤。清理河道。\n三、保障措施\n（一）加强领导。明确专人。\n"
)


def test_tasks_whose_chapter_heading_was_lost_are_still_to_be_mapped() -> None:
    plan = read_plan_text(LOST_CHAPTER).plan
    auditable = {node.title: node.auditable for node in walk(plan.nodes)}
    assert auditable == {
        **{"现状与形势": False, "水少": False, "渠旧": False},
        **{"修渠": True, "清淤": True, "保障措施": True, "加强领导": True},
    }
    remarks = {remark.slug: remark for remark in check_plan(plan)}
    assert remarks["numbers-restart"].quote == "修渠"
    assert remarks["numbers-skip"].quote == "保障措施"


# Numbers whose breaks were lost


def test_tasks_counted_inside_a_plan_on_one_line_are_headings() -> None:
    measures = "具体措施：1．修渠。年内修好三条渠，" + "把每一段旧渠都查一遍，" * 20 + "不留死角。"
    measures += "（县水利局负责）2．2025年底前清理河道。清理两条河。（县水利局负责）"
    plan = read_plan_text(
        "青禾县节水任务分工方案\n为做好节水工作，制定如下方案。"
        + "".join(f"{han}、{what}" for han, what in zip("一二三", (
            f"修好水渠（一）查清家底。（县水利局牵头负责）{measures}（二）抓好维护。{measures}",
            f"管好水源（三）看住源头。{measures}（四）清理河道。{measures}",
            f"用好每滴水（五）推广滴灌。{measures}",
        ), strict=True))
        + "\n"
    ).plan  # fmt: skip
    found = headings(plan)
    assert [entry for entry in found if entry[0] == 1] == [
        (1, "一、", "修好水渠"),
        (1, "二、", "管好水源"),
        (1, "三、", "用好每滴水"),
    ]
    assert [number for level, number, _ in found if level == 2] == [
        "（一）", "（二）", "（三）", "（四）", "（五）",
    ]  # fmt: skip
    assert [entry for entry in found if entry[0] == 3] == [
        (3, "1．", "修渠"),
        (3, "2．", "2025年底前清理河道"),
    ] * 5
    first = plan.nodes[0].children[0]
    assert (first.lead_offices, first.text) == (("县水利局",), "（县水利局牵头负责）\n具体措施：")
    assert first.children[1].offices == ("县水利局",)


def test_a_number_before_a_year_is_a_number() -> None:
    plan = read_plan_text(
        "节水工作方案\n一、重点任务\n1.2025年底前修好水渠。修三条。\n2.2026年6月前清理河道。清两条。\n"
    ).plan
    assert headings(plan)[1:] == [
        (2, "1.", "2025年底前修好水渠"),
        (2, "2.", "2026年6月前清理河道"),
    ]


def test_prizes_are_no_targets() -> None:
    plan = read_plan_text(
        "节水周工作方案\n一、评比\n评出“节水之家”奖16户；“优秀组织奖”5个。建成节水公园3个。\n"
    ).plan
    assert [target.name for target in plan.targets] == ["节水公园"]


# Sentences that are only numbered


def test_numbered_sentences_have_no_title() -> None:
    plan = read_plan_text(
        "节水周工作方案\n一、参加办法\n（一）全县各学校、各村、各企业都可以组队报名参加本届节水周的全部比赛和展览，每个单位不限一队。\n"
        "（二）每队人数为二至十人，由领队一人负责联系。其中老师不超过两人。\n（三）评委不参加比赛。\n"
        "二、工作要求\n（一）加强领导。各单位要明确专人，落实经费。\n"
        "（二）各单位务必在六月十四日以前把本单位的联系人、活动安排和需要县里帮助解决的困难报给县水利局办公室。\n"
    ).plan
    assert headings(plan) == [
        *[(1, "一、", "参加办法"), (2, "（一）", ""), (2, "（二）", ""), (2, "（三）", "")],
        *[(1, "二、", "工作要求"), (2, "（一）", "加强领导"), (2, "（二）", "")],
    ]
    second = plan.nodes[0].children[1]
    assert second.text == "每队人数为二至十人，由领队一人负责联系。其中老师不超过两人。"
    assert second.label == second.text
    assert plan.nodes[1].children[1].label.startswith("各单位务必在六月十四日以前")


def test_titles_that_end_with_a_full_stop_stay_titles() -> None:
    long = (
        "把全县所有的旧渠、旧闸、旧泵站和旧水塔一处一处地查清楚并且登记成册，建立长期管护的制度。"
    )
    plan = read_plan_text(
        f"节水工作方案\n一、主要任务\n（一）修好水渠。\n年内修好三条渠。\n（二）{long}\n每处一张表。\n（三）清理河道。\n清两条。\n"
    ).plan
    assert [title for level, _, title in headings(plan) if level == 2] == [
        *("修好水渠", long.rstrip("。"), "清理河道"),
    ]


def test_stages_are_numbered_by_their_name() -> None:
    plan = read_plan_text(
        "节水周工作方案\n一、实施步骤\n第一阶段：宣传发动（2024年3月1日-3月10日）\n1、印发通知。各乡镇做好安排。\n"
        "2、布置展板。各村各一块。\n第二阶段（3月11日至3月20日）：\n各乡镇组织比赛，县里评选。\n二、工作要求\n按时完成。\n"
    ).plan
    assert headings(plan)[1:5] == [
        (2, "第一阶段", "宣传发动（2024年3月1日-3月10日）"),
        (3, "1、", "印发通知"),
        (3, "2、", "布置展板"),
        (2, "第二阶段", "（3月11日至3月20日）"),
    ]


def test_a_stage_of_a_publicity_plan_is_a_duty_with_its_days() -> None:
    plan = plan_of(
        "二、宣传步骤\n第一阶段（2023年12月20日—2024年1月10日）\n各乡镇悬挂横幅。\n"
        "第二阶段：集中宣传（1月11日至1月31日）\n县里组织宣讲。\n三、工作要求\n按时完成。\n"
    )
    assert [(duty.what, duty.when) for duty in plan.obligations] == [
        ("第一阶段（2023年12月20日—2024年1月10日）", "2023年12月20日—2024年1月10日"),
        ("第二阶段集中宣传（1月11日至1月31日）", "1月11日至1月31日"),
    ]


def test_stars_in_the_place_of_a_name_are_kept() -> None:
    plan = read_plan_text(
        f"**县2024年节水工作方案\n{TASKS}三、活动地点\n地点：**广场。**要早到**。\n"
    ).plan
    assert plan.title == "**县2024年节水工作方案"
    kept = read_plan_text(f"节水工作方案\n{TASKS}三、活动地点\n地点：**广场\n").plan
    assert kept.nodes[-1].text == "地点：**广场"
    bold = read_plan_text(f"**节水工作方案**\n{TASKS}三、**活动地点**\n**广场**\n").plan
    assert (bold.title, bold.nodes[-1].text) == ("节水工作方案", "广场")


def test_a_text_pasted_three_times_is_read_once() -> None:
    own = f"节水工作方案\n{TASKS}" + "".join(
        f"{han}、{what}\n{what}要抓早抓实，"
        + f"每个村都要有人管，第{han}件事也要有人管，" * 3
        + "不得拖延。\n"
        for han, what in zip("三四五", ("修好水渠", "清好河道", "管好水源"), strict=True)
    )
    reading = read_plan_text(own * 3)
    assert headings(reading.plan) == headings(read_plan_text(own).plan)
    said = [doubt.what for doubt in reading.plan.doubts if doubt.slug == "second-copy"]
    assert said[0].startswith("全文出现 3 遍")


def test_a_house_of_media_is_a_medium_and_the_trade_is_none() -> None:
    said = "稿件报送青禾传媒。大众传媒、各传媒要参加。加强传媒管理，由泾川传媒集团刊播。"
    plan = read_plan_text(f"节水工作方案\n{TASKS}三、报道\n{said}\n").plan
    assert [medium.name for medium in plan.media] == ["青禾传媒", "泾川传媒集团"]


def test_entries_of_a_notice_are_lines_of_their_own() -> None:
    plan = read_plan_text(
        "节水工作方案\n一、启动仪式\n主题：人人节水\n活动时间：3月22日\n地点：县广场。\n组织群众参加\n启动仪式。\n二、要求\n准时。\n"
    ).plan
    assert (
        plan.nodes[0].text
        == "主题：人人节水\n活动时间：3月22日\n地点：县广场。\n组织群众参加启动仪式。"
    )


WHOLE = (
    *("一、总体思路", "以节约每一滴水为目标，把节水的道理讲到每个村、每所学校。", "二、重点任务"),
    *(
        "（一）修好水渠",
        "1.查清家底。把每一段旧渠都走一遍，登记成册。",
        "2.改造旧渠。年内修好三条渠。",
    ),
    *("（二）管好水源", "3.2025年底前清理河道。清理两条河。", "4.看住源头。每个泉眼有人管。"),
    *("三、保障措施", "（一）加强领导。各单位明确专人。", "（二）落实经费。列入本年预算。"),
)


@pytest.mark.parametrize("gap", ["\n", " ", "\u3000\u3000", "   \u3000", "\n\n\n"])
@pytest.mark.parametrize("times", [1, 8])
def test_a_plan_whose_line_ends_became_spaces_is_the_same_plan(gap: str, times: int) -> None:
    lines = [line + "有人管，管得住，用得好。" * times if "。" in line else line for line in WHOLE]
    expected = headings(read_plan_text("青禾县节水工作方案\n" + "\n".join(lines)).plan)
    assert [title for _, _, title in expected][:4] == [
        "总体思路",
        "重点任务",
        "修好水渠",
        "查清家底",
    ]
    assert headings(read_plan_text("青禾县节水工作方案\n" + gap.join(lines)).plan) == expected


def test_numbers_that_run_through_a_plan_are_headings_even_behind_a_title() -> None:
    text = "".join(
        f"{han}、{title}" + "".join(f"{n}.第{n}件事。" + "每件事都要有人管，管得住，用得好。" * 9 for n in numbers)
        for han, title, numbers in (
            ("一", "修好水渠", range(1, 5)),
            ("二", "管好水源", range(5, 9)),
            ("三", "用好每滴水", range(9, 13)),
        )
    )  # fmt: skip
    found = headings(read_plan_text(f"青禾县节水工作方案\n{text}\n").plan)
    assert [title for level, _, title in found if level == 1] == [
        "修好水渠",
        "管好水源",
        "用好每滴水",
    ]
    assert [number for level, number, _ in found if level == 2] == [f"{n}." for n in range(1, 13)]


def test_a_whole_plan_on_one_line_with_a_few_tabs_is_no_row_of_a_table() -> None:
    lines = [line + "有人管，管得住，用得好。" * 200 if "。" in line else line for line in WHOLE]
    text = " ".join([*lines, "名称\t数量\t单位"])
    expected = headings(read_plan_text("青禾县节水工作方案\n" + "\n".join(lines)).plan)
    assert headings(read_plan_text("青禾县节水工作方案\n" + text).plan) == expected


@pytest.mark.parametrize("copies", [2, 3])
def test_a_short_text_that_is_repeated_exactly_is_read_once(copies: int) -> None:
    short = "节水周比赛\n一、参加办法\n各村组队。\n二、比赛内容\n答题。\n"
    reading = read_plan_text(short * copies)
    assert [title for _, _, title in headings(reading.plan)] == ["参加办法", "比赛内容"]
    assert f"全文出现 {copies} 遍" in "".join(doubt.what for doubt in reading.plan.doubts)


@pytest.mark.parametrize(
    ("paragraph", "title", "text"),
    [
        ("修好水渠，守住源头：年内修好三条渠。", "修好水渠，守住源头", "年内修好三条渠。"),
        (
            "修好水渠，守住源头\u3000\u3000年内修好三条旧渠。",
            "修好水渠，守住源头",
            "年内修好三条旧渠。",
        ),
        ("修好水渠   年内修好三条旧渠。", "修好水渠", "年内修好三条旧渠。"),
        ("修好水渠，各村要做到：一条不漏。", "", "修好水渠，各村要做到：一条不漏。"),
    ],
)
def test_a_title_ends_at_a_colon_or_a_wide_gap(paragraph: str, title: str, text: str) -> None:
    other = "把每一段旧渠都查一遍，登记成册，逐段落实管护的人和经费，每个季度向县水利局报告一次，不留死角。"
    plan = read_plan_text(f"节水工作方案\n一、重点任务\n（一）{paragraph}\n（二）{other}\n").plan
    node = plan.nodes[0].children[0]
    assert (node.title, node.text) == (title, text)


CONTENTS = "目录\n一、开展灌溉科普……1\n（一）办好讲堂……1\n二、保护水源……3\n（一）清理河道……4\n"


def test_a_first_heading_that_lost_its_number_is_found_behind_the_contents() -> None:
    body = TASKS.replace("一、开展", "开展").replace("（一）清理河道。", "清理河道\n")
    plan = read_plan_text(f"青禾县节水工作方案\n{CONTENTS}{body}").plan
    assert headings(plan) == headings(read_plan_text(f"青禾县节水工作方案\n{TASKS}").plan)
    assert [node.inferred for node in walk(plan.nodes)] == [True, False, False, True]


def test_contents_of_titles_that_are_run_in_are_skipped() -> None:
    own = "一、推广滴灌技术。各村试点。\n二、清理河道淤泥。年内两条。\n三、改造旧渠。年内三条。\n"
    contents = "目录\n一、推广滴灌技术\n二、清理河道淤泥\n三、改造旧渠\n"
    plan = read_plan_text(f"青禾县节水工作方案\n{contents}{own}").plan
    assert headings(plan) == headings(read_plan_text(f"青禾县节水工作方案\n{own}").plan)


def test_an_appended_table_of_one_cell_a_line_is_not_the_text() -> None:
    own = "".join(
        f"{han}、任务{han}\n（一）修渠。修三条。\n（二）清淤。清两条。\n" for han in "一二三四"
    )
    cells = "".join(
        f"{han}、指标{han}\n（一）类别{han}\n定量\n（二）类型{han}\n定性\n定量\n"
        for han in "一二三四五六"
    )
    plan = read_plan_text(f"青禾县节水工作方案\n{own}附件\n节水考核指标\n{cells}").plan
    assert [node.title for node in plan.nodes] == ["任务一", "任务二", "任务三", "任务四"]


def test_numbers_on_lines_of_their_own_belong_to_the_words_below() -> None:
    broken = TASKS.replace("一、", "一、\n").replace("二、", "二、\n").replace("（一）", "（一）\n")
    plan = read_plan_text(f"青禾县节水工作方案\n{broken}").plan
    assert headings(plan) == headings(read_plan_text(f"青禾县节水工作方案\n{TASKS}").plan)


def test_a_heading_without_its_number_between_its_neighbours_gets_it_back() -> None:
    own = TASKS + "三、用好每滴水\n（一）推广滴灌。各村试点。\n"
    plan = read_plan_text("青禾县节水工作方案\n" + own.replace("二、", "")).plan
    assert headings(plan) == headings(read_plan_text("青禾县节水工作方案\n" + own).plan)
    assert [node.inferred for node in plan.nodes] == [False, True, False]
    assert "按前后序号补为“二、”" in "".join(doubt.what for doubt in plan.doubts)
    two = own.replace("二、保护水源", "保护水源。\n爱护源头\n（一）护林。种树。\n清洁河道")
    unsure = read_plan_text("青禾县节水工作方案\n" + two).plan
    assert [node.number for node in unsure.nodes] == ["一、", "三、"]
