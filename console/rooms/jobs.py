"""Long work 后台任务: what runs, who started it, what it says, and how it ended.

Hides: how an exit code becomes a word for officers, and what is worth looking at after each kind.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import PurePath
from typing import Annotated, Literal

import msgspec
from sqlalchemy.orm import Session

from console.desk import Desk
from console.error_words import of_last_line
from console.job_process import STOPPED
from console.jobs import LOST, job_words, settle_jobs, start_job, stop_job
from console.language import N_, _
from console.pages import Changed, change, page
from pipeline.reports.wording import clean
from pipeline.store.accounts import accounts
from pipeline.store.jobs import Job, get_job, jobs_of
from pipeline.store.runs import known_sources

__all__ = ["KINDS", "ROUTES"]

JobState = Literal["running", "done", "stopped", "failed", "lost"]

STATES: dict[JobState, str] = {
    "running": N_("进行中"),
    "done": N_("已完成"),
    "stopped": N_("已停止"),
    "failed": N_("没有做成"),
    "lost": N_("中断（没有看到结束）"),
}
KINDS = {
    "crawl": N_("采集"),
    "classify": N_("归类"),
    "train": N_("训练模型"),
    "evaluate": N_("评测"),
    "report": N_("生成报告"),
    "import": N_("导入"),
    "extract": N_("重读存档"),
    "index": N_("建立检索"),
    "queue": N_("挑选待判报道"),
    "audit": N_("抽查"),
}
"""What kinds of work are called."""

_DOES = {
    "--draw": N_("抽取样本"),
    "extend": N_("加抽"),
}
"""Words of a command that tell its kind of work closer."""
_AFTER: dict[str, tuple[tuple[str, str], ...]] = {
    "crawl": (("/sources", N_("查看采集来源")), ("/runs", N_("查看采集批次"))),
    "classify": (("/overview", N_("查看覆盖总览")), ("/review", N_("人工复核"))),
    "train": (("/models", N_("查看模型")),),
    "queue": (("/review", N_("人工复核")),),
    "audit": (("/review", N_("人工复核")),),
    "report": (("/reports", N_("查看报告")),),
    "index": (("/search", N_("去检索")),),
}
_PAGE = 50
_LINE = 400
"""Characters of a line that are shown; crawled words may be long."""


class JobLine(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of work in the list."""

    id: int
    kind: str
    name: str
    about: str
    """What it works on, as people name it; '' for everything."""
    started_by: str
    started_at: str
    finished_at: str | None
    state: JobState


class JobsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Work, the newest first; ``older`` is the ``before`` of the next page, 0 at the end."""

    jobs: tuple[JobLine, ...]
    older: int
    states: dict[str, str]


class NextPage(msgspec.Struct, frozen=True, kw_only=True):
    """Where to go on."""

    address: str
    words: str


class JobPage(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of work, with the last lines of what it says."""

    job: JobLine
    state: str
    command: str
    exit_code: int | None
    words: tuple[str, ...]
    failed_by: str
    """What made it fail and what to do about it, as officers say it; '' where that is not known."""
    may_stop: bool
    offer_classify: bool
    """Whether news may have come in that nothing is classified of yet."""
    after: tuple[NextPage, ...]


class Classify(msgspec.Struct, frozen=True, kw_only=True):
    """Classify what is stored; by the plan in use where none is named."""

    plan: Annotated[str, msgspec.Meta(max_length=200)] = ""


@page("/jobs", "jobs.html.j2")
def jobs_page(desk: Desk, before: int = 0) -> JobsPage:
    """Long work, the newest first; ``before`` goes on after that number."""
    settle_jobs(desk.store, desk.workspace)
    with desk.begin() as session:
        found = jobs_of(session, before=max(0, before), limit=_PAGE + 1)
        lines = _lines(session, found[:_PAGE])
    older = lines[-1].id if len(found) > _PAGE else 0
    return JobsPage(jobs=lines, older=older, states={k: _(v) for k, v in STATES.items()})


@page("/jobs/{number:int}", "job.html.j2")
def job_page(desk: Desk, number: int) -> JobPage:
    """One piece of long work with what it says; its JSON twin is what a page watches."""
    settle_jobs(desk.store, desk.workspace)
    with desk.begin() as session:
        job = get_job(session, number)
        (line,) = _lines(session, [job])
    said = job_words(desk.workspace, job)
    why = of_last_line(said, job.exit_code or 0) if line.state == "failed" else None
    return JobPage(
        job=line,
        state=_(STATES[line.state]),
        command=clean(" ".join(("xuanjian", *job.arguments)), _LINE),
        exit_code=job.exit_code,
        words=tuple(clean(line, _LINE) for line in said.splitlines()),
        failed_by=_("%(what)s。%(remedy)s") % {"what": why.sentence, "remedy": why.remedy}
        if why
        else "",
        may_stop=job.running and desk.account.may("editor"),
        offer_classify=line.state in {"done", "stopped"}
        and job.kind in {"crawl", "import"}
        and desk.account.may("editor"),
        after=tuple(NextPage(address=a, words=_(w)) for a, w in _AFTER.get(job.kind, ()))
        if not job.running
        else (),
    )


@change("/jobs/{number:int}/stop", role="editor")
def stop(desk: Desk, number: int) -> Changed:
    """Ask a piece of work to end in order; what it stored stays stored."""
    job = stop_job(desk, number)
    if not job.running:
        return Changed(said=_("已经结束，无需停止"), to=f"/jobs/{number}", tone="note")
    return Changed(said=_("已要求停止，正在收尾"), to=f"/jobs/{number}")


@change("/jobs/classify", role="editor")
def classify(desk: Desk, given: Classify) -> Changed:
    """Map all stored news to the plan's themes, as ``xuanjian classify`` does."""
    job = start_job(desk, "classify", "classify", *(["--plan", given.plan] if given.plan else []))
    return Changed(said=_("归类已开始"), to=f"/jobs/{job.id}")


def _lines(session: Session, jobs: tuple[Job, ...] | list[Job]) -> tuple[JobLine, ...]:
    people = {account.name: account.display for account in accounts(session)}
    sources = {source.id: source.name for source in known_sources(session)}
    return tuple(
        JobLine(
            id=job.id,
            kind=job.kind,
            name=_(KINDS[job.kind]) if job.kind in KINDS else job.kind,
            about=_about(job, sources),
            started_by=people.get(job.started_by, job.started_by),
            started_at=job.started_at,
            finished_at=job.finished_at,
            state=_state(job),
        )
        for job in jobs
    )


def _about(job: Job, sources: dict[str, str]) -> str:
    if job.kind == "crawl":
        named = [word for word in job.arguments[1:] if word in sources]
        return "、".join(sources[word] for word in named) or _("全部来源")
    if job.kind == "import":
        return clean(PurePath(job.arguments[1]).name, 120)
    said = [
        part for word in job.arguments for part in word.split("=", 1 if word[:2] == "--" else 0)
    ]
    given = dict(pairwise(said))
    told = [
        *(_(words) for word, words in _DOES.items() if word in said),
        *(given[option] for option in ("--plan", "--period") if option in given),
    ]
    if {"--from", "--to"} <= given.keys():
        told.append(_("%(a)s 至 %(b)s") % {"a": given["--from"], "b": given["--to"]})
    return clean(" ".join(told), 120)


def _state(job: Job) -> JobState:
    if job.running:
        return "running"
    if job.exit_code == LOST:
        return "lost"
    # 2 is "it ran, but below the asked bar".
    return {0: "done", 2: "done", STOPPED: "stopped"}.get(job.exit_code or 0, "failed")  # type: ignore[return-value]


ROUTES = [jobs_page, job_page, stop, classify]
