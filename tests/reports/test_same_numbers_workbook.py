"""The workbook says what the JSON says, number for number."""

from __future__ import annotations

from pathlib import Path

from pipeline.coverage.report import ASSIGNMENT_NAMES, STATE_NAMES
from tests.reports.same_numbers import by_theme, pair_of, rank, sheet_of


def test_every_number_of_the_overview_is_the_jsons(files: Path, said: dict) -> None:
    head, *rows = sheet_of(files, "总览")
    themes = sorted(said["themes"], key=rank)
    assert len(themes) == 6
    assert head[:5] == ["宣传重点", "状态", "已核实", "机器", "达标线"]
    assert head[5 : 5 + len(said["months"])] == [f"{int(m[5:])}月" for m in said["months"]]
    for row, theme in zip(rows, themes, strict=False):
        tally = theme["tally"]
        expected: list[object] = [
            theme["number"] + theme["title"],
            STATE_NAMES[theme["state"]],
            tally["confirmed"] + tally["corrected"],
            tally["machine"],
            theme["bar"],
        ]
        expected += [m["confirmed"] + m["corrected"] + m["machine"] for m in theme["by_month"]]
        waiting = [] if theme["state"] == "covered" else theme["queue"]
        *shown, queue = row
        assert shown == [*expected, theme["reason"], theme["next_step"]]
        assert [story_id in (queue or "") for story_id in waiting[:3]] == [True] * len(waiting[:3])
    totals = {row[0]: row[1] for row in rows[len(themes) :] if isinstance(row[1], int)}
    spoken = said["totals"]
    assert totals == {
        "采集条数": spoken["items"],
        "归并后篇数": spoken["stories"],
        "转载条数": spoken["reprints"],
        "计入篇数": spoken["counted"],
        "人工复核篇数": spoken["reviewed"],
        "尚未归类篇数": spoken["unclassified"],
        "未归入任何条目篇数": spoken["themeless"],
        "未列入清单篇数": spoken["unlisted"],
        "无日期条数": spoken["undated"],
        "属地：本地工作": spoken["by_locality"]["local"],
        "属地：上级涉本地": spoken["by_locality"]["upper_about_local"],
        "属地：上级普发": spoken["by_locality"]["upper_general"],
        "属地：外地": spoken["by_locality"]["elsewhere"],
    }
    others = [row[2:] for row in rows[len(themes) :]]
    assert not [value for row in others for value in row if isinstance(value, int | float)]


def test_every_number_of_the_months_is_the_jsons(files: Path, said: dict) -> None:
    head, *rows = sheet_of(files, "逐月")
    assert head[:5] == ["宣传重点", "已确认", "已更正", "机器", "已否定"]
    assert head[5:] == [f"{m} {who}" for m in said["months"] for who in ("已核实", "机器")]
    for row, theme in zip(rows, sorted(said["themes"], key=rank), strict=True):
        tally = theme["tally"]
        expected = [tally[name] for name in ("confirmed", "corrected", "machine", "rejected")]
        for month in theme["by_month"]:
            expected += [month["confirmed"] + month["corrected"], month["machine"]]
        assert row == [theme["number"] + theme["title"], *expected]


def test_every_number_of_the_story_list_is_the_jsons(files: Path, said: dict) -> None:
    head, *rows = sheet_of(files, "报道清单")
    at = {name: index for index, name in enumerate(head)}
    pairs = [
        (story["id"], theme["number"] + theme["title"], link)
        for theme in said["themes"]
        for story in said["stories"]
        for link in story["themes"]
        if link["theme"] == theme["id"]
    ]
    listed = {(row[at["报道编号"]], row[at["宣传重点"]]): row for row in rows}
    assert len(listed) == len(rows) == len(pairs) + said["totals"]["themeless"]
    reprints = {story["id"]: len(story["items"]) - 1 for story in said["stories"]}
    for story_id, theme, link in pairs:
        row = listed[story_id, theme]
        assert row[at["概率"]] == link["probability"]
        assert row[at["认定"]] == ASSIGNMENT_NAMES[link["state"]]
    for row in rows:
        assert row[at["转载条数"]] == reprints[row[at["报道编号"]]]
        numbers = {i for i, value in enumerate(row) if isinstance(value, int | float)}
        assert numbers <= {at["概率"], at["转载条数"], at["待复核"]}
    turns = {key: row[at["待复核"]] for key, row in listed.items() if row[at["待复核"]]}
    assert turns == {
        (story_id, theme["number"] + theme["title"]): turn
        for theme in said["themes"]
        for turn, story_id in enumerate(theme["queue"], 1)
    }


def test_every_line_of_the_review_queue_is_the_jsons(files: Path, said: dict) -> None:
    head, *rows = sheet_of(files, "复核队列")
    at = {name: index for index, name in enumerate(head)}
    first = {story["id"]: story["items"][0]["id"] for story in said["stories"]}
    expected = [
        (theme["id"], turn, story_id, first[story_id], by_theme(said, story_id)[theme["id"]])
        for theme in sorted(said["themes"], key=rank)
        for turn, story_id in enumerate(theme["queue"], 1)
    ]
    assert len(expected) > 5
    names = ("条目编号", "次序", "报道编号", "首发编号", "概率")
    assert [tuple(row[at[name]] for name in names) for row in rows] == [
        (*line, link["probability"]) for *line, link in expected
    ]


def test_every_number_of_the_other_sheets_is_the_jsons(files: Path, said: dict) -> None:
    head, *units = sheet_of(files, "采访单位")
    seen = {row[0]: row[head.index("篇数")] for row in units}
    assert seen == {unit["name"]: len(unit["stories"]) for unit in said["units"]}

    outside = [story for story in said["stories"] if not story["counted"]]
    head, *rows = sheet_of(files, "不计入")
    ids, counts = head.index("报道编号"), head.index("转载条数")
    assert {row[ids]: row[counts] for row in rows} == {
        story["id"]: len(story["items"]) - 1 for story in outside
    }

    head, *rows = sheet_of(files, "来源与完整度")
    expected = []
    for source in said["sources"]:
        counts_of_source = [source["items"], source["stories"]]
        for number, c in enumerate(source["columns"]):
            expected.append(
                [
                    *(counts_of_source if number == 0 else []), c["list_pages"], c["links_found"], c["fetched"],
                    c["extracted"], c["dated"], c["known"], c["refused"], c["blocked"],
                    c["failed"], c["duplicates"], c["missing_days"],
                ]
            )  # fmt: skip
        if not source["columns"]:
            expected.append(counts_of_source)
    numbers = [[value for value in row if isinstance(value, int | float)] for row in rows]
    assert numbers == expected

    rows = sheet_of(files, "未查范围")[1:]
    assert [row[1] for row in rows if row[0] == "未查范围"] == said["unchecked"]


def test_every_number_of_the_matrix_sheets_is_the_jsons(files: Path, said: dict) -> None:
    themes = sorted(said["themes"], key=rank)
    terms = sheet_of(files, "各期")[1:]
    assert [row[3:6] for row in terms] == [
        [*pair_of("", term["tally"]).values(), theme["bar"]]
        for theme in themes
        for term in theme["by_term"]
    ]
    forms = sheet_of(files, "级别载体体裁")[1:]
    assert [row[1:] for row in forms] == [
        [
            count
            for field, code in (
                ("by_level", "municipal"),
                ("by_carrier", "newspaper"),
                ("by_genre", "news"),
            )
            for count in pair_of("", theme[field][code]).values()
        ]
        for theme in themes
    ], "columns without a story are left out"
    assert [row[2:5] for row in sheet_of(files, "上级条目")[1:]] == [
        [*pair_of("", line["tally"]).values(), line["bar"]] for line in said["groups"]
    ]
    offices = sheet_of(files, "责任科室")[1:]
    of_offices = offices[: len(said["offices"])]
    assert [[row[0], *row[4:6]] for row in of_offices] == [
        [office["name"], *pair_of("", office["tally"]).values()] for office in said["offices"]
    ]
    assert of_offices[2][6] == "没有对应条目"
    assert {row[6] for row in offices[len(said["offices"]) :]} == {"没有责任科室"}
