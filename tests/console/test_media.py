"""Media no crawl reaches: handed in with a preview, typed in, their months signed off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import lxml.html
import pytest
from openpyxl import Workbook

from console.app import Console
from pipeline.news import source_id
from pipeline.store.items import count_items
from pipeline.store.trail import trail
from pipeline.store.vouching import vouches
from tests.console.conftest import Person, SignIn
from tests.console.test_jobs import until

PAPER = "样例晚报"
CSV = (
    "标题,日期,版次,字数\n"
    "我市举办科普讲座,2025-03-04,3版,800\n"
    "<script>alert(1)</script>进校园,2025-03-05,1版,\n"
    "没有日期的一条,,2版,\n"
    "日期写错的一条,2025-02-30,2版,\n"
    "=HYPERLINK(1),2025-03-07,4版,\n"
    ",2025-03-08,4版,\n"
)


def stored(console: Console) -> int:
    with console.store.begin() as session:
        return count_items(session)


def handed_in(person: Person, body: bytes, name: str = "3月.csv", **fields: str) -> str:
    return person.change("/import", files={"file": (name, body)}, **fields)


def test_a_table_is_shown_before_it_is_stored(console: Console, sign_in: SignIn) -> None:
    editor = sign_in("editor")
    before = stored(console)
    preview = handed_in(editor, CSV.encode(), medium=PAPER, carrier="newspaper")
    told = editor.api(preview)
    assert (told["items"], told["new"], told["known"], told["changed"]) == (5, 5, 0, 0)
    assert told["doubtful"] == 2
    assert [bool(row["doubts"]) for row in told["rows"]] == [True, True, False, False, False]
    assert any("没有标题" in remark for remark in told["remarks"])
    text = editor.page(preview)
    assert "&lt;script&gt;" in text
    assert "<script>alert" not in text
    assert stored(console) == before
    mark = preview.partition("?")[0]
    to = editor.change(f"{mark}/store", medium=PAPER, carrier="newspaper")
    assert stored(console) == before + 5
    assert to.startswith("/runs/")
    assert "我市举办科普讲座" in editor.page(to)
    assert "归类新来的报道" in editor.page(to)
    assert editor.get(mark).status_code == 404
    with console.store.begin() as session:
        assert next(trail(session)).action == "news.import"
    again = handed_in(editor, CSV.encode(), medium=PAPER, carrier="newspaper")
    told = editor.api(again)
    assert (told["new"], told["known"]) == (0, 5)


def test_a_workbook_is_read_and_given_up(console: Console, sign_in: SignIn, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["播出内容", "播出时间", "时长"])
    sheet.append(["科技下乡走进牧区", "2025-03-11 18:30", "3分25秒"])
    path = tmp_path / "播出单.xlsx"
    book.save(path)
    editor = sign_in("editor")
    before = stored(console)
    preview = handed_in(editor, path.read_bytes(), path.name, medium="样例电视台")
    (row,) = editor.api(preview)["rows"]
    assert (row["date"], row["length"], row["outlet"]) == ("2025-03-11", "205 秒", "样例电视台")
    assert editor.change(f"{preview.partition('?')[0]}/discard") == "/import"
    assert stored(console) == before


def test_pasted_links_are_read(sign_in: SignIn) -> None:
    editor = sign_in("editor")
    pasted = "科普日活动启动\nhttps://mp.weixin.qq.com/s/abc 2025-03-02\n"
    preview = editor.change("/import", pasted=pasted, medium="样例公众号")
    (row,) = editor.api(preview)["rows"]
    assert (row["title"], row["date"], row["carrier"]) == ("科普日活动启动", "2025-03-02", "wechat")


@pytest.mark.parametrize(
    ("name", "body", "slug", "told"),
    [
        ("新闻.exe", b"MZ", "upload-kind", "不能读取这种文件"),
        ("新闻.xlsx", b"no workbook", "upload-kind", "不能读取这种文件"),
        ("新闻.csv", "甲,乙\n1,2\n".encode(), "items-missing-columns", "表格里没有“标题”一栏"),
        ("新闻.csv", b"x" * 20_000_001, "upload-size", "文件超过"),
        ("新闻.jsonl", b'{"id": 1}\n', "items-bad-line", "有一行读不成报道"),
    ],
)
def test_what_cannot_be_read_is_refused_above_the_form_and_not_kept(
    name: str, body: bytes, slug: str, told: str, console: Console, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    answer = editor.send("/import", files={"file": (name, body)})
    assert answer.status_code == 422, answer.text[-500:]
    alert = lxml.html.fromstring(answer.text).xpath("//*[@role='alert']")[0].text_content()
    assert alert.startswith(f"没有做成：{told}")
    program = editor.send("/api/import", files={"file": (name, body)})
    assert (program.status_code, program.json()["title"]) == (422, slug)
    uploads = console.litestar.state.workspace.path / "uploads"
    assert not list(uploads.rglob("新闻*"))
    assert editor.send("/import").status_code == 422


def test_what_was_typed_stands_in_the_form_that_is_shown_again(sign_in: SignIn) -> None:
    links = "没有链接的\n\nftp://example.com/"
    editor = sign_in("editor")
    as_browsers_do = {"file": ("", b"")}
    answer = editor.send(
        "/import", files=as_browsers_do, pasted=links, medium=PAPER, carrier="newspaper"
    )
    page = lxml.html.fromstring(answer.text)
    assert "没有读到链接" in page.xpath("string(//*[@role='alert'])")
    form = page.forms
    (typed,) = (dict(one.form_values()) for one in form if one.action.startswith("/import"))
    assert {name: typed[name] for name in ("pasted", "medium", "carrier")} == {
        "pasted": links,
        "medium": PAPER,
        "carrier": "newspaper",
    }


def test_a_preview_is_its_owners_alone(sign_in: SignIn) -> None:
    preview = handed_in(sign_in("editor"), CSV.encode())
    assert sign_in("admin").get(preview).status_code == 404
    assert sign_in("reviewer").get(preview).status_code == 403


def test_one_item_is_typed_in(console: Console, sign_in: SignIn) -> None:
    editor = sign_in("editor")
    before = stored(console)
    fields = {"medium": PAPER, "title": "院士走进课堂", "date": "2025-03-09", "page": "2版"}
    editor.change("/media/item", carrier="newspaper", words="650", **fields)
    assert stored(console) == before + 1
    assert editor.send("/media/item", **{**fields, "date": "2025-02-30"}).status_code == 422
    assert editor.send("/media/item", **{**fields, "title": "  "}).status_code == 422
    assert editor.send("/media/item", **{**fields, "title": "长" * 400}).status_code == 422
    assert stored(console) == before + 1
    told = editor.api("/media/months", medium=PAPER)
    march = next(one for one in told["medium"]["months"] if one["month"] == "2025-03")
    assert (march["items"], march["state"]) == (1, "open")
    with console.store.begin() as session:
        assert next(trail(session)).action == "media.item"


def test_a_month_is_signed_off_by_who_is_signed_in_and_taken_back(
    console: Console, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    item = {"medium": PAPER, "title": "院士走进课堂", "date": "2025-03-09"}
    editor.change("/media/item", **item)
    editor.change("/media/sign", medium=PAPER, month="2025-03")
    editor.change("/media/sign", medium=PAPER, month="2025-02", empty="1")
    with console.store.begin() as session:
        signed = vouches(session, source=source_id(PAPER))
    assert [(one.first, one.last, one.by, one.empty) for one in signed] == [
        ("2025-02-01", "2025-02-28", "editor", True),
        ("2025-03-01", "2025-03-31", "editor", False),
    ]
    medium = next(one for one in editor.api("/media")["media"] if one["name"] == PAPER)
    months = {one["month"]: one["state"] for one in medium["months"]}
    assert (months["2025-02"], months["2025-03"]) == ("empty", "signed")
    assert editor.send("/media/sign", medium=PAPER, month="2025-03").status_code == 422
    assert editor.send("/media/sign", medium=PAPER, month="2025-01").status_code == 422
    assert editor.send("/media/sign", medium=PAPER, month="nonsense").status_code == 422
    next_month = (datetime.now(UTC).date() + timedelta(days=40)).isoformat()[:7]
    assert editor.send("/media/sign", medium=PAPER, month=next_month).status_code == 422
    assert sign_in("reviewer").send("/media/sign", medium=PAPER, month="2025-01").status_code == 403
    months = editor.api("/media/months", medium=PAPER)["medium"]["months"]
    (word,) = (one["word"] for one in months if one["month"] == "2025-03")
    assert editor.send(f"/vouched/{word}/withdraw").status_code == 422
    to = editor.change(f"/vouched/{word}/withdraw?period=2025-03", why="漏登两期")
    assert to.startswith("/media/months?period=2025-03&medium=")
    told = editor.page("/media/months", medium=PAPER)
    assert "漏登两期" in told
    with console.store.begin() as session:
        verbs = [line.action for line in trail(session)]
    assert verbs[:3] == ["media.withdraw", "media.sign", "media.sign"]


def test_items_of_a_month_signed_off_as_empty_are_refused_in_the_preview(
    console: Console, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    editor.change("/media/sign", medium=PAPER, month="2025-03", empty="1")
    before = stored(console)
    preview = handed_in(editor, CSV.encode(), medium=PAPER)
    assert "editor" in editor.api(preview)["trouble"]["message"]
    page = editor.page(preview)
    assert "不能存入：</strong>这些天已确认为“无刊发”。要补录请先撤回确认。" in page
    assert "xuanjian" not in page.partition("详情：")[2]
    answer = editor.send(f"{preview.partition('?')[0]}/store", medium=PAPER)
    assert (answer.status_code, stored(console)) == (422, before)


def test_a_long_table_is_stored_as_long_work(console: Console, sign_in: SignIn) -> None:
    editor = sign_in("editor")
    before = stored(console)
    rows = "".join(f"科普讲座第{n}场,2025-03-0{n % 9 + 1}\n" for n in range(3001))
    preview = handed_in(editor, f"标题,日期\n{rows}".encode(), medium=PAPER)
    assert len(editor.api(preview)["rows"]) == 200
    job = editor.change(f"{preview.partition('?')[0]}/store", medium=PAPER)
    assert job.startswith("/jobs/")
    until(lambda: editor.api(job)["job"]["state"] != "running", "it never ended")
    assert editor.api(job)["job"]["state"] == "done", editor.api(job)
    assert stored(console) == before + 3001


def test_the_page_names_every_medium_of_the_plan(sign_in: SignIn) -> None:
    reader = sign_in("viewer")
    told = reader.api("/media")
    named = [one for one in told["media"] if one["named"]]
    assert {one["state"] for one in named} <= {"crawled", "registered", "seen", "unchecked"}
    assert told["unchecked"] == sum(one["state"] == "unchecked" for one in named)
    text = reader.page("/media")
    assert "应查媒体" in text
    assert "导入报道" not in text
