"""``xuanjian crawl`` and ``xuanjian import``: how news comes in."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from pipeline.cli import steps
from pipeline.cli.progress import progress_line
from pipeline.config import Workspace

__all__ = ["crawl_command", "import_command"]


@click.command("crawl")
@click.argument("sources", nargs=-1)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Read lists back to this day.")
@click.option("--due", is_flag=True, help="Only sources whose time has come (for cron).")
@click.option("--json", "as_json", is_flag=True, help="Print the run's counts as JSON.")
@click.pass_obj
def crawl_command(
    workspace: Path, sources: tuple[str, ...], since: datetime | None, due: bool, as_json: bool
) -> None:
    """Collect news from SOURCES (all of the workspace's by default).

    \b
    Examples:
      xuanjian crawl
      xuanjian crawl ordos-kjj --since 2025-01-01
      xuanjian crawl --due
    """
    place = Workspace.open(workspace)
    if due:
        if sources:
            raise click.UsageError("--due chooses the sources: name none")
        from pipeline.cli.schedule import due_sources

        sources = due_sources(place)
        if not sources:
            click.echo("{}" if as_json else "没有到点的来源。")
            return
    with progress_line("采集") as progress:
        counts = steps.crawl(place, sources, since.date().isoformat() if since else "", progress)
    if as_json:
        import json

        click.echo(json.dumps(counts))
        return
    from pipeline.store.runs import known_sources, latest_entries

    with steps.open_store(workspace) as (_, store), store.begin() as session:
        names = {source.id: source.name for source in known_sources(session)}
        for entry in latest_entries(session):
            if sources and entry.source not in sources:
                continue
            alarms = f"  ⚠ {'、'.join(entry.alarms)}" if entry.alarms else ""
            click.echo(
                f"{names.get(entry.source, entry.source)} {entry.column}：列表 {entry.list_pages} 页，"
                f"链接 {entry.links_found}，新取 {entry.extracted}，已有 {entry.known}，"
                f"失败 {entry.failed}{alarms}"
            )


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--medium", default="", help="The medium all items are of; makes it a source.")
@click.option(
    "--complete",
    nargs=2,
    type=click.DateTime(["%Y-%m-%d"]),
    help="First and last day for which the files hold all of the medium's items.",
)
@click.option("--by", default="", help="Who vouches for --complete.")
@click.pass_obj
def import_command(
    workspace: Path,
    files: tuple[Path, ...],
    medium: str,
    complete: tuple[datetime, datetime] | None,
    by: str,
) -> None:
    """Take in news from FILES: .jsonl, .csv, .xlsx, or a bulletin as .txt or .docx.

    All files are stored, or none: a bad line stores nothing. Importing a file again is
    harmless. A medium that no crawl reaches (paper, television, a closed account) is handed in
    with --medium; when a person vouches with --complete that nothing is missing, its days count
    as complete.

    \b
    Examples:
      xuanjian import news.jsonl 2025年台账.xlsx
      xuanjian import 科技简报第7期.docx
      xuanjian import 日报3月.xlsx --medium 鄂尔多斯日报 --complete 2025-03-01 2025-03-31 --by 王芳
    """
    vouched = None
    if complete is not None:
        if not (medium and by):
            raise click.UsageError("--complete goes with --medium and --by")
        first, last = (day.date().isoformat() for day in complete)
        if last < first:
            raise click.UsageError("--complete: the last day lies before the first")
        if last >= date.today().isoformat():  # noqa: DTZ011  # the person's own calendar
            raise click.UsageError("--complete: nobody can vouch for days that are not over")
        vouched = steps.Vouched(first, last, by)
    with steps.open_store(workspace) as (_, store), progress_line("导入") as progress:
        progress("reading", 0)
        done = steps.import_files(store, files, medium, vouched)
    added = done.added
    click.echo(f"新增 {added.new} 条，已有 {added.known} 条，更新 {added.changed} 条")
    for remark in done.remarks[:20]:
        click.echo(f"  请看：{remark}")
    if len(done.remarks) > 20:
        click.echo(f"  另有 {len(done.remarks) - 20} 处")
