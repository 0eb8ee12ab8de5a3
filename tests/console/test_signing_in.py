"""The door: the first account, signing in and out."""

from __future__ import annotations

from console.app import Console
from tests.console.conftest import PASSWORD, SignIn


def test_the_first_account_is_made_with_the_printed_code(console: Console, sign_in: SignIn) -> None:
    nobody = sign_in(None)
    assert "一次性代码" in nobody.page("/sign-in")
    words = {"name": "Wang-Fang", "password": PASSWORD, "display": "王芳"}
    assert nobody.send("/first-account", code="AAAA-BBBB-CCCC", **words).status_code == 422
    assert nobody.change("/first-account", code=console.code.code.lower(), **words) == "/"
    assert "王芳" in nobody.page("/")
