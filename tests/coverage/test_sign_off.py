"""The stages of a report, and what may follow what."""

from __future__ import annotations

import pytest

from pipeline.coverage.sign_off import STAGE_NAMES, next_step, sign_off_of, stage_code
from pipeline.errors import BadInput, XuanjianError
from pipeline.store.signed import SignStep

ORDER = list(STAGE_NAMES)


def signed(*stages: str, figures: str = "f") -> tuple[SignStep, ...]:
    return tuple(
        SignStep(version=1, stage=stage, by="甲", at="2025-02-01", figures=figures)
        for stage in stages
    )


def refused(
    steps: tuple[SignStep, ...], to: str, by: str = "乙", note: str = "", figures: str = "f"
) -> BadInput:
    with pytest.raises(BadInput) as caught:
        next_step(steps, to, by, note, figures)
    return caught.value


def test_a_report_goes_stage_by_stage() -> None:
    steps: tuple[SignStep, ...] = ()
    for stage in ORDER[1:]:
        steps = (*steps, next_step(steps, stage, f"签{stage}", "", "f"))
        assert sign_off_of(steps).stage == stage
    assert sign_off_of(steps).locked


@pytest.mark.parametrize("to", range(2, 5))
def test_skipping_a_stage_is_refused_naming_the_next(to: int) -> None:
    error = refused((), ORDER[to])
    assert error.slug == "sign-off-order"
    assert STAGE_NAMES["check"] in error.hint


def test_a_step_back_needs_a_reason() -> None:
    steps = signed("check", "collation")
    assert refused(steps, "draft").slug == "sign-off-reason"
    assert next_step(steps, "draft", "乙", "漏列一篇", "f").stage == "draft"


def test_a_stage_may_be_signed_again() -> None:
    assert next_step(signed("check"), "check", "乙", "", "g").figures == "g"


def test_nothing_but_a_new_version_with_a_reason_follows_issue() -> None:
    steps = signed("check", "collation", "approval", "issued")
    for stage in ORDER[1:]:
        assert refused(steps, stage).slug == "sign-off-locked"
    assert refused(steps, "draft").slug == "sign-off-reason"
    opened = next_step(steps, "draft", "乙", "更正", "f")
    assert (opened.version, opened.stage) == (2, "draft")
    assert sign_off_of((*steps, opened)).steps == (opened,)


def test_what_is_issued_is_what_was_approved() -> None:
    steps = signed("check", "collation", "approval")
    assert refused(steps, "issued", figures="g").slug == "sign-off-figures"


def test_who_collated_does_not_approve_unless_nobody_else_could() -> None:
    steps = signed("check", "collation")
    with pytest.raises(XuanjianError) as caught:
        next_step(steps, "approval", " 甲 ", "", "f")
    assert caught.value.slug == "sign-off-same-person"
    assert next_step(steps, "approval", "甲", "", "f", alone=True).by == "甲"
    assert next_step(steps, "approval", "乙", "", "f").by == "乙"
    again = (*steps, next_step(steps, "collation", "乙", "", "f"))
    assert next_step(again, "approval", "甲", "", "f").by == "甲", "it is 乙's word that stands"
    assert next_step(steps, "collation", "甲", "", "f").by == "甲"


def collated(by: str, account: int) -> tuple[SignStep, ...]:
    return (
        *signed("check"),
        SignStep(version=1, stage="collation", by=by, account=account, figures="f"),
    )


def test_two_people_of_one_name_do_not_block_each_other() -> None:
    made = next_step(collated("王芳", 3), "approval", "王芳", "", "f", account=4)
    assert (made.by, made.account) == ("王芳", 4)


def test_who_is_called_otherwise_by_now_is_still_who_collated() -> None:
    with pytest.raises(XuanjianError) as caught:
        next_step(collated("王芳", 3), "approval", "王局长", "", "f", account=3)
    assert caught.value.slug == "sign-off-same-person"


@pytest.mark.parametrize(("before", "now"), [(3, 0), (0, 3), (0, 0)])
def test_names_are_compared_where_one_signed_at_the_command_line(before: int, now: int) -> None:
    with pytest.raises(XuanjianError) as caught:
        next_step(collated("王芳", before), "approval", "王芳", "", "f", account=now)
    assert caught.value.slug == "sign-off-same-person"
    assert next_step(collated("王芳", before), "approval", "李强", "", "f", account=now)


def test_who_approved_may_issue() -> None:
    steps = (*collated("王芳", 3), next_step(collated("王芳", 3), "approval", "李强", "", "f"))
    assert next_step(steps, "issued", "李强", "", "f").stage == "issued"


def test_a_signature_needs_a_name() -> None:
    assert refused((), "check", by="  ").slug == "sign-off-name"


def test_stages_are_known_by_code_and_by_name() -> None:
    assert [stage_code(name) for name in STAGE_NAMES.values()] == ORDER
    with pytest.raises(BadInput) as caught:
        stage_code("盖章")
    assert caught.value.slug == "sign-off-stage"
