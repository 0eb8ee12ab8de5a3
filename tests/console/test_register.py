"""The register of submissions in the console: entered, imported after a preview, used, corrected."""

from __future__ import annotations

import io
import json
from typing import Any

import lxml.html
import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from console.app import Console
from pipeline.config import Workspace
from pipeline.register_history import Registered
from pipeline.store.items import items_by_id
from pipeline.store.register import registered
from pipeline.store.tables import NewsItemRow
from pipeline.store.trail import TrailLine, trail
from tests.console.conftest import Person, SignIn

HEAD = ("责任科室", "报送日期", "标题", "栏目", "字数", "采用媒体", "采用日期")
OFFICE = "市委宣传部"
"""The one office that the sample plan names."""
ENTRY = {"offices": OFFICE, "day": "2025-03-05", "title": "园区纪实", "column": "信息"}


def stored(console: Console, **asked: Any) -> tuple[Registered, ...]:
    with console.store.begin() as session:
        return registered(session, **asked)


def lines(console: Console) -> list[TrailLine]:
    with console.store.begin() as session:
        return [one for one in trail(session) if one.action.startswith("register.")]


def table(*rows: tuple[object, ...], head: tuple[str, ...] = HEAD) -> bytes:
    book = Workbook()
    book.active.append(head)
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def hand_in(person: Person, body: bytes, name: str = "3月.xlsx") -> str:
    where = person.change("/register/import", files={"file": (name, body)})
    assert where.startswith("/register/import/")
    return where


def entered(person: Person, **changed: str) -> None:
    person.change("/register/add", **{**ENTRY, **changed})


def test_a_piece_is_entered_and_found(console: Console, sign_in: SignIn) -> None:
    editor = sign_in("editor")
    entered(editor, words="320")
    entered(editor, title="另一件", day="2025-04-02")
    (one, _) = stored(console)
    assert (one.submission.title, one.submission.words, one.by) == ("园区纪实", 320, "editor")
    reader = sign_in("viewer")
    whole = reader.page("/register")
    assert whole.index("另一件") < whole.index("园区纪实")
    assert "登记一件" not in whole
    found = reader.api("/register", month="2025-03", words="园区", office=OFFICE, state="unused")
    assert (found["count"], found["rows"][0]["id"]) == (1, one.id)
    assert "没有符合条件的报送" in reader.page("/register", state="used")
    assert [line.action for line in lines(console)] == ["register.add"] * 2


def test_what_cannot_be_is_refused_and_not_stored(console: Console, sign_in: SignIn) -> None:
    editor = sign_in("editor")
    for wrong in (
        {"title": " "},
        {"day": "2999-01-01"},
        {"day": "三月"},
        {"words": "-3"},
        {"title": "机密★1年"},
        {"title": "长" * 301},
    ):
        assert editor.send("/register/add", **{**ENTRY, **wrong}).status_code in (409, 422), wrong
    assert sign_in("reviewer").send("/register/add", **ENTRY).status_code == 403
    assert stored(console) == ()
    assert lines(console) == []


def test_a_use_and_a_note_are_added_with_a_line_of_the_trail(
    console: Console, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    entered(editor)
    number = stored(console)[0].id
    here = f"/register/{number}"
    assert (
        editor.change(f"{here}/adopt", outlet="河南日报", day="2025-03-08", position="头版") == here
    )
    editor.change(f"{here}/event", what="市领导批示", day="2025-03-09", proof="批2025-3")
    refused = editor.send(f"{here}/event", what="请科技局认真研究。")
    assert refused.status_code == 422
    assert "register-event" in refused.text
    one = stored(console)[0].submission
    assert (one.adopted[0].outlet, one.adopted[0].level) == ("河南日报", "regional")
    assert one.events[0].what == "市领导批示"
    words = sign_in("viewer").page(here)
    for said in ("河南日报", "头版", "市领导批示（2025-03-09，批2025-3）", "补记采用"):
        assert said in words
    newest = lines(console)[0]
    assert newest.action == "register.event"
    assert json.loads(newest.before)["submission"]["events"] == []
    assert json.loads(newest.after)["submission"]["events"][0]["proof"] == "批2025-3"


def test_a_correction_needs_a_reason_and_is_shown_before_and_after(
    console: Console, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    entered(editor)
    number = stored(console)[0].id
    here = f"/register/{number}"
    editor.change(f"{here}/adopt", outlet="错报")
    seen = editor.api(here)["seen"]
    form = {**ENTRY, "words": "500", "drop_uses": "0", "seen": seen}
    assert editor.send(f"{here}/correct", **form, why=" ").status_code == 422
    assert stored(console)[0].submission.words is None
    editor.change(f"{here}/correct", **form, why="字数漏填")
    one = stored(console)[0].submission
    assert (one.words, one.adopted, one.file) == (500, (), "手工录入")
    told = editor.page(here)
    assert "字数 无→500" in told
    assert "字数漏填" in told
    late = editor.send(f"{here}/correct", **{**form, "words": "900"}, why="再改")
    assert late.status_code == 409
    assert stored(console)[0].submission.words == 500


def test_a_piece_is_withdrawn_with_a_reason_and_restored(console: Console, sign_in: SignIn) -> None:
    editor = sign_in("editor")
    entered(editor)
    number = stored(console)[0].id
    assert editor.send(f"/register/{number}/withdraw", why="").status_code == 422
    editor.change(f"/register/{number}/withdraw", why="重复")
    assert stored(console) == ()
    assert "园区纪实" in editor.page("/register", state="withdrawn")
    assert "恢复这件登记" in editor.page(f"/register/{number}")
    editor.change(f"/register/{number}/restore")
    assert len(stored(console)) == 1
    assert [line.action for line in lines(console)][:2] == ["register.restore", "register.withdraw"]
    rows = lxml.html.fromstring(editor.page("/register/runs")).xpath("//tbody/tr")
    told = [[cell.xpath("string()") for cell in row.xpath("td")][2:] for row in rows]
    assert told == [["恢复", "园区纪实"], ["撤回", "园区纪实重复"], ["录入", "园区纪实"]]


def test_a_table_is_stored_only_after_its_preview(
    console: Console, sign_in: SignIn, workspace: Workspace
) -> None:
    editor = sign_in("editor")
    entered(editor)
    body = table(
        (OFFICE, "2025-03-05", "园区纪实", "信息", 320, "", ""),
        (OFFICE, "2025-03-07", "企业培育", "信息", 150, "某市日报", "2025-03-08"),
        (OFFICE, "不知道", "没有日期", "信息", 150, "", ""),
    )
    where = hand_in(editor, body)
    would = editor.api(where)
    assert (would["new_count"], would["changed_count"], would["troubles_count"]) == (1, 1, 1)
    told = editor.page(where)
    assert "字数 无→320" in told
    assert "不是写全年月日的日期" in told
    assert len(stored(console)) == 1
    assert editor.send(f"{where}/confirm").status_code == 422
    assert len(stored(console)) == 1
    assert editor.change(f"{where}/confirm", leave_out="1") == "/register"
    assert {one.submission.title for one in stored(console)} == {"园区纪实", "企业培育"}
    assert editor.get(where).status_code == 404
    assert json.loads(lines(console)[0].after)["left_out"] == 1
    assert not list((workspace.path / "uploads").glob("*/*/*"))


def test_a_table_that_was_given_up_stores_nothing(console: Console, sign_in: SignIn) -> None:
    editor = sign_in("editor")
    where = hand_in(editor, table(("市委宣传部", "2025-03-05", "园区纪实", "信息", 1, "", "")))
    editor.change(f"{where}/discard")
    assert editor.get(where).status_code == 404
    assert stored(console) == ()


def test_nobody_sees_or_stores_what_somebody_else_handed_in(
    console: Console, sign_in: SignIn
) -> None:
    where = hand_in(
        sign_in("editor"), table(("市委宣传部", "2025-03-05", "园区纪实", "信息", 1, "", ""))
    )
    other = sign_in("approver")
    assert other.get(where).status_code == 404
    assert other.send(f"{where}/confirm", leave_out="1").status_code == 404
    assert other.get("/register/import/..%2f..%2fx").status_code == 404
    assert stored(console) == ()


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("x.xlsx", b"no workbook"),
        ("x.xlsx", b"PK\x03\x04 nor this"),
        ("x.exe", b"MZ"),
        ("x.csv", b"PK\x03\x04"),
        ("x.csv", b"\xff\xfe\x00"),
        ("", b""),
    ],
)
def test_what_is_no_table_is_refused(
    console: Console, sign_in: SignIn, name: str, body: bytes
) -> None:
    editor = sign_in("editor")
    answer = editor.send("/register/import", files={"file": (name, body)})
    assert answer.status_code == 422
    assert stored(console) == ()


def test_a_wrong_table_is_told_above_the_form_and_has_no_preview(
    console: Console, sign_in: SignIn, workspace: Workspace
) -> None:
    editor = sign_in("editor")
    body = "甲,乙\n1,2\n".encode()
    answer = editor.send("/register/import", files={"file": ("台账.csv", body)})
    assert answer.status_code == 422
    page = lxml.html.fromstring(answer.text)
    alert = page.xpath("//*[@role='alert']")[0]
    assert alert.text_content().startswith("没有做成：表格里没有登记要用的栏")
    assert "Needed" in alert.xpath(".//span[@lang='en']")[0].text_content()
    assert [form.get("action") for form in page.xpath("//main//form")] == ["/register/import"]
    assert not list((workspace.path / "uploads").glob("*/*/*"))
    told = editor.client.post(
        "/api/register/import",
        files={"file": ("台账.csv", body)},
        headers={"x-csrf-token": editor.token},
    )
    assert (told.status_code, told.json()["title"]) == (422, "register-columns")


def test_the_address_of_a_table_that_is_gone_says_so_and_leads_back(sign_in: SignIn) -> None:
    editor = sign_in("editor")
    where = hand_in(editor, table((OFFICE, "2025-03-05", "园区纪实", "信息", 1, "", "")))
    editor.change(f"{where}/confirm")
    answer = editor.get(where)
    assert answer.status_code == 404
    page = lxml.html.fromstring(answer.text)
    (alert,) = page.xpath("//*[@role='alert']")
    assert "它已存入、放弃、被新的文件代替" in alert.text_content()
    assert page.xpath("//a[@class='button']/@href") == ["/register/import"]


def test_hostile_names_and_cells_are_shown_as_words(console: Console, sign_in: SignIn) -> None:
    editor = sign_in("editor")
    title = "=HYPERLINK(1)<script>alert(1)</script>\u202e倒"
    body = "责任科室,报送日期,标题,栏目\n" + f'市委宣传部,2025-03-05,"{title}",信息\n'
    where = hand_in(editor, body.encode(), "../../a\u202e<img src=x>.csv")
    told = editor.page(where)
    assert "<script>alert" not in told
    assert "<img src=x" not in told
    assert "\u202e" not in told


def test_the_list_is_exported_as_a_table_that_imports_as_the_same(
    console: Console, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    entered(editor)
    answer = editor.get("/register/export", month="2025-03")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert "园区纪实" in [cell.value for row in sheet.iter_rows() for cell in row]
    would = editor.api(hand_in(editor, answer.content))
    assert (would["new_count"], would["changed_count"], would["known_count"]) == (0, 0, 1)


def test_a_crawled_item_of_the_same_title_becomes_a_use_when_somebody_says_so(
    console: Console, sign_in: SignIn
) -> None:
    with console.store.begin() as session:
        ids = session.scalars(select(NewsItemRow.id).order_by(NewsItemRow.id).limit(50)).all()
        item = next(one for one in items_by_id(session, ids).values() if one.date and one.title)
    editor = sign_in("editor")
    day = str(item.date)[:10]
    entered(editor, title=item.title, day=day)
    number = stored(console)[0].id
    here = f"/register/{number}"
    assert "在采集到的报道里找" in editor.page(here)
    found = {one["item"] for one in editor.api(here, look="true")["printings"]}
    assert item.id in found
    editor.change(f"{here}/link", item=item.id, same="1")
    assert stored(console)[0].submission.adopted[0].proof == item.id
    assert "采集到的报道" in editor.page(here)
    assert lines(console)[0].action == "register.link"


def test_a_number_nobody_registered_is_not_found(sign_in: SignIn) -> None:
    assert sign_in("viewer").get("/register/99").status_code == 404
    assert sign_in("viewer").get("/register", after="x").status_code == 422
