"""``xuanjian report sign``, ``stages``, ``list`` and ``corrections``.

Hides: how signatures and issued versions are shown.
"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline import steps
from pipeline.cli.audits import JUDGING, AskedReport, audit_options, options_until
from pipeline.cli.comparing import compare_options, with_comparison
from pipeline.cli.progress import progress_line
from pipeline.coverage.issuing import key_of, locked_report, sign_report
from pipeline.coverage.publications import Counting
from pipeline.coverage.report import STATE_NAMES
from pipeline.coverage.sign_off import STAGE_NAMES, sign_off_of, stage_code
from pipeline.coverage.since_issue import corrections_of
from pipeline.coverage.supplement import correction_about, correction_words
from pipeline.errors import BadInput
from pipeline.reports.wording import clean, days_words, made_words, state_counts
from pipeline.store.signed import SignStep, issued_reports, signed_keys, steps_of

__all__ = ["corrections", "list_reports", "sign", "stages"]

_SHORT = 16
"""Digits of a fingerprint that lists show."""


@click.command("sign")
@click.option(
    "--to",
    required=True,
    help="Stage: draft 草稿, check 科室核对, collation 办公室汇总, approval 分管局领导审核, "
    "issued 已印发.",
)
@click.option("--by", required=True, help="Who signs.")
@click.option("--note", default="", help="A remark; the reason of a step back or a new version.")
@compare_options
@options_until("--until")
def sign(asked: AskedReport, to: str, by: str, note: str, compare: str, against: str) -> None:
    """Take a period's report one stage further, or back to an earlier one with a reason.

    Issuing locks it: its whole record is stored with every publication it counted. A corrected
    version is opened with --to draft and a reason, and goes through the stages again. Where two people
    have an account of the console, whoever signed 办公室汇总 does not sign 分管局领导审核.

    \b
    Examples:
      xuanjian report sign --period 2025-03 --to check --by 王芳
      xuanjian report sign --period 2025-03 --to draft --by 李强 --note 漏列一篇
      xuanjian report sign --period 2025-03 --to issued --by 办公室 --compare previous
    """
    stage = stage_code(to)
    with asked.open() as opened, progress_line(JUDGING) as progress:
        step, report = sign_report(
            *opened,
            to=stage,
            by=by,
            note=note,
            compared=lambda made: with_comparison(made, opened, compare, against, progress),
        )
        issued = issued_reports(opened[0], key_of(opened[1], opened[2]))
    counts = state_counts(report)
    states = [f"{STATE_NAMES[state]} {count}" for state, count in counts.items()]
    click.echo(f"{_line(step)}：{'，'.join(states)}")
    if stage == "issued":
        click.echo(f"已锁定第 {step.version} 版，指纹 {issued[-1].fingerprint}")


@click.command("stages")
@audit_options
def stages(asked: AskedReport) -> None:
    """Print the signatures on a period's report, and what comes next."""
    with asked.open() as (session, stored, options):
        key = key_of(stored, options)
        signed = steps_of(session, key)
        issued = {one.version: one for one in issued_reports(session, key)}
    click.echo(f"{clean(stored.plan.title, 80)}　{days_words(key.first, key.last)}")
    for step in signed:
        click.echo(_line(step))
        if step.stage == "issued":
            one = issued[step.version]
            click.echo(f"  指纹 {one.fingerprint}")
            if one.replaces:
                click.echo(f"  替代指纹 {one.replaces} 的版本")
    now = sign_off_of(signed)
    if not signed:
        click.echo("草稿，尚无签批")
    order = list(STAGE_NAMES)
    if now.locked:
        click.echo("已印发并锁定；此后来的报道进入下期补录，更正另起新版（--to draft --note 理由）")
    else:
        following = order[order.index(now.stage) + 1]
        click.echo(f"下一环节：{STAGE_NAMES[following]}（--to {following}）")


@click.command("list")
@click.option("--plan", default="", help="Stored name of a plan (default: all).")
@click.pass_obj
def list_reports(workspace: Path, plan: str) -> None:
    """List the reports anybody signed, with their stage and issued versions."""
    with steps.open_store(workspace) as (_, store), store.begin() as session:
        keys = signed_keys(session, plan)
        for key in keys:
            now = sign_off_of(steps_of(session, key))
            click.echo(
                f"{key.plan}　{days_words(key.first, key.last)}　{key.scheme}　"
                f"第 {now.version} 版　{STAGE_NAMES[now.stage]}"
            )
            for one in issued_reports(session, key):
                old = f"，替代 {one.replaces[:_SHORT]}" if one.replaces else ""
                click.echo(
                    f"  第 {one.version} 版 {made_words(one.issued_at)} 印发（"
                    f"{clean(one.issued_by, 40)}），指纹 {one.fingerprint[:_SHORT]}{old}"
                )
    if not keys:
        click.echo("尚无签批的报告")


@click.command("corrections")
@audit_options
def corrections(asked: AskedReport) -> None:
    """Print how a period's issued report differs from what is stored now: 更正, old and new."""
    with asked.open() as (session, stored, options):
        key = key_of(stored, options)
        locked = locked_report(session, key)
        if locked is None:
            raise BadInput(
                f"{key.words()} is not issued, so there is nothing to correct",
                "report-not-issued",
                "Corrections are of issued reports; see: xuanjian report list.",
            )
        counting = Counting.of(session, stored, options)
        found = corrections_of(counting, locked.issued)
    click.echo(f"第 {locked.issued.version} 版，{made_words(locked.issued.issued_at)} 印发")
    for one in found:
        old, new = correction_words(one)
        about = clean(correction_about(one), 2_000 if one.vouched else 40)
        about = f"［{about}］" if about else ""
        who = f"（{clean(one.by, 20)}，{made_words(one.at)}）" if one.by else ""
        said = clean(f"{old} → {new}", 1_400)
        click.echo(f"{clean(one.title, 60)}{about}：{said}{who}")
    click.echo(f"更正 {len(found)} 处" if found else "没有更正")


def _line(step: SignStep) -> str:
    note = f"　{clean(step.note, 120)}" if step.note else ""
    return f"第 {step.version} 版 {STAGE_NAMES[step.stage]}　{clean(step.by, 40)}　{made_words(step.at)}{note}"
