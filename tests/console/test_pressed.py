"""What is pressed in a browser is heard, or said not to be: nothing decided or sent is lost in silence."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from console.app import make_console
from console.rendering import STATIC
from pipeline.config import Workspace
from tests.console.browsing import Look, looking, served
from tests.console.conftest import Person, come_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pressed")]

_UNCOUNTED = "有按键没有算"
_PRESS_AT_ONCE = """
new MutationObserver((_changes, watching) => {
  if (!document.getElementById("none")) return;
  watching.disconnect();
  document.dispatchEvent(new KeyboardEvent("keydown", { key: "0", bubbles: true }));
}).observe(document, { childList: true, subtree: true });
"""
"""Presses a key in the moment in which there is a story to decide."""


@pytest.fixture(scope="module")
def office(
    sample_workspace: Path, chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Look, Person]]:
    folder = tmp_path_factory.mktemp("pressed") / "workspace"
    shutil.copytree(sample_workspace, folder)
    console = make_console(Workspace.open(folder))
    person = come_in(console, "reviewer")
    with served(console) as address, looking(chromium, address, person) as look:
        yield look, person
    console.store.close()


def _first(page: Page, held: list[Route]) -> Route:
    """The request held back: the browser tells of it some time after the key that made it."""
    for _ in range(1000):
        if held:
            return held.pop(0)
        page.wait_for_timeout(20)
    pytest.fail("the page sent nothing within 20 seconds")


@dataclass
class Queue:
    """A queue in a page of its own, with the requests that its decisions make held back on demand."""

    page: Page
    address: str
    held: list[Route]

    def hold(self) -> None:
        """Let the next decision wait on the line until ``let_go``; those after it do not."""
        self.page.route("**/answer*", lambda route: self.held.append(route), times=1)  # noqa: PLW0108 - a method of list takes no marks

    def let_go(self) -> None:
        """Send what waits, as soon as it is on the line."""
        _first(self.page, self.held).continue_()

    def decided(self, count: int) -> None:
        """Wait until the page says so."""
        expect(self.page.locator(".queue-head")).to_contain_text(f"已判 {count} /")

    @property
    def place(self) -> str:
        """Which story is shown."""
        return self.page.locator("#task input[name=place]").input_value()


@pytest.fixture
def queue(office: tuple[Look, Person]) -> Iterator[Queue]:
    """A new queue, opened in a page of its own; what it decided is taken back."""
    look, person = office
    path = person.change("/review/queues", purpose="everything")
    page = look.page.context.new_page()
    page.goto(look.address + path)
    yield Queue(page, look.address + path, [])
    page.close()
    number = path.partition("?")[0]
    while person.api(number)["undoable"]:
        person.change(f"{number}/undo")


def test_a_key_is_heard_as_soon_as_there_is_a_story(queue: Queue) -> None:
    page = queue.page.context.new_page()
    page.add_init_script(_PRESS_AT_ONCE)
    page.goto(queue.address)
    expect(page.locator(".queue-head")).to_contain_text("已判 1 /")
    page.close()


def test_capital_letters_are_heard_as_the_small_ones(queue: Queue) -> None:
    queue.page.keyboard.press("N")
    queue.decided(1)
    queue.page.keyboard.press("Z")
    expect(queue.page.locator("main")).to_contain_text("已撤销上一次判定")
    queue.decided(0)
    queue.hold()
    queue.page.keyboard.press("U")
    queue.page.keyboard.press("N")
    expect(queue.page.locator("#say")).to_contain_text(_UNCOUNTED)
    queue.page.keyboard.press("Z")  # obeyed afterwards, as "z" is
    queue.let_go()
    expect(queue.page.locator("main")).to_contain_text("已撤销上一次判定")
    queue.decided(0)


@pytest.mark.parametrize("with_it", ["Control", "Alt", "Meta"])
def test_a_letter_with_another_key_held_is_the_browsers(queue: Queue, with_it: str) -> None:
    heard = queue.page.evaluate(
        "with_it => !document.dispatchEvent(new KeyboardEvent('keydown', {"
        " key: 'U', bubbles: true, cancelable: true, ctrlKey: with_it === 'Control',"
        " altKey: with_it === 'Alt', metaKey: with_it === 'Meta' }))",
        with_it,
    )
    assert not heard
    queue.page.keyboard.press("0")
    queue.decided(1)


def test_keys_pressed_while_a_decision_is_stored_decide_no_unseen_story_and_this_is_said(
    queue: Queue,
) -> None:
    say = queue.page.locator("#say")
    queue.hold()
    queue.page.keyboard.press("0")
    expect(say).to_be_hidden()
    for key in ("0", "1", "Enter"):
        queue.page.keyboard.press(key)
    expect(say).to_contain_text(_UNCOUNTED)
    queue.let_go()
    queue.decided(1)
    expect(say).to_contain_text(_UNCOUNTED)  # of the next story, too
    assert queue.page.locator("#task[data-chosen]").count() == 0
    queue.page.keyboard.press("0")
    queue.decided(2)


def test_a_decision_is_taken_back_before_it_is_stored(queue: Queue) -> None:
    place = queue.place
    queue.hold()
    queue.page.keyboard.press("0")
    queue.page.keyboard.press("z")
    queue.let_go()
    expect(queue.page.locator("main")).to_contain_text("已撤销上一次判定")
    queue.decided(0)
    assert queue.place == place


def test_a_comment_is_begun_before_the_story_is_there(queue: Queue) -> None:
    place = queue.place
    queue.hold()
    queue.page.keyboard.press("0")
    queue.page.keyboard.press("c")
    queue.page.keyboard.press("s")  # meant as text: it skips nothing
    queue.let_go()
    queue.decided(1)
    queue.page.keyboard.type("us 0")
    expect(queue.page.locator("#comment")).to_have_value("us 0")
    expect(queue.page.locator("#say")).to_contain_text(_UNCOUNTED)
    assert queue.place != place


def _cut(page: Page) -> None:
    """The connection breaks."""
    page.route("**/answer*", lambda route: route.abort("connectionreset"), times=1)


def _refuse(page: Page) -> None:
    """The server refuses: the form's token is not that of the session."""
    page.locator("#task input[name=form_token]").evaluate(
        "one => { one.dataset.own = one.value; one.value = 'x'; }"
    )


def _mended(page: Page) -> None:
    page.locator("#task input[name=form_token]").evaluate(
        "one => { if (one.dataset.own) one.value = one.dataset.own; }"
    )


@pytest.mark.parametrize(("spoil", "said"), [(_cut, "请再按一次"), (_refuse, "请重新打开")])
def test_a_decision_that_was_not_stored_is_told_and_stays_on_the_page(
    queue: Queue, spoil: Callable[[Page], None], said: str
) -> None:
    page, place = queue.page, queue.place
    page.keyboard.press("2")
    page.keyboard.press("c")
    page.keyboard.type("要问科室")
    page.keyboard.press("Escape")
    spoil(page)
    page.keyboard.press("Enter")
    expect(page.locator("#say")).to_contain_text(said)
    assert queue.place == place
    queue.decided(0)
    expect(page.locator("#comment")).to_have_value("要问科室")
    expect(page.locator("input[data-key='2']")).to_be_checked()
    _mended(page)
    page.keyboard.press("Enter")
    queue.decided(1)
    page.keyboard.press("z")
    queue.decided(0)
    assert queue.place == place
    expect(page.locator(".told q")).to_have_count(0)


_SCRIPTED = {
    "renew.js": (
        "<p data-renew><b data-renew-words hidden></b><b data-renew-ready hidden></b></p>",
        {"standing": {"fresh": True}},
    ),
    "watch.js": (
        '<b id="job-state"></b><pre data-watch="/api/page"></pre>',
        {"job": {"state": "done"}, "state": "", "words": []},
    ),
}
"""By script: what of a page it works on, and the answer on which it opens the page anew."""


@pytest.mark.parametrize("script", _SCRIPTED)
def test_a_page_that_renews_itself_takes_no_form_away_that_is_being_sent(
    office: tuple[Look, Person], script: str
) -> None:
    body, twin = _SCRIPTED[script]
    form = '<main><form method="post" action="/sent"><button>存</button></form></main>'
    html = f"<!doctype html><meta charset=utf-8>{body}{form}<script src=/{script}></script>"
    page = office[0].page.context.new_page()
    held: list[Route] = []
    page.route(
        re.compile("/page$"), lambda route: route.fulfill(body=html, content_type="text/html")
    )
    page.route(f"**/{script}", lambda route: route.fulfill(path=STATIC / script))
    page.route("**/api/page", lambda route: route.fulfill(json=twin))
    page.route("**/sent", lambda route: held.append(route))  # noqa: PLW0108 - as above
    page.goto(f"{office[0].address}/page")
    with page.expect_response("**/api/page"):
        page.get_by_role("button").click(no_wait_after=True)
    page.wait_for_timeout(200)  # in which the script would open the page anew
    _first(page, held).fulfill(body="stored", content_type="text/plain")
    expect(page.locator("body")).to_have_text("stored")
    page.close()
