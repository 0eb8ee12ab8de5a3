"""Learning from decisions, verb by verb: queue, import, train, evaluate, promote, roll back."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline.cli import cli
from pipeline.errors import XuanjianError
from pipeline.reports.wording import made_words
from samples.articles import FOLDER, sample_corpus

MODEL = "2025-focus_area-1"


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    slug: str
    hint: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def say(folder: Path, *arguments: object) -> Said:
    """Run a verb in this process: sixteen of them, each as a process, would take minutes."""
    done = CliRunner().invoke(cli, ["-w", str(folder), *map(str, arguments)])
    error = done.exception
    if isinstance(error, XuanjianError):
        return Said(1, done.output, error.slug, error.hint)
    if error is not None and not isinstance(error, SystemExit):
        raise error
    return Said(done.exit_code, done.output, "", "")


def label_lines(numbers: Iterator[int] | range, reviewer: str = "王芳") -> str:
    stories = sample_corpus().originals
    rows = [
        {
            "id": stories[n].key,
            "themes": list(stories[n].themes),
            "others": "no",
            "reviewer": reviewer,
        }
        for n in numbers
    ]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the sample plan and stories, classified; nobody decided anything."""
    folder = tmp_path_factory.mktemp("training") / "office"
    news = folder.parent / "news.jsonl"
    rows = [
        {"id": one.key, "title": one.title, "text": one.text, "date": one.date.isoformat()}
        for one in sample_corpus().originals
    ]
    news.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert say(folder, "init", folder).code == 0
    assert say(folder, "plan", "use", FOLDER / "plan.txt", "--name", "2025").code == 0
    assert say(folder, "import", news).code == 0
    assert say(folder, "classify").code == 0
    return folder


@pytest.fixture(scope="module")
def taught(read: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with 70 stories decided and one model trained on them."""
    folder = tmp_path_factory.mktemp("taught") / "office"
    shutil.copytree(read, folder)
    (folder / "labels.jsonl").write_text(label_lines(range(70)), encoding="utf-8")
    assert say(folder, "review", "import", folder / "labels.jsonl").code == 0
    told = say(folder, "train")
    assert told.code == 0
    (folder / "told.txt").write_text(told.out, encoding="utf-8")
    return folder


@pytest.fixture
def office(taught: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    shutil.copytree(taught, tmp_path / "office")
    return tmp_path / "office"


def test_training_tells_how_many_labels_and_what_they_are_worth(taught: Path) -> None:
    told = (taught / "told.txt").read_text(encoding="utf-8")
    assert "学习 70 条，420 个判定" in told
    assert "交叉验证" in told
    assert "判定太少（属于的不足 10 条）" in told
    assert "尚未启用" in told
    for title in ("大众创业", "农牧业科技园区", "全部（微平均）", "条目平均（宏平均）"):
        assert title in told


def test_a_trained_model_is_not_used_until_it_is_promoted(taught: Path) -> None:
    listed = say(taught, "models", "list", "--json").json
    (line,) = listed["models"]
    assert (line["name"], line["fitness"], line["plans"]) == (MODEL, "fits", ["2025"])
    assert listed["uses"] == []
    assert "由条目画像判定" in say(taught, "classify").out


def test_machine_assignments_are_never_labels(read: Path) -> None:
    refused = say(read, "train")
    assert (refused.code, refused.slug) == (1, "labels-too-few")
    assert not (read / "models").exists()


def test_a_promoted_model_decides_and_a_rollback_gives_the_profiles_back(office: Path) -> None:
    before = say(office, "coverage", "--json").json["model"]
    assert f"已启用 {MODEL}" in say(office, "models", "promote", MODEL).out
    assert f"由训练过的模型判定：{MODEL}" in say(office, "classify").out
    used = say(office, "coverage", "--json").json["model"]
    assert used["name"] == MODEL
    assert used["fingerprint"] != before["fingerprint"]
    assert "使用中" in say(office, "models", "list").out
    assert "由条目画像判定" in say(office, "classify", "--no-model").out
    assert "现由条目画像判定" in say(office, "models", "rollback").out
    say(office, "classify")
    assert say(office, "coverage", "--json").json["model"] == before
    shown = say(office, "models", "show", MODEL).out
    assert "Learned from" in shown
    assert "撤回" in shown


def test_a_model_of_a_long_name_is_listed_so_that_it_can_be_promoted(office: Path) -> None:
    name = "ordos-theme-publicity-2025-with-the-old-labels-focus_area-12"
    shutil.copytree(office / "models" / MODEL, office / "models" / name)
    assert name in say(office, "models", "list").out
    say(office, "models", "promote", name)
    assert name in say(office, "models", "list").out


def test_a_model_s_history_is_told_in_beijing_time(office: Path) -> None:
    say(office, "models", "promote", MODEL)
    (use,) = say(office, "models", "list", "--json").json["uses"]
    assert f"：{made_words(use['since'])} 启用" in say(office, "models", "show", MODEL).out


def test_a_promoted_model_that_is_gone_is_named_and_can_be_rolled_back(office: Path) -> None:
    say(office, "models", "promote", MODEL)
    shutil.rmtree(office / "models" / MODEL)
    refused = say(office, "classify")
    assert refused.slug == "model-missing"
    assert "--no-model" in refused.hint
    assert "文件夹不在" in say(office, "models", "list").out
    assert say(office, "models", "rollback").code == 0
    assert say(office, "classify").code == 0


def test_doctor_names_a_model_in_use_that_cannot_be_used(office: Path) -> None:
    say(office, "models", "promote", MODEL)
    good = say(office, "doctor")
    assert (good.code, f"model {MODEL} decides 2025" in good.out) == (0, True), good.out
    (office / "models" / MODEL / "slopes.npy").write_bytes(b"?")
    bad = say(office, "doctor")
    assert bad.code == 2
    assert "model of 2025 (focus_area): " in bad.out
    assert "xuanjian models rollback" in bad.out


def test_a_plan_that_changed_refuses_the_model_and_names_the_ways_out(office: Path) -> None:
    say(office, "models", "promote", MODEL)
    text = (FOLDER / "plan.txt").read_text(encoding="utf-8")
    changed = office / "changed.txt"
    changed.write_text(text.replace("推进大众创业", "支持大众创业"), encoding="utf-8")
    assert changed.read_text(encoding="utf-8") != text
    assert say(office, "plan", "use", changed, "--name", "2025").code == 0
    refused = say(office, "classify")
    assert (refused.code, refused.slug) == (1, "model-other-plan")
    assert "xuanjian train" in refused.hint
    assert "--no-model" in refused.hint
    assert say(office, "classify", "--no-model").code == 0
    assert "条目已变" in say(office, "models", "list").out
    assert say(office, "models", "promote", MODEL).slug == "model-other-plan"


def test_items_need_no_workspace_when_the_trained_folder_is_named(
    taught: Path, tmp_path: Path
) -> None:
    shutil.copytree(taught / "models" / MODEL, tmp_path / "trained")
    items = tmp_path / "items.jsonl"
    items.write_text('{"id": "x", "title": "众创空间开放日", "text": "孵化器里的创业团队。"}\n')
    done = say(
        tmp_path,
        *("classify", "--plan", FOLDER / "plan.txt", "--items", items),
        *("--model", tmp_path / "trained", "-o", tmp_path / "out.jsonl"),
    )
    assert done.code == 0
    assert "由训练过的模型判定：trained" in done.out
    by_profiles = say(
        tmp_path, "classify", "--plan", FOLDER / "plan.txt", "--items", items
    ).out.splitlines()[0]
    line = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
    assert line["id"] == json.loads(by_profiles)["id"] == "x"
    assert line["themes"] != json.loads(by_profiles)["themes"]


def test_nothing_is_measured_on_what_was_learned_from(office: Path) -> None:
    say(office, "models", "promote", MODEL)
    labels = office / "all.jsonl"
    labels.write_text(label_lines(range(len(sample_corpus().originals))), encoding="utf-8")
    told = say(office, "evaluate", "--labels", labels, "--json").json
    assert told["learned"] == 70
    assert told["figures"]["items"] == len(sample_corpus().originals) - 70
    assert told["model"] == MODEL
    seen = say(office, "evaluate", "--labels", office / "labels.jsonl")
    assert (seen.code, seen.slug) == (1, "labels-too-few")
    alone = say(office, "evaluate", "--labels", labels, "--no-model", "--json").json
    assert alone["learned"] == 0
    assert alone["figures"]["items"] == len(sample_corpus().originals)


def test_the_same_words_under_another_id_were_learned_from_too(office: Path) -> None:
    story = sample_corpus().originals[0]
    row = {"id": "copied", "title": story.title, "text": story.text, "themes": list(story.themes)}
    (office / "copied.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    told = say(
        office,
        "evaluate",
        "--labels",
        office / "copied.jsonl",
        "--model",
        office / "models" / MODEL,
    )
    assert (told.code, told.slug) == (1, "labels-too-few")


@pytest.mark.parametrize(("bar", "code"), [(0.05, 0), (1.0, 2)])
def test_a_bar_that_is_missed_is_told_by_the_exit_code(taught: Path, bar: float, code: int) -> None:
    labels = taught / "held.jsonl"
    labels.write_text(label_lines(range(70, len(sample_corpus().originals))), encoding="utf-8")
    model = taught / "models" / MODEL
    told = say(taught, "evaluate", "--labels", labels, "--model", model, "--fail-below", bar)
    assert told.code == code
    assert "校准误差" in told.out


def test_reviewers_who_differ_and_labels_that_look_wrong_are_listed(office: Path) -> None:
    stories = sample_corpus().originals
    first = next(n for n in range(70) if stories[n].themes)
    other = {"id": stories[first].key, "not_themes": [stories[first].themes[0]], "reviewer": "李"}
    (office / "other.jsonl").write_text(json.dumps(other) + "\n", encoding="utf-8")
    assert say(office, "review", "import", office / "other.jsonl").code == 0
    startups = [n for n in range(70) if stories[n].themes == ("focus-1",)]
    swapped = stories[startups[-1]]
    assert startups[-1] != first
    wrong = {"id": swapped.key, "themes": [], "others": "no", "reviewer": "王芳"}
    (office / "wrong.jsonl").write_text(json.dumps(wrong) + "\n", encoding="utf-8")
    assert say(office, "review", "import", office / "wrong.jsonl").code == 0
    told = say(office, "train", "--json").json
    assert told["model"] == "2025-focus_area-2"
    (line,) = told["disagreements"]
    assert (line["theme"], line["yes"], line["no"]) == (stories[first].themes[0], ["王芳"], ["李"])
    doubtful = {(one["title"], one["theme"]): one for one in told["doubtful"]}
    assert (swapped.title, "focus-1") in doubtful
    assert doubtful[swapped.title, "focus-1"]["belongs"] is False
    assert doubtful[swapped.title, "focus-1"]["probability"] >= 0.75


def test_a_file_of_labels_alone_can_be_learned_from(read: Path, tmp_path: Path) -> None:
    shutil.copytree(read, tmp_path / "office")
    labels = tmp_path / "labels.jsonl"
    own = {
        "id": "elsewhere",
        "title": "众创空间揭牌",
        "text": "孵化器启用。",
        "themes": ["focus-1"],
    }
    labels.write_text(label_lines(range(30)) + json.dumps(own) + "\n", encoding="utf-8")
    told = say(
        tmp_path / "office",
        *("train", "--labels", labels, "--only-labels", "--name", "old", "--promote", "--json"),
    ).json
    assert (told["model"], told["items"], told["promoted"]) == ("old-1", 31, True)
    assert "old-1" in say(tmp_path / "office", "classify").out
    unknown = tmp_path / "unknown.jsonl"
    unknown.write_text('{"id": "nowhere", "themes": ["focus-1"]}\n', encoding="utf-8")
    refused = say(tmp_path / "office", "train", "--labels", unknown)
    assert refused.slug == "labels-without-words"


def test_the_queue_mixes_audits_in_and_their_chances_survive_the_way_back(
    read: Path, tmp_path: Path
) -> None:
    office = tmp_path / "office"
    shutil.copytree(read, office)
    path = tmp_path / "q.jsonl"
    ask = ("review", "queue", "-o", path, "--limit", 10, "--audit-share", 0.3)
    assert say(office, *ask).code == 0
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    audits = [row for row in rows if row["chosen_by"] == "audit"]
    assert (len(rows), len(audits)) == (10, 3)
    chance = audits[0]["inclusion_probability"]
    assert all(row["inclusion_probability"] == chance for row in audits)
    assert 0 < chance < 1
    assert all(row["inclusion_probability"] is None for row in rows if row not in audits)
    say(office, *ask)
    assert [json.loads(x) for x in path.read_text(encoding="utf-8").splitlines()] == rows
    say(office, *ask, "--seed", 7)
    again = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert {row["id"] for row in again} != {row["id"] for row in rows}
    filled = [row | {"others": "no", "reviewer": "王芳", "comment": "读过"} for row in rows]
    path.write_text("".join(json.dumps(row) + "\n" for row in filled), encoding="utf-8")
    assert say(office, "review", "import", path).code == 0
    assert say(office, "review", "export", "-o", tmp_path / "back.jsonl").code == 0
    back = [json.loads(x) for x in (tmp_path / "back.jsonl").read_text().splitlines()]
    assert (
        sorted((row["chosen_by"], row["inclusion_probability"]) for row in back[:3])
        == [("audit", chance)] * 3
    )
    assert all(row["comment"] == "读过" for row in back)
    say(office, *ask)
    left = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert not {row["id"] for row in left} & {row["id"] for row in rows}


def test_a_queue_of_the_console_is_chosen_from_the_counted_stories_of_the_period(
    read: Path, tmp_path: Path
) -> None:
    office = tmp_path / "office"
    shutil.copytree(read, office)
    ask = ("review", "choose", "--limit", 10, "--audit-share", 0.3, "--by", "王芳")
    found = [
        re.search(r"待判清单 (\d+)，从 (\d+) 篇中选 (\d+) 篇，其中随机抽查 (\d+) 篇", told)
        for told in (say(office, *ask).out, say(office, *ask, "--period", "2025-03").out)
    ]
    assert all(found)
    (first, every, *chosen), (second, march, *_) = [
        tuple(map(int, one.groups())) for one in found if one
    ]
    assert (first, second, chosen) == (1, 2, [10, 3])
    assert 0 < march < every


NESTED = """某市科技创新规划
第一章 培育创新主体
第一节 建设众创空间和孵化器
支持众创空间和创业孵化器发展。
第二节 壮大高新技术企业
培育高新技术企业和科技型中小企业。
第二章 发展现代农牧业科技
第一节 推广良种和智慧农业
选育玉米良种，建设智慧农业示范田。
第二节 派出科技特派员
科技特派员下乡服务农牧民。
"""


def test_chapters_and_sections_are_taught_apart_and_both_decide(tmp_path: Path) -> None:
    office = tmp_path / "office"
    (tmp_path / "nested.txt").write_text(NESTED, encoding="utf-8")
    assert say(office, "init", office).code == 0
    assert say(office, "plan", "use", tmp_path / "nested.txt", "--name", "五年").code == 0
    rows = [
        {"id": "a", "title": "众创空间开放日", "text": "孵化器里的创业团队路演。"},
        {"id": "b", "title": "高新技术企业授牌", "text": "科技型中小企业达到一百家。"},
        {"id": "c", "title": "玉米良种测产", "text": "智慧农业示范田亩产提高。"},
        {"id": "d", "title": "科技特派员进村", "text": "农牧民跟着学技术。"},
    ]
    answers = ["section-1.1", "section-1.2", "section-2.1", "section-2.2"]
    news, labels = tmp_path / "news.jsonl", tmp_path / "labels.jsonl"
    dated = [row | {"date": "2025-03-18"} for row in rows]
    news.write_text("".join(json.dumps(row) + "\n" for row in dated), encoding="utf-8")
    lines = [
        {"id": row["id"], "themes": [section], "others": "no"}
        for row, section in zip(rows, answers, strict=True)
    ]
    labels.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert say(office, "import", news).code == 0
    assert say(office, "review", "import", labels, "--scheme", "section").code == 0
    told = say(office, "train", "--scheme", "section", "--json").json
    pairs = told["by_labels"]["pairs"]
    assert (told["model"], told["items"], pairs) == ("五年-section-1", 4, 16)
    assert say(office, "train").slug == "labels-too-few", "sections say nothing of chapters"
    chapters = [
        {"id": row["id"], "themes": [f"chapter-{1 + n // 2}"]} for n, row in enumerate(rows)
    ]
    labels.write_text("".join(json.dumps(line) + "\n" for line in chapters), encoding="utf-8")
    assert say(office, "review", "import", labels).code == 0
    assert say(office, "train", "--promote").code == 0
    assert say(office, "models", "promote", "五年-section-1").code == 0
    both = say(office, "classify", "--scheme", "section").out
    assert "五年-section-1" in both
    assert "五年-chapter-1" in both
    above = say(office, "classify").out
    assert "五年-section-1" not in above
    assert "五年-chapter-1" in above
    items = say(
        office,
        *("classify", "--plan", tmp_path / "nested.txt", "--items", news, "--scheme", "chapter"),
        *("--model", office / "models" / "五年-section-1"),
    )
    assert items.slug == "model-other-plan"
    assert "--scheme section" in items.hint
    queue = tmp_path / "q.jsonl"
    assert say(office, "review", "queue", "--scheme", "section", "-o", queue).code == 0
    assert queue.read_text(encoding="utf-8") == "", "every story is decided"
