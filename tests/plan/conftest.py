"""Real documents (when the evaluation data stands beside the checkout) and own small ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"

Paragraph = tuple[str, int | None, int]
"""Words, list (None: no automatic number), depth in the list."""


@pytest.fixture(scope="session")
def data() -> Path:
    if not (DATA / "seeds" / "gold.json").exists():
        pytest.skip("evaluation data not present beside the checkout")
    return DATA


@pytest.fixture(scope="session")
def gold(data: Path) -> dict[str, Any]:
    return json.loads((data / "seeds" / "gold.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def seed(data: Path) -> Callable[[str], Path]:
    return lambda number: next((data / "seeds").glob(f"{number}_*.txt"))


def _numbering(document: Any) -> None:
    """Lists 1 to 9 with 一、 （一） 1. as Word writes them; each list counts for itself."""
    root = document.part.numbering_part.element
    for child in list(root):
        root.remove(child)
    levels = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (form, text) in enumerate(
            [("chineseCounting", "%1、"), ("chineseCountingThousand", "（%2）"), ("decimal", "%3.")]
        )
    )
    for number in range(1, 10):
        root.append(
            parse_xml(
                f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}">{levels}</w:abstractNum>'
            )
        )
    for number in range(1, 10):
        root.append(
            parse_xml(
                f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>'
            )
        )


@pytest.fixture
def write_docx(tmp_path: Path) -> Callable[[list[Paragraph]], Path]:
    """Write a docx whose numbers are automatic, not in the text."""

    def write(paragraphs: list[Paragraph]) -> Path:
        document = docx.Document()
        _numbering(document)
        for words, number, depth in paragraphs:
            paragraph = document.add_paragraph(words)
            if number is None:
                continue
            properties = OxmlElement("w:numPr")
            for tag, value in (("w:ilvl", depth), ("w:numId", number)):
                element = OxmlElement(tag)
                element.set(qn("w:val"), str(value))
                properties.append(element)
            paragraph._p.get_or_add_pPr().append(properties)
        path = tmp_path / "plan.docx"
        document.save(str(path))
        return path

    return write


PUBLICITY = """青禾县“水润新田”主题
宣传报道方案

  为做好节水灌溉科普工作，制定本方案。
一、宣传重点
（一）推广节水技术。介绍滴灌、喷灌的原理和成效，
用身边事例说明用水账。
（二）守护源头活水，共建清洁河湖。报道河长巡河、湖泊清淤。
2、 报道安排
（一）开设专栏。6月中旬起，青禾日报、县广播电视台开设专栏，每周刊播不少于三篇。
牵头科室：宣传科
责任科室：水利科、农技站
（二）用好新媒体。通过“青禾发布”、“水润青禾”等微信公众号推送。
三、工作要求
[bookmark: _GoBack]（一）压实责任。各单位明确专人。
 采 访 单 位
（一）推广节水技术。
1.青禾县节水灌溉试验站（滴灌示范）；
2县水利物资有限责任公司(管材生产。
3．青禾镇“一滴水”合作社【喷灌】
（二）守护源头活水，共建清洁河湖
1、 清河流域管理中心；
"""

BULLETIN = """
青 禾 科 普 简 报
第 3 期
青禾县科学技术协会
2024 年 1 月 12 日
领导批示：
【要闻】
县科协召开年度工作会。1月9日，县科协召开会议，部署全年科普活动，要求各乡镇把科普大篷车
开进集市。
主席强调，要把群众愿意听作为标准。
科普馆恢复开放。12月28日至30日，县科普馆完成维护并试开放。
【乡镇】
1月5日，石桥镇举办防灾知识讲座。
1月8日，柳林乡科普志愿者走访农户。
报：县委办、县政府办。
编辑：某某
（共印 30 份）
"""


@pytest.fixture(scope="session")
def publicity_text() -> str:
    return PUBLICITY


@pytest.fixture(scope="session")
def bulletin_text() -> str:
    return BULLETIN
