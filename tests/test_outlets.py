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
        ("", "other"),
    ],
)
def test_a_medium_stands_where_its_name_says(outlet: str, level: str) -> None:
    assert outlet_level(outlet) == level
