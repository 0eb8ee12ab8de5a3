"""``xuanjian plan``: read, check and store plans."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.steps import open_store, read_plan_file, store_plan
from pipeline.plan.model import Plan, PlanNode, schemes

__all__ = ["plan_command"]


@click.group("plan")
def plan_command() -> None:
    """Read, check and store plans."""


@plan_command.command("read")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write a plan file (.toml).")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
@click.option("--text", "as_text", is_flag=True, help="Print the cleaned text spans point into.")
def read(files: tuple[Path, ...], output: Path | None, as_json: bool, as_text: bool) -> None:
    """Read plan documents and show what they hold.

    \b
    Examples:
      xuanjian plan read plan.docx
      xuanjian plan read plan.txt --json
      xuanjian plan read plan.docx -o plan.toml
    """
    from pipeline.plan.plan_file import write_plan_file

    if as_json and as_text:
        raise click.UsageError("--json and --text exclude each other")
    if output is not None and len(files) > 1:
        raise click.UsageError("-o takes one FILE")
    readings = [read_plan_file(file) for file in files]
    for reading in readings:
        if output is not None:
            write_plan_file(reading.plan, output)
            click.echo(f"Written: {output}", err=True)
        elif as_json:
            click.echo(reading.plan.to_json(), nl=False)
        elif as_text:
            click.echo(reading.text)
        else:
            click.echo(outline(reading.plan))


@plan_command.command("check")
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Say what a person should look at first in a plan; exit 2 when there is anything."""
    reading = read_plan_file(file)
    remarks = [f"第 {doubt.span[0]} 字：{doubt.what}" for doubt in reading.plan.doubts]
    if not schemes(reading.plan):
        remarks.append("没有可对照的条目（宣传重点、章、节或措施）")
    for remark in remarks:
        click.echo(remark)
    if remarks:
        raise SystemExit(2)
    click.echo("没有存疑之处。")


@plan_command.command("use")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", default="", help="Name to store it under; by default the file's.")
@click.pass_obj
def use(workspace: Path, file: Path, name: str) -> None:
    """Store a plan in the workspace and take it into use.

    The first plan stored is the one other verbs use when none is named.
    """
    with open_store(workspace) as (_, store):
        stored = store_plan(store, file, name)
    found = "、".join(f"{scheme} {len(nodes)}" for scheme, nodes in schemes(stored.plan).items())
    click.echo(f"{stored.name} 第 {stored.version} 版：{stored.plan.title}（{found}）")


@plan_command.command("list")
@click.pass_obj
def list_stored(workspace: Path) -> None:
    """List the stored plans."""
    from pipeline.store.plans import list_plans

    with open_store(workspace) as (_, store), store.begin() as session:
        for stored in list_plans(session):
            click.echo(f"{stored.name}\t第 {stored.version} 版\t{stored.plan.title}")


def outline(plan: Plan) -> str:
    """A plan as indented text for a person."""
    head = [plan.title or "（无标题）"]
    facts = [plan.kind, plan.issuer, plan.number, plan.date or ""]
    if plan.period:
        facts.append("—".join(plan.period))
    lines = [*head, " · ".join(fact for fact in facts if fact), ""]
    lines += _nodes(plan.nodes, 0)
    if plan.units:
        lines += ["", f"采访单位 {len(plan.units)}："]
        lines += [
            f"  {unit.name}" + (f"（{unit.note}）" if unit.note else "") + f"  → {unit.theme}"
            for unit in plan.units
        ]
    if plan.offices:
        lines += ["", "责任科室：" + "、".join(office.name for office in plan.offices)]
    if plan.media:
        lines += ["", "应查媒体：" + "、".join(medium.name for medium in plan.media)]
    if plan.doubts:
        lines += ["", f"存疑 {len(plan.doubts)} 处（xuanjian plan check 逐条列出）"]
    return "\n".join(lines)


def _nodes(nodes: tuple[PlanNode, ...], depth: int) -> list[str]:
    lines = []
    for node in nodes:
        day = f"  [{'—'.join(dict.fromkeys(node.date))}]" if node.date else ""
        title = node.title or node.text[:30]
        lines.append(f"{'  ' * depth}{node.number}{title}  <{node.id}>{day}")
        lines += _nodes(node.children, depth + 1)
    return lines
