"""What the audit trail holds, in words officers read."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from console.app import make_console
from console.rooms.trail_words import FIELDS, changed_words
from pipeline.config import Workspace
from pipeline.store.store import Store
from pipeline.store.trail import Actor, record_change, trail
from tests.console.conftest import come_in

THEMES = {"focus-1": "（一）科普"}


def test_what_the_trail_tells_is_told_in_words() -> None:
    before = {"submission": {"title": "稿", "row": 2, "adopted": []}, "withdrawn": False}
    use = {"outlet": "日报", "level": "municipal", "day": "2025-03-20", "position": "", "proof": ""}
    after = {"submission": {"title": "稿", "row": 2, "adopted": [use]}, "withdrawn": False}
    told = changed_words("register.adopt", json.dumps(before), json.dumps(after), THEMES)
    assert told == ("", "采用：日报，市级，2025-03-20")
    assert changed_words("report.sign", '"check"', '{"stage": "collation", "note": ""}', {}) == (
        "科室核对",
        "环节：办公室汇总",
    )
    decided = json.dumps({"themes": ["focus-1", "x"], "chosen_by": "queue", "comment": ""})
    assert changed_words("review.decide", '["focus-1"]', decided, THEMES) == (
        "（一）科普",
        "判为属于：（一）科普、x\n怎样选中：待判清单",
    )
    assert changed_words("source.pause", "false", "true", {}) == ("否", "是")
    assert changed_words("plan.use", "", "no JSON", {}) == ("", "no JSON")


def test_every_field_the_trail_holds_has_a_name_officers_read(furnished_workspace: Path) -> None:
    """Of a workspace in which people did nearly everything."""
    url = Workspace.open(furnished_workspace).database_url
    with Store.open(url) as store, store.begin() as session:
        lines = list(trail(session))
    assert len(lines) > 15
    values = [json.loads(text) for one in lines for text in (one.before, one.after) if text]
    found = {name for value in values if isinstance(value, dict) for name in value}
    assert len(found) > 25
    assert found <= set(FIELDS)


def test_a_theme_is_named_only_where_it_is_sure_which_plan_is_meant(
    furnished_workspace: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(furnished_workspace, tmp_path / "workspace")
    made = make_console(Workspace.open(folder))
    admin = come_in(made, "admin")
    answered = admin.api("/trail", action="inquiry")
    decided = admin.api("/trail", action="review.decide")
    with made.store.begin() as session:
        was = Actor("admin", "admin")
        record_change(session, was, "review.decide", "s1", after={"themes": ["focus-1"]})
    (earlier,) = admin.api("/trail", action="review.decide")["words"][:1]
    made.store.close()
    assert "条目：（一）积极推进大众创业、万众创新" in answered["words"][0][1]
    assert any("判为属于：（" in after for _before, after in decided["words"])
    assert not any("focus-" in told for pair in decided["words"] for told in pair)
    # Three plans have such an id, and a line of an earlier version does not say which it is about.
    assert earlier[1] == "判为属于：focus-1"
