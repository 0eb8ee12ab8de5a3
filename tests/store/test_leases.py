"""Two processes and one task: a lease keeps them apart, and frees itself when its holder is gone."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

from pipeline.store.leases import SECONDS, Holder, hold, holder_of, release, take
from pipeline.store.store import Store

NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
ME = Holder("here", 1, "a")
OTHER = Holder("there", 2, "b")


def test_a_task_is_held_by_one_and_free_when_given_back(store: Store) -> None:
    with store.begin() as session:
        assert take(session, "crawl a", ME, NOW)
        assert not take(session, "crawl a", OTHER, NOW)
        assert take(session, "crawl b", OTHER, NOW)
        release(session, "crawl a", OTHER)  # not theirs to give back
        assert holder_of(session, "crawl a") == ME
        release(session, "crawl a", ME)
        assert holder_of(session, "crawl a") == ()
        assert take(session, "crawl a", OTHER, NOW)


def test_a_lease_that_nobody_renews_runs_out(store: Store) -> None:
    later = NOW + timedelta(seconds=SECONDS - 1)
    with store.begin() as session:
        assert take(session, "crawl a", ME, NOW)
        assert take(session, "crawl a", ME, later)  # renewed
        assert not take(session, "crawl a", OTHER, NOW + timedelta(seconds=SECONDS + 1))
        assert take(session, "crawl a", OTHER, later + timedelta(seconds=SECONDS + 1))


def test_the_task_of_a_process_that_died_is_free_at_once(store: Store) -> None:
    code = "from pipeline.store.leases import Holder; print(Holder.this())"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    dead = Holder.written(said.stdout.strip())
    assert dead.gone
    assert not Holder.this().gone
    with store.begin() as session:
        assert take(session, "crawl a", dead)
        assert take(session, "crawl a", Holder.this())


def test_a_process_number_used_again_is_another_process() -> None:
    mine = Holder.this()
    assert Holder(mine.host, os.getpid(), "1").gone


def test_of_two_that_want_the_same_tasks_each_is_done_once(store: Store) -> None:
    one, two = Holder.this(), Holder("elsewhere", 7, "c")
    with hold(store, ("a", "b"), two) as first, hold(store, ("a", "b", "c"), one) as second:
        assert (first, second) == (("a", "b"), ("c",))
    with hold(store, ("a", "b", "c"), one) as all_of_them:
        assert all_of_them == ("a", "b", "c")
