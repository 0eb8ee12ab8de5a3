"""What a run may claim to have seen."""

from __future__ import annotations

import datetime

from crawler.ledger import ColumnAccount, Known
from crawler.links import Link
from crawler.listing import ListPage
from pipeline.alarms import ALARM_NAMES, ALARMS

TODAY = datetime.date(2025, 6, 10)


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def _page(*dates: str | None, last: bool = False, page: int = 1) -> ListPage:
    links = tuple(Link(f"http://a.example/{n}", "标题", date) for n, date in enumerate(dates))
    return ListPage(links, "trs", page=page, last=last)


def _account(since: str = "", known: Known | None = None) -> ColumnAccount:
    return ColumnAccount("s", "c", TODAY, _day(since) if since else None, known or Known())


def _window(account: ColumnAccount) -> tuple[str, str] | None:
    return account.entry().window


def test_a_list_read_to_its_end_is_observed_from_its_oldest_day_to_yesterday() -> None:
    account = _account()
    account.list_seen(_page("2025-06-09", "2025-05-02", last=True), 0)
    assert _window(account) == ("2025-05-02", "2025-06-09")


def test_without_the_end_the_oldest_day_itself_is_not_certain() -> None:
    account = _account()
    account.list_seen(_page("2025-06-09", "2025-05-02"), 0)
    assert _window(account) == ("2025-05-03", "2025-06-09")


def test_reading_beyond_since_observes_from_since() -> None:
    account = _account("2025-05-01")
    account.list_seen(_page("2025-06-09", "2025-05-02"), 0)
    assert not account.ended
    account.list_seen(_page("2025-04-30", "2025-04-02", page=2), 0)
    assert account.ended
    assert _window(account) == ("2025-05-01", "2025-06-09")


def test_undated_links_do_not_let_paging_stop_at_since() -> None:
    account = _account("2025-05-01")
    account.list_seen(_page("2025-04-30", None), 0)
    assert not account.ended


def test_known_ground_joins_the_earlier_window() -> None:
    known = Known(((_day("2025-01-01"), _day("2025-06-05")),), complete=True)
    account = _account(known=known)
    account.list_seen(_page("2025-06-09", "2025-06-05"), 1)
    assert not account.ended
    account.list_seen(_page("2025-06-04", "2025-06-03", page=2), 2)
    assert account.entry().reached_known
    assert _window(account) == ("2025-01-01", "2025-06-09")


def test_known_pages_without_an_earlier_window_are_no_ground() -> None:
    account = _account()
    account.list_seen(_page("2025-06-04", "2025-06-03"), 2)
    assert not account.ended


def test_known_pages_newer_than_the_earlier_window_are_no_ground_after_a_bad_run() -> None:
    known = Known(((_day("2025-01-01"), _day("2025-06-01")),), complete=False)
    account = _account(known=known)
    account.list_seen(_page("2025-06-08", "2025-06-07"), 2)
    assert not account.ended
    account.list_seen(_page("2025-06-01", "2025-05-20", page=2), 2)
    assert _window(account) == ("2025-01-01", "2025-06-09")


def test_an_earlier_window_that_begins_after_since_is_not_enough() -> None:
    known = Known(((_day("2025-05-01"), _day("2025-06-05")),), complete=True)
    account = _account("2025-01-01", known)
    account.list_seen(_page("2025-06-04", "2025-06-03"), 2)
    assert not account.ended


def test_anything_blocked_failed_or_open_leaves_no_claim() -> None:
    for kind, of_list, alarm in (
        ("blocked", True, "blocked"),
        ("failed", True, "list-failed"),
        ("failed", False, "pages-failed"),
    ):
        account = _account()
        account.list_seen(_page("2025-06-09", last=True), 0)
        account.failure(kind, of_list=of_list)
        assert _window(account) is None
        assert account.entry().alarms == (alarm,)
        assert alarm in ALARMS
    account = _account()
    account.list_seen(_page("2025-06-09", last=True), 0)
    account.open = 1
    assert _window(account) is None


def test_a_list_never_seen_or_empty_leaves_no_claim() -> None:
    assert _window(_account()) is None
    account = _account("2025-01-01")
    account.list_seen(_page(last=True), 0)
    assert (_window(account), account.entry().alarms) == (None, ("empty-list",))


def test_pages_left_out_by_a_cap_shorten_the_claim() -> None:
    account = _account("2025-01-01")
    account.list_seen(_page("2025-06-09", "2025-05-02", last=True), 0)
    account.skipped("2025-05-02")
    assert _window(account) == ("2025-05-03", "2025-06-09")
    account.skipped(None)
    assert _window(account) is None


def test_a_feed_counts_but_proves_nothing() -> None:
    account = _account()
    account.list_seen(_page("2025-06-09", "2025-05-02", last=True), 0, feed=True)
    assert _window(account) is None


def test_a_pinned_old_row_or_an_articles_date_does_not_stretch_the_window() -> None:
    account = _account()
    days = ("2019-01-01", "2025-06-09", "2025-06-08", "2025-06-07", "2025-06-06", "2025-06-05")
    account.list_seen(_page(*days), 0)
    account.article_seen("2001-01-01", text=True)
    assert _window(account) == ("2025-06-06", "2025-06-09")


def test_a_list_that_does_not_run_from_new_to_old_proves_nothing_without_an_end() -> None:
    account = _account()
    account.list_seen(_page("2025-01-01", "2025-02-01", "2025-03-01", "2025-04-01"), 0)
    assert _window(account) is None


def test_undated_rows_prove_nothing_without_an_end() -> None:
    account = _account()
    account.list_seen(_page("2025-06-09", None, "2025-06-05"), 0)
    assert _window(account) is None


def test_every_alarm_has_a_name_for_officers() -> None:
    assert tuple(ALARMS) == tuple(ALARM_NAMES)


def test_a_refusal_is_counted_raises_the_alarm_of_its_reason_and_leaves_no_claim() -> None:
    account = _account()
    account.refusal("robots", "http://a.cn/1")
    account.refusal("robots-unreachable", "http://b.cn/1")
    account.refusal("robots", "http://a.cn/2")
    entry = account.entry()
    assert (entry.refused, entry.alarms) == (3, ("refused", "robots-unreachable"))
    assert account.refusals == {"robots": "http://a.cn/1", "robots-unreachable": "http://b.cn/1"}
    assert account.nothing_read
    account.list_seen(_page("2025-06-09", last=True), 0)
    assert _window(account) is None
