"""Words, shares, links and places of evidence."""

from __future__ import annotations

import doctest

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pipeline.assignment import Evidence
from pipeline.coverage.report import CoverageReport, MediumLine, StoryLine
from pipeline.reports import lines, selection, wording
from pipeline.reports.evidence import place_evidence
from pipeline.reports.wording import clean, safe_href, share


@pytest.mark.parametrize("module", [wording, selection, lines])
def test_examples_in_the_docstrings_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@given(st.text("已核实篇家，。；（）“” 123abc", max_size=80), st.integers(8, 60))
def test_lines_hold_every_word_and_fit(text: str, width: int) -> None:
    found = lines.wrap(text, width)
    assert "".join(found).replace(" ", "") == text.replace(" ", "")
    assert all(cell_len(line) <= width for line in found)


def test_a_line_ends_after_punctuation_and_never_between_a_figure_and_its_measure() -> None:
    text = "已查 3 家 73 篇；已核实 1 篇，机器归类 2 篇待复核，标准 3 篇；尚有 57 篇未人工判定"
    assert lines.wrap(text, 70) == [
        "已查 3 家 73 篇；已核实 1 篇，机器归类 2 篇待复核，标准 3 篇；",
        "尚有 57 篇未人工判定",
    ]


@pytest.mark.parametrize(
    ("stamp", "said"),
    [
        ("2026-11-22T16:05:59+00:00", "2026-11-23 00:05 北京时间"),
        ("2026-11-22T05:05:00Z", "2026-11-22 13:05 北京时间"),
        ("2026-11-22T05:05:00", "2026-11-22 13:05 北京时间"),
        ("<b>昨天", "<b>昨天"),
        ("9999-12-31T23:59:59+00:00", "9999-12-31T23:59:59+00:00"),
    ],
)
def test_the_time_of_making_is_beijings(stamp: str, said: str) -> None:
    assert wording.made_words(stamp) == said


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_zero_percent_is_none_and_a_hundred_is_all(part: int, whole: int) -> None:
    part = min(part, whole)
    assert (share(part, whole) == "0 %") == (part == 0)
    assert (share(part, whole) == "100 %") == (part == whole)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "//evil.example/x",
        "file:///etc/passwd",
        "http://",
        "http://user@evil.example/",
        "https://exa\u202emple.cn/",
        "https://b\u0430nk.example/",
        "http://[::1",
        "https://a.example/" + "x" * 5_000,
        "",
    ],
)
def test_an_address_one_should_not_follow_is_no_link(url: str) -> None:
    assert safe_href(url) == ""


@given(st.text())
def test_clean_text_fits_into_xml(text: str) -> None:
    from lxml import etree

    element = etree.Element("a")
    element.text = clean(text)
    etree.tostring(element)


@given(
    st.text(min_size=1), st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60)), max_size=8)
)
def test_marking_never_changes_the_words(text: str, spans: list[tuple[int, int]]) -> None:
    story = StoryLine(
        id="s",
        title="题名",
        day=None,
        outlet="",
        level="other",
        locality="local",
        locality_reason="",
        counted=True,
        excerpt=text,
        items=(),
    )
    whole = f"{story.title}\n{story.excerpt}"
    evidence = tuple(
        Evidence(start=a, end=b, text=whole[max(a, 0) : max(b, 0)], weight=1.0) for a, b in spans
    )
    shown = place_evidence(story, evidence)
    assert "".join(piece.text for piece in shown.excerpt) == clean(text)


def test_a_span_falls_back_to_the_same_words_in_the_excerpt(sample_report: CoverageReport) -> None:
    story = sample_report.stories[0]
    wrong = Evidence(start=900, end=904, text="免租两年", weight=0.4)
    shown = place_evidence(story, (wrong,))
    assert [piece.text for piece in shown.excerpt if piece.marked] == ["免租两年"]
    assert shown.quotes[0].inside


def test_an_unknown_alarm_is_shown_as_it_was_written(sample_report: CoverageReport) -> None:
    column = sample_report.sources[0].columns[0]
    column = msgspec.structs.replace(column, alarms=("something_new", "blocked"), blocked=2)
    assert wording.column_alarms(column) == ("something_new", "被拦截")
    silent = msgspec.structs.replace(column, alarms=())
    assert wording.column_alarms(silent) == ("被拦截",)


def test_who_vouches_stands_beside_what_was_handed_in(sample_report: CoverageReport) -> None:
    column = sample_report.sources[1].columns[0]
    named = msgspec.structs.replace(column, vouched_by=("王芳", "李\u202e"))
    assert wording.windows_words(named).endswith("至 2025-06-02（王芳、李确认齐全）")
    assert "确认" not in wording.windows_words(column)
    medium = MediumLine(name="日报", kind="paper", state="registered")
    assert wording.medium_state(medium) == "人工登记（没有人确认本期齐全）"
    many = msgspec.structs.replace(medium, vouched_by=("甲", "乙", "丙", "丁"))
    assert wording.medium_state(many) == "人工登记（甲、乙、丙等 4 人确认齐全）"
