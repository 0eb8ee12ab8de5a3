"""Signing in and out, and the first account.

Hides: what is told to somebody who is not signed in: never whether a name exists. Failures are
counted under the name as typed and under the address; a sign-in that must wait says how long. A failed
one shows the form again, with the name and without the password.
"""

from __future__ import annotations

import msgspec
from sqlalchemy.orm import Session

from console.access.guards import NotSignedIn
from console.access.secrets import new_token
from console.desk import Desk
from console.language import _
from console.pages import Changed, change, page
from console.problem import FormAgain
from pipeline.accounts import is_password, spend_time
from pipeline.errors import BadInput, XuanjianError
from pipeline.store.accounts import (
    accounts,
    add_account,
    begin_session,
    end_session,
    forget_failures,
    note_failure,
    password_of,
    wait_before_sign_in,
)

__all__ = ["ROUTES", "must_wait"]

TEMPLATE = "sign_in.html.j2"
LONGEST = 100
"""Characters of a name that are shown again."""


class SignInPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page before signing in."""

    first: bool
    """Whether there is no account yet, so that the one-time code is asked for."""
    to: str = ""
    name: str = ""
    """What was typed, when it is shown again."""
    display: str = ""


class SignIn(msgspec.Struct, frozen=True, kw_only=True):
    """What is typed there."""

    name: str
    password: str
    to: str = ""


class FirstAccount(msgspec.Struct, frozen=True, kw_only=True):
    """The first account; ``code`` is what the server printed."""

    code: str
    name: str
    password: str
    display: str = ""


class SessionPage(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in, and the token changes carry."""

    name: str
    display: str
    role: str
    token: str


@page("/sign-in", TEMPLATE, role=None)
def sign_in_page(desk: Desk, next: str = "") -> SignInPage:
    """Ask for name and password, or for the one-time code where there is no account yet."""
    with desk.begin() as session:
        return SignInPage(first=not accounts(session), to=next)


@change("/sign-in", role=None)
def sign_in(desk: Desk, given: SignIn) -> Changed:
    """Sign in; the visitor's cookie is a new one from then on."""
    name = given.name.strip().casefold()
    address = desk.visitor.address
    again = SignInPage(first=False, to=given.to, name=given.name[:LONGEST])
    with desk.begin() as session:
        wait = wait_before_sign_in(session, name, address)
        known = password_of(session, name) if not wait else ()
    if wait:
        raise FormAgain(must_wait(wait), TEMPLATE, again, wait)
    right = False
    if known:
        right = is_password(given.password, known[1])
    else:
        spend_time(given.password)
    if not known or not right:
        with desk.begin() as session:
            note_failure(session, name, address)
        refused = NotSignedIn(
            _("用户名或密码不对"), "sign-in-failed", _("请检查后重试；忘记密码请管理员重设。")
        )
        raise FormAgain(refused, TEMPLATE, again)
    token = new_token()
    with desk.begin() as session:
        forget_failures(session, name)
        _end_present(desk, session)
        begin_session(session, known[0], token, address, desk.visitor.agent)
        desk.record(session, "session.sign-in", known[0].name, by=known[0])
    return Changed(said=_("已登录：") + known[0].display, to=given.to or "/", cookie=token)


@change("/first-account", role=None)
def first_account(desk: Desk, given: FirstAccount) -> Changed:
    """Make the first account, an administrator, with the code that the server printed."""
    address = desk.visitor.address
    with desk.begin() as session:
        if accounts(session):
            raise XuanjianError(
                _("已有帐户，一次性代码已失效"), "first-account-exists", _("请登录。")
            )
        wait = wait_before_sign_in(session, "", address)
    again = SignInPage(first=True, name=given.name[:LONGEST], display=given.display[:LONGEST])
    if wait:
        raise FormAgain(must_wait(wait), TEMPLATE, again, wait)
    if not desk.code.admits(given.code):
        with desk.begin() as session:
            note_failure(session, "", address)
        refused = BadInput(
            _("一次性代码不对"), "first-code", _("代码印在启动 xuanjian serve 的窗口里。")
        )
        raise FormAgain(refused, TEMPLATE, again)
    token = new_token()
    try:
        with desk.begin() as session:
            made = add_account(session, given.name, given.password, "admin", given.display)
            begin_session(session, made, token, address, desk.visitor.agent)
            after = {"role": made.role}
            desk.record(session, "account.first", made.name, after=after, by=made)
    except BadInput as error:
        raise FormAgain(error, TEMPLATE, again) from error
    return Changed(said=_("管理员帐户已建立"), to="/", cookie=token)


@change("/sign-out", role="viewer")
def sign_out(desk: Desk) -> Changed:
    """End the present session."""
    with desk.begin() as session:
        _end_present(desk, session)
        desk.record(session, "session.sign-out", desk.account.name)
    return Changed(said=_("已退出"), to="/sign-in", cookie=new_token())


@page("/session", "session.html.j2")
def session_page(desk: Desk) -> SessionPage:
    """Who is signed in, and the token that changes through the API carry."""
    account = desk.account
    return SessionPage(
        name=account.name, display=account.display, role=account.role, token=desk.form_token
    )


def must_wait(seconds: int) -> XuanjianError:
    """What is told to somebody who failed too often."""
    if seconds <= 90:
        words = _("%(n)s 秒") % {"n": seconds}
    else:
        words = _("%(n)s 分钟") % {"n": -(-seconds // 60)}
    return XuanjianError(
        _("失败次数太多，请等 %(wait)s后再试") % {"wait": words},
        "sign-in-wait",
        _("这段时间里密码对了也不能登录。忘记密码请管理员重设。"),
    )


def _end_present(desk: Desk, session: Session) -> None:
    if desk.visitor.signed_in is not None:
        end_session(session, desk.visitor.signed_in.id, desk.account.name)


ROUTES = [sign_in_page, sign_in, first_account, sign_out, session_page]
