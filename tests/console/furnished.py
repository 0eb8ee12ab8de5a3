"""A workspace with something behind every page of the console, made by people who use it.

What they type and hand in passes through ``Words``: as it is for the tests of ordinary pages, hostile
for those that ask whether anything of it runs or breaks a page.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import msgspec
from click.testing import CliRunner
from docx import Document
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from console.app import Console
from console.rooms.source_drafts import Draft
from pipeline.cli import cli
from pipeline.declared import Checked, Mistake, Tried, TriedRow
from pipeline.store.accounts import account_named
from pipeline.store.jobs import add_job, end_job
from tests.console.conftest import Person, come_in
from tests.console.scored_office import store_scored_office

__all__ = ["Words", "furnish"]

Words = Callable[[str], str]
"""What becomes of a word somebody types."""

MONTH = {"period": "2025-03"}
ISSUED = {"period": "2025-02"}


def furnish(console: Console, words: Words = str) -> Person:
    """Do with the sample workspace what an office does; gives its administrator."""
    store_scored_office(console)
    admin = come_in(console, "admin", words("韩主任"))
    editor = come_in(console, "editor", words("王芳"))
    approver = come_in(console, "approver", words("李明"))
    reviewer = come_in(console, "reviewer", words("赵磊"))
    _train(console)
    _review(admin, reviewer, words)
    _register(admin, words)
    _prove(admin, words)
    _answer(admin, words)
    _sign(editor, approver, words)
    _hand_in_plans(admin, words)
    _import(admin, words)
    _draft(console, admin, words)
    _work(console, words)
    admin.change("/media/sign", medium=words("东胜科技网"), month="2025-03", empty="1")
    _vouch(admin, words)
    admin.change(
        "/users",
        name="zhou",
        password="一句很长的口令-没人会写",
        role="viewer",
        display=words("周洁"),
    )
    return admin


def _train(console: Console) -> None:
    folder = console.litestar.state.workspace.path
    done = CliRunner().invoke(cli, ["-w", str(folder), "train"], catch_exceptions=False)
    assert done.exit_code == 0, done.output


def _review(admin: Person, reviewer: Person, words: Words) -> None:
    """One queue with a decision, a doubt, and two people who decided the same story differently."""
    where = admin.change("/review/queues", purpose="everything", words="")
    number = where.rpartition("/")[2].partition("?")[0]
    path = f"/review/{number}"
    task = admin.api(path)["task"]
    themes = [theme["id"] for theme in task["themes"]]
    fields = {"place": task["place"], "seen": task["seen"], "comment": words("要问科室")}
    other = {**fields, "answer": "chosen", "themes": themes[:1]}
    reviewer.change(f"{path}/answer", **other)
    admin.change(f"{path}/answer", **{**fields, "answer": "none"})
    task = admin.api(path)["task"]
    fields = {"place": task["place"], "seen": task["seen"], "comment": words("拿不准的一篇")}
    admin.change(f"{path}/answer", answer="unsure", **fields)
    admin.change("/review/queues", purpose="theme", theme=themes[-1])


def _register(admin: Person, words: Words) -> None:
    """Two submissions, one of them used, and a table that waits to be looked at."""
    office = admin.api("/register/add")["offices"][0]
    for title in (words("园区企业培育纪实"), words("科普活动周侧记")):
        day = "2025-03-05"
        fields = {"offices": office, "day": day, "title": title, "column": words("信息")}
        admin.change("/register/add", words="600", authors=words("张伟"), **fields)
    used = {"outlet": words("样例日报"), "level": "municipal", "day": "2025-03-20"}
    admin.change("/register/1/adopt", position=words("头版"), proof=words("3版"), **used)
    admin.change("/register/1/event", what="市领导批示", day="2025-03-21")
    head = ("责任科室", "报送日期", "标题", "栏目", "字数", "采用媒体", "采用日期")
    rows = [
        (
            office,
            "2025-03-08",
            words("报送的另一件"),
            words("信息"),
            500,
            words("日报"),
            "2025-03-09",
        ),
        (words("没有这个科室"), words("三月"), words("读不出的一行"), "", words("几百"), "", ""),
    ]
    file = (words("3月报送") + ".xlsx", table([head, *rows]))
    admin.change("/register/import", files={"file": file})


def _prove(admin: Person, words: Words) -> None:
    lines = admin.api("/obligations")["lines"]
    story = admin.api("/stories")["lines"][0]["id"]
    admin.change(f"/obligations/{lines[0]['id']}/deny", story=story, note=words("只是预告"))
    file = (words("采访通知") + ".txt", words("集中采访的通知").encode())
    where = f"/obligations/{lines[0]['id']}/upload"
    admin.change(where, files={"file": file}, day="2025-04-08", note=words("有签到表"))


def _answer(admin: Person, words: Words) -> None:
    asked = admin.api("/inquiry", **MONTH)["asked"]
    given = {"choice": "unpublicised", "office": words("市委宣传部"), "note": words("已开展培训")}
    here = "/inquiry/answer?period=2025-03"
    fields = {"theme": asked[0]["item"]["theme"], "proof": words("培训通知"), "by": words("李明")}
    admin.change(here, day="2025-04-02", **given, **fields)
    book = load_workbook(io.BytesIO(admin.get("/inquiry/file/xlsx", **MONTH).content))
    sheet = book.active
    heads = next(row for row in sheet.iter_rows() if row[0].value == "条目编号")
    place = {cell.value: cell.column for cell in heads}
    told = {
        "核实结果": "1 已刊发未收录",
        "佐证": words("某日报 3月2日"),
        "答复科室": words("科技局"),
    }
    for name, value in told.items():
        sheet.cell(heads[0].row + 1, place[name], value)
    out = io.BytesIO()
    book.save(out)
    file = (words("答复") + ".xlsx", out.getvalue())
    admin.change("/inquiry/import?period=2025-03", files={"file": file})


def _sign(editor: Person, approver: Person, words: Words) -> None:
    """One month signed and locked, another on its way."""
    for asked, stages in ((ISSUED, 4), (MONTH, 1)):
        signing = [
            (editor, "check"),
            (editor, "collation"),
            (approver, "approval"),
            (approver, "issued"),
        ]
        for person, stage in signing[:stages]:
            figures = person.api("/reports/period", **asked)["figures"]
            path = f"/reports/sign?period={asked['period']}"
            person.change(path, to=stage, figures=figures, note=words("已核对"))


def _vouch(admin: Person, words: Words) -> None:
    """The word for the column that refuses the crawler is taken back, and another given."""
    (word,) = admin.api("/sources/sample-bureau")["words"]
    admin.change(f"/vouched/{word['number']}/withdraw", why=words("漏看两页"))
    column = admin.api("/sources/sample-bureau")["form"]["column"]
    fields = {"medium": "sample-bureau", "column": column, "note": words("逐页打开核对")}
    admin.change("/vouched", first="2025-02-01", last="2025-02-28", **fields)


def _hand_in_plans(admin: Person, words: Words) -> None:
    """One stored with the document it was read from, and one that waits to be looked at."""
    for kept in (True, False):
        paper = Document()
        for line in (
            words("某区2026年科普宣传方案"),
            "一、宣传重点",
            f"（一）{words('宣传科普场馆建设')}。报道{words('科技馆')}的开放和活动情况。",
            f"（二）{words('宣传知识产权保护')}。报道{words('专利')}保护的成效。",
            "采访单位",
            f"1.{words('某区科技馆')}（{words('科普展览')}）。",
        ):
            paper.add_paragraph(line)
        out = io.BytesIO()
        paper.save(out)
        file = (words("2026年方案") + ".docx", out.getvalue())
        where = admin.change("/plan-upload", files={"file": file}).partition("?")[0]
        if kept:
            name = "".join(mark for mark in words("科普") if mark.isprintable() and mark != "/")
            admin.change(f"{where}/store", name=name)


def _import(admin: Person, words: Words) -> None:
    head = ("标题", "日期", "媒体", "作者", "栏目", "链接", "正文")
    link = words("http://kjj.example.gov.cn/1.html")
    row = (
        words("科普进校园"),
        "2025-03-03",
        words("县报"),
        words("张伟"),
        words("要闻"),
        link,
        words("正文"),
    )
    other = (words("短"), words("某日"), "", "", "", "", "")
    file = (words("县报三月") + ".xlsx", table([head, row, other]))
    admin.change("/import", files={"file": file}, medium=words("县报"))
    fields = {
        "medium": words("县广播站"),
        "title": words("广播站播出科普节目"),
        "date": "2025-03-04",
    }
    admin.change("/media/item", outlet=words("县广播站"), author=words("陈静"), **fields)


def _draft(console: Console, admin: Person, words: Words) -> None:
    """A declaration that was tried, and a file that is none."""
    workspace = console.litestar.state.workspace
    url = words("http://kjj.example.gov.cn/list/")
    rows = (TriedRow(date="2025-03-01", title=words("科普活动周"), url=url, kind="article"),)
    mistake = Mistake(
        message=words("没有这一栏"), slug="source-bad-key", hint=words("请改"), line=2
    )
    tried = (
        Tried(
            column=words("动态"), url=url, system=words("某系统"), rows=rows, notes=(words("请看"),)
        ),
        Tried(column=words("公告"), url=url, mistake=mistake),
    )
    text = f'format = 1\nname = "{words("某局")}"\n# {words("说明")}\n'
    checked = Checked(id="draft", name=words("某局"), mistake=mistake)
    draft = Draft(source="", file="", text=text, was="", checked=checked, tried=tried)
    with console.store.begin() as session:
        owner = account_named(session, "admin").id
    place = workspace.path / "uploads" / str(owner) / "declaration" / "0123456789abcdef"
    place.mkdir(parents=True)
    (place / "draft.json").write_bytes(msgspec.json.encode(draft))
    (workspace.sources / "broken.toml").write_text(text, encoding="utf-8")
    assert "0123456789abcdef" in admin.page("/sources/drafts/0123456789abcdef")


def _work(console: Console, words: Words) -> None:
    """Work that ended, well and otherwise."""
    with console.store.begin() as session:
        for kind, code in (("classify", 0), ("crawl", 1), ("train", 0)):
            job = add_job(session, kind, (kind, words("某局")), "admin")
            end_job(session, job.id, code, f"{words('第一行')}\n{words('出错了')}")


def table(rows: list[tuple[Any, ...]]) -> bytes:
    """A workbook with these rows; what looks like a formula is text in it."""
    book = Workbook()
    for row, values in enumerate(rows, 1):
        for column, value in enumerate(values, 1):
            cell = book.active.cell(row, column)
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
            if isinstance(value, str):
                cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
