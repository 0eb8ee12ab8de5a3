"""Accounts: one's own, and all of them for an administrator; who is signed in where.

Hides: who may change what of whom. Everybody may change their own password and end their own sessions;
an administrator may change every account but cannot leave the console without an administrator.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from console.access.secrets import new_token
from console.desk import Desk
from console.language import _
from console.pages import Changed, change, page
from console.rooms.sign_in import must_wait
from pipeline.accounts import ROLES, Account, Role, is_password
from pipeline.errors import BadInput, XuanjianError
from pipeline.store.accounts import (
    SignedIn,
    account_named,
    accounts,
    add_account,
    begin_session,
    change_account,
    end_session,
    end_sessions,
    note_failure,
    password_of,
    sessions_of,
    set_password,
    wait_before_sign_in,
)

__all__ = ["ROUTES"]

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Display = Annotated[str, msgspec.Meta(max_length=100)]
Password = Annotated[str, msgspec.Meta(max_length=1_000)]


class SessionLine(msgspec.Struct, frozen=True, kw_only=True):
    """A session 登录会话 that is open."""

    id: int
    name: str
    display: str
    began_at: str
    seen_at: str
    address: str
    agent: str
    present: bool
    """Whether it is the one that asks."""


class AccountLine(msgspec.Struct, frozen=True, kw_only=True):
    """An account 帐户."""

    name: str
    display: str
    role: Role
    disabled: bool
    created_at: str
    sessions: int


class OwnAccountPage(msgspec.Struct, frozen=True, kw_only=True):
    """The account of whoever asks."""

    account: AccountLine
    sessions: tuple[SessionLine, ...]


class UsersPage(msgspec.Struct, frozen=True, kw_only=True):
    """Every account, and every open session."""

    accounts: tuple[AccountLine, ...]
    sessions: tuple[SessionLine, ...]
    roles: tuple[Role, ...] = ROLES


class NewAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account to be made."""

    name: Name
    password: Password
    role: Role
    display: Display = ""


class ChangedAccount(msgspec.Struct, frozen=True, kw_only=True):
    """What an account is to be."""

    role: Role
    display: Display = ""
    disabled: bool = False


class NewPassword(msgspec.Struct, frozen=True, kw_only=True):
    """A new password for somebody else's account."""

    password: Password


class OwnPassword(msgspec.Struct, frozen=True, kw_only=True):
    """A new password for one's own, with the old one."""

    old: Password
    password: Password


@page("/account", "account.html.j2")
def own_account(desk: Desk) -> OwnAccountPage:
    """One's own account, and where it is signed in."""
    with desk.begin() as session:
        sessions = sessions_of(session, desk.account)
    lines = tuple(_session_line(desk, one) for one in sessions)
    return OwnAccountPage(account=_account_line(desk.account, sessions), sessions=lines)


@change("/account/password", role="viewer")
def change_own_password(desk: Desk, given: OwnPassword) -> Changed:
    """Change one's own password; every other session of the account ends."""
    name, address = desk.account.name, desk.visitor.address
    with desk.begin() as session:
        wait = wait_before_sign_in(session, name, address)
        known = password_of(session, name)
    if wait:
        raise must_wait(wait)
    if not known or not is_password(given.old, known[1]):
        with desk.begin() as session:
            note_failure(session, name, address)
        raise BadInput(_("原密码不对"), "sign-in-failed", _("请核对后再试。"))
    token = new_token()
    with desk.begin() as session:
        changed = set_password(session, name, given.password)
        begin_session(session, changed, token, address, desk.visitor.agent)
        desk.record(session, "account.password", name)
    return Changed(said=_("密码已改，其他地方的登录已退出"), to="/account", cookie=token)


@change("/account/sessions/{number:int}/end", role="viewer")
def end_own_session(desk: Desk, number: int) -> Changed:
    """Sign oneself out in another place."""
    with desk.begin() as session:
        if number not in {one.id for one in sessions_of(session, desk.account)}:
            raise XuanjianError(
                f"there is no session {number} of yours", "session-missing", "Look at the list."
            )
        end_session(session, number, desk.account.name)
        desk.record(session, "session.end", f"{desk.account.name} {number}")
    return Changed(said=_("已退出该处登录"), to="/account")


@page("/users", "users.html.j2", role="admin")
def users(desk: Desk) -> UsersPage:
    """Every account and every open session."""
    with desk.begin() as session:
        every, sessions = accounts(session), sessions_of(session)
    return UsersPage(
        accounts=tuple(_account_line(account, sessions) for account in every),
        sessions=tuple(_session_line(desk, one) for one in sessions),
    )


@change("/users", role="admin")
def add_user(desk: Desk, given: NewAccount) -> Changed:
    """Make an account."""
    with desk.begin() as session:
        made = add_account(session, given.name, given.password, given.role, given.display)
        desk.record(session, "account.add", made.name, after=_told(made))
    return Changed(said=_("已建立帐户：") + made.display, to="/users")


@change("/users/{name:str}", role="admin")
def change_user(desk: Desk, name: str, given: ChangedAccount) -> Changed:
    """Change an account's role and name, or keep it from signing in."""
    with desk.begin() as session:
        before = _told(account_named(session, name))
        changed = change_account(
            session, name, role=given.role, display=given.display, disabled=given.disabled
        )
        desk.record(session, "account.change", name, before=before, after=_told(changed))
    return Changed(said=_("已更改帐户：") + changed.display, to="/users")


@change("/users/{name:str}/password", role="admin")
def change_users_password(desk: Desk, name: str, given: NewPassword) -> Changed:
    """Give an account a new password; it is signed out everywhere."""
    with desk.begin() as session:
        changed = set_password(session, name, given.password)
        desk.record(session, "account.password", name)
    return Changed(said=_("密码已改，已全部退出登录：") + changed.display, to="/users")


@change("/users/{name:str}/sign-out", role="admin")
def sign_user_out(desk: Desk, name: str) -> Changed:
    """Sign an account out everywhere."""
    with desk.begin() as session:
        account = account_named(session, name)
        ended = end_sessions(session, account, desk.account.name)
        desk.record(session, "session.end", name, after={"ended": ended})
    return Changed(said=_("已退出登录：") + account.display, to="/users")


@change("/users/sessions/{number:int}/end", role="admin")
def end_any_session(desk: Desk, number: int) -> Changed:
    """End one session of anybody."""
    with desk.begin() as session:
        ended = end_session(session, number, desk.account.name)
        desk.record(session, "session.end", f"{ended.account.name} {number}")
    return Changed(said=_("已退出该处登录"), to="/users")


def _session_line(desk: Desk, one: SignedIn) -> SessionLine:
    own = desk.visitor.signed_in
    return SessionLine(
        id=one.id,
        name=one.account.name,
        display=one.account.display,
        began_at=one.began_at,
        seen_at=one.seen_at,
        address=one.address,
        agent=one.agent,
        present=own is not None and own.id == one.id,
    )


def _account_line(account: Account, sessions: tuple[SignedIn, ...]) -> AccountLine:
    return AccountLine(
        name=account.name,
        display=account.display,
        role=account.role,
        disabled=account.disabled,
        created_at=account.created_at,
        sessions=sum(one.account.id == account.id for one in sessions),
    )


class _Told(msgspec.Struct, frozen=True):
    """An account as the trail tells it."""

    role: Role
    display: str
    disabled: bool


def _told(account: Account) -> _Told:
    return _Told(account.role, account.display, account.disabled)


ROUTES = [
    own_account,
    change_own_password,
    end_own_session,
    users,
    add_user,
    change_user,
    change_users_password,
    sign_user_out,
    end_any_session,
]
