"""The table of obligations: proofs given, denied, taken back, handed in and given out."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from console import standing
from console.app import Console
from pipeline.config import Workspace
from pipeline.register import Submission
from pipeline.store.register import take_in
from pipeline.store.trail import trail
from tests.console.conftest import Person, SignIn

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))


def line_of(person: Person, name: str) -> dict[str, Any]:
    lines = person.api("/obligations")["lines"]
    return next(line for line in lines if line["id"] == name)


def proposed_in(person: Person) -> tuple[str, dict[str, Any]]:
    lines = person.api("/obligations")["lines"]
    found = next(line for line in lines if line["proposals"])
    return found["id"], found["proposals"][0]


def actions(console: Console) -> list[str]:
    with console.store.begin() as session:
        return [line.action for line in trail(session)]


def upload(person: Person, name: str, body: bytes, to: str = "form-1", **fields: str) -> Any:
    words = {"day": "2025-04-08", **fields}
    return person.send(f"/obligations/{to}/upload", files={"file": (name, body)}, **words)


def test_lines_say_what_when_who_and_what_is_missing(sign_in: SignIn) -> None:
    reader = sign_in("viewer")
    page = reader.page("/obligations")
    assert "组织集中采访" in page
    assert "未见佐证" in page
    assert "添加佐证" not in page, "who only reads cannot give proofs"
    told = reader.api("/obligations")
    assert sum(told["counts"].values()) == len(told["lines"])
    assert "添加佐证" in sign_in("editor").page("/obligations")


def test_lines_are_narrowed_in_the_address(sign_in: SignIn) -> None:
    reader = sign_in("viewer")
    told = reader.api("/obligations", office="市委宣传部")
    assert [line["id"] for line in told["lines"]] == ["form-1"]
    assert reader.api("/obligations", state="done")["lines"] == []
    assert reader.get("/obligations", state="odd").status_code == 400


def test_a_proposed_story_is_accepted_and_the_line_is_done(
    console: Console, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    name, story = proposed_in(editor)
    to = editor.change(f"/obligations/{name}/prove", story=story["story"])
    assert to == f"/obligations#{name}"
    line = line_of(editor, name)
    assert line["state"] == "done"
    assert line["proofs"][0]["by"] == "editor"
    assert not line["proposals"]
    assert "proof.add" in actions(console)
    assert f"佐证{line['proofs'][0]['number']:04d}" in editor.page("/obligations")


def test_the_address_of_a_story_s_page_names_it_too(sign_in: SignIn) -> None:
    editor = sign_in("editor")
    name, story = proposed_in(editor)
    address = f"http://testserver.local/stories/{story['story']}?period=2025"
    editor.change(f"/obligations/{name}/prove", story=address, day="2025-05-24")
    assert line_of(editor, name)["proofs"][0]["day"] == "2025-05-24"


def test_a_story_that_shows_nothing_is_proposed_no_more_until_that_is_taken_back(
    console: Console, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    name, story = proposed_in(editor)
    editor.change(f"/obligations/{name}/deny", story=story["story"], note="只是预告")
    assert not line_of(editor, name)["proposals"]
    (denied,) = editor.api("/obligations")["denied"]
    assert (denied["note"], denied["counts"]) == ("只是预告", False)
    assert "已确认不是佐证" in editor.page("/obligations")
    editor.change(f"/proofs/{denied['number']}/withdraw", note="看错了")
    assert line_of(editor, name)["proposals"] == [story]
    assert {"proof.deny", "proof.withdraw"} <= set(actions(console))


def test_a_submission_is_given_by_its_number(console: Console, sign_in: SignIn) -> None:
    with console.store.begin() as session:
        one = Submission(
            file="报送.xlsx", row=2, offices=("市委宣传部",), day="2025-04-05", title="集中采访启动",
            column="信息",
        )  # fmt: skip
        take_in(session, [one], "add", "王芳", "")
    editor = sign_in("editor")
    editor.change("/obligations/form-1/prove", submission="1")
    line = line_of(editor, "form-1")
    assert (line["state"], line["proofs"][0]["title"]) == ("done", "集中采访启动")
    assert editor.send("/obligations/form-1/prove", submission="99").status_code == 404


def test_a_file_is_kept_and_comes_back_byte_for_byte_as_an_attachment(
    workspace: Workspace, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    answer = upload(editor, "签到表.png", PNG, times="1", note="现场照片")
    assert answer.status_code == 303
    assert "读不出文字" in editor.page("/obligations"), "a person has to look for marks"
    (proof,) = line_of(editor, "form-1")["proofs"]
    assert (proof["title"], proof["note"], proof["by"]) == ("签到表.png", "现场照片", "editor")
    reader = sign_in("viewer")
    back = reader.get(f"/proofs/{proof['number']}/file")
    assert back.content == PNG
    assert back.headers["content-disposition"].startswith("attachment;")
    assert back.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in back.headers["content-security-policy"]
    assert not list((workspace.path / "uploads").rglob("*.png")), "nothing is left beside it"


@pytest.mark.parametrize(
    ("name", "body", "slug"),
    [
        ("page.html", b"<html><script>alert(1)</script>", "upload-kind"),
        ("program.exe", b"MZ", "upload-kind"),
        ("photo.png", b"<html><script>alert(1)</script>", "upload-kind"),
        ("page.txt", b"<!doctype html><script>alert(1)</script>", "upload-kind"),
        ("empty.txt", b"", "proof-empty"),
        ("notes.txt", "机密★1年\n会议纪要".encode(), "proof-secret"),
        ("机密 名单.png", PNG, "proof-secret"),
    ],
)
def test_a_file_of_another_kind_or_with_a_mark_of_secrecy_is_refused(
    name: str, body: bytes, slug: str, workspace: Workspace, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    answer = upload(editor, name, body)
    assert answer.status_code == 422
    assert slug in answer.text
    assert line_of(editor, "form-1")["proofs"] == []
    kept = workspace.path / "proofs"
    assert not kept.is_dir() or not list(kept.iterdir())


def test_a_file_that_is_too_large_is_refused(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.proof_upload.LARGEST", 50)
    answer = upload(sign_in("editor"), "a.png", PNG)
    assert answer.status_code == 422
    assert "upload-size" in answer.text


def test_a_hostile_name_writes_nowhere_else_and_runs_nowhere(
    workspace: Workspace, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    before = {path for path in workspace.path.parent.rglob("*") if path.is_file()}
    name = '../../<img src=x onerror=alert(1)>"\u202e.png'
    assert upload(editor, name, PNG).status_code == 303
    written = {path for path in workspace.path.parent.rglob("*") if path.is_file()} - before
    assert {path.parent for path in written if path.suffix == ".png"} == {workspace.path / "proofs"}
    page = editor.page("/obligations")
    assert "<img src=x" not in page
    assert "\u202e" not in page
    (proof,) = line_of(editor, "form-1")["proofs"]
    told = editor.get(f"/proofs/{proof['number']}/file").headers["content-disposition"]
    assert "\n" not in told
    assert "<" not in told


def test_a_word_file_is_read_for_marks(sign_in: SignIn) -> None:
    body = BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("odd.txt", "x")
    answer = upload(sign_in("editor"), "材料.docx", body.getvalue())
    assert answer.status_code == 422, "what cannot be read as what it says is not kept unseen"


def test_a_file_changed_behind_our_back_is_not_given_out(
    workspace: Workspace, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    upload(editor, "签到表.png", PNG)
    (proof,) = line_of(editor, "form-1")["proofs"]
    (kept,) = (workspace.path / "proofs").iterdir()
    kept.write_bytes(PNG + b"more")
    answer = editor.get(f"/proofs/{proof['number']}/file")
    assert answer.status_code == 409
    assert "proof-file-changed" in answer.text
    Path(kept).unlink()
    assert editor.get(f"/proofs/{proof['number']}/file").status_code == 404


def test_a_proof_is_taken_back_and_its_file_not_given_out_any_more(sign_in: SignIn) -> None:
    editor = sign_in("editor")
    upload(editor, "签到表.png", PNG)
    (proof,) = line_of(editor, "form-1")["proofs"]
    editor.change(f"/proofs/{proof['number']}/withdraw", note="传错了")
    assert line_of(editor, "form-1")["proofs"] == []
    assert editor.get(f"/proofs/{proof['number']}/file").status_code == 404
    assert editor.send(f"/proofs/{proof['number']}/withdraw").status_code == 404


def test_the_same_proof_twice_is_refused_and_the_first_stays(sign_in: SignIn) -> None:
    editor = sign_in("editor")
    upload(editor, "签到表.png", PNG)
    again = upload(editor, "签到表2.png", PNG)
    assert again.status_code == 422
    assert "proof-known" in again.text
    assert len(line_of(editor, "form-1")["proofs"]) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"story": "a", "submission": "1"},
        {"story": "no-such-story"},
        {"submission": "-1"},
        {"story": "x", "day": "2025-02-30"},
        {"story": "x", "times": "0"},
        {"story": "x" * 301},
    ],
)
def test_wrong_fields_are_refused(fields: dict[str, str], sign_in: SignIn) -> None:
    editor = sign_in("editor")
    assert editor.send("/obligations/form-1/prove", **fields).status_code == 422
    assert line_of(editor, "form-1")["proofs"] == []


def test_a_duty_or_a_medium_nobody_named_is_refused(sign_in: SignIn) -> None:
    editor = sign_in("editor")
    _, story = proposed_in(editor)
    words = {"story": story["story"], "day": "2025-04-08"}
    assert editor.send("/obligations/form-99/prove", **words).status_code == 422
    odd = editor.send("/obligations/form-2/prove", media="别的报纸", **words)
    assert "obligation-medium" in odd.text
    assert upload(editor, "a.png", PNG, to="form-99").status_code == 422
    assert upload(editor, "a.png", PNG, day="").status_code == 422


def test_who_reviews_cannot_give_proofs(sign_in: SignIn) -> None:
    reviewer = sign_in("reviewer")
    assert reviewer.send("/obligations/form-1/prove", story="x").status_code == 403
    assert upload(reviewer, "a.png", PNG).status_code == 403
    assert reviewer.send("/proofs/1/withdraw").status_code == 403


def test_a_proof_is_shown_at_once_though_the_report_is_worked_out_later(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = sign_in("editor")
    name, story = proposed_in(editor)
    monkeypatch.setattr(standing, "AT_ONCE", -1)
    monkeypatch.setattr("console.standing_work.PATIENCE", 1e9)
    editor.change(f"/obligations/{name}/prove", story=story["story"])
    told = editor.api("/obligations")
    assert not told["standing"]["fresh"]
    line = line_of(editor, name)
    assert line["state"] == "done"
    assert not line["proposals"]
