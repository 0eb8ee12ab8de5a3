"""Proofs of obligations in the store, the files they are kept as, and what is looked for in news.
On both engines."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from pipeline.assignment import ItemAssignments, PlanClause, ThemeScore
from pipeline.errors import BadInput
from pipeline.news import NewsItem
from pipeline.plan.model import Obligation, Plan, PlanNode
from pipeline.store import assignments, facts, items, plans, runs
from pipeline.store.answered import answered_clauses, stories_telling
from pipeline.store.mentions import stories_naming
from pipeline.store.proof_files import keep_file
from pipeline.store.proofs import StoredProof, add_proof, proofs_of, withdraw_proof
from pipeline.store.store import Store
from pipeline.store.stories import StoredStory, replace_stories

WORDS = {"form-1": "组织集中采访", "form-2": "开展知识产权宣传"}


def plan(*ids: str) -> Plan:
    theme = PlanNode(id="focus-1", kind="focus_area", level=1, title="创新创业")
    duties = tuple(
        Obligation(node=name, what=what) for name, what in zip(ids, WORDS.values(), strict=True)
    )
    return Plan(title="方案", kind="publicity_plan", nodes=(theme,), obligations=duties)


def proof(**fields: object) -> StoredProof:
    values: dict[str, object] = {
        "obligation": "form-1", "kind": "file", "day": "2025-04-08", "reference": "a.png",
        "by": "李晓", "sha256": "0" * 64, "media": ("样例日报",), "note": "签到表",
    }  # fmt: skip
    return StoredProof(**{**values, **fields})  # type: ignore[arg-type]


def test_a_proof_comes_back_as_it_was_given_with_its_number(store: Store) -> None:
    with store.begin() as session:
        stored = plans.save_plan(session, "2025", plan(*WORDS), "")
        added = add_proof(session, stored, WORDS["form-1"], proof())
    with store.begin() as session:
        (found,) = proofs_of(session, stored, WORDS)
    assert found == added
    assert added.number > 0


def test_the_same_file_twice_for_one_obligation_is_refused_and_for_another_it_is_not(
    store: Store,
) -> None:
    with store.begin() as session:
        stored = plans.save_plan(session, "2025", plan(*WORDS), "")
        add_proof(session, stored, WORDS["form-1"], proof())
        add_proof(session, stored, WORDS["form-2"], proof(obligation="form-2"))
        with pytest.raises(BadInput) as caught:
            add_proof(session, stored, WORDS["form-1"], proof(reference="b.png"))
    assert caught.value.slug == "proof-known"


def test_a_proof_taken_back_is_gone_and_cannot_be_taken_back_twice(store: Store) -> None:
    with store.begin() as session:
        stored = plans.save_plan(session, "2025", plan(*WORDS), "")
        other = plans.save_plan(session, "2026", plan(*WORDS), "")
        number = add_proof(session, stored, WORDS["form-1"], proof()).number
        with pytest.raises(BadInput):
            withdraw_proof(session, other, number, "王", "")
        withdraw_proof(session, stored, number, "王", "传错")
        assert proofs_of(session, stored, WORDS) == ()
        with pytest.raises(BadInput) as caught:
            withdraw_proof(session, stored, number, "王", "")
        add_proof(session, stored, WORDS["form-1"], proof())
    assert caught.value.slug == "proof-missing"


def test_a_proof_follows_its_words_into_the_next_version_of_the_plan(store: Store) -> None:
    with store.begin() as session:
        old = plans.save_plan(session, "2025", plan("form-1", "form-2"), "")
        add_proof(session, old, WORDS["form-1"], proof())
        new = plans.save_plan(session, "2025", plan("form-3", "form-1"), "")
        renumbered = {"form-3": WORDS["form-1"], "form-1": WORDS["form-2"]}
        assert [one.obligation for one in proofs_of(session, new, renumbered)] == ["form-3"]
        assert proofs_of(session, new, {"form-1": "别的事项"}) == ()


def news(name: str, day: str, title: str, text: str = "正文") -> NewsItem:
    return NewsItem(id=name, title=title, text=text, date=day)


def fold(store: Store, *found: NewsItem) -> None:
    with store.begin() as session:
        items.add_items(session, found, runs.start_run(session, "import"))
        replace_stories(
            session,
            (
                StoredStory(
                    id=f"s-{item.id}", original=item.id, day=item.date, level="other",
                    items=(item.id,),
                )
                for item in found
            ),
        )  # fmt: skip


def test_a_story_given_as_proof_is_found_again_by_its_original(store: Store) -> None:
    fold(store, news("a", "2025-04-26", "知识产权宣传"))
    with store.begin() as session:
        stored = plans.save_plan(session, "2025", plan(*WORDS), "")
        add_proof(session, stored, WORDS["form-1"], proof(kind="story", reference="a", sha256=""))
        (found,) = proofs_of(session, stored, WORDS)
    assert found.reference == "s-a"


def test_stories_are_named_in_title_or_lead_within_their_days(store: Store) -> None:
    fold(
        store,
        news("title", "2025-04-26", "知识产权日活动举行"),
        news("lead", "2025-04-20", "活动举行", "本报讯 在知识产权日到来之际"),
        news("far", "2025-04-21", "活动举行", "长" * 400 + "知识产权日"),
        news("late", "2025-06-26", "知识产权日回顾"),
        news("sign", "2025-04-22", "知识_权日"),
    )
    with store.begin() as session:
        april = {"知识产权日": (("2025-04-16", "2025-05-11"),)}
        assert [one.story for one in stories_naming(session, april)] == ["s-lead", "s-title"]
        year = {"知识产权日": (("2025-01-01", "2025-12-31"),)}
        assert [one.story for one in stories_naming(session, year)] == ["s-title", "s-late"]


def test_clauses_and_figures_are_asked_of_counted_stories_only(store: Store) -> None:
    fold(
        store,
        news("a", "2025-04-26", "甲", "高新技术企业达到20家"),
        news("b", "2025-04-27", "乙", "高新技术企业达到30家"),
        news("c", "2025-07-27", "丙", "高新技术企业达到40家"),
        news("d", "2025-04-28", "丁", "高新技术企业达到50家"),
    )
    clause = PlanClause(node="focus-1", text="创新创业", similarity=0.2)
    with store.begin() as session:
        stored = plans.save_plan(session, "2025", plan(*WORDS), "")
        results = [
            ItemAssignments(
                id=f"s-{name}",
                themes=(
                    ThemeScore(
                        id="focus-1", title="", probability=0.9, assigned=name != "d", evidence=(),
                        answers=clause,
                    ),
                ),
            )
            for name in "abcd"
        ]  # fmt: skip
        assignments.save_assignments(session, stored.id, ["focus-1"], ("base", "f"), results)
        judge = facts.judge_of(session, stored.name, "f")
        codes = {"a": "local", "b": "elsewhere", "c": "local", "d": "local"}
        facts.save_facts(
            session,
            judge,
            [facts.StoryFact(story=f"s-{n}", locality=c, reason="") for n, c in codes.items()],  # type: ignore[arg-type]
        )
        spring = ("2025-04-01", "2025-06-30")
        asked = (session, stored.id, ["focus-1"], judge, {"local"}, spring)
        found = list(answered_clauses(*asked, 0.1))
        assert [(row.story, row.clause, row.nearness) for row in found] == [
            ("s-a", clause.key, 0.2)
        ]
        assert list(answered_clauses(*asked, 0.3)) == []
        told = stories_telling(session, stored.id, judge, {"local"}, spring, {"高新技术"}, {"s-d"})
        assert [story for story, _, _ in told] == ["s-a", "s-d"]
        none = stories_telling(session, stored.id, judge, {"local"}, spring, {"专利"}, ())
        assert list(none) == []


def test_a_file_is_kept_once_under_its_sum_and_whole(tmp_path: Path) -> None:
    sheet = tmp_path / "签到表.TXT"
    sheet.write_text("集中采访签到表，媒体 12 家", encoding="utf-8")
    kept = keep_file(sheet, tmp_path / "proofs")
    assert kept.sha256 == hashlib.sha256(sheet.read_bytes()).hexdigest()
    assert kept.name == f"{kept.sha256[:16]}.txt"
    assert kept.looked_into
    assert (tmp_path / "proofs" / kept.name).read_bytes() == sheet.read_bytes()
    assert keep_file(sheet, tmp_path / "proofs") == kept
    assert len(list((tmp_path / "proofs").iterdir())) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("通知.txt", "秘密★1年\n集中采访通知"),
        ("通知.txt", "内部资料 注意保存\n集中采访通知"),
        ("名单.csv", "内部资料,\n甲,乙"),
        ("机密-通知.png", "图"),
    ],
)
def test_a_file_that_bears_a_mark_is_refused_and_nothing_of_it_is_kept(
    tmp_path: Path, name: str, text: str
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        keep_file(path, tmp_path / "proofs")
    assert caught.value.slug == "proof-secret"
    assert not (tmp_path / "proofs").exists()


def test_a_picture_is_kept_and_said_not_to_be_looked_into(tmp_path: Path) -> None:
    picture = tmp_path / "现场.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n....")
    assert not keep_file(picture, tmp_path / "proofs").looked_into
    empty = tmp_path / "空.png"
    empty.write_bytes(b"")
    with pytest.raises(BadInput) as caught:
        keep_file(empty, tmp_path / "proofs")
    assert caught.value.slug == "proof-empty"
