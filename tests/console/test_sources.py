"""Sources: their state, the completeness calendar, pause, declarations tried before they are saved."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from console.app import Console
from console.calendar import calendar_of
from console.declarations import declared, pause_in
from pipeline.config import Workspace
from pipeline.store.alarms import update_alarms
from pipeline.store.crawled import Observed
from pipeline.store.runs import finish_run, start_run
from pipeline.store.trail import trail
from tests.console.conftest import Person, SignIn
from tests.console.test_jobs import until

SOURCE = "sample-bureau"
ROWS = "".join(
    f'<li><a href="/art/t2025030{day}_{day}.html">科普活动周第{day}场讲座举行</a><span>2025-03-0{day}</span></li>'
    for day in range(1, 7)
)
PAGE = f"""<html><head><title>活动动态_某旗科学技术局</title></head><body><div class="list"><ul>{ROWS}</ul></div>
<a href="/list/index_2.html">下一页</a></body></html>"""


class Site(BaseHTTPRequestHandler):
    """One list page; nothing else, no robots.txt."""

    def do_GET(self) -> None:
        body = PAGE.encode() if self.path == "/list/" else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def actions(console: Console) -> list[tuple[str, str]]:
    with console.store.begin() as session:
        return [(line.action, line.subject) for line in trail(session)]


def test_every_source_is_listed_with_its_last_run_and_the_next(sign_in: SignIn) -> None:
    reader = sign_in("viewer")
    told = {one["id"]: one for one in reader.api("/sources")["sources"]}
    assert set(told) == {"sample-bureau", "sample-daily", "sample-district"}
    assert told[SOURCE]["state"] in {"good", "alarm"}
    assert told[SOURCE]["run"] >= 1
    assert told[SOURCE]["next_at"]
    text = reader.page("/sources")
    assert f'href="/sources/{SOURCE}"' in text
    assert "现在采集" not in text
    assert "现在采集" in sign_in("editor").page("/sources")


def test_an_alarm_stands_first_with_since_when_and_what_to_do(
    console: Console, sign_in: SignIn
) -> None:
    with console.store.begin() as session:
        run = start_run(session, "crawl", SOURCE)
        update_alarms(session, run, (), {(SOURCE, "科技动态"): {"empty-list": "<b>改版</b>"}})
        finish_run(session, run, "finished")
    reader = sign_in("viewer")
    told = reader.api("/sources")["sources"]
    assert SOURCE in [one["id"] for one in told if one["state"] == "alarm"]
    assert told[0]["state"] == "alarm"
    text = reader.page(f"/sources/{SOURCE}")
    assert "列表为空" in text
    assert "多半是改版" in text
    assert "<b>改版" not in text


def test_the_calendar_tells_observed_days_from_those_that_were_not(sign_in: SignIn) -> None:
    reader = sign_in("viewer")
    told = reader.api(f"/sources/{SOURCE}", year=2025)
    days = {day["day"]: day for month in told["months"] for day in month["days"]}
    assert len(days) == 365
    by_column = reader.api(f"/sources/{SOURCE}", year=2025, column=told["columns"][0])["months"]
    assert "observed" in {day["state"] for month in by_column for day in month["days"]}
    said = {(day["day"] < "2025-04", day["state"], day["by"]) for day in days.values()}
    assert said == {(True, "vouched", "示例编辑"), (False, "partly", "")}
    assert sum(day["items"] for day in days.values()) > 0
    text = reader.page(f"/sources/{SOURCE}", year=2025)
    assert "采集完整" in text
    assert "●" in text
    assert reader.page(f"/sources/{SOURCE}", year=2025, column="科技动态")
    assert reader.get("/sources/none-such").status_code == 404


def test_a_day_is_observed_when_every_column_has_it() -> None:
    windows = [
        Observed("甲", "2025-03-01", "2025-03-04", ""),
        Observed("乙", "2025-03-02", "2025-03-03", ""),
        Observed("乙", "2025-03-04", "2025-03-04", "王芳"),
        Observed("丙", "2025-01-01", "2025-12-31", ""),
    ]
    span = (date(2025, 3, 2), date(2025, 3, 31))

    def states(*columns: str) -> list[str]:
        months = calendar_of(
            2025, columns, windows, {"2025-03-02": 4}, period=span, today=date(2025, 3, 6)
        )
        return [day.state for day in months[2].days[:6]]

    assert states("甲", "乙") == ["partly", "observed", "observed", "vouched", "missing", "future"]
    assert states("甲") == ["observed"] * 4 + ["missing", "future"]
    assert states() == ["missing"] * 5 + ["future"]
    months = calendar_of(
        2025, ["甲", "乙"], windows, {"2025-03-02": 4}, period=span, today=date(2025, 3, 6)
    )
    day = months[2].days[1]
    assert (day.items, day.within) == (4, True)
    assert not months[2].days[0].within
    assert months[2].days[3].by == "王芳"
    assert months[2].missing == 1


def test_a_source_is_paused_and_taken_up_again(
    console: Console, workspace: Workspace, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    file = workspace.sources / "bureau.toml"
    before = file.read_text(encoding="utf-8")
    assert sign_in("reviewer").send(f"/sources/{SOURCE}/pause").status_code == 403
    editor.change(f"/sources/{SOURCE}/pause")
    told = editor.api(f"/sources/{SOURCE}")["source"]
    assert (told["state"], told["next_at"]) == ("paused", "")
    editor.change(f"/sources/{SOURCE}/resume")
    assert file.read_text(encoding="utf-8") == before
    assert editor.api(f"/sources/{SOURCE}")["source"]["next_at"]
    assert {("source.pause", SOURCE), ("source.resume", SOURCE)} <= set(actions(console))


def test_pausing_leaves_everything_else_as_it_is_written() -> None:
    text = '# 说明\npaused = false\nid = "a"\n[[columns]]\nname = "paused = true"\n'
    assert pause_in(text, True) == (
        'paused = true\n# 说明\nid = "a"\n[[columns]]\nname = "paused = true"\n'
    )


def test_a_source_is_read_now(console: Console, sign_in: SignIn) -> None:
    """The sample sites are not served here: the run says so, and it is in the list of runs."""
    editor = sign_in("editor")
    to = editor.change(f"/sources/{SOURCE}/run")
    assert to.startswith("/jobs/")
    assert editor.change(f"/sources/{SOURCE}/run") == to
    assert editor.send(f"/sources/{SOURCE}/run", since="2025-02-30").status_code == 422
    assert editor.send("/sources/none-such/run").status_code == 404
    editor.change(f"{to}/stop")
    until(lambda: editor.api(to)["job"]["state"] != "running", "it never ended")
    runs = editor.api("/runs", kind="crawl")["runs"]
    number = runs[0]["run"]["id"]
    assert f"/runs/{number}" in editor.page("/runs")
    assert "台账" in editor.page(f"/runs/{number}")


def test_a_run_lists_its_ledger_and_the_stories_it_brought(sign_in: SignIn) -> None:
    reader = sign_in("viewer")
    run = next(one for one in reader.api("/runs")["runs"] if one["run"]["kind"] == "crawl")
    told = reader.api(f"/runs/{run['run']['id']}")
    assert told["brought"] == len(told["items"]) or told["more"]
    assert all(item["story"] for item in told["items"])
    assert {line["source"] for line in told["lines"]} >= {SOURCE}
    assert f"/stories/{told['items'][0]['story']}" in reader.page(f"/runs/{run['run']['id']}")
    assert reader.get("/runs/999").status_code == 404


def test_a_new_source_is_tried_before_it_is_saved(
    console: Console, workspace: Workspace, sign_in: SignIn, site: str
) -> None:
    editor = sign_in("editor")
    draft = editor.change("/sources/new", url=f"{site}/list/", name="某旗科技局")
    told = editor.api(draft)
    assert [row["date"] for row in told["tried"][0]["rows"]] == [
        f"2025-03-0{day}" for day in range(1, 7)
    ]
    assert "科普活动周第1场讲座举行" in editor.page(draft)
    assert not list(workspace.sources.glob("127*"))
    assert sign_in("viewer").get(draft).status_code == 403
    text = told["text"].replace("127-0-0-1", "mouqi")
    saved = editor.change(f"{draft}/save", text=text.replace("\n", "\r\n"))
    assert saved == "/sources/mouqi"
    assert "某旗科技局" in editor.page(saved)
    assert (workspace.sources / "mouqi.toml").read_text(encoding="utf-8") == text
    assert ("source.add", "mouqi") in actions(console)
    assert editor.get(draft).status_code == 404


def test_a_level_is_chosen_not_written(sign_in: SignIn, site: str) -> None:
    editor = sign_in("editor")
    for level, asked in (("", True), ("district", False)):
        draft = editor.change("/sources/new", url=f"{site}/list/", name="某网", level=level)
        told = editor.api(draft)
        assert f'level = "{level or "other"}"' in told["text"]
        assert any("层级" in note for note in told["tried"][0]["notes"]) is asked
    assert editor.send("/sources/new", url=f"{site}/list/", level="世界").status_code == 422


def test_a_page_that_does_not_come_is_said_and_nothing_is_kept(sign_in: SignIn, site: str) -> None:
    editor = sign_in("editor")
    answer = editor.send("/sources/new", url=f"{site}/nothing/")
    assert "page-not-fetched" in answer.text
    assert editor.send("/sources/new", url="javascript:alert(1)").status_code == 422
    assert editor.send("/sources/new", url="--help").status_code == 422


def test_a_changed_declaration_is_checked_tried_saved_and_taken_back(
    console: Console, workspace: Workspace, sign_in: SignIn, site: str
) -> None:
    editor = sign_in("editor")
    mine = own(workspace, site)
    assert "mouqi" in editor.page("/sources/mouqi/edit")
    bad = editor.change("/sources/mouqi/try", text=mine.replace("level =", "levle ="))
    told = editor.api(bad)
    assert told["mistake"]["line"] == 3
    assert told["tried"] == []
    text = editor.page(bad)
    assert '<p class="alarm" role="alert"><strong>没有做成：</strong>声明有误，没有试采</p>' in text
    assert "第 3 行" in text
    assert "<mark>▶ levle" in text
    after = editor.change(f"{bad}/save", text=mine.replace("level =", "levle ="))
    assert after.startswith("/sources/drafts/")
    assert "没有做成：</strong>声明有误，没有保存" in editor.page(after)
    assert "没有做成" not in editor.page(after), "said once"
    assert (workspace.sources / "own.toml").read_text(encoding="utf-8") == mine
    changed = mine.replace("某旗科技局", "某旗科学技术局")
    good = editor.change(f"{after}/try", text=changed)
    assert len(editor.api(good)["tried"][0]["rows"]) == 6
    assert editor.change(f"{good}/save", text=changed) == "/sources/mouqi"
    assert (workspace.sources / "own.toml").read_text(encoding="utf-8") == changed
    editor.change("/sources/mouqi/undo")
    assert (workspace.sources / "own.toml").read_text(encoding="utf-8") == mine
    assert [verb for verb, subject in actions(console) if subject == "mouqi"] == [
        "source.undo",
        "source.change",
    ]


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    workspace: Workspace, sign_in: SignIn, site: str
) -> None:
    editor = sign_in("editor")
    mine = own(workspace, site)
    draft = editor.change("/sources/mouqi/try", text=mine.replace("某旗", "某县"))
    other = mine.replace("某旗", "某市")
    (workspace.sources / "own.toml").write_text(other, encoding="utf-8")
    answer = editor.send(f"{draft}/save", text=mine)
    assert (answer.status_code, "source-changed-twice" in answer.text) == (409, True)
    assert (workspace.sources / "own.toml").read_text(encoding="utf-8") == other
    renamed = editor.send(f"{draft}/save", text=mine.replace("mouqi", "mouxian"))
    assert renamed.status_code == 422


def test_a_broken_declaration_is_first_and_can_be_mended(
    console: Console, workspace: Workspace, sign_in: SignIn, site: str
) -> None:
    editor = sign_in("editor")
    mine = own(workspace, site)
    path = workspace.sources / "own.toml"
    path.write_text(mine.replace("level =", "levle ="), encoding="utf-8")
    first = editor.api("/sources")["sources"][0]
    assert (first["state"], first["file"]) == ("broken", "own.toml")
    assert "第 3 行" in editor.page("/sources/files/own.toml/edit")
    draft = editor.change("/sources/files/own.toml/try", text=mine)
    assert editor.change(f"{draft}/save", text=mine) == "/sources/mouqi"
    assert path.read_text(encoding="utf-8") == mine
    assert editor.get("/sources/files/..%2Fxuanjian.toml/edit").status_code == 404


def test_what_the_crawler_tells_of_declarations_is_kept_until_something_changed(
    workspace: Workspace, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader: Person = sign_in("viewer")
    reader.page("/sources")
    asked: list[str] = []
    from pipeline import crawling

    real = crawling.crawler_lines

    def counted(program: str, *arguments: str):  # type: ignore[no-untyped-def]
        asked.append(program)
        return real(program, *arguments)

    monkeypatch.setattr(crawling, "crawler_lines", counted)
    reader.page("/sources")
    assert asked == []
    own(workspace, "http://127.0.0.1:9")
    assert "mouqi" in {one["id"] for one in reader.api("/sources")["sources"]}
    assert asked == ["telling"]
    assert declared


def own(workspace: Workspace, site: str) -> str:
    """A declaration of the site in the workspace; gives its text."""
    text = (
        'id = "mouqi"\nname = "某旗科技局"\nlevel = "district"\n\n'
        f'[[columns]]\nname = "动态"\nurl = "{site}/list/"\n'
    )
    (workspace.sources / "own.toml").write_text(text, encoding="utf-8")
    return text
