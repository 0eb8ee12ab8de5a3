"""Reports in the console: a month signed off by several people, locked, corrected, downloaded."""

from __future__ import annotations

import io
import json
import zipfile
from urllib.parse import unquote

import pytest
from docx import Document
from openpyxl import load_workbook

from console.app import Console
from pipeline.coverage.period_report import PeriodReport
from pipeline.store.accounts import change_account
from pipeline.store.signed import issued_reports
from pipeline.store.trail import TrailLine, trail
from tests.console.conftest import Person, SignIn

ASKED = {"period": "2025-03"}
HERE = "/reports/period?period=2025-03"


def sign(person: Person, to: str, note: str = "", **fields: str) -> str:
    figures = person.api("/reports/period", **ASKED)["figures"]
    return person.change(
        "/reports/sign?period=2025-03", to=to, note=note, figures=figures, **fields
    )


def refused(person: Person, to: str, note: str = "") -> tuple[int, str]:
    figures = person.api("/reports/period", **ASKED)["figures"]
    answer = person.post_json(
        "/reports/sign?period=2025-03", {"to": to, "note": note, "figures": figures}
    )
    return answer.status_code, answer.json()["title"]


def lines(console: Console) -> list[TrailLine]:
    with console.store.begin() as session:
        return [one for one in trail(session) if one.action == "report.sign"]


def issued(console: Console, sign_in: SignIn) -> None:
    for stage in ("check", "collation"):
        sign(sign_in("editor"), stage)
    sign(sign_in("approver"), "approval")
    sign(sign_in("approver"), "issued", compare="1")


def test_a_month_is_signed_stage_by_stage_and_locked(console: Console, sign_in: SignIn) -> None:
    editor, approver = sign_in("editor"), sign_in("approver")
    assert "下一环节" in sign_in("viewer").page("/reports/period", **ASKED)
    assert sign(editor, "check", note="已核对") == HERE
    sign(editor, "collation")
    assert refused(editor, "approval") == (403, "role-too-low")
    sign(approver, "approval")
    sign(approver, "issued")
    found = approver.api("/reports/period", **ASKED)
    assert [step["stage"] for step in found["steps"]] == [
        "check", "collation", "approval", "issued",
    ]  # fmt: skip
    assert (found["stage"], found["shown"]) == ("issued", 1)
    assert (found["steps"][0]["by"], found["steps"][0]["note"]) == ("editor", "已核对")
    with console.store.begin() as session:
        (one,) = issued_reports(session)
    told = approver.page("/reports/period", **ASKED)
    assert one.fingerprint in told
    assert "另起新版" in told
    row = approver.api("/reports", **ASKED)["rows"]
    assert ("2025-03", "issued") in [(one["asked"], one["stage"]) for one in row]
    assert len(lines(console)) == 4
    assert json.loads(lines(console)[0].after)["by"] == "approver"


def test_stages_are_not_left_out_and_roles_are_kept(console: Console, sign_in: SignIn) -> None:
    assert refused(sign_in("editor"), "collation") == (422, "sign-off-order")
    assert refused(sign_in("reviewer"), "check") == (403, "role-too-low")
    assert refused(sign_in("approver"), "issued") == (422, "sign-off-order")
    assert lines(console) == []


def test_who_collated_does_not_approve(sign_in: SignIn) -> None:
    approver = sign_in("approver")
    sign(sign_in("editor"), "check")
    sign(approver, "collation")
    assert refused(approver, "approval") == (409, "sign-off-same-person")
    assert "须由另一人签" in approver.page("/reports/period", **ASKED)
    sign(sign_in("admin"), "approval")


def test_a_name_is_no_person(console: Console, sign_in: SignIn) -> None:
    approver, admin = sign_in("approver"), sign_in("admin")
    sign(approver, "check")
    sign(approver, "collation")
    with console.store.begin() as session:
        change_account(session, "admin", display="approver")
        change_account(session, "approver", display="王局长")
    assert refused(approver, "approval") == (409, "sign-off-same-person")
    assert "须由另一人签" in approver.page("/reports/period", **ASKED)
    assert "须由另一人签" not in admin.page("/reports/period", **ASKED)
    sign(admin, "approval")


def test_who_is_alone_may_sign_every_stage(sign_in: SignIn) -> None:
    alone = sign_in("admin")
    for stage in ("check", "collation", "approval"):
        sign(alone, stage)


def test_a_report_is_sent_back_with_a_reason(console: Console, sign_in: SignIn) -> None:
    editor = sign_in("editor")
    sign(editor, "check")
    assert refused(editor, "draft") == (422, "sign-off-reason")
    sign(editor, "draft", note="漏列一篇")
    assert editor.api("/reports/period", **ASKED)["stage"] == "draft"
    assert "漏列一篇" in editor.page("/reports/period", **ASKED)


def test_figures_nobody_looked_at_are_not_signed(console: Console, sign_in: SignIn) -> None:
    editor = sign_in("editor")
    answer = editor.send("/reports/sign?period=2025-03", to="check", figures="0" * 64)
    assert answer.status_code == 409
    assert "sign-off-seen" in answer.text
    assert lines(console) == []


def test_a_locked_report_is_corrected_by_a_new_version(console: Console, sign_in: SignIn) -> None:
    issued(console, sign_in)
    editor, approver = sign_in("editor"), sign_in("approver")
    assert refused(editor, "draft", "更正") == (403, "role-too-low")
    assert refused(approver, "check") == (409, "sign-off-locked")
    assert refused(approver, "draft") == (422, "sign-off-reason")
    sign(approver, "draft", note="漏列一篇")
    found = approver.api("/reports/period", **ASKED)
    assert (found["version"], found["stage"], found["shown"]) == (2, "draft", 0)
    old = approver.api("/reports/period", version=1, **ASKED)
    assert old["shown"] == 1
    assert "没有更正" in approver.page("/reports/corrections", **ASKED)


def test_every_paper_of_the_locked_report_says_the_same(console: Console, sign_in: SignIn) -> None:
    issued(console, sign_in)
    reader = sign_in("viewer")
    page = reader.api("/reports/period", **ASKED)
    bodies = {}
    for paper in page["papers"]:
        answer = reader.get(f"/reports/files/{paper['format']}", **ASKED)
        if answer.status_code != 200:
            assert paper["format"] == "bulletin", answer.text
            continue
        kind = answer.headers["content-disposition"]
        assert kind.startswith('attachment; filename="download.'), kind
        assert "2025年3月_第1版" in unquote(kind)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert int(answer.headers["content-length"]) == len(answer.content)
        bodies[paper["format"]] = answer.content
    with console.store.begin() as session:
        (one,) = issued_reports(session)
    report = PeriodReport.from_json(bodies["json"])
    assert report.sign_off is not None
    assert report.sign_off.steps[-1].at == one.issued_at
    assert report.comparison is not None
    assert "2025年3月落实情况的通报" in "\n".join(
        paragraph.text for paragraph in Document(io.BytesIO(bodies["docx"])).paragraphs
    )
    assert load_workbook(io.BytesIO(bodies["xlsx"])).sheetnames
    assert load_workbook(io.BytesIO(bodies["ledger"])).sheetnames
    for name in ("csv", "evidence"):
        assert zipfile.ZipFile(io.BytesIO(bodies[name])).testzip() is None
    assert b"2025" in bodies["html"]
    assert not list((console.litestar.state.workspace.path / "downloads").iterdir())


def test_the_papers_of_a_draft_are_of_the_figures_shown(sign_in: SignIn) -> None:
    reader = sign_in("viewer")
    raw = reader.get("/reports/files/json", **ASKED).content
    shown = reader.api("/reports/period", **ASKED)
    assert PeriodReport.from_json(raw).totals.counted == shown["totals"]["counted"]
    assert "第1版" not in unquote(
        reader.get("/reports/files/html", **ASKED).headers["content-disposition"]
    )


@pytest.mark.parametrize("path", ["/reports/files/exe", "/reports/files/..%2fx"])
def test_other_papers_are_refused(sign_in: SignIn, path: str) -> None:
    assert sign_in("viewer").get(path, **ASKED).status_code in (400, 404, 422)


def test_a_version_nobody_issued_is_refused(sign_in: SignIn) -> None:
    answer = sign_in("viewer").get("/reports/period", version=7, **ASKED)
    assert answer.status_code == 422
    assert "report-version" in answer.text


def test_a_week_has_a_report_too(sign_in: SignIn) -> None:
    reader = sign_in("viewer")
    week = "2025-03-03..2025-03-09"
    found = reader.api("/reports/period", period=week)
    assert (found["choice"]["period"]["first"], found["choice"]["period"]["last"]) == (
        "2025-03-03",
        "2025-03-09",
    )
    assert "2025-03-03" in reader.page("/reports", period=week)
