"""The page, the workbook and the Word paper say what the JSON says, number for number."""

from __future__ import annotations

import json
import re
from pathlib import Path

import docx
import openpyxl
import pytest
from lxml import html as lxml_html

from pipeline.coverage.report import ASSIGNMENT_NAMES, STATE_NAMES, CoverageReport
from pipeline.reports import write_report
from tests.reports.making_period import with_period_parts

Grid = list[list[object]]

_HEAD = 5
"""Row (from 1) of every sheet's table head."""


@pytest.fixture(scope="module")
def files(sample_report: CoverageReport, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("same-numbers")
    for name in ("html", "xlsx", "json", "docx"):
        write_report(sample_report, name, folder)
    return folder


@pytest.fixture(scope="module")
def said(files: Path) -> dict:
    return json.loads((files / "report.json").read_bytes())


def _sheet(files: Path, name: str) -> Grid:
    book = openpyxl.load_workbook(files / "report.xlsx")
    return [[cell.value for cell in row] for row in book[name].iter_rows(min_row=_HEAD)]


def _table(files: Path, first: str, second: str) -> list[list[str]]:
    """The rows of the paper's table with these two first heads."""
    for table in docx.Document(str(files / "report.docx")).tables:
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        if rows[0][:2] == [first, second]:
            return rows[1:]
    raise AssertionError(f"no table {first}, {second}")


def _rank(theme: dict) -> tuple:
    order = ["blank", "thin", "undecided", "covered"]
    tally = theme["tally"]
    verified = tally["confirmed"] + tally["corrected"]
    return order.index(theme["state"]), verified, verified + tally["machine"]


def _by_theme(said: dict, wanted: str) -> dict[str, dict]:
    return {
        link["theme"]: {**link, "story": story}
        for story in said["stories"]
        for link in story["themes"]
        if story["id"] == wanted
    }


def test_every_number_of_the_overview_is_the_jsons(files: Path, said: dict) -> None:
    head, *rows = _sheet(files, "总览")
    themes = sorted(said["themes"], key=_rank)
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
    head, *rows = _sheet(files, "逐月")
    assert head[:5] == ["宣传重点", "已确认", "已更正", "机器", "已否定"]
    assert head[5:] == [f"{m} {who}" for m in said["months"] for who in ("已核实", "机器")]
    for row, theme in zip(rows, sorted(said["themes"], key=_rank), strict=True):
        tally = theme["tally"]
        expected = [tally[name] for name in ("confirmed", "corrected", "machine", "rejected")]
        for month in theme["by_month"]:
            expected += [month["confirmed"] + month["corrected"], month["machine"]]
        assert row == [theme["number"] + theme["title"], *expected]


def test_every_number_of_the_story_list_is_the_jsons(files: Path, said: dict) -> None:
    head, *rows = _sheet(files, "报道清单")
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
    head, *rows = _sheet(files, "复核队列")
    at = {name: index for index, name in enumerate(head)}
    first = {story["id"]: story["items"][0]["id"] for story in said["stories"]}
    expected = [
        (theme["id"], turn, story_id, first[story_id], _by_theme(said, story_id)[theme["id"]])
        for theme in sorted(said["themes"], key=_rank)
        for turn, story_id in enumerate(theme["queue"], 1)
    ]
    assert len(expected) > 5
    names = ("条目编号", "次序", "报道编号", "首发编号", "概率")
    assert [tuple(row[at[name]] for name in names) for row in rows] == [
        (*line, link["probability"]) for *line, link in expected
    ]


def test_every_number_of_the_other_sheets_is_the_jsons(files: Path, said: dict) -> None:
    head, *units = _sheet(files, "采访单位")
    seen = {row[0]: row[head.index("篇数")] for row in units}
    assert seen == {unit["name"]: len(unit["stories"]) for unit in said["units"]}

    outside = [story for story in said["stories"] if not story["counted"]]
    head, *rows = _sheet(files, "不计入")
    ids, counts = head.index("报道编号"), head.index("转载条数")
    assert {row[ids]: row[counts] for row in rows} == {
        story["id"]: len(story["items"]) - 1 for story in outside
    }

    head, *rows = _sheet(files, "来源与完整度")
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

    rows = _sheet(files, "未查范围")[1:]
    assert [row[1] for row in rows if row[0] == "未查范围"] == said["unchecked"]


def test_every_number_of_the_page_is_the_jsons(files: Path, said: dict) -> None:
    page = lxml_html.fromstring((files / "report.html").read_text(encoding="utf-8"))
    shown: dict[str, str] = {}
    for element in page.xpath("//*[@data-figure]"):
        name, value = element.get("data-figure"), element.text_content()
        assert shown.setdefault(name, value) == value, name
    assert shown == {name: str(value) for name, value in _figures(said).items()}


def _figures(said: dict) -> dict[str, object]:
    """Every figure the page shows, counted anew from the JSON."""
    totals = said["totals"]
    found: dict[str, object] = {
        f"totals.{name}": totals[name]
        for name in ("items", "stories", "reprints", "counted", "reviewed", "undated")
    }
    found["themeless"] = totals["themeless"]
    for state in STATE_NAMES:
        found[f"states.{state}"] = sum(theme["state"] == state for theme in said["themes"])
    for code, count in totals["by_locality"].items():
        found[f"locality.{code}"] = count
    for story in said["stories"]:
        if not story["counted"]:
            key = f"outside.{story['locality']}"
            found[key] = int(str(found.get(key, 0))) + 1
    for group in said["groups"]:
        key = f"theme.{group['id']}"
        found[f"{key}.bar"] = group["bar"]
        found |= _pair(key, group["tally"])
    for office in said["offices"]:
        found |= _pair(f"office.{office['name']}", office["tally"])
    found["offices.idle"] = sum(not (o["lead"] or o["themes"]) for o in said["offices"])
    found["offices.unanswered"] = sum(
        not (theme["lead_offices"] or theme["offices"]) for theme in said["themes"]
    )
    for field in ("by_level", "by_carrier", "by_genre"):
        shown_codes = {
            code
            for theme in said["themes"]
            for code, tally in theme[field].items()
            if sum(tally.values()) - tally["rejected"]
        }
        for theme in said["themes"]:
            for code in shown_codes:
                found |= _pair(f"{field}.{theme['id']}.{code}", theme[field][code])
    for theme in said["themes"]:
        for position, term in enumerate(theme["by_term"]):
            found |= _pair(f"term.{theme['id']}.{position}", term["tally"])
        key = f"theme.{theme['id']}"
        tally = theme["tally"]
        found[f"{key}.verified"] = tally["confirmed"] + tally["corrected"]
        for name in ("machine", "confirmed", "corrected", "rejected"):
            found[f"{key}.{name}"] = tally[name]
        found[f"{key}.bar"] = theme["bar"]
        for position, month in enumerate(theme["by_month"]):
            cell = f"cell.{theme['id']}.{position}"
            found[f"{cell}.verified"] = month["confirmed"] + month["corrected"]
            found[f"{cell}.machine"] = month["machine"]
        for level, of_level in theme["by_level"].items():
            shown = of_level["machine"] + of_level["confirmed"] + of_level["corrected"]
            found[f"level.{theme['id']}.{level}"] = shown
        rejected = [
            story["id"]
            for story in said["stories"]
            for link in story["themes"]
            if link["theme"] == theme["id"] and link["state"] == "rejected"
        ]
        for kind, ids in (("story", theme["stories"]), ("rejected", rejected)):
            for position, story_id in enumerate(ids):
                link = _by_theme(said, story_id)[theme["id"]]
                row = f"{kind}.{theme['id']}.{position}"
                found[f"{row}.probability"] = f"{link['probability']:.2f}"
                found[f"{row}.reprints"] = len(link["story"]["items"]) - 1
    found["units"] = len(said["units"])
    for state in ("interviewed", "mentioned", "unseen"):
        found[f"units.{state}"] = sum(unit["state"] == state for unit in said["units"])
    for unit in said["units"]:
        found[f"unit.{unit['name']}"] = len(unit["stories"])
    for source in said["sources"]:
        found[f"source.{source['id']}.items"] = source["items"]
        found[f"source.{source['id']}.stories"] = source["stories"]
        for column in source["columns"]:
            for field in (
                "list_pages", "links_found", "fetched", "extracted", "dated", "known", "refused",
                "blocked", "failed", "duplicates", "missing_days",
            ):  # fmt: skip
                found[f"column.{source['id']}.{column['column']}.{field}"] = column[field]
    return found


def _pair(name: str, tally: dict[str, int]) -> dict[str, object]:
    return {
        f"{name}.verified": tally["confirmed"] + tally["corrected"],
        f"{name}.machine": tally["machine"],
    }


def test_every_number_of_the_matrix_sheets_is_the_jsons(files: Path, said: dict) -> None:
    themes = sorted(said["themes"], key=_rank)
    terms = _sheet(files, "各期")[1:]
    assert [row[3:6] for row in terms] == [
        [*_pair("", term["tally"]).values(), theme["bar"]]
        for theme in themes
        for term in theme["by_term"]
    ]
    forms = _sheet(files, "级别载体体裁")[1:]
    assert [row[1:] for row in forms] == [
        [
            count
            for field, code in (
                ("by_level", "municipal"),
                ("by_carrier", "newspaper"),
                ("by_genre", "news"),
            )
            for count in _pair("", theme[field][code]).values()
        ]
        for theme in themes
    ], "columns without a story are left out"
    assert [row[2:5] for row in _sheet(files, "上级条目")[1:]] == [
        [*_pair("", line["tally"]).values(), line["bar"]] for line in said["groups"]
    ]
    offices = _sheet(files, "责任科室")[1:]
    of_offices = offices[: len(said["offices"])]
    assert [[row[0], *row[4:6]] for row in of_offices] == [
        [office["name"], *_pair("", office["tally"]).values()] for office in said["offices"]
    ]
    assert of_offices[2][6] == "没有对应条目"
    assert {row[6] for row in offices[len(said["offices"]) :]} == {"没有责任科室"}


def test_every_number_of_the_papers_tables_is_the_jsons(files: Path, said: dict) -> None:
    themes = sorted(said["themes"], key=_rank)
    assert _table(files, "序号", "宣传重点") == [
        [
            str(number),
            theme["number"] + theme["title"],
            STATE_NAMES[theme["state"]],
            f"{theme['tally']['confirmed'] + theme['tally']['corrected']}／{theme['bar']}",
            str(theme["tally"]["machine"]),
            theme["reason"],
        ]
        for number, theme in enumerate(themes, 1)
    ]
    numbers = [row[2:8] for row in _table(files, "来源", "栏目")]
    expected = []
    for source in said["sources"]:
        own = [str(source["items"]), str(source["stories"])]
        for number, c in enumerate(source["columns"]):
            figures = [str(c[k]) for k in ("fetched", "failed", "blocked", "missing_days")]
            expected.append([*(own if number == 0 else ["", ""]), *figures])
        if not source["columns"]:
            expected.append([*own, "—", "—", "—", "—"])
    assert numbers == expected
    assert [[row[0], row[3]] for row in _table(files, "媒体", "类别")] == [
        [one["name"], str(one.get("items", 0))] for one in said["media"]
    ]
    assert {row[1]: row[3] for row in _table(files, "条目", "单位")} == {
        unit["name"]: str(len(unit["stories"])) for unit in said["units"]
    }


def test_every_number_of_the_papers_opening_is_the_jsons(files: Path, said: dict) -> None:
    lines = [one.text for one in docx.Document(str(files / "report.docx")).paragraphs]
    totals = said["totals"]
    opening = next(line for line in lines if line.startswith("本期共采集报道"))
    assert [int(number) for number in re.findall(r"\d+", opening)] == [
        totals[name] for name in ("items", "stories", "reprints", "counted", "reviewed", "undated")
    ]
    states = next(line for line in lines if line.startswith("对照方案"))
    assert [int(number) for number in re.findall(r"\d+", states)] == [
        len(said["themes"]),
        *(sum(t["state"] == state for t in said["themes"]) for state in STATE_NAMES),
    ]
    unchecked = [line for line in lines if re.match(r"\d+．", line)]
    assert [line.partition("．")[2] for line in unchecked[-len(said["unchecked"]) :]] == said[
        "unchecked"
    ]


def test_every_number_beside_the_coverage_is_the_jsons(
    sample_report: CoverageReport, tmp_path: Path
) -> None:
    """Comparison, 补录 and 更正: on the page and in the workbook as in the JSON."""
    report = with_period_parts(sample_report)
    for name in ("html", "xlsx", "json"):
        write_report(report, name, tmp_path)
    said = json.loads((tmp_path / "report.json").read_bytes())
    page = lxml_html.fromstring((tmp_path / "report.html").read_text(encoding="utf-8"))
    shown = {e.get("data-figure"): e.text_content() for e in page.xpath("//*[@data-figure]")}
    for table in page.xpath("//table"):
        below = table.xpath("following::*[self::table or @class='unchecked-note'][1]")
        assert below[0].tag == "p", table.xpath("string(caption)")
    supplement = said["supplement"]
    for name in ("late_stories", "late_reprints", "corrections_total"):
        assert shown[f"supplement.{name}"] == str(supplement[name])
    head, *rows = _sheet(tmp_path, "对比")
    keys = ("verified", "before_verified", "shown", "before_shown")
    heads = ("已核实", "对比已核实", "报道", "对比报道")
    by_title = {row[0]: row for row in rows}
    assert len(by_title) == len(said["comparison"]["themes"])
    for change in said["comparison"]["themes"]:
        row = by_title[change["title"] or change["before_title"]]
        numbers = ["—" if change[key] is None else change[key] for key in keys]
        assert [row[head.index(name)] for name in heads] == numbers
        name = change["id"] or change["before_id"]
        on_page = [shown.get(f"change.{name}.{head.index(one)}", "—") for one in heads]
        assert on_page == [str(number) for number in numbers]
    head, *rows = _sheet(tmp_path, "补录")
    assert [row[head.index("题名")] for row in rows] == [one["title"] for one in supplement["late"]]
    head, *rows = _sheet(tmp_path, "更正")
    assert [row[head.index("版次")] for row in rows] == [
        one["version"] for one in supplement["corrections"]
    ]
    head, *rows = _sheet(tmp_path, "签批")
    assert [row[head.index("版次")] for row in rows] == [
        step["version"] for step in said["sign_off"]["steps"]
    ]


def test_every_number_of_the_papers_matrix_is_the_jsons(files: Path, said: dict) -> None:
    themes = sorted(said["themes"], key=_rank)
    terms = _table(files, "宣传重点", said["terms"][0]["label"])
    assert [row[1:] for row in terms] == [
        [
            f"{STATE_NAMES[term['state']]}\n{_of(term['tally'], theme['bar'])}"
            for term in theme["by_term"]
        ]
        for theme in themes
    ]
    assert [row[1:4] for row in _table(files, "上级条目", "状态")] == [
        [
            STATE_NAMES[line["state"]],
            _of(line["tally"], line["bar"]),
            str(line["tally"]["machine"]),
        ]
        for line in said["groups"]
    ]
    assert [[row[0], *row[3:]] for row in _table(files, "科室", "牵头")] == [
        [office["name"], *map(str, _pair("", office["tally"]).values())]
        for office in said["offices"]
    ]
    for field, code, head in (
        ("by_level", "municipal", "市级"),
        ("by_carrier", "newspaper", "报纸"),
        ("by_genre", "news", "消息"),
    ):
        assert [row[1:] for row in _table(files, "宣传重点", head)] == [
            ["／".join(map(str, _pair("", theme[field][code]).values()))] for theme in themes
        ], "columns without a story are left out"


def test_themes_and_offices_alone_are_counted_on_paper_as_in_the_json(
    files: Path, said: dict
) -> None:
    lines = [one.text for one in docx.Document(str(files / "report.docx")).paragraphs]
    alone = sum(not (theme["lead_offices"] or theme["offices"]) for theme in said["themes"])
    idle = sum(not (one["lead"] or one["themes"]) for one in said["offices"])
    assert alone
    assert idle
    assert len([line for line in lines if f"没有写明责任科室的宣传重点{alone}项" in line]) == 1
    assert len([line for line in lines if f"没有对应宣传重点的科室{idle}个" in line]) == 1


def _of(tally: dict[str, int], bar: int) -> str:
    return f"{tally['confirmed'] + tally['corrected']}／{bar}"
