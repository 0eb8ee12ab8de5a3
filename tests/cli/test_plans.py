"""Plans on the command line: shown, stored, and what themes stand for obeyed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

ITEMS = "\n".join(
    json.dumps({"id": str(number), "title": title, "text": text}, ensure_ascii=False)
    for number, (title, text) in enumerate(
        [
            ("新品种在田间推广", "农技人员把良种送到田间，智慧农业帮助农户增产。"),
            ("众创空间来了新团队", "孵化器为大学生创业团队提供创业服务，创业大赛即将开赛。"),
        ]
    )
)


def assigned(line: str) -> list[str]:
    return [theme["id"] for theme in json.loads(line)["themes"] if theme["assigned"]]


def test_a_person_changes_a_profile_and_the_mapping_follows(
    run: Run, tmp_path: Path, plan_text: str
) -> None:
    (tmp_path / "plan.txt").write_text(plan_text, encoding="utf-8")
    (tmp_path / "items.jsonl").write_text(ITEMS, encoding="utf-8")
    shown = run("plan", "profiles", "plan.txt")
    assert "未经确认" in shown.out
    assert "标题" in shown.out, "a proposal says why"
    assert run("plan", "profiles", "plan.txt", "-o", "plan.toml").code == 0
    before = run("classify", "--plan", "plan.toml", "--items", "items.jsonl").out.splitlines()
    assert [assigned(line) for line in before] == [["focus-2"], ["focus-1"]]
    file = tmp_path / "plan.toml"
    changed = file.read_text(encoding="utf-8").replace('"T11"', '"T25"')
    assert changed.count('"T25"') == 1
    file.write_text(changed, encoding="utf-8")
    after = run("classify", "--plan", "plan.toml", "--items", "items.jsonl").out.splitlines()
    assert [assigned(line) for line in after] == [[], ["focus-1"]]


def test_a_raw_document_is_never_read_by_a_ready_plan_files_profiles(
    run: Run, tmp_path: Path, plan_text: str
) -> None:
    (tmp_path / "plan.txt").write_text(plan_text, encoding="utf-8")
    run("plan", "profiles", "plan.txt", "-o", "plan.toml")
    found = json.loads(run("plan", "read", "plan.txt", "--json").out)
    assert found["profiles"] == []


def test_a_profile_of_an_unknown_topic_is_refused_by_name(
    run: Run, tmp_path: Path, plan_text: str
) -> None:
    (tmp_path / "plan.txt").write_text(plan_text, encoding="utf-8")
    run("plan", "profiles", "plan.txt", "-o", "plan.toml")
    file = tmp_path / "plan.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('"T11"', '"T99"'), encoding="utf-8")
    refused = run("plan", "profiles", "plan.toml")
    assert refused.code == 1
    assert "profile-unknown" in refused.err
    assert "T99" in refused.err


def test_a_stored_plan_is_taken_into_use_again_by_its_name(
    run: Run, tmp_path: Path, plan_text: str
) -> None:
    run("init", ".")
    for name in ("first", "second"):
        text = plan_text.replace("全市", f"{name}全市")
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
        assert run("plan", "use", f"{name}.txt").code == 0
    assert run("plan", "list").out.splitlines()[0].startswith("second")
    assert run("plan", "use", "first").code == 0
    assert run("plan", "list").out.splitlines()[0].startswith("first")
    unknown = run("plan", "use", "third")
    assert unknown.code == 1
    assert "first, second" in unknown.err or "second" in unknown.err


def test_a_plan_is_shown_with_its_duties_and_who_has_them(
    run: Run, tmp_path: Path, plan_text: str
) -> None:
    task = "（二）信息报送。办公室每月报送信息不少于2条。（办公室牵头）\n三、采访单位"
    (tmp_path / "plan.txt").write_text(plan_text.replace("三、采访单位", task), encoding="utf-8")
    shown = run("plan", "read", "plan.txt").out
    assert "组织集中采访　时间：2025年4月上旬" in shown
    assert "办公室：每月信息 2 条" in shown


def test_a_period_that_is_not_two_days_is_named_when_the_plan_is_taken_into_use(
    run: Run, tmp_path: Path, plan_text: str
) -> None:
    (tmp_path / "plan.txt").write_text(plan_text, encoding="utf-8")
    run("init", ".")
    run("plan", "read", "plan.txt", "-o", "plan.toml")
    file = tmp_path / "plan.toml"
    written = file.read_text(encoding="utf-8")
    assert '"2025-01-01"' in written
    file.write_text(written.replace('"2025-01-01"', '"2025年1月"'), encoding="utf-8")
    refused = run("plan", "use", "plan.toml")
    assert refused.code == 1
    assert "[plan-term]" in refused.err
    assert "2025年1月" in refused.err


@pytest.mark.parametrize(("signed", "state"), [(1, "proposed"), (2, "confirmed")])
def test_a_report_says_whether_a_person_signed_every_profile(
    run: Run, tmp_path: Path, plan_text: str, signed: int, state: str
) -> None:
    (tmp_path / "plan.txt").write_text(plan_text, encoding="utf-8")
    (tmp_path / "items.jsonl").write_text(ITEMS, encoding="utf-8")
    run("init", ".")
    run("plan", "profiles", "plan.txt", "-o", "plan.toml")
    file = tmp_path / "plan.toml"
    head, *profiles = file.read_text(encoding="utf-8").split("[[profiles]]\n")
    assert len(profiles) == 2
    whole = [
        ('confirmed_by = "王芳"\n' if place < signed else "") + profile
        for place, profile in enumerate(profiles)
    ]
    file.write_text("[[profiles]]\n".join([head, *whole]), encoding="utf-8")
    run("plan", "use", "plan.toml")
    run("import", "items.jsonl")
    run("classify")
    assert json.loads(run("coverage", "--json").out)["model"]["profiles"] == state
