"""Profiles in the console: proposed, tried, changed, confirmed."""

from __future__ import annotations

from typing import Any

import pytest

from console.app import Console
from pipeline.config import Workspace
from pipeline.plan.profile import ThemeProfile
from pipeline.store.plans import get_plan
from pipeline.store.trail import trail
from tests.console.conftest import Person, SignIn

PAGE = "/plans/2025/profiles"


def profiles_in_store(console: Console) -> dict[str, ThemeProfile]:
    with console.store.begin() as session:
        return {one.theme: one for one in get_plan(session, "2025").plan.profiles}


def fields(person: Person, theme: str) -> dict[str, Any]:
    """What the page of a theme's profile sends when it is confirmed as it is."""
    shown = person.api(f"{PAGE}/{theme}")
    return {
        "version": shown["version"],
        "weights": [topic["weight"] for topic in shown["topics"]],
        "terms": "、".join(shown["terms"]),
        "exclusions": "、".join(shown["exclusions"]),
        "minimum": shown["minimum"],
    }


def test_what_the_machine_proposes_is_no_one_s_word_until_it_is_confirmed(
    console: Console, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    found = editor.api(PAGE)
    assert (found["confirmed"], len(found["lines"]), found["next"]) == (0, 6, "focus-1")
    assert "0/6 已确认" in editor.page(PAGE)
    to = editor.change(f"{PAGE}/focus-1", **fields(editor, "focus-1"))
    assert to == f"{PAGE}/focus-2"
    assert "1/6" in editor.page(to)
    [kept] = profiles_in_store(console).values()
    assert (kept.theme, kept.confirmed_by) == ("focus-1", "editor")
    assert [(link.topic, link.weight) for link in kept.topics] == [("T01", 1.0)]
    assert kept.topics[0].why, "the reasons of the proposal stay"
    with console.store.begin() as session:
        [line] = trail(session, action="plan.profile")
        assert (line.who, line.subject, line.after) == ("editor", "2025", '{"version":2}')


def test_after_the_last_profile_the_list_says_that_all_are_confirmed(sign_in: SignIn) -> None:
    editor = sign_in("editor")
    to = f"{PAGE}/{editor.api(PAGE)['next']}"
    for _ in range(6):
        to = editor.change(to, **fields(editor, to.rpartition("/")[2]))
    assert to == PAGE
    assert "全部已确认" in editor.page(to)
    assert editor.api(PAGE)["confirmed"] == 6


def test_what_is_typed_is_tried_on_stored_news_and_not_kept(
    console: Console, sign_in: SignIn
) -> None:
    reader = sign_in("viewer")
    as_it_is = reader.api(f"{PAGE}/focus-6")
    assert as_it_is["looked"] > 50
    assert as_it_is["takes"] > 0
    assert all(one["evidence"] for one in as_it_is["tried"] if one["taken"])
    nothing = [0.0] * len(as_it_is["topics"])
    typed = reader.api(f"{PAGE}/focus-6", weights=nothing)
    assert typed["edited"]
    assert typed["takes"] < as_it_is["takes"]
    assert not any(topic["weight"] for topic in typed["topics"])
    assert profiles_in_store(console) == {}
    page = reader.page(f"{PAGE}/focus-6", weights=nothing)
    assert "改动尚未确认" in page
    assert "确认这个画像" not in page, "a viewer cannot confirm"


def test_words_of_one_s_own_are_tried_with_terms_and_exclusions(sign_in: SignIn) -> None:
    reader = sign_in("viewer")
    weights = [topic["weight"] for topic in reader.api(f"{PAGE}/focus-6")["topics"]]
    text = "螺旋藻示范基地喜获丰收\n科技特派员下乡指导农牧民推广新品种，智慧大棚增产增收。"
    told = [
        reader.api(f"{PAGE}/focus-6", weights=weights, text=text, **more)["told"]
        for more in ({}, {"terms": "螺旋藻"}, {"exclusions": "螺旋藻"}, {"minimum": 20.0})
    ]
    plain, with_term, without, demanding = (one["probability"] for one in told)
    assert told[0]["taken"]
    assert told[0]["title"] == "螺旋藻示范基地喜获丰收"
    assert without < plain < with_term
    assert demanding == plain
    assert not told[3]["taken"], "not enough evidence"


def test_a_changed_profile_is_what_news_is_mapped_by(console: Console, sign_in: SignIn) -> None:
    editor = sign_in("editor")
    given = fields(editor, "focus-3")
    given["weights"][0] = 0.5
    given.update(terms="院士行、校企合作\n技术骨干", exclusions="招聘", minimum="0.5")
    editor.change(f"{PAGE}/focus-3", **given)
    kept = profiles_in_store(console)["focus-3"]
    assert kept.topics[-1].topic == "T01"
    assert kept.topics[-1].weight == 0.5
    assert [term.term for term in kept.terms] == ["院士行", "校企合作", "技术骨干"]
    assert (kept.exclusions, kept.minimum_evidence, kept.units) == (("招聘",), 0.5, ())
    assert "还没有归类报道" in editor.page("/plans/2025")


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"weights": ["0.5"]}, "form-value"),
        ({"weights": ["2"] * 28}, "form-value"),
        ({"minimum": "-1"}, "form-value"),
        ({"version": "7"}, "plan-edited-twice"),
        ({"terms": "长" * 5000}, "form-value"),
    ],
)
def test_what_cannot_be_a_profile_is_refused(
    console: Console, sign_in: SignIn, change: dict[str, Any], slug: str
) -> None:
    editor = sign_in("editor")
    answer = editor.send(f"{PAGE}/focus-1", **{**fields(editor, "focus-1"), **change})
    assert answer.status_code in (409, 422)
    assert slug in answer.text
    assert profiles_in_store(console) == {}


def test_a_theme_nobody_knows_and_a_viewer_are_turned_away(sign_in: SignIn) -> None:
    reader = sign_in("viewer")
    assert reader.get(f"{PAGE}/focus-99").status_code == 404
    assert reader.get("/plans/2099/profiles").status_code == 404
    assert reader.send(f"{PAGE}/focus-1", **fields(reader, "focus-1")).status_code == 403


def test_a_model_trained_for_other_themes_is_named_with_the_remedy(
    console: Console, sign_in: SignIn, workspace: Workspace
) -> None:
    editor = sign_in("editor")
    train_and_promote(workspace)
    assert "训练过的模型不能用于这一版" not in editor.page(PAGE)
    given = fields(editor, "focus-3")
    given["weights"] = [0.0] * 27 + [1.0]
    editor.change(f"{PAGE}/focus-3", **given)
    for page in (editor.page(PAGE), editor.page("/plans/2025")):
        assert "训练过的模型不能用于这一版" in page
        assert "请到“模型”重新训练。" in page
        assert "xuanjian" not in page.partition('<main id="main"')[2]


def train_and_promote(workspace: Workspace) -> None:
    from click.testing import CliRunner

    from pipeline.cli import cli

    words = ["-w", str(workspace.path), "train", "--plan", "2025", "--promote"]
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 0, result.output
