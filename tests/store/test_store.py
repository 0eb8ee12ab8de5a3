"""The database: migrations, items coming twice, stories, reviews. On both engines."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import inspect

from pipeline.assignment import Evidence, ItemAssignments, PlanClause, ThemeScore
from pipeline.errors import BadInput, XuanjianError
from pipeline.news import NewsItem
from pipeline.plan.model import Plan, PlanNode
from pipeline.store import assignments, items, plans, runs
from pipeline.store.store import SCHEMA_HEAD, Store
from pipeline.store.stories import StoredStory, replace_stories, stories_between
from pipeline.store.tables import Base


def news(name: str, **fields: object) -> NewsItem:
    values: dict[str, object] = {"title": f"题{name}", "text": f"正文{name}", "date": "2025-03-18"}
    return NewsItem(id=name, **{**values, **fields})  # type: ignore[arg-type]


def plan(title: str = "创新创业") -> Plan:
    node = PlanNode(id="focus-1", kind="focus_area", level=1, number="（一）", title=title)
    return Plan(title="方案", kind="publicity_plan", nodes=(node,))


def test_a_fresh_database_has_every_table_and_the_newest_version(store: Store) -> None:
    found = set(inspect(store.engine).get_table_names())
    assert set(Base.metadata.tables) <= found
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path("pipeline/store/migrations").resolve()))
    assert ScriptDirectory.from_config(config).get_current_head() == SCHEMA_HEAD


def test_migrations_build_exactly_the_tables_declared(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with store.engine.connect() as connection:
        # The index's pairs are of another kind on each database: no table of the declared ones.
        context = MigrationContext.configure(
            connection,
            opts={"include_name": lambda name, *_: not str(name).startswith("search_pair")},
        )
        assert compare_metadata(context, Base.metadata) == []


def test_an_item_that_comes_again_is_known_and_a_changed_one_is_replaced(store: Store) -> None:
    with store.begin() as session:
        run = runs.start_run(session, "import")
        first = items.add_items(session, [news("a", url="http://a.cn/1"), news("b")], run)
        again = items.add_items(
            session, [news("a2", title="题a", text="正文a", url="https://a.cn/1#x")], run
        )
        changed = items.add_items(session, [news("a", text="改过的正文", url="http://a.cn/1")], run)
        empty = items.add_items(session, [news("a", text="", url="http://a.cn/1")], run)
    assert (first.new, again.known, changed.changed, empty.known) == (2, 1, 1, 1)
    with store.begin() as session:
        assert items.count_items(session) == 2
        assert items.items_by_id(session, ["a"])["a"].text == "改过的正文"


def test_an_item_is_found_by_its_words(store: Store) -> None:
    with store.begin() as session:
        run = runs.start_run(session, "import")
        alike = [news("b", title="题", text="正文。"), news("a", title="题", text="正文。")]
        items.add_items(session, [*alike, news("c", title="另题", text="正文。")], run)
        asked = [("题", "正文"), ("又题", "正文。"), ("题", "")]
        assert items.items_by_words(session, asked) == {("题", "正文"): "a"}


def test_two_items_with_one_id_and_different_addresses_are_refused(store: Store) -> None:
    with pytest.raises(BadInput, match="id") as caught, store.begin() as session:
        run = runs.start_run(session, "import")
        items.add_items(session, [news("1", url="http://a.cn/1")], run)
        items.add_items(session, [news("1", title="另一", url="http://b.cn/9")], run)
    assert caught.value.slug == "items-id-collision"


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    with pytest.raises(ValueError, match="stop"), store.begin() as session:
        items.add_items(session, [news("a")], runs.start_run(session, "import"))
        raise ValueError("stop")
    with store.begin() as session:
        assert items.count_items(session) == 0


def test_items_and_stories_are_found_by_day_and_the_undated_stay_outside(store: Store) -> None:
    with store.begin() as session:
        run = runs.start_run(session, "import")
        made = [news("a"), news("b", date="2025-04-01T08:00:00"), news("c", date=None)]
        items.add_items(session, made, run)
        replace_stories(
            session,
            [
                StoredStory(id=f"s{n}", original=n, day=d, level="other", items=(n,))
                for n, d in (("a", "2025-03-18"), ("b", "2025-04-01"), ("c", None))
            ],
        )
    with store.begin() as session:
        march = items.items_between(session, date(2025, 3, 1), date(2025, 3, 31))
        assert [item.id for item in march] == ["a"]
        assert [item.id for item in items.items_between(session)] == ["a", "b", "c"]
        found = stories_between(session, date(2025, 4, 1), date(2025, 4, 1))
        assert [story.items for story in found] == [("b",)]


def test_the_newest_decision_about_a_story_and_theme_holds(store: Store) -> None:
    with store.begin() as session:
        stored = plans.save_plan(session, "2025", plan(), "")
        reviews = [
            assignments.Review(
                item="a", themes=yes, not_themes=no, reviewer=who, at=f"2025-03-0{day}"
            )
            for day, who, yes, no in ((1, "甲", ("focus-1",), ()), (2, "乙", (), ("focus-1",)))
        ]
        assignments.add_reviews(session, stored.id, reviews)
        kept = assignments.reviews_of(session, stored.id)
    assert len(kept) == 2
    held = assignments.decisions(kept, {"a": "s1"})
    assert held["s1"]["focus-1"] == assignments.Decision(False, "乙")


def test_assignments_are_replaced_by_the_next_classification(store: Store) -> None:
    def said(probability: float) -> ItemAssignments:
        score = ThemeScore(
            id="focus-1",
            title="创新创业",
            probability=probability,
            assigned=True,
            evidence=(Evidence(start=0, end=2, text="创业", weight=1.5),),
            answers=PlanClause(node="focus-1", text="建设众创空间", similarity=0.4),
            units=("青川种业有限公司",),
        )
        return ItemAssignments(id="sa", themes=(score,))

    with store.begin() as session:
        stored = plans.save_plan(session, "2025", plan(), "")
        items.add_items(session, [news("a")], runs.start_run(session, "import"))
        story = StoredStory(id="sa", original="a", day=None, level="other", items=("a",))
        replace_stories(session, [story])
        for value in (0.6, 0.9):
            assignments.save_assignments(
                session, stored.id, ["focus-1"], ("base", "f" * 8), [said(value)]
            )
        found = assignments.assignments_of(session, stored.id, ["sa"])
        assert assignments.model_used(session, stored.id) == ("base", "f" * 8)
    assert [row.probability for row in found["sa"]] == [0.9]
    assert found["sa"][0].evidence[0].text == "创业"
    assert found["sa"][0].answers == PlanClause(node="focus-1", text="建设众创空间", similarity=0.4)
    assert found["sa"][0].units == ("青川种业有限公司",)


def test_a_database_of_the_first_version_is_brought_up_to_date_and_keeps_its_ledger(
    tmp_path: Path,
) -> None:
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine, text

    url = f"sqlite:///{tmp_path / 'old.db'}"
    config = Config()
    config.set_main_option("script_location", str(Path("pipeline/store/migrations").resolve()))
    engine = create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text("INSERT INTO run VALUES (1, 'crawl', '2025-03-18T00:00:00+00:00', NULL, 'x', '')")
        )
        zeros = ", ".join("0" for _ in range(11))
        connection.execute(
            text(
                f"INSERT INTO ledger VALUES (1, 's', '动态', {zeros}, NULL, NULL, 0, 1,"
                " '2025-01-01', '2025-01-31', '[]')"
            )
        )
    engine.dispose()
    with Store.open(url) as store, store.begin() as session:
        (entry,) = runs.latest_entries(session)
        assert (entry.window, entry.vouched_by) == (("2025-01-01", "2025-01-31"), "")
        assert runs.vouched_windows(session) == {}


def test_a_corrupt_database_is_named_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(b"SQLite format 3\0" + b"garbage" * 900)
    before = path.read_bytes()
    with pytest.raises(XuanjianError) as caught:
        Store.open(f"sqlite:///{path}")
    assert caught.value.slug == "database-corrupt"
    assert path.read_bytes() == before


def test_a_locked_database_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.store.store._BUSY_SECONDS", 0.1)
    path = tmp_path / "x.db"
    Store.open(f"sqlite:///{path}").close()
    holder = sqlite3.connect(path)
    holder.execute("BEGIN IMMEDIATE")
    try:
        with Store.open(f"sqlite:///{path}") as store, pytest.raises(XuanjianError) as caught:
            with store.begin() as session:
                runs.start_run(session, "import")
        assert caught.value.slug == "database-locked"
    finally:
        holder.close()


def test_a_full_disk_is_said_and_nothing_is_half_stored(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'x.db'}") as store:
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count=1")
            raw = connection.connection.driver_connection
            assert raw is not None
        with pytest.raises(XuanjianError) as caught, store.begin() as session:
            session.connection().exec_driver_sql("PRAGMA max_page_count=40")
            run = runs.start_run(session, "import")
            items.add_items(session, [news(str(n), text="长文" * 5000) for n in range(50)], run)
        assert caught.value.slug == "disk-full"
        with store.begin() as session:
            assert items.count_items(session) == 0


def test_an_unknown_kind_of_database_is_refused() -> None:
    with pytest.raises(XuanjianError) as caught:
        Store.open("oracle7://secret:password@host/x")
    assert caught.value.slug == "database-url"
    assert "password" not in str(caught.value)


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    with Store.open(url) as store, store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(XuanjianError) as caught:
        Store.open(url)
    assert caught.value.slug == "database-newer"


def test_several_items_of_one_page_are_all_kept(store: Store) -> None:
    page = [news(n, url="http://a.cn/tv.shtml") for n in ("a", "b", "c")]
    with store.begin() as session:
        run = runs.start_run(session, "import")
        assert items.add_items(session, page, run) == items.Added(new=3)
        assert items.add_items(session, page, run) == items.Added(known=3)


def test_a_crawled_page_whose_title_was_edited_is_the_same_item(store: Store) -> None:
    with store.begin() as session:
        run = runs.start_run(session, "crawl")
        items.add_items(session, [news("a", url="http://a.cn/1")], run)
        edited = news("a", title="改题", text="改文", url="http://a.cn/1")
        assert items.add_items(session, [edited], run) == items.Added(changed=1)
        assert items.count_items(session) == 1


def test_decisions_survive_a_new_version_of_their_plan(store: Store) -> None:
    def two(first: str, second: str) -> Plan:
        nodes = tuple(
            PlanNode(id=f"focus-{n}", kind="focus_area", level=1, title=title)
            for n, title in ((1, first), (2, second))
        )
        return Plan(title="方案", kind="publicity_plan", nodes=nodes)

    with store.begin() as session:
        old = plans.save_plan(session, "2025", two("创新创业", "人才"), "")
        decided = assignments.Review(
            item="a", themes=("focus-1",), not_themes=("focus-2",), reviewer="王"
        )
        assert assignments.add_reviews(session, old.id, [decided]) == 1
        assert assignments.add_reviews(session, old.id, [decided]) == 0, "twice is harmless"
        new = plans.save_plan(session, "2025", two("平台", "创新创业"), "")
        (kept,) = assignments.reviews_of(session, new.id)
    assert (kept.themes, kept.not_themes) == (("focus-2",), ())


def test_a_comment_is_kept_and_comes_once(store: Store) -> None:
    bare = assignments.Review(item="a", themes=("focus-1",), not_themes=(), reviewer="王")
    said = msgspec.structs.replace(bare, comment="标题提到，正文未写")
    dated = msgspec.structs.replace(said, at="2025-03-18")
    with store.begin() as session:
        stored = plans.save_plan(session, "2025", plan(), "")
        for review, new in ((bare, 1), (said, 1), (said, 0), (bare, 0), (dated, 1), (dated, 0)):
            assert assignments.add_reviews(session, stored.id, [review]) == new
        kept = assignments.reviews_of(session, stored.id)
    assert [review.comment for review in kept] == [said.comment, "", said.comment]
