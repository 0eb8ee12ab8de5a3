"""``xuanjian plan``: read, check, compare and store plans."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.deciding import base_folder
from pipeline.plan.model import Office, Plan, PlanNode, schemes
from pipeline.plan.schemes import choose_scheme
from pipeline.steps import open_store, read_plan_file, store_reading

if TYPE_CHECKING:
    from pipeline.plan.difference import PlanDifference
    from pipeline.plan.profile import ThemeProfile
    from pipeline.plan.reading import PlanReading

__all__ = ["plan_command"]


@click.group("plan")
def plan_command() -> None:
    """Read, check, compare and store plans."""


@plan_command.command("read")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write a plan file (.toml).")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
@click.option("--text", "as_text", is_flag=True, help="Print the cleaned text spans point into.")
def read(files: tuple[Path, ...], output: Path | None, as_json: bool, as_text: bool) -> None:
    """Read plan documents and show what they hold.

    FILE is a Word (.docx), PDF, web page (.html), text or plan file (.toml); .doc, .wps, .odt and
    .rtf are read through LibreOffice when it is installed.

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
    readings = [_read(file) for file in files]
    for reading in readings:
        _warn_of_marks(reading.plan)
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
@click.option("--json", "as_json", is_flag=True, help="Print the remarks as JSON.")
def check(file: Path, as_json: bool) -> None:
    """Say what a person should look at in a plan, most important first; exit 2 when there is
    anything."""
    import msgspec

    from pipeline.plan.checking import check_plan

    reading = _read(file)
    remarks = check_plan(reading.plan, reading.text)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(remarks)).decode())
    for remark in () if as_json else remarks:
        place = f"{remark.place}：" if remark.place else ""
        quote = f"“{remark.quote}”" if remark.quote else ""
        click.echo(f"{place}{remark.what}{'　' + quote if quote else ''}  [{remark.slug}]")
    if remarks:
        raise SystemExit(2)
    if not as_json:
        click.echo("没有存疑之处。")


@plan_command.command("diff")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the difference as JSON.")
def diff(old: Path, new: Path, as_json: bool) -> None:
    """Say which themes, units, media and obligations changed from OLD to NEW; exit 2 when any.

    OLD and NEW are documents or plan files. Assignments of the themes named last are suspect.

    \b
    Example:
      xuanjian plan diff plans/2024.toml 2025年方案.docx
    """
    import msgspec

    from pipeline.plan.difference import compare

    found = compare(_read(old).plan, _read(new).plan)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found)).decode())
    else:
        click.echo(difference(found) if found else "两份方案的条目、单位、媒体和事项相同。")
    if found:
        raise SystemExit(2)


@plan_command.command("profiles")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--scheme", default="", help="focus_area, chapter, section .. (default: the main).")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write a plan file (.toml).")
@click.option("--json", "as_json", is_flag=True, help="Print the profiles as JSON.")
def profiles(file: Path, scheme: str, output: Path | None, as_json: bool) -> None:
    """Show what each theme of a plan stands for: general topics, own terms, units.

    A plan file's own profiles are shown as they are; for other themes a profile is proposed from
    the plan's text. With -o they are written into a plan file, to be changed there and confirmed
    by a name under confirmed_by; news is then mapped by them wherever that file is named.

    \b
    Examples:
      xuanjian plan profiles plan.docx
      xuanjian plan profiles plan.docx -o plan.toml
      xuanjian classify --plan plan.toml --items news.jsonl
    """
    import msgspec

    from pipeline.classify.bundle import open_bundle
    from pipeline.classify.profiles import profiles_of
    from pipeline.plan.plan_file import write_plan_file

    plan = _read(file).plan
    scheme, _ = choose_scheme(plan, scheme)
    found = profiles_of(plan, scheme, open_bundle(base_folder(None)))
    if output is not None:
        here = {profile.theme for profile in found}
        bare = (msgspec.structs.replace(profile, units=()) for profile in found)
        others = (profile for profile in plan.profiles if profile.theme not in here)
        write_plan_file(msgspec.structs.replace(plan, profiles=(*bare, *others)), output)
        click.echo(f"Written: {output}", err=True)
    elif as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found)).decode())
    else:
        click.echo("\n\n".join(profile_in_words(profile) for profile in found))


def profile_in_words(profile: ThemeProfile) -> str:
    """A profile as lines for a person."""
    state = f"{profile.confirmed_by} 确认" if profile.confirmed_by else "自动建议，未经确认"
    lines = [f"{profile.theme}  {profile.title}  （{state}）"]
    for link in profile.topics:
        why = f"  {'、'.join(link.why)}" if link.why else ""
        lines.append(f"  主题 {link.topic} {link.name}  {link.weight:.2f}{why}")
    if not profile.topics:
        lines.append("  没有对应的主题：只凭词语和采访单位归类，请人工补充")
    for name, words in (
        ("词语", [term.term for term in profile.terms]),
        ("采访单位", profile.units),
        ("排除", profile.exclusions),
    ):
        if words:
            lines.append(f"  {name}：{'、'.join(words)}")
    return "\n".join(lines)


@plan_command.command("use")
@click.argument("plan")
@click.option("--name", default="", help="Name to store it under; by default the file's.")
@click.pass_obj
def use(workspace: Path, plan: str, name: str) -> None:
    """Store a plan in the workspace and take it into use, or take a stored one into use again.

    PLAN is a document, a plan file or the name of a stored plan. The plan taken into use last is
    the one other verbs work on when none is named. A document marked 秘密, 机密, ★, 工作秘密 or
    内部资料 is not stored.

    \b
    Examples:
      xuanjian plan use 2026年宣传方案.docx --name 2026
      xuanjian plan use 2026
    """
    from pipeline.plan.marks import refuse_secret
    from pipeline.store.plans import use_plan

    if Path(plan).suffix or Path(plan).exists():
        reading = _read(Path(plan))
        refuse_secret(reading.plan)
        with open_store(workspace) as (_, store):
            stored = store_reading(store, reading, name or Path(plan).stem)
    else:
        with open_store(workspace) as (_, store), store.begin() as session:
            stored = use_plan(session, plan)
    found = "、".join(f"{scheme} {len(nodes)}" for scheme, nodes in schemes(stored.plan).items())
    click.echo(f"{stored.name} 第 {stored.version} 版：{stored.plan.title}（{found}）")
    if not stored.plan.period and stored.plan.kind != "bulletin":
        click.echo("方案没有写明年份，请在方案文件中补填 period。", err=True)


@plan_command.command("list")
@click.pass_obj
def list_stored(workspace: Path) -> None:
    """List the stored plans."""
    from pipeline.store.plans import list_plans

    with open_store(workspace) as (_, store), store.begin() as session:
        for stored in list_plans(session):
            click.echo(f"{stored.name}\t第 {stored.version} 版\t{stored.plan.title}")


def _read(file: Path) -> PlanReading:
    """Read ``file``; a PDF tells on the terminal how far it is."""
    from pipeline.cli.progress import progress_line
    from pipeline.plan.reading import read_plan

    if file.suffix.lower() != ".pdf":
        return read_plan_file(file)
    with progress_line(f"Reading {file.name}") as say:
        return read_plan(file, lambda page, count: say(f"page {page} of", count))


def _warn_of_marks(plan: Plan) -> None:
    for doubt in plan.doubts:
        if doubt.slug == "marked-secret":
            click.echo(f"警告：{doubt.what}。", err=True)


_CHANGES = {
    "added": "新增",
    "removed": "删去",
    "title": "改标题",
    "text": "改正文",
    "moved": "序号变动",
}


def difference(found: PlanDifference) -> str:
    """A difference as lines for a person."""
    lines = []
    for change in found.changes:
        ids = "→".join(dict.fromkeys(filter(None, (change.old_id, change.new_id))))
        titles = " → ".join(dict.fromkeys(filter(None, (change.old_title, change.new_title))))
        lines.append(f"{_CHANGES[change.what]}  {ids}  {titles}")
    if found.period:
        old, new = ("—".join(term) if term else "未写明" for term in found.period)
        lines.append(f"执行时间  {old} → {new}")
    for what, added, removed in (
        ("采访单位", found.units_added, found.units_removed),
        ("应查媒体", found.media_added, found.media_removed),
        ("落实事项", found.obligations_added, found.obligations_removed),
    ):
        lines += [f"新增{what}  {name}" for name in added]
        lines += [f"删去{what}  {name}" for name in removed]
    if found.suspect:
        lines.append(f"需重新归类的条目：{'、'.join(found.suspect)}")
    return "\n".join(lines)


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
        lines += [f"  {task}" for office in plan.offices if (task := _tasks(office))]
    if plan.obligations:
        lines += ["", f"落实事项 {len(plan.obligations)}："]
        lines += [
            f"  {duty.what}"
            + "".join(
                f"　{name}{said}"
                for name, said in (
                    ("时间：", duty.when),
                    ("频次：", duty.every),
                    ("科室：", "、".join(duty.offices)),
                    ("媒体：", "、".join(duty.media)),
                )
                if said
            )
            for duty in plan.obligations
        ]
    if plan.events:
        lines += ["", "节点：" + "、".join(f"{e.name} {e.date}".strip() for e in plan.events)]
    if plan.scoring:
        lines += ["", f"计分办法 {len(plan.scoring)} 条："]
        lines += [f"  {rule.text}" for rule in plan.scoring]
    if plan.targets:
        lines += ["", f"量化指标 {len(plan.targets)}："]
        lines += [
            f"  {t.name} {t.operator} {t.value:g}{f'—{t.upper:g}' if t.upper else ''}{t.unit}"
            + (f"（{t.year} 年）" if t.year else "")
            + (f"，基期 {t.baseline:g}{t.unit}" if t.baseline is not None else "")
            for t in plan.targets
        ]
    if plan.media:
        lines += ["", "应查媒体：" + "、".join(medium.name for medium in plan.media)]
    if plan.doubts:
        lines += ["", f"存疑 {len(plan.doubts)} 处（xuanjian plan check 逐条列出）"]
    return "\n".join(lines)


_TIMES = {
    "week": "每周",
    "quarter": "每季度",
    "half_year": "每半年",
    "semester": "每学期",
    "year": "全年",
    "term": "执行期内",
}


def _tasks(office: Office) -> str:
    """Targets and quotas of an office on one line; '' where it has none."""
    tasks = [f"目标 {office.target_points:g} 分"] if office.target_points is not None else []
    tasks += [f"{channel} {points:g} 分" for channel, points in office.channel_targets.items()]
    tasks += [f"每月{channel} {count:g} 条" for channel, count in office.monthly_quotas.items()]
    tasks += [f"{_TIMES[q.per]}{q.channel} {q.count:g} {q.unit}".strip() for q in office.quotas]
    return f"{office.name}：{'，'.join(tasks)}" if tasks else ""


def _nodes(nodes: tuple[PlanNode, ...], depth: int) -> list[str]:
    from pipeline.plan.bulletin_plan import headline

    lines = []
    for node in nodes:
        day = f"  [{'—'.join(dict.fromkeys(node.date))}]" if node.date else ""
        title = node.title or headline(node.text)
        lines.append(f"{'  ' * depth}{node.number}{title}  <{node.id}>{day}")
        lines += _nodes(node.children, depth + 1)
    return lines
