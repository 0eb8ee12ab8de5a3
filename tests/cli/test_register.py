"""``xuanjian register`` and the scores of a workspace as a person runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

PLAN = Path(__file__).parents[2] / "plans" / "jinshui-2017-publicity.toml"
TABLE = """科室,日期,标题,栏目,字数,采用
办公室,2017-03-02,机关党课,机关内网科技动态信息,,是
高新科,2017-03-05,百字稿,金水时讯,100,是
综合科,2017-03-09,科普日,信息,,河南日报
综合科,2017-03-09,科普日,信息,,郑州日报
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "三月.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


@pytest.fixture
def place(run: Run, tmp_path: Path) -> Path:
    """A workspace with seed 001's plan."""
    assert run("init", "work").code == 0
    assert run("plan", "use", PLAN, cwd=tmp_path / "work").code == 0
    return tmp_path / "work"


def test_a_table_is_previewed_imported_and_imported_again(
    run: Run, place: Path, table: Path
) -> None:
    shown = run("register", "import", table, "--preview", cwd=place)
    assert shown.code == 0, shown.err
    assert "科室→责任科室" in shown.out
    assert "如果导入：新增 3 条，已有 0 条，更改 0 条。" in shown.out
    assert "共 0 条" in run("register", "list", cwd=place).out
    done = run("register", "import", table, "--by", "王芳", cwd=place)
    assert "已登记：新增 3 条" in done.out
    assert "三月.csv 第5行与三月.csv 第4行是同一稿件，并为一条" in done.err
    again = run("register", "import", table, "--by", "李明", cwd=place)
    assert "新增 0 条，已有 3 条，更改 0 条" in again.out
    listed = json.loads(run("register", "list", "--office", "综合科", "--json", cwd=place).out)
    assert [one["by"] for one in listed] == ["王芳"]
    assert len(listed[0]["submission"]["adopted"]) == 2


def test_a_changed_row_is_told_and_its_past_is_kept(run: Run, place: Path, table: Path) -> None:
    run("register", "import", table, "--by", "王芳", cwd=place)
    table.write_text(TABLE.replace(",100,", ",101,"), encoding="utf-8")
    done = run("register", "import", table, "--by", "李明", cwd=place)
    assert "更改 三月.csv 第3行《百字稿》：字数 100→101" in done.out
    shown = run("register", "show", "2", cwd=place)
    assert "李明 导入：字数 100→101" in shown.out


def test_bad_rows_store_nothing_unless_they_are_left_out(
    run: Run, place: Path, table: Path
) -> None:
    bad = (
        TABLE
        + "高新处,2017-03-10,甲,信息,,是\n高新科,2099-01-01,乙,信息,,是\n综合科,2017-03-11,秘密★1年,信息,,是\n"
    )
    table.write_text(bad, encoding="utf-8")
    done = run("register", "import", table, cwd=place)
    assert done.code == 1
    assert "三月.csv 第6行「责任科室」：方案中没有“高新处”；相近的有：高新科" in done.err
    assert "三月.csv 第7行「报送日期」：2099-01-01还没有到" in done.err
    assert "三月.csv 第8行「标题」：有密级或内部标志“★”" in done.err
    assert "共 0 条" in run("register", "list", cwd=place).out
    rest = run("register", "import", table, "--leave-out", cwd=place)
    assert (rest.code, "新增 3 条" in rest.out) == (0, True)


def test_an_entry_by_hand_with_its_use_and_a_leaders_note(run: Run, place: Path) -> None:
    entry = ("--office", "知识产权管理科", "--day", "2017-03-05", "--title", "专利周")
    assert run("register", "add", *entry, "--column", "信息", cwd=place).code == 0
    used = run("register", "adopt", "1", "--outlet", "河南日报", "--day", "2017-03-08", cwd=place)
    assert "采用：河南日报 2017-03-08" in used.out
    assert "科室：知识产权科" in used.out
    note = ("--what", "市领导批示", "--day", "2017-03-09", "--proof", "批-7")
    assert "市领导批示（2017-03-09，批-7）" in run("register", "event", "1", *note, cwd=place).out
    text = run("register", "event", "1", "--what", "请科技局认真研究。", cwd=place)
    assert (text.code, "[register-event]" in text.err) == (1, True)
    assert "认真研究" not in text.err
    secret = run("register", "add", *entry[:-1], "（秘密）专利", "--column", "信息", cwd=place)
    assert (secret.code, "[document-secret]" in secret.err) == (1, True)
    unknown = run("register", "add", "--office", "某处", *entry[2:], "--column", "信息", cwd=place)
    assert "方案中没有“某处”" in unknown.err
    sheet = json.loads(run("score", "--period", "2017-03", "--json", cwd=place).out)
    (card,) = [card for card in sheet["offices"] if card["office"] == "知识产权科"]
    assert card["bonus"] == 5


def test_what_is_removed_can_be_restored(run: Run, place: Path, table: Path) -> None:
    run("register", "import", table, cwd=place)
    assert "已撤回" in run("register", "remove", "2", "--why", "重复", cwd=place).out
    assert "共 2 条" in run("register", "list", cwd=place).out
    assert "共 1 条" in run("register", "list", "--withdrawn", cwd=place).out
    assert "已撤回而不恢复 1 条" in run("register", "import", table, cwd=place).out
    run("register", "restore", "2", cwd=place)
    assert "共 3 条" in run("register", "list", "--period", "2017-03", cwd=place).out
    runs = run("register", "runs", cwd=place).out
    told = ("北京时间", "恢复", "撤回 2 重复", "导入 三月.csv")
    assert [word in runs for word in told] == [True] * 4
    missing = run("register", "remove", "9", cwd=place)
    assert (missing.code, "[submission-missing]" in missing.err) == (1, True)


def test_what_is_exported_imports_as_the_same(run: Run, place: Path, table: Path) -> None:
    run("register", "import", table, cwd=place)
    for name in ("出.xlsx", "出.csv"):
        assert run("register", "export", name, cwd=place).code == 0
        again = run("register", "import", name, cwd=place)
        assert "新增 0 条，已有 3 条，更改 0 条" in again.out, again.err


def test_a_crawled_item_is_shown_and_counts_once_a_person_confirms_it(
    run: Run, place: Path, tmp_path: Path
) -> None:
    (tmp_path / "三月.csv").write_text(
        "科室,日期,标题,栏目\n综合科,2017-03-09,科普日在郑州举行,信息\n", encoding="utf-8"
    )
    news = {"id": "n1", "title": "科普日在郑州举行", "text": "正文", "date": "2017-03-10"}
    (tmp_path / "n.jsonl").write_text(json.dumps({**news, "outlet": "河南日报"}), encoding="utf-8")
    run("register", "import", tmp_path / "三月.csv", cwd=place)
    assert run("import", tmp_path / "n.jsonl", cwd=place).code == 0
    listed = run("register", "list", cwd=place).out
    assert "疑似刊发" in listed
    assert "n1" in listed

    def bonus() -> float:
        sheet = json.loads(run("score", "--period", "2017-03", "--json", cwd=place).out)
        return sum(float(card["bonus"]) for card in sheet["offices"])

    assert bonus() == 0
    assert "佐证n1" in run("register", "link", "1", "n1", "--by", "王芳", cwd=place).out
    assert bonus() == 5
    assert "疑似刊发" not in run("register", "list", cwd=place).out


def test_the_scores_of_the_workspace_are_those_of_its_tables(
    run: Run, place: Path, table: Path
) -> None:
    run("register", "import", table, cwd=place)
    stored = json.loads(run("score", "--json", cwd=place).out)
    from_files = json.loads(
        run("score", "--plan", PLAN, "--submissions", table, "--json", cwd=place).out
    )
    assert stored == from_files
    assert stored["period"]["label"] == "2017年3月"


def test_chosen_readings_hold_for_the_plan_and_are_signed_on_the_sheet(
    run: Run, place: Path, table: Path
) -> None:
    run("register", "import", table, cwd=place)
    set_ = run("score", "readings", "set", "boundary=higher", "--by", "王芳", cwd=place)
    assert set_.code == 0, set_.err
    assert "boundary=higher（王芳" in set_.out
    words = "".join(run("score", cwd=place).out.split())
    assert "100字属100—300字（界限，计入高一档）" in words
    assert "选定，boundary=higher" in words
    assert "王芳" in words
    once = run("score", "--reading", "boundary=lower", cwd=place).out
    assert "计入低一档" in once
    wrong = run("score", "readings", "set", "edge=up", cwd=place)
    assert (wrong.code, "[reading-unknown]" in wrong.err) == (1, True)
    run("score", "readings", "set", "boundary=", cwd=place)
    assert "boundary=lower（默认）" in run("score", "readings", "list", cwd=place).out


def test_without_a_plan_names_stay_as_written_and_scores_need_one(
    run: Run, tmp_path: Path, table: Path
) -> None:
    run("init", "bare")
    bare = tmp_path / "bare"
    assert "新增 3 条" in run("register", "import", table, cwd=bare).out
    assert "[plan-needed]" in run("score", cwd=bare).err
    done = run("score", "--plan", PLAN, "--period", "2017-03", cwd=bare)
    assert done.code == 0, done.err
