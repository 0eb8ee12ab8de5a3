"""Everything that can be used on a page is reached by Tab, in reading order, and seen when it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.app import make_console
from pipeline.config import Workspace
from tests.console.browsing import Look, looking, served
from tests.console.conftest import come_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("every page")]

_NUMBERED = """() => {
  const usable = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
  const found = [...document.querySelectorAll(usable)].filter(one =>
    !one.disabled && one.tabIndex >= 0 && one.type !== 'hidden' && one.checkVisibility());
  found.forEach((one, number) => { one.dataset.stop = number; });
  return found.map(one => one.outerHTML.slice(0, 120));
}"""
"""Numbers what can be used, in the order of the document; gives what each is."""

_HERE = """() => {
  const one = document.activeElement;
  const style = getComputedStyle(one);
  return [one.dataset.stop ?? '', style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2];
}"""
"""Number of what has the focus, and whether one sees that it has."""


@pytest.fixture(scope="module")
def look(furnished_workspace: Path, chromium: str) -> Iterator[Look]:
    console = make_console(Workspace.open(furnished_workspace))
    admin = come_in(console, "admin")
    with served(console) as address, looking(chromium, address, admin) as made:
        yield made
    console.store.close()


@pytest.mark.parametrize("width", [1400, 400])
@pytest.mark.parametrize("path", ["/overview", "/review", "/review/1", "/reports/period"])
def test_tab_reaches_everything_in_order_and_shows_where_one_is(
    look: Look, path: str, width: int
) -> None:
    page = look.at(path, width)
    page.evaluate("document.activeElement.blur()")
    usable = page.evaluate(_NUMBERED)
    assert len(usable) > 20
    reached: list[int] = []
    unseen: list[str] = []
    for _press in range(6 * len(usable)):  # a field for a date is several stops
        page.keyboard.press("Tab")
        number, seen = page.evaluate(_HERE)
        if not number or reached[-1:] == [int(number)]:
            continue
        if reached[:1] == [int(number)]:
            break
        reached.append(int(number))
        if not seen:
            unseen.append(usable[int(number)])
    assert sorted(reached) == list(range(len(usable))), [
        one for number, one in enumerate(usable) if number not in reached
    ]
    first = reached.index(0)  # a story that is put before somebody has the focus to begin with
    assert reached[first:] + reached[:first] == sorted(reached)
    assert unseen == []
