"""Models: trained from people's decisions, compared, taken into use and back."""

from __future__ import annotations

from console.app import Console
from pipeline.store.trail import trail
from tests.console.conftest import SignIn
from tests.console.reviewing import ended


def test_a_model_is_trained_compared_promoted_and_rolled_back(
    console: Console, sign_in: SignIn
) -> None:
    viewer, editor, admin = sign_in("viewer"), sign_in("editor"), sign_in("admin")
    assert "没有训练过的模型" in viewer.page("/models")
    assert viewer.send("/models/train").status_code == 403
    assert "尚未启用" in ended(console, editor.change("/models/train"))
    told = viewer.api("/models")
    (line,) = told["models"]
    assert (line["fitness"], told["in_use"], told["outdated"]) == ("fits", None, False)
    name = line["name"]

    one = viewer.api(f"/models/{name}")
    assert one["described"]["by_labels"]["items"] > 0
    assert {theme["theme"] for theme in one["themes"]} == set(line["described"]["themes"])
    page = viewer.page(f"/models/{name}")
    assert one["described"]["label_fingerprint"] in page
    assert "五折交叉验证" in page
    assert "Learned from" in page
    assert "/promote" not in page
    changes = viewer.api(f"/models/{name}/changes")["changes"]
    assert changes["stories"] > 0
    for theme in changes["themes"]:
        assert len(theme["came"]) == min(5, theme["gained"])
        assert all(story["before"] < story["after"] for story in theme["came"])
    assert "不受影响" in viewer.page(f"/models/{name}/changes")

    assert editor.send(f"/models/{name}/promote").status_code == 403
    assert f"/models/{name}/promote" in admin.page(f"/models/{name}")
    assert admin.change(f"/models/{name}/promote") == "/models"
    told = viewer.api("/models")
    assert (told["in_use"]["model"], told["outdated"]) == (name, True)
    assert "请重新归类" in viewer.page("/models")
    ended(console, editor.change("/jobs/classify", plan=told["plan"]))
    assert viewer.api("/models")["outdated"] is False
    same = viewer.api(f"/models/{name}/changes")["changes"]
    assert all((theme["gained"], theme["lost"]) == (0, 0) for theme in same["themes"])

    ended(console, editor.change("/models/train"))
    second = next(m["name"] for m in viewer.api("/models")["models"] if m["name"] != name)
    beside = viewer.api(f"/models/{second}")
    assert beside["present"] == name
    assert beside["present_figures"]["micro_f1"] == one["described"]["by_labels"]["micro_f1"]

    admin.change("/models/rollback")
    told = viewer.api("/models")
    assert (told["in_use"], told["outdated"]) == (None, True)
    assert told["uses"][0]["rolled_back"]
    assert admin.send("/models/rollback").status_code == 422
    with console.store.begin() as session:
        lines = [(one.action, one.before, one.after) for one in trail(session, action="models")]
    assert lines == [
        ("models.rollback", f'"{name}"', ""),
        ("models.promote", '""', f'"{name}"'),
    ]


def test_a_model_that_is_not_there_or_broken_is_told(console: Console, sign_in: SignIn) -> None:
    admin = sign_in("admin")
    for path in ("/models/none", "/models/none/changes", "/models/%2e%2e", "/models/in-use.json"):
        assert admin.get(path).status_code == 404, path
    assert admin.send("/models/none/promote").status_code == 404
    folder = console.litestar.state.workspace.models / "odd-1"
    folder.mkdir(parents=True)
    (folder / "model.json").write_text("{}", encoding="utf-8")
    assert "不能用" in admin.page("/models")
    assert admin.get("/models/odd-1").status_code == 422
