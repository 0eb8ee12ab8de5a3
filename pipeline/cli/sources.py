"""``xuanjian source`` and ``xuanjian extract``: what is collected, and how one page is read.

Hides: that the crawler is another program. Everything about declarations and pages is asked of
it in a process of its own; this package never imports it.
"""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from pipeline import crawling, steps
from pipeline.alarms import ALARM_NAMES
from pipeline.cli.progress import progress_line
from pipeline.clock import beijing_day
from pipeline.config import Workspace

if TYPE_CHECKING:
    from pipeline.store.runs import LedgerEntry

__all__ = ["extract_command", "source_command"]


@click.group("source")
def source_command() -> None:
    """List and check the sources of a workspace."""


class _Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """One standing alarm; ``since`` is a moment (ISO 8601, UTC), '' where no run has raised it yet."""

    name: str
    said: str
    detail: str = ""
    since: str = ""


class _ColumnLine(msgspec.Struct, frozen=True, kw_only=True):
    """One column of one source as ``source list --json`` prints it; days are inclusive."""

    source: str
    name: str
    level: str
    channel: str
    column: str
    newest_run: LedgerEntry
    alarms: tuple[_Alarm, ...]
    observed: tuple[tuple[date, date], ...]
    vouched_by: tuple[str, ...]
    """People on whose word some of these days rest."""


@source_command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_obj
def list_sources(workspace: Path, as_json: bool) -> None:
    """Show every source with what its newest run saw, standing alarms first.

    \b
    Examples:
      xuanjian source list
      xuanjian source list --json
    """
    lines = _column_lines(workspace)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(lines), indent=1))
        return
    if not lines:
        click.echo("尚未采集。声明放在工作目录的 sources/ 下，然后运行 xuanjian crawl。")
    for line in lines:
        days = "，".join(f"{first}—{last}" for first, last in line.observed)
        by = f"（{'、'.join(line.vouched_by)} 确认）" if line.vouched_by else ""
        said = "、".join(f"{alarm.said}{_since(alarm)}" for alarm in line.alarms)
        seen = line.newest_run
        links = "列表未变" if seen.not_modified else f"链接 {seen.links_found}"
        click.echo(
            f"{f'⚠ {said}  ' if said else ''}{line.name} {line.column}："
            f"{links}，新取 {seen.extracted}，已有 {seen.known}，失败 {seen.failed}，"
            f"无漏采时段 {days or '无'}{by}"
        )


def _column_lines(workspace: Path) -> tuple[_ColumnLine, ...]:
    from pipeline.store.alarms import standing_alarms
    from pipeline.store.runs import (
        SourceRecord,
        known_sources,
        latest_entries,
        observed_windows,
        vouched_windows,
    )

    standing: dict[tuple[str, str], dict[str, _Alarm]] = {}
    with steps.open_store(workspace) as (_, store), store.begin() as session:
        sources = {source.id: source for source in known_sources(session)}
        windows = observed_windows(session)
        words = vouched_windows(session)
        entries = latest_entries(session)
        for one in standing_alarms(session):
            said = ALARM_NAMES.get(one.name, one.name)
            standing.setdefault((one.source, one.column), {})[one.name] = _Alarm(
                name=one.name, said=said, detail=one.detail, since=one.raised_at
            )
    for entry in entries:
        for name in entry.alarms:
            fresh = _Alarm(name=name, said=ALARM_NAMES.get(name, name))
            standing.setdefault((entry.source, entry.column), {}).setdefault(name, fresh)
    lines = []
    for entry in sorted(entries, key=lambda e: (e.source, e.column) not in standing):
        key = (entry.source, entry.column)
        source = sources.get(entry.source, SourceRecord(id=entry.source, name=entry.source))
        lines.append(
            _ColumnLine(
                source=source.id,
                name=source.name,
                level=source.level,
                channel=source.channel,
                column=entry.column,
                newest_run=entry,
                alarms=tuple(standing.get(key, {}).values()),
                observed=windows.get(key, ()),
                vouched_by=tuple(dict.fromkeys(one.by for one in words.get(key, ()))),
            )
        )
    return tuple(lines)


def _since(alarm: _Alarm) -> str:
    if not alarm.since:
        return ""
    since = f"自 {beijing_day(alarm.since)} 起"
    return f"（{alarm.detail}；{since}）" if alarm.detail else f"（{since}）"


@source_command.command("check")
@click.argument("name", default="")
@click.option(
    "--page",
    type=click.Path(path_type=Path),
    help="A saved list page: show what NAME reads from it (exit code 2: nothing).",
)
@click.option("--url", default="", help="The address the page was saved from.")
@click.option("--column", default="", help="Only this column of NAME.")
@click.pass_obj
def check_sources(workspace: Path, name: str, page: Path | None, url: str, column: str) -> None:
    """Check declarations without fetching anything: all of the workspace, or NAME (an id or a .toml file).

    \b
    Example:
      xuanjian source check ordos-kjj --page kjgz.html
    """
    if page is not None:
        if not name:
            raise click.UsageError("--page needs the name of a source, or its .toml file")
        options = ["--page", str(page), "--url", url, "--column", column]
        crawling.run_crawler("declare", "--workspace", str(workspace), "check", name, *options)
        return
    place = Workspace.open(workspace)
    chosen = ["--source", name] if name else []
    crawling.run_crawler("run", "--workspace", str(place.path), "--check", *chosen)


@source_command.command("new")
@click.argument("page")
@click.option("--url", default="", help="The address PAGE was saved from, where it is a file.")
@click.option("--name", default="", help="What the source is called; default: what the page says.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write the declaration to this file."
)
@click.pass_obj
def new_source(workspace: Path, page: str, url: str, name: str, output: Path | None) -> None:
    """Propose a declaration from PAGE, the address of a list page or a saved one.

    Shows the system recognised, the rules proposed, the rows that would be collected and where the
    next page is. An address is asked for once, under the workspace's rules (robots.txt, no private
    addresses).

    \b
    Example:
      xuanjian source new https://kjj.example.gov.cn/kjdt/ -o sources/kjj.toml
      xuanjian source new saved.html --url https://kjj.example.gov.cn/kjdt/ --name 市科技局
    """
    options = ["--url", url, "--name", name, *(["-o", str(output)] if output else [])]
    crawling.run_crawler("declare", "--workspace", str(workspace), "new", page, *options)


@click.command("extract")
@click.argument("page", required=False, type=click.Path(path_type=Path))
@click.option("--url", default="", help="The address the page was saved from.")
@click.option("--from-archive", is_flag=True, help="Read the pages that crawls saved anew.")
@click.option("--source", default="", help="With --from-archive: only items of this source.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="With --from-archive: only items of this day or later, and undated ones.",
)
@click.option("--run", type=int, help="With --from-archive: only pages this crawl saved.")
@click.option("--dry-run", is_flag=True, help="With --from-archive: show, store nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def extract_command(
    workspace: Path,
    page: Path | None,
    url: str,
    from_archive: bool,
    source: str,
    since: datetime | None,
    run: int | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Read one saved news page: title, date, outlet, author, attachments, flags, text.

    A page that does not look like an article is read all the same, with a warning and the flag
    no_article; a file that is no web page is refused.

    With --from-archive the pages that crawls saved are read by the present extractors, and what they
    know better is stored: another title, date, text, outlet, author or attachments. Text is never
    lost: a reading with less than half of it leaves what is there, and says so.

    \b
    Examples:
      xuanjian extract t20250318_100123.html --url http://kjj.example.gov.cn/kjdt/ --json
      xuanjian extract --from-archive --source ordos-kjj --dry-run
    """
    if from_archive:
        if page or url:
            raise click.UsageError("--from-archive reads the archive: give no page and no --url")
        _reread(workspace, source, since, run, dry_run, as_json)
        return
    if page is None or not url:
        raise click.UsageError("name a saved page and its --url, or read --from-archive")
    if source or since or run is not None or dry_run:
        raise click.UsageError("--source, --since, --run and --dry-run go with --from-archive")
    options = ["--url", url, *(["--json"] if as_json else [])]
    crawling.run_crawler("pages", str(page), *options)


_FIELDS = {
    "title": "标题",
    "date": "日期",
    "text": "正文",
    "outlet": "稿源",
    "author": "作者",
    "attachments": "附件",
}


class _Change(msgspec.Struct, frozen=True):
    """What the crawler says of one field of an item."""

    field: str
    before: str
    after: str
    taken: bool


class _Reread(msgspec.Struct, frozen=True):
    """A line of the crawler's rereading, as far as it is printed."""

    event: str
    done: int
    total: int
    id: str
    title: str
    url: str
    changes: tuple[_Change, ...]
    read: int
    changed: int
    kept: int
    undeclared: int


def _reread(
    workspace: Path, source: str, since: datetime | None, run: int | None, dry: bool, as_json: bool
) -> None:
    place = Workspace.open(workspace)
    asked = ["--workspace", str(place.path), *(["--dry-run"] if dry else [])]
    asked += ["--source", source] if source else []
    asked += ["--since", since.date().isoformat()] if since else []
    asked += ["--run", str(run)] if run is not None else []
    last = None
    with (
        progress_line("重读") as progress,
        closing(crawling.crawler_lines("reread", *asked)) as lines,
    ):
        for line in lines:
            event = last = msgspec.json.decode(line, type=_Reread)
            progress(f"{event.done}/{event.total}", 0)
            if event.event == "item" and as_json:
                shown = {"id": event.id, "url": event.url, "changes": event.changes}
                click.echo(msgspec.json.encode(shown).decode())
            elif event.event == "item":
                click.echo(f"{event.title}  {event.url}")
                for change in event.changes:
                    click.echo(f"  {_worded(change)}")
    if not dry:
        with steps.open_store(workspace) as (_, store):
            steps.fold_stories(store)
    if last is not None and not as_json:
        verb = "可更新" if dry else "已更新"
        click.echo(
            f"共 {last.total} 条，存档中有原页 {last.read} 条，{verb} {last.changed} 条，"
            f"有所保留 {last.kept} 条"
            + (f"，来源未声明、未读 {last.undeclared} 条" if last.undeclared else "")
        )


def _worded(change: _Change) -> str:
    """One field's change as a person reads it; of texts how long they are."""
    before, after = change.before, change.after
    if change.field == "text":
        before, after = f"{len(before)} 字", f"{len(after)} 字"
    note = "" if change.taken else "（保留原值）"
    return f"{_FIELDS[change.field]}：{before or '无'} → {after or '无'}{note}"
