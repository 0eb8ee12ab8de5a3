"""Marks of secrecy, what to look at first, and what changed between two plans."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from click.testing import CliRunner

from pipeline.cli.plans import plan_command
from pipeline.errors import XuanjianError
from pipeline.plan.checking import check_plan
from pipeline.plan.difference import compare
from pipeline.plan.marks import refuse_secret
from pipeline.plan.reading import read_plan, read_plan_text

PLAN = "青禾县2024年节水宣传方案\n一、宣传重点\n（一）节水。讲节水。\n（二）护河。讲河长。\n二、主要形式\n（一）办展。在青禾日报开专栏。\n"


def slugs(text: str) -> set[str]:
    return {doubt.slug for doubt in read_plan_text(text).plan.doubts}


@pytest.mark.parametrize(
    "mark",
    ["机密★1年", "秘 密", "★长期", "密级：秘密", "工作秘密", "内部资料 注意保存", "【内部文件】"],
)
def test_a_marked_document_is_doubted_and_not_stored(mark: str) -> None:
    plan = read_plan_text(f"{mark}\n{PLAN}").plan
    assert plan.doubts[0].slug == "marked-secret"
    assert mark in plan.doubts[0].what
    with pytest.raises(XuanjianError) as caught:
        refuse_secret(plan)
    assert caught.value.slug == "document-secret"


@pytest.mark.parametrize(
    "sentence", ["各单位要保守国家秘密和工作秘密。", "讲好国家秘密保护的故事", "刊发内部资料三期。"]
)
def test_a_sentence_about_secrets_is_no_mark(sentence: str) -> None:
    assert "marked-secret" not in slugs(f"{PLAN}三、工作要求\n{sentence}\n")


def test_a_mark_in_the_header_of_a_word_file_is_seen(tmp_path: Path) -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "内部资料 不得外传"
    for line in PLAN.splitlines():
        document.add_paragraph(line)
    document.save(str(tmp_path / "plan.docx"))
    plan = read_plan(tmp_path / "plan.docx").plan
    assert plan.doubts[0].slug == "marked-secret"
    assert plan.title == "青禾县2024年节水宣传方案"


def test_storing_a_marked_plan_is_refused_on_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_text("机密★\n" + PLAN, encoding="utf-8")
    done = CliRunner().invoke(plan_command, ["use", str(path)], obj=tmp_path)
    assert isinstance(done.exception, XuanjianError)
    assert done.exception.slug == "document-secret"
    assert not list(tmp_path.glob("*.db"))


def test_what_matters_most_is_told_first() -> None:
    text = PLAN.replace("2024年", "").replace("（二）护河", "（三）护河") + "[OLE_LINK1]完。\n"
    reading = read_plan_text(text)
    remarks = [remark.slug for remark in check_plan(reading.plan, reading.text)]
    assert remarks.index("term-missing") < remarks.index("numbers-skip")
    assert remarks[-1] == "artefact-removed"


def test_a_remark_quotes_its_line() -> None:
    reading = read_plan_text("[OLE_LINK1]" + PLAN)
    remark = next(r for r in check_plan(reading.plan, reading.text) if r.slug == "artefact-removed")
    assert (remark.place, remark.quote) == ("第 1 行", "青禾县2024年节水宣传方案")


def test_check_prints_remarks_and_exits_with_two(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_text(PLAN.replace("2024年", ""), encoding="utf-8")
    done = CliRunner().invoke(plan_command, ["check", str(path)])
    assert done.exit_code == 2
    assert "请补填" in done.output.splitlines()[0]


CHANGED = PLAN.replace(
    "（二）护河。讲河长。", "（二）护河护湖。讲河长。\n（三）巡堤。讲巡堤。"
).replace("青禾日报", "青禾晚报")


def test_a_changed_title_and_a_new_theme_are_named_with_their_ids() -> None:
    found = compare(read_plan_text(PLAN).plan, read_plan_text(CHANGED).plan)
    assert [(c.what, c.old_id, c.new_id) for c in found.changes] == [
        ("title", "focus-2", "focus-2"),
        ("added", "", "focus-3"),
    ]
    assert found.suspect == ("focus-2",)
    assert (found.media_added, found.media_removed) == (("青禾晚报",), ("青禾日报",))


def test_a_theme_that_moved_keeps_its_assignments_under_its_new_id() -> None:
    moved = PLAN.replace(
        "（一）节水。讲节水。\n（二）护河。讲河长。", "（一）护河。讲河长。\n（二）节水。讲节水。"
    )
    found = compare(read_plan_text(PLAN).plan, read_plan_text(moved).plan)
    assert [(c.what, c.old_id, c.new_id) for c in found.changes] == [
        ("moved", "focus-1", "focus-2"),
        ("moved", "focus-2", "focus-1"),
    ]


def test_a_plan_does_not_differ_from_itself() -> None:
    plan = read_plan_text(PLAN).plan
    assert not compare(plan, plan)


def test_diff_prints_chinese_and_exits_with_two(tmp_path: Path) -> None:
    old, new = tmp_path / "old.txt", tmp_path / "new.txt"
    old.write_text(PLAN, encoding="utf-8")
    new.write_text(CHANGED, encoding="utf-8")
    done = CliRunner().invoke(plan_command, ["diff", str(old), str(new)])
    assert done.exit_code == 2
    assert "改标题  focus-2  护河 → 护河护湖" in done.output
    assert "需重新归类的条目：focus-2" in done.output
    assert CliRunner().invoke(plan_command, ["diff", str(old), str(old)]).exit_code == 0
