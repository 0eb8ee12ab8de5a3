"""The register of submissions in the database, on both engines."""

from __future__ import annotations

import msgspec
import pytest

from pipeline.errors import XuanjianError
from pipeline.news import NewsItem
from pipeline.register import Adoption, LeaderEvent, Submission
from pipeline.register_history import Registered, Taken
from pipeline.store import items, printings, register, register_list, runs
from pipeline.store.readings import choose_readings, chosen_readings
from pipeline.store.store import Store

ONE = Submission(
    file="a.xlsx", row=2, offices=("高新科",), day="2017-03-01", title="园区纪实", column="信息"
)
TWO = msgspec.structs.replace(ONE, row=3, title="企业培育", offices=("综合科", "高新科"))
USE = Adoption(outlet="某市日报", level="municipal", day="2017-03-03")


def taken(store: Store, *submissions: Submission, by: str = "王芳") -> Taken:
    with store.begin() as session:
        return register.take_in(session, submissions, "import", by, "a.xlsx")


def stored(store: Store, **asked: object) -> list[Registered]:
    with store.begin() as session:
        return list(register.registered(session, **asked))  # type: ignore[arg-type]


def test_what_is_imported_is_there_with_who_and_when(store: Store) -> None:
    assert len(taken(store, ONE, TWO).new) == 2
    first, second = stored(store)
    assert (first.submission, first.by, first.withdrawn) == (ONE, "王芳", False)
    assert first.at
    assert [one.submission.title for one in stored(store, office="高新科")] == [
        "园区纪实",
        "企业培育",
    ]
    assert stored(store, office="综合科") == [second]
    assert stored(store, first="2017-03-02") == []


def test_the_same_file_a_second_time_changes_nothing(store: Store) -> None:
    taken(store, ONE, TWO)
    again = taken(store, ONE, TWO, by="李明")
    assert (again.new, len(again.known), again.changed) == ((), 2, ())
    with store.begin() as session:
        assert [run.by for run in register.register_runs(session)] == ["王芳"]


def test_a_changed_row_replaces_and_the_old_value_is_kept(store: Store) -> None:
    taken(store, ONE)
    longer = msgspec.structs.replace(ONE, words=300)
    (change,) = taken(store, longer, by="李明").changed
    assert [one.words for one in change] == [None, 300]
    (one,) = stored(store)
    assert (one.submission.words, one.by) == (300, "李明")
    with store.begin() as session:
        (before,) = register.earlier(session, one.id)
    assert (before.submission, before.run.kind, before.run.by) == (ONE, "import", "李明")


def test_a_preview_stores_nothing(store: Store) -> None:
    taken(store, ONE)
    with store.begin() as session:
        would = register.what_would_change(session, [msgspec.structs.replace(ONE, words=9), TWO])
    assert (len(would.new), len(would.changed)) == (1, 1)
    assert [one.submission for one in stored(store)] == [ONE]


def test_a_piece_with_the_title_of_another_day_is_pointed_out(store: Store) -> None:
    taken(store, ONE)
    moved = msgspec.structs.replace(ONE, day="2017-03-09")
    assert taken(store, moved).alike == ((moved, ONE),)


def test_a_withdrawn_piece_stays_withdrawn_until_it_is_restored(store: Store) -> None:
    taken(store, ONE)
    number = stored(store)[0].id
    with store.begin() as session:
        register.withdraw(session, number, "李明", "重复")
    assert stored(store) == []
    assert len(stored(store, withdrawn=True)) == 1
    assert len(taken(store, ONE).withdrawn) == 1
    with store.begin() as session:
        assert register.register_of(session).submissions == ()
        register.restore(session, number, "王芳")
        register.restore(session, number, "王芳")  # a second time does nothing
        kinds = [run.kind for run in register.register_runs(session)]
    assert kinds == ["restore", "remove", "import"]
    assert [one.submission for one in stored(store)] == [ONE]


def test_uses_and_notes_added_later_survive_an_import_of_the_old_table(store: Store) -> None:
    taken(store, ONE)
    number = stored(store)[0].id
    note = LeaderEvent(what="市领导批示", day="2017-03-09", proof="批2017-3")
    with store.begin() as session:
        register.adopt(session, number, USE, "李明")
        register.note_event(session, number, note, "李明")
    assert len(taken(store, ONE).known) == 1
    (one,) = stored(store)
    assert (one.submission.adopted, one.submission.events) == ((USE,), (note,))


def test_a_number_nobody_has_is_said(store: Store) -> None:
    with store.begin() as session, pytest.raises(XuanjianError) as caught:
        register.withdraw(session, 77, "李明")
    assert caught.value.slug == "submission-missing"


def crawled(store: Store, *news: NewsItem) -> None:
    with store.begin() as session:
        run = runs.start_run(session, "import")
        items.add_items(session, news, run)


def item(name: str, day: str, title: str = "园区纪实", outlet: str = "鄂尔多斯日报") -> NewsItem:
    return NewsItem(id=name, title=title, text=f"正文{name}", date=day, outlet=outlet)


def test_a_crawled_item_counts_as_a_use_when_a_person_says_so(store: Store) -> None:
    taken(store, ONE)
    crawled(
        store, item("n1", "2017-03-03"), item("n2", "2017-03-20"), item("n3", "2017-03-03", "别")
    )
    number = stored(store)[0].id
    with store.begin() as session:
        found = printings.possible_printings(session, register.registered(session))
        assert [p.item for p in found[number]] == ["n1"]
        assert register.registered(session)[0].submission.adopted == ()
        after = printings.decide_printing(session, number, "n1", "李明", same=True)
        (use,) = after.submission.adopted
        assert (use.outlet, use.level, use.day, use.proof) == (
            "鄂尔多斯日报",
            "municipal",
            "2017-03-03",
            "n1",
        )
        assert printings.possible_printings(session, register.registered(session)) == {}


def test_an_item_that_is_not_the_piece_is_not_asked_about_again(store: Store) -> None:
    taken(store, ONE)
    crawled(store, item("n1", "2017-03-03"))
    number = stored(store)[0].id
    with store.begin() as session:
        printings.decide_printing(session, number, "n1", "李明", same=False)
        assert printings.possible_printings(session, register.registered(session)) == {}
        assert register.registered(session)[0].submission.adopted == ()
        with pytest.raises(XuanjianError, match="no item n9"):
            printings.decide_printing(session, number, "n9", "李明", same=True)


def test_readings_are_chosen_for_a_plan_with_who_and_when(store: Store) -> None:
    with store.begin() as session:
        choose_readings(session, "2017", {"boundary": "higher", "surplus": "months"}, "王芳")
        choose_readings(session, "2017", {"boundary": "higher"}, "李明")  # nothing new
        choose_readings(session, "2017", {"surplus": ""}, "李明")
        (one,) = chosen_readings(session, "2017")
        assert (one.question, one.choice, one.by) == ("boundary", "higher", "王芳")
        assert [c.by for c in chosen_readings(session, "2017", earlier=True)] == [
            "李明",
            "王芳",
            "王芳",
        ]
        assert chosen_readings(session, "2018") == ()


def test_a_correction_keeps_what_was_and_why(store: Store) -> None:
    taken(store, ONE, TWO)
    (one, _) = stored(store)
    right = msgspec.structs.replace(ONE, day="2017-03-02", words=120)
    with store.begin() as session:
        after = register.correct(session, one.id, right, "李明", "日期抄错")
        (before,) = register.earlier(session, one.id)
    assert (after.submission, after.by) == (right, "李明")
    run = before.run
    assert (before.submission, run.kind, run.number, run.detail) == (
        ONE,
        "correct",
        one.id,
        "日期抄错",
    )
    assert taken(store, right).known == (right,)  # the piece is found under its corrected day


def test_a_correction_needs_a_reason_and_makes_no_second_of_a_piece(store: Store) -> None:
    taken(store, ONE, TWO)
    (one, two) = stored(store)
    with store.begin() as session, pytest.raises(XuanjianError, match="register-reason"):
        register.correct(session, one.id, TWO, "李明", " ")
    same = msgspec.structs.replace(TWO, title=ONE.title, offices=ONE.offices)
    with store.begin() as session, pytest.raises(XuanjianError, match="submission-exists"):
        register.correct(session, two.id, same, "李明", "重复")
    assert [kept.submission for kept in stored(store)] == [ONE, TWO]


def test_the_register_is_read_page_by_page_the_newest_first(store: Store) -> None:
    rows = [
        msgspec.structs.replace(ONE, row=n, day=f"2017-03-{n // 2 + 1:02}", title=f"第{n}篇")
        for n in range(2, 9)
    ]
    taken(store, *rows)
    every = register_list.RegisterAsked()
    titles, after = [], ""
    with store.begin() as session:
        while True:
            part = register_list.register_page(session, every, after, limit=3)
            titles += [one.submission.title for one in part.rows]
            if not (after := part.next):
                break
        assert register_list.count_register(session, every) == 7
    assert titles == [f"第{n}篇" for n in range(8, 1, -1)]


def test_the_register_is_asked_by_office_column_state_days_and_words(store: Store) -> None:
    used = msgspec.structs.replace(TWO, column="约稿", adopted=(USE,), day="2017-04-02")
    taken(store, ONE, used)

    def found(**asked: str) -> list[str]:
        wanted = register_list.RegisterAsked(**asked)  # type: ignore[arg-type]
        with store.begin() as session:
            rows = register_list.register_page(session, wanted).rows
            assert register_list.count_register(session, wanted) == len(rows)
        return [one.submission.title for one in rows]

    assert found(office="综合科") == ["企业培育"]
    assert found(office="高新科") == ["企业培育", "园区纪实"]
    assert found(office="高_科") == found(office="新科") == []
    assert found(column="信息") == found(state="unused") == found(last="2017-03-31")
    assert found(state="used") == found(words="“企业”培") == found(first="2017-04-01")
    assert found(words="无") == []
    with store.begin() as session:
        number = register_list.register_page(session, register_list.RegisterAsked()).rows[0].id
        register.withdraw(session, number, "王芳")
        assert register_list.named_in_register(session) == (("综合科", "高新科"), ("信息", "约稿"))
    assert found() == ["园区纪实"]
    assert found(state="withdrawn") == ["企业培育"]


def test_a_place_that_is_none_of_ours_is_refused(store: Store) -> None:
    with store.begin() as session, pytest.raises(XuanjianError, match="register-place"):
        register_list.register_page(session, register_list.RegisterAsked(), "2017-03-01.x")
