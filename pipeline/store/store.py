"""Opening a database: engine, migrations, transactions, and errors in plain words.

Hides: the difference between SQLite and PostgreSQL, and how a schema is brought up to date.
"""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, NoSuchModuleError
from sqlalchemy.orm import Session

from pipeline.errors import BadInput, XuanjianError
from pipeline.store import (  # noqa: F401 - of the schema
    console_tables,
    inquiry_tables,
    media_tables,
    pack_tables,
    register_tables,
    report_tables,
    review_tables,
    search_tables,
    watch_tables,
)
from pipeline.store.tables import Base

__all__ = ["SCHEMA_HEAD", "Store", "now", "precise_now"]

SCHEMA_HEAD = "0026"
"""The newest migration; a test holds it against the migrations folder."""

_log = logging.getLogger(__name__)
_MIGRATIONS = Path(__file__).parent / "migrations"
_ALONE = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": "SELECT pg_advisory_xact_lock(7021953)",
}
"""How a migration begins. Without it SQLite's driver commits every table as it is made, and a process
that is killed meanwhile leaves half a schema."""
_BUSY_SECONDS = 15
_CACHE_KIB = 16 * 1024
"""What SQLite keeps of a file: with its own 2 MiB it reads inner pages again for every row, and 5 000
stories picked out of a million take 2.6 s instead of 0.8."""


def now() -> str:
    """The present moment in UTC, ISO 8601 with seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def precise_now() -> str:
    """The present moment in UTC to the microsecond, for what may happen twice in a second."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


class Store:
    """An open database. Use ``Store.open(url)`` and ``with store.begin() as session``."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def open(cls, url: str) -> Store:
        """Open the database at ``url``, bring its schema up to date.

        Raises:
            XuanjianError: ``database-url``, ``database-corrupt``, ``database-locked``,
                ``database-newer``, ``database-unreachable`` or ``disk-full``.
        """
        try:
            engine = create_engine(_with_driver(url), connect_args=_connect_args(url))
        except (ArgumentError, NoSuchModuleError, ImportError, ValueError) as error:
            raise XuanjianError(
                f"cannot use the database URL {_without_password(url)}",
                "database-url",
                "Use sqlite:///FILE or postgresql://USER@HOST/NAME (extra: postgres).",
            ) from error
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
        store = cls(engine)
        with _in_words(engine):
            store._migrate()
        return store

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A transaction: committed when the block ends, rolled back when it raises."""
        with _in_words(self.engine), Session(self.engine) as session, session.begin():
            yield session

    def check(self) -> None:
        """Raise ``database-corrupt`` when the database's own check finds damage."""
        if self.engine.dialect.name != "sqlite":
            return
        with _in_words(self.engine), self.engine.connect() as connection:
            found = connection.execute(text("PRAGMA quick_check(3)")).scalars().all()
        if list(found) != ["ok"]:
            raise _corrupt(self.engine, "; ".join(map(str, found)))

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _migrate(self) -> None:
        """All of it or nothing, and one process at a time: Alembic asks for the version again."""
        with self.engine.connect() as connection:
            tables = set(self.engine.dialect.get_table_names(connection))
            version = None
            if "alembic_version" in tables:
                version = connection.execute(
                    text("SELECT version_num FROM alembic_version")
                ).scalar_one_or_none()
            if version is None and tables & set(Base.metadata.tables):
                raise _corrupt(self.engine, "it has tables but no version")
            if version is not None and not re.fullmatch(r"\d{4}", version):
                raise _corrupt(self.engine, f"its version is {version!r}")
        if version == SCHEMA_HEAD:
            return
        if version is not None and version > SCHEMA_HEAD:
            raise XuanjianError(
                f"the database has schema {version}, this Xuanjian knows {SCHEMA_HEAD}",
                "database-newer",
                "Use the newer Xuanjian that wrote it.",
            )
        from alembic import command
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        with self.engine.begin() as connection:
            connection.exec_driver_sql(_ALONE[self.engine.dialect.name])
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise _corrupt(self.engine, str(error)) from error
        if version is not None:
            _log.warning(
                "%s was brought from schema %s to %s; an older Xuanjian does not read it any more",
                _place(self.engine),
                version,
                SCHEMA_HEAD,
            )


def _with_driver(url: str) -> str:
    """``postgresql://`` means psycopg 3 here."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _connect_args(url: str) -> dict[str, object]:
    return {"timeout": _BUSY_SECONDS} if url.startswith("sqlite") else {}


def _without_password(url: str) -> str:
    """Scheme, host and name only: a password may stand in the user part or in the query."""
    try:
        return make_url(url.partition("?")[0]).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return url.partition("?")[0].rpartition("@")[2]


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
    cursor.close()


def _corrupt(engine: Engine, what: str) -> XuanjianError:
    return XuanjianError(
        f"the database {_place(engine)} is damaged: {what}",
        "database-corrupt",
        "Restore it from a backup, or move it away: a new crawl and import rebuild the news.",
    )


def _place(engine: Engine) -> str:
    return _without_password(engine.url.render_as_string(hide_password=True))


@contextmanager
def _in_words(engine: Engine) -> Iterator[None]:
    """Turn what the driver says of a broken, busy or full database into our errors."""
    try:
        yield
    except (DataError, OverflowError) as error:
        if isinstance(error, OverflowError) and "SQLite" not in str(error):
            raise
        raise BadInput(
            "a number or a text is larger than the database can hold, or holds a NUL",
            "value-range",
            "Give a smaller one.",
        ) from error
    except DBAPIError as error:
        said = str(error.orig)
        where = _place(engine)
        if "locked" in said or "LockNotAvailable" in type(error.orig).__name__:
            raise XuanjianError(
                f"the database {where} is locked by another process",
                "database-locked",
                "Wait for the other command to end (see: xuanjian doctor), then try again.",
            ) from error
        if "disk is full" in said or "No space left" in said:
            raise XuanjianError(
                f"no space left for the database {where}",
                "disk-full",
                "Free some space and run the command again; nothing was half-written.",
            ) from error
        if "not a database" in said or "malformed" in said or "corrupt" in said:
            raise _corrupt(engine, said) from error
        if "unable to open" in said or "readonly" in said or "disk I/O" in said:
            raise XuanjianError(
                f"the database {where} cannot be opened for writing: {said}",
                "database-unreachable",
                "Check that the folder exists, is writable and has free space.",
            ) from error
        if error.connection_invalidated or "onnect" in said:
            raise XuanjianError(
                f"the database {where} does not answer: {said.splitlines()[0]}",
                "database-unreachable",
                "Check the address in xuanjian.toml (store.url) and that the server runs.",
            ) from error
        if "no such table" in said or "no such column" in said or "does not exist" in said:
            raise _corrupt(engine, said.splitlines()[0]) from error
        raise
    except msgspec.DecodeError as error:
        raise _corrupt(engine, f"a record is not what was written: {error}") from error
