"""Article pages: the cases that break spiders, each as a small page of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract import extract_article
from crawler.sources import Column, Extractor, Source
from pipeline.news import NewsItem
from tests.crawler.conftest import ROOT

URL = "http://kjj.example.gov.cn/kjdt/202503/t20250318_17.html"
ONE = "3月18日，市科技局召开全市科技创新工作会议，总结去年工作，部署今年任务。"
TWO = "会议要求，各旗区要抓好高新技术企业培育，推动产学研合作，让更多成果落地转化。"
BODY = f"<p>{ONE}</p><p>{TWO}</p>"
TITLE = "全市科技创新工作会议召开"
NAV = "".join(f'<li><a href="/c{n}/">栏目名称{n}</a></li>' for n in range(20))
FOOT = "<div class='footer'><p>版权所有：某市科学技术局 蒙ICP备00000000号 网站标识码：0000000000</p></div>"


def _page(body: str, head: str = "", title: str = f"{TITLE}_某市科学技术局") -> str:
    return (
        f"<html><head><title>{title}</title>{head}</head><body><ul class='nav'>{NAV}</ul>"
        f"{body}{FOOT}</body></html>"
    )


def _read(html: str, url: str = URL, **more: str | None) -> NewsItem:
    return extract_article(
        html.encode(),
        url,
        list_title=more.get("list_title") or "",
        list_date=more.get("list_date"),
    )


def _article(
    inner: str = BODY, line: str = "发布时间：2025-03-18 09:30　来源：市科技局　作者：张三"
) -> str:
    return f"<h1>{TITLE}</h1><div class='info'>{line}</div><div class='TRS_Editor'>{inner}</div>"


def test_a_plain_page_is_read_whole() -> None:
    item = _read(_page(_article()))
    assert item.title == TITLE
    assert item.text == f"{ONE}\n{TWO}"
    assert (item.date, item.date_evidence) == ("2025-03-18T09:30:00", "label")
    assert (item.outlet, item.author, item.flags) == ("市科技局", "张三", ())


@pytest.mark.parametrize(
    "head",
    [
        '<meta name="ArticleTitle" content="全市科技创新工作会议召开"><meta name="PubDate" content="2025-03-18 15:30">',
        "<META CONTENT='全市科技创新工作会议召开' NAME='articletitle'/><meta content='2025年03月18日 15:30' name='pubdate'>",
        '<meta name="ArticleTitle" content="&lt;font color=red&gt;全市科技创新&lt;/font&gt;工作会议召开">'
        '<meta name="PubDate" content="2025-03-18 15:30:00">',
    ],
)
def test_the_national_meta_tags_are_read_in_any_dress(head: str) -> None:
    item = _read(_page(_article(), head, title="某市科学技术局"))
    assert (item.title, item.date) == (TITLE, "2025-03-18T15:30:00")
    assert item.date_evidence == "meta"


def test_a_meta_date_of_moving_the_site_yields_to_the_printed_one() -> None:
    head = '<meta name="PubDate" content="2025-09-24 10:00:43">'
    item = _read(_page(_article(), head))
    assert (item.date, item.date_evidence) == ("2025-03-18T09:30:00", "label")


@pytest.mark.parametrize(
    ("line", "url", "list_date", "date", "evidence"),
    [
        (
            "2025年3月18日 00:39 来源：市科技局",
            "http://a.example/1.html",
            None,
            "2025-03-18T00:39:00",
            "text",
        ),
        ("时间：2025/3/18", "http://a.example/1.html", None, "2025-03-18", "label"),
        ("来源：市科技局", URL, "2025-03-17", "2025-03-18", "url"),
        ("来源：市科技局", "http://a.example/2025/0318/c1.html", None, "2025-03-18", "url"),
        (
            "来源：市科技局",
            "http://a.example/art/2025/3/18/art_1_2.html",
            None,
            "2025-03-18",
            "url",
        ),
        ("来源：市科技局", "http://a.example/1.html", "2025-03-17", "2025-03-17", "list"),
        ("发布时间：2026-02-30", "http://a.example/1.html", None, None, ""),
        ("发布时间：本日", "http://a.example/1.html", None, None, ""),
        ("发布时间：2025-13-01", "http://a.example/20251301/1.html", None, None, ""),
    ],
)
def test_a_date_comes_with_its_evidence_and_is_never_guessed(
    line: str, url: str, list_date: str | None, date: str | None, evidence: str
) -> None:
    body = BODY.replace("3月18日，", "")
    item = _read(_page(_article(body, line)), url, list_date=list_date)
    assert (item.date, item.date_evidence) == (date, evidence)
    assert ("date_unknown" in item.flags) is (date is None)


@pytest.mark.parametrize(
    "title",
    [
        f"{TITLE}_某市科学技术局",
        f"{TITLE}-工作动态-某市科学技术局",
        f"{TITLE} | 某市政府网",
        f"某市科学技术局 {TITLE}",
        "某市科学技术局",
    ],
)
def test_the_title_is_without_the_sites_name(title: str) -> None:
    assert _read(_page(_article(), title=title)).title == TITLE


def test_a_full_list_title_is_believed_when_the_page_repeats_it() -> None:
    html = _page(f"<div>{TITLE}</div><div class='TRS_Editor'>{BODY}</div>", title="某市科学技术局")
    assert _read(html, list_title=TITLE).title == TITLE
    assert _read(html, list_title="全市科技创新...").title == TITLE


def test_bare_text_with_breaks_and_no_paragraph_is_read() -> None:
    html = _page(
        f"<h2>{TITLE}</h2><div>2025-03-18</div><div class='x1'>　　{ONE}<br><br>　　{TWO}<br></div>"
    )
    assert _read(html).text == f"{ONE}\n{TWO}"


def test_table_markup_of_old_sites_is_read() -> None:
    html = (
        f"<html><title>某市科技局</title><body><table><tr><td><a href='/'>首页</a></td></tr></table><table><tr><td align=center>"
        f"<b>{TITLE}</b></td></tr><tr><td>发布时间：2025年3月18日　来源：市科技局</td></tr><tr><td><table><tr><td>　　{ONE}<br>　　{TWO}"
        "</td></tr></table></td></tr><tr><td>【<a href='#'>打印</a>】【<a href='#'>关闭窗口</a>】</td></tr></table></body></html>"
    )
    item = _read(html)
    assert (item.title, item.text, item.outlet) == (TITLE, f"{ONE}\n{TWO}", "市科技局")


def test_several_ends_of_html_and_nested_documents_do_not_hide_the_article() -> None:
    html = f"<html><head><title>{TITLE}</title></head><body></body></html><html><body>{_article()}</body></html></html>"
    assert _read(html).text == f"{ONE}\n{TWO}"


def test_a_container_in_the_footer_is_not_the_article() -> None:
    foot = "<div class='footer'><div class='TRS_Editor'><p>主办单位：某市科学技术局，地址：某市某路一号，邮编：017000。</p></div></div>"
    html = _page(f"<h1>{TITLE}</h1><div class='x2'>{BODY}</div>{foot}")
    assert _read(html).text == f"{ONE}\n{TWO}"


def test_a_short_body_beats_a_long_footer() -> None:
    foot = (
        "<div class='foot'>"
        + "<p>主办：某市人民政府办公室，承办：某市大数据局，技术支持：某公司，建议使用浏览器。</p>"
        * 6
        + "</div>"
    )
    assert _read(_page(f"<h1>{TITLE}</h1><div id='zoom'><p>{ONE}</p></div>{foot}")).text == ONE


def test_editor_lines_and_what_follows_are_not_text() -> None:
    tail = (
        "<p>（责任编辑：李四）</p><div>上一篇：<a href='/1'>别的新闻标题</a></div><h3>相关阅读</h3>"
        "<ul><li><a href='/2'>又一条新闻的标题在这里</a></li></ul><div>分享到：微信 微博</div>"
    )
    assert (
        _read(_page(f"<h1>{TITLE}</h1><div class='content'>{BODY}{tail}</div>")).text
        == f"{ONE}\n{TWO}"
    )


def test_title_and_dateline_inside_the_body_are_not_text() -> None:
    inner = f"<p>{TITLE}</p><p>发布时间：2025-03-18 来源：市科技局 浏览：20次</p>{BODY}"
    html = _page(f"<div class='TRS_Editor'>{inner}</div>")
    assert _read(html).text == f"{ONE}\n{TWO}"


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        "DISPLAY : none;",
        "visibility:hidden",
        "font-size:0",
        "font-size:0px;color:red",
        "position:absolute;left:-9999px",
        "text-indent:-9999px",
        "height:0;overflow:hidden",
        "opacity:0",
    ],
)
def test_hidden_words_are_cut_and_flagged(style: str) -> None:
    secret = "这些话读者看不见，却会被机器读到，不应当出现在正文里。"
    item = _read(_page(_article(f"{BODY}<div style='{style}'>{secret}</div>")))
    assert item.text == f"{ONE}\n{TWO}"
    assert item.flags == ("hidden_text",)


def test_a_hidden_copy_of_the_body_is_not_a_second_body() -> None:
    html = _page(f"<div style='display:none'>{BODY}</div>" + _article())
    assert _read(html).text == f"{ONE}\n{TWO}"


def test_a_font_of_ordinary_size_is_not_hidden() -> None:
    assert _read(_page(_article(f"<p style='font-size:0.9em;opacity:0.9'>{ONE}</p>"))).text == ONE


def test_spam_spliced_into_sentences_is_cut_and_flagged() -> None:
    inner = f"<p>{ONE.replace('，', '，博彩网址', 1)}</p><p>{TWO}</p><p>娱乐城注册送彩金，百家乐，时时彩开奖。</p>"
    item = _read(_page(_article(inner)))
    assert item.text == f"{ONE}\n{TWO}"
    assert item.flags == ("spam",)


def test_news_about_fighting_gambling_and_lottery_funds_is_not_spam() -> None:
    words = "市公安局严厉打击网络赌博平台，抓获嫌疑人12名。福利彩票公益金资助了一百名学生，澳门投资者来考察。"
    item = _read(_page(_article(f"<p>{words}</p>")))
    assert (item.text, item.flags) == (words, ())


def test_attachments_are_listed_with_whole_addresses() -> None:
    links = "<p>附件：<a href='./P020250318.docx'>申报书.docx</a></p><p><a appendix='true' href='./W02.pdf'>名单</a></p>"
    item = _read(_page(_article(BODY + links)))
    assert [(file.name, file.url) for file in item.attachments] == [
        ("申报书.docx", "http://kjj.example.gov.cn/kjdt/202503/P020250318.docx"),
        ("名单", "http://kjj.example.gov.cn/kjdt/202503/W02.pdf"),
    ]


def test_data_tables_keep_their_rows() -> None:
    table = "<table><tr><th>指标</th><th>数值</th></tr><tr><td>研发投入</td><td>53亿元</td></tr></table>"
    assert _read(_page(_article(BODY + table))).text.endswith("指标\t数值\n研发投入\t53亿元")


def test_own_site_names_mean_the_sources_outlet() -> None:
    source = Source(
        "s", "某局", "municipal", "website", (Column("c", URL),), ("x",), outlet="某市科学技术局"
    )
    for said in ("来源：本站", ""):
        item = extract_article(
            _page(_article(line=f"2025-03-18 {said}")).encode(), URL, source=source
        )
        assert (item.outlet, item.source, item.level) == ("某市科学技术局", "s", "municipal")


def test_the_newest_layout_whose_body_rule_matches_is_used() -> None:
    source = Source(
        "s", "某局", "municipal", "website", (Column("c", URL),), ("x",),
        extractors=(Extractor(body="div.new"), Extractor(body="td.old", title="//td[@class='t']", date="td.d")),
    )  # fmt: skip
    html = f"<table><tr><td class=t>{TITLE}</td><td class=d>2024-01-05</td></tr><tr><td class=old>{ONE}</td></tr></table>"
    item = extract_article(_page(html, title="别的").encode(), "http://a.example/1", source=source)
    assert (item.title, item.text, item.date) == (TITLE, ONE, "2024-01-05")
    assert item.date_evidence == "site rule"


def test_a_page_without_an_article_says_so() -> None:
    item = _read("<html><body></body></html>", "http://a.example/1")
    assert (item.text, item.flags) == ("", ("text_missing", "date_unknown", "no_article"))


@given(
    st.text(max_size=300)
    | st.from_regex(r"(<(div|p|table|tr|td|a href=x|script|style)>[a-z一-三]{0,5}){0,30}")
)
def test_any_page_becomes_an_item(html: str) -> None:
    assert isinstance(_read(html), NewsItem)


def test_the_command_prints_the_public_json(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(_page(_article()), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "crawler.pages", page, "--url", URL, "--json"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    said = json.loads(done.stdout)
    assert said["format"] == 1
    assert (said["title"], said["date"], said["outlet"]) == (
        TITLE,
        "2025-03-18T09:30:00",
        "市科技局",
    )
    assert set(said) >= {"title", "text", "date", "outlet", "author", "attachments", "flags"}


def test_a_missing_page_is_one_line_and_exit_code_1(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "crawler.pages", tmp_path / "no.html"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "[file-missing]" in done.stderr


@pytest.mark.data
def test_real_pages_reach_the_pinned_floors(data: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "extraction.py", data, "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
