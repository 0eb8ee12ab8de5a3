"""The register of submissions 报送登记 as stored: taken in, changed, withdrawn.

Hides: that nothing is overwritten without its old value, that a piece is found again however often
its table is imported, and that every change has a person and a moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.errors import BadInput, XuanjianError
from pipeline.pieces import is_known, piece_of, renewed, with_adoption
from pipeline.register import Adoption, LeaderEvent, Register, Submission
from pipeline.register_history import Before, Registered, RegisterRun, RunKind, Taken
from pipeline.store.register_tables import (
    RegisterRunRow,
    SubmissionBeforeRow,
    SubmissionRow,
)
from pipeline.store.store import now
from pipeline.text import comparable

__all__ = [
    "adopt",
    "correct",
    "earlier",
    "get_registered",
    "note_event",
    "register_of",
    "register_runs",
    "registered",
    "remember_run",
    "restore",
    "take_in",
    "titles_of",
    "what_would_change",
    "withdraw",
]

_CHUNK = 500


@dataclass
class _Sorting:
    new: list[Submission] = field(default_factory=list)
    known: list[Submission] = field(default_factory=list)
    changed: list[tuple[SubmissionRow, Submission, Submission]] = field(default_factory=list)
    withdrawn: list[Submission] = field(default_factory=list)
    alike: list[tuple[Submission, Submission]] = field(default_factory=list)

    def told(self) -> Taken:
        return Taken(
            new=tuple(self.new),
            known=tuple(self.known),
            changed=tuple((old, new) for _, old, new in self.changed),
            withdrawn=tuple(self.withdrawn),
            alike=tuple(self.alike),
        )


def what_would_change(session: Session, submissions: Sequence[Submission]) -> Taken:
    """What ``take_in`` would do; stores nothing."""
    return _sorted(session, submissions).told()


def take_in(
    session: Session, submissions: Sequence[Submission], kind: RunKind, by: str, detail: str
) -> Taken:
    """Register submissions, one a piece (``pipeline.pieces.one_row_a_piece``).

    What is registered is left alone where nothing differs, else renewed with its old value kept.
    No run is remembered where nothing changes.
    """
    sorting = _sorted(session, submissions)
    if not (sorting.new or sorting.changed):
        return sorting.told()
    run = remember_run(session, kind, by, detail)
    for row, _, after in sorting.changed:
        _change(session, row, run, after)
    session.add_all(
        _told_by(SubmissionRow(run_id=run.id, withdrawn=False), one) for one in sorting.new
    )
    session.flush()
    return sorting.told()


def _sorted(session: Session, submissions: Sequence[Submission]) -> _Sorting:
    found: dict[str, SubmissionRow] = {}
    pieces = [piece_of(one) for one in submissions]
    for start in range(0, len(pieces), _CHUNK):
        part = pieces[start : start + _CHUNK]
        query = select(SubmissionRow).where(SubmissionRow.piece.in_(part))
        found |= {row.piece: row for row in session.scalars(query)}
    sorting = _Sorting()
    named = _by_name(session, submissions)
    for piece, one in zip(pieces, submissions, strict=True):
        row = found.get(piece)
        if row is None:
            sorting.new.append(one)
            sorting.alike += [(one, old) for old in named.get(_name(one), ())]
            continue
        old = _submission(row)
        if row.withdrawn:
            sorting.withdrawn.append(one)
        elif is_known(old, one):
            sorting.known.append(one)
        else:
            sorting.changed.append((row, old, renewed(old, one)))
    return sorting


def _name(one: Submission) -> tuple[str, str, str]:
    return comparable(one.offices[0]), comparable(one.column), comparable(one.title)


def _by_name(
    session: Session, submissions: Sequence[Submission]
) -> dict[tuple[str, str, str], list[Submission]]:
    """Registered pieces of about the same days, by office, column and title."""
    if not submissions:
        return {}
    first = _days_from(min(one.day for one in submissions), -31)
    last = _days_from(max(one.day for one in submissions), 31)
    found: dict[tuple[str, str, str], list[Submission]] = {}
    for one in registered(session, first=first, last=last):
        found.setdefault(_name(one.submission), []).append(one.submission)
    return found


def registered(
    session: Session,
    *,
    first: str = "",
    last: str = "",
    office: str = "",
    withdrawn: bool | None = False,
) -> tuple[Registered, ...]:
    """What is registered, by day.

    Args:
        first, last: days of handing in, ISO 8601, both inclusive; '' for no bound.
        office: one of those that handed it in.
        withdrawn: only what was withdrawn, only what was not, or (None) both.
    """
    query = (
        select(SubmissionRow, RegisterRunRow)
        .join(RegisterRunRow, RegisterRunRow.id == SubmissionRow.run_id)
        .order_by(SubmissionRow.day, SubmissionRow.id)
    )
    if first:
        query = query.where(SubmissionRow.day >= first)
    if last:
        query = query.where(SubmissionRow.day <= last)
    if withdrawn is not None:
        query = query.where(SubmissionRow.withdrawn == withdrawn)
    found = (_registered(row, run) for row, run in session.execute(query).all())
    return tuple(one for one in found if not office or office in one.submission.offices)


def register_of(session: Session) -> Register:
    """Everything registered and not withdrawn, for scoring."""
    return Register(submissions=tuple(one.submission for one in registered(session)))


def get_registered(session: Session, number: int) -> Registered:
    """The submission with this number, withdrawn or not.

    Raises:
        XuanjianError: ``submission-missing``.
    """
    row = _row(session, number)
    run = session.get_one(RegisterRunRow, row.run_id)
    return _registered(row, run)


def titles_of(session: Session, numbers: Iterable[int]) -> dict[int, str]:
    """What submissions are called, withdrawn or not, by number."""
    query = select(SubmissionRow).where(SubmissionRow.id.in_(set(numbers)))
    return {row.id: _submission(row).title for row in session.scalars(query)}


def adopt(
    session: Session, number: int, adoption: Adoption, by: str, kind: RunKind = "adopt"
) -> Registered:
    """Add a use 采用 to a submission; raises as ``get_registered``."""
    return _amend(session, number, kind, by, adoption.outlet, partial(_adopted, use=adoption))


def note_event(session: Session, number: int, event: LeaderEvent, by: str) -> Registered:
    """Add a 批示 or 约稿 to a submission; raises as ``get_registered``."""
    return _amend(session, number, "event", by, str(event), partial(_noted, event=event))


def correct(session: Session, number: int, corrected: Submission, by: str, why: str) -> Registered:
    """Put a submission right by hand; what it was is kept with the reason.

    Raises:
        BadInput: ``register-reason`` without a reason.
        XuanjianError: ``submission-missing``; ``submission-exists`` where the corrected one would
            be the same piece as another that is registered.
    """
    if not why.strip():
        raise BadInput("a correction needs a reason", "register-reason", "Say why.")
    query = select(SubmissionRow.id).where(
        SubmissionRow.piece == piece_of(corrected), SubmissionRow.id != number
    )
    if (other := session.scalar(query)) is not None:
        raise XuanjianError(
            f"number {other} is registered as the same piece",
            "submission-exists",
            "Withdraw one of the two, or give the pieces numbers of their own.",
        )
    return _amend(session, number, "correct", by, why.strip(), lambda _: corrected)


def _adopted(one: Submission, use: Adoption) -> Submission:
    return with_adoption(one, use)


def _noted(one: Submission, event: LeaderEvent) -> Submission:
    return msgspec.structs.replace(one, events=tuple(dict.fromkeys((*one.events, event))))


def withdraw(session: Session, number: int, by: str, why: str = "") -> Registered:
    """Take a submission out of the register; it is kept and can be restored."""
    return _amend(session, number, "remove", by, why, withdrawn=True)


def restore(session: Session, number: int, by: str) -> Registered:
    """Undo ``withdraw``."""
    return _amend(session, number, "restore", by, "", withdrawn=False)


def earlier(session: Session, number: int) -> tuple[Before, ...]:
    """What a submission was before each change, the newest change first."""
    query = (
        select(SubmissionBeforeRow, RegisterRunRow)
        .join(RegisterRunRow, RegisterRunRow.id == SubmissionBeforeRow.run_id)
        .where(SubmissionBeforeRow.submission_id == number)
        .order_by(SubmissionBeforeRow.id.desc())
    )
    return tuple(
        Before(submission=_submission(row), withdrawn=row.withdrawn, run=_told(run))
        for row, run in session.execute(query).all()
    )


def register_runs(
    session: Session, *, before_id: int = 0, limit: int | None = None
) -> tuple[RegisterRun, ...]:
    """Changes of the register, the newest first; all, or ``limit`` of those before one."""
    query = select(RegisterRunRow).order_by(RegisterRunRow.id.desc()).limit(limit)
    if before_id:
        query = query.where(RegisterRunRow.id < before_id)
    return tuple(map(_told, session.scalars(query)))


def _amend(
    session: Session,
    number: int,
    kind: RunKind,
    by: str,
    detail: str,
    change: Callable[[Submission], Submission] | None = None,
    *,
    withdrawn: bool | None = None,
) -> Registered:
    """One submission changed by hand; nothing is remembered where nothing changes."""
    row = _row(session, number)
    old = _submission(row)
    after = change(old) if change else old
    gone = row.withdrawn if withdrawn is None else withdrawn
    if after != old or gone != row.withdrawn:
        run = remember_run(session, kind, by, f"{number} {detail}".strip())
        _change(session, row, run, after, withdrawn=gone)
    return get_registered(session, number)


def _change(
    session: Session,
    row: SubmissionRow,
    run: RegisterRunRow,
    after: Submission,
    *,
    withdrawn: bool = False,
) -> None:
    session.add(
        SubmissionBeforeRow(
            submission_id=row.id, run_id=run.id, body=row.body, withdrawn=row.withdrawn
        )
    )
    _told_by(row, after)
    row.run_id = run.id
    row.withdrawn = withdrawn
    session.flush()


def _told_by(row: SubmissionRow, one: Submission) -> SubmissionRow:
    """``row`` with the submission and what of it is asked for."""
    row.piece = piece_of(one)
    row.day = one.day
    row.body = msgspec.json.encode(one).decode()
    row.offices = "\n" + "\n".join(one.offices) + "\n"
    row.column_name = one.column
    row.title_words = comparable(one.title)
    row.used = bool(one.adopted)
    return row


def remember_run(session: Session, kind: RunKind, by: str, detail: str) -> RegisterRunRow:
    """A change of the register by a person at this moment."""
    row = RegisterRunRow(kind=kind, made_by=by, made_at=now(), detail=detail)
    session.add(row)
    session.flush()
    return row


def _row(session: Session, number: int) -> SubmissionRow:
    row = session.get(SubmissionRow, number)
    if row is None:
        raise XuanjianError(
            f"no submission has the number {number}",
            "submission-missing",
            "See: xuanjian register list.",
        )
    return row


def _submission(row: SubmissionRow | SubmissionBeforeRow) -> Submission:
    return msgspec.json.decode(row.body, type=Submission)


def _registered(row: SubmissionRow, run: RegisterRunRow) -> Registered:
    return Registered(
        id=row.id,
        submission=_submission(row),
        withdrawn=row.withdrawn,
        by=run.made_by,
        at=run.made_at,
    )


def _told(run: RegisterRunRow) -> RegisterRun:
    kind: RunKind = msgspec.convert(run.kind, type=RunKind)
    number, detail = "0", run.detail
    if kind not in ("import", "add"):  # begins with the number, as ``_amend`` writes it
        number, _, detail = detail.partition(" ")
    return RegisterRun(
        id=run.id,
        kind=kind,
        by=run.made_by,
        at=run.made_at,
        number=int(number),
        detail=detail,
    )


def _days_from(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
