"""The HTML page: harmless whatever was crawled, complete, and honest about emptiness."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from pathlib import Path

import msgspec
import pytest
from lxml import html as lxml_html

from pipeline.coverage.report import STATE_NAMES, CoverageReport, Tally
from pipeline.reports import write_report
from pipeline.reports.html import STORIES_SHOWN


def _write(report: CoverageReport, folder: Path) -> tuple[str, lxml_html.HtmlElement]:
    text = write_report(report, "html", folder).read_text(encoding="utf-8")
    return text, lxml_html.fromstring(text)


@pytest.fixture(scope="module")
def page(
    sample_report: CoverageReport, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, lxml_html.HtmlElement]:
    return _write(sample_report, tmp_path_factory.mktemp("page"))


def test_the_page_loads_nothing_and_runs_nothing(page: tuple[str, lxml_html.HtmlElement]) -> None:
    text, tree = page
    for tag in ("script", "iframe", "img", "object", "embed", "link", "form", "base", "svg"):
        assert not tree.xpath(f"//{tag}"), tag
    assert not tree.xpath("//*[@src or @srcset or @style or @background or @action]")
    assert not [name for element in tree.iter() for name in element.attrib if name[:2] == "on"]
    style = tree.xpath("//style")[0].text
    assert "@import" not in style
    assert "url(" not in style
    assert text.count("http-equiv") == 1


def test_links_leave_only_for_stories_and_say_nothing_of_the_reader(
    page: tuple[str, lxml_html.HtmlElement], sample_report: CoverageReport
) -> None:
    _, tree = page
    known = {item.url for story in sample_report.stories for item in story.items}
    outward = [a for a in tree.xpath("//a") if not a.get("href").startswith("#")]
    assert outward
    for link in outward:
        href = link.get("href")
        assert href.startswith(("http://", "https://"))
        assert link.get("rel") == "noopener noreferrer"
        assert not set(href) & set(" <>\"'")
        decoded = href.replace("%22", '"').replace("%3C", "<").replace("%3E", ">")
        assert decoded.replace("%20", " ").replace("%27", "'") in known
    assert "javascript:" not in "".join(a.get("href") for a in tree.xpath("//a"))


def test_every_inner_link_has_its_place_and_every_id_is_single(
    page: tuple[str, lxml_html.HtmlElement],
) -> None:
    _, tree = page
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    targets = {a.get("href")[1:] for a in tree.xpath("//a") if a.get("href").startswith("#")}
    assert targets <= set(ids)


def test_the_policy_allows_the_one_style_by_its_hash(
    page: tuple[str, lxml_html.HtmlElement],
) -> None:
    _, tree = page
    style = tree.xpath("//style")[0].text
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'; ")
    assert f"style-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_hostile_text_is_shown_as_text_without_control_and_direction_marks(
    page: tuple[str, lxml_html.HtmlElement],
) -> None:
    text, tree = page
    assert "&lt;script&gt;" in text
    assert '<script>alert("标题")</script>=1+1反写 & "引号"' in tree.text_content()
    assert not re.search("[\x00-\x08\x0b\x0e-\x1f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", text)


def test_a_word_of_a_million_letters_is_cut(page: tuple[str, lxml_html.HtmlElement]) -> None:
    text, _ = page
    assert len(text) < 200_000
    assert not re.search("长{1000}", text)


def test_tables_have_scoped_heads_and_stand_above_what_was_not_checked(
    page: tuple[str, lxml_html.HtmlElement],
) -> None:
    _, tree = page
    assert tree.get("lang") == "zh-CN"
    assert tree.xpath("//a[@class='skip']/@href") == ["#main"]
    for head in tree.xpath("//th"):
        assert head.get("scope") in {"col", "row", "colgroup", "rowgroup"}
    tables = tree.xpath("//table")
    assert len(tables) > 8
    for table in tables:
        after = table.xpath("following::*[self::table or @class='unchecked-note'][1]")
        assert after[0].tag == "p", table.xpath("string(caption)")
        assert after[0].xpath(".//a/@href") == ["#unchecked"]


def test_themes_stand_worst_first_with_state_reason_and_step(
    page: tuple[str, lxml_html.HtmlElement], sample_report: CoverageReport
) -> None:
    _, tree = page
    articles = tree.xpath("//article")
    for article, theme in zip(articles, sample_report.worst_first(), strict=True):
        shown = article.text_content()
        assert article.get("id") == f"theme-{theme.id}"
        for words in (theme.title, STATE_NAMES[theme.state], theme.reason, theme.next_step):
            assert words in shown


def test_evidence_is_marked_where_it_stands_and_quoted_where_it_does_not(
    page: tuple[str, lxml_html.HtmlElement],
) -> None:
    _, tree = page
    row = tree.xpath("//tr[@id='theme-focus-1-1']")[0]
    assert row.xpath(".//summary//mark/text()") == ["众创空间"]
    assert row.xpath(".//*[@class='excerpt']//mark/text()") == ["科技特派员"]
    assert row.xpath(".//span[@class='quote outside']/q/text()") == ["孵化基地", "降雨"]
    assert row.xpath(".//*[@class='weight']/text()") == ["+1.87", "+0.62", "+0.31", "-0.27"]


def test_who_decided_is_told_apart(page: tuple[str, lxml_html.HtmlElement]) -> None:
    _, tree = page
    for state, word in (
        ("machine", "机器"), ("confirmed", "已确认"), ("corrected", "已更正"), ("rejected", "已否定"),
    ):  # fmt: skip
        assert word in tree.xpath(f"//td//span[@class='mark mark-{state}']/text()")


def test_the_blocked_column_is_named_in_words(page: tuple[str, lxml_html.HtmlElement]) -> None:
    _, tree = page
    alarm = tree.xpath("string(//*[@id='summary']//*[@class='alarm'])")
    assert "青原日报“科技专版”：被拦截（521）、正文抽取异常，缺 29 天" in alarm
    assert "青原市科学技术局“通知公告”：列表为空，缺 181 天" in alarm


def test_the_head_says_for_which_place_with_what_and_when(
    page: tuple[str, lxml_html.HtmlElement], sample_report: CoverageReport, tmp_path: Path
) -> None:
    _, tree = page
    head = tree.xpath("string(//header)")
    for words in ("青原市（读自方案", "base-28（条目画像", "2025-07-02 09:30 北京时间"):
        assert words in head
    assert not tree.xpath("//*[@class='banner']")
    report = msgspec.structs.replace(
        sample_report,
        totals=msgspec.structs.replace(sample_report.totals, unclassified=4),
        model=msgspec.structs.replace(sample_report.model, name=""),
        plan=msgspec.structs.replace(sample_report.plan, home=""),
    )
    _, tree = _write(report, tmp_path)
    head = tree.xpath("string(//header)")
    assert "未判定（方案未写明地域，全部计入）" in head
    assert "尚未归类" in head
    assert tree.xpath("//*[@class='banner']/text()") == [
        "4 篇计入报道尚未归类，各条目的机器篇数不全（先运行 xuanjian classify）"
    ]


def test_the_review_queue_leads_to_its_stories_in_turn(
    page: tuple[str, lxml_html.HtmlElement], sample_report: CoverageReport
) -> None:
    _, tree = page
    for theme in sample_report.themes:
        links = tree.xpath(f"//*[@id='theme-{theme.id}']//*[@class='queue']//li")
        waiting = () if theme.state == "covered" else theme.queue
        assert [li.xpath("string(code)") for li in links] == list(waiting)
        for turn, li in enumerate(links, 1):
            anchor = li.xpath("a/@href")[0][1:]
            row = tree.xpath(f"//tr[@id='{anchor}']")[0]
            assert row.xpath("string(.//summary/code)") == theme.queue[turn - 1]
            assert row.xpath("string(.//*[@class='turn'])") == f"待复核 {turn}"


def test_the_most_urgent_theme_has_its_reason_and_next_step(
    page: tuple[str, lxml_html.HtmlElement], sample_report: CoverageReport
) -> None:
    _, tree = page
    worst = sample_report.worst_first()[0]
    said = re.sub(r"\s", "", tree.xpath("string(//*[@class='urgent'])"))
    assert f"理由{worst.reason}下一步{worst.next_step}".replace(" ", "") in said


def test_a_medium_seen_by_chance_has_a_count_and_no_source(
    page: tuple[str, lxml_html.HtmlElement],
) -> None:
    _, tree = page
    row = tree.xpath("//*[@id='media']//tr[th='白河日报']")[0]
    assert [cell.text_content() for cell in row.xpath("td")] == ["报纸", "有零星收录 3 条", "—"]


def test_a_month_that_has_not_begun_is_no_zero(
    sample_report: CoverageReport, tmp_path: Path
) -> None:
    report = msgspec.structs.replace(
        sample_report, months=(*sample_report.months, "2025-07", "2025-08"),
        themes=tuple(
            msgspec.structs.replace(theme, by_month=(*theme.by_month, Tally(), Tally()))
            for theme in sample_report.themes
        ),
    )  # fmt: skip
    _, tree = _write(report, tmp_path)
    row = tree.xpath("//table[contains(@class, 'matrix')]/tbody/tr")[0]
    assert [c.text_content() for c in row.xpath("td[contains(@class, 'month')]")[-2:]] == [
        "0/0",
        "—",
    ]


def test_a_period_ahead_and_one_without_a_counted_story_show_no_empty_rows(
    sample_report: CoverageReport, tmp_path: Path
) -> None:
    undecided = tuple(
        msgspec.structs.replace(theme, state="undecided") for theme in sample_report.themes
    )
    report = msgspec.structs.replace(sample_report, themes=undecided)
    totals = msgspec.structs.replace(report.totals, counted=0)
    for changed, words in (
        (
            msgspec.structs.replace(report, generated_at="2024-12-30T00:00:00+00:00"),
            "没有数据：统计周期自 2025-01-01 起，生成报告时尚未开始",
        ),
        (msgspec.structs.replace(report, totals=totals), "没有一篇计入"),
    ):
        _, tree = _write(changed, tmp_path)
        assert words in tree.xpath("string(//*[@id='summary'])")
        assert words in tree.xpath("string(//*[@id='matrix'])")
        assert not tree.xpath("//*[@class='tiles']")
        assert not tree.xpath("//table[contains(@class, 'matrix')]")
        assert "%" not in tree.xpath("string(//*[@id='summary'])")


def test_an_empty_plan_is_no_data_and_shows_no_percentage(
    empty_report: CoverageReport, tmp_path: Path
) -> None:
    _, tree = _write(empty_report, tmp_path)
    shown = tree.xpath("string(//body)")
    assert "没有数据" in shown
    assert not re.search(r"\d\s*%", shown)


def test_a_period_without_news_is_no_data_not_zero_percent(
    sample_report: CoverageReport, empty_report: CoverageReport, tmp_path: Path
) -> None:
    report = msgspec.structs.replace(sample_report, stories=(), totals=empty_report.totals)
    _, tree = _write(report, tmp_path)
    assert "没有数据：统计周期内没有采集到任何报道" in tree.xpath("string(//*[@id='summary'])")


def test_two_thousand_stories_are_cut_with_the_rest_counted(
    large_report: CoverageReport, tmp_path: Path
) -> None:
    started = time.perf_counter()
    text, tree = _write(large_report, tmp_path)
    assert time.perf_counter() - started < 5
    assert len(text) < 500_000
    rows = tree.xpath("//*[@id='theme-focus-1']//tbody/tr")
    assert len(rows) == STORIES_SHOWN
    assert f"其余 {2_000 - STORIES_SHOWN} 篇见 report.xlsx" in tree.text_content()
    heads = tree.xpath("//*[@id='matrix']//thead//abbr/text()")
    assert heads == ["2021年", "2022年", "2023年", "2024年", "2025年"]


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ("ink", "#fff"), ("muted", "#fff"), ("muted", "soft"), ("accent", "#fff"),
        ("accent", "soft"), ("green", "green-soft"), ("amber", "amber-soft"), ("red", "red-soft"),
        ("slate", "slate-soft"), ("ink", "red-soft"), ("#fff", "green"), ("#fff", "accent"),
        ("#fff", "red"), ("ink", "#9cbfdd"), ("muted", "#d3e3f1"), ("ink", "#fdeeb3"), ("slate", "#fff"),
    ],
)  # fmt: skip
def test_every_pair_of_colours_can_be_read(
    page: tuple[str, lxml_html.HtmlElement], ink: str, paper: str
) -> None:
    variables = dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", page[0]))
    dark, light = sorted(_luminance(variables.get(name, name)) for name in (ink, paper))
    assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.2, level AA


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(sign * 2 for sign in colour[1:])
    channels = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
