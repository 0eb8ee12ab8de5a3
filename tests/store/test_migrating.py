"""Making and upgrading the database: whole or not at all, whoever else does it meanwhile."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text

from pipeline.store.runs import observed_windows
from pipeline.store.store import SCHEMA_HEAD, Store
from pipeline.store.vouching import take_back, vouches

OPEN = """
import sys
from pipeline.store.store import Store
Store.open(sys.argv[1]).close()
"""
KILLED = """
import os, sys
from alembic import command
from pipeline.store.store import Store
upgrade = command.upgrade
def killed(config, revision):
    upgrade(config, sys.argv[2])
    os._exit(9)
command.upgrade = killed
Store.open(sys.argv[1])
"""
OLDER = """
import sys
from alembic import command
from pipeline.store.store import Store
upgrade = command.upgrade
command.upgrade = lambda config, revision: upgrade(config, sys.argv[2])
Store.open(sys.argv[1]).close()
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new.db'}"
        return
    databases: Connection = request.getfixturevalue("databases")
    databases.execute(text("CREATE DATABASE unmade"))
    yield databases.engine.url.set(database="unmade").render_as_string(hide_password=False)
    databases.execute(text("DROP DATABASE unmade WITH (FORCE)"))


def start(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stderr=subprocess.PIPE, text=True
    )


def run(code: str, *arguments: str) -> int:
    with start(code, *arguments) as process:
        process.communicate()
    return process.returncode


def version(url: str) -> str:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    engine.dispose()
    return str(found)


def test_a_database_whose_making_was_killed_is_made_anew(url: str) -> None:
    assert run(KILLED, url, "0006") == 9
    assert run(OPEN, url) == 0
    assert version(url) == SCHEMA_HEAD


def test_a_killed_upgrade_leaves_what_was_there_and_is_done_again(url: str) -> None:
    assert run(OLDER, url, "0012") == 0
    assert run(KILLED, url, "0020") == 9
    assert version(url) == "0012"
    assert run(OPEN, url) == 0
    assert version(url) == SCHEMA_HEAD


def test_an_upgrade_is_told_when_it_is_done_and_not_again(url: str) -> None:
    assert run(OLDER, url, "0012") == 0
    with start(OPEN, url) as upgrading, start(OPEN, url) as beside:
        told = [process.communicate()[1] for process in (upgrading, beside)]
    assert f"from schema 0012 to {SCHEMA_HEAD}" in "".join(told)
    with start(OPEN, url) as after:
        assert after.communicate()[1] == ""


def test_several_who_open_a_new_database_at_once_all_find_it_whole(url: str) -> None:
    several = [start(OPEN, url) for _ in range(4)]
    assert [process.communicate()[1] for process in several] == [""] * 4
    assert version(url) == SCHEMA_HEAD


def test_words_given_before_they_were_one_table_are_kept(url: str) -> None:
    assert run(OLDER, url, "0025") == 0
    engine = create_engine(url)
    with engine.begin() as connection:
        for number, kind in ((1, "import"), (2, "sign"), (3, "sign"), (4, "import"), (5, "crawl")):
            connection.execute(
                text(
                    "INSERT INTO run (id, kind, started_at, outcome, detail) VALUES (:n, :k, :a, '', '')"
                ),
                {"n": number, "k": kind, "a": f"2025-04-0{number}T01:00:00+00:00"},
            )
        counts = "list_pages links_found fetched not_modified extracted dated known refused blocked failed duplicates"
        for line in (
            (1, "kjj", "解读", "2025-01-01", "2025-03-31", "王芳"),
            (2, "reg-tv", "登记", "2024-02-01", "2024-02-29", "李晓"),
            (3, "reg-tv", "登记", None, None, "李晓"),
            (4, "reg-tv", "登记", None, None, ""),
            (5, "kjj", "动态", "2025-01-01", "2025-03-31", ""),
        ):
            names = ("run_id", "source_id", '"column"', "window_from", "window_to", "vouched_by")
            connection.execute(
                text(
                    f"INSERT INTO ledger ({', '.join(names)}, {', '.join(counts.split())},"
                    " reached_end, reached_known, alarms) VALUES (:a, :b, :c, :d, :e, :f,"
                    f" {', '.join('0' for _ in counts.split())}, false, false, '[]')"
                ),
                dict(zip("abcdef", line, strict=True)),
            )
        signed = (
            "INSERT INTO media_sign_off (source_id, month, empty, run_id, signed_by, signed_at,"
            " withdrawn_by, withdrawn_at, withdrawn_why) VALUES ('reg-tv', :month, :empty, :run,"
            " '李晓', '2025-04-02T02:00:00+00:00', :by, :at, :why)"
        )
        for month, empty, number, by, at, why in (
            ("2024-02", True, 2, "", None, ""),
            ("2025-01", False, 3, "赵", "2025-04-09T02:00:00+00:00", "漏登"),
        ):
            values = {"month": month, "empty": empty, "run": number, "by": by, "at": at, "why": why}
            connection.execute(text(signed), values)
    engine.dispose()
    with Store.open(url) as store, store.begin() as session:
        assert [
            (
                one.source,
                one.column,
                one.first,
                one.last,
                one.by,
                one.empty,
                one.run,
                one.withdrawn_by,
            )
            for one in vouches(session, withdrawn=True)
        ] == [
            ("kjj", "解读", "2025-01-01", "2025-03-31", "王芳", False, 1, ""),
            ("reg-tv", "登记", "2024-02-01", "2024-02-29", "李晓", True, 2, ""),
            ("reg-tv", "登记", "2025-01-01", "2025-01-31", "李晓", False, 3, "赵"),
        ]
        given, _, taken = vouches(session, withdrawn=True)
        assert given.at == "2025-04-01T01:00:00+00:00"
        assert (taken.withdrawn_at, taken.withdrawn_why) == ("2025-04-09T02:00:00+00:00", "漏登")
        take_back(session, given.number, "赵", "漏看")
        assert observed_windows(session)["kjj", "解读"] == ()
