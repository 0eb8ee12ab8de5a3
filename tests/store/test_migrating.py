"""Making and upgrading the database: whole or not at all, whoever else does it meanwhile."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text

from pipeline.store.store import SCHEMA_HEAD

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


def test_several_who_open_a_new_database_at_once_all_find_it_whole(url: str) -> None:
    several = [start(OPEN, url) for _ in range(4)]
    assert [process.communicate()[1] for process in several] == [""] * 4
    assert version(url) == SCHEMA_HEAD
