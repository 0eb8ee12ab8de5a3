"""The page says what the JSON says, number for number; what stands beside the coverage, as the workbook does."""

from __future__ import annotations

import json
from pathlib import Path

from lxml import html as lxml_html

from pipeline.coverage.report import STATE_NAMES, CoverageReport
from pipeline.reports import write_report
from tests.reports.making_period import with_period_parts
from tests.reports.same_numbers import by_theme, pair_of, sheet_of


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
        found |= pair_of(key, group["tally"])
    for office in said["offices"]:
        found |= pair_of(f"office.{office['name']}", office["tally"])
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
                found |= pair_of(f"{field}.{theme['id']}.{code}", theme[field][code])
    for theme in said["themes"]:
        for position, term in enumerate(theme["by_term"]):
            found |= pair_of(f"term.{theme['id']}.{position}", term["tally"])
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
                link = by_theme(said, story_id)[theme["id"]]
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
    head, *rows = sheet_of(tmp_path, "对比")
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
    head, *rows = sheet_of(tmp_path, "补录")
    assert [row[head.index("题名")] for row in rows] == [one["title"] for one in supplement["late"]]
    head, *rows = sheet_of(tmp_path, "更正")
    assert [row[head.index("版次")] for row in rows] == [
        one["version"] for one in supplement["corrections"]
    ]
    head, *rows = sheet_of(tmp_path, "签批")
    assert [row[head.index("版次")] for row in rows] == [
        step["version"] for step in said["sign_off"]["steps"]
    ]
