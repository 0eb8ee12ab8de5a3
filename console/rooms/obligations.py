"""The table of obligations 落实情况表: what the plan says will be done, and what shows that it was.

Hides: that the report's table may be older than a proof somebody just gave: then its lines are worked
out anew from the proofs that stand, while proposed stories are those the report found.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from litestar.datastructures import UploadFile
from litestar.response import Stream
from sqlalchemy.orm import Session

from console import proof_upload
from console.desk import Desk
from console.language import _
from console.pages import Changed, change, page
from console.period_choice import Choice, Option, choice_of
from console.shown import StandingNote, plainly, said_of
from console.standing import Standing, shown_report
from pipeline.clock import beijing_day, today
from pipeline.coverage.duties import duties_of, words_of
from pipeline.coverage.duty_evidence import registered_of
from pipeline.coverage.obligations import (
    OBLIGATION_STATE_NAMES,
    ObligationLine,
    ObligationState,
    Proposal,
    obligation_lines,
)
from pipeline.coverage.proving import check_media, duty_of, proof_of_story, proof_of_submission
from pipeline.errors import BadInput, XuanjianError
from pipeline.news import parse_day
from pipeline.reports.wording import unchecked_note
from pipeline.store.plans import StoredPlan
from pipeline.store.proofs import StoredProof, add_proof, proofs_of, withdraw_proof

__all__ = ["ROUTES"]

Day = Annotated[str, msgspec.Meta(max_length=10, pattern=r"^(\d{4}-\d\d-\d\d)?$")]
Note = Annotated[str, msgspec.Meta(max_length=500)]
Times = Annotated[int, msgspec.Meta(ge=1, le=1_000)]
Medium = Annotated[str, msgspec.Meta(max_length=200)]
Short = Annotated[str, msgspec.Meta(max_length=60)]


class ObligationsPage(msgspec.Struct, frozen=True, kw_only=True):
    """The duties of a plan over a period."""

    choice: Choice
    standing: StandingNote
    lines: tuple[ObligationLine, ...]
    counts: dict[str, int]
    """By state, of all of them."""
    state_names: dict[str, str]
    state: str
    office: str
    offices: tuple[Option, ...]
    denied: tuple[StoredProof, ...]
    """Stories of which somebody said that they show nothing; that can be taken back."""
    may_change: bool
    today: str
    kinds: tuple[str, ...]
    """Endings a file may have."""
    largest: int
    """Bytes it may have."""
    unchecked: tuple[str, ...]
    unchecked_note: str


class Prove(msgspec.Struct, frozen=True, kw_only=True):
    """A proof to give: a story, by its id or the address of its page, or a submission by its number."""

    story: Annotated[str, msgspec.Meta(max_length=300)] = ""
    submission: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] = 0
    day: Day = ""
    """Of what it shows; '' for its own day."""
    times: Times = 1
    media: list[Medium] = []
    note: Note = ""


class ProveByFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file to keep as proof."""

    file: UploadFile
    day: Day
    times: Times = 1
    media: list[Medium] = []
    note: Note = ""


class Deny(msgspec.Struct, frozen=True, kw_only=True):
    """A proposed story that shows nothing."""

    story: Annotated[str, msgspec.Meta(max_length=300)]
    note: Note = ""


class Withdraw(msgspec.Struct, frozen=True, kw_only=True):
    """Why a proof is taken back."""

    note: Note = ""


@page("/obligations", "obligations.html.j2")
def obligations(
    desk: Desk,
    state: Literal["", "done", "partly", "none", "not_due", "outside"] = "",
    office: Short = "",
    live: bool = False,
) -> ObligationsPage:
    """What the plan says will be done: when, by whom, its state, and what shows it.

    Narrowed by ``state`` and ``office``; a locked period is its record unless ``live``.
    """
    standing = shown_report(desk, live=live)
    report, stored = standing.report, standing.stored
    with desk.begin() as session:
        every = _lines(session, standing)
        given = proofs_of(session, stored, words_of(duties_of(stored.plan)))
    counts: dict[ObligationState, int] = dict.fromkeys(("none", "partly", "done", "not_due"), 0)
    for line in every:
        counts[line.state] = counts.get(line.state, 0) + 1
    names = dict.fromkeys(name for line in every for name in line.offices)
    return ObligationsPage(
        choice=choice_of(desk, standing),
        standing=said_of(standing, live=live),
        lines=tuple(
            line
            for line in every
            if state in ("", line.state) and (not office or office in line.offices)
        ),
        counts={str(name): count for name, count in counts.items()},
        state_names=OBLIGATION_STATE_NAMES,
        state=state,
        office=office,
        offices=tuple(Option(value=name, words=name, chosen=name == office) for name in names),
        denied=tuple(one for one in given if not one.counts),
        may_change=desk.account.may("editor") and standing.issued is None,
        today=today().isoformat(),
        kinds=proof_upload.ENDINGS,
        largest=proof_upload.LARGEST,
        unchecked=tuple(map(plainly, report.unchecked)),
        unchecked_note=plainly(unchecked_note(report)),
    )


def _lines(session: Session, standing: Standing) -> tuple[ObligationLine, ...]:
    report, stored = standing.report, standing.stored
    if standing.fresh:
        return report.obligations
    proposed = {(one.story, one.term): one for line in report.obligations for one in line.proposals}
    naming: tuple[Proposal, ...] = tuple(proposed.values())
    return obligation_lines(
        stored.plan,
        report.period,
        beijing_day(report.generated_at),
        proofs=proofs_of(session, stored, words_of(duties_of(stored.plan))),
        naming=naming,
        submissions=registered_of(session, stored),
    )


@change("/obligations/{obligation:str}/prove", role="editor")
def prove(desk: Desk, obligation: str, given: Prove) -> Changed:
    """Give a story or a submission as proof that an obligation was met."""
    if bool(given.story.strip()) == bool(given.submission):
        raise BadInput(_("请填报道或报送编号，二者填一个"), "proof-form", _("佐证材料另有上传处。"))
    stored = desk.plan()
    with desk.begin() as session:
        by = desk.account.display
        proof = (
            proof_of_story(session, obligation, given.story.strip(), by)
            if given.story.strip()
            else proof_of_submission(session, obligation, given.submission, by)
        )
        return _add(desk, session, stored, proof, given)


@change("/obligations/{obligation:str}/upload", role="editor", upload=True)
def prove_by_file(desk: Desk, obligation: str, given: ProveByFile) -> Changed:
    """Keep a file as proof that an obligation was met; one that bears a mark of secrecy is refused."""
    stored = desk.plan()
    duty_of(stored, obligation)
    _day(given.day)
    kept, name = proof_upload.take_in(desk, given.file)
    proof = StoredProof(
        obligation=obligation,
        kind="file",
        day=given.day,
        reference=kept.name,
        title=name,
        sha256=kept.sha256,
        by=desk.account.display,
    )
    with desk.begin() as session:
        changed = _add(desk, session, stored, proof, given)
    if kept.looked_into:
        return changed
    more = _("这个文件读不出文字，请自行确认没有密级或内部标志。")
    return msgspec.structs.replace(changed, said=f"{changed.said} {more}")


@change("/obligations/{obligation:str}/deny", role="editor")
def deny(desk: Desk, obligation: str, given: Deny) -> Changed:
    """Say that a proposed story does not show it: it is proposed no more."""
    stored = desk.plan()
    with desk.begin() as session:
        duty = duty_of(stored, obligation)
        proof = proof_of_story(session, obligation, given.story.strip(), desk.account.display)
        proof = msgspec.structs.replace(proof, counts=False, note=given.note)
        proof = add_proof(session, stored, duty.obligation.what, proof)
        desk.record(session, "proof.deny", f"{stored.name} {obligation}", after=proof)
    return _back(desk, obligation, _("已记：这篇报道不是佐证"))


@change("/proofs/{number:int}/withdraw", role="editor")
def withdraw(desk: Desk, number: int, given: Withdraw) -> Changed:
    """Take a proof (or a denial) back by its number; it stays on record with who and when."""
    stored = desk.plan()
    with desk.begin() as session:
        proof = _proof(session, stored, number)
        withdraw_proof(session, stored, number, desk.account.display, given.note)
        desk.record(session, "proof.withdraw", f"{stored.name} {number}", before=proof, after=given)
    return _back(desk, proof.obligation, _("已撤回佐证 %(n)s") % {"n": number})


@page("/proofs/{number:int}/file", "", api=False)
def proof_file(desk: Desk, number: int) -> Stream:
    """The file of a proof, for saving; never shown by the browser itself."""
    stored = desk.plan()
    with desk.begin() as session:
        proof = _proof(session, stored, number)
    if proof.kind != "file":
        raise XuanjianError(
            _("这条佐证没有文件"), "proof-file-missing", _("打开报道或报送登记查看。")
        )
    return proof_upload.give_back(desk, proof)


def _proof(session: Session, stored: StoredPlan, number: int) -> StoredProof:
    given = proofs_of(session, stored, words_of(duties_of(stored.plan)))
    found = next((one for one in given if one.number == number), None)
    if found is None:
        raise XuanjianError(
            _("没有编号为 %(n)s 的佐证") % {"n": number}, "proof-missing", _("请重新打开落实情况。")
        )
    return found


def _add(
    desk: Desk, session: Session, stored: StoredPlan, proof: StoredProof, given: Prove | ProveByFile
) -> Changed:
    duty = duty_of(stored, proof.obligation)
    check_media(duty, given.media)
    proof = msgspec.structs.replace(
        proof,
        day=_day(given.day) or proof.day,
        times=given.times,
        media=tuple(dict.fromkeys(given.media)),
        note=given.note,
    )
    if not proof.day:
        raise BadInput(_("请填所示事项的日期"), "proof-form", _("这条佐证自己没有日期。"))
    proof = add_proof(session, stored, duty.obligation.what, proof)
    desk.record(session, "proof.add", f"{stored.name} {proof.obligation}", after=proof)
    said = _("已记佐证 %(n)s：%(title)s") % {"n": proof.number, "title": proof.title[:60]}
    return _back(desk, proof.obligation, said)


def _day(written: str) -> str:
    if written and parse_day(written) is None:
        raise BadInput(
            _("没有这一天：%(d)s") % {"d": written}, "proof-form", _("请写成 2025-04-08。")
        )
    return written


def _back(desk: Desk, obligation: str, said: str) -> Changed:
    return Changed(said=said, to=f"/obligations{desk.asked.query()}#{obligation}")


ROUTES = [obligations, prove, prove_by_file, deny, withdraw, proof_file]
