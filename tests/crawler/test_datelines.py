"""What stands around an article: hour, source and writer in the many ways pages print them."""

from __future__ import annotations

import pytest

from crawler.extract import extract_article
from pipeline.news import NewsItem

TITLE = "市科技局组织开展企业服务专项行动"
ONE = "市科技局近日组织开展了企业服务专项行动，深入车间了解需求，帮助企业归集研发投入。"
TWO = "各旗区科技主管部门认真组织，严格把关，解决了人才引进等方面的困难，受到企业欢迎。"
NAV = "".join(f'<li><a href="/c{n}/">栏目名称{n}</a></li>' for n in range(20))
FOOT = "<div><p>蒙ICP备00000000号 网站标识码：0000000000</p></div>"
DATED = "<div>发布日期：2025-03-18</div>"


def _read(above: str, below: str = "", head: str = "", url: str = "view.asp?id=17") -> NewsItem:
    page = (
        f"<html><head><title>{TITLE}_某市科学技术局</title>{head}</head><body><ul>{NAV}</ul>"
        f"<div><h2>{TITLE}</h2>{above}<div class='zw'><p>{ONE}</p><p>{TWO}</p>{below}</div></div>"
        f"{FOOT}</body></html>"
    )
    return extract_article(page.encode(), f"http://kjj.example.gov.cn/{url}")


@pytest.mark.parametrize(
    ("above", "below", "outlet"),
    [
        ("<div>2025-03-18 某旗日报</div>", "", "某旗日报"),
        ("<div>2025年03月18日 11:21 《科技日报》</div>", "", "科技日报"),
        ("<div>新华网 2025-03-18 08:00</div>", "", "新华网"),
        ("<div>文章出处：科技日报　发布日期：2025-03-18</div>", "", "科技日报"),
        ("<div>发布机构：市科技局　发布日期：2025-03-18</div>", "", "市科技局"),
        (
            "<table><tr><td>索 引 号</td><td>0001/2025-35</td><td>发布机构</td><td>市科技局</td></tr>"
            "<tr><td>成文日期</td><td>2025-03-10</td><td>发布日期</td><td>2025-03-18</td></tr></table>",
            "",
            "市科技局",
        ),
        (DATED, "<p>（来源：科技日报）</p>", "科技日报"),
        (DATED, f"<p>{ONE}{TWO}{ONE}{TWO}（来源：科技日报）</p>", "科技日报"),
        (DATED, "<p>转自：科技日报客户端</p>", "科技日报客户端"),
        (DATED, "<p>转自《科技日报》</p>", "科技日报"),
        (DATED, "<p>（原载《科技日报》2025年3月18日第3版）</p>", "科技日报"),
        (DATED, "<p>《科技日报》（ 2025年03月18日 02版）</p>", "科技日报"),
        ("<div>来源：转载文章 2025-03-18 06:40更新</div>", "<p>来源：新闻晨报</p>", "新闻晨报"),
        (DATED, "<p>资料来源：市统计局</p>", ""),
        (DATED, "<p>图片来源：某图片社</p>", ""),
    ],
)
def test_the_source_is_found_however_it_is_printed(above: str, below: str, outlet: str) -> None:
    item = _read(above, below)
    assert item.outlet == outlet
    assert (item.date or "")[:10] == "2025-03-18"
    assert item.text.startswith(f"{ONE}\n{TWO}")


def test_of_two_linked_sources_the_page_states_the_first() -> None:
    line = "<div>发稿时间：2025-03-18 08:42 来源： <a href='/a'>人民日报海外版</a> <a href='/b'>某网</a></div>"
    item = _read(line, head='<meta name="source" content="人民日报海外版">')
    assert item.outlet == "人民日报海外版"


@pytest.mark.parametrize(
    ("below", "author"),
    [
        ("<p>文/图：张伟</p>", "张伟"),
        ("<p>文 | 张伟</p>", "张伟"),
        ("<p>文：张伟</p>", "张伟"),
        ("<p>本报记者张伟发自北京</p>", "张伟"),
        ("<p>半月谈记者 张伟</p>", "张伟"),
        ("<p>整合 某旗日报·草原云记者 张伟</p>", "张伟"),
        ("<p>〔記者張偉／台北報導〕</p>", "張偉"),
        ("<p>责任编辑：李强</p>", ""),
    ],
)
def test_the_writer_is_found_however_the_byline_is_written(below: str, author: str) -> None:
    assert _read(DATED, below).author == author


@pytest.mark.parametrize(
    ("below", "author"),
    [
        ("<p>责任编辑：李强</p>", ""),
        ("<p>编辑:李强</p>", ""),
        ("<p>记者 张伟</p><p>编辑:李强</p>", "张伟"),
        ("<p>责任编辑：王芳</p>", "李强"),
    ],
)
def test_who_the_page_calls_its_editor_is_not_its_writer(below: str, author: str) -> None:
    assert _read(DATED, below, '<meta name="author" content="李强">').author == author


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ('<meta name="PubDate" content="2025-03-18">', "view.asp?id=17"),
        ("", "202503/t20250318_17.html"),
    ],
)
def test_the_hour_comes_from_the_dateline_where_only_the_day_is_stated(head: str, url: str) -> None:
    line = "<div>2025-03-18 07:00:00来源：科技日报</div>"
    assert _read(line, head=head, url=url).date == "2025-03-18T07:00:00"
    other = line.replace("03-18", "03-19")
    assert _read(other, head=head, url=url).date == "2025-03-18"


def test_a_day_in_words_under_the_title_or_in_the_signature_is_a_date() -> None:
    above = _read("<div>二〇二五年三月十八日</div>")
    assert (above.date, above.text) == ("2025-03-18", f"{ONE}\n{TWO}")
    below = _read("", "<p>某市科学技术局</p><p>二〇二五年三月十八日</p>")
    assert below.date == "2025-03-18"
    assert below.text.endswith("二〇二五年三月十八日")


def test_paragraphs_after_a_box_of_links_belong_to_the_article() -> None:
    box = "<div>推荐阅读</div>" + "".join(
        f"<div><a href='/{n}.html'>别的第{n}篇</a></div>" for n in range(6)
    )
    body = "".join(f"<p>{text}</p>" for text in [ONE, TWO] * 4)
    more = "<p>行动结束以后，企业负责人表示今后将加大研发投入，争取更多成果在本地转化。</p>"
    last = "<p>下一步还将把服务延伸到园区，每季度回访一次，让政策真正落到企业的账本上。</p>"
    text = _read(DATED, f"{body}{box}{more}{last}").text
    assert "别的第" not in text
    assert text.endswith("让政策真正落到企业的账本上。")


@pytest.mark.parametrize(
    ("above", "head", "date"),
    [
        (
            "",
            '<script type="application/ld+json">{"datePublished":"2025-03-18T09:30:00+08:00"}</script>',
            "2025-03-18T09:30:00",
        ),
        (
            "",
            '<meta property="article:published_time" content="2025-03-17T16:30:00Z">',
            "2025-03-18T00:30:00",
        ),
        ('<time datetime="2025-03-18T09:00:00">3月18日</time>', "", "2025-03-18T09:00:00"),
        ("<div>发布时间 2025-03-18 09:00</div>", "", "2025-03-18T09:00:00"),
        ("<div>发布时间：２０２５－０３－１８</div>", "", "2025-03-18"),
        ("<div>成文日期：2025-03-18</div>", "", "2025-03-18"),
    ],
    ids=["linked data", "offset", "time element", "no colon", "wide figures", "written"],
)
def test_a_day_is_read_wherever_a_page_states_it(above: str, head: str, date: str) -> None:
    item = _read(above, head=head)
    assert item.date == date
    assert item.text.endswith(f"{ONE}\n{TWO}")


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("", "<p>今天是2025年11月22日 星期六</p>"),
        ("<time datetime='2025-03-18'>1</time><time datetime='2025-03-19'>2</time>", ""),
        (
            "",
            "".join(f"<li><a href='/{n}'>别的新闻第{n}条</a> 2025-02-1{n}</li>" for n in range(9)),
        ),
    ],
    ids=["today", "several times", "other articles"],
)
def test_a_day_that_is_not_the_articles_is_not_taken_for_it(above: str, below: str) -> None:
    item = _read(above, below)
    assert item.date is None
    assert "今天是" not in item.text


def test_a_calendar_above_the_page_is_no_dateline() -> None:
    page = (
        f"<html><head><title>{TITLE}</title></head><body><div>2025年11月22日 星期六 农历十月初三</div>"
        f"<ul>{NAV}</ul><h2>{TITLE}</h2><div>来源：市科技局</div><div><p>{ONE}</p><p>{TWO}</p></div>{FOOT}</body></html>"
    )
    assert extract_article(page.encode(), "http://kjj.example.gov.cn/view.asp?id=17").date is None


def test_the_day_a_law_was_passed_stays_in_its_text() -> None:
    passed = "（2025年3月10日市政府常务会议通过）"
    page = f"<html><body><h2>{TITLE}</h2>{DATED}<div><p>{passed}</p><p>{ONE}</p><p>{TWO}</p></div></body></html>"
    item = extract_article(page.encode(), "http://kjj.example.gov.cn/view.asp?id=17")
    assert (item.date, item.text) == ("2025-03-18", f"{passed}\n{ONE}\n{TWO}")


def test_a_dateline_below_a_summary_is_left_out_and_the_summary_kept() -> None:
    page = (
        f"<html><head><title>{TITLE}</title></head><body><h2>{TITLE}</h2><div><p>{TWO}</p>"
        f"<p>2025-03-18 09:00 来源：市科技局</p><p>{ONE}</p><p>{TWO}</p></div></body></html>"
    )
    item = extract_article(page.encode(), "http://kjj.example.gov.cn/view.asp?id=17")
    assert (item.date, item.text) == ("2025-03-18T09:00:00", f"{TWO}\n{ONE}\n{TWO}")


def test_of_a_thread_only_the_first_post_is_read() -> None:
    posts = "".join(
        f"<p>{text}</p><p>论坛 发布时间 2025/03/1{n} 10:00:00 by 网友{n}</p>"
        for n, text in enumerate((TWO, "支持！", "期待更多政策。"), 2)
    )
    page = (
        f"<html><head><title>某某论坛</title></head><body><div>某某论坛 &gt; 科技版</div>"
        f"<div>{TITLE}</div><div><p>{ONE}</p>{posts}</div></body></html>"
    )
    item = extract_article(page.encode(), "http://bbs.example.com/show.asp?id=17")
    assert (item.title, item.text) == (TITLE, f"{ONE}\n{TWO}")
