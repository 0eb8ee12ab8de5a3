"""``xuanjian crawl`` and ``xuanjian import``: how news comes in."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from pipeline import crawling, steps
from pipeline.alarms import ALARM_NAMES
from pipeline.cli.progress import progress_line
from pipeline.cli.vouching import trail_words_of
from pipeline.config import Workspace
from pipeline.errors import XuanjianError

__all__ = ["crawl_command", "import_command"]


@click.command("crawl")
@click.argument("sources", nargs=-1)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Read lists back to this day.")
@click.option("--due", is_flag=True, help="Only sources whose time has come (for cron).")
@click.option(
    "--pack",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Then write what was crawled since the last pack to this file, for a closed network.",
)
@click.option("--pack-only", is_flag=True, help="Write --pack without crawling.")
@click.option(
    "--pack-after",
    type=click.IntRange(0),
    help="Pack what came after the pack of this number (0: everything) instead of the last.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the run's counts as JSON.")
@click.pass_obj
def crawl_command(
    workspace: Path,
    sources: tuple[str, ...],
    since: datetime | None,
    due: bool,
    pack: Path | None,
    pack_only: bool,
    pack_after: int | None,
    as_json: bool,
) -> None:
    """Collect news from SOURCES (all of the workspace's by default).

    \b
    Examples:
      xuanjian crawl
      xuanjian crawl ordos-kjj --since 2025-01-01
      xuanjian crawl --due
      xuanjian crawl --pack 2025-03-31.pack
    """
    place = Workspace.open(workspace)
    if pack is None:
        if pack_only or pack_after is not None:
            raise click.UsageError("--pack-only and --pack-after go with --pack")
        _crawl(place, sources, since, due, as_json)
        return
    if pack_only and (sources or due or since):
        raise click.UsageError("--pack-only crawls nothing: name no source")
    failed: XuanjianError | None = None
    if not pack_only:
        try:
            _crawl(place, sources, since, due, as_json)
        except XuanjianError as error:
            failed = error  # that nothing came is for the closed side to know, too
    after = [] if pack_after is None else ["--after", str(pack_after)]
    crawling.run_crawler("exchange", "--workspace", str(place.path), "write", str(pack), *after)
    if failed:
        raise failed


def _crawl(
    place: Workspace, sources: tuple[str, ...], since: datetime | None, due: bool, as_json: bool
) -> None:
    """Crawl, and print what came."""
    if due:
        if sources:
            raise click.UsageError("--due chooses the sources: name none")
        from pipeline.cli.schedule import due_sources

        sources = due_sources(place)
        if not sources:
            click.echo("{}" if as_json else "没有到点的来源。")
            return
    with progress_line("采集") as progress:
        counts = crawling.crawl(place, sources, since.date().isoformat() if since else "", progress)
    if as_json:
        import json

        click.echo(json.dumps(counts))
        return
    from pipeline.store.runs import known_sources, latest_entries

    with steps.open_store(place.path) as (_, store), store.begin() as session:
        names = {source.id: source.name for source in known_sources(session)}
        for entry in latest_entries(session):
            if sources and entry.source not in sources:
                continue
            said = "、".join(ALARM_NAMES.get(name, name) for name in entry.alarms)
            alarms = f"  ⚠ {said}" if said else ""
            click.echo(
                f"{names.get(entry.source, entry.source)} {entry.column}：列表 {entry.list_pages} 页，"
                f"链接 {entry.links_found}，新取 {entry.extracted}，已有 {entry.known}，"
                f"失败 {entry.failed}{alarms}"
            )


@click.command("import")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--pack",
    "packed",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Take in this file of another side's crawl --pack; may be given again.",
)
@click.option("--expect", default="", help="The fingerprint printed where --pack was written.")
@click.option("--medium", default="", help="The medium all items are of; makes it a source.")
@click.option(
    "--carrier",
    type=click.Choice(["website", "newspaper", "television", "radio", "wechat", "app", "bulletin"]),
    help="What the items are printed on, where the files do not say it.",
)
@click.option(
    "--complete",
    nargs=2,
    type=click.DateTime(["%Y-%m-%d"]),
    help="First and last day for which the files hold all of the medium's items.",
)
@click.option(
    "--column",
    default="",
    help="With --complete: the files hold this column of --medium, a crawled source that refuses it.",
)
@click.option("--by", default="", help="Who vouches for --complete.")
@click.option("--note", default="", help="How --complete was checked.")
@click.pass_obj
def import_command(
    workspace: Path,
    files: tuple[Path, ...],
    packed: tuple[Path, ...],
    expect: str,
    medium: str,
    carrier: str | None,
    complete: tuple[datetime, datetime] | None,
    column: str,
    by: str,
    note: str,
) -> None:
    """Take in news from FILES: .jsonl, .csv, .xlsx, pasted links or a bulletin as .txt, or .docx.

    All files are stored, or none: a bad line stores nothing. Importing a file again is
    harmless. A medium that no crawl reaches (paper, television, a closed account) is handed in
    with --medium: the article list a WeChat account's back end exports, a list of links with their
    titles, a broadcaster's 播出单, a paper's pages; items need no text. A person signs its months
    off with "xuanjian media sign", or vouches with --complete for other days; "xuanjian media unvouch"
    takes that back.

    A column whose list refuses the crawler, and opens in a browser, is handed in with --column. Its
    alarm stands on; the days somebody vouches for count as complete.

    \b
    Examples:
      xuanjian import news.jsonl 2025年台账.xlsx
      xuanjian import 科技简报第7期.docx
      xuanjian import 公众号3月.xlsx --medium 科普东胜 --carrier wechat
      xuanjian import 日报3月.xlsx --medium 鄂尔多斯日报 --complete 2025-03-01 2025-03-31 --by 王芳
      xuanjian import 解读.csv --medium 市科技局 --column 政策解读 --complete 2025-01-01 2025-03-31 --by 王芳
      xuanjian import --pack 2025-03-31.pack
    """
    if packed:
        if files or medium or complete or carrier or column:
            raise click.UsageError("--pack is taken in by itself")
        if expect and len(packed) > 1:
            raise click.UsageError("--expect goes with one --pack")
        _take_packs(workspace, packed, expect)
        return
    if not files or expect:
        raise click.UsageError("name the files to take in, or --pack FILE")
    if any(path.suffix.lower() == ".pack" for path in files):
        raise click.UsageError("a pack is taken in by itself: xuanjian import --pack FILE")
    if column and complete is None:
        raise click.UsageError("--column goes with --complete")
    vouched = None
    if complete is not None:
        if not (medium and by):
            raise click.UsageError("--complete goes with --medium and --by")
        first, last = (day.date().isoformat() for day in complete)
        vouched = steps.Vouched(first, last, by, column, note)
    with steps.open_store(workspace) as (_, store), progress_line("导入") as progress:
        progress("reading", 0)
        done = steps.import_files(store, files, medium, vouched, carrier or "")
        if vouched:
            trail_words_of(store, done.run)
    added = done.added
    click.echo(f"新增 {added.new} 条，已有 {added.known} 条，更新 {added.changed} 条")
    for remark in done.remarks[:20]:
        click.echo(f"  请看：{remark}")
    if len(done.remarks) > 20:
        click.echo(f"  另有 {len(done.remarks) - 20} 处")


def _take_packs(workspace: Path, packed: tuple[Path, ...], expect: str) -> None:
    with steps.open_store(workspace) as (place, store):
        names = [str(path) for path in packed]
        expected = ["--expect", expect] if expect else []
        try:
            crawling.run_crawler(
                "exchange", "--workspace", str(place.path), "take", *names, *expected
            )
        finally:
            steps.fold_stories(store)  # of several packs the first may have been taken in
