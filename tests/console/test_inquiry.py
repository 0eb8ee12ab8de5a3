"""The inquiry in the console: gaps, who is asked, sheets out and back, answers beside the gap."""

from __future__ import annotations

import io
import json
from urllib.parse import unquote

from docx import Document
from openpyxl import load_workbook

from console.app import Console
from pipeline.inquiry import ThemeAnswer
from pipeline.store.inquiry import answers_about
from pipeline.store.plans import list_plans
from pipeline.store.trail import TrailLine, trail
from tests.console.conftest import Person, SignIn

ASKED = {"period": "2025-03"}
WHERE = "/inquiry/answer?period=2025-03"


def stored(console: Console) -> list[ThemeAnswer]:
    with console.store.begin() as session:
        plan = list_plans(session)[0]
        return list(answers_about(session, plan, "focus_area", ("2025-03-01", "2025-03-31")))


def lines(console: Console) -> list[TrailLine]:
    with console.store.begin() as session:
        return [one for one in trail(session) if one.action.startswith("inquiry.")]


def filled(person: Person, *answers: tuple[str, str, str]) -> bytes:
    """The workbook as downloaded, its first rows filled: choice, proof, office."""
    raw = person.get("/inquiry/file/xlsx", **ASKED).content
    book = load_workbook(io.BytesIO(raw))
    sheet = book.active
    heads = next(row for row in sheet.iter_rows() if row[0].value == "条目编号")
    place = {cell.value: cell.column for cell in heads}
    for number, (choice, proof, office) in enumerate(answers, heads[0].row + 1):
        for name, value in (("核实结果", choice), ("佐证", proof), ("答复科室", office)):
            sheet.cell(number, place[name], value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def hand_in(person: Person, body: bytes, name: str = "答复.xlsx") -> str:
    return person.change("/inquiry/import?period=2025-03", files={"file": (name, body)})


def test_every_gap_is_asked_of_somebody_and_can_be_answered(
    console: Console, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    page = editor.api("/inquiry", **ASKED)
    theme = page["asked"][0]["item"]["theme"]
    assert page["unanswered"] == page["count"] > 1
    form = {"theme": theme, "choice": "unpublicised", "office": "市委宣传部", "note": "已开展培训"}
    where = editor.change(WHERE, **form, by="李明", day="2025-04-02")
    assert where == f"/inquiry?period=2025-03#theme-{theme}"
    (kept,) = stored(console)
    assert (kept.choice, kept.office, kept.by, kept.taken_in_by) == (
        "unpublicised", "市委宣传部", "李明", "editor",
    )  # fmt: skip
    told = sign_in("viewer").page("/inquiry", **ASKED)
    assert "已开展培训" in told
    assert "缺的是宣传" in told
    assert "记入答复" not in told
    left = editor.api("/inquiry", open="true", **ASKED)
    assert theme not in [one["item"]["theme"] for one in left["asked"]]
    editor.change(WHERE, **{**form, "choice": "not_public", "note": "不该存的内容"})
    assert stored(console)[-1].note == ""
    newest = lines(console)[0]
    assert (newest.action, json.loads(newest.before)["choice"]) == (
        "inquiry.answer",
        "unpublicised",
    )


def test_an_answer_that_cannot_be_is_refused(console: Console, sign_in: SignIn) -> None:
    editor = sign_in("editor")
    theme = editor.api("/inquiry", **ASKED)["asked"][0]["item"]["theme"]
    right = {
        "theme": theme,
        "choice": "published",
        "office": "市委宣传部",
        "proof": "某日报 3月2日",
    }
    for wrong in (
        {"proof": ""},
        {"office": " "},
        {"choice": "x"},
        {"theme": "没有"},
        {"day": "2025-02-30"},
        {"note": "机密★1年"},
    ):
        assert editor.send(WHERE, **{**right, **wrong}).status_code in (409, 422), wrong
    assert sign_in("reviewer").send(WHERE, **right).status_code == 403
    assert stored(console) == []


def test_the_sheet_is_downloaded_filled_in_previewed_and_stored(
    console: Console, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    word = editor.get("/inquiry/file/docx", answer_by="2025-04-10", **ASKED)
    assert "宣传空白核实单_2025年3月.docx" in unquote(word.headers["content-disposition"])
    assert Document(io.BytesIO(word.content)).tables
    body = filled(
        editor, ("已刊发未收录", "某日报 3月2日", "市委宣传部"), ("什么", "", "市委宣传部")
    )
    where = hand_in(editor, body)
    would = editor.api(where.partition("?")[0])
    assert (len(would["new"]), len(would["troubles"])) == (1, 1)
    assert "某日报 3月2日" in editor.page(where)
    assert stored(console) == []
    confirm = where.replace("?", "/confirm?")
    assert editor.send(confirm).status_code == 422
    assert stored(console) == []
    editor.change(confirm, leave_out="1")
    (kept,) = stored(console)
    assert (kept.choice, kept.proof) == ("published", "某日报 3月2日")
    assert lines(console)[0].action == "inquiry.import"
    again = editor.api(hand_in(editor, body).partition("?")[0])
    assert (again["known"], len(again["new"]), len(again["changed"])) == (1, 0, 0)
    other = filled(editor, ("未开展", "", "市委宣传部"))
    (changed,) = editor.api(hand_in(editor, other).partition("?")[0])["changed"]
    assert (changed["old"]["choice"], changed["new"]["choice"]) == ("published", "undone")


def test_a_sheet_is_given_up_and_of_one_account(console: Console, sign_in: SignIn) -> None:
    editor = sign_in("editor")
    where = hand_in(editor, filled(editor, ("未开展", "", "市委宣传部")))
    assert sign_in("approver").get(where).status_code == 404
    editor.change(where.replace("?", "/discard?"))
    assert editor.get(where).status_code == 404
    assert stored(console) == []


def test_what_is_no_sheet_is_refused(sign_in: SignIn) -> None:
    editor = sign_in("editor")
    answer = editor.send("/inquiry/import", {"file": ("x.csv", "甲,乙\n1,2\n".encode())})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'action="/inquiry/import"' in answer.text
    told = editor.client.post(
        "/api/inquiry/import",
        files={"file": ("x.csv", "甲,乙\n1,2\n".encode())},
        headers={"x-csrf-token": editor.token},
    )
    assert told.json()["title"] == "inquiry-columns"


def test_a_period_of_another_office_filters_the_sheet(sign_in: SignIn) -> None:
    reader = sign_in("viewer")
    every = reader.api("/inquiry", **ASKED)
    none = reader.api("/inquiry", office="没有这个科室", **ASKED)
    assert (none["asked"], none["count"]) == ([], every["count"])
