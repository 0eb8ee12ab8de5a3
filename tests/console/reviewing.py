"""What people who review do at the console, for the tests of it."""

from __future__ import annotations

import re
import time
from typing import Any

from console.app import Console
from pipeline.plan.schemes import choose_scheme
from pipeline.store.assignments import Review, numbered_reviews
from pipeline.store.jobs import get_job
from pipeline.store.plans import StoredPlan, list_plans
from pipeline.store.stories import stories_between
from pipeline.store.trail import trail
from tests.console.conftest import Person


def plan_of(console: Console) -> StoredPlan:
    with console.store.begin() as session:
        return list_plans(session)[0]


def themes_of(console: Console) -> list[str]:
    return [node.id for node in choose_scheme(plan_of(console).plan)[1]]


def reviews_about(console: Console, story: str) -> list[Review]:
    with console.store.begin() as session:
        members = next(one.items for one in stories_between(session) if one.id == story)
        return [one for _, one in numbered_reviews(session, plan_of(console).id, members)]


def trail_of(console: Console, action: str) -> list[Any]:
    with console.store.begin() as session:
        return list(trail(session, action=action))


def number_in(address: str) -> int:
    found = re.match(r"/review/(\d+)", address)
    assert found, address
    return int(found[1])


def begin(person: Person, **asked: Any) -> int:
    return number_in(person.change("/review/queues", **({"purpose": "everything"} | asked)))


def task(person: Person, number: int) -> dict[str, Any]:
    found: dict[str, Any] = person.api(f"/review/{number}")["task"]
    return found


def answer(
    person: Person, number: int, shown: dict[str, Any], answer: str, *themes: str, **more: Any
) -> str:
    fields = {"place": shown["place"], "seen": shown["seen"], "answer": answer, **more}
    return person.change(f"/review/{number}/answer", **fields, themes=list(themes))


def ended(console: Console, to: str) -> str:
    """What a job said that ended well."""
    number = int(to.removeprefix("/jobs/"))
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with console.store.begin() as session:
            job = get_job(session, number)
        if not job.running:
            assert job.exit_code == 0, job.said
            return job.said
        time.sleep(0.2)
    raise AssertionError(f"job {number} does not end")


def person_queue(person: Person, number: int) -> dict[str, Any]:
    found: dict[str, Any] = person.api(f"/review/{number}")["queue"]
    return found
