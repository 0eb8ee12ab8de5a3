"""Plans in the console: handed in, looked at, mended, compared, taken into use."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from docx import Document as WordDocument

from console.app import Console
from console.error_words import WORDS
from console.rooms.plan_tree import SHOWN, tree_of
from pipeline.config import Workspace
from pipeline.plan.model import Doubt, Plan, PlanNode, schemes, walk
from pipeline.plan.reading import read_plan_text
from pipeline.store.plans import StoredPlan, get_plan, list_plans, plan_versions
from pipeline.store.trail import TrailLine, trail
from tests.console.conftest import Person, SignIn

PLAN = """某区2026年科普宣传方案
为做好2026年科普宣传，制定本方案。
一、宣传重点
（一）宣传科普场馆建设。报道科技馆、科普基地的开放和活动情况。
（二）宣传知识产权保护。报道专利、商标保护和维权服务的成效。
二、工作要求
（一）加强领导。各单位要明确专人负责。
采访单位
（一）宣传科普场馆建设。
1.某区科技馆（科普展览）。
"""
LOCKED = b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le")
HOSTILE = "<script>alert(1)</script>"


def stored(console: Console, name: str) -> StoredPlan:
    with console.store.begin() as session:
        return get_plan(session, name)


def trail_of(console: Console, action: str) -> tuple[TrailLine, ...]:
    with console.store.begin() as session:
        return tuple(trail(session, action=action))


def hand_in(person: Person, body: bytes, file: str = "plan.txt", **fields: str) -> str:
    return person.change("/plan-upload", files={"file": (file, body)}, **fields)


def take(person: Person, name: str, text: str = PLAN) -> str:
    """Hand a plan in and store it."""
    where = hand_in(person, text.encode())
    return person.change(f"{where.partition('?')[0]}/store", name=name, carry="1")


def node_form(plan: Plan, version: int) -> dict[str, Any]:
    """The fields of the page that mends pieces, as it shows them."""
    nodes = list(walk(plan.nodes))
    return {
        "version": str(version),
        "title": plan.title,
        "ids": [node.id for node in nodes],
        "numbers": [node.number for node in nodes],
        "titles": [node.title for node in nodes],
        "kinds": [node.kind for node in nodes],
        "leads": ["、".join(node.lead_offices) for node in nodes],
        "offices": ["、".join(node.offices) for node in nodes],
        "auditable": [node.id for node in nodes if node.auditable],
    }


def test_a_plan_is_read_first_and_stored_when_somebody_says_so(
    console: Console, sign_in: SignIn, workspace: Workspace
) -> None:
    editor = sign_in("editor")
    where = hand_in(editor, PLAN.encode(), "2026年 方案.txt")
    shown = editor.page(where)
    assert "某区2026年科普宣传方案" in shown
    assert 'href="#text-focus-2"' in shown
    assert 'id="text-focus-2"' in shown
    assert editor.api(where)["name"] == "2026", "named after its year"
    with console.store.begin() as session:
        assert [plan.name for plan in list_plans(session)] == ["2025"], "nothing is stored yet"
    at = editor.change(f"{where.partition('?')[0]}/store", name="科普2026")
    assert at == "/plans/%E7%A7%91%E6%99%AE2026"
    plan = stored(console, "科普2026")
    assert (plan.version, [unit.name for unit in plan.plan.units]) == (1, ["某区科技馆"])
    kept = sorted(path.name for path in workspace.plans.glob("科普2026*"))
    assert kept == ["科普2026-v1.toml", "科普2026-v1.txt"]
    assert (workspace.plans / "科普2026-v1.txt").read_text(encoding="utf-8") == PLAN
    assert [line.subject for line in trail_of(console, "plan.store")] == ["科普2026"]
    assert editor.get(where).status_code == 404, "what was stored waits no longer"
    document = editor.get(f"{at}/document")
    assert document.text == PLAN
    assert document.headers["content-disposition"].startswith("attachment")


def test_a_new_reading_of_a_known_plan_shows_what_changes_and_keeps_what_people_did(
    console: Console, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    take(editor, "2026")
    first = stored(console, "2026")
    form = node_form(first.plan, 1)
    form["auditable"].remove("focus-2")
    editor.change("/plans/2026/mend", **form)
    editor.change(
        "/plans/2026/units",
        version="2",
        names=["某区科技馆", ""],
        aliases=["区科技馆", ""],
        notes=["科普展览", ""],
        themes=["focus-1", ""],
    )
    grown = PLAN.replace(
        "二、工作要求", "（三）宣传新能源技术。报道风电、光伏的新进展。\n二、工作要求"
    )
    where = hand_in(editor, grown.encode(), name="2026")
    found = editor.api(where)
    assert found["version"] == 4
    assert [(one["what"], one["new_title"]) for one in found["difference"]["changes"]] == [
        ("added", "宣传新能源技术")
    ], "a theme that was switched off is not new"
    assert "宣传新能源技术" in editor.page(where)
    editor.change(f"{where.partition('?')[0]}/store", name="2026", carry="1")
    now = stored(console, "2026")
    assert now.version == 4
    assert {
        node.id: node.auditable for node in walk(now.plan.nodes) if node.kind == "focus_area"
    } == {
        "focus-1": True,
        "focus-2": False,
        "focus-3": True,
    }
    assert now.plan.units[0].aliases == ("区科技馆",)


@pytest.mark.parametrize(
    ("name", "body", "slug"),
    [
        ("secret.txt", ("秘密★1年\n" + PLAN).encode(), "document-secret"),
        ("inner.txt", ("内部资料\n" + PLAN).encode(), "document-secret"),
        ("plan.exe", b"MZ\x90", "upload-kind"),
        ("plan.docx", b"%PDF-1.7 nothing", "document-unreadable"),
        ("plan.pdf", b"\x89PNG\r\n\x1a\n", "document-unreadable"),
        ("plan.doc", LOCKED, "document-password"),
        ("plan.toml", b"title = [", "plan-file-unreadable"),
        ("plan.txt", b" \n ", "document-empty"),
        ("plan.docx", b"", "document-empty"),
    ],
)
def test_what_cannot_be_a_plan_is_refused_and_leaves_nothing(
    console: Console, sign_in: SignIn, workspace: Workspace, name: str, body: bytes, slug: str
) -> None:
    editor = sign_in("editor")
    before = sorted(workspace.plans.rglob("*"))
    answer = editor.send("/plan-upload", files={"file": (name, body)})
    assert answer.status_code in (409, 422)
    assert slug in answer.text
    assert f"<h1>{WORDS[slug][0]}</h1>" in answer.text
    assert sorted(workspace.plans.rglob("*")) == before
    assert not [path for path in (workspace.path / "uploads").rglob("*") if path.is_file()]


def test_a_bomb_named_word_is_refused(sign_in: SignIn) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<a>" + b" " * 60_000_000 + b"</a>")
    answer = sign_in("editor").send("/plan-upload", files={"file": ("a.docx", packed.getvalue())})
    assert answer.status_code == 422
    assert "document-too-large" in answer.text


def test_hostile_words_stay_words(console: Console, sign_in: SignIn) -> None:
    editor = sign_in("editor")
    take(editor, "2026")
    file = editor.get("/plans/2026/download").text
    body = file.replace("场馆", f"{HOSTILE}\\u202e").encode()
    where = hand_in(editor, body, f"../../{HOSTILE}.toml")
    name = '"><img src=x onerror=alert(2)>'
    at = editor.change(f"{where.partition('?')[0]}/store", name=name)
    for page in (
        editor.page(hand_in(editor, body, f"../../{HOSTILE}.toml")),
        editor.page(at),
        editor.page(f"{at}/mend"),
        editor.page(f"{at}/units"),
        editor.page("/plans"),
    ):
        assert "<script>alert" not in page
        assert "<img" not in page.replace('<img src="/static', "")
        assert "\u202e" not in page
        assert "&lt;script&gt;" in page or "&lt;img" in page


def test_a_word_file_is_read_and_kept(console: Console, sign_in: SignIn) -> None:
    editor = sign_in("editor")
    document = WordDocument()
    for line in PLAN.splitlines():
        document.add_paragraph(line)
    packed = io.BytesIO()
    document.save(packed)
    where = hand_in(editor, packed.getvalue(), "方案.docx")
    at = editor.change(f"{where.partition('?')[0]}/store", name="2026")
    assert editor.get(f"{at}/document").content == packed.getvalue()
    themes = schemes(stored(console, "2026").plan)["focus_area"]
    assert [node.title for node in themes] == ["宣传科普场馆建设", "宣传知识产权保护"]


def test_pieces_are_mended_in_place_and_an_earlier_version_undoes_it(
    console: Console, sign_in: SignIn, workspace: Workspace
) -> None:
    editor = sign_in("editor")
    take(editor, "2026")
    first = stored(console, "2026")
    page = editor.page("/plans/2026/mend")
    assert 'value="宣传科普场馆建设"' in page
    form = node_form(first.plan, 1)
    place = form["ids"].index("focus-1")
    form["titles"][place] = "宣传科普场馆开放"
    form["numbers"][place] = ""
    form["offices"][place] = "科普部、办公室"
    form["kinds"][form["ids"].index("requirement-1")] = "measure"
    editor.change("/plans/2026/mend", **form)
    second = stored(console, "2026")
    mended = {node.id: node for node in walk(second.plan.nodes)}
    assert second.version == 2
    assert (mended["focus-1"].title, mended["focus-1"].number) == ("宣传科普场馆开放", "")
    assert mended["focus-1"].offices == ("科普部", "办公室")
    assert mended["focus-1"].text == next(iter(walk(first.plan.nodes[0].children))).text
    assert mended["requirement-1"].kind == "measure"
    assert second.text == first.text
    assert (workspace.plans / "2026-v2.toml").is_file()
    [line] = trail_of(console, "plan.mend")
    assert (line.who, line.before, line.after) == ("editor", '{"version":1}', '{"version":2}')
    shown = editor.page("/plans/2026/diff")
    assert "宣传科普场馆开放" in shown
    assert "改标题" in shown
    editor.change("/plans/2026/use", version="1")
    assert stored(console, "2026").plan == first.plan
    assert "正在使用的是第 1 版" in editor.page("/plans/2026?version=2")
    with console.store.begin() as session:
        assert {one.version for one in plan_versions(session, "2026")} == {1, 2}


def test_title_and_pieces_of_a_plan_are_one_form_and_stored_by_one_save(
    console: Console, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    take(editor, "2026")
    page = lxml.html.fromstring(editor.page("/plans/2026/mend"))
    assert len(page.xpath("//main//button")) == 1
    form = editor.form("/plans/2026/mend", "/plans/2026/mend")
    form["title"] = ["某区2026年科普宣传方案（修订）"]
    form["titles"][form["ids"].index("focus-1")] = "宣传科普场馆开放"
    editor.change("/plans/2026/mend", **form)
    after = stored(console, "2026")
    assert (after.version, after.plan.title) == (2, "某区2026年科普宣传方案（修订）")
    assert "宣传科普场馆开放" in [node.title for node in walk(after.plan.nodes)]
    form["version"] = ["2"]
    editor.change("/plans/2026/mend", **form)
    assert stored(console, "2026").version == 2
    assert '<p class="hint" role="status">没有变化</p>' in editor.page("/plans/2026")


def test_who_mends_a_plan_second_is_told_and_nothing_is_lost(
    console: Console, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    take(editor, "2026")
    form = node_form(stored(console, "2026").plan, 1)
    form["titles"][form["ids"].index("focus-1")] = "甲改的标题"
    editor.change("/plans/2026/mend", **form)
    form["titles"][form["ids"].index("focus-1")] = "乙改的标题"
    answer = sign_in("admin").send("/plans/2026/mend", **form)
    assert (answer.status_code, "plan-edited-twice" in answer.text) == (409, True)
    assert "甲改的标题" in [node.title for node in walk(stored(console, "2026").plan.nodes)]


def test_the_term_a_plan_lacks_is_filled_in(console: Console, sign_in: SignIn) -> None:
    editor = sign_in("editor")
    take(editor, "无年份", PLAN.replace("2026年", ""))
    before = stored(console, "无年份").plan
    assert before.period is None
    assert "term-missing" in [doubt.slug for doubt in before.doubts]
    fields = node_form(before, 1)
    for wrong in ({"first": "2026-01-01"}, {"first": "2026-02-30", "last": "2026-12-31"}):
        assert editor.send("/plans/无年份/mend", **fields, **wrong).status_code == 422
    editor.change("/plans/无年份/mend", **fields, first="2026-01-01", last="2026-12-31")
    after = stored(console, "无年份").plan
    assert after.period == ("2026-01-01", "2026-12-31")
    assert "term-missing" not in [doubt.slug for doubt in after.doubts]


def test_an_office_keeps_its_tasks_under_another_name(console: Console, sign_in: SignIn) -> None:
    editor = sign_in("editor")
    with_office = PLAN.replace("各单位要明确专人负责", "由科普部牵头负责")
    take(editor, "2026", with_office)
    names = [office.name for office in stored(console, "2026").plan.offices]
    editor.change(
        "/plans/2026/offices",
        version="1",
        was=[*names, ""],
        names=[*[f"{name}（筹）" for name in names], "办公室"],
        aliases=[*["科普" for _ in names], ""],
    )
    now = stored(console, "2026").plan.offices
    assert [office.name for office in now] == [*[f"{name}（筹）" for name in names], "办公室"]
    assert [office.aliases for office in now] == [*[("科普",) for _ in names], ()]
    answer = editor.send(
        "/plans/2026/offices", version="2", was=["没有的科室"], names=["甲"], aliases=[""]
    )
    assert "plan-node-unknown" in answer.text


def test_a_mended_plan_file_is_handed_in_again_and_keeps_its_document(
    console: Console, sign_in: SignIn
) -> None:
    editor = sign_in("editor")
    take(editor, "2026")
    file = editor.get("/plans/2026/download").text
    assert "宣传知识产权保护" in file
    where = hand_in(
        editor, file.replace("宣传知识产权保护", "宣传专利保护").encode(), "a.toml", name="2026"
    )
    editor.change(f"{where.partition('?')[0]}/store", name="2026", carry="1")
    now = stored(console, "2026")
    assert (now.version, now.text) == (2, stored_text(console))
    assert editor.get("/plans/2026/document").status_code == 404, "nobody handed this one in"
    told = editor.get("/plans/2026/download?kind=json&version=1")
    assert Plan.from_json(told.content).title == now.plan.title


def stored_text(console: Console) -> str:
    with console.store.begin() as session:
        return get_plan(session, "2026").text


def test_taking_a_plan_into_use_makes_it_the_one_pages_are_about(
    console: Console, sign_in: SignIn, workspace: Workspace
) -> None:
    editor = sign_in("editor")
    take(editor, "2026")
    assert editor.api("/plans")["plans"][0]["name"] == "2025", "plan.default names it"
    editor.change("/plans/2026/use", version="1")
    assert Workspace.open(workspace.path).settings.get("plan.default", str) == "2026"
    assert editor.api("/plans")["plans"][0]["name"] == "2026"


def test_readers_look_and_cannot_change(console: Console, sign_in: SignIn) -> None:
    take(sign_in("editor"), "2026")
    reader = sign_in("viewer")
    for path in ("/plans", "/plans/2026", "/plans/2026/diff", "/plans/2026/check"):
        reader.page(path)
    assert "修改条目" not in reader.page("/plans/2026")
    assert reader.get("/plans/2026/mend").status_code == 403
    assert reader.send("/plans/2026/use", version="1").status_code == 403
    assert reader.get("/plans/2030").status_code == 404
    assert reader.get("/plans/2026?version=99").status_code == 404


def test_what_to_look_at_first_is_listed(sign_in: SignIn) -> None:
    editor = sign_in("editor")
    take(editor, "无年份", PLAN.replace("2026年", ""))
    assert (
        next(one["slug"] for one in editor.api("/plans/无年份/check")["remarks"]) == "term-missing"
    )
    assert "方案没有写明年份" in editor.page("/plans/无年份/check")


def test_the_document_is_cut_into_pieces_that_hold_all_of_it_once() -> None:
    reading = read_plan_text(PLAN)
    found = tree_of(reading.plan, reading.text)
    assert "".join(piece.text for piece in found.pieces) == reading.text
    assert sum(len(piece.opens) for piece in found.pieces) == sum(p.closes for p in found.pieces)
    assert [line.id for line in found.lines] == [node.id for node in walk(reading.plan.nodes)]


def test_spans_written_by_hand_and_doubts_across_pieces_break_nothing() -> None:
    nodes = (
        PlanNode(
            id="a",
            kind="focus_area",
            level=1,
            span=(0, 10),
            children=(
                PlanNode(id="b", kind="item", level=2, span=(2, 6)),
                PlanNode(id="c", kind="item", level=2, span=(4, 8)),
                PlanNode(id="d", kind="item", level=2, span=(6, 40)),
            ),
        ),
        PlanNode(id="e", kind="focus_area", level=1, span=(10, 12)),
    )
    doubts = (Doubt(span=(5, 11), what="跨条"), Doubt(span=(0, 12), what="全文"))
    found = tree_of(
        Plan(title="", kind="other", nodes=nodes, doubts=doubts), "零一二三四五六七八九甲乙"
    )
    assert {line.id for line in found.lines if line.shown} == {"a", "b", "e"}
    assert "".join(piece.text for piece in found.pieces if piece.doubt == 1) == "五六七八九甲"
    assert [piece.first for piece in found.pieces if piece.doubt] == [True, False, False]
    assert [doubt.shown for doubt in found.doubts] == [True, False]


def test_a_document_of_a_million_words_is_shown_in_part() -> None:
    text = "长" * (SHOWN + 5)
    found = tree_of(Plan(title="", kind="other"), text)
    assert (len(found.pieces[0].text), found.cut) == (SHOWN, 5)


def test_every_plan_of_the_data_folder_is_shown_whole(sign_in: SignIn) -> None:
    data = Path(__file__).parents[2] / ".." / "shared" / "data"
    files = sorted((data / "seeds").glob("*.txt"))
    if not files:
        pytest.skip("../shared/data is not here")
    editor = sign_in("editor")
    for file in files:
        where = hand_in(editor, file.read_bytes(), file.name)
        found = editor.api(where)
        assert all(line["shown"] for line in found["document"]["lines"])
        assert editor.page(where).count('class="of-node"') == len(found["document"]["lines"])


def test_programs_hand_in_and_mend_a_plan_as_people_do(console: Console, sign_in: SignIn) -> None:
    editor = sign_in("editor")
    answer = editor.client.post(
        "/api/plan-upload",
        data={"name": "2026"},
        files={"file": ("plan.txt", PLAN.encode())},
        headers={"x-csrf-token": editor.token},
    )
    assert answer.status_code == 200, answer.text
    where = answer.json()["to"].partition("?")[0]
    assert editor.post_json(f"{where}/store", {"name": "2026"}).status_code == 200
    form = node_form(stored(console, "2026").plan, 1)
    form["titles"][form["ids"].index("focus-1")] = "机器改的标题"
    answer = editor.post_json("/plans/2026/mend", {**form, "version": 1})
    assert answer.status_code == 200, answer.text
    assert "第 2 版" in answer.json()["said"]
    assert "机器改的标题" in [
        line["title"] for line in editor.api("/plans/2026")["document"]["lines"]
    ]
