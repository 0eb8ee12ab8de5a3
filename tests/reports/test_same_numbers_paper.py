"""The Word paper says what the JSON says, number for number."""

from __future__ import annotations

import re
from pathlib import Path

import docx

from pipeline.coverage.report import STATE_NAMES
from tests.reports.same_numbers import pair_of, rank, table_of


def test_every_number_of_the_papers_tables_is_the_jsons(files: Path, said: dict) -> None:
    themes = sorted(said["themes"], key=rank)
    assert table_of(files, "序号", "宣传重点") == [
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
    numbers = [row[2:8] for row in table_of(files, "来源", "栏目")]
    expected = []
    for source in said["sources"]:
        own = [str(source["items"]), str(source["stories"])]
        for number, c in enumerate(source["columns"]):
            figures = [str(c[k]) for k in ("fetched", "failed", "blocked", "missing_days")]
            expected.append([*(own if number == 0 else ["", ""]), *figures])
        if not source["columns"]:
            expected.append([*own, "—", "—", "—", "—"])
    assert numbers == expected
    assert [[row[0], row[3]] for row in table_of(files, "媒体", "类别")] == [
        [one["name"], str(one.get("items", 0))] for one in said["media"]
    ]
    assert {row[1]: row[3] for row in table_of(files, "条目", "单位")} == {
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


def test_every_number_of_the_papers_matrix_is_the_jsons(files: Path, said: dict) -> None:
    themes = sorted(said["themes"], key=rank)
    terms = table_of(files, "宣传重点", said["terms"][0]["label"])
    assert [row[1:] for row in terms] == [
        [
            f"{STATE_NAMES[term['state']]}\n{_of(term['tally'], theme['bar'])}"
            for term in theme["by_term"]
        ]
        for theme in themes
    ]
    assert [row[1:4] for row in table_of(files, "上级条目", "状态")] == [
        [
            STATE_NAMES[line["state"]],
            _of(line["tally"], line["bar"]),
            str(line["tally"]["machine"]),
        ]
        for line in said["groups"]
    ]
    assert [[row[0], *row[3:]] for row in table_of(files, "科室", "牵头")] == [
        [office["name"], *map(str, pair_of("", office["tally"]).values())]
        for office in said["offices"]
    ]
    for field, code, head in (
        ("by_level", "municipal", "市级"),
        ("by_carrier", "newspaper", "报纸"),
        ("by_genre", "news", "消息"),
    ):
        assert [row[1:] for row in table_of(files, "宣传重点", head)] == [
            ["／".join(map(str, pair_of("", theme[field][code]).values()))] for theme in themes
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
