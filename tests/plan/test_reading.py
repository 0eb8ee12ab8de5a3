"""Reading of plans written for these tests; no evaluation data needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from pipeline.plan.fingerprint import plan_fingerprint
from pipeline.plan.model import Plan, schemes, walk
from pipeline.plan.reading import read_plan, read_plan_text


def titles(plan: Plan, level: int) -> list[str]:
    return [node.title for node in walk(plan.nodes) if node.level == level]


@pytest.fixture
def publicity(publicity_text: str) -> Plan:
    return read_plan_text(publicity_text).plan


def test_a_title_over_two_lines_is_one_title(publicity: Plan) -> None:
    assert publicity.title == "青禾县“水润新田”主题宣传报道方案"
    assert publicity.kind == "publicity_plan"


def test_focus_areas_have_run_in_titles_and_joined_paragraphs(publicity: Plan) -> None:
    first, second = schemes(publicity)["focus_area"]
    assert (first.id, first.title) == ("focus-1", "推广节水技术")
    assert first.text == "介绍滴灌、喷灌的原理和成效，用身边事例说明用水账。"
    assert second.title == "守护源头活水，共建清洁河湖"


def test_a_section_numbered_differently_from_its_siblings_is_mended_with_a_doubt(
    publicity: Plan,
) -> None:
    assert [node.number for node in publicity.nodes] == ["一、", "二、", "三、", ""]
    assert publicity.nodes[1].inferred
    assert "number-mended" in {doubt.slug for doubt in publicity.doubts}


def test_a_letter_spaced_heading_holds_the_units(publicity: Plan) -> None:
    assert publicity.nodes[3].title == "采访单位"
    assert [(unit.name, unit.note, unit.theme) for unit in publicity.units] == [
        ("青禾县节水灌溉试验站", "滴灌示范", "focus-1"),
        ("县水利物资有限责任公司", "管材生产", "focus-1"),
        ("青禾镇“一滴水”合作社", "喷灌", "focus-1"),
        ("清河流域管理中心", "", "focus-2"),
    ]
    assert "县水利物资" in publicity.units[1].aliases


def test_a_form_is_an_obligation_with_when_how_often_who_and_where(publicity: Plan) -> None:
    column, accounts = publicity.obligations
    assert column.node == "form-1"
    assert (column.when, column.every) == ("6月中旬起", "每周刊播不少于三篇")
    assert column.offices == ("宣传科", "水利科", "农技站")
    assert column.media == ("青禾日报", "县广播电视台")
    assert accounts.media == ("青禾发布", "水润青禾")
    form = next(node for node in walk(publicity.nodes) if node.id == "form-1")
    assert (form.lead_offices, form.offices) == (("宣传科",), ("水利科", "农技站"))
    assert "科室" not in form.text


def test_media_have_kinds(publicity: Plan) -> None:
    assert {medium.name: medium.kind for medium in publicity.media} == {
        "青禾日报": "paper",
        "县广播电视台": "broadcaster",
        "青禾发布": "wechat",
        "水润青禾": "wechat",
    }


TABLE = """青禾县2024年水利宣传工作计划
一、宣传重点
（一）推广节水技术。介绍滴灌。
二、主要形式
（一）开设专栏。每月不少于两次。
任务分解表
责任科室\t宣传重点\t基础分\t县局内网\t园区信息
甲科 乙室\t展览\t12分\t10分\t
水利 科普站\t讲座\t8分\t8分\t2条/月
合计\t\t21分\t18分\t2条/月
<p>注：1、满分20分。2、县报每篇加0.5分。</p>
"""


def test_a_task_table_gives_offices_quotas_and_scoring_notes() -> None:
    plan = read_plan_text(TABLE).plan
    first, second = plan.offices
    assert (first.name, first.target_points, first.focus) == ("甲科、乙室", 12, "展览")
    assert (first.channel_targets, first.monthly_quotas) == ({"县局内网": 10}, {})
    assert (second.name, second.monthly_quotas) == ("水利科普站", {"园区信息": 2})
    assert [rule.text for rule in plan.scoring] == ["满分20分。", "县报每篇加0.5分。"]


def test_a_total_row_that_does_not_add_up_is_a_doubt() -> None:
    doubts = {doubt.slug: doubt.what for doubt in read_plan_text(TABLE).plan.doubts}
    assert "分值各行相加为 20，合计行写 21" in doubts["total-differs"]


def test_offices_named_inside_a_paragraph_are_found() -> None:
    plan = read_plan_text(
        "青禾县宣传工作方案\n一、宣传重点\n（一）节水。讲节水。\n二、主要形式\n"
        "1、办展览。牵头科室：甲科。责任单位：乙站、丙站\n2、开讲座。请专家讲（责任单位：丁社）。\n"
    ).plan
    assert [duty.offices for duty in plan.obligations] == [("甲科", "乙站", "丙站"), ("丁社",)]


def test_focus_areas_without_numbers_are_paragraphs_with_a_doubt() -> None:
    plan = read_plan_text(
        "青禾县宣传工作方案\n一、宣传重点\n节水成效。讲用水账。\n护河故事。\n二、主要形式\n（一）办展。\n"
    ).plan
    focus = schemes(plan)["focus_area"]
    assert [node.title for node in focus] == ["节水成效", "护河故事"]
    assert all(node.inferred for node in focus)
    assert "entries-from-paragraphs" in {doubt.slug for doubt in plan.doubts}


def test_word_heading_styles_without_numbers_are_headings(tmp_path: Path) -> None:
    document = docx.Document()
    for words, level in (("青禾县宣传工作方案", 1), ("宣传重点", 2), ("主要形式", 2)):
        document.add_heading(words, level)
        if level == 2:
            document.add_paragraph("（一）节水。讲节水。")
    document.save(str(tmp_path / "styled.docx"))
    plan = read_plan(tmp_path / "styled.docx").plan
    assert [(n.title, [c.id for c in n.children]) for n in plan.nodes] == [
        ("宣传重点", ["focus-1"]),
        ("主要形式", ["form-1"]),
    ]


def test_a_date_in_a_schedule_does_not_end_the_plan() -> None:
    plan = read_plan_text(
        "青禾县宣传工作方案\n一、宣传重点\n（一）节水。讲节水。\n活动时间\n2024年3月22日\n活动地点\n县广场\n"
        "（二）护河。讲河长。\n二、主要形式\n（一）办展。\n三、工作要求\n落实责任。\n青禾县水利局\n2024年2月1日\n"
    ).plan
    assert len(schemes(plan)["focus_area"]) == 2
    assert (plan.issuer, plan.date) == ("青禾县水利局", "2024-02-01")
    assert "水利局" not in plan.nodes[-1].text


DEVELOPMENT = """青禾县水利科普“十四五”规划
目　录
第一章 发展基础
第一节 现状
第二节 面临形势
第二章 重点任务
第一节 建设科普基地
第三章 组织实施
第一章 发展基础
第一节 现状
全县有基地三处。
第二节 面临形势
需求增长。
第二章 重点任务
第一节 建设科普基地
一、改造灌溉展馆。更新展品。
二、开放水厂。每季开放一次。
组织实施
加强统筹。
"""


def test_a_table_of_contents_is_skipped_and_restores_a_lost_number() -> None:
    reading = read_plan_text(DEVELOPMENT)
    plan = reading.plan
    assert (plan.kind, plan.period) == ("development_plan", ("2021-01-01", "2025-12-31"))
    assert [(node.id, node.title) for node in plan.nodes] == [
        ("chapter-1", "发展基础"),
        ("chapter-2", "重点任务"),
        ("chapter-3", "组织实施"),
    ]
    assert plan.nodes[2].inferred
    assert {"contents-skipped", "number-restored"} <= {doubt.slug for doubt in plan.doubts}
    assert [node.id for node in walk(plan.nodes[1:2])] == [
        "chapter-2",
        "section-2.1",
        "subsection-2.1.1",
        "subsection-2.1.2",
    ]


def test_the_chapter_on_the_situation_is_not_auditable() -> None:
    plan = read_plan_text(DEVELOPMENT).plan
    assert [node.auditable for node in plan.nodes] == [False, True, True]
    assert all(not node.auditable for node in walk(plan.nodes[:1]))


def test_paragraphs_with_title_sentences_become_measures() -> None:
    plan = read_plan_text(
        "2024年全县科普工作要点\n（一）办好展馆。\n更新展品。换下旧展板二十块。\n培训讲解员。分两批进行，每批十人。\n"
        "（二）走进乡村。\n编排巡展。到十二个村。\n开设课堂。每村一堂。\n"
    ).plan
    assert plan.kind == "work_plan"
    assert plan.period == ("2024-01-01", "2024-12-31")
    measures = [node for node in walk(plan.nodes) if node.kind == "measure"]
    assert [(node.id, node.title, node.text) for node in measures] == [
        ("measure-1.1", "更新展品", "换下旧展板二十块。"),
        ("measure-1.2", "培训讲解员", "分两批进行，每批十人。"),
        ("measure-2.1", "编排巡展", "到十二个村。"),
        ("measure-2.2", "开设课堂", "每村一堂。"),
    ]
    assert all(node.inferred for node in measures)


def test_traditional_text_is_simplified_with_one_doubt() -> None:
    plan = read_plan_text(
        "康寧縣科技創新規劃\n一、總體要求\n堅持創新驅動發展，加強環境與資源的統籌。\n二、實施創新工程\n與學校開展產學研，為經濟發展服務。\n"
    ).plan
    assert plan.title == "康宁县科技创新规划"
    assert titles(plan, 1) == ["总体要求", "实施创新工程"]
    assert [doubt.slug for doubt in plan.doubts].count("traditional-converted") == 1


def test_simplified_text_is_left_alone() -> None:
    text = "一、乾坤湾宣传\n乾坤湾的乾字不改。\n二、其他\n无。"
    assert read_plan_text(text).text == text


def test_a_whole_plan_on_one_line_is_cut_at_its_headings() -> None:
    body = "要把工作做细做实，" * 20 + "确保完成。"
    plan = read_plan_text(
        f"青禾县节水方案\n为做好工作，制定方案。一、总体要求以节水为本，{body}二、主要任务（一）修渠。{body}（二）换管。{body}"
    ).plan
    assert titles(plan, 1) == ["总体要求", "主要任务"]
    assert titles(plan, 2) == ["修渠", "换管"]


def test_text_without_headings_is_a_plan_of_kind_other_with_a_doubt() -> None:
    plan = read_plan_text("今天天气很好。我们去看展览。").plan
    assert (plan.kind, plan.nodes) == ("other", ())
    assert "no-heading" in {doubt.slug for doubt in plan.doubts}


def test_word_and_text_give_the_same_plan(
    publicity_text: str, tmp_path: Path, write_docx: Callable[..., Path]
) -> None:
    lines = [(line.strip(), None, 0) for line in publicity_text.splitlines()]
    (tmp_path / "plan.txt").write_text(publicity_text, encoding="gb18030")
    from_text, from_word = read_plan(tmp_path / "plan.txt"), read_plan(write_docx(lines))
    assert plan_fingerprint(from_word.plan) == plan_fingerprint(from_text.plan)


@pytest.mark.parametrize(
    ("sentence", "period"),
    [
        ("本方案执行时间为2025年1月至12月。", ("2025-01-01", "2025-12-31")),
        ("实施期限：2024年3月—2025年2月。", ("2024-03-01", "2025-02-28")),
        ("本方案自2024年3月1日起至2024年11月30日止。", ("2024-03-01", "2024-11-30")),
        ("本方案自2026年1月1日起实施，有效期至2030年12月31日。", ("2026-01-01", "2030-12-31")),
        ("本措施自2025年6月1日起施行，有效期三年。", ("2025-06-01", "2028-05-31")),
        ("活动时间：2024年4月至6月。", ("2024-04-01", "2024-06-30")),
        ("宣传时间为2024年全年。", ("2024-01-01", "2024-12-31")),
        ("我县2020年至2023年新建泵站三座。", None),
    ],
)
@pytest.mark.parametrize("at_the_end", [False, True])
def test_a_plan_states_its_own_term(
    sentence: str, period: tuple[str, str] | None, at_the_end: bool
) -> None:
    before, after = ("", sentence) if at_the_end else (sentence, "")
    plan = read_plan_text(
        f"青禾县水利宣传方案\n为做好宣传，制定本方案。{before}\n一、宣传重点\n（一）节水。讲节水。\n"
        f"二、主要形式\n（一）办展。办好展览。\n三、工作要求\n落实责任。{after}\n"
    ).plan
    assert plan.period == period


def test_a_sentence_on_the_term_is_no_unit() -> None:
    plan = read_plan_text(
        "青禾县宣传方案\n一、宣传重点\n（一）节水。讲节水。\n二、报道安排\n（一）办展。\n采访单位\n"
        "1.青禾县泵站（示范）。\n2025年1月至12月执行。\n12月底前完成采访。\n请各单位做好配合（联系人另告）。\n2河湖管理所\n"
    ).plan
    assert [unit.name for unit in plan.units] == ["青禾县泵站", "河湖管理所"]


def test_a_plan_without_title_is_called_after_its_file_and_the_doubt_stays(tmp_path: Path) -> None:
    path = tmp_path / "2024年节水宣传.txt"
    path.write_text(
        "一、宣传重点\n（一）节水。讲节水。\n二、主要形式\n（一）办展。\n", encoding="utf-8"
    )
    plan = read_plan(path).plan
    assert plan.title == "2024年节水宣传"
    assert "no-title" in {doubt.slug for doubt in plan.doubts}


def test_the_first_of_several_signers_issued_the_plan_and_not_who_posted_it() -> None:
    plan = read_plan_text(
        "**发布机构**: 某某信息中心\n青水字〔2024〕3号\n各单位：\n现印发给你们。\n青禾县水利局\n青禾县教育局\n2024年2月1日\n"
        "青禾县节水宣传方案\n一、宣传重点\n（一）节水。讲节水。\n二、主要形式\n（一）办展。办好。\n"
    ).plan
    assert (plan.issuer, plan.number, plan.date) == (
        "青禾县水利局",
        "青水字〔2024〕3号",
        "2024-02-01",
    )


def test_news_that_brings_a_plan_says_who_issued_it_and_how_its_title_is_spelt() -> None:
    plan = read_plan_text(
        "# 青禾县农田节水战略规戈纲要(2022-2035年)\n新华社北京3月4日电 近日，青禾县委、青禾县人民政府印发了"
        "《青禾县农田节水战略规划纲要（2022－2035年）》，并发出通知。\n主要内容如下。\n"
        "一、工作基础\n（一）成效\n用水下降。\n二、主要任务\n（一）建好泵站\n每村一座。\n"
    ).plan
    assert (plan.title, plan.issuer, plan.period) == (
        "青禾县农田节水战略规划纲要（2022－2035年）",
        "青禾县委、青禾县人民政府",
        ("2022-01-01", "2035-12-31"),
    )


def test_what_a_rule_says_under_a_number_is_no_title() -> None:
    plan = read_plan_text(
        "青禾县抗旱应急预案\n1　总则\n1.1　目的\n做好抗旱。\n1.2　分级\n1.2.1　一级：三个乡镇缺水。\n"
        "2　奖惩\n2.1　对抗旱有功的人员，应给予奖励。包括：\n（1）及时送水的；\n（2）找到水源的。\n"
        "2.2　有下列行为之一的，依照规定处理。\n（1）截留抗旱资金的；\n（2）谎报旱情的。\n"
        "3　附则\n3.1　本预案由县水务局负责解释。\n3.2　本预案自印发之日起实施。\n"
    ).plan
    assert [(node.number, node.title) for node in walk(plan.nodes)] == [
        ("1", "总则"),
        ("1.1", "目的"),
        ("1.2", "分级"),
        ("1.2.1", "一级"),
        ("2", "奖惩"),
        ("2.1", ""),
        ("2.2", ""),
        ("3", "附则"),
        ("3.1", ""),
        ("3.2", ""),
    ]
    assert "谎报旱情" in plan.nodes[1].children[1].text


PLAIN = (
    "青禾县节水方案\n一、主要任务\n（一）修渠。修好支渠。\n1.定线。请人测量。\n2.动工。冬天开挖。\n"
    "（二）护河。专人巡河。\n二、保障\n（一）经费。列入预算。\n"
)


@pytest.mark.parametrize(
    "changes",
    [
        {"（一）": "㈠", "（二）": "㈡", "1.": "⒈", "2.": "⒉"},
        {"1.": "⑴", "2.": "⑵"},
        {"一、": "● 一、", "（一）": "- （一）", "（二）": "- （二）", "二、": "● 二、"},
        {"\n": "\n> "},
    ],
)
def test_numbers_in_one_character_and_signs_before_numbers_are_read(
    changes: dict[str, str],
) -> None:
    text = PLAIN
    for plain, written in changes.items():
        text = text.replace(
            "\n" + plain if plain != "\n" else plain, ("\n" if plain != "\n" else "") + written
        )
    read, wanted = read_plan_text(text).plan, read_plan_text(PLAIN).plan
    assert [(node.level, node.title, node.text) for node in walk(read.nodes)] == [
        (node.level, node.title, node.text) for node in walk(wanted.nodes)
    ]


def test_a_second_copy_under_a_styled_title_is_left_out() -> None:
    long = "把用水和产量逐月记录下来供农户查看，秋收以后请农户自己算一算省了多少水、多打了多少粮，再把账本贴到村口让大家都看得见，谁有疑问当面说清楚。"
    text = "# 青禾县节水方案\n分类：\n" + PLAIN.split("\n", 1)[1].replace(
        "修好支渠。", long
    ).replace("专人巡河。", "河长" + long).replace("列入预算。", "县里" + long)
    for whole in (text, "密\n" + text):  # a line too short to tell copies by may come first
        once, twice = read_plan_text(whole).plan, read_plan_text(whole + "\n" + whole).plan
        assert twice.nodes == once.nodes


def test_a_preface_between_the_contents_and_the_first_chapter_is_no_entry() -> None:
    plan = read_plan_text(
        "青禾县水利规划（2021-2025年）\n目  录\n第一章 工作基础…………………1\n第二章 总体要求…………3\n"
        "第三章 主要任务......5\n第四章 保障措施 ······ 9\n前言\n为推动水利发展，编制本规划。\n规划范围是全县十二个乡镇。\n"
        "第一章 工作基础\n成效明显。\n第二章 总体要求\n坚持节水。\n第三章 主要任务\n修渠。\n第四章 保障措施\n落实经费。\n"
    ).plan
    assert [(node.title, node.text) for node in plan.nodes] == [
        ("工作基础", "成效明显。"),
        ("总体要求", "坚持节水。"),
        ("主要任务", "修渠。"),
        ("保障措施", "落实经费。"),
    ]


def test_of_two_that_sign_side_by_side_the_first_leads() -> None:
    plan = read_plan_text(
        "关于开展节水周活动的通知\n各乡镇：\n一、活动主题\n珍惜每滴水\n二、活动内容\n（一）办展。办好节水展。\n"
        "青禾县水利局    青禾县教育局\n2024年5月10日\n"
    ).plan
    assert (plan.issuer, plan.date) == ("青禾县水利局", "2024-05-10")


def test_contents_glued_to_the_text_on_one_line_are_contents() -> None:
    text = (
        "青禾县水利规划（2021-2025年）\n目  录\n一、工作基础\n二、总体要求\n三、主要任务\n四、保障措施\n"
        "一、工作基础\n五年来全县新建泵站十二座，改造支渠三百公里，农户用水更加方便，灌溉更加节水，收成更好。\n"
        "二、总体要求\n坚持节水优先、空间均衡、系统治理、两手发力，让每一滴水都用在该用的地方，不浪费。\n"
        "三、主要任务\n修好支渠，装好计量设施，教会农户使用滴灌和喷灌设备，把用水账算清楚、记明白。\n"
        "四、保障措施\n县财政每年安排专项资金，县水务局每季度到现场检查一次，并把结果张榜公布。\n"
    )
    glued = read_plan_text("　　".join(text.splitlines())).plan
    assert [node.title for node in glued.nodes] == ["工作基础", "总体要求", "主要任务", "保障措施"]
    assert all(node.text for node in glued.nodes)
