"""The layout of our official papers 公文: page, fonts and named styles, after GB/T 9704-2012.

Hides: what a title, a heading, a line of a table looks like. ``STYLES`` is the one table of it;
``template`` writes it into our own template, and a department's own template must hold styles of
the same names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["FONTS", "LATIN", "PAGE", "STYLES", "TABLE_STYLE", "Font", "Page", "Style"]

LATIN = "Times New Roman"


@dataclass(frozen=True)
class Font:
    """An east-asian font, the names it goes by on other machines, and what kind it is."""

    name: str
    others: tuple[str, ...]
    """Best first: other makes of it, then what every office suite has, then free fonts."""
    family: Literal["roman", "swiss"] = "roman"


FONTS: dict[str, Font] = {
    "title": Font(
        "方正小标宋简体",
        (
            "方正小标宋_GBK",
            "FZXiaoBiaoSong-B05S",
            "方正小标宋",
            "宋体",
            "SimSun",
            "Noto Serif CJK SC",
        ),
    ),
    "body": Font(
        "仿宋_GB2312",
        ("仿宋", "FangSong", "FangSong_GB2312", "华文仿宋", "STFangsong", "FandolFang"),
    ),
    "black": Font(
        "黑体", ("SimHei", "华文黑体", "Noto Sans CJK SC", "WenQuanYi Zen Hei"), family="swiss"
    ),
    "kai": Font(
        "楷体_GB2312", ("楷体", "KaiTi", "KaiTi_GB2312", "华文楷体", "STKaiti", "FandolKai")
    ),
    "song": Font("宋体", ("SimSun", "华文宋体", "STSong", "Noto Serif CJK SC")),
}
"""Fonts by what they are for."""


@dataclass(frozen=True)
class Page:
    """An A4 sheet; millimetres, as the standard gives them."""

    width: float = 210
    height: float = 297
    top: float = 37
    bottom: float = 35
    left: float = 28
    right: float = 26
    footer: float = 28
    """From the sheet's lower edge: the number stands 7 mm below the text."""

    @property
    def text_width(self) -> float:
        """What is left between the margins."""
        return self.width - self.left - self.right


PAGE = Page()

_LINE = 28.95
"""Points between two lines: 22 lines a page."""


@dataclass(frozen=True)
class Style:
    """A paragraph style; sizes and distances in points."""

    name: str
    font: str
    size: float = 16
    align: Literal["left", "center", "right", "both"] = "both"
    indent: float = 0
    """First line, in characters."""
    right: float = 0
    """From the right margin, in characters."""
    line: float = _LINE
    """Distance of lines, exactly; 0 lets it follow the font."""
    before: float = 0
    after: float = 0
    outline: int = 0
    """Level of a heading; 0 for text."""
    bold: bool = False
    colour: str = ""
    squeezed: float = 0
    """Points taken from every character: 28 of 16 points stand on a line of 156 mm."""
    keep_with_next: bool = False


STYLES: tuple[Style, ...] = (
    Style("公文草稿", "black", align="left", colour="C00000"),
    Style("公文标题", "title", 22, align="center", line=35, keep_with_next=True),
    Style("公文副标题", "kai", align="center", after=14),
    Style("公文正文", "body", indent=2, squeezed=0.25),
    Style("公文一级标题", "black", indent=2, outline=1, keep_with_next=True),
    Style("公文二级标题", "kai", indent=2, outline=2, keep_with_next=True),
    Style("公文三级标题", "body", indent=2, outline=3, bold=True,
          keep_with_next=True),
    Style("公文附件说明", "body", indent=2),
    Style("公文落款", "body", align="right", right=4, keep_with_next=True),
    Style("公文附件标记", "black", align="left", keep_with_next=True),
    Style("公文附件标题", "title", 18, align="center", line=30, after=10, outline=1,
          keep_with_next=True),
    Style("公文表题", "black", 12, align="center", line=20, before=8, keep_with_next=True),
    Style("公文表头", "black", 10.5, align="center", line=0),
    Style("公文表文", "body", 10.5, align="left", line=0),
    Style("公文表数", "body", 10.5, align="center", line=0),
    Style("公文表注", "kai", 10.5, align="left", line=16, before=3, after=8),
    Style("公文页码", "song", 14, align="right", line=0),
    Style("简报报头", "title", 36, align="center", line=56, before=10, colour="C00000",
          keep_with_next=True),
    Style("简报期号", "kai", align="center", after=6),
    Style("简报出版", "kai", align="both", line=0, after=10),
    Style("简报批示", "black", align="left"),
    Style("简报栏目", "black", align="left", before=10, outline=1, keep_with_next=True),
    Style("简报来源", "kai", 14, align="right", line=24, after=6),
    Style("简报版记", "body", 14, align="left", line=24, keep_with_next=True),
)  # fmt: skip
"""All styles our papers use, in the order a style list shows them."""

TABLE_STYLE = "公文表格"
