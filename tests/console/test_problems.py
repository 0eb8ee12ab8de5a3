"""What an officer reads when something cannot be done."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from console.error_words import WORDS, of_last_line, reads_english
from console.rendering import TEMPLATES
from pipeline.classify.model_folder import MANIFEST
from pipeline.config import Workspace
from pipeline.errors import XuanjianError
from pipeline.store.jobs import add_job, end_job
from tests.console.conftest import SignIn

REPOSITORY = Path(__file__).parents[2]
DOCUMENTED = REPOSITORY / "docs" / "errors.md"
ROOMS = ("pipeline", "crawler", "console")
CHINESE = re.compile(r"[\u3400-\u9fff]")
ERRORS = {"XuanjianError", "BadInput", "DiskTrouble"}
FRAMEWORK = {
    "method-not-allowed",
    "page-missing",
    "request-kind",
    "request-from-elsewhere",
    "request-too-large",
    "request-unreadable",
    "server-error",
}
AT_THE_COMMAND_LINE = {
    "dask-": "no page and no work of the console classifies with --dask",
    "pack-": "packs are written and taken in by their verbs; what is uploaded is a table or a bulletin",
    "serve-": "ends the server before it serves",
    "language-": "ends the server before it serves",
    "demo-": "the tour has a workspace of its own",
    "workspace-": "the console and its work are started in one",
    "training-": "the base model is trained where Xuanjian is made",
    "labels-bad-": "files and frames of labels are read by review, train, evaluate and notebooks",
    "labels-unknown-theme": "the same files",
    "labels-without-words": "the same files: decisions made here are about stored news",
    "page-not-article": "a saved page is given to extract as a file",
    "source-file-exists": "what source new -o writes; the console keeps a draft",
}
"""Beginnings of slugs nobody meets on a page or in work a page starts, and why not."""


def documented() -> set[str]:
    page = DOCUMENTED.read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([a-z-]+)`", page, re.MULTILINE))


def test_every_error_of_a_page_is_said_in_chinese() -> None:
    elsewhere = tuple(AT_THE_COMMAND_LINE)
    assert all(any(slug.startswith(one) for slug in documented()) for one in elsewhere)
    left = {slug for slug in documented() if not slug.startswith(elsewhere)}
    assert set(WORDS) == left | FRAMEWORK
    for sentence, remedy in WORDS.values():
        assert CHINESE.search(sentence)
        assert not remedy or CHINESE.search(remedy)
        assert not re.search("xuanjian|--", sentence + remedy), "officers have pages, not commands"


def test_a_mistake_is_told_in_chinese_with_the_way_back(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    admin.client.headers["referer"] = "http://testserver.local/users?x=1"
    answer = admin.send("/users", name="李红", role="editor", password="1111111111")
    assert answer.status_code == 422
    assert "<h1>密码太简单</h1>" in answer.text
    assert "至少四种不同的字符" in answer.text
    assert '详情：<span lang="en">a password has 10 to 200 characters' in answer.text
    assert '<a class="button" href="/users?x=1" data-back>返回上一页</a>' in answer.text


@pytest.mark.parametrize(
    "came", ["", "https://elsewhere.example/users", "http://testserver.local//elsewhere.example/"]
)
def test_the_way_back_never_leads_to_another_site(sign_in: SignIn, came: str) -> None:
    admin = sign_in("admin")
    admin.client.headers["referer"] = came
    text = admin.send("/users", name="李红", role="editor", password="1111111111").text
    assert "elsewhere" not in text


def test_our_own_words_stand_as_they_are(sign_in: SignIn) -> None:
    answer = sign_in("editor").send("/first-use/crawl", since="昨天")
    assert "<p>昨天 不是日期</p>" in answer.text
    assert "例如：2026-01-01。" in answer.text
    assert 'lang="en"' not in answer.text


def test_where_a_file_lies_on_the_server_is_not_told(sign_in: SignIn) -> None:
    editor = sign_in("editor")
    answer = editor.send("/register/import", {"file": ("报送表.xlsx", b"PK\x03\x04junk")})
    if answer.status_code == 303:
        answer = editor.get(answer.headers["location"])
    assert answer.status_code == 422
    assert "表格打不开" in answer.text
    assert "报送表.xlsx" in answer.text
    assert "uploads" not in answer.text
    assert str(editor.console.litestar.state.workspace.path) not in answer.text


def test_work_that_failed_is_told_in_chinese() -> None:
    said = "核对属地……\nerror: there is nothing to draw: all read [audit-nothing] See: xuanjian coverage."
    why = of_last_line(said)
    assert why is not None
    assert why.sentence.startswith("不用抽查")
    assert of_last_line("error: 列表 [2025] 里没有") is None


@pytest.mark.parametrize(("code", "what"), [(1, "程序自己出了错"), (-9, "内存不够")])
def test_work_that_broke_down_says_so(code: int, what: str) -> None:
    why = of_last_line("采集 3 个栏目\nTraceback (most recent call last):\nKeyError: 'a'", code)
    assert why is not None
    assert what in why.sentence
    assert "系统管理员" in why.remedy


def test_the_page_of_work_says_what_to_do(sign_in: SignIn) -> None:
    editor = sign_in("editor")
    store = editor.console.store
    said = "error: columns 3, read 0 [crawl-nothing] Set crawl.allow_private = true."
    with store.begin() as session:
        job = add_job(session, "crawl", ("crawl",), "editor")
        end_job(session, job.id, 1, said)
    text = editor.page(f"/jobs/{job.id}")
    assert "所有栏目都没有采到。请到“采集来源”看每个来源的告警。" in text
    assert said in text


def test_a_command_is_no_remedy_on_a_page(sign_in: SignIn) -> None:
    answer = sign_in("viewer").get("/overview", plan="没有这份")
    assert answer.status_code == 404
    assert "<h1>没有这份方案</h1>" in answer.text
    assert "请到“方案”里选一份。" in answer.text
    assert "没有这份" in answer.text.partition("详情：")[2]
    assert "xuanjian plan" not in answer.text
    told = sign_in("viewer").get("/api/overview", plan="没有这份").json()
    assert (told["title"], told["type"]) == ("plan-missing", "urn:xuanjian:plan-missing")


def test_the_door_refuses_people_with_a_page_and_programs_with_a_problem(sign_in: SignIn) -> None:
    viewer = sign_in("viewer")
    shop = {"sec-fetch-site": "cross-site"}
    page = viewer.client.post("/jobs/classify", headers=shop)
    assert page.status_code == 403
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src" in page.headers["content-security-policy"]
    assert "<h1>这次提交来自别的网站，没有受理</h1>" in page.text
    told = viewer.client.post("/api/jobs/classify", headers=shop)
    assert told.headers["content-type"] == "application/problem+json"
    assert told.json()["title"] == "request-from-elsewhere"


def test_a_database_that_is_away_is_told_with_a_page(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = sign_in("viewer")

    def away(*_: object) -> None:
        raise XuanjianError("no answer from db:5432", "database-unreachable", "Start it.")

    monkeypatch.setattr("console.access.visitor.session_of", away)
    answer = viewer.get("/overview")
    assert answer.status_code == 503
    assert "<h1>数据库连不上</h1>" in answer.text
    assert '<span lang="en">no answer from db:5432</span>' in answer.text
    assert answer.headers["x-frame-options"] == "DENY"


def test_a_model_that_cannot_be_read_is_told_in_chinese_where_it_is_listed(
    sign_in: SignIn, workspace: Workspace
) -> None:
    folder = workspace.models / "坏的"
    folder.mkdir(parents=True)
    (folder / MANIFEST).write_text("{", encoding="utf-8")
    page = sign_in("editor").page("/models")
    assert "模型是旧格式，或已损坏。请到“模型”重新训练。" in page
    assert str(workspace.path) not in page
    assert "xuanjian" not in page.partition("<tbody>")[2].partition("</tbody>")[0]


def worded() -> set[str]:
    """Message and hint of every error we word, with 方案 for what is filled in."""
    found = set()
    for path in (path for room in ROOMS for path in (REPOSITORY / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ERRORS:
                found |= {literal(one) for one in node.args[::2]}
    return found


def literal(node: ast.expr) -> str:
    """What an expression says by itself, filled in with 方案; '' where that is nothing."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(literal(part) or "方案" for part in parts)
        case ast.BinOp(left=left, op=ast.Mod()):
            return re.sub(r"%\([a-z]+\)[ds]", "方案", literal(left))
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return literal(left) and literal(left) + (literal(right) or "方案")
        case ast.Call(func=ast.Name(id="_"), args=[inner]):
            return literal(inner)
    return ""


def test_every_message_is_taken_for_the_language_it_is_in() -> None:
    """Also where all that is filled in is Chinese: files, plans, offices."""
    own = {text: text.replace("方案", "") for text in worded()}
    # A character says as much as a few letters do.
    letters = {text: len(re.findall(r"[A-Za-z]", own[text])) for text in own}
    chinese = {text for text in own if 3 * len(CHINESE.findall(own[text])) > letters[text]}
    chinese -= {"Write 中央, 省级, 市级 or 县级."}
    # What says the name of a setting and no more is as English as what is filled in.
    english = {text for text in own if re.search(r"(?<![\w.])[A-Za-z]+[ :]", own[text])} - chinese
    assert len(chinese) > 50
    assert len(english) > 300
    assert {text for text in chinese if reads_english(text)} == set()
    assert {text for text in english if not reads_english(text)} == set()


@pytest.mark.parametrize(
    ("words", "english"),
    [
        ("坏.docx cannot be read: it is named .docx but is not a document", True),
        ("audit runs already (job 3)", True),
        ("Mend it.", True),
        ("Fill in the proof 佐证.", True),
        ("不能读取这种文件：x.xlsx", False),
        ("代码印在启动 xuanjian serve 的窗口里。", False),
    ],
)
def test_the_librarys_words_are_known_by_their_language(words: str, english: bool) -> None:
    assert reads_english(words) is english


def test_no_form_forbids_the_browser_to_keep_what_was_typed() -> None:
    """A field with autocomplete="off" is empty after the way back from an error."""
    forbidden = {
        path.name
        for path in TEMPLATES.glob("*.j2")
        if re.search(r'name="[^"]*"[^>]*autocomplete="off"', path.read_text(encoding="utf-8"))
    }
    assert forbidden == set()
