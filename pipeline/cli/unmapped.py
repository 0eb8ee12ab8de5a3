"""``xuanjian unmapped``: science news that no theme of the plan takes, in groups."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from pipeline import steps
from pipeline.cli.mapping import counted, deciding_without_store, items_of_file
from pipeline.cli.progress import progress_line
from pipeline.config import replacing
from pipeline.deciding import deciding

if TYPE_CHECKING:
    from pipeline.classify.new_themes import NewThemes

__all__ = ["unmapped_command"]


@click.command("unmapped")
@click.option("--plan", default="", help="Plan document, plan file (.toml) or stored name.")
@click.option("--scheme", default="", help="focus_area, chapter, section .. (default: the main).")
@click.option("--model", type=click.Path(path_type=Path), help="Model folder.")
@click.option("--items", "items_file", default="", help="Items JSONL, CSV or XLSX; - for stdin.")
@click.option(
    "--smallest",
    type=click.IntRange(min=2),
    default=5,
    show_default=True,
    help="Items a group must have.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON, with the ids of every group's items.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write.")
@click.pass_obj
def unmapped_command(
    workspace: Path,
    plan: str,
    scheme: str,
    model: Path | None,
    items_file: str,
    smallest: int,
    as_json: bool,
    output: Path | None,
) -> None:
    """Group science news that no theme of the plan takes, and name the groups by their terms.

    With --items: that file's items; no workspace is needed. Without: all stories of the
    workspace; what people decided counts.

    \b
    Examples:
      xuanjian unmapped
      xuanjian unmapped --plan plan.docx --items news.jsonl --json -o unmapped.json
    """
    from pipeline.classify.new_themes import find_new_themes

    if items_file:
        classifier = deciding_without_store(workspace, plan, scheme, model).classifier
        with progress_line("归并") as progress:
            items = counted(items_of_file(items_file), progress)
            found = find_new_themes(classifier, items, smallest=smallest)
    else:
        found = _of_store(workspace, plan, scheme, model, smallest)
    words = msgspec.json.format(msgspec.json.encode(found), indent=1) if as_json else _told(found)
    if output is None:
        click.echo(words.rstrip(b"\n"))
        return
    with replacing(output) as temporary:
        temporary.write_bytes(words.rstrip(b"\n") + b"\n")


def _of_store(
    workspace: Path, plan: str, scheme: str, model: Path | None, smallest: int
) -> NewThemes:
    from pipeline.classify.new_themes import find_new_themes
    from pipeline.store.assignments import decisions, reviews_of
    from pipeline.store.stories import stories_between

    with steps.open_store(workspace) as (place, store), progress_line("归并") as progress:
        stored = steps.resolve_plan(store, place, plan)
        chosen = deciding(place, stored.plan, stored.name, scheme, model=model)
        classifier = chosen.classifier
        themes = {profile.theme for profile in classifier.profiles}
        with store.begin() as session:
            stories = stories_between(session)
            story_of = {item: story.id for story in stories for item in story.items}
            decided = decisions(reviews_of(session, stored.id), story_of)
            taken = frozenset(
                story
                for story, held in decided.items()
                if any(theme in themes and one.belongs for theme, one in held.items())
            )
            items = steps.story_items(session, stories, progress)
            return find_new_themes(classifier, items, smallest=smallest, taken=taken)


def _told(found: NewThemes) -> bytes:
    lines = [
        f"读 {found.read} 条，科技新闻 {found.science} 条，其中未归入任何条目 {found.unmapped} 条"
    ]
    if found.clustered < found.unmapped:
        lines.append(f"条数多，按编号散列抽取 {found.clustered} 条归并")
    if found.too_few:
        lines.append(f"未归入的科技新闻不足 {2 * found.smallest} 条，太少，不作归并")
    elif not found.themes:
        lines.append(f"没有 {found.smallest} 条以上内容相近的，未见方案缺少的主题")
    else:
        lines.append(f"归并出 {len(found.themes)} 组，另有 {found.loose} 条零散")
    for place, theme in enumerate(found.themes, 1):
        about = f"（{'、'.join(theme.topics)}）" if theme.topics else ""
        lines.append(f"\n{place}. {'、'.join(theme.terms)}  {len(theme.items)} 条{about}")
        lines += [f"   {sample.title}" for sample in theme.samples]
    return "\n".join(lines).encode() + b"\n"
