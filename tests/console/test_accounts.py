"""Accounts: one's own password and sessions, an administrator's work, the audit trail."""

from __future__ import annotations

import re
from pathlib import Path

import lxml.html
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

import console as console_package
from console.app import Console
from pipeline.store.accounts import add_account, sessions_of
from pipeline.store.trail import Actor, record_change, trail
from tests.console.conftest import PASSWORD, SignIn


def actions(console: Console) -> list[str]:
    with console.store.begin() as session:
        return [line.action for line in trail(session)]


def signed(console: Console) -> list[tuple[str, str, str]]:
    """What was done, by whom and in which role."""
    with console.store.begin() as session:
        return [(line.action, line.who, line.role) for line in trail(session)]


def test_the_first_account_is_made_with_the_printed_code_once(
    console: Console, sign_in: SignIn
) -> None:
    nobody = sign_in(None)
    assert "一次性代码" in nobody.page("/sign-in")
    words = {"name": "Wang-Fang", "password": PASSWORD, "display": "王芳"}
    assert nobody.send("/first-account", code="AAAA-BBBB-CCCC", **words).status_code == 422
    assert nobody.change("/first-account", code=console.code.code.lower(), **words) == "/"
    assert "王芳" in nobody.page("/overview")
    late = sign_in(None)
    late.page("/sign-in")
    answer = late.send("/first-account", code=console.code.code, **words)
    assert answer.status_code == 409
    assert actions(console)[0] == "account.first"
    assert signed(console) == [("account.first", "wang-fang", "admin")]


def test_signing_in_gives_a_new_cookie_and_leads_where_one_wanted_to_go(
    console: Console, sign_in: SignIn
) -> None:
    sign_in("viewer")
    person = sign_in(None)
    asked = person.get("/overview", period="2025")
    assert asked.headers["location"] == "/sign-in?next=/overview%3Fperiod%3D2025"
    person.page("/sign-in", next="/overview?period=2025")
    before = dict(person.client.cookies)
    where = person.change("/sign-in", name="VIEWER", password=PASSWORD, to="/overview?period=2025")
    assert where == "/overview?period=2025"
    assert dict(person.client.cookies)["xuanjian"] != before["xuanjian"]
    assert "覆盖总览" in person.page("/overview")
    assert signed(console) == [("session.sign-in", "viewer", "viewer")]


def test_who_signs_in_over_another_ones_session_is_who_the_trail_names(
    console: Console, sign_in: SignIn
) -> None:
    sign_in("viewer")
    editor = sign_in("editor")
    editor.change("/sign-in", name="viewer", password=PASSWORD)
    assert signed(console) == [("session.sign-in", "viewer", "viewer")]


@pytest.mark.parametrize(
    "to",
    ["//elsewhere.example", "https://elsewhere.example/", "/\\elsewhere.example", "\t//x.example"],
)
def test_nobody_is_led_to_another_site(sign_in: SignIn, to: str) -> None:
    sign_in("viewer")
    person = sign_in(None)
    person.page("/sign-in")
    assert person.change("/sign-in", name="viewer", password=PASSWORD, to=to) == "/"


def test_what_is_said_never_tells_whether_a_name_exists(sign_in: SignIn) -> None:
    sign_in("viewer")
    person = sign_in(None)
    person.page("/sign-in")
    wrong = person.send("/sign-in", name="viewer", password="not this one")
    unknown = person.send("/sign-in", name="nobody", password="not this one")
    assert wrong.status_code == unknown.status_code == 401
    shown = [
        answer.text.replace(person.token, "").replace(f'value="{name}"', "")
        for answer, name in ((wrong, "viewer"), (unknown, "nobody"))
    ]
    assert shown[0] == shown[1]
    told = [
        person.post_json("/sign-in", {"name": name, "password": "not this one"})
        for name in ("viewer", "nobody")
    ]
    assert told[0].json() == told[1].json()


def test_a_wrong_password_is_told_above_the_form_which_keeps_the_name(sign_in: SignIn) -> None:
    sign_in("viewer")
    person = sign_in(None)
    person.page("/sign-in")
    answer = person.send("/sign-in", name='vi"ewer', password="not this one", to="/plans")
    page = lxml.html.fromstring(answer.text)
    (form,) = (one for one in page.forms if one.get("action") == "/sign-in")
    assert dict(form.form_values()) == {
        "form_token": person.token,
        "to": "/plans",
        "name": 'vi"ewer',
    }
    (alert,) = page.xpath("//*[@role='alert']")
    assert "没有做成：用户名或密码不对" in alert.text_content()
    assert "not this one" not in answer.text


def test_a_wrong_code_keeps_what_was_typed_of_the_first_account(
    console: Console, sign_in: SignIn
) -> None:
    nobody = sign_in(None)
    nobody.page("/sign-in")
    words = {"name": "wang", "display": "王芳"}
    wrong = nobody.send("/first-account", code="AAAA-BBBB-CCCC", password=PASSWORD, **words)
    weak = nobody.send("/first-account", code=console.code.code, password="1111111111", **words)
    for answer, why in ((wrong, "一次性代码不对"), (weak, "密码太简单")):
        assert answer.status_code == 422
        page = lxml.html.fromstring(answer.text)
        assert why in page.xpath("//*[@role='alert']")[0].text_content()
        (form,) = page.forms
        assert (form.fields["name"], form.fields["display"]) == ("wang", "王芳")
        assert not form.fields["password"]


def test_after_five_failures_one_waits_also_with_the_right_password(sign_in: SignIn) -> None:
    sign_in("viewer")
    person = sign_in(None)
    person.page("/sign-in")
    for _ in range(5):
        assert person.send("/sign-in", name="viewer", password="wrong").status_code == 401
    answer = person.send("/sign-in", name="viewer", password=PASSWORD)
    assert answer.status_code == 429
    assert 25 <= int(answer.headers["retry-after"]) <= 30
    assert f"请等 {answer.headers['retry-after']} 秒后再试" in answer.text
    assert 'value="viewer"' in answer.text
    told = person.post_json("/sign-in", {"name": "viewer", "password": PASSWORD})
    assert (told.status_code, told.json()["title"]) == (429, "sign-in-wait")
    assert int(told.headers["retry-after"]) <= 30
    assert person.send("/sign-in", name="unknown", password="wrong").status_code == 401


def test_a_new_password_ends_every_other_session(console: Console, sign_in: SignIn) -> None:
    here, there = sign_in("editor"), sign_in("editor")
    new = "noch eine lange Nacht"
    assert here.send("/account/password", old="wrong", password=new).status_code == 422
    assert here.send("/account/password", old=PASSWORD, password="kurz").status_code == 422
    assert here.change("/account/password", old=PASSWORD, password=new) == "/account"
    assert there.get("/account").status_code == 303
    assert "本次登录" in here.page("/account")


def test_one_ends_a_session_of_ones_own_and_nobody_elses(console: Console, sign_in: SignIn) -> None:
    here, there, other = sign_in("editor"), sign_in("editor"), sign_in("viewer")
    lines = here.api("/account")["sessions"]
    (elsewhere,) = (line for line in lines if not line["present"])
    assert other.send(f"/account/sessions/{elsewhere['id']}/end").status_code == 404
    here.change(f"/account/sessions/{elsewhere['id']}/end")
    assert there.get("/account").status_code == 303
    assert here.get("/account").status_code == 200


def test_an_administrator_makes_changes_and_disables_accounts(
    console: Console, sign_in: SignIn
) -> None:
    admin, editor = sign_in("admin"), sign_in("editor")
    admin.change("/users", name="李红", display="李红", role="reviewer", password=PASSWORD)
    assert admin.send("/users", name="李红", role="viewer", password=PASSWORD).status_code == 409
    assert "李红" in admin.page("/users")
    admin.change("/users/editor", role="viewer", display="小王")
    assert editor.get("/account").status_code == 303  # signed out with the role
    admin.change("/users/李红", role="reviewer", display="李红", disabled="1")
    nobody = sign_in(None)
    nobody.page("/sign-in")
    assert nobody.send("/sign-in", name="李红", password=PASSWORD).status_code == 401
    with console.store.begin() as session:
        (line,) = trail(session, action="account.change", limit=1)
    assert '"disabled":false' in line.before
    assert '"disabled":true' in line.after


def test_the_last_administrator_stays(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    answer = admin.send("/users/admin", role="viewer", display="x")
    assert answer.status_code == 409
    assert "account-last-admin" in answer.text
    assert admin.get("/users").status_code == 200


def test_a_session_nobody_used_has_ended(console: Console, sign_in: SignIn) -> None:
    person = sign_in("viewer")
    with console.store.begin() as session:
        session.execute(text("UPDATE session SET seen_at = '2026-01-01T00:00:00+00:00'"))
    assert person.get("/account").status_code == 303
    assert person.get("/api/account").status_code == 401
    with console.store.begin() as session:
        assert sessions_of(session) == ()


def test_a_session_ends_though_it_is_used(console: Console, sign_in: SignIn) -> None:
    person = sign_in("viewer")
    with console.store.begin() as session:
        session.execute(text("UPDATE session SET began_at = '2026-01-01T00:00:00+00:00'"))
    assert person.get("/account").status_code == 303


def test_the_database_refuses_to_change_the_trail(console: Console) -> None:
    with console.store.begin() as session:
        record_change(session, Actor("a", "admin"), "plan.use", "2025", after={"version": 2})
    for change in ("UPDATE trail SET who = 'b'", "DELETE FROM trail"):
        with pytest.raises(DBAPIError), console.store.begin() as session:
            session.execute(text(change))
    assert actions(console) == ["plan.use"]


def test_every_change_of_the_trail_has_a_name_officers_read() -> None:
    """Found in the sources: a verb that is added is asked for here."""
    from console.rooms.trail import ACTIONS, VERBS

    folder = Path(console_package.__file__).parent
    written = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    recorded = set(re.findall(r"\brecord\(\s*session,\s*\"([a-z.-]+)\"", written))
    assert len(recorded) > 30
    assert recorded <= set(VERBS)
    assert {action.partition(".")[0] for action in VERBS} == set(ACTIONS)


def test_the_trail_names_people_and_changes(console: Console, sign_in: SignIn) -> None:
    approver = sign_in("approver")
    with console.store.begin() as session:
        add_account(session, "wang", PASSWORD, "editor", "王芳")
        record_change(session, Actor("wang", "editor"), "models.promote", "2025")
    text = approver.page("/trail", action="models")
    assert "王芳" in text
    assert "模型 · 启用模型" in text
    assert "models.promote" not in text


def test_the_trail_is_read_filtered_and_exported(console: Console, sign_in: SignIn) -> None:
    approver = sign_in("approver")
    with console.store.begin() as session:
        for number in range(230):
            record_change(
                session, Actor("王芳", "editor"), "plan.use", f"=HYPERLINK({number})", after=number
            )
        record_change(session, Actor("b", "reviewer"), "review.decide", "x")
    assert "更早的" in approver.page("/trail")
    first = approver.api("/trail", who="王芳", action="plan")
    assert (first["count"], len(first["lines"])) == (230, 100)
    second = approver.api("/trail", who="王芳", action="plan", before=first["older"])
    third = approver.api("/trail", who="王芳", action="plan", before=second["older"])
    assert third["older"] == 0
    told = [line["id"] for part in (first, second, third) for line in part["lines"]]
    assert len(set(told)) == 230
    assert approver.get("/trail", since="yesterday").status_code == 422
    exported = approver.get("/trail/export", who="王芳")
    lines = exported.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 231
    assert "'=HYPERLINK(229)" in lines[1]
    assert exported.headers["content-disposition"].startswith("attachment")
