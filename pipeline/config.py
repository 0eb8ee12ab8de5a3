"""Where Xuanjian keeps things and which settings it obeys.

Hides: the file format of a workspace's ``xuanjian.toml`` and the place of the shipped
data folders. ``SETTINGS`` is the one table of settings: ``docs/settings.md`` is printed
from it, and a key it does not hold stops start-up.
"""

from __future__ import annotations

import difflib
import os
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal, overload

from pipeline.errors import BadInput, DiskTrouble, XuanjianError

__all__ = [
    "CONFIG_NAME",
    "SETTINGS",
    "Setting",
    "SettingValue",
    "Settings",
    "Workspace",
    "shipped",
    "toml_value",
    "writing",
]

SettingValue = str | int | float | bool

CONFIG_NAME = "xuanjian.toml"
FORMAT = 1


@dataclass(frozen=True)
class Setting:
    """One row of the settings table; ``name`` is ``section.key`` in ``xuanjian.toml``."""

    name: str
    default: SettingValue
    help: str
    least: float = 0.0
    """The smallest number allowed; settings that are no numbers have no bound."""


SETTINGS: tuple[Setting, ...] = (
    Setting("store.url", "", "Database URL; empty means xuanjian.db inside the workspace."),
    Setting("plan.default", "", "Name of the plan used when a command names none."),
    Setting("plan.home", "", "Place whose news counts as local; empty: read from the plan."),
    Setting("model.folder", "", "Model folder; empty means the base model that is shipped."),
    Setting("coverage.bar", 3, "Stories a theme needs in the period to count as covered.", least=1),
    Setting(
        "coverage.bars",
        "",
        "Bars of single themes instead of coverage.bar, such as focus-1=5,focus-6=1.",
    ),
    Setting(
        "coverage.localities",
        "local,upper_about_local",
        "Localities that count: local, upper_about_local, upper_general, elsewhere.",
    ),
    Setting(
        "period.month_starts",
        1,
        "Day a reporting month begins, to 28: with 26, 2025-03 is 26 February to 25 March.",
        least=1,
    ),
    Setting(
        "report.template",
        "",
        "Word file whose styles reports take (a path from the workspace); empty: our own layout.",
    ),
    Setting(
        "report.stories", 5_000, "Stories a report lists; its numbers count all of them.", least=1
    ),
    Setting("bulletin.name", "科技简报", "Name of the bulletin drafted by --format bulletin."),
    Setting("bulletin.issuer", "", "Who issues the bulletin; empty: the plan's issuer."),
    Setting(
        "bulletin.headings",
        "",
        "Its columns as THEME=HEADING;…; other themes are columns themselves.",
    ),
    Setting("bulletin.report_to", "", "报: whom an issue is presented to."),
    Setting("bulletin.send_to", "", "送: whom an issue is sent to."),
    Setting("bulletin.editor", "", "编辑 of the bulletin."),
    Setting("bulletin.phone", "", "电话 of the bulletin's editor."),
    Setting("bulletin.copies", 0, "共印 N 份; 0 leaves it blank."),
    Setting("crawl.user_agent", "xuanjian/0.1 (+local publicity audit)", "Sent with requests."),
    Setting("crawl.delay", 2.0, "Seconds between two requests to one site."),
    Setting("crawl.obey_robots", True, "Obey robots.txt; where it fails, read nothing."),
    Setting("crawl.timeout", 30.0, "Seconds before a request is given up.", least=1),
    Setting("crawl.max_body", 16_000_000, "Bytes a response may have, unpacked.", least=10_000),
    Setting(
        "crawl.max_pages", 2_000, "Pages fetched from one source in one run, at most.", least=1
    ),
    Setting(
        "crawl.max_list_pages", 200, "List pages read from one column in one run, at most.", least=1
    ),
    Setting(
        "crawl.allow_private",
        False,
        "Fetch from loopback and private addresses (an intranet's own sites).",
    ),
    Setting("crawl.archive", True, "Keep raw pages as WARC files under archive/."),
    Setting(
        "crawl.keep_days", 0, "Days an archive file is kept under archive/; 0 keeps all.", least=0
    ),
    Setting(
        "crawl.off_hours",
        "",
        "Spans such as 08:00-18:00,20:00-21:00 in which no site is asked for anything.",
    ),
    Setting(
        "crawl.stale_days", 14, "Days without a new item after which a column is an alarm.", least=1
    ),
    Setting(
        "schedule.cron",
        "30 6 * * *",
        "When sources are read that do not say it themselves: minute, hour, day, month, weekday.",
    ),
    Setting(
        "schedule.retry_minutes",
        60,
        "Minutes after which a crawl that did not finish is due again.",
        least=1,
    ),
    Setting("console.language", "zh", "Language of the console: zh, or another with a catalogue."),
    Setting(
        "console.proxies",
        "",
        "Networks of reverse proxies whose X-Forwarded-For and -Proto are believed: 10.0.0.0/8,::1.",
    ),
    Setting(
        "notify.urls",
        "",
        "Apprise addresses told of alarms, separated by blanks (extra: notify).",
    ),
)

_BY_NAME = {setting.name: setting for setting in SETTINGS}


@dataclass(frozen=True)
class Settings:
    """Checked settings: every name of ``SETTINGS`` has a value."""

    values: dict[str, SettingValue]
    given: frozenset[str] = field(default=frozenset(), compare=False)
    """Names that ``xuanjian.toml`` gives a value."""

    @overload
    def get(self, name: str, kind: type[str]) -> str: ...
    @overload
    def get(self, name: str, kind: type[bool]) -> bool: ...
    @overload
    def get(self, name: str, kind: type[int]) -> int: ...
    @overload
    def get(self, name: str, kind: type[float]) -> float: ...
    def get(self, name: str, kind: type[SettingValue]) -> SettingValue:
        """The value of ``name`` as ``kind``; an unlisted name is a programming error."""
        value = self.values[name]
        return kind(value)

    @classmethod
    def defaults(cls) -> Settings:
        """The defaults of ``SETTINGS``."""
        return cls({setting.name: setting.default for setting in SETTINGS})

    @classmethod
    def read(cls, path: Path) -> Settings:
        """Read ``path``; an unknown key or a value of another type raises ``BadInput``."""
        try:
            return cls.parse(path.read_text(encoding="utf-8-sig"), path)
        except OSError as error:
            raise DiskTrouble.from_os_error(error, "reading", path) from error
        except UnicodeDecodeError as error:
            raise BadInput(
                f"{path} is not UTF-8 text", "settings-unreadable", "Save the file as UTF-8."
            ) from error

    @classmethod
    def parse(cls, text: str, path: Path) -> Settings:
        """The settings ``text`` gives; raises as ``read`` does, naming ``path``."""
        tree = _tree(text, path)
        values = dict(cls.defaults().values)
        named: set[str] = set()
        for name, written in _flatten(tree):
            if name == "format":
                if written != FORMAT:
                    raise BadInput(
                        f"{path} has format {written}, this Xuanjian knows {FORMAT}",
                        "settings-bad-value",
                        "Use the Xuanjian that wrote it.",
                    )
                continue
            if name not in _BY_NAME:
                close = difflib.get_close_matches(name, _BY_NAME, n=1)
                hint = f"Did you mean {close[0]}?" if close else "docs/settings.md lists all keys."
                raise BadInput(f"{path}: unknown setting {name}", "settings-unknown-key", hint)
            default = _BY_NAME[name].default
            value = float(written) if type(written) is int and type(default) is float else written
            if type(value) is not type(default):
                raise BadInput(
                    f"{path}: {name} must be {type(default).__name__}, got {written!r} instead",
                    "settings-bad-value",
                    f"The default is {default!r}.",
                )
            least = _BY_NAME[name].least
            if type(value) in (int, float) and not least <= value < float("inf"):  # type: ignore[operator]
                raise BadInput(
                    f"{path}: {name} must be at least {least:g}, got {value!r} instead",
                    "settings-bad-value",
                    f"The default is {default!r}.",
                )
            values[name] = value
            named.add(name)
        return cls(values, frozenset(named))


def _tree(text: str, path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOML, its numbers, its depth
        raise _nottoml_value(path, error) from error


def _nottoml_value(path: Path, error: Exception) -> BadInput:
    return BadInput(f"{path} is not valid TOML: {error}", "settings-unreadable", "Mend that line.")


def _flatten(tree: dict[str, object], prefix: str = "") -> Iterator[tuple[str, SettingValue]]:
    for key, value in tree.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            yield from _flatten(value, f"{name}.")
        else:
            yield name, value  # type: ignore[misc]  # its type is checked by the caller


@dataclass(frozen=True)
class Workspace:
    """A folder that holds one department's settings, sources, plans, archive and database."""

    path: Path
    settings: Settings

    @property
    def sources(self) -> Path:
        """Where the declarations of sources lie."""
        return self.path / "sources"

    @property
    def plans(self) -> Path:
        """Where plan documents and plan files lie."""
        return self.path / "plans"

    @property
    def models(self) -> Path:
        """Trained models and which of them are in use; there once something was trained."""
        return self.path / "models"

    @property
    def archive(self) -> Path:
        """Where raw pages are kept."""
        return self.path / "archive"

    @property
    def template(self) -> Path | None:
        """The Word file whose styles reports take: the setting ``report.template``."""
        name = self.settings.get("report.template", str)
        return self.path / name if name else None

    @property
    def database_url(self) -> str:
        """The database's URL: the setting ``store.url``, else a SQLite file in the workspace."""
        url = self.settings.get("store.url", str)
        return url or f"sqlite:///{self.path / 'xuanjian.db'}"

    @classmethod
    def create(cls, path: Path, changes: dict[str, SettingValue] | None = None) -> Workspace:
        """Make a workspace at ``path`` (may exist, must not be a workspace yet).

        Raises:
            BadInput: ``workspace-exists``.
            DiskTrouble: a folder or the settings cannot be written.
        """
        if (path / CONFIG_NAME).exists():
            raise BadInput(
                f"{path} is a workspace already",
                "workspace-exists",
                "Choose another folder, or use this one as it is.",
            )
        try:
            for folder in (path, path / "sources", path / "plans", path / "archive"):
                folder.mkdir(parents=True, exist_ok=True)
            with writing(path / CONFIG_NAME) as out:
                out.write(_render(changes or {}))
        except OSError as error:
            raise DiskTrouble.from_os_error(error, "making a workspace in", path) from error
        return cls.open(path)

    @classmethod
    def open(cls, path: Path) -> Workspace:
        """Open the workspace at ``path``, or the nearest one above it.

        Raises:
            XuanjianError: ``workspace-missing``, or what ``Settings.read`` raises.
        """
        start = path.resolve()
        for folder in (start, *start.parents):
            if (folder / CONFIG_NAME).is_file():
                return cls(folder, Settings.read(folder / CONFIG_NAME))
        raise XuanjianError(
            f"no workspace at {path} or above it",
            "workspace-missing",
            "Make one with: xuanjian init DIR, then run commands inside it or with -w DIR.",
        )


def _render(changes: dict[str, SettingValue]) -> str:
    """The text of a fresh ``xuanjian.toml``: every setting, the unchanged ones as comments."""
    lines = ["# Settings of this workspace; docs/settings.md explains each.", f"format = {FORMAT}"]
    section = ""
    for setting in SETTINGS:
        head, key = setting.name.split(".")
        if head != section:
            section = head
            lines += ["", f"[{section}]"]
        mark = "" if setting.name in changes else "# "
        value = changes.get(setting.name, setting.default)
        lines.append(f"{mark}{key} = {toml_value(value)}  # {setting.help}")
    return "\n".join(lines) + "\n"


def toml_value(value: SettingValue) -> str:
    """``value`` as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)


def shipped(name: Literal["models", "plans"]) -> Path:
    """The folder of shipped data: beside the code in a checkout, under share/ when installed.

    Raises:
        XuanjianError: ``installation-incomplete``.
    """
    for candidate in (
        Path(__file__).resolve().parent.parent / name,
        Path(sys.prefix) / "share" / "xuanjian" / name,
    ):
        if candidate.is_dir():
            return candidate
    raise XuanjianError(
        f"the shipped folder {name}/ is missing",
        "installation-incomplete",
        "Install Xuanjian again, or run it from a complete checkout.",
    )


@contextmanager
def writing(path: Path) -> Iterator[IO[str]]:
    """Write a UTF-8 text file whole or not at all.

    The text goes to a temporary file in the same folder that replaces ``path`` only when
    the block ends without an error. A refused write raises ``DiskTrouble``.
    """
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as out:
        yield out


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside ``path`` that takes its place when the block succeeds.

    Raises:
        DiskTrouble: the folder or the file cannot be written, or the block met an ``OSError``.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "writing", path) from error
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "writing", path) from error
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
