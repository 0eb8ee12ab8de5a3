"""First use: from an empty workspace to the first overview, left and taken up again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console.app import Console
from console.rooms import first_use
from pipeline.config import Workspace
from pipeline.news import source_id
from pipeline.store.jobs import add_job, end_job, get_job
from pipeline.store.media_choices import media_choices
from pipeline.store.plans import get_plan
from pipeline.store.trail import trail
from samples.articles import FOLDER as SAMPLES
from samples.serve import serve
from tests.console.conftest import Person, SignIn

STEPS = [*first_use.STEPS]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty one, in place of the sample's."""
    return Workspace.create(tmp_path / "w", {"crawl.allow_private": True, "crawl.delay": 0.0})


def states(person: Person) -> dict[str, str]:
    return {step["name"]: step["state"] for step in person.api("/first-use")["steps"]}


def now(person: Person) -> str:
    """The step to do; there is always exactly one but at the end."""
    found = [name for name, state in states(person).items() if state == "now"]
    assert len(found) == 1
    return found[0]


def hand_in_plan(editor: Person, text: str = "") -> None:
    body = text or (SAMPLES / "plan.txt").read_text(encoding="utf-8")
    where = editor.change(
        "/plan-upload", files={"file": ("方案.txt", body.encode())}, to="/first-use"
    )
    at = editor.change(f"{where.partition('?')[0]}/store", name="2025", to="/first-use")
    assert at == "/first-use"


def confirm_all(editor: Person) -> None:
    while theme := editor.api("/first-use")["next_profile"]:
        shown = editor.api(f"/plans/2025/profiles/{theme}")
        editor.change(
            f"/plans/2025/profiles/{theme}",
            version=shown["version"],
            weights=[topic["weight"] for topic in shown["topics"]],
            terms="、".join(shown["terms"]),
        )


@pytest.fixture
def sites(workspace: Workspace) -> Iterator[None]:
    """The sample sites are up and declared."""
    with serve((0, 0, 0)) as bases:
        for name, base in dict(bases).items():
            text = (SAMPLES / "sources" / f"{name}.toml").read_text(encoding="utf-8")
            path = workspace.sources / f"{name}.toml"
            path.write_text(text.replace("{base}", base), encoding="utf-8")
        yield


def wait_for(console: Console, where: str) -> None:
    """Until a job is over, which must have gone well."""
    number = int(where.rpartition("/")[2])
    end = time.monotonic() + 120
    while time.monotonic() < end:
        with console.store.begin() as session:
            job = get_job(session, number)
        if not job.running:
            assert job.exit_code == 0, job.said
            return
        time.sleep(0.2)
    raise AssertionError(f"job {number} did not end")


@pytest.mark.usefixtures("sites")
def test_an_officer_gets_from_nothing_to_the_overview_step_by_step(
    console: Console, sign_in: SignIn, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = sign_in("editor")
    assert leads_here(editor)
    assert states(editor) == {
        name: "now" if name == "plan" else "done" if name == "sources" else "later"
        for name in STEPS
    }
    hand_in_plan(editor)
    assert now(editor) == "read"
    assert "对照原文看" in editor.page("/first-use")
    editor.change("/first-use/seen")
    assert now(editor) == "profiles"
    confirm_all(editor)
    assert now(editor) == "media"
    media = editor.api("/first-use")["media"]
    assert [one["choice"] for one in media] == [""] * 4
    names = [one["name"] for one in media]
    editor.change("/first-use/media", names=names, choices=["crawl", "register", "crawl", "leave"])
    with console.store.begin() as session:
        assert media_choices(session)[source_id(names[3])] == "leave"
        [line] = trail(session, action="media.choose")
        assert line.who == "editor"
    assert now(editor) == "periods"
    editor.change("/first-use/periods", month_starts="26", bar="1")
    settings = Workspace.open(workspace.path).settings
    assert settings.get("period.month_starts", int) == 26
    assert editor.api("/first-use")["month_starts"] == 26, "the console knows at once"
    assert now(editor) == "crawl"
    assert editor.api("/first-use")["since"] == "2025-01-01"
    with console.store.begin() as session:
        other = add_job(session, "crawl", ("crawl",), "editor")
    with monkeypatch.context() as patch:  # however quickly a real one would end
        patch.setattr("console.jobs._runs", lambda _job, _workspace: True)
        answer = editor.send("/first-use/crawl", since="2025-01-01")
        assert (answer.status_code, "job-running-exists" in answer.text) == (409, True)
    with console.store.begin() as session:
        end_job(session, other.id, 0, "")
    wait_for(console, editor.change("/first-use/crawl", since="2025-01-01"))
    assert now(editor) == "classify"
    wait_for(console, editor.change("/first-use/classify"))
    assert set(states(editor).values()) == {"done"}
    assert "设置已完成" in editor.page("/first-use")
    assert not leads_here(editor)


def test_every_page_leads_back_to_the_step_one_is_at_until_the_first_use_is_over(
    console: Console, sign_in: SignIn, sites: None
) -> None:
    editor, viewer = sign_in("editor"), sign_in("viewer")
    hand_in_plan(editor)
    at_profiles = "现在是第 3 步，共 9 步：确认每个条目的画像"
    editor.change("/first-use/seen")
    for path in ("/sources", "/sources/new", "/import", "/runs", "/jobs", "/plans/2025/profiles"):
        page = editor.page(path)
        assert 'href="/first-use#step-profiles"' in page, path
        assert at_profiles in page
        assert "返回首次设置" not in viewer.page(path) if path in {"/sources", "/runs"} else True
    assert "返回首次设置" not in editor.page("/first-use")
    assert at_profiles in editor.page("/import?plan=没有的方案"), "whatever the address asks about"
    confirm_all(editor)
    names = [one["name"] for one in editor.api("/first-use")["media"]]
    editor.change("/first-use/media", names=names, choices=["leave"] * len(names))
    editor.change("/first-use/periods", month_starts="1", bar="1")
    where = editor.change("/first-use/crawl", since="2025-01-01")
    assert "返回首次设置" in editor.page(where)
    wait_for(console, where)
    assert "现在是第 8 步" in editor.page(where)
    classify = editor.change("/first-use/classify")
    wait_for(console, classify)
    assert "返回首次设置" not in editor.page("/sources"), "the first use is over"


def test_a_page_that_needs_a_plan_leads_to_where_one_is_handed_in(sign_in: SignIn) -> None:
    editor = sign_in("editor")
    for path in ("/overview", "/review", "/units"):
        answer = editor.get(path)
        assert answer.status_code == 409
        assert '<a class="button" href="/first-use">去首次设置</a>' in answer.text
        assert 'role="alert"' not in answer.text, "nothing failed"


def leads_here(person: Person) -> bool:
    """Whether the first page leads on to the steps."""
    answer = person.get("/")
    return answer.headers.get("location") == "/first-use" or 'href="/first-use"' in answer.text


def test_a_plan_without_a_term_is_not_passed_over(sign_in: SignIn) -> None:
    editor = sign_in("editor")
    text = (SAMPLES / "plan.txt").read_text(encoding="utf-8")
    hand_in_plan(editor, text.replace("本方案执行时间为2025年1月至12月。", ""))
    editor.change("/first-use/seen")
    assert now(editor) == "read", "looked at, but nothing can be counted without a term"
    assert "请先补填" in editor.page("/first-use")
    form = editor.form("/plans/2025/mend", "/plans/2025/mend")
    editor.change("/plans/2025/mend", **{**form, "first": "2025-01-01", "last": "2025-12-31"})
    assert now(editor) == "profiles"


def test_shipped_sources_of_the_plan_s_place_come_first_and_are_taken_over(
    console: Console, sign_in: SignIn, workspace: Workspace
) -> None:
    editor = sign_in("editor")
    hand_in_plan(editor)
    offered = editor.api("/first-use")["offered"]
    near = [one["near"] for one in offered]
    assert near == sorted(near, reverse=True)
    assert {"ordos", "ordos-kjj"} <= {one["id"] for one in offered if one["near"]}
    assert not any(one["taken"] for one in offered)
    editor.change("/first-use/sources", ids=["ordos-kjj", "ordos"])
    assert sorted(path.name for path in workspace.sources.iterdir()) == [
        "ordos-kjj.toml",
        "ordos.toml",
    ]
    assert states(editor)["sources"] == "done"
    mended = workspace.sources / "ordos.toml"
    mended.write_text(mended.read_text(encoding="utf-8") + "# ours\n", encoding="utf-8")
    editor.change("/first-use/sources", ids=["ordos"])
    assert mended.read_text(encoding="utf-8").endswith("# ours\n"), "ours stays as it is"
    with console.store.begin() as session:
        assert [line.subject for line in trail(session, action="source.take")][-1] == (
            "ordos-kjj、ordos"
        )


@pytest.mark.parametrize("wrong", [["../../etc"], ["nobody-ships-this"], []])
def test_other_names_of_sources_are_refused(
    sign_in: SignIn, workspace: Workspace, wrong: list[str]
) -> None:
    answer = sign_in("editor").send("/first-use/sources", ids=wrong)
    assert answer.status_code in (404, 422)
    assert not list(workspace.sources.iterdir())


def test_who_registers_everything_by_hand_passes_over_the_crawl(
    console: Console, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    for step in ("sources", "crawl"):
        assert states(editor)[step] == "later"
        editor.change("/first-use/skip", step=step)
        assert states(editor)[step] == "done"
    with console.store.begin() as session:
        assert [one.subject for one in trail(session, action="first-use.skip")] == [
            "crawl",
            "sources",
        ]
    assert editor.send("/first-use/skip", step="plan").status_code == 422


def test_another_person_takes_the_steps_up_where_they_were_left(sign_in: SignIn) -> None:
    hand_in_plan(sign_in("editor"))
    other = sign_in("admin")
    assert now(other) == "read"
    other.change("/first-use/seen")
    assert now(sign_in("editor")) == "profiles"


def test_a_new_reading_of_the_plan_asks_for_what_it_added(
    console: Console, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    hand_in_plan(editor)
    confirm_all(editor)
    assert states(editor)["profiles"] == "done"
    text = (SAMPLES / "plan.txt").read_text(encoding="utf-8")
    grown = text.replace(
        "    二、报道安排", "    （七）宣传科普工作。报道科技馆和科普基地。\n    二、报道安排"
    )
    where = editor.change("/plan-upload", files={"file": ("b.txt", grown.encode())}, name="2025")
    editor.change(f"{where.partition('?')[0]}/store", name="2025", carry="1")
    found = editor.api("/first-use")
    assert (found["facts"]["confirmed"], found["themes"], found["next_profile"]) == (
        6,
        7,
        "focus-7",
    )
    with console.store.begin() as session:
        assert len(get_plan(session, "2025").plan.profiles) == 6


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/first-use/periods", {"month_starts": "31", "bar": "3"}),
        ("/first-use/periods", {"month_starts": "1", "bar": "0"}),
        ("/first-use/crawl", {"since": "2025-02-31"}),
        ("/first-use/media", {"names": ["甲"], "choices": []}),
        ("/first-use/media", {"names": ["甲"], "choices": ["maybe"]}),
    ],
)
def test_what_cannot_be_set_is_refused_and_changes_nothing(
    sign_in: SignIn, workspace: Workspace, path: str, fields: dict[str, Any]
) -> None:
    editor = sign_in("editor")
    before = (workspace.path / "xuanjian.toml").read_text(encoding="utf-8")
    assert editor.send(path, **fields).status_code == 422
    assert (workspace.path / "xuanjian.toml").read_text(encoding="utf-8") == before
    assert now(editor) == "plan"


def test_a_viewer_sees_how_far_it_is_and_is_told_who_goes_on(sign_in: SignIn) -> None:
    reader = sign_in("viewer")
    page = reader.page("/first-use")
    assert "要由编辑或管理员来做" in page
    assert '<form method="post" action="/plan-upload"' not in page
    assert reader.send("/first-use/periods", month_starts="26", bar="1").status_code == 403
