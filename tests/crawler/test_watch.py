"""From ledger to alarms, to clocks, to notices: all without a network."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from crawler.clock import SiteClock
from crawler.notices import send_by_apprise, send_notices
from crawler.watch import Seen, events_of
from pipeline.config import Workspace
from pipeline.errors import XuanjianError
from pipeline.store.alarms import standing_alarms, untold_alarms, update_alarms
from pipeline.store.runs import LedgerEntry, start_run
from pipeline.store.store import Store
from tests.crawler.conftest import TinySite, declare, open_workspace

KEY = ("site", "动态")
NOW = datetime(2026, 3, 20, 6, 30, tzinfo=UTC)


def seen(
    *,
    alarms: tuple[str, ...] = (),
    list_pages: int = 1,
    finished: bool = True,
    newest: str = "2026-03-19",
    clock: SiteClock | None = None,
) -> Seen:
    entry = LedgerEntry(source="site", column="动态", list_pages=list_pages, alarms=alarms)
    return events_of(
        [entry],
        finished=finished,
        newest={KEY: newest} if newest else {},
        stale_days={KEY: 14},
        clocks={"site": clock or SiteClock()},
        today={"site": date(2026, 3, 20)},
    )


def test_a_column_that_was_read_without_alarm_is_well() -> None:
    assert seen() == Seen((KEY,), {})


def test_a_column_is_stale_when_its_newest_item_is_older_than_it_may_be() -> None:
    assert seen(newest="2026-03-06").alarms == {}
    assert seen(newest="2026-03-05").alarms == {KEY: {"stale": "最新一条 2026-03-05，已 15 天"}}


def test_a_column_that_was_not_read_or_never_had_a_day_is_not_called_stale() -> None:
    assert seen(newest="2026-01-01", list_pages=0, alarms=("blocked",)).alarms == {
        KEY: {"blocked": ""}
    }
    assert seen(newest="").alarms == {}
    assert "stale" not in seen(newest="2026-01-01", alarms=("empty-list",)).alarms[KEY]


def test_only_a_run_that_finished_and_read_the_list_may_clear_alarms() -> None:
    assert seen(finished=False).looked_at == ()
    assert seen(list_pages=0, alarms=("blocked",)).looked_at == ()
    assert seen(alarms=("pages-failed",)).looked_at == (KEY,)


def heard(*ahead: timedelta, age: str = "") -> SiteClock:
    clock = SiteClock()
    for difference in ahead:
        clock.heard(format_datetime(NOW + difference, usegmt=True), age, NOW)
    return clock


def test_clocks_differ_by_what_most_answers_say() -> None:
    hour, day = timedelta(hours=1), timedelta(days=1)
    assert heard(timedelta(), timedelta(minutes=2), 30 * day).ahead == timedelta(minutes=2)
    assert not heard(hour).skewed
    assert heard(2 * hour).skewed
    assert heard(-2 * hour).skewed
    assert not SiteClock().skewed


def test_an_answer_out_of_a_cache_is_as_old_as_the_cache_says() -> None:
    assert heard(timedelta(hours=-5), age="18000").ahead == timedelta()
    assert heard(timedelta(hours=-5), age="never").skewed


def test_a_date_nobody_can_read_says_nothing() -> None:
    clock = SiteClock()
    for written in ("", "yesterday", "Mon, 99 Foo 2026 00:00:00 GMT"):
        clock.heard(written, "", NOW)
    assert clock.ahead == timedelta()


def test_a_clock_that_is_off_is_an_alarm_that_says_by_how_much() -> None:
    assert seen(clock=heard(timedelta(hours=-26))).alarms == {
        KEY: {"clock-skew": "站点慢 26.0 小时"}
    }


class Post:
    """Takes what would be sent; ``broken`` addresses do not take it."""

    def __init__(self, *broken: str) -> None:
        self.broken = set(broken)
        self.sent: list[tuple[str, str, str]] = []

    def __call__(self, address: str, title: str, text: str) -> bool:
        self.sent.append((address, title, text))
        return address not in self.broken


@pytest.fixture
def alarmed(tmp_path: Path) -> Iterator[tuple[Workspace, Store]]:
    """A workspace of two sources, one told to its own address too, whose site is blocked."""
    workspace = open_workspace(tmp_path / "w")
    settings = workspace.path / "xuanjian.toml"
    settings.write_text(settings.read_text() + '[notify]\nurls = "json://all"\n', encoding="utf-8")
    declare(workspace, "site", ("动态", "http://a.example/"), more='notify = ["json://own"]')
    declare(workspace, "other", ("动态", "http://b.example/"))
    with Store.open(workspace.database_url) as store:
        yield Workspace.open(workspace.path), store


def raise_alarm(store: Store, source: str, *names: str) -> None:
    with store.begin() as session:
        column = (source, "动态")
        run = start_run(session, "crawl")
        update_alarms(session, run, [column], {column: dict.fromkeys(names, "")})


def test_an_event_is_told_once_to_everybody_of_its_source_and_its_end_once(
    alarmed: tuple[Workspace, Store],
) -> None:
    workspace, store = alarmed
    post = Post()
    raise_alarm(store, "site", "blocked")
    for _ in range(2):
        send_notices(workspace, store, post)
    assert [(address, title) for address, title, _ in post.sent] == [
        ("json://all", "宣鉴：site采集告警"),
        ("json://own", "宣鉴：site采集告警"),
    ]
    assert "“动态”被拦截" in post.sent[0][2]
    raise_alarm(store, "site")
    for _ in range(2):
        send_notices(workspace, store, post)
    assert [(address, title) for address, title, _ in post.sent[2:]] == [
        ("json://all", "宣鉴：site采集恢复"),
        ("json://own", "宣鉴：site采集恢复"),
    ]
    assert "已恢复" in post.sent[2][2]


def test_a_notice_nobody_took_waits_and_one_dead_address_repeats_nothing_to_the_others(
    alarmed: tuple[Workspace, Store],
) -> None:
    workspace, store = alarmed
    raise_alarm(store, "site", "blocked")
    raise_alarm(store, "other", "blocked")
    post = Post("json://all")
    with pytest.raises(XuanjianError) as caught:
        send_notices(workspace, store, post)
    assert caught.value.slug == "notify-failed"
    assert "json://all" not in str(caught.value)  # an address may hold a password
    with store.begin() as session:
        assert [alarm.source for alarm in untold_alarms(session)] == ["other"]
    again = Post()
    send_notices(workspace, store, again)
    assert [(address, title) for address, title, _ in again.sent] == [
        ("json://all", "宣鉴：other采集告警")
    ]


def test_where_nobody_is_to_be_told_nothing_is_marked_as_told(
    alarmed: tuple[Workspace, Store],
) -> None:
    workspace, store = alarmed
    raise_alarm(store, "other", "blocked")
    settings = workspace.path / "xuanjian.toml"
    settings.write_text("format = 1\n", encoding="utf-8")
    post = Post()
    assert send_notices(Workspace.open(workspace.path), store, post) == ()
    assert post.sent == []
    with store.begin() as session:
        assert len(untold_alarms(session)) == 1


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of apprise's own plugins
def test_apprise_is_asked_and_an_address_it_does_not_know_is_an_error_without_its_password(
    tiny_site: TinySite,
) -> None:
    pytest.importorskip("apprise", reason="the extra notify is not installed")
    with pytest.raises(XuanjianError) as caught:
        send_by_apprise("nosuch://user:secret@host", "t", "x")
    assert caught.value.slug == "notify-url"
    assert "secret" not in str(caught.value)
    # The tiny site takes no posts, which is what a service that refuses a notice looks like.
    assert not send_by_apprise(tiny_site.base.replace("http://", "json://"), "t", "x")


def test_a_run_that_could_not_read_a_column_ends_none_of_its_alarms(store: Store) -> None:
    with store.begin() as session:
        run = start_run(session, "crawl")
        update_alarms(session, run, [KEY], {KEY: {"stale": ""}})
        update_alarms(session, run, (), {KEY: {"blocked": ""}})
        assert [alarm.name for alarm in standing_alarms(session)] == ["blocked", "stale"]
