"""The main job, verb by verb, and every bad input the first issue names."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline.config import shipped

Run = Callable[..., Any]
"""The ``run`` fixture: code, out and err of ``xuanjian`` with these arguments."""


@pytest.fixture
def office(tmp_path: Path, run: Run, plan_text: str, news_lines: str) -> Path:
    """A workspace with a plan in use and four items imported."""
    folder = tmp_path / "office"
    (tmp_path / "plan.txt").write_text(plan_text, encoding="utf-8")
    (tmp_path / "news.jsonl").write_text(news_lines, encoding="utf-8")
    assert run("init", folder).code == 0
    assert run("-w", folder, "plan", "use", "plan.txt", "--name", "2025").code == 0
    assert run("-w", folder, "import", "news.jsonl").code == 0
    return folder


def failed(result: Any, slug: str) -> None:
    """One line on stderr with the slug, exit 1, nothing on stdout."""
    err = result.err
    assert result.code == 1, err
    assert result.out == ""
    assert len(err.strip().splitlines()) == 1, err
    assert f"[{slug}]" in err
    assert err.startswith("error: ")
    assert err.rstrip()[-1] in ".?)}", "a hint ends the line"


def test_from_plan_and_news_to_a_report(run: Run, office: Path) -> None:
    assert run("-w", office, "classify").code == 0
    done = run("-w", office, "report", "-o", office / "out")
    assert done.code == 0, done.err
    report = json.loads((office / "out" / "report.json").read_text(encoding="utf-8"))
    assert report["totals"] | {"by_locality": {}, "not_counted": {}} == {
        "items": 4,
        "stories": 3,
        "reprints": 1,
        "counted": 3,
        "reviewed": 0,
        "by_locality": {},
        "not_counted": {},
        "undated": 0,
        "themeless": report["totals"]["themeless"],
        "unclassified": 0,
        "unlisted": 0,
    }
    assert [theme["id"] for theme in report["themes"]] == ["focus-1", "focus-2"]
    assert all(theme["state"] == "undecided" for theme in report["themes"])
    startup = report["stories"][0]
    assert [item["id"] for item in startup["items"]] == ["a", "b"]
    assert startup["units"] == ["东胜区大学生创业园"]
    assert (office / "out" / "report.html").stat().st_size > 5000
    assert (office / "out" / "report.xlsx").stat().st_size > 5000


def test_importing_again_stores_nothing_new(run: Run, office: Path) -> None:
    again = run("-w", office, "import", "news.jsonl")
    assert "新增 0 条，已有 4 条" in again.out


def test_decisions_turn_undecided_into_covered_and_come_out_again(
    run: Run, office: Path, tmp_path: Path
) -> None:
    run("-w", office, "classify")
    labels = [
        {"id": "a", "themes": ["focus-1"], "not_themes": ["focus-2"], "reviewer": "王"},
        {"id": "c", "themes": ["focus-2"], "not_themes": ["focus-1"], "reviewer": "王"},
    ]
    path = tmp_path / "labels.jsonl"
    path.write_text("".join(json.dumps(label) + "\n" for label in labels), encoding="utf-8")
    assert run("-w", office, "review", "import", path).code == 0
    done = run("-w", office, "coverage", "--json", "--bar", "1")
    states = {
        (theme["id"], term["period"]["label"])
        for theme in json.loads(done.out)["themes"]
        for term in theme["by_term"]
        if term["state"] == "covered"
    }
    assert states == {("focus-1", "2025年1—3月"), ("focus-2", "2025年7—9月")}
    assert run("-w", office, "review", "export", "-o", tmp_path / "back.jsonl").code == 0
    back = [json.loads(line) for line in (tmp_path / "back.jsonl").read_text().splitlines()]
    keys = "id title text themes not_themes reviewer at chosen_by inclusion_probability"
    assert all(list(row) == keys.split() for row in back)
    assert [(row["id"], row["themes"]) for row in back] == [("a", ["focus-1"]), ("c", ["focus-2"])]


def test_a_queue_nobody_filled_in_decides_nothing_and_a_filled_one_comes_back(
    run: Run, office: Path, tmp_path: Path
) -> None:
    run("-w", office, "classify")
    path = tmp_path / "q.jsonl"
    assert run("-w", office, "review", "queue", "-o", path).code == 0
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert rows
    assert all(row["id"].startswith("s") for row in rows)
    assert any(row["suggested"] for row in rows)
    untouched = run("-w", office, "review", "import", path)
    assert f"导入 0 条人工判定，{len(rows)} 行未填、略去" in untouched.out
    filled = [row | {"themes": row["suggested"], "others": "no", "reviewer": "王"} for row in rows]
    path.write_text("".join(json.dumps(row) + "\n" for row in filled), encoding="utf-8")
    first = run("-w", office, "review", "import", path)
    assert first.code == 0, first.err
    again = run("-w", office, "review", "import", path)
    assert f"导入 0 条人工判定，{len(rows)} 条已有" in again.out
    report = json.loads(run("-w", office, "coverage", "--json").out)
    assert report["totals"]["reviewed"] == len(rows)
    assert run("-w", office, "review", "queue", "--all", "-o", path).code == 0
    assert len(path.read_text().splitlines()) == report["totals"]["counted"]


@pytest.mark.parametrize("verb", ["queue", "export"])
def test_decisions_are_not_written_to_a_file_that_says_it_is_a_table(
    run: Run, office: Path, tmp_path: Path, verb: str
) -> None:
    refused = run("-w", office, "review", verb, "-o", tmp_path / "q.xlsx")
    assert refused.code == 1
    assert "name a .jsonl file" in refused.err
    assert not (tmp_path / "q.xlsx").exists()


def test_a_misspelt_key_of_a_decision_is_refused(run: Run, office: Path, tmp_path: Path) -> None:
    (tmp_path / "l.jsonl").write_text('{"id": "a", "theme": ["focus-1"]}\n', encoding="utf-8")
    result = run("-w", office, "review", "import", tmp_path / "l.jsonl")
    failed(result, "labels-bad-line")
    assert "theme" in result.err


@pytest.mark.parametrize(
    ("lines", "slug", "named"),
    [
        (
            [{"id": "a", "themes": ["focus-98"]}, {"id": "b", "themes": ["focus-99"]}],
            "labels-unknown-theme",
            ("focus-98 (item a), focus-99 (item b)", "Its themes: focus-1 "),
        ),
        (
            [{"id": f"x{n}", "themes": ["focus-1"]} for n in (1, 2, 2)],
            "review-item-missing",
            ("the id x1, x2 (lines: 3)",),
        ),
        (
            [{"id": "a", "themes": ["focus-1"], "at": "2999-01-01"}],
            "review-date",
            ("a is dated 2999-01-01, which is to come",),
        ),
    ],
)
def test_what_is_wrong_with_decisions_is_named_all_at_once(
    run: Run,
    office: Path,
    tmp_path: Path,
    lines: list[dict[str, Any]],
    slug: str,
    named: tuple[str, ...],
) -> None:
    path = tmp_path / "l.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    result = run("-w", office, "review", "import", path)
    failed(result, slug)
    for words in named:
        assert words in result.err


def test_a_decision_with_the_words_of_stored_news_is_about_it_whatever_its_id(
    run: Run, office: Path, tmp_path: Path, news_lines: str
) -> None:
    first = json.loads(news_lines.splitlines()[0])
    line = {"id": "mine-1", "title": first["title"], "text": first["text"], "themes": ["focus-1"]}
    path = tmp_path / "l.jsonl"
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")
    done = run("-w", office, "review", "import", path)
    assert (done.code, "导入 1 条" in done.out) == (0, True), done.err
    assert "1 行的 id 库里没有" in done.out
    assert run("-w", office, "review", "export", "-o", tmp_path / "out.jsonl").code == 0
    kept = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
    assert kept["id"] == first["id"]
    path.write_text(json.dumps(line | {"text": ""}) + "\n", encoding="utf-8")
    failed(run("-w", office, "review", "import", path), "review-item-missing")


def test_a_medium_someone_vouches_for_makes_a_blank_provable(
    run: Run, tmp_path: Path, plan_text: str, news_lines: str
) -> None:
    (tmp_path / "plan.txt").write_text(plan_text, encoding="utf-8")
    weather = news_lines.splitlines()[3]
    (tmp_path / "march.jsonl").write_text(weather + "\n", encoding="utf-8")
    office = tmp_path / "office"
    run("init", office)
    run("-w", office, "plan", "use", "plan.txt")
    month = ("--period", "2025-03")
    words = ("--medium", "鄂尔多斯日报", "--complete", "2025-03-01", "2025-03-31", "--by", "王")
    assert run("-w", office, "import", "march.jsonl", *words).code == 0
    run("-w", office, "classify")
    before = json.loads(run("-w", office, "coverage", *month, "--json").out)
    assert {theme["state"] for theme in before["themes"]} == {"undecided"}
    read = '{"id": "d", "others": "no", "reviewer": "王"}\n'
    (tmp_path / "read.jsonl").write_text(read, encoding="utf-8")
    assert run("-w", office, "review", "import", tmp_path / "read.jsonl").code == 0
    after = json.loads(run("-w", office, "coverage", *month, "--json").out)
    assert {theme["state"] for theme in after["themes"]} == {"blank"}
    april = json.loads(run("-w", office, "coverage", "--period", "2025-04", "--json").out)
    assert {theme["state"] for theme in april["themes"]} == {"undecided"}
    (said,) = json.loads(run("-w", office, "media", "vouched", "--json").out)
    assert said["word"]["by"] == "王"
    back = ("media", "unvouch", said["word"]["number"], "--why", "漏看一版", "--by", "李")
    assert run("-w", office, *back).code == 0
    then = json.loads(run("-w", office, "coverage", *month, "--json").out)
    assert {theme["state"] for theme in then["themes"]} == {"undecided"}
    assert [column["vouched_by"] for column in then["sources"][0]["columns"]] == [[]]
    failed(run("-w", office, *back), "vouch-missing")


def test_a_state_asked_to_fail_on_gives_exit_2(run: Run, office: Path) -> None:
    assert run("-w", office, "coverage", "--fail-if", "undecided").code == 2
    assert run("-w", office, "coverage", "--fail-if", "blank").code == 0


def test_classify_writes_one_line_per_item_without_a_workspace(
    run: Run, tmp_path: Path, plan_text: str, news_lines: str
) -> None:
    (tmp_path / "plan.txt").write_text(plan_text, encoding="utf-8")
    done = run(
        "classify", "--plan", "plan.txt", "--items", "-", "-o", "out.jsonl", stdin=news_lines
    )
    assert done.code == 0, done.err
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [row["id"] for row in rows] == ["a", "b", "c", "d"]
    items = {row["id"]: row for row in map(json.loads, news_lines.splitlines())}
    for row in rows:
        assert {theme["id"] for theme in row["themes"]} == {"focus-1", "focus-2"}
        whole = items[row["id"]]["title"] + "\n" + items[row["id"]]["text"]
        for theme in row["themes"]:
            assert set(theme) - {"answers", "units"} == {
                "id",
                "title",
                "probability",
                "assigned",
                "evidence",
            }
            assert 0 <= theme["probability"] <= 1
            for span in theme["evidence"]:
                assert whole[span["start"] : span["end"]] == span["text"]


def test_a_plan_file_is_the_plan_it_was_written_from(
    run: Run, tmp_path: Path, plan_text: str
) -> None:
    (tmp_path / "plan.txt").write_text(plan_text, encoding="utf-8")
    assert run("plan", "read", "plan.txt", "-o", "plan.toml").code == 0
    written = json.loads(run("plan", "read", "plan.txt", "--json").out)
    assert json.loads(run("plan", "read", "plan.toml", "--json").out) == written
    assert written["format"] == 1
    assert written["kind"] == "publicity_plan"


def test_doctor_is_content_with_a_good_workspace_and_names_a_bad_one(
    run: Run, office: Path
) -> None:
    good = run("-w", office, "doctor", "--json")
    assert good.code == 0, good.out
    assert any("4 items" in row["what"] for row in json.loads(good.out))
    (office / "xuanjian.db").write_bytes(b"not a database" * 99)
    bad = run("-w", office, "doctor")
    assert bad.code == 2
    assert "damaged" in bad.out


def test_doctor_tells_a_lost_database_from_a_new_one(run: Run, office: Path) -> None:
    said = "it knows of no crawl, but the archive holds pages of some"
    assert said not in run("-w", office, "doctor").out
    page = office / "archive" / "xuanjian-2025-03-01-run1.warc.gz"
    page.write_bytes(b"")
    lost = run("-w", office, "doctor")
    assert lost.code == 2
    assert said in lost.out


def test_doctor_names_a_declaration_that_no_crawl_can_use(run: Run, office: Path) -> None:
    declaration = (
        'id = "kjj"\nname = "市科技局"\nlevel = "municipal"\nchannel = "website"\n'
        'hosts = ["kjj.example"]\n[[columns]]\nname = "动态"\nurl = "http://kjj.example/"\n'
    )
    (office / "sources" / "a.toml").write_text(declaration, encoding="utf-8")
    good = run("-w", office, "doctor")
    assert (good.code, "1 of 1 declared sources" in good.out) == (0, True)
    (office / "sources" / "b.toml").write_text(declaration, encoding="utf-8")
    bad = run("-w", office, "doctor")
    assert bad.code == 2
    assert "1 of 2 declared sources" in bad.out
    assert "sources/b.toml: the id kjj is also used by" in bad.out


def test_an_unknown_verb_and_wrong_options_are_plain(run: Run) -> None:
    done = run("clasify")
    assert done.code == 1
    assert "clasify" in done.err
    assert "Traceback" not in done.err


class TestBadInput:
    def test_a_plan_that_is_not_there(self, run: Run) -> None:
        failed(run("plan", "read", "none.docx"), "file-missing")

    def test_a_plan_that_cannot_be_read(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "p.docx").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 500)
        failed(run("plan", "read", "p.docx"), "document-unreadable")

    def test_an_empty_plan(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "p.txt").write_text(" \n\u3000\n", encoding="utf-8")
        failed(run("plan", "read", "p.txt"), "document-empty")

    def test_a_plan_with_no_focus_area(self, run: Run, tmp_path: Path, office: Path) -> None:
        (tmp_path / "p.txt").write_text(
            "关于放假的通知\n各科室：国庆节放假七天。\n", encoding="utf-8"
        )
        failed(run("-w", office, "plan", "use", "p.txt"), "plan-without-themes")
        failed(run("classify", "--plan", "p.txt", "--items", "news.jsonl"), "plan-without-themes")
        assert "p" not in run("-w", office, "plan", "list").out.split("\t")[0].splitlines()

    def test_a_corrupt_database(self, run: Run, office: Path) -> None:
        path = office / "xuanjian.db"
        path.write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
        failed(run("-w", office, "coverage"), "database-corrupt")

    def test_a_locked_database(self, run: Run, office: Path) -> None:
        holder = sqlite3.connect(office / "xuanjian.db")
        holder.execute("BEGIN EXCLUSIVE")
        try:
            failed(run("-w", office, "import", "news.jsonl"), "database-locked")
        finally:
            holder.close()

    def test_a_full_disk(self, run: Run, tmp_path: Path, plan_text: str, news_lines: str) -> None:
        if not Path("/dev/full").exists():
            pytest.skip("this system has no /dev/full")
        (tmp_path / "plan.txt").write_text(plan_text, encoding="utf-8")
        (tmp_path / "news.jsonl").write_text(news_lines, encoding="utf-8")
        import subprocess
        import sys

        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [sys.executable, "-m", "pipeline.cli", "plan", "read", "plan.txt", "--json"],
                stdout=full,
                stderr=subprocess.PIPE,
                cwd=tmp_path,
                text=True,
                check=False,
            )
        assert done.returncode == 1
        assert "[disk-full]" in done.stderr
        assert "Traceback" not in done.stderr

    def test_a_line_that_is_not_json_stores_nothing(
        self, run: Run, office: Path, tmp_path: Path
    ) -> None:
        good = '{"id": "x", "title": "新", "text": "新文"}\n'
        (tmp_path / "bad.jsonl").write_text(good + "{oops\n", encoding="utf-8")
        result = run("-w", office, "import", "bad.jsonl")
        failed(result, "items-bad-line")
        assert "line 2" in result.err
        assert "4 items" in run("-w", office, "doctor").out

    def test_a_broken_line_leaves_no_output_of_classify(
        self, run: Run, office: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "bad.jsonl").write_text("{oops\n", encoding="utf-8")
        result = run("classify", "--plan", "plan.txt", "--items", "bad.jsonl", "-o", "out.jsonl")
        failed(result, "items-bad-line")
        assert not (tmp_path / "out.jsonl").exists()
        assert not list(tmp_path.glob(".out.jsonl*"))

    def test_a_spreadsheet_without_the_needed_columns(
        self, run: Run, office: Path, tmp_path: Path
    ) -> None:
        book = openpyxl.Workbook()
        assert book.active is not None
        book.active.append(["姓名", "科室"])
        book.save(tmp_path / "t.xlsx")
        result = run("-w", office, "import", "t.xlsx")
        failed(result, "items-missing-columns")
        assert "姓名 | 科室" in result.err

    def test_a_model_of_another_version(self, run: Run, office: Path, tmp_path: Path) -> None:
        folder = tmp_path / "model"
        shutil.copytree(shipped("models") / "base", folder)
        path = folder / "model.json"
        manifest = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps(manifest | {"format": 99}), encoding="utf-8")
        failed(run("-w", office, "classify", "--model", folder), "model-format")

    def test_a_model_with_a_changed_byte(self, run: Run, office: Path, tmp_path: Path) -> None:
        folder = tmp_path / "model"
        shutil.copytree(shipped("models") / "base", folder)
        target = max(folder.glob("*.npy"), key=lambda path: path.stat().st_size)
        raw = bytearray(target.read_bytes())
        raw[-1] ^= 1
        target.write_bytes(raw)
        failed(run("-w", office, "classify", "--model", folder), "model-tampered")

    def test_a_period_that_is_needed_or_wrong(self, run: Run, office: Path) -> None:
        for unreadable in ("去年", "0000", "0001", "9999-12"):
            failed(run("-w", office, "coverage", "--period", unreadable), "period-unreadable")

    def test_a_misspelt_setting(self, run: Run, office: Path) -> None:
        (office / "xuanjian.toml").write_text("[coverage]\nbra = 1\n", encoding="utf-8")
        result = run("-w", office, "coverage")
        failed(result, "settings-unknown-key")
        assert "coverage.bar" in result.err
