"""The circular 通报: its numbers are the record's, its layout the official one, its text harmless."""

from __future__ import annotations

import io
import json
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import docx
import msgspec
import pytest
from docx.document import Document
from docx.shared import Mm
from lxml import etree

from pipeline.coverage.handed_in import QUOTA_STATE_NAMES
from pipeline.coverage.period_report import PeriodReport
from pipeline.coverage.report import CoverageReport
from pipeline.errors import BadInput
from pipeline.reports import write_report
from pipeline.reports.docx.styles import FONTS, STYLES
from pipeline.reports.docx.template import own_template
from pipeline.reports.points_wording import points_words
from tests.reports.docx.making import made_report

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
JAPANESE = ("MS Mincho", "ＭＳ 明朝", "Mincho", "MS Gothic")


@pytest.fixture(scope="module")
def made() -> PeriodReport:
    return made_report()


@pytest.fixture(scope="module")
def written(made: PeriodReport, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(made, "docx", tmp_path_factory.mktemp("circular"))


@pytest.fixture(scope="module")
def paper(written: Path) -> Document:
    return docx.Document(str(written))


def tables(paper: Document) -> dict[str, list[list[str]]]:
    """By caption: the rows of every table, its head first."""
    found = {}
    caption = ""
    for element in paper.element.body:
        if element.tag == f"{W}p":
            caption = words(element) or caption
        elif element.tag == f"{W}tbl":
            found[re.sub(r"^表\d+　", "", caption)] = [
                [words(cell) for cell in row.iter(f"{W}tc")] for row in element.iter(f"{W}tr")
            ]
    return found


def words(element: etree._Element) -> str:
    return "".join(one.text or "" for one in element.iter(f"{W}t"))


def number(cell: str) -> Decimal:
    return Decimal(cell)


def test_every_number_of_the_rank_table_is_the_jsons(paper: Document, made: PeriodReport) -> None:
    said = json.loads(made.to_json())["handed_in"]
    head, *rows, total = tables(paper)["科室报送采用排名"]
    at = {name: place for place, name in enumerate(head)}
    offices = sorted(said["offices"], key=lambda one: one["rank"])
    assert len(offices) == 6
    names = {
        "报送": ("counts", "handed_in"),
        "采用": ("counts", "adopted"),
        "省级采用": ("counts", "regional"),
        "其他采用": ("counts", "other"),
        "得分": ("counts", "points"),
        "累计报送": ("year", "handed_in"),
        "累计采用": ("year", "adopted"),
        "累计得分": ("year", "points"),
    }
    assert set(head) == {"名次", "科室", "累计名次", *names}
    for row, office in zip(rows, offices, strict=True):
        assert row[at["科室"]] == office["office"]
        assert int(row[at["名次"]]) == office["rank"]
        assert int(row[at["累计名次"]]) == office["year_rank"]
        for name, (span, figure) in names.items():
            assert number(row[at[name]]) == Decimal(str(office[span][figure])), name
    whole = {"counts": said["counts"], "year": said["year_counts"]}
    for name, (span, figure) in names.items():
        assert number(total[at[name]]) == Decimal(str(whole[span][figure])), name
        assert number(total[at[name]]) == sum(number(row[at[name]]) for row in rows)


def test_a_level_nobody_was_adopted_at_has_no_column(paper: Document) -> None:
    head = tables(paper)["科室报送采用排名"][0]
    assert "中央采用" not in head
    assert "市级采用" not in head


def test_every_line_of_points_is_the_jsons_and_adds_up(paper: Document, made: PeriodReport) -> None:
    card = made.scorecard
    assert card is not None
    found = tables(paper)
    for office in card.offices:
        caption = f"{office.office}：{len(office.lines)}笔，合计{points_words(office.total)}分"
        rows = found[caption][1:]
        assert [(row[0], number(row[2]), row[3], row[4]) for row in rows] == [
            (line.day, line.points, line.title, line.derivation) for line in office.lines
        ]
        assert sum(number(row[2]) for row in rows) == office.total
    _, *rows, total = found["本期得分构成"]
    for row, office in zip(rows, sorted(card.offices, key=lambda o: o.rank), strict=True):
        assert row[:2] == [str(office.rank), office.office]
        assert [number(cell) for cell in row[2:7]] == [
            office.points, office.bonus, office.deductions, office.adjustments, office.total,
        ]  # fmt: skip
        assert number(row[7]) == Decimal(str(office.target_points))
    assert number(total[6]) == card.total


def test_every_quota_is_the_jsons_and_the_missed_ones_stand_in_front(
    paper: Document, made: PeriodReport
) -> None:
    assert made.handed_in is not None
    expected = [
        [
            office.office,
            line.channel,
            f"{line.time}（每月）",
            points_words(line.due),
            str(line.handed_in),
            points_words(line.missing),
            QUOTA_STATE_NAMES[line.state],
        ]
        for office in made.handed_in.offices
        for line in office.quotas
    ]
    found = tables(paper)
    assert found["各项报送任务"][1:] == expected
    assert found["未完成的报送任务"][1:] == [row for row in expected if row[-1] == "未完成"]
    assert 0 < len(found["未完成的报送任务"]) - 1 < len(expected)


def test_offices_at_zero_are_named_with_their_months_in_a_row(made: PeriodReport) -> None:
    assert made.handed_in is not None
    silent = made.handed_in.silent[0]
    offices = tuple(
        msgspec.structs.replace(one, months_silent=3) if one.office == silent else one
        for one in made.handed_in.offices
    )
    report = msgspec.structs.replace(
        made, handed_in=msgspec.structs.replace(made.handed_in, offices=offices)
    )
    lines = [one.text for one in written_of(report).paragraphs]
    assert f"零报送1个：{silent}（连续3个月）。" in lines


def written_of(report: CoverageReport) -> Document:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return docx.Document(str(write_report(report, "docx", Path(folder))))


def test_the_sheet_is_that_of_the_standard(paper: Document) -> None:
    section = paper.sections[0]
    inches = [
        section.page_width, section.page_height, section.top_margin, section.bottom_margin,
        section.left_margin, section.right_margin,
    ]  # fmt: skip
    for got, wanted in zip(inches, (210, 297, 37, 35, 28, 26), strict=True):
        assert abs(got - Mm(wanted)) < Mm(0.05)
    styles = {style.name: style for style in paper.styles}
    assert styles["公文标题"].font.size.pt == 22
    assert styles["公文正文"].font.size.pt == 16
    assert 28 <= styles["公文正文"].paragraph_format.line_spacing.pt <= 29
    footer = paper.sections[0].footer._element
    assert words(footer) == "— 1 —"
    assert [one.text.strip() for one in footer.iter(f"{W}instrText")] == ["PAGE"]


def test_every_style_names_its_chinese_font_and_none_falls_to_a_japanese_one(
    written: Path, paper: Document
) -> None:
    names = {font.name for font in FONTS.values()}
    for style in STYLES:
        fonts = paper.styles[style.name].element.find(f"{W}rPr/{W}rFonts")
        assert fonts.get(f"{W}eastAsia") == FONTS[style.font].name
        assert not [key for key in fonts.attrib if key.endswith("Theme")]
    defaults = paper.styles.element.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
    assert defaults.find(f"{W}rFonts").get(f"{W}eastAsia") in names
    assert defaults.find(f"{W}lang").get(f"{W}eastAsia") == "zh-CN"
    with zipfile.ZipFile(written) as package:
        assert not [name for name in package.namelist() if "theme" in name]
        text = b"".join(package.read(name) for name in package.namelist()).decode()
        table = etree.fromstring(package.read("word/fontTable.xml"))
    assert not [name for name in JAPANESE if name in text]
    declared = {
        font.get(f"{W}name"): font.find(f"{W}altName").get(f"{W}val").split(",")
        for font in table.iter(f"{W}font")
    }
    assert names <= set(declared)
    assert "方正小标宋_GBK" in declared["方正小标宋简体"]
    assert {"仿宋", "FangSong"} <= set(declared["仿宋_GB2312"])


def test_a_table_repeats_its_head_and_no_row_breaks(paper: Document) -> None:
    for table in paper.element.body.iter(f"{W}tbl"):
        first, *rest = table.iter(f"{W}tr")
        assert first.find(f"{W}trPr/{W}tblHeader") is not None
        assert not [row for row in rest if row.find(f"{W}trPr/{W}tblHeader") is not None]
        assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in table.iter(f"{W}tr"))


def test_what_was_not_checked_stands_under_every_table(made: PeriodReport, paper: Document) -> None:
    body = list(paper.element.body)
    below = [
        words(body[place + 1]) for place, element in enumerate(body) if element.tag == f"{W}tbl"
    ]
    assert len(below) > 5
    assert not [text for text in below if "未查范围：" not in text]


@pytest.mark.parametrize("name", ["sample_report", "empty_report", "monstrous_report"])
def test_nothing_in_the_file_is_illegal_hidden_or_outside(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    path = write_report(request.getfixturevalue(name), "docx", tmp_path)
    document = docx.Document(str(path))
    assert len(document.paragraphs) > 5
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        for part in package.namelist():
            raw = package.read(part)
            tree = etree.fromstring(raw)
            if part.endswith(".rels"):
                assert not [one for one in tree if one.get("TargetMode") == "External"], part
            fields = {"".join(one.itertext()).strip() for one in tree.iter(f"{W}instrText")}
            assert fields <= {"PAGE"}, part
            assert not re.search("[\x00-\x08\u200b-\u200f\u202a-\u202e\ufffe\uffff]", raw.decode())
    assert path.stat().st_size < 300_000


def test_a_hostile_title_is_text_and_a_word_of_a_million_letters_is_cut(
    sample_report: CoverageReport,
) -> None:
    theme = msgspec.structs.replace(
        sample_report.themes[0],
        title="=cmd|' /C calc'!A0 <w:p/>\u202e\x00\ud800" + "长" * 1_000_000,
        state="blank",
    )
    report = msgspec.structs.replace(sample_report, themes=(theme, *sample_report.themes[1:]))
    document = written_of(report)
    cells = [cell for rows in tables(document).values() for row in rows for cell in row]
    shown = next(cell for cell in cells if "=cmd|' /C calc'!A0 <w:p/>长长" in cell)
    assert len(shown) < 200
    assert max(len(one.text) for one in document.paragraphs) < 1_000


def test_the_same_report_gives_the_same_bytes(made: PeriodReport, tmp_path: Path) -> None:
    first = write_report(made, "docx", tmp_path / "a").read_bytes()
    again = PeriodReport.from_json(made.to_json())
    assert write_report(again, "docx", tmp_path / "b").read_bytes() == first


def test_a_departments_template_gives_its_layout_and_nothing_of_its_text(
    made: PeriodReport, tmp_path: Path
) -> None:
    theirs = docx.Document(io.BytesIO(own_template()))
    theirs.styles["公文正文"].font.size = 170_000
    theirs.sections[0].left_margin = Mm(30)
    theirs.add_paragraph("请在此处填写")
    theirs.save(str(tmp_path / "ours.docx"))
    path = write_report(made, "docx", tmp_path, template=tmp_path / "ours.docx")
    document = docx.Document(str(path))
    assert document.styles["公文正文"].font.size == 170_000 // 6350 * 6350
    assert abs(document.sections[0].left_margin - Mm(30)) < Mm(0.05)
    assert "请在此处填写" not in [one.text for one in document.paragraphs]


def test_a_template_without_our_styles_is_refused_by_name(
    made: PeriodReport, tmp_path: Path
) -> None:
    docx.Document().save(str(tmp_path / "plain.docx"))
    with pytest.raises(BadInput) as caught:
        write_report(made, "docx", tmp_path / "out", template=tmp_path / "plain.docx")
    assert caught.value.slug == "template-styles"
    assert "公文标题" in caught.value.message
    assert not list((tmp_path / "out").iterdir())


def test_a_template_that_is_no_word_file_is_refused(made: PeriodReport, tmp_path: Path) -> None:
    (tmp_path / "t.docx").write_text("公文", encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        write_report(made, "docx", tmp_path / "out", template=tmp_path / "t.docx")
    assert caught.value.slug == "template-unreadable"


def test_a_template_with_a_picture_from_elsewhere_is_refused(
    made: PeriodReport, tmp_path: Path
) -> None:
    theirs = docx.Document(io.BytesIO(own_template()))
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
    theirs.part.relate_to("http://tracker.example/logo.png", kind, is_external=True)
    theirs.save(str(tmp_path / "t.docx"))
    with pytest.raises(BadInput) as caught:
        write_report(made, "docx", tmp_path / "out", template=tmp_path / "t.docx")
    assert caught.value.slug == "template-external"
    assert "tracker.example" in caught.value.message


def test_the_link_to_the_normal_template_word_leaves_in_every_file_is_cut(
    made: PeriodReport, tmp_path: Path
) -> None:
    theirs = docx.Document(io.BytesIO(own_template()))
    settings = theirs.part._settings_part
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    key = settings.relate_to("file:///C:/Normal.dotm", f"{kind}/attachedTemplate", is_external=True)
    etree.SubElement(settings.element, f"{W}attachedTemplate").set(f"{{{kind}}}id", key)
    theirs.save(str(tmp_path / "t.docx"))
    path = write_report(made, "docx", tmp_path / "out", template=tmp_path / "t.docx")
    with zipfile.ZipFile(path) as package:
        inside = b"".join(package.read(name) for name in package.namelist())
    assert b"Normal.dotm" not in inside
    assert b"attachedTemplate" not in inside
