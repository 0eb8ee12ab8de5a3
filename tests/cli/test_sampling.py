"""Audits as a person makes them: price, draw, decide, import, extend, and what coverage says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipeline.coverage.pricing import AuditOffer
from samples.articles import PLAN_PATH, sample_corpus

Run = Callable[..., Any]
QUARTER = ("--period", "2025Q1", "--bar", "5")
TRUTH = {item.title: item.themes for item in sample_corpus().originals}


@pytest.fixture
def office(tmp_path: Path, run: Run) -> Path:
    """The sample stories, handed in as one medium's and vouched for, under the sample plan without
    the media it names: nothing but a sample is missing."""
    words = PLAN_PATH.read_text(encoding="utf-8")
    before, after = words.index("二、报道安排"), words.index("三、工作要求")
    plan = words[:before] + words[after:].replace("三、工作要求", "二、工作要求")
    (tmp_path / "plan.txt").write_text(plan, encoding="utf-8")
    rows = [
        {
            "id": item.key,
            "title": item.title,
            "text": item.text,
            "date": item.date.isoformat(),
            "outlet": item.outlet,
        }
        for item in sample_corpus().originals
    ]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (tmp_path / "news.jsonl").write_text(lines, encoding="utf-8")
    folder = tmp_path / "office"
    whole_year = (
        "--medium",
        "鄂尔多斯日报",
        "--complete",
        "2025-01-01",
        "2025-12-31",
        "--by",
        "王",
    )
    for command in (
        ("init", folder),
        ("-w", folder, "plan", "use", "plan.txt", "--name", "2025"),
        ("-w", folder, "import", "news.jsonl", *whole_year),
        ("-w", folder, "classify"),
    ):
        done = run(*command)
        assert done.code == 0, done.err
    return folder


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def fill(path: Path, rows: list[dict[str, Any]]) -> None:
    """Decide every line as the writers of the sample stories meant it."""
    filled = [
        row | {"themes": TRUTH[row["title"]], "others": "no", "reviewer": "王"} for row in rows
    ]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in filled)
    path.write_text(lines, encoding="utf-8")


def coverage(run: Run, office: Path) -> dict[str, Any]:
    done = run("-w", office, "coverage", *QUARTER, "--json")
    assert done.code == 0, done.err
    report: dict[str, Any] = json.loads(done.out)
    return report


def failed(result: Any, slug: str) -> None:
    assert result.code == 1, result.err
    assert f"[{slug}]" in result.err
    assert len(result.err.strip().splitlines()) == 1


def test_a_sample_drawn_decided_and_imported_proves_covered_thin_and_blank(
    run: Run, office: Path, tmp_path: Path
) -> None:
    queue = tmp_path / "queue.jsonl"
    priced = run("-w", office, "audit", "sample", *QUARTER)
    assert priced.code == 0, priced.err
    counted = coverage(run, office)["totals"]["counted"]
    assert f"全部通读认定：再读 {counted} 篇" in priced.out
    assert f"至多 0 篇须抽 {counted} 篇" in priced.out
    draw = ("audit", "sample", *QUARTER, "--k", "1", "--seed", "7", "--draw", "-o", queue)
    drawn = run("-w", office, *draw)
    assert drawn.code == 0, drawn.err
    rows = rows_of(queue)
    assert 0 < len(rows) < counted
    assert {row["chosen_by"] for row in rows} == {"audit"}
    assert {row["inclusion_probability"] for row in rows} == {len(rows) / counted}
    assert not any(row["suggested"] for row in rows), "the machine does not lead the reviewer"
    failed(run("-w", office, *draw), "audit-exists")

    fill(queue, rows[:-1])
    assert run("-w", office, "review", "import", queue, "--audit", "1").code == 0
    left = run("-w", office, "audit", "status", "-o", tmp_path / "left.jsonl")
    assert "尚有 1 篇未判完" in left.out
    assert [row["id"] for row in rows_of(tmp_path / "left.jsonl")] == [rows[-1]["id"]]
    failed(run("-w", office, "audit", "extend", "-o", tmp_path / "x.jsonl"), "audit-unread")
    fill(queue, rows)
    done = run("-w", office, "review", "import", queue, "--audit", "1")
    assert "抽查 1 的样本已判完" in done.out

    report = coverage(run, office)
    themes = {theme["id"]: theme for theme in report["themes"]}
    truth = {
        name: sum(line["counted"] and name in TRUTH[line["title"]] for line in report["stories"])
        for name in themes
    }
    for name, theme in themes.items():
        estimate = theme["estimate"]
        assert estimate["low"] <= truth[name] <= estimate["high"]
        assert (estimate["read"], estimate["population"]) == (len(rows), counted)
    assert themes["focus-2"]["state"] == "covered"
    assert themes["focus-1"]["state"] == "thin"
    assert truth["focus-6"] == 0
    assert themes["focus-6"]["state"] == "blank"
    assert f"推算至多 1 篇/共 {counted} 篇" in themes["focus-6"]["reason"]
    shown = run("-w", office, "audit", "status")
    assert "样本已判完" in shown.out
    assert "空白（已核实），已核实 0 篇，推算 0 至 1 篇" in shown.out

    changed = rows[0] | {"themes": ["focus-6"], "others": "no", "reviewer": "王"}
    queue.write_text(json.dumps(changed) + "\n", encoding="utf-8")
    failed(run("-w", office, "review", "import", queue, "--audit", "1"), "audit-closed")
    assert run("-w", office, "review", "import", queue).code == 0
    corrected = coverage(run, office)
    assert any("判完后又有" in line for line in corrected["unchecked"])
    assert {t["id"]: t["state"] for t in corrected["themes"]}["focus-6"] == "thin"


def test_an_extension_takes_the_rest_and_ends_with_the_population(
    run: Run, office: Path, tmp_path: Path
) -> None:
    queue, more = tmp_path / "queue.jsonl", tmp_path / "more.jsonl"
    draw = ("audit", "sample", *QUARTER, "--size", "5", "--seed", "7", "--draw", "-o", queue)
    assert run("-w", office, *draw).code == 0
    seen = {row["id"] for row in rows_of(queue)}
    assert len(seen) == 5
    fill(queue, rows_of(queue))
    run("-w", office, "review", "import", queue, "--audit", "1")
    assert run("-w", office, "audit", "extend", "--size", "4", "-o", more).code == 0
    later = rows_of(more)
    assert len(later) == 4
    assert not seen & {row["id"] for row in later}
    counted = coverage(run, office)["totals"]["counted"]
    assert later[0]["inclusion_probability"] == 9 / counted
    fill(more, later)
    assert run("-w", office, "review", "import", queue, "--audit", "1").code == 0, "as first drawn"
    assert "已判完" in run("-w", office, "review", "import", more, "--audit", "1").out
    rest = run("-w", office, "audit", "extend", "--size", "99", "-o", more)
    assert "第 3/3 次" in rest.out
    fill(more, rows_of(more))
    run("-w", office, "review", "import", more, "--audit", "1")
    assert {theme["state"] for theme in coverage(run, office)["themes"]} <= {
        "covered",
        "thin",
        "blank",
    }, "everything was read"
    failed(run("-w", office, "audit", "extend", "-o", more), "audit-looks")


def test_what_was_read_before_the_draw_is_not_asked_again(
    run: Run, office: Path, tmp_path: Path
) -> None:
    queue = tmp_path / "queue.jsonl"
    report = coverage(run, office)
    first = next(line for line in report["stories"] if line["counted"])
    fill(queue, [{"id": first["id"], "title": first["title"]}])
    assert run("-w", office, "review", "import", queue).code == 0
    draw = ("audit", "sample", *QUARTER, "--k", "0", "--draw", "-o", queue)
    assert run("-w", office, *draw).code == 0
    rows = rows_of(queue)
    assert first["id"] not in {row["id"] for row in rows}
    assert len(rows) == report["totals"]["counted"] - 1, "to say none, the rest must be read"
    assert "另 1 篇抽取前已通读" in run("-w", office, "audit", "status").out
    fill(queue, rows)
    assert "已判完" in run("-w", office, "review", "import", queue, "--audit", "1").out
    failed(run("-w", office, *draw), "audit-nothing")


def test_by_default_the_sample_that_decides_most_themes_is_drawn(
    run: Run, office: Path, tmp_path: Path
) -> None:
    low_bar = ("--period", "2025Q1", "--bar", "2")
    priced = run("-w", office, "audit", "sample", *low_bar, "--json")
    assert priced.code == 0, priced.err
    offer = msgspec.json.decode(priced.out, type=AuditOffer)
    report = json.loads(run("-w", office, "coverage", *low_bar, "--json").out)
    open_ones = [theme["id"] for theme in report["themes"] if theme["state"] == "undecided"]
    assert [theme.theme for theme in offer.themes] == open_ones
    assert (offer.counted, offer.read) == (report["totals"]["counted"], 0)
    proposed = offer.proposed()
    assert proposed is not None
    assert not proposed.everything
    assert proposed.decided > len(open_ones) / 2
    machine = {theme["id"]: theme["tally"]["machine"] for theme in report["themes"]}
    for theme in offer.themes:
        assert (theme.cover.assigned if theme.cover else 0) == machine[theme.theme]

    queue = tmp_path / "queue.jsonl"
    drawn = run("-w", office, "audit", "sample", *low_bar, "--draw", "-o", queue)
    assert f"抽 {proposed.reads} 篇" in drawn.out
    assert "空白认定为至多 0 篇" in drawn.out
    assert len(rows_of(queue)) == proposed.reads
    again = run("-w", office, "audit", "sample", *low_bar, "--draw", "-o", queue)
    failed(again, "audit-exists")
    rows = [row | {"themes": [], "others": "no"} for row in rows_of(queue)[:1]]
    lines = [json.dumps(row | {"themes": themes}) for row in rows for themes in ([], ["focus-1"])]
    queue.write_text("\n".join(lines) + "\n", encoding="utf-8")
    failed(run("-w", office, "review", "import", queue, "--audit", "1"), "audit-twice")


def test_a_small_month_is_read_through_without_an_audit(
    run: Run, office: Path, tmp_path: Path
) -> None:
    queue = tmp_path / "queue.jsonl"
    done = run("-w", office, "audit", "sample", *QUARTER, "--all", "--draw", "-o", queue)
    assert done.code == 0, done.err
    counted = coverage(run, office)["totals"]["counted"]
    rows = rows_of(queue)
    assert len(rows) == counted
    assert f"全部通读：{counted} 篇" in done.out
    assert not any(row["suggested"] for row in rows)
    fill(queue, rows)
    assert run("-w", office, "review", "import", queue).code == 0
    report = coverage(run, office)
    assert {theme["state"] for theme in report["themes"]} <= {"covered", "thin", "blank"}
    assert all("全部通读" in t["reason"] for t in report["themes"] if t["state"] != "covered")
    failed(run("-w", office, "audit", "status"), "audit-missing")
    over = run("-w", office, "audit", "sample", *QUARTER)
    assert "没有待核实的条目" in over.out
    failed(
        run("-w", office, "audit", "sample", *QUARTER, "--all", "--draw", "-o", queue),
        "audit-nothing",
    )


class TestBadInput:
    def test_a_period_before_anything_was_observed(self, run: Run, office: Path) -> None:
        for more in ((), ("--draw", "-o", office / "q")):
            result = run("-w", office, "audit", "sample", "--period", "2019", *more)
            failed(result, "audit-period-unseen")
            assert "observed since 2025-01-01 only" in result.err

    def test_a_label_outside_the_sample(self, run: Run, office: Path, tmp_path: Path) -> None:
        queue = tmp_path / "queue.jsonl"
        draw = ("audit", "sample", *QUARTER, "--size", "5", "--draw", "-o", queue)
        assert run("-w", office, *draw).code == 0
        rows = rows_of(queue)
        drawn = {row["id"] for row in rows}
        other = next(
            line
            for line in coverage(run, office)["stories"]
            if line["counted"] and line["id"] not in drawn
        )
        fill(queue, [rows[0] | {"id": other["id"]}])
        result = run("-w", office, "review", "import", queue, "--audit", "1")
        failed(result, "audit-outside-sample")
        fill(queue, [rows[0] | {"inclusion_probability": 0.99}])
        failed(run("-w", office, "review", "import", queue, "--audit", "1"), "audit-sample")
        fill(queue, [rows[0] | {"inclusion_probability": 0}])
        failed(run("-w", office, "review", "import", queue, "--audit", "1"), "labels-bad-line")
        failed(run("-w", office, "review", "import", queue, "--audit", "4"), "labels-bad-line")
        fill(queue, rows)
        failed(run("-w", office, "review", "import", queue, "--audit", "4"), "audit-missing")

    def test_a_period_in_the_future(self, run: Run, office: Path) -> None:
        result = run("-w", office, "audit", "sample", "--period", "2999")
        failed(result, "audit-period-future")

    def test_a_blank_that_would_reach_the_bar(self, run: Run, office: Path) -> None:
        result = run(
            "-w", office, "audit", "sample", *QUARTER, "--k", "6", "--draw", "-o", office / "q"
        )
        failed(result, "audit-bound")

    def test_a_plan_revised_after_the_draw(self, run: Run, office: Path, tmp_path: Path) -> None:
        draw = ("audit", "sample", *QUARTER, "--k", "0", "--draw", "-o", tmp_path / "q.jsonl")
        assert run("-w", office, *draw).code == 0
        plan = (tmp_path / "plan.txt").read_text(encoding="utf-8")
        revised = plan.replace("（六）培育农牧业科技园区建设。", "（六）推进科技金融。")
        (tmp_path / "plan.txt").write_text(revised, encoding="utf-8")
        assert run("-w", office, "plan", "use", "plan.txt", "--name", "2025").code == 0
        for verb in ("status", "extend"):
            result = run("-w", office, "audit", verb, "-o", tmp_path / "q2.jsonl")
            failed(result, "audit-plan-changed")
        assert any("方案修订前" in line for line in coverage(run, office)["unchecked"])

    def test_everything_without_a_file_to_fill_in(self, run: Run, office: Path) -> None:
        result = run("-w", office, "audit", "sample", *QUARTER, "--all", "--draw")
        assert result.code == 1
        assert "-o QUEUE" in result.err
        for options in (("--draw", "--json", "-o", "q"), ("--all", "--k", "1"), ("-o", "q")):
            assert run("-w", office, "audit", "sample", *QUARTER, *options).code == 1


def test_a_sample_drawn_without_a_file_is_read_in_the_console(office: Path, run: Run) -> None:
    drawn = run("-w", office, "audit", "sample", *QUARTER, "--size", "5", "--draw")
    assert drawn.code == 0, drawn.err
    assert "到控制台" in drawn.out
    status = run("-w", office, "audit", "status")
    assert "未判完" in status.out


def test_a_year_is_priced_by_the_term_each_theme_is_furthest_from(office: Path, run: Run) -> None:
    queue = office.parent / "all.jsonl"
    quarter = ("--period", "2025Q1")
    drawn = run("-w", office, "audit", "sample", *quarter, "--all", "--draw", "-o", queue)
    assert drawn.code == 0, drawn.err
    fill(queue, rows_of(queue))
    assert run("-w", office, "review", "import", queue).code == 0
    told = json.loads(run("-w", office, "coverage", "--period", "2025", "--json").out)
    beyond = [
        line["id"]
        for line in told["themes"]
        if line["state"] == "undecided" and line["tally"]["confirmed"] + line["tally"]["corrected"]
    ]
    assert beyond, "verified in the first quarter, open in another"
    priced = run("-w", office, "audit", "sample", "--period", "2025", "--json")
    assert priced.code == 0, priced.err
    offer = msgspec.json.decode(priced.out, type=AuditOffer)
    named = {one.theme: one for one in offer.themes}
    assert all(named[theme].term in told_terms(told) for theme in beyond)
    assert all(one.verified < one.bar for one in offer.themes)


def told_terms(report: dict[str, Any]) -> list[str]:
    return [term["label"] for term in report["terms"]]
