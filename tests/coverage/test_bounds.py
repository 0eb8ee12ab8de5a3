"""What a drawn and read sample says of a theme, with all that may change after the draw."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date

import msgspec
import pytest

from pipeline.coverage.audit import audit
from pipeline.coverage.bounds import Frame, Sampled
from pipeline.coverage.known import Known
from pipeline.coverage.periods import make_period
from pipeline.coverage.report import ModelNote, PlanNote
from pipeline.coverage.sampling import READ, most_unseen, sampling_order
from pipeline.locality import LocalityJudge
from pipeline.news import NewsItem
from pipeline.plan.model import Plan, PlanNode
from pipeline.store.assignments import Decision
from pipeline.store.audits import AuditedStory, StoredAudit
from pipeline.store.runs import LedgerEntry, SourceRecord
from tests.coverage.making import MadeStory, made_known

THEME = PlanNode(id="focus-1", kind="focus_area", level=2, number="（一）", title="创业")

JUDGE = LocalityJudge("1506", ())


def names(count: int) -> list[str]:
    return [f"s{n:03d}" for n in range(count)]


def draw(count: int, size: int, *, read: int = 0, seed: int = 1) -> StoredAudit:
    """An audit of ``count`` stories, the first ``read`` of them read before the draw."""
    open_ones = dict.fromkeys(names(count)[read:], "local:low")
    drawn = {*sampling_order(open_ones, seed)[:size], *names(count)[:read]}
    return StoredAudit(
        id=5,
        scheme="focus_area",
        scheme_fingerprint="f",
        period=("2025-01-01", "2025-03-31"),
        seed=seed,
        at_most=1,
        model=("base", "m"),
        stories=tuple(
            AuditedStory(
                story=name,
                item=f"n{name}",
                stratum=open_ones.get(name, READ),
                look=int(name in drawn),
                scores={"focus-1": 0.1},
            )
            for name in names(count)
        ),
    )


def known(
    sample: StoredAudit | None, count: int, truth: Mapping[str, bool], **changes: object
) -> Known:
    values: dict[str, object] = {
        "plan": Plan(title="方案", kind="publicity_plan", nodes=(THEME,)),
        "note": PlanNote(
            title="方案",
            name="2025",
            kind="publicity_plan",
            fingerprint="f",
            scheme="focus_area",
            scheme_name="宣传重点",
        ),
        "themes": (THEME,),
        "period": make_period(date(2025, 1, 1), date(2025, 3, 31)),
        "bar": 3,
        "localities": frozenset({"local"}),
        "model": ModelNote(name="base", fingerprint="m"),
        "generated_at": "2025-04-01T00:00:00+00:00",
        "stories": tuple(story(name) for name in names(count)),
        "decisions": {name: {"focus-1": Decision(said, "王")} for name, said in truth.items()},
        "sources": (SourceRecord(id="kjj", name="市科技局"),),
        "ledger": (LedgerEntry(source="kjj", column="动态", extracted=3),),
        "windows": {("kjj", "动态"): ((date(2024, 12, 1), date(2025, 4, 1)),)},
        "audit": sample,
    }
    values |= changes
    return made_known(values.pop("stories"), {}, JUDGE, values)  # type: ignore[arg-type]


def story(name: str, day: str | None = "2025-02-10") -> MadeStory:
    item = NewsItem(id=f"n{name}", title=f"东胜区科技{name}", text="正文", source="kjj", date=day)
    return MadeStory(id=name, day=day, level="municipal", items=(item,))


def sampled(facts: Known) -> Sampled:
    frame = Frame.of(facts)
    assert frame is not None
    return frame.sampled("focus-1")


def test_a_sample_that_found_none_is_a_blank_with_its_bound() -> None:
    sample = draw(60, 56)
    nothing = {row.story: False for row in sample.drawn}
    report = audit(known(sample, 60, nothing))
    bound = most_unseen([60], [56], 0.05 / 3)
    (line,) = report.themes
    assert line.state == "blank"
    assert f"推算至多 {bound} 篇/共 60 篇" in line.reason
    assert line.estimate is not None
    assert (line.estimate.low, line.estimate.high) == (0, bound)
    assert (line.estimate.audit, line.estimate.model) == (5, "m")


def test_a_sample_not_read_to_the_end_gives_no_limits() -> None:
    sample = draw(60, 56)
    nothing = {row.story: False for row in sample.drawn[1:]}
    (line,) = audit(known(sample, 60, nothing)).themes
    assert line.state == "undecided"
    assert line.estimate is None
    assert "尚有 1 篇未判" in line.reason


def test_decisions_outside_the_sample_never_enter_as_if_drawn() -> None:
    sample = draw(60, 20)
    nothing = {row.story: False for row in sample.drawn}
    others = [row.story for row in sample.stories if not row.look][:5]
    alone = sampled(known(sample, 60, nothing))
    beside = sampled(known(sample, 60, nothing | dict.fromkeys(others, True)))
    assert alone == beside
    assert beside.limits(5, 40) == (5, alone.high, alone.ceiling)
    assert alone.limits(5, 7)[1] == 7, "what was denied cannot be true"


def test_what_was_read_before_the_draw_is_known_exactly_and_stands_for_nothing() -> None:
    sample = draw(60, 30, read=20)
    truth = {row.story: row.stratum == READ and row.story < "s004" for row in sample.drawn}
    found = sampled(known(sample, 60, truth))
    assert found.low == 4
    assert found.ceiling == 4 + most_unseen([40], [30], 0.05 / 3)


def test_stories_that_came_in_later_or_have_no_date_widen_the_high_limit() -> None:
    sample = draw(60, 56)
    nothing = {row.story: False for row in sample.drawn}
    plain = sampled(known(sample, 60, nothing))
    late = sampled(known(sample, 62, nothing))
    assert (late.late, late.ceiling, late.more) == (2, plain.ceiling + 2, 0)
    read = sampled(known(sample, 62, nothing | {"s060": True, "s061": False}))
    assert (read.low, read.ceiling) == (1, plain.ceiling + 1)
    stories = (*(story(name) for name in names(60)), story("u", None))
    undated = known(sample, 60, nothing, stories=stories)
    assert sampled(undated).ceiling == plain.ceiling + 1
    report = audit(known(sample, 62, nothing))
    assert any("抽取之后新入 2 篇未判" in line for line in report.unchecked)


def test_a_story_that_no_longer_counts_needs_no_decision_and_is_no_story_of_the_theme() -> None:
    sample = draw(60, 56)
    gone = sample.drawn[0].story
    truth = {row.story: False for row in sample.drawn if row.story != gone}
    left = tuple(story(name) for name in names(60) if name != gone)
    frame = Frame.of(known(sample, 60, truth, stories=left))
    assert frame is not None
    assert (frame.sampled("focus-1").missing, int(frame.late.sum())) == (0, 0)


def test_two_stories_folded_into_one_are_counted_once() -> None:
    sample = draw(4, 4)
    one, other = story("s000"), story("s001")
    merged = MadeStory(id="s009", day=one.day, level="municipal", items=(*one.items, *other.items))
    stories = (merged, story("s002"), story("s003"))
    truth = {"s009": True, "s002": False, "s003": False}
    frame = Frame.of(known(sample, 4, truth, stories=stories))
    assert frame is not None
    found = frame.sampled("focus-1")
    assert (found.low, found.high) == (1, 1)


def test_a_decision_changed_after_the_closing_is_said_and_the_wider_limits_hold() -> None:
    sample = draw(60, 56)
    first = sample.drawn[0].story
    closed = msgspec.structs.replace(
        sample,
        closed_at="2025-04-01",
        stories=tuple(
            msgspec.structs.replace(
                row,
                closed_themes=(("focus-1",) if row.story == first else ()) if row.look else None,
            )
            for row in sample.stories
        ),
    )
    nothing = {row.story: False for row in sample.drawn}
    then = sampled(known(sample, 60, nothing | {first: True}))
    both = sampled(known(closed, 60, nothing))
    assert both.changed == 1
    assert both.ceiling == then.high > sampled(known(sample, 60, nothing)).ceiling
    report = audit(known(closed, 60, nothing))
    assert report.themes[0].state == "undecided"
    assert any("判完后又有 1 处改判" in line for line in report.unchecked)


def test_an_audit_of_other_themes_is_named_and_not_used() -> None:
    report = audit(known(None, 3, {}, stale_audits=(4,)))
    assert "抽查 4 按方案修订前的条目抽取，未用于推算。" in report.unchecked


@pytest.mark.parametrize("true_ones", [5, 20])
def test_states_are_claimed_wrongly_in_at_most_a_twentieth_of_audits(true_ones: int) -> None:
    """500 audits of 120 stories, 70 drawn. Five true ones are more than the four a sample with
    none leaves, and thin below a bar of five; with twenty, both limits have room to be wrong."""
    none_claimed = low_wrong = high_wrong = 0
    stories = tuple(story(name) for name in names(120))
    belongs = random.Random(3).sample(names(120), true_ones)
    for seed in range(500):
        sample = draw(120, 70, seed=seed)
        truth = {row.story: row.story in belongs for row in sample.drawn}
        found = sampled(known(sample, 0, truth, stories=stories))
        none_claimed += found.ceiling < true_ones
        low_wrong += found.low > true_ones
        high_wrong += found.high < true_ones
    assert none_claimed <= 25
    assert low_wrong + high_wrong <= 25
    assert true_ones > 5 or none_claimed, "the bound is not wider than it must be"
