"""``xuanjian score`` as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

PLAN = Path(__file__).parents[2] / "plans" / "jinshui-2017-publicity.toml"
GOOD = """科室,日期,标题,栏目,字数,采用
办公室,2017-03-02,机关党课,机关内网科技动态信息,,是
高新科,2017-03-05,百字稿,金水时讯,100,是
综合科/高新科,2017-03-09,[bold]合写,信息,,郑州日报
"""
BAD = GOOD + "高新处,2017-03-10,甲,信息,,是\n高新科,,乙,信息,-3,是\n"


@pytest.fixture
def register(tmp_path: Path) -> Path:
    path = tmp_path / "三月.csv"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_the_sheet_shows_totals_derivations_and_readings(run: Run, register: Path) -> None:
    done = run("score", "--plan", PLAN, "--submissions", register)
    assert done.code == 0, done.err
    words = "".join(done.out.split())
    assert "统计周期：2017年3月（2017-03-01至2017-03-31）" in words
    assert "零报送：发展计划科、知识产权科、生产力促进中心。" in words
    assert "100字属100字以下（界限，计入低一档），每篇0.5分；计0.5分〔三月.csv第3行〕" in words
    assert "《[bold]合写》" in words
    assert "方案未明确，待定口径" in words
    assert "本表按：恰为界限字数的稿件计入低一档（默认，boundary=lower" in words


def test_the_json_has_the_figures_of_the_sheet(run: Run, register: Path) -> None:
    done = run("score", "--plan", PLAN, "--submissions", register, "--json")
    sheet = json.loads(done.out)
    totals = {card["office"]: card["total"] for card in sheet["offices"]}
    # 高新科: 0.5 and half of 5, less three pieces it did not hand in.
    assert totals["高新科"] == 0.0
    assert totals["综合科"] == 1.5
    for card in sheet["offices"]:
        assert card["total"] == sum(line["points"] for line in card["lines"])
    text = run("score", "--plan", PLAN, "--submissions", register).out
    assert all(f"合计 {card['total']:.2f} 分" in text for card in sheet["offices"])


def test_another_reading_is_taken_and_marked_as_chosen(run: Run, register: Path) -> None:
    done = run("score", "--plan", PLAN, "--submissions", register, "--reading", "boundary=higher")
    assert "（选定，boundary=higher" in "".join(done.out.split())
    wrong = run("score", "--plan", PLAN, "--submissions", register, "--reading", "boundary=up")
    assert (wrong.code, "[reading-unknown]" in wrong.err) == (1, True)
    assert "lower, higher" in wrong.err


def test_rows_that_cannot_be_counted_stop_the_sheet_unless_they_are_left_out(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "坏.csv"
    path.write_text(BAD, encoding="utf-8")
    done = run("score", "--plan", PLAN, "--submissions", path)
    assert (done.code, done.out) == (1, "")
    assert "坏.csv 第5行「责任科室」：方案中没有“高新处”；相近的有：高新科" in done.err
    assert "坏.csv 第6行「日期」：没有填写" in done.err
    assert "坏.csv 第6行「字数」：“-3”不是字数" in done.err
    assert "[register-rows]" in done.err
    rest = run("score", "--plan", PLAN, "--submissions", path, "--leave-out")
    assert rest.code == 0
    assert "读不出、没有计入的行 3 处" in rest.out


def test_a_preview_shows_what_was_understood_and_counts_nothing(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "坏.csv"
    path.write_text(BAD, encoding="utf-8")
    done = run("score", "--plan", PLAN, "--submissions", path, "--preview")
    assert done.code == 0
    assert "科室→责任科室" in done.out
    assert "读出 3 条，读不出 3 处。" in done.out
    assert "合计" not in done.out


def test_several_registers_are_one(run: Run, register: Path, tmp_path: Path) -> None:
    more = tmp_path / "四月.csv"
    more.write_text(GOOD.replace("2017-03", "2017-04"), encoding="utf-8")
    done = run("score", "--plan", PLAN, "--submissions", register, "--submissions", more, "--json")
    assert json.loads(done.out)["period"]["label"] == "2017年3—4月"


def test_a_plan_without_scoring_and_a_register_without_days_of_its_term_are_refused(
    run: Run, register: Path, tmp_path: Path
) -> None:
    other = PLAN.with_name("kangbashi-science-145.toml")
    assert "[plan-without-scoring]" in run("score", "--plan", other, "--submissions", register).err
    register.write_text(GOOD.replace("2017-", "2016-"), encoding="utf-8")
    assert "[period-needed]" in run("score", "--plan", PLAN, "--submissions", register).err
