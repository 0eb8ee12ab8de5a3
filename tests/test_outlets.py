"""At which level a medium stands."""

from __future__ import annotations

import pytest

from pipeline.outlets import outlet_level


@pytest.mark.parametrize(
    ("outlet", "level"),
    [
        ("新华社", "central"),
        ("科技日报", "central"),
        ("中国科学报", "central"),
        ("内蒙古日报", "regional"),
        ("河南日报", "regional"),
        ("鄂尔多斯日报", "municipal"),
        ("郑州市科学技术局", "municipal"),
        ("康巴什区科技局", "district"),
        ("大河网", "other"),
        ("市广播电视台", "municipal"),
        ("市科技局", "municipal"),
        ("市委宣传部", "municipal"),
        ("市政府办公室", "municipal"),
        ("省科技厅", "regional"),
        ("自治区科技厅", "regional"),
        ("区融媒体中心", "district"),
        ("旗科学技术协会", "district"),
        ("县委办", "district"),
        ("州日报", "municipal"),
        ("市民政局", "municipal"),
        ("市直机关工委", "municipal"),
        ("市场监管总局", "other"),
        ("市民晚报", "other"),
        ("区域发展研究中心", "other"),
        ("区块链协会", "other"),
        ("县域经济报社", "other"),
        ("市内新闻部", "other"),
        ("", "other"),
    ],
)
def test_a_medium_stands_where_its_name_says(outlet: str, level: str) -> None:
    assert outlet_level(outlet) == level
