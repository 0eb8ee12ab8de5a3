"""``xuanjian obligations``: what the plan says will be done, and what shows that it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from pipeline import clock, steps
from pipeline.cli.audits import AskedReport, audit_options

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from pipeline.config import Workspace
    from pipeline.store.plans import StoredPlan

__all__ = ["obligations_command"]

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group("obligations", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@click.option("--today", type=_DAY, help="Count what is due from this day (default: today).")
@click.option("-v", "--verbose", is_flag=True, help="Show every occasion, proof and proposal.")
@audit_options
def obligations_command(
    asked: AskedReport, as_json: bool, today: datetime | None, verbose: bool
) -> None:
    """Print what the plan says will be done: when, by whom, and what shows that it was.

    Proofs are files, stories and submissions that people give with prove, and what the register
    says was handed in for a medium the duty names. A story that only names the duty is proposed,
    and counts for nothing until a person gives it.

    \b
    Examples:
      xuanjian obligations --period 2025Q2
      xuanjian obligations prove form-2 --file photo.png --date 2025-04-26 --by 李晓
      xuanjian obligations prove event-1 --story 3f2a --by 李晓
      xuanjian obligations unprove 3 --by 李晓 --note 传错了文件
    """
    if click.get_current_context().invoked_subcommand is not None:
        return
    from pipeline.coverage.duty_evidence import obligations_of, registered_of
    from pipeline.coverage.gather import period_of

    day = today.date() if today else clock.today()
    with asked.open() as (session, stored, options):
        period = period_of(stored, options)
        lines = obligations_of(
            session,
            stored,
            period,
            day.isoformat(),
            localities=options.localities,
            home=options.home,
            submissions=registered_of(session, stored),
        )
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(lines), indent=1))
        return
    from rich.console import Console

    from pipeline.reports.duties_terminal import print_obligations

    print_obligations(lines, stored.plan.title, period, Console(), verbose=verbose)


@dataclass(frozen=True)
class _Opened:
    """A plan to give proofs for."""

    session: Session
    workspace: Workspace
    stored: StoredPlan


@contextmanager
def _opened(path: Path, plan: str) -> Iterator[_Opened]:
    with steps.open_store(path) as (workspace, store):
        stored = steps.resolve_plan(store, workspace, plan)
        with store.begin() as session:
            yield _Opened(session, workspace, stored)


@obligations_command.command("prove")
@click.argument("obligation")
@click.option("--plan", default="", help="Plan document or stored name.")
@click.option(
    "--file", type=click.Path(path_type=Path, dir_okay=False), help="A file to keep as proof."
)
@click.option("--story", default="", help="Id of a story, or of one of its items.")
@click.option("--submission", type=int, help="Number of a registered submission.")
@click.option("--date", "day", type=_DAY, help="Day of what it shows; needed for a file.")
@click.option("--times", type=click.IntRange(1, 1000), default=1, help="How often it shows it.")
@click.option("--medium", "media", multiple=True, help="Named medium it is proof for; default all.")
@click.option("--note", default="", help="What it shows.")
@click.option("--by", required=True, help="Who gives it.")
@click.pass_obj
def prove_command(
    workspace: Path,
    obligation: str,
    plan: str,
    file: Path | None,
    story: str,
    submission: int | None,
    day: datetime | None,
    times: int,
    media: tuple[str, ...],
    note: str,
    by: str,
) -> None:
    """Give a proof that an obligation was met: a file, a story or a submission.

    A file is copied into the workspace's proofs folder with its SHA-256 and a number; one that
    bears a mark of secrecy is refused.
    """
    from pipeline.coverage.proving import (
        check_media,
        duty_of,
        proof_of_story,
        proof_of_submission,
    )
    from pipeline.store.proof_files import keep_file
    from pipeline.store.proofs import StoredProof, add_proof

    if sum(map(bool, (file, story, submission))) != 1:
        raise click.UsageError("give one of --file, --story and --submission")
    if file and not day:
        raise click.UsageError("--file needs --date: the day of what it shows")
    with _opened(workspace, plan) as opened:
        duty = duty_of(opened.stored, obligation)
        check_media(duty, media)
        looked = True
        if file:
            kept = keep_file(file, opened.workspace.path / "proofs")
            looked = kept.looked_into
            assert day is not None
            proof = StoredProof(
                obligation=obligation,
                kind="file",
                day=day.date().isoformat(),
                reference=kept.name,
                title=file.name,
                sha256=kept.sha256,
                by=by,
            )
        elif story:
            proof = proof_of_story(opened.session, obligation, story, by)
        else:
            assert submission is not None
            proof = proof_of_submission(opened.session, obligation, submission, by)
        proof = msgspec.structs.replace(
            proof,
            times=times,
            note=note,
            media=media or proof.media,
            day=day.date().isoformat() if day else proof.day,
        )
        if not proof.day:
            raise click.UsageError("it has no day of its own: give --date")
        proof = add_proof(opened.session, opened.stored, duty.obligation.what, proof)
    click.echo(f"佐证 {proof.number}：{obligation}，{proof.day}，{proof.title}")
    if not looked:
        click.echo("这个文件读不出文字，请自行确认没有密级或内部标志。", err=True)


@obligations_command.command("deny")
@click.argument("obligation")
@click.option("--plan", default="", help="Plan document or stored name.")
@click.option("--story", required=True, help="Id of a story proposed for it.")
@click.option("--note", default="", help="Why not.")
@click.option("--by", required=True, help="Who says so.")
@click.pass_obj
def deny_command(
    workspace: Path, obligation: str, plan: str, story: str, note: str, by: str
) -> None:
    """Say that a proposed story does not show it: it is proposed no more."""
    from pipeline.coverage.proving import duty_of, proof_of_story
    from pipeline.store.proofs import add_proof

    with _opened(workspace, plan) as opened:
        duty = duty_of(opened.stored, obligation)
        proof = proof_of_story(opened.session, obligation, story, by)
        proof = msgspec.structs.replace(proof, counts=False, note=note)
        proof = add_proof(opened.session, opened.stored, duty.obligation.what, proof)
    click.echo(f"已记：{proof.title} 不是 {obligation} 的佐证（编号 {proof.number}，可撤回）")


@obligations_command.command("unprove")
@click.argument("number", type=int)
@click.option("--plan", default="", help="Plan document or stored name.")
@click.option("--note", default="", help="Why.")
@click.option("--by", required=True, help="Who takes it back.")
@click.pass_obj
def unprove_command(workspace: Path, number: int, plan: str, note: str, by: str) -> None:
    """Take a proof (or a denial) back by its number; it stays on record with who and when."""
    from pipeline.store.proofs import withdraw_proof

    with _opened(workspace, plan) as opened:
        withdraw_proof(opened.session, opened.stored, number, by, note)
    click.echo(f"已撤回佐证 {number}")
