"""``xuanjian user``: accounts of the console, from the machine it runs on.

Hides: how a password is asked for. It is typed, or read from standard input; never an argument, which
other people on the machine could see.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline import steps
from pipeline.accounts import ROLE_NAMES, ROLES, Account, Role
from pipeline.cli.person import here
from pipeline.store.accounts import accounts, add_account, change_account, set_password
from pipeline.store.trail import record_change

__all__ = ["user_command"]


@click.group("user")
def user_command() -> None:
    """Add and change accounts of the console."""


@user_command.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="viewer", show_default=True)
@click.option("--display", default="", help="The person's name, as decisions and papers bear it.")
@click.pass_obj
def add(workspace: Path, name: str, role: Role, display: str) -> None:
    """Add an account. The password is asked for; or give it on standard input.

    \b
    Examples:
      xuanjian user add wangfang --role reviewer --display 王芳
      echo "$PASSWORD" | xuanjian user add lihong --role admin
    """
    password = _password()
    with steps.open_store(workspace) as (_, store), store.begin() as session:
        made = add_account(session, name, password, role, display)
        record_change(session, here(), "account.add", made.name, after=_told(made))
    click.echo(f"{made.name}：{made.display}，{ROLE_NAMES[made.role]}")


@user_command.command("passwd")
@click.argument("name")
@click.pass_obj
def passwd(workspace: Path, name: str) -> None:
    """Give an account a new password; it is signed out everywhere."""
    password = _password()
    with steps.open_store(workspace) as (_, store), store.begin() as session:
        changed = set_password(session, name, password)
        record_change(session, here(), "account.password", changed.name)
    click.echo(f"{changed.name}：密码已改，已全部退出登录")


@user_command.command("change")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES))
@click.option("--display", help="The person's name, as decisions and papers bear it.")
@click.option("--disable/--enable", "disabled", default=None, help="Whether it may sign in.")
@click.pass_obj
def change(
    workspace: Path, name: str, role: Role | None, display: str | None, disabled: bool | None
) -> None:
    """Change an account's role or name, or keep it from signing in."""
    with steps.open_store(workspace) as (_, store), store.begin() as session:
        before = {account.name: account for account in accounts(session)}.get(name)
        changed = change_account(session, name, role=role, display=display, disabled=disabled)
        told = _told(before) if before else None
        record_change(session, here(), "account.change", name, before=told, after=_told(changed))
    click.echo(_line(changed))


@user_command.command("list")
@click.pass_obj
def list_accounts(workspace: Path) -> None:
    """List the accounts."""
    with steps.open_store(workspace) as (_, store), store.begin() as session:
        every = accounts(session)
    for account in every:
        click.echo(_line(account))
    if not every:
        click.echo(
            "尚无帐户：xuanjian serve 会印出一次性代码，或用 xuanjian user add NAME --role admin"
        )


def _line(account: Account) -> str:
    disabled = "　已停用" if account.disabled else ""
    return f"{account.name}　{account.display}　{ROLE_NAMES[account.role]}{disabled}"


def _told(account: Account) -> dict[str, object]:
    return {"role": account.role, "display": account.display, "disabled": account.disabled}


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("密码", hide_input=True, confirmation_prompt="再输一次"))
