"""``xuanjian audit``: the random sample that turns "undecided" into a proof.

Hides: how a draw is put together from what the coverage report counts, and the queue file a reviewer
fills in. The machine's opinion is left out of that queue: it would
lead the reviewer whose decisions are to check it.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import click
import msgspec

from pipeline import steps
from pipeline.cli.audits import AskedReport, audit_options, make_known
from pipeline.cli.offers import print_offer
from pipeline.cli.reviews import QueueLine
from pipeline.clock import beijing_day
from pipeline.config import writing
from pipeline.coverage.audit import EXCERPT, audit
from pipeline.coverage.gather import EVERY, AuditOptions, known_of
from pipeline.coverage.known import Known
from pipeline.coverage.offering import offer_of, population_of, scores_of, undated_of
from pipeline.coverage.periods import make_period
from pipeline.coverage.report import STATE_NAMES, CoverageReport, Period
from pipeline.coverage.sampling import (
    ALPHA,
    LOOKS,
    READ,
    most_unseen,
    reads_needed,
    sampling_order,
)
from pipeline.errors import BadInput
from pipeline.plan.fingerprint import scheme_fingerprint
from pipeline.reports.wording import made_words
from pipeline.store.audits import (
    AuditedStory,
    StoredAudit,
    extend_audit,
    get_audit,
    save_audit,
)
from pipeline.store.items import items_by_id
from pipeline.store.stories import stories_by_id
from pipeline.text import squeeze

__all__ = ["audit_command"]

_SEEDS = 2**31
"""Seeds there are: what a database's integer holds."""
_PLAN = click.option("--plan", default="", help="Plan document or stored name.")
_NUMBER = click.option("--audit", "number", type=int, help="Its number; by default the newest.")
_QUEUE = click.Path(path_type=Path, dir_okay=False)


@click.group("audit")
def audit_command() -> None:
    """Draw the random sample that turns "undecided" into a proof."""


@audit_command.command("sample")
@click.option(
    "--k", type=click.IntRange(min=0), help="Draw what proves a blank of at most this many stories."
)
@click.option("--size", type=click.IntRange(min=1), help="Stories to draw.")
@click.option("--all", "everything", is_flag=True, help="Read everything; with --draw, its queue.")
@click.option(
    "--seed",
    type=click.IntRange(0, _SEEDS - 1),
    help="Of the permanent random numbers (default: a new one).",
)
@click.option("--draw", is_flag=True, help="Draw the sample and store it.")
@click.option("--json", "as_json", is_flag=True, help="Print the prices as JSON.")
@click.option("-o", "--output", type=_QUEUE, help="Queue file of the drawn stories.")
@audit_options
def sample(
    asked: AskedReport,
    k: int | None,
    size: int | None,
    everything: bool,
    seed: int | None,
    draw: bool,
    as_json: bool,
    output: Path | None,
) -> None:
    """Say what it costs to decide each undecided theme, or draw the sample.

    Without --draw nothing is stored: for each theme it prints how many stories must be drawn and
    read so that, if none of them belongs to it, at most 0, 1 or 5 do (95 %, over three looks), how
    many of the machine's stories likely take it to the bar, and the smallest sample expected to
    decide more than half of the themes.

    With --draw that sample (or the one of --k or --size) is stored. It is read in the console; or -o
    writes its queue as lines to fill in: write the themes in "themes" and set "others" to "no", then
    import them with --audit. With --all --draw, or where a sample would save too little, the queue is
    everything not read yet; it needs no audit and is imported without --audit.

    \b
    Examples:
      xuanjian audit sample --period 2025Q1
      xuanjian audit sample --period 2025Q1 --draw -o queue.jsonl
      xuanjian review import queue.jsonl --audit 1
      xuanjian audit sample --period 2025-03 --all --draw -o queue.jsonl
    """
    _check_options(draw, output, as_json, everything, k if k is not None else size)
    known = make_known(asked)
    report = audit(known)
    strata = population_of(known, report)
    _check_period(known, strata)
    if k is not None and k >= known.bar:
        raise BadInput(
            f"at most {k} stories is no blank where {known.bar} are enough",
            "audit-bound",
            "Ask for a --k below the bar.",
        )
    open_ones = {story: stratum for story, stratum in strata.items() if stratum != READ}
    if not draw:
        offer = offer_of(known, report, strata)
        if as_json:
            click.echo(msgspec.json.encode(offer))
            return
        print_offer(offer, _name_of(known.period), report.plan.scheme_name)
        if size is not None and open_ones:
            drawn = sampling_order(open_ones, 0)[:size]
            click.echo(f"抽 {len(drawn)} 篇而一篇不见：至多 {_bound(open_ones, drawn)} 篇")
        return
    if known.period.last >= beijing_day(known.generated_at):
        click.echo("注意：统计周期尚未结束，此后新入的报道须逐篇判定。", err=True)
    if not everything and k is None and size is None and known.audit is None:
        proposed = offer_of(known, report, strata).proposed()
        if open_ones and proposed is None:
            raise _nothing("every theme is decided; --size draws all the same")
        if proposed is not None:
            everything, k, size = proposed.everything, proposed.at_most, proposed.reads
    if everything:
        if output is None:
            raise _nothing("reading everything needs no sample; -o QUEUE writes what is unread")
        _write_everything(asked.workspace, output, known, report, open_ones)
        return
    made = _drawn(known, strata, k, size, seed)
    with steps.open_store(asked.workspace) as (place, store):
        stored = steps.resolve_plan(store, place, asked.plan)
        with store.begin() as session:
            saved = save_audit(session, stored, made)
            new = [row for row in saved.drawn if row.stratum != READ]
            if output is not None:
                _write_queue(output, saved, new, report)
    click.echo(
        f"抽查 {saved.id}：从 {len(saved.stories)} 篇中抽 {len(new)} 篇（种子 {saved.seed}，"
        f"空白认定为至多 {saved.at_most} 篇），第 1/{LOOKS} 次"
    )
    _say_next(saved, output)


@audit_command.command("extend")
@_PLAN
@_NUMBER
@click.option("--size", type=click.IntRange(min=1), help="Stories to draw more.")
@click.option("-o", "--output", type=_QUEUE, help="Queue file of those drawn.")
@click.pass_obj
def extend(
    workspace: Path, plan: str, number: int | None, size: int | None, output: Path | None
) -> None:
    """Draw the next stories of an audit whose sample is read to the end and proved too little.

    By default as many as prove its k if still none is found; where that needs none, as many again
    as were drawn. An audit can be extended twice.
    """
    with steps.open_store(workspace) as (place, store):
        stored = steps.resolve_plan(store, place, plan)
        with store.begin() as session:
            found = get_audit(session, stored, number)
            known = known_of(session, stored, _options_of(found, AuditOptions.of(place.settings)))
            report = audit(known)
            longer = extend_audit(session, found, _next(found, known, report, size))
            new = [row for row in longer.drawn if row.look == longer.looks]
            if output is not None:
                _write_queue(output, longer, new, report)
    click.echo(f"抽查 {longer.id}：再抽 {len(new)} 篇，第 {longer.looks}/{LOOKS} 次")
    _say_next(longer, output)


@audit_command.command("status")
@_PLAN
@_NUMBER
@click.option("-o", "--output", type=_QUEUE, help="Queue file of what is not decided yet.")
@click.pass_obj
def status(workspace: Path, plan: str, number: int | None, output: Path | None) -> None:
    """Say how far an audit is read and what it proves of each theme."""
    with steps.open_store(workspace) as (place, store):
        stored = steps.resolve_plan(store, place, plan)
        with store.begin() as session:
            found = get_audit(session, stored, number)
            known = known_of(session, stored, _options_of(found, AuditOptions.of(place.settings)))
    report = audit(known)
    missing = _undecided(found, known, report)
    drawn = sum(row.stratum != READ for row in found.drawn)
    before = len(found.drawn) - drawn
    click.echo(
        f"抽查 {found.id}：{_name_of(known.period)}，{report.plan.scheme_name}；"
        f"{len(found.stories)} 篇中抽 {drawn} 篇"
        + (f"，另 {before} 篇抽取前已通读" if before else "")
        + f"；种子 {found.seed}，第 {found.looks}/{LOOKS} 次，空白认定为至多 {found.at_most} 篇"
    )
    click.echo(
        f"归类模型 {found.model[0] or '（未归类）'} {found.model[1]}，抽取于 {made_words(found.drawn_at)}"
    )
    click.echo(f"尚有 {len(missing)} 篇未判完" if missing else "样本已判完")
    for line in report.themes:
        limits = ""
        if line.estimate is not None:
            limits = f"，推算 {line.estimate.low} 至 {line.estimate.high} 篇"
        click.echo(
            f"{line.number}{line.title}：{STATE_NAMES[line.state]}，"
            f"已核实 {line.tally.verified} 篇{limits}"
        )
    if output is not None:
        rows = [row for row in found.drawn if row.story in missing]
        _write_queue(output, found, rows, report)
        click.echo(f"Written: {output} ({len(rows)} stories)", err=True)


def _check_options(
    draw: bool, output: Path | None, as_json: bool, everything: bool, asked: int | None
) -> None:
    if draw and everything and output is None:
        raise click.UsageError("--all --draw needs -o QUEUE, the file to fill in")
    if output is not None and not draw:
        raise click.UsageError("-o QUEUE is written by --draw")
    if draw and as_json:
        raise click.UsageError("--json prints prices; --draw writes a queue")
    if everything and asked is not None:
        raise click.UsageError("--all excludes --k and --size")


def _check_period(known: Known, strata: Mapping[str, str]) -> None:
    """Raise where no sample can say anything of the period."""
    days = f"{known.period.first} to {known.period.last}"
    if known.period.first > beijing_day(known.generated_at):
        raise BadInput(
            f"the period {days} has not begun",
            "audit-period-future",
            "Draw when it is over, or give another --period.",
        )
    if strata or len(undated_of(known)):
        return
    starts = [first for windows in known.windows.values() for first, _ in windows]
    observed = min(starts, default=None)
    if observed is None or known.period.last < observed.isoformat():
        since = f"observed since {observed} only" if observed else "never observed"
        raise BadInput(
            f"nothing is known of the period {days}: the sources were {since}",
            "audit-period-unseen",
            "Give a later --period, or collect it first: xuanjian crawl --since, xuanjian import.",
        )


def _drawn(
    known: Known, strata: Mapping[str, str], k: int | None, size: int | None, seed: int | None
) -> StoredAudit:
    """The draw, before it is stored: ``size`` stories, or what proves a blank of ``k``."""
    open_ones = {story: stratum for story, stratum in strata.items() if stratum != READ}
    if not open_ones:
        raise _nothing("every counted story of the period was read, or there is none")
    at_most = k or 0
    count = size or max(1, reads_needed(open_ones, at_most, ALPHA / LOOKS))
    chosen_seed = secrets.randbelow(_SEEDS) if seed is None else seed
    chosen = {*sampling_order(open_ones, chosen_seed)[:count]}
    if k is None and size is not None:
        at_most = min(_bound(open_ones, chosen), known.bar - 1)
    originals = {story.id: story.items[0].id for story in known.stories}
    return StoredAudit(
        scheme=known.note.scheme,
        scheme_fingerprint=scheme_fingerprint(known.plan, known.note.scheme),
        period=(known.period.first, known.period.last),
        seed=chosen_seed,
        at_most=at_most,
        model=(known.model.name, known.model.fingerprint),
        stories=tuple(
            AuditedStory(
                story=story,
                item=originals[story],
                stratum=stratum,
                look=int(stratum == READ or story in chosen),
                scores=scores_of(known, story),
            )
            for story, stratum in sorted(strata.items())
        ),
    )


def _next(
    found: StoredAudit, known: Known, report: CoverageReport, size: int | None
) -> tuple[str, ...]:
    """The stories an extension draws."""
    missing = _undecided(found, known, report)
    if missing:
        raise BadInput(
            f"{len(missing)} stories of audit {found.id} are not decided for every theme",
            "audit-unread",
            "Write them with: xuanjian audit status -o QUEUE, fill them in, import them.",
        )
    if found.looks >= LOOKS:
        raise BadInput(
            f"audit {found.id} was looked at {LOOKS} times, all its error allows",
            "audit-looks",
            "Read the rest through: xuanjian review queue --all.",
        )
    strata = {row.story: row.stratum for row in found.stories if row.stratum != READ}
    before = {row.story for row in found.drawn}
    rest = [story for story in sampling_order(strata, found.seed) if story not in before]
    if not rest:
        raise _nothing(f"audit {found.id} drew every story of its population")
    drawn = len(strata) - len(rest)
    needed = reads_needed(strata, found.at_most, ALPHA / LOOKS) - drawn
    return tuple(rest[: size or max(0, needed) or drawn])


def _bound(strata: Mapping[str, str], drawn: Collection[str]) -> int:
    """How many stories there are at most if none is found among those drawn."""
    sizes = Counter(strata.values())
    read = Counter(strata[story] for story in drawn)
    names = sorted(sizes)
    return most_unseen(
        [sizes[name] for name in names], [read[name] for name in names], ALPHA / LOOKS
    )


def _nothing(why: str) -> BadInput:
    return BadInput(f"there is nothing to draw: {why}", "audit-nothing", "See: xuanjian coverage.")


def _undecided(found: StoredAudit, known: Known, report: CoverageReport) -> set[str]:
    """The drawn stories, by their name at the draw, that still count and lack a decision."""
    now = {item.id: line for line in report.stories for item in line.items}
    themes = {theme.id for theme in known.themes}
    return {
        row.story
        for row in found.drawn
        if row.item in now
        and now[row.item].counted
        and not themes <= known.decisions.get(now[row.item].id, {}).keys()
    }


def _write_queue(
    output: Path, found: StoredAudit, rows: Collection[AuditedStory], report: CoverageReport
) -> None:
    """The lines to fill in, one for each of ``rows`` that still counts."""
    now = {item.id: line for line in report.stories for item in line.items}
    shares = found.shares(found.looks)
    _write_lines(
        output,
        (
            QueueLine(
                id=now[row.item].id,
                title=now[row.item].title,
                text=now[row.item].excerpt,
                suggested=(),
                chosen_by="audit",
                inclusion_probability=shares[row.stratum],
            )
            for row in rows
            if row.item in now
        ),
    )


def _write_everything(
    workspace: Path,
    output: Path,
    known: Known,
    report: CoverageReport,
    unread: Collection[str],
) -> None:
    """The queue of all that is not read through, those without a day included 全部通读."""
    lines = [
        QueueLine(id=line.id, title=line.title, text=line.excerpt, suggested=())
        for line in report.stories
        if line.id in unread
    ]
    with steps.open_store(workspace) as (_place, store), store.begin() as session:
        undated = stories_by_id(session, undated_of(known))
        items = items_by_id(session, (story.original for story in undated))
    for story in undated:
        item = items[story.original]
        excerpt = squeeze(item.text)[:EXCERPT]
        lines.append(QueueLine(id=story.id, title=item.title, text=excerpt, suggested=()))
    if not lines:
        raise _nothing("every counted story of the period was read, or there is none")
    _write_lines(output, lines)
    without = f"（其中无日期 {len(undated)} 篇）" if undated else ""
    click.echo(f"全部通读：{len(lines)} 篇{without}已写入待判清单；判完即为全部通读认定，不需抽查")
    click.echo(f"判完后导入：xuanjian review import {output}")


def _write_lines(output: Path, lines: Iterable[QueueLine]) -> None:
    with writing(output) as out:
        for line in lines:
            out.write(msgspec.json.encode(line).decode() + "\n")


def _options_of(found: StoredAudit, options: AuditOptions) -> AuditOptions:
    """What the workspace's settings say, for the themes and days of an audit."""
    first, last = (date.fromisoformat(day) for day in found.period)
    return replace(options, period=make_period(first, last), scheme=found.scheme, most=EVERY)


def _say_next(audit: StoredAudit, output: Path | None) -> None:
    """How the sample is read: in the console, or in the queue that was written."""
    if output is None:
        click.echo("到控制台的“人工复核”里建抽查清单，逐篇判定")
    else:
        click.echo(f"判完后导入：xuanjian review import {output} --audit {audit.id}")


def _name_of(period: Period) -> str:
    return period.label or f"{period.first}—{period.last}"
