"""A text that a program broke at a fixed width is read by its paragraphs."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from pipeline.documents import Document, document_of_text, read_document

PLAN = (
    "青禾县农田节水行动方案",
    "为让更多农户用上滴灌和喷灌设备，减少地下水开采，结合我县水源和种植的实际情况，特制定这份行动方案，请各乡镇认真执行。",
    "一、主要任务",
    "（一）建好示范点。在每个乡镇选定一处连片农田建设示范点，安装计量设施，把用水和产量逐月记录下来供农户查看，秋收以后算账。",
    "（二）办好培训班。请农技员在冬闲时节到村里讲课，手把手教会农户安装、清洗和收纳滴灌带，开春以后再到田头看一遍用得怎么样。",
    "二、组织保障",
    "1.落实经费。县财政把节水设备补助列入年度预算，按照验收合格的面积拨付到户并张榜公布，接受群众监督，结余转到下一年使用。",
    "2.加强督查。县水务局会同县农业农村局每季度到现场查看一次，发现问题交给乡镇限期整改，整改情况在全县范围内通报。",
)


def wrapped(width: int, indent: str = "", page: str = "") -> str:
    lines: list[str] = []
    for paragraph in PLAN:
        rest = indent + paragraph
        while rest:
            lines.append(rest[:width])
            rest = rest[width:]
            if page and len(lines) % 9 == 0:
                lines.append(page)
    return "\n".join(lines)


def paragraphs(document: Document) -> tuple[str, ...]:
    return tuple(block.text for block in document.blocks)


@pytest.mark.parametrize("width", [17, 20, 26])
@pytest.mark.parametrize("indent", ["", "　　"])
@pytest.mark.parametrize("page", ["", "— 3 —", "第3页 共9页"])
def test_lines_of_one_width_are_paragraphs_again(width: int, indent: str, page: str) -> None:
    document = document_of_text(wrapped(width, indent, page))
    assert paragraphs(document) == PLAN
    assert {repair.slug for repair in document.repairs} == {"lines-joined"}


@pytest.mark.parametrize(
    ("margin", "end"), [("    ", "\n"), ("> ", "\n"), ("", "\n\n"), ("\t", "\n\n")]
)
def test_a_margin_and_blank_lines_between_all_lines_do_not_count(margin: str, end: str) -> None:
    text = end.join(margin + line for line in wrapped(20, "　　").splitlines())
    assert paragraphs(document_of_text(text)) == PLAN


def test_a_word_file_with_a_paragraph_a_line_is_read_by_its_paragraphs(tmp_path: Path) -> None:
    document = docx.Document()
    for line in wrapped(26).splitlines():
        document.add_paragraph(line)
    document.save(str(tmp_path / "plan.docx"))
    assert paragraphs(read_document(tmp_path / "plan.docx")) == PLAN


def test_a_number_at_the_start_of_a_broken_line_opens_no_paragraph_within_a_list() -> None:
    text = (
        wrapped(26)
        + "\n综合治理的对象是全县境内所有在册的水库、灌区和河道、\n三、四级支渠以及乡镇自建的小型泵站。"
    )
    assert paragraphs(document_of_text(text))[-1].endswith(
        "河道、三、四级支渠以及乡镇自建的小型泵站。"
    )


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(PLAN),
        "\n".join(f"{number}.第{number}个村建成滴灌示范点并通过验收。" for number in range(1, 40)),
        "\n".join(f"第{number}村泵站\n滴灌示范" for number in range(1, 40)),
    ],
)
def test_lines_that_are_paragraphs_stay_apart(text: str) -> None:
    document = document_of_text(text)
    assert "\n".join(paragraphs(document)) == text
    assert document.repairs == ()
