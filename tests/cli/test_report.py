"""``xuanjian report`` as an officer runs it: sign, lock, what came after."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.config import Workspace
from pipeline.store.accounts import add_account
from pipeline.store.store import Store
from tests.cli.conftest import Run

STORIES = {
    "a": ("创业大赛落幕", "鄂尔多斯市创业大赛落幕，二十个团队拿到孵化名额，导师结对到人。"),
    "b": ("大棚装上传感器", "鄂尔多斯市智慧农业大棚装上传感器，农户在手机上看墒情，节水三成。"),
    "late": ("首家中试基地揭牌", "鄂尔多斯市首家中试基地揭牌，煤化工催化剂将在这里放大试验。"),
}
"""Three stories that are no reprints of each other."""


def item(name: str, day: str) -> str:
    title, text = STORIES[name]
    return json.dumps({"id": name, "title": title, "text": text, "date": day})


@pytest.fixture
def office(tmp_path: Path, run: Run) -> Path:
    """A workspace with a plan in use and a story in January and February."""
    plan = "鄂尔多斯市科技宣传方案\n一、宣传重点\n（一）推进创业孵化。宣传创业。\n（二）推进智慧农业。宣传农业。\n"
    (tmp_path / "plan.txt").write_text(plan, encoding="utf-8")
    lines = "\n".join((item("a", "2025-01-08"), item("b", "2025-02-08")))
    (tmp_path / "news.jsonl").write_text(lines, encoding="utf-8")
    folder = tmp_path / "office"
    assert run("init", folder).code == 0
    assert run("-w", folder, "plan", "use", "plan.txt", "--name", "2025").code == 0
    assert run("-w", folder, "import", "news.jsonl").code == 0
    return folder


def test_one_person_collates_and_approves_only_where_nobody_else_has_an_account(
    run: Run, office: Path
) -> None:
    def signed(stage: str, by: str) -> tuple[int, str]:
        words = ("--period", "2025-01", "--to", stage, "--by", by)
        done = run("-w", office, "report", "sign", *words)
        return done.code, done.err

    with (
        Store.open(Workspace.open(office).database_url) as store,
        store.begin() as session,
    ):
        for name in ("王芳", "赵局"):
            add_account(session, name, "noch eine lange Nacht", "approver", name)
    assert signed("check", "王芳")[0] == signed("collation", "王芳")[0] == 0
    code, said = signed("approval", "王芳")
    assert (code, "[sign-off-same-person]" in said) == (1, True)
    assert signed("approval", "赵局")[0] == 0
    assert signed("issued", "赵局")[0] == 0


def test_a_signed_month_stays_as_it_was_and_the_next_tells_of_the_late_story(
    run: Run, office: Path, tmp_path: Path
) -> None:
    january = ("--period", "2025-01")
    skipped = run("-w", office, "report", "sign", *january, "--to", "issued", "--by", "甲")
    assert skipped.code == 1
    assert "[sign-off-order]" in skipped.err
    for stage in ("科室核对", "collation", "approval", "issued"):
        done = run("-w", office, "report", "sign", *january, "--to", stage, "--by", "王芳")
        assert done.code == 0, done.err
    listed = run("-w", office, "report", "list")
    assert "2025-01-01 至 2025-01-31" in listed.out
    assert "已印发" in listed.out
    written = ("report", *january, "--format", "json,ledger", "-o")
    assert run("-w", office, *written, "before").code == 0
    (tmp_path / "late.jsonl").write_text(item("late", "2025-01-20"), encoding="utf-8")
    assert run("-w", office, "import", "late.jsonl").code == 0
    drafting = ("report", *january, "--format", "json,ledger,bulletin", "-o")
    assert run("-w", office, *drafting, "after").code == 0
    for name in ("report.json", "ledger.xlsx"):
        before, after = (tmp_path / folder / name for folder in ("before", "after"))
        assert before.read_bytes() == after.read_bytes()
    refused = run("-w", office, "coverage", *january, "--bar", "9")
    assert "[report-locked]" in refused.err
    live = json.loads(run("-w", office, "coverage", *january, "--live", "--json").out)
    assert live["totals"]["counted"] == 2
    said = json.loads(run("-w", office, "coverage", "--period", "2025-02", "--json").out)
    assert [one["item"] for one in said["supplement"]["late"]] == ["late"]
    assert said["totals"]["counted"] == 1
    compared = run(
        "-w", office, "coverage", "--period", "2025-02", "--compare", "previous",
        "--fail-if", "dropped", "--json",
    )  # fmt: skip
    assert compared.code == 0
    assert json.loads(compared.out)["comparison"]["issued_version"] == 1
    unknown = run("-w", office, "coverage", "--period", "2025-02", "--compare", "明年")
    assert "[compare-unknown]" in unknown.err
