"""A story of a section is a story of its chapter, once; what is said of parts holds for the whole."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.coverage.audit import audit
from pipeline.coverage.known import Known
from pipeline.coverage.periods import make_period
from pipeline.coverage.report import CoverageReport, ModelNote, PlanNote, Tally, ThemeLine
from pipeline.coverage.unions import confirmed_parts, joined_decisions, unions_of
from pipeline.locality import LocalityJudge
from pipeline.news import NewsItem
from pipeline.plan.model import Plan, PlanNode
from pipeline.store.assignments import Decision, StoredAssignment
from pipeline.store.audits import AuditedStory, StoredAudit
from pipeline.store.runs import LedgerEntry, SourceRecord
from tests.coverage.making import MadeStory, made_known

SECTIONS = tuple(
    PlanNode(id=f"section-1.{n}", kind="section", level=2, title=f"第{n}节") for n in (1, 2)
)
OTHER = PlanNode(id="section-2.1", kind="section", level=2, title="另一节")
CHAPTERS = (
    PlanNode(id="chapter-1", kind="chapter", level=1, title="第一章", children=SECTIONS),
    PlanNode(id="chapter-2", kind="chapter", level=1, title="第二章", children=(OTHER,)),
)
PLAN = Plan(title="规划", kind="development_plan", nodes=CHAPTERS)
YES, NO = Decision(True, "王"), Decision(False, "王")


def story(name: str) -> MadeStory:
    item = NewsItem(id=f"n{name}", title=f"科技{name}", text="正文", date="2025-02-10", source="k")
    return MadeStory(id=f"s{name}", day="2025-02-10", level="municipal", items=(item,))


def said(theme: str, probability: float = 0.8, assigned: bool = True) -> StoredAssignment:
    return StoredAssignment(theme=theme, probability=probability, assigned=assigned)


def known(
    scheme: str,
    count: int,
    assignments: dict[str, tuple[StoredAssignment, ...]] | None = None,
    decisions: dict[str, dict[str, Decision]] | None = None,
    sample: StoredAudit | None = None,
) -> Known:
    values = {
        "plan": PLAN,
        "note": PlanNote(
            title="规划",
            name="145",
            kind="development_plan",
            fingerprint="f",
            scheme=scheme,
            scheme_name="",
        ),
        "themes": CHAPTERS if scheme == "chapter" else (*SECTIONS, OTHER),
        "period": make_period(date(2025, 1, 1), date(2025, 3, 31)),
        "bar": 1,
        "localities": frozenset({"local"}),
        "model": ModelNote(name="base", fingerprint="m"),
        "generated_at": "2025-04-01T00:00:00+00:00",
        "decisions": decisions or {},
        "sources": (SourceRecord(id="k", name="市科技局"),),
        "ledger": (LedgerEntry(source="k", column="动态", extracted=3),),
        "windows": {("k", "动态"): ((date(2024, 12, 1), date(2025, 4, 1)),)},
        "audit": sample,
    }
    stories = [story(f"{n:02d}") for n in range(count)]
    return made_known(stories, assignments or {}, LocalityJudge("", ()), values)


def lines(report: CoverageReport) -> dict[str, ThemeLine]:
    return {line.id: line for line in (*report.themes, *report.groups)}


def test_a_story_under_two_sections_is_one_story_of_their_chapter() -> None:
    both = {"s00": (said("section-1.1"), said("section-1.2", 0.6)), "s01": (said("section-1.2"),)}
    report = audit(known("section", 3, both))
    found = lines(report)
    assert found["section-1.1"].tally.machine + found["section-1.2"].tally.machine == 3
    assert found["chapter-1"].tally == Tally(machine=2)
    assert sum(found["chapter-1"].by_month, Tally()) == Tally(machine=2)
    assert found["chapter-2"].tally == Tally()
    assert [line.id for line in report.groups] == ["chapter-1", "chapter-2"]


def test_what_is_confirmed_for_a_section_is_confirmed_for_its_chapter() -> None:
    held = {"s00": {"section-1.1": YES}, "s01": {"section-1.1": YES, "section-1.2": YES}}
    for scheme in ("chapter", "section"):
        report = audit(known(scheme, 3, {"s00": (said("section-1.1"),)}, held))
        assert lines(report)["chapter-1"].tally == Tally(confirmed=1, corrected=1)


def test_a_chapter_denied_says_nothing_of_its_sections() -> None:
    marks = {"s00": (said("chapter-1"), said("section-1.1"))}
    held = {"s00": {"chapter-1": NO}}
    assert lines(audit(known("section", 1, marks, held)))["section-1.1"].tally == Tally(machine=1)
    assert lines(audit(known("chapter", 1, marks, held)))["chapter-1"].tally == Tally(rejected=1)


def test_a_section_confirmed_outweighs_its_chapter_denied() -> None:
    held = {"s00": {"chapter-1": NO, "section-1.2": YES}}
    marks = {"s00": (said("chapter-1"),)}
    assert lines(audit(known("chapter", 1, marks, held)))["chapter-1"].tally == Tally(confirmed=1)


@pytest.mark.parametrize(("second", "tally"), [(NO, Tally(rejected=1)), (None, Tally(machine=1))])
def test_a_group_is_denied_when_all_of_its_sections_are(
    second: Decision | None, tally: Tally
) -> None:
    held = {"section-1.1": NO} | ({"section-1.2": second} if second else {})
    report = audit(known("section", 1, {"s00": (said("section-1.2"),)}, {"s00": held}))
    assert lines(report)["chapter-1"].tally == tally


def test_what_is_denied_for_every_section_is_not_denied_for_an_audited_chapter() -> None:
    held = {"s00": {"section-1.1": NO, "section-1.2": NO}}
    report = audit(known("chapter", 1, {"s00": (said("chapter-1"),)}, held))
    assert lines(report)["chapter-1"].tally == Tally(machine=1), "the chapter has words of its own"


def test_a_group_is_estimated_from_the_audit_of_its_sections_and_never_as_their_sum() -> None:
    sample = StoredAudit(
        id=1,
        scheme="section",
        scheme_fingerprint="f",
        period=("2025-01-01", "2025-03-31"),
        seed=1,
        at_most=0,
        model=("base", "m"),
        stories=tuple(
            AuditedStory(
                story=f"s{n:02d}",
                item=f"n{n:02d}",
                stratum="local:low",
                look=int(n < 20),
                scores={"section-1.1": 0.1, "section-1.2": 0.3, "section-2.1": 0.2},
            )
            for n in range(40)
        ),
    )
    belongs = {"section-1.1": YES, "section-1.2": YES, "section-2.1": NO}
    nothing = dict.fromkeys(belongs, NO)
    held = {f"s{n:02d}": belongs if n < 6 else nothing for n in range(20)}
    facts = known("section", 40, None, held, sample)
    found = lines(audit(facts))
    assert facts.population is not None
    assert facts.population.scores[0].tolist() == [0.1, 0.3, 0.2, 0.3, 0.2]
    section, chapter = found["section-1.1"].estimate, found["chapter-1"].estimate
    assert section is not None
    assert chapter is not None
    assert (chapter.low, chapter.high) == (section.low, section.high), "the same six stories"


def test_a_plan_without_layers_has_no_groups_and_every_theme_is_its_own_only_part() -> None:
    flat = tuple(PlanNode(id=f"focus-{n}", kind="focus_area", level=1) for n in (1, 2))
    unions = unions_of(Plan(title="方案", kind="publicity_plan", nodes=flat), flat)
    assert [(one.parts, one.members) for one in unions] == [
        (("focus-1",), ()),
        (("focus-2",), ()),
    ]


def test_what_a_person_confirmed_for_a_chapter_asks_for_the_chances_of_all_its_sections() -> None:
    unions = unions_of(PLAN, (*SECTIONS, OTHER))
    held = joined_decisions(
        {"s1": {"section-1.1": YES}, "s2": {"section-1.2": NO}, "s3": {"section-2.1": YES}}, unions
    )
    assert confirmed_parts(held, unions) == {
        "section-1.1": ["s1"],
        "section-1.2": ["s1"],
        "chapter-1": ["s1"],
        "section-2.1": ["s3"],
        "chapter-2": ["s3"],
    }
