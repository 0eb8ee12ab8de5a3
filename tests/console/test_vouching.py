"""People's words that a column's days are whole: given on a page, with a file or without, and taken back."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import lxml.html
import pytest

from console.app import Console
from pipeline import steps
from pipeline.clock import today
from pipeline.config import Workspace
from pipeline.coverage.gather import AuditOptions
from pipeline.coverage.issuing import sign_report
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.periods import parse_period
from pipeline.store.items import count_items
from pipeline.store.runs import latest_entries
from pipeline.store.trail import trail
from pipeline.store.vouching import Vouch, vouches
from samples.handed_in import HandedIn, read_handed_in
from tests.console.conftest import Person, SignIn
from tests.console.test_jobs import until

SOURCE = "sample-bureau"
COLUMN = "政策解读"
PAPER = "样例晚报"
DAYS = {"first": "2025-01-01", "last": "2025-03-31"}
WORD = {"medium": SOURCE, "column": COLUMN, "note": "逐页打开，与台账核对"}
PROVED = "focus-6"
"""The theme whose first quarter is proved blank, on the word of the person who handed the column in."""


@pytest.fixture(scope="module")
def handed() -> HandedIn:
    """What somebody handed in of the column that refuses the crawler."""
    (one,) = [one for one in read_handed_in() if one.column]
    return one


def words(console: Console, *, withdrawn: bool = False) -> tuple[Vouch, ...]:
    with console.store.begin() as session:
        said = vouches(session, source=SOURCE, withdrawn=withdrawn)
    return tuple(one for one in said if one.column == COLUMN)


def state_of(person: Person, **asked: str) -> str:
    rows = person.api("/overview", period="2025Q1", **asked)["rows"]
    (state,) = (row["theme"]["state"] for row in rows if row["theme"]["id"] == PROVED)
    return str(state)


def taken_back(console: Console, editor: Person, why: str = "漏看两页") -> Vouch:
    (said,) = words(console)
    to = editor.change(f"/vouched/{said.number}/withdraw", why=why)
    assert to == f"/sources/{SOURCE}?year=2025#words"
    return said


def days_of(person: Person) -> dict[str, dict[str, Any]]:
    months = person.api(f"/sources/{SOURCE}", column=COLUMN, year="2025")["months"]
    return {day["day"]: day for month in months for day in month["days"]}


def refused(answer: Any) -> tuple[int, str]:
    assert answer.status_code == 422, answer.text[-300:]
    alert = lxml.html.fromstring(answer.text).xpath("//*[@role='alert']")
    return answer.status_code, alert[0].text_content() if alert else answer.text


def test_a_blank_rests_on_a_word_and_is_undecided_without_it(
    console: Console, sign_in: SignIn, handed: HandedIn
) -> None:
    editor = sign_in("editor")
    assert state_of(editor) == "blank"
    assert days_of(editor)["2025-02-10"]["by"] == handed.by
    said = taken_back(console, editor)
    assert (said.by, said.first, said.last) == (handed.by, *DAYS.values())
    assert state_of(editor) == "undecided"
    assert days_of(editor)["2025-02-10"]["state"] == "missing"
    assert editor.change("/vouched", **WORD, **DAYS) == f"/sources/{SOURCE}?year=2025#words"
    assert state_of(editor) == "blank"
    day = days_of(editor)["2025-02-10"]
    assert (day["state"], day["by"]) == ("vouched", "editor")
    (column,) = (
        line
        for line in editor.api(f"/sources/{SOURCE}")["source"]["alarms"]
        if line["column"] == COLUMN
    )
    assert column["name"], "the alarm stands on"


def test_a_word_is_the_accounts_own_and_both_ends_are_kept_and_told(
    console: Console, sign_in: SignIn, handed: HandedIn
) -> None:
    editor = sign_in("editor")
    taken_back(console, editor, "第二页 <b>漏了</b>")
    editor.change("/vouched", **WORD, **DAYS)
    old, new = sorted(words(console, withdrawn=True), key=lambda one: one.number)
    assert (old.withdrawn_by, old.withdrawn_why) == ("editor", "第二页 <b>漏了</b>")
    assert (new.by, new.note, new.withdrawn_at) == ("editor", WORD["note"], None)
    page = editor.page(f"/sources/{SOURCE}")
    assert "第二页 &lt;b&gt;漏了&lt;/b&gt;" in page
    assert WORD["note"] in page
    runs = {one["run"]["id"]: one for one in editor.api("/runs")["runs"]}
    assert (runs[old.run]["withdrawn"], runs[new.run]["withdrawn"]) == (True, False)
    assert runs[new.run]["run"]["kind"] == "sign"
    assert "确认已撤回" in editor.page("/runs")
    assert "漏了" in editor.page(f"/runs/{old.run}")
    assert WORD["note"] in editor.page(f"/runs/{new.run}")
    with console.store.begin() as session:
        given, back = list(trail(session))[:2]
    assert (given.action, back.action, given.who) == ("media.sign", "media.withdraw", "editor")
    assert COLUMN in given.subject
    assert json.loads(given.after)["note"] == WORD["note"]
    assert json.loads(back.before)["by"] == handed.by
    assert json.loads(back.after) == {"by": "editor", "why": "第二页 <b>漏了</b>"}
    told = sign_in("approver").page("/trail")
    assert "撤回确认" in told
    assert "确认齐全" in told


def test_an_issued_report_keeps_its_figures_when_a_word_is_taken_back(
    console: Console, workspace: Workspace, sign_in: SignIn
) -> None:
    stored = steps.resolve_plan(console.store, workspace, "")
    options = AuditOptions(period=parse_period("2025Q1"))
    with console.store.begin() as session:
        for stage in ("check", "collation", "approval", "issued"):
            sign_report(session, stored, options, to=stage, by="王芳")
    editor = sign_in("editor")
    paper = editor.get("/reports/files/json", period="2025Q1").content
    assert b'"blank"' in paper
    assert editor.api("/overview", period="2025Q1")["standing"]["taken_back"] == []
    said = taken_back(console, editor, "漏看 <b>两页")
    assert state_of(editor) == "blank"
    assert state_of(editor, live="true") == "undecided"
    assert editor.get("/reports/files/json", period="2025Q1").content == paper
    report = PeriodReport.from_json(paper)
    claimed = [line.id for line in report.themes if line.state in ("blank", "thin")]
    (note,) = editor.api("/overview", period="2025Q1")["standing"]["taken_back"]
    assert [one["theme"] for one in note["vouched"]["unproven"]] == claimed
    assert PROVED in claimed
    fallen = "空白（已核实） → 待核实"
    for path in ("/overview", "/reports/period", f"/themes/{PROVED}", "/reports/corrections"):
        page = editor.page(path, period="2025Q1")
        for words_shown in (COLUMN, "确认已撤回", fallen, "漏看 &lt;b&gt;两页"):
            assert words_shown in page, path
    assert said.by in editor.page("/reports/corrections", period="2025Q1")
    assert "确认已撤回" in editor.page("/reports/period", period="2025Q1", version="1")
    assert "确认已撤回" not in editor.page("/overview", period="2025Q1", live="true")
    later = editor.page("/reports/period", period="2025Q2")
    assert "确认已撤回" in later, "the next quarter tells it"
    assert fallen in later


def test_what_was_found_comes_with_the_word_and_is_shown_before_it_is_stored(
    console: Console, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    taken_back(console, editor)
    with console.store.begin() as session:
        before = count_items(session)
        alarms = [one.alarms for one in latest_entries(session) if one.column == COLUMN]
    pasted = "人工看到的一篇解读\nhttps://kjj.example/1.html 2025-02-11\n"
    preview = editor.change("/vouched", pasted=pasted, **WORD, **DAYS)
    assert preview.startswith("/import/")
    page = editor.page(preview)
    assert "由editor确认：2025-01-01 至 2025-03-31 的报道已全部在库" in page
    assert f"栏目“{COLUMN}”" in page
    assert WORD["note"] in page
    assert words(console) == ()
    mark = preview.partition("?")[0]
    fields = {name: value[0] for name, value in editor.form(preview, f"{mark}/store").items()}
    fields.pop("form_token")
    run = editor.change(f"{mark}/store", **fields)
    (said,) = words(console)
    assert run == f"/runs/{said.run}"
    assert (said.by, said.note, said.first) == ("editor", WORD["note"], DAYS["first"])
    with console.store.begin() as session:
        assert count_items(session) == before + 1
        actions = [line.action for line in trail(session)][:2]
        assert [one.alarms for one in latest_entries(session) if one.column == COLUMN] == alarms
    assert actions == ["media.sign", "news.import"]
    again = editor.change("/vouched", pasted=pasted, **WORD, **DAYS)
    assert any("editor确认齐全" in one for one in editor.api(again)["remarks"])
    mark = again.partition("?")[0]
    editor.change(f"{mark}/store", **fields)
    assert words(console) == (said,), "nobody's word is written twice"


def test_the_word_for_a_long_table_is_given_by_the_long_work(
    console: Console, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    taken_back(console, editor)
    rows = "".join(f"政策解读第{n}篇,2025-03-0{n % 9 + 1}\n" for n in range(3001))
    file = ("解读.csv", f"标题,日期\n{rows}".encode())
    preview = editor.change("/vouched", files={"file": file}, **WORD, **DAYS)
    mark = preview.partition("?")[0]
    fields = {name: value[0] for name, value in editor.form(preview, f"{mark}/store").items()}
    fields.pop("form_token")
    job = editor.change(f"{mark}/store", **fields)
    until(lambda: editor.api(job)["job"]["state"] != "running", "it never ended")
    assert editor.api(job)["job"]["state"] == "done", editor.api(job)
    (said,) = words(console)
    assert (said.by, said.note, said.last) == ("editor", WORD["note"], DAYS["last"])
    with console.store.begin() as session:
        (line, *_) = (one for one in trail(session) if one.action == "media.sign")
    assert json.loads(line.after)["items"] == 3001


def test_what_cannot_be_vouched_for_is_refused_in_plain_words(
    console: Console, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    now = today()
    future = {"first": "2025-01-01", "last": now.isoformat()}
    assert "还没有过完" in refused(editor.send("/vouched", **WORD, **future))[1]
    turned = {"first": DAYS["last"], "last": DAYS["first"]}
    assert "最后一天早于第一天" in refused(editor.send("/vouched", **WORD, **turned))[1]
    other = {**WORD, "column": "没有这一栏"}
    assert editor.send("/vouched", **other, **DAYS).status_code == 422
    assert "已经有人确认齐全" in refused(editor.send("/vouched", **WORD, **DAYS))[1]
    assert editor.send("/vouched", **{**WORD, "note": "  "}, **DAYS).status_code == 422
    assert editor.send("/vouched", empty="1", **WORD, **DAYS).status_code == 422
    assert editor.send("/vouched", **WORD, first="2025-02-30", last="2025-03-01").status_code == 422
    assert editor.send("/vouched/999999/withdraw", why="没有").status_code == 422
    said = taken_back(console, editor)
    answer = editor.send(f"/vouched/{said.number}/withdraw", why="再撤一次")
    assert "没有可以撤回的确认" in refused(answer)[1]
    assert editor.send(f"/vouched/{said.number}/withdraw", why=" ").status_code == 422
    assert words(console) == ()
    yesterday = {"first": "2025-01-01", "last": (now - timedelta(days=1)).isoformat()}
    editor.change("/vouched", **WORD, **yesterday)
    assert sign_in("reviewer").send("/vouched", **WORD, **DAYS).status_code == 403


def test_days_of_a_registered_medium_make_a_month_whole(sign_in: SignIn) -> None:
    editor = sign_in("editor")
    item = {"medium": PAPER, "title": "院士走进课堂", "date": "2025-03-09"}
    editor.change("/media/item", **item)
    word = {"medium": PAPER, "note": "翻阅合订本"}
    to = editor.change("/vouched", first="2025-03-01", last="2025-03-15", **word)
    assert to.startswith("/media/months?medium=")

    def march() -> dict[str, Any]:
        months = editor.api("/media/months", medium=PAPER)["medium"]["months"]
        (found,) = (one for one in months if one["month"] == "2025-03")
        return dict(found)

    assert march()["state"] == "open"
    half = {"first": "2025-03-16", "last": "2025-03-31"}
    assert editor.send("/vouched", **half, **word).status_code == 422, "nothing is registered"
    editor.change("/vouched", empty="1", **half, **word)
    assert (march()["state"], march()["word"]) == ("observed", 0)
    assert editor.send("/media/sign", medium=PAPER, month="2025-03").status_code == 422
    late = editor.send("/vouched", pasted="补\nhttps://a.example/1", empty="1", **half, **word)
    assert late.status_code == 422
    page = editor.page("/media/months", medium=PAPER)
    assert page.count("翻阅合订本") == 2
    run = editor.api("/media/months", medium=PAPER)["words"][0]["run"]
    links = lxml.html.fromstring(editor.page(f"/runs/{run}")).xpath("//table//th/a/@href")
    assert PAPER in editor.page(links[0]), "the ledger leads to the medium's page"


def test_a_reader_sees_who_vouches_and_cannot_take_it_back(
    console: Console, sign_in: SignIn, handed: HandedIn
) -> None:
    page = sign_in("viewer").page(f"/sources/{SOURCE}")
    assert handed.by in page
    assert "/vouched" not in page
    (said,) = words(console)
    assert sign_in("reviewer").send(f"/vouched/{said.number}/withdraw", why="x").status_code == 403
    assert words(console) == (said,)
