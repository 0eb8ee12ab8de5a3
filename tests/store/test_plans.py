"""Stored plans: versions, the one in use, what no plan may be called. On both engines."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from pipeline.errors import BadInput, XuanjianError
from pipeline.plan.model import Plan, PlanNode
from pipeline.store import plans
from pipeline.store.store import Store
from pipeline.store.tables import PlanRow
from tests.store.test_store import plan


def test_a_plan_gets_a_new_version_only_when_its_reading_changes(store: Store) -> None:
    with store.begin() as session:
        assert plans.save_plan(session, "2025", plan(), "x").version == 1
        assert plans.save_plan(session, "2025", plan(), "x").version == 1
        assert plans.save_plan(session, "2025", plan("新题"), "x").version == 2
        assert [stored.version for stored in plans.list_plans(session)] == [2]
        with pytest.raises(XuanjianError, match="2026") as caught:
            plans.get_plan(session, "2026")
    assert "2025" in caught.value.hint


def test_a_plan_with_nothing_to_audit_is_refused(store: Store) -> None:
    bare = Plan(title="通知", kind="other")
    with pytest.raises(BadInput) as caught, store.begin() as session:
        plans.save_plan(session, "x", bare, "")
    assert caught.value.slug == "plan-without-themes"


def test_the_plan_last_taken_into_use_comes_first(store: Store) -> None:
    with store.begin() as session:
        plans.save_plan(session, "a", plan("一"), "")
        plans.save_plan(session, "b", plan("二"), "")
        assert [stored.name for stored in plans.list_plans(session)] == ["b", "a"]
        plans.use_plan(session, "a")
        assert [stored.name for stored in plans.list_plans(session)] == ["a", "b"]
        plans.save_plan(session, "a", plan("三"), "")
        assert plans.save_plan(session, "a", plan("一"), "").version == 1
        assert plans.get_plan(session, "a").version == 1, "an earlier reading is in use again"
        assert plans.use_version(session, "a", 2).plan.title == plan("三").title
        assert plans.get_plan(session, "a").version == 2
        assert [(one.name, one.version) for one in plans.plan_versions(session)] == [
            ("a", 2),
            ("a", 1),
            ("b", 1),
        ]
        assert plans.get_version(session, "a", 1).text == ""
        with pytest.raises(XuanjianError, match="no version 9"):
            plans.get_version(session, "a", 9)


def test_one_plan_is_found_without_reading_what_the_others_say(store: Store) -> None:
    with store.begin() as session:
        assert plans.last_plan(session) == ()
        plans.save_plan(session, "a", plan("一"), "")
        plans.save_plan(session, "b", plan("二"), "")
        plans.save_plan(session, "a", plan("三"), "")
        session.execute(update(PlanRow).where(PlanRow.name == "b").values(body="{}"))
    with store.begin() as session:
        with pytest.raises(XuanjianError, match="another format"):
            plans.list_plans(session)
        last = plans.last_plan(session)
        assert last == plans.get_plan(session, "a")
        assert last
        assert (last.version, last.plan.title) == (2, plan("三").title)
        assert [(one.name, one.version) for one in plans.plans_in_use(session)] == [
            ("a", 2),
            ("b", 1),
        ]
        for strange in ("c", "a\0"):
            with pytest.raises(XuanjianError, match="no plan named") as told:
                plans.get_plan(session, strange)
            assert "a, b" in told.value.hint


@pytest.mark.parametrize("name", ["", "..", " ", "a/b", "a\nb", "方" * 101])
def test_a_plan_is_not_stored_under_a_name_no_address_can_hold(store: Store, name: str) -> None:
    with store.begin() as session, pytest.raises(BadInput) as caught:
        plans.save_plan(session, name, plan(), "")
    assert caught.value.slug == "plan-name"


def test_a_plan_file_with_odd_pieces_is_refused_or_stored_whole(store: Store) -> None:
    def of(*ids: str, period: tuple[str, str] | None = None, title: str = "题") -> Plan:
        nodes = tuple(
            PlanNode(id=one, kind="focus_area", level=1, title=title, number="一" * 80)
            for one in ids
        )
        return Plan(title=title, kind="publicity_plan", nodes=nodes, period=period)

    odd = [
        (of("a", "a"), "plan-ids"),
        (of("长" * 65), "plan-ids"),
        (of("a\0"), "plan-ids"),
        (of("a", period=("2026", "2026-12-31")), "plan-term"),
        (of("a", period=("2026-12-31", "2026-01-01")), "plan-term"),
    ]
    with store.begin() as session:
        for wrong, slug in odd:
            with pytest.raises(BadInput) as caught:
                plans.save_plan(session, "2026", wrong, "")
            assert caught.value.slug == slug
        title = "标\0题" * 500
        stored = plans.save_plan(session, "2026", of("a", title=title), "")
        assert plans.get_version(session, "2026", 1).plan == stored.plan
        with pytest.raises(XuanjianError):
            plans.get_version(session, "20\0", 1)
