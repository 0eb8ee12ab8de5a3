"""Accounts, the sessions of those signed in, and the sign-ins that failed.

Hides: that tokens and typed names are kept as hashes only, when a session has expired, and how long
somebody waits after too many failures. Moments are UTC, ISO 8601.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from pipeline.accounts import ROLES, Account, Role, account_name, display_name, hash_password
from pipeline.errors import BadInput, XuanjianError
from pipeline.store.console_tables import AccountRow, FailedSignInRow, SessionRow
from pipeline.store.store import now

__all__ = [
    "IDLE",
    "LONGEST",
    "SignedIn",
    "account_named",
    "accounts",
    "add_account",
    "begin_session",
    "change_account",
    "end_session",
    "end_sessions",
    "forget_failures",
    "note_failure",
    "note_seen",
    "password_of",
    "session_of",
    "sessions_of",
    "set_password",
    "wait_before_sign_in",
]

IDLE = timedelta(hours=2)
"""A session nobody used for so long has ended."""
LONGEST = timedelta(hours=12)
"""A session ends after so long however much it is used."""
_SEEN_EVERY = timedelta(minutes=1)
"""How exact ``seen_at`` is."""

_FREE_FAILURES = 5
_WINDOW = timedelta(minutes=15)
_ADDRESS_FAILURES = 30


@dataclass(frozen=True)
class SignedIn:
    """A session 登录会话 and whose it is."""

    id: int
    account: Account
    began_at: str
    seen_at: str
    address: str
    agent: str
    ended_at: str | None = None

    @property
    def open(self) -> bool:
        """Whether it still admits anybody."""
        return self.ended_at is None and not _expired(self.began_at, self.seen_at)

    @property
    def to_note(self) -> bool:
        """Whether ``seen_at`` is old enough to be written again: reading a page hardly ever writes."""
        return datetime.now(UTC) - datetime.fromisoformat(self.seen_at) > _SEEN_EVERY


def accounts(session: Session) -> tuple[Account, ...]:
    """Every account, by name."""
    rows = session.scalars(select(AccountRow).order_by(AccountRow.name))
    return tuple(_account(row) for row in rows)


def account_named(session: Session, name: str) -> Account:
    """The account ``name``.

    Raises:
        XuanjianError: ``account-missing``.
    """
    return _account(_row(session, name))


def password_of(session: Session, name: str) -> tuple[Account, str] | tuple[()]:
    """An account that may sign in, with its password's hash; () for a name nobody has."""
    row = session.scalars(
        select(AccountRow).where(AccountRow.name == name, AccountRow.disabled.is_(False))
    ).one_or_none()
    return (_account(row), row.password) if row else ()


def add_account(
    session: Session, name: str, password: str, role: Role, display: str = ""
) -> Account:
    """A new account.

    Raises:
        BadInput: ``account-exists``, ``account-name``, ``account-role`` or ``password-weak``.
    """
    name = account_name(name)
    if session.scalars(select(AccountRow).where(AccountRow.name == name)).first():
        raise BadInput(f"the account {name} exists", "account-exists", "Choose another name.")
    row = AccountRow(
        name=name,
        display=display_name(display, name),
        role=_role(role),
        password=hash_password(password, name),
        disabled=False,
        created_at=now(),
        password_at=now(),
    )
    session.add(row)
    session.flush()
    return _account(row)


def change_account(
    session: Session,
    name: str,
    *,
    role: Role | None = None,
    display: str | None = None,
    disabled: bool | None = None,
) -> Account:
    """Change what is given; a disabled or demoted account is signed out everywhere.

    Raises:
        XuanjianError: ``account-missing``; ``account-last-admin`` when nobody could manage accounts.
    """
    row = _row(session, name)
    before = _account(row)
    if role is not None:
        row.role = _role(role)
    if display is not None:
        row.display = display_name(display, row.name)
    if disabled is not None:
        row.disabled = disabled
    session.flush()
    admins = select(func.count()).where(AccountRow.role == "admin", AccountRow.disabled.is_(False))
    if not session.scalar(admins):
        raise BadInput(
            f"{row.name} is the last account that may manage accounts",
            "account-last-admin",
            "Make another account an admin first.",
        )
    if row.disabled or row.role != before.role:
        end_sessions(session, before, by=row.name)
    return _account(row)


def set_password(session: Session, name: str, password: str) -> Account:
    """A new password; whoever was signed in with the old one is signed out.

    Raises:
        XuanjianError: ``account-missing`` or ``password-weak``.
    """
    row = _row(session, name)
    row.password = hash_password(password, row.name)
    row.password_at = now()
    end_sessions(session, _account(row), by=row.name)
    return _account(row)


def begin_session(
    session: Session, account: Account, token: str, address: str, agent: str
) -> SignedIn:
    """Sign ``account`` in under ``token``, the value of its cookie."""
    moment = now()
    row = SessionRow(
        token=_hash(token),
        account_id=account.id,
        began_at=moment,
        seen_at=moment,
        address=address[:64],
        agent=agent[:200],
    )
    session.add(row)
    session.flush()
    return _signed_in(row, account)


def session_of(session: Session, token: str) -> SignedIn | tuple[()]:
    """Who is signed in under ``token``; () when nobody is, or not any more."""
    found = session.execute(
        select(SessionRow, AccountRow)
        .join(AccountRow, AccountRow.id == SessionRow.account_id)
        .where(
            SessionRow.token == _hash(token),
            SessionRow.ended_at.is_(None),
            AccountRow.disabled.is_(False),
        )
    ).one_or_none()
    if found is None or _expired(found[0].began_at, found[0].seen_at):
        return ()
    row, account = found
    return _signed_in(row, _account(account))


def note_seen(session: Session, number: int) -> None:
    """Note that a session is used."""
    session.get_one(SessionRow, number).seen_at = now()


def sessions_of(session: Session, account: Account | None = None) -> tuple[SignedIn, ...]:
    """Sessions that are open, the newest first; of one account, or of all."""
    asked = (
        select(SessionRow, AccountRow)
        .join(AccountRow, AccountRow.id == SessionRow.account_id)
        .where(SessionRow.ended_at.is_(None))
        .order_by(SessionRow.id.desc())
    )
    if account is not None:
        asked = asked.where(SessionRow.account_id == account.id)
    every = (_signed_in(row, _account(whose)) for row, whose in session.execute(asked))
    return tuple(one for one in every if one.open)


def end_session(session: Session, number: int, by: str) -> SignedIn:
    """Sign one session out.

    Raises:
        XuanjianError: ``session-missing``.
    """
    row = session.get(SessionRow, number)
    if row is None:
        raise XuanjianError(f"there is no session {number}", "session-missing", "Look again.")
    if row.ended_at is None:
        row.ended_at, row.ended_by = now(), by
    return _signed_in(row, _account(session.get_one(AccountRow, row.account_id)))


def end_sessions(session: Session, account: Account, by: str, but: int = 0) -> int:
    """Sign an account out everywhere, ``but`` in one session; gives how many ended."""
    rows = session.scalars(
        select(SessionRow).where(
            SessionRow.account_id == account.id,
            SessionRow.ended_at.is_(None),
            SessionRow.id != but,
        )
    ).all()
    for row in rows:
        row.ended_at, row.ended_by = now(), by
    return len(rows)


def note_failure(session: Session, name: str, address: str) -> None:
    """Remember a sign-in that failed."""
    session.add(FailedSignInRow(name=_hash(name), address=address[:64], at=now()))
    old = (datetime.now(UTC) - 4 * _WINDOW).isoformat(timespec="seconds")
    session.execute(delete(FailedSignInRow).where(FailedSignInRow.at < old))


def forget_failures(session: Session, name: str) -> None:
    """After a sign-in that succeeded."""
    session.execute(delete(FailedSignInRow).where(FailedSignInRow.name == _hash(name)))


def wait_before_sign_in(session: Session, name: str, address: str) -> int:
    """Seconds until somebody may try again under ``name`` or from ``address``; 0 for at once.

    Five failures under a name are free, each further one doubles the wait from 30 s to the quarter
    of an hour that is looked at; an address has thirty.
    """
    since = (datetime.now(UTC) - _WINDOW).isoformat(timespec="seconds")
    waits = [0.0]
    for column, value, free in (
        (FailedSignInRow.name, _hash(name), _FREE_FAILURES),
        (FailedSignInRow.address, address[:64], _ADDRESS_FAILURES),
    ):
        count, newest = session.execute(
            select(func.count(), func.max(FailedSignInRow.at)).where(
                column == value, FailedSignInRow.at >= since
            )
        ).one()
        if count >= free:
            pause = min(30 * 2 ** (count - free), _WINDOW.total_seconds())
            until = datetime.fromisoformat(newest) + timedelta(seconds=pause)
            waits.append((until - datetime.now(UTC)).total_seconds())
    return max(0, round(max(waits) + 0.5)) if max(waits) > 0 else 0


def _expired(began: str, seen: str) -> bool:
    moment = datetime.now(UTC)
    return (
        moment - datetime.fromisoformat(seen) > IDLE
        or moment - datetime.fromisoformat(began) > LONGEST
    )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _row(session: Session, name: str) -> AccountRow:
    row = session.scalars(select(AccountRow).where(AccountRow.name == name)).one_or_none()
    if row is None:
        raise XuanjianError(
            f"there is no account {name}", "account-missing", "See: xuanjian user list."
        )
    return row


def _role(given: str) -> Role:
    for role in ROLES:
        if role == given:
            return role
    raise BadInput(f"there is no role {given}", "account-role", f"Roles: {', '.join(ROLES)}.")


def _account(row: AccountRow) -> Account:
    return Account(row.id, row.name, row.display, _role(row.role), row.disabled, row.created_at)


def _signed_in(row: SessionRow, account: Account) -> SignedIn:
    return SignedIn(
        row.id, account, row.began_at, row.seen_at, row.address, row.agent, row.ended_at
    )
