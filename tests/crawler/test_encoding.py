"""Bytes to text: declared encodings are often wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.encoding import declared_charset, decode_page

TEXT = "<html><head>%s</head><body><p>市科技局召开会议，部署科技创新工作。镕喆</p></body></html>"


@pytest.mark.parametrize("meta", ["", "<meta charset=gb2312>", "<meta charset='utf-8'>"])
@pytest.mark.parametrize("header", ["", "text/html; charset=utf-8", "text/html; charset=GBK"])
@pytest.mark.parametrize("true", ["utf-8", "gb18030"])
def test_a_wrong_header_or_meta_tag_never_wins_over_the_bytes(
    meta: str, header: str, true: str
) -> None:
    page = TEXT % meta
    assert decode_page(page.encode(true), header) == page


def test_gb2312_declared_with_gbk_characters_is_read_as_gb18030() -> None:
    page = TEXT % '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">'
    raw = page.encode("gb18030")
    with pytest.raises(UnicodeDecodeError):
        raw.decode("gb2312")
    assert decode_page(raw) == page


def test_big5_and_byte_order_marks_are_understood() -> None:
    page = "<meta charset=big5><p>鄂爾多斯市科學技術局召開會議，部署科技創新的工作。</p>"
    assert decode_page(page.encode("big5")) == page
    assert decode_page(b"\xef\xbb\xbf" + "科技".encode()) == "科技"
    assert decode_page("科技".encode("utf-16")) == "科技"


def test_a_page_with_one_broken_byte_stays_readable() -> None:
    raw = (TEXT % "<meta charset=utf-8>").encode() * 3 + b"\xff"
    assert "市科技局召开会议" in decode_page(raw)
    raw = (TEXT % "<meta charset=gbk>").encode("gb18030") * 3 + b"\xff"
    assert "市科技局召开会议" in decode_page(raw)


def test_the_meta_tag_is_read_before_the_header() -> None:
    assert declared_charset(b"<META CONTENT='text/html; charset=gbk'>", "charset=utf-8") == "gbk"
    assert declared_charset(b"<p>", 'text/html; charset="UTF-8"') == "utf-8"
    assert declared_charset(b"<p>") == ""


@given(st.binary(max_size=400))
def test_any_bytes_become_some_text(raw: bytes) -> None:
    assert isinstance(decode_page(raw), str)
