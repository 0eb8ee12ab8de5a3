"""What an officer reads when something cannot be done."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from console.error_words import WORDS, of_last_line, reads_english
from console.rendering import TEMPLATES
from tests.console.conftest import SignIn

DOCUMENTED = Path(__file__).parents[2] / "docs" / "errors.md"
CHINESE = re.compile(r"[\u3400-\u9fff]")
FRAMEWORK = {
    "method-not-allowed",
    "page-missing",
    "request-kind",
    "request-too-large",
    "request-unreadable",
    "server-error",
}
AT_THE_COMMAND_LINE = re.compile(
    "dask-|pack-|serve-|notify-|demo-|sitemap-|workspace-|training-|language-|page-not-article"
    "|labels-(?!too-few)|report-without|source-file-exists|database-url"
)
"""Errors nobody meets on a page."""


def documented() -> set[str]:
    page = DOCUMENTED.read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([a-z-]+)`", page, re.MULTILINE))


def test_every_error_of_a_page_is_said_in_chinese() -> None:
    left = {slug for slug in documented() if not AT_THE_COMMAND_LINE.match(slug)}
    assert set(WORDS) == left | FRAMEWORK
    for sentence, remedy in WORDS.values():
        assert CHINESE.search(sentence)
        assert not remedy or CHINESE.search(remedy)


def test_a_mistake_is_told_in_chinese_with_the_way_back(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    admin.client.headers["referer"] = "http://testserver.local/users?x=1"
    answer = admin.send("/users", name="李红", role="editor", password="1111111111")
    assert answer.status_code == 422
    assert "<h1>密码太简单</h1>" in answer.text
    assert "至少四种不同的字符" in answer.text
    assert '<span lang="en">a password has 10 to 200 characters' in answer.text
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
    assert of_last_line("一切正常") is None


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
