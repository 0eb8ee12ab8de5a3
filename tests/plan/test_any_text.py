"""Whatever is handed in is read in time, and ends in a sound plan or an error in words."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import BadInput, XuanjianError
from pipeline.plan.model import Plan, walk
from pipeline.plan.reading import PlanReading, read_plan, read_plan_text


@pytest.mark.parametrize("text", ["", " \n\u3000\n", "\x00\u200b", "<p></p>"])
def test_text_without_words_is_an_error(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_plan_text(text)
    assert caught.value.slug == "document-empty"
    assert caught.value.hint


def test_sixty_thousand_characters_are_read_in_under_a_second() -> None:
    entry = "（{}）推进节水。" + "落实责任、加大投入，" * 60 + "见到成效。\n"
    text = "青禾县规划\n" + "".join(
        f"第{number}章 任务\n" + entry.format("一") for number in "一二三四五六七八九十" * 10
    )
    text = text[:60_000]
    read_plan_text("一、热身\n文字。")
    started = time.perf_counter()
    read_plan_text(text)
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    "piece",
    [
        "（",
        "第一章",
        "“",
        "1.",
        "专 ",
        "【",
        "\t",
        "<p ",
        "**",
        "一、",
        "日报、",
        "?\ue40c",
        "6月",
        "每月",
    ],
)
def test_no_repeated_piece_makes_reading_slow(piece: str) -> None:
    started = time.perf_counter()
    read_plan_text(
        "一、宣传重点\n" + piece * (60_000 // len(piece)) + "\n二、报道安排\n" + piece * 500
    )
    assert time.perf_counter() - started < 3


@contextmanager
def in_words() -> Iterator[None]:
    """An error is allowed when it is one a user can understand."""
    with suppress(XuanjianError):
        yield


def assert_sound(reading: PlanReading) -> None:
    plan = reading.plan
    assert Plan.from_json(plan.to_json()) == plan
    ids = [node.id for node in walk(plan.nodes)]
    assert len(ids) == len(set(ids))
    for node in walk(plan.nodes):
        assert 0 <= node.span[0] <= node.span[1] <= len(reading.text)
    for medium in plan.media:
        assert reading.text[slice(*medium.span)] == medium.name


PIECES = st.sampled_from(
    [
        *(
            "一、",
            "二、",
            "（一）",
            "（二）",
            "1.",
            "2、",
            "第一章 ",
            "第一节",
            "第三条",
            "①",
            "—、",
        ),
        *("宣传重点", "报道安排", "工作要求", "采访单位", "总体要求", "\n", "\n", "\n", "。", "，"),
        *(
            "【要闻】",
            "青禾日报",
            "“青禾发布”微信",
            "6月3日",
            "2024年",
            "每月不少于两次",
            "责任科室：甲科、乙科",
        ),
        *(
            "科普简报",
            "第3期",
            "目录",
            "\t",
            "12分",
            "规划",
            "方案",
            "专栏1",
            "（",
            "）",
            "<p>",
            "?",
            "\ue40c",
        ),
    ]
)


@given(st.lists(PIECES | st.text(max_size=6), max_size=60).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_text_ends_in_a_plan_or_an_error_in_words(text: str) -> None:
    with in_words():
        assert_sound(read_plan_text(text))


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_bytes_end_in_a_plan_or_an_error_in_words(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "any.txt"
    path.write_bytes(raw)
    with in_words():
        assert_sound(read_plan(path))
