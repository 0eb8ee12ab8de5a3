"""News from JSONL, CSV and XLSX, good and bad."""

from __future__ import annotations

import datetime
from pathlib import Path

import openpyxl
import pytest

from pipeline.errors import BadInput, DiskTrouble
from pipeline.news import NewsItem
from pipeline.news_files import read_items


def items_of(path: Path) -> tuple[NewsItem, ...]:
    return read_items(path).items


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def test_a_jsonl_line_becomes_an_item_with_its_own_id(tmp_path: Path) -> None:
    line = (
        '{"id": 7, "title": "甲 会", "text": "正文", "date": "2025年3月8日", "outlet": "市报"}\n\n'
    )
    (item,) = items_of(written(tmp_path / "a.jsonl", line))
    assert (item.id, item.title, item.date, item.outlet) == ("7", "甲 会", "2025-03-08", "市报")
    assert item.words == 2


def test_a_line_that_is_not_json_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", '{"id": "1", "title": "t", "text": "x"}\nnot json\n')
    with pytest.raises(BadInput, match="line 2") as caught:
        read_items(path)
    assert caught.value.slug == "items-bad-line"


def test_a_line_without_text_says_which_field_is_missing(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="text"):
        read_items(written(tmp_path / "a.jsonl", '{"id": "1", "title": "t"}\n'))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_csv_of_any_common_kind_is_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = [
        ["序号", "标题", "刊发日期", "媒体", "正文"],
        ["1", "甲", "2025/3/8", "市报", "正文，甲"],
    ]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    (item,) = items_of(written(tmp_path / "a.csv", text, encoding))
    assert (item.title, item.date, item.outlet, item.text) == (
        "甲",
        "2025-03-08",
        "市报",
        "正文，甲",
    )
    assert item.id != "1"


def test_a_workbook_with_a_title_row_above_the_head_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["2025年科技宣传工作台账"])
    sheet.append(["序号", "刊发日期", "标题", "媒体", "链接", "字数"])
    sheet.append([1, datetime.datetime(2025, 3, 8), "甲", "市报", "http://a.cn/1", 300])
    sheet.append([2, "2025年3月9日", "乙", "市报", "无", "约200"])
    book.save(tmp_path / "a.xlsx")
    first, second = items_of(tmp_path / "a.xlsx")
    assert (first.date, first.words, first.url) == ("2025-03-08", 300, "http://a.cn/1")
    assert (second.date, second.words, second.url) == ("2025-03-09", None, "")
    assert "text_missing" in first.flags


def test_a_table_without_a_title_column_says_what_it_found(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="姓名") as caught:
        read_items(written(tmp_path / "a.csv", "姓名,电话\n王,1\n"))
    assert caught.value.slug == "items-missing-columns"
    assert "标题" in caught.value.hint


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_a_broken_table_is_a_clear_error(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK\x03\x04\x00\xff\xfe broken")
    with pytest.raises(BadInput) as caught:
        read_items(tmp_path / name)
    assert caught.value.slug in {"items-unreadable", "items-missing-columns"}


def test_an_absent_file_and_an_unknown_kind_are_clear_errors(tmp_path: Path) -> None:
    with pytest.raises(DiskTrouble, match="does not exist"):
        read_items(tmp_path / "none.jsonl")
    with pytest.raises(BadInput, match=r"\.pptx"):
        read_items(written(tmp_path / "a.pptx", "x"))


def test_a_date_that_cannot_be_is_flagged_not_guessed(tmp_path: Path) -> None:
    (item,) = items_of(written(tmp_path / "a.csv", "标题,日期\n甲,2025-02-30\n"))
    assert item.date is None
    assert "date_unreadable" in item.flags


def test_a_row_without_title_and_a_date_no_one_can_read_are_said(tmp_path: Path) -> None:
    table = "标题,日期\n甲,二季度\n,2025-01-02\n乙,45799\n"
    found = read_items(written(tmp_path / "台账.csv", table))
    assert [item.date for item in found.items] == [None, "2025-05-22"]
    assert found.remarks == (
        "台账.csv 第 2 行日期读不出：二季度",
        "台账.csv 第 3 行没有标题，略去",
    )


def test_a_jsonl_date_that_cannot_be_is_a_bad_line(tmp_path: Path) -> None:
    line = '{"id": "1", "title": "t", "text": "x", "date": "2025-13-40"}\n'
    with pytest.raises(BadInput, match="line 1") as caught:
        read_items(written(tmp_path / "a.jsonl", line))
    assert caught.value.slug == "items-bad-line"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_jsonl_in_another_encoding_says_so(tmp_path: Path, encoding: str) -> None:
    line = '{"id": "1", "title": "甲乙丙", "text": "丁"}\n'
    with pytest.raises(BadInput) as caught:
        read_items(written(tmp_path / "a.jsonl", line, encoding))
    assert "UTF-8" in caught.value.hint
