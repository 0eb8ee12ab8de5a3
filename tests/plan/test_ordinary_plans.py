"""Publicity plans as any department writes them: what stands in sentences, brackets and tables.

The plans are made up; their shapes are those of real ones. Word files are written here, so that
merged cells and plain bold headings come as Word stores them.
"""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from pipeline.plan.model import Plan, PlanNode, Points, walk
from pipeline.plan.plan_file import read_plan_toml, write_plan_file
from pipeline.plan.reading import read_plan, read_plan_text
from pipeline.plan.scoring import read_scoring_note

HEAD = "青禾县水利局2024年节水宣传工作方案\n一、宣传重点\n（一）节水灌溉。宣传滴灌、喷灌。\n"
Rows = list[list[str]]
Merge = tuple[tuple[int, int], tuple[int, int]]


def plan_of(text: str) -> Plan:
    return read_plan_text(HEAD + text).plan


def word_plan(path: Path, rows: Rows, merges: tuple[Merge, ...] = (), under: str = "") -> Plan:
    """A Word plan with bold headings and one table under its second one."""
    document = docx.Document()
    for line in HEAD.splitlines():
        document.add_paragraph().add_run(line).bold = True
    document.add_paragraph().add_run(under or "二、活动安排").bold = True
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for row, words in enumerate(rows):
        for column, cell in enumerate(words):
            table.cell(row, column).text = cell
    for first, last in merges:
        words = table.cell(*first).text
        table.cell(*first).merge(table.cell(*last)).text = words
    document.add_paragraph("三、工作要求")
    document.add_paragraph("（一）加强领导。明确专人。")
    document.save(str(path / "plan.docx"))
    return read_plan(path / "plan.docx").plan


def form(plan: Plan, title: str) -> PlanNode:
    return next(node for node in walk(plan.nodes) if node.title == title)


def slugs(plan: Plan) -> set[str]:
    return {doubt.slug for doubt in plan.doubts}


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
        ("国际竞争日趋激烈，全国每月一次，7.3本办法自印发之日", set()),
    ],
)
def test_days_of_note_have_the_date_the_plan_gives(
    words: str, events: set[tuple[str, str]]
) -> None:
    plan = plan_of(f"二、宣传形式\n（一）抓节点。{words}开展宣传。\n")
    assert {(event.name, event.date) for event in plan.events} == events


# Quotas


def test_quotas_of_sentences_bind_the_offices_they_name() -> None:
    plan = plan_of(
        "二、宣传形式\n（一）办展。办节水展。（宣教科牵头，水政科配合）\n三、信息报送\n"
        "1.各科室每月报送信息不少于2条，其中宣教科不少于4条，全年被市级以上媒体采用不少于6篇。\n"
        "2.各水管站每季度报送稿件不少于3篇。\n"
    )
    offices = {office.name: office for office in plan.offices}
    assert offices["水政科"].monthly_quotas == {"信息": 2}
    assert offices["宣教科"].monthly_quotas == {"信息": 4}
    (station,) = offices["各水管站"].quotas
    assert (station.channel, station.per, station.count, station.unit) == (
        "稿件",
        "quarter",
        3,
        "篇",
    )


def test_a_quota_for_offices_the_plan_never_names_is_a_doubt() -> None:
    plan = plan_of("二、工作要求\n（一）报送。各科室每周报送信息不少于1条。\n")
    assert [(office.name, office.quotas[0].per) for office in plan.offices] == [("各科室", "week")]
    assert "offices-unnamed" in slugs(plan)


TASKS = [
    ["类别", "股室", "月度任务（条）", "", "全年任务（分）", "新闻线索（条/季度）"],
    ["", "", "政务信息", "网站信息", "", ""],
    ["一类", "宣教股", "4", "6", "30", "3"],
    ["", "水政股", "3", "", "20", "2"],
    ["合计", "", "7", "12", "50", "5"],
]


def test_a_task_table_with_merged_cells_is_points_and_quotas(tmp_path: Path) -> None:
    merges = (((0, 2), (0, 3)), ((0, 0), (1, 0)), ((0, 1), (1, 1)), ((2, 0), (3, 0)))
    plan = word_plan(tmp_path, TASKS, merges, under="二、任务分解")
    first, second = plan.offices
    assert (first.name, first.target_points) == ("宣教股", 30)
    assert first.monthly_quotas == {"月度任务政务信息": 4, "月度任务网站信息": 6}
    assert [(quota.channel, quota.per, quota.count) for quota in first.quotas] == [
        ("新闻线索", "quarter", 3)
    ]
    # The cell is empty: the total row proves that the 6 above it is meant for both.
    assert second.monthly_quotas == {"月度任务政务信息": 3, "月度任务网站信息": 6}
    assert "cell-from-above" in slugs(plan)
    assert "total-differs" not in slugs(plan)


def test_merged_cells_of_a_web_page_are_read_like_those_of_word(tmp_path: Path) -> None:
    page = (
        "<html><body><h1>青禾县2024年节水宣传工作方案</h1><p>一、宣传重点</p><p>（一）节水。讲滴灌。</p>"
        "<p>二、任务分解</p><table><tr><th rowspan=2>部门</th><th colspan=2>报送数量</th></tr>"
        "<tr><th>信息（条/月）</th><th>稿件（篇/月）</th></tr><tr><td>甲科</td><td>4</td><td rowspan=2>2</td></tr>"
        "<tr><td>乙科</td><td>3</td></tr><tr><td>合计</td><td>7</td><td>4</td></tr></table></body></html>"
    )
    path = tmp_path / "plan.html"
    path.write_text(page, encoding="utf-8")
    plan = read_plan(path).plan
    assert [(office.name, office.monthly_quotas) for office in plan.offices] == [
        ("甲科", {"报送数量信息": 4, "报送数量稿件": 2}),
        ("乙科", {"报送数量信息": 3, "报送数量稿件": 2}),
    ]


def test_quotas_and_multiples_come_back_from_a_plan_file(tmp_path: Path) -> None:
    plan = plan_of(
        "二、计分办法\n1.各水管站每季度报送稿件不少于3篇。\n2.县报刊发每篇计2分，头版头条加倍计分。\n"
    )
    assert plan.offices[0].quotas
    assert plan.scoring[0].rule.points[1].multiplier == 2
    write_plan_file(plan, tmp_path / "plan.toml")
    assert read_plan_toml(tmp_path / "plan.toml") == plan


# Points


def told(points: Points) -> tuple[str, float, str, float | None, str | None]:
    return points.item, points.points, points.unit, points.cap, points.level


def test_points_in_running_text_have_level_cap_and_deduction() -> None:
    plan = plan_of(
        "二、考核办法\n（一）被省级以上媒体采用的每篇计5分，市级3分，区级1分，最高不超过20分；未完成任务的每少一条扣1分。\n"
    )
    (rule,) = plan.scoring
    assert [told(points) for points in rule.rule.points] == [
        ("省级以上媒体采用", 5, "篇", 20, "regional"),
        ("市级媒体采用", 3, "篇", 20, "municipal"),
        ("区级媒体采用", 1, "篇", 20, "district"),
        ("未完成任务 少报", -1, "条", None, None),
    ]
    assert any("上限" in question for question in rule.open_questions)
    assert any("抵补" in question for question in rule.open_questions)


@pytest.mark.parametrize(
    ("note", "points"),
    [
        ("省、市、县级媒体采用的，每篇分别计5、3、1分。", [("省级媒体", 5), ("市级媒体", 3), ("县级媒体", 1)]),
        ("市报、县报刊发的，每篇分别计4分、2分。", [("市报", 4), ("县报", 2)]),
        ("约稿未报送的，每次扣5分；信息失实的，每条扣10分。", [("约稿未报送", -5), ("信息失实", -10)]),
        ("投稿1篇计1分，采用1篇计3分，综合调研被采用计10分。", [("投稿", 1), ("采用", 3), ("综合调研被采用", 10)]),
        ("在县网站发布的，文字每条1分，图片每条0.5分。", [("县网站发布的文字", 1), ("县网站发布的图片", 0.5)]),
        ("在县报发表的，10分/篇。", [("县报发表", 10)]),
        ("各校每学期报送稿件不少于5篇，每少1篇扣2分，每多1篇加1分。", [("各校每学期报送稿件 少报", -2), ("各校每学期报送稿件 超报", 1)]),
        ("年终得分90分以上的为优秀，讲解不超过15分钟。", []),
    ],
)  # fmt: skip
def test_points_are_read_however_a_note_words_them(
    note: str, points: list[tuple[str, float]]
) -> None:
    assert [(p.item, p.points) for p in read_scoring_note(note).rule.points] == points


def test_multiples_highest_only_and_shares_are_rules_too() -> None:
    plan = plan_of(
        "二、计分标准\n1.在县报刊发的每篇计2分，头版头条加倍计分。\n2.在省级媒体发表的按市级的2倍计分。\n"
        "3.同一稿件被多家媒体采用的，按最高级别计分，不重复计分。\n4.两人以上合写的，分值按人数平均分配。\n"
    )
    front, times, highest, shared = (rule.rule for rule in plan.scoring)
    assert [(p.item, p.multiplier) for p in front.points] == [("县报刊发", None), ("头版头条", 2)]
    assert [(p.item, p.multiplier, p.multiplies) for p in times.points] == [
        ("省级媒体发表", 2, "市级")
    ]
    assert highest.highest_only
    assert shared.shared


def test_a_table_of_outlets_and_points_is_rules(tmp_path: Path) -> None:
    plan = word_plan(
        tmp_path,
        [
            ["序号", "采用媒体", "分值（分/篇）", "备注"],
            ["1", "省级媒体", "6", "头版加5分"],
            ["2", "局官网", "1", ""],
        ],
        under="二、计分标准",
    )
    points = [points for rule in plan.scoring for points in rule.rule.points]
    assert [(p.item, p.unit, p.points) for p in points] == [
        ("头版", "", 5),
        ("省级媒体", "篇", 6),
        ("局官网", "篇", 1),
    ]


RULES = "被省级媒体采用的每篇计5分，市级3分。\n同一稿件按最高级别计分，不重复计分。\n"


def test_rules_attached_behind_the_signature_are_read() -> None:
    plan = plan_of(
        "二、工作要求\n（一）加强领导。明确专人。\n青禾县水利局\n2024年2月1日\n附件：\n宣传信息计分办法\n"
        + RULES
    )
    points, highest = plan.scoring
    assert [(p.item, p.points) for p in points.rule.points] == [
        ("省级媒体采用", 5),
        ("市级媒体采用", 3),
    ]
    assert highest.rule.highest_only


def test_a_document_that_only_says_how_publicity_is_scored_gives_its_rules() -> None:
    articles = "第一条 各科室每月报送信息不少于2条。\n第二条 " + RULES.replace(
        "\n同", "\n第三条 同"
    )
    plan = read_plan_text("青禾县水利局宣传信息工作考核办法\n" + articles).plan
    assert plan.kind == "other"
    assert [len(rule.rule.points) for rule in plan.scoring] == [2, 0]
    assert plan.scoring[1].rule.highest_only
    assert plan.offices[0].monthly_quotas == {"信息": 2}


@pytest.mark.parametrize(
    ("note", "question"),
    [
        ("对工作突出的酌情加分。", "酌情加分"),
        ("省级媒体采用的加1—3分。", "区间"),
        ("被省级媒体采用每篇奖励100元。", "按元计"),
        ("漏报的扣当期基础分。", "没有写明分值"),
    ],
)
def test_what_a_note_does_not_decide_is_asked(note: str, question: str) -> None:
    rule = read_scoring_note(note)
    assert rule.rule.points == ()
    assert any(question in asked for asked in rule.open_questions)
