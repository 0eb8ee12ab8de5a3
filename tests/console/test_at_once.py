"""Two people who decide the same story at the same moment, on both databases."""

from __future__ import annotations

import threading
from pathlib import Path

import httpx
import pytest

from console.app import Console
from pipeline.config import Workspace
from pipeline.news import NewsItem
from pipeline.plan.model import Plan, PlanNode
from pipeline.store.assignments import reviews_of
from pipeline.store.folding import fold_stored
from pipeline.store.items import add_items
from pipeline.store.plans import list_plans, save_plan
from pipeline.store.runs import start_run
from pipeline.store.store import Store
from pipeline.store.trail import trail
from tests.console.conftest import Person, SignIn

STORIES = 6


@pytest.fixture
def workspace(store: Store, tmp_path: Path) -> Workspace:
    """A few stories on either database, and a plan with two themes."""
    nodes = tuple(
        PlanNode(id=f"focus-{n}", kind="focus_area", level=1, number=f"（{n}）", title=f"主题{n}")
        for n in (1, 2)
    )
    plan = Plan(
        title="鄂尔多斯市方案",
        kind="publicity_plan",
        issuer="鄂尔多斯市科技局",
        nodes=nodes,
        period=("2025-01-01", "2025-12-31"),
    )
    with store.begin() as session:
        items = [
            NewsItem(
                id=f"n{n}",
                title=f"鄂尔多斯市第{n}个项目",
                text=f"鄂尔多斯市第{n}件事。" * 5,
                date=f"2025-03-0{n}",
            )
            for n in range(1, STORIES + 1)
        ]
        add_items(session, items, start_run(session, "import"))
        fold_stored(session)
        save_plan(session, "2025", plan, "")
    url = store.engine.url.render_as_string(hide_password=False)
    return Workspace.create(tmp_path / "two", {"store.url": url.replace("+psycopg", "")})


def test_both_are_kept_and_one_is_told(console: Console, sign_in: SignIn) -> None:
    people = (sign_in("reviewer"), sign_in("editor"))
    answer = people[0].post_json("/review/queues", {"purpose": "everything", "limit": 50})
    queue = int(answer.json()["to"].removeprefix("/review/").partition("?")[0])
    for place in range(1, STORIES + 1):
        first, second = _at_once(people, queue, place)
        assert first.status_code == second.status_code == 200, (first.text, second.text)
        led = [answer.json()["to"] for answer in (first, second)]
        assert sum(f"/review/{queue}/conflict/{place}" in to for to in led) == 1
    with console.store.begin() as session:
        (stored,) = list_plans(session)
        kept = reviews_of(session, stored.id)
        told = list(trail(session, action="review.decide"))
    assert len(kept) == len(told) == 2 * STORIES
    assert {(one.reviewer, one.themes) for one in kept} == {
        ("reviewer", ("focus-1",)),
        ("editor", ("focus-2",)),
    }


def _at_once(people: tuple[Person, ...], queue: int, place: int) -> list[httpx.Response]:
    """Both answers, sent when both are ready."""
    ready = threading.Barrier(len(people))
    answers: dict[int, httpx.Response] = {}

    def decide(number: int, person: Person) -> None:
        body = {"place": place, "answer": "chosen", "themes": [f"focus-{number}"]}
        ready.wait()
        answers[number] = person.post_json(f"/review/{queue}/answer", body)

    threads = [
        threading.Thread(target=decide, args=(number, person))
        for number, person in enumerate(people, 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[number] for number in sorted(answers)]
