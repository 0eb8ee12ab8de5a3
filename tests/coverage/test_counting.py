"""Counted in columns or story by story: the same numbers, on both engines, however few are listed."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

import msgspec
import pytest
from sqlalchemy.orm import Session

from pipeline.assignment import ItemAssignments, ThemeScore
from pipeline.coverage.gather import AuditOptions, coverage_report
from pipeline.coverage.periods import make_period
from pipeline.coverage.report import CoverageReport, Tally
from pipeline.coverage.units import UnitFinder
from pipeline.genre import carrier_of, genre_of
from pipeline.locality import LocalityJudge, home_of
from pipeline.news import NewsItem
from pipeline.plan.model import Medium, Plan, PlanNode, Unit
from pipeline.store import assignments, items, plans, runs
from pipeline.store.store import Store
from pipeline.store.stories import StoredStory, replace_stories, stories_between

THEMES = tuple(
    PlanNode(id=f"focus-{n}", kind="focus_area", level=1, number=f"（{n}）", title=f"题{n}")
    for n in range(1, 5)
)
PLAN = Plan(
    title="鄂尔多斯市宣传方案",
    kind="publicity_plan",
    nodes=THEMES,
    units=(Unit(name="东胜区大学生创业园", aliases=("大学生创业园",), theme="focus-1"),),
    media=(Medium(name="鄂尔多斯日报", kind="paper"), Medium(name="科技日报", kind="paper")),
)
PERIOD = make_period(date(2025, 1, 1), date(2025, 6, 30))
TEXTS = (
    "东胜区召开科技创新会议，部署重点任务。",
    "广州市举办展会，多家企业参加。",
    "国务院印发科技规划，全国部署。",
    "记者走进东胜区大学生创业园，创业者告诉记者，订单不断。",
    "",
)
TITLES = (
    "东胜区科技动态",
    "《科技条例》解读",
    "专访东胜区创业者",
    "东胜区大学生创业园见闻",
    "展会",
)
CARRIERS = ("", "website", "newspaper", "微信公众号", "television")


def fill(session: Session, seed: int) -> plans.StoredPlan:
    """Some seventy stories with reprints, decisions and assignments, a few without a day."""
    chance = random.Random(seed)
    stored = plans.save_plan(session, "2025", PLAN, "")
    run = runs.start_run(session, "import")
    runs.record_source(session, runs.SourceRecord(id="kjj", name="市科技局"))
    made, stories = [], []
    for number in range(70):
        off = chance.randrange(-20, 200)
        day = None if number % 17 == 0 else (date(2025, 1, 1) + timedelta(days=off)).isoformat()
        own = []
        for place in range(chance.choice((1, 1, 1, 2, 4))):
            item = NewsItem(
                id=f"n{number:02d}-{place}",
                title=f"{chance.choice(TITLES)}{number}",
                text=chance.choice(TEXTS),
                url=chance.choice(("", f"http://example.cn/{number}-{place}")),
                date=day,
                outlet=chance.choice(("", "鄂尔多斯日报", "科技日报", "市科技局")),
                carrier=chance.choice(CARRIERS),
                source=chance.choice(("", "kjj")),
                level=chance.choice(("central", "municipal", "other")),
                flags=chance.choice(((), (), (), ("internal",))),
            )
            own.append(item)
        made += own
        stories.append(
            StoredStory(
                id=f"s{number:02d}",
                original=own[0].id,
                day=day,
                level=chance.choice(("central", "municipal")),
                items=tuple(item.id for item in own),
            )
        )
    items.add_items(session, made, run)
    replace_stories(session, stories)
    results = (
        ItemAssignments(
            id=story.id,
            themes=tuple(
                ThemeScore(
                    id=theme.id,
                    title=theme.title,
                    probability=round(chance.random(), 2),
                    assigned=chance.random() < 0.3,
                    evidence=(),
                )
                for theme in THEMES
            ),
        )
        for story in stories[:60]
    )
    names = [theme.id for theme in THEMES]
    assignments.save_assignments(session, stored.id, names, ("base", "m"), results)
    assignments.add_reviews(
        session,
        stored.id,
        [
            assignments.Review(
                item=chance.choice(story.items),
                themes=tuple(name for name in names if chance.random() < 0.2),
                not_themes=(),
                reviewer="王",
            )
            for story in chance.sample(stories, 20)
        ]
        + [
            assignments.Review(
                item=story.original,
                themes=(),
                not_themes=tuple(name for name in names if chance.random() < 0.7),
                reviewer="李",
            )
            for story in chance.sample(stories, 20)
        ]
        + [
            assignments.Review(
                item=stories[-1].original, themes=(), not_themes=tuple(names), reviewer="李"
            )
        ],
    )
    return stored


def plainly(session: Session, stored: plans.StoredPlan) -> dict[str, object]:
    """The numbers, story by story from the news itself."""
    home = home_of(PLAN)
    judge = LocalityJudge(home, tuple(unit.name for unit in PLAN.units))
    finder = UnitFinder(PLAN.units, home)
    stories = stories_between(session)
    story_of = {item: story.id for story in stories for item in story.items}
    news = items.items_by_id(session, story_of)
    held = assignments.decisions(assignments.reviews_of(session, stored.id), story_of)
    said = assignments.assignments_of(session, stored.id, [story.id for story in stories])
    found: Counter[object] = Counter()
    for story in stories:
        if story.day and not PERIOD.first <= story.day <= PERIOD.last:
            continue
        own = [news[item] for item in story.items]
        if story.day is None:
            found["undated"] += len(own)
            continue
        original = own[0]
        code = judge.judge(original, original.level).code
        internal = all("internal" in item.flags for item in own)
        counts = code in ("local", "upper_about_local") and not internal
        found["items"] += len(own)
        found["stories"] += 1
        found["locality", code] += 1
        found["not counted", code] += not counts
        for source in {item.source for item in own}:
            found["source", source] += 1
        for item in own:
            found["outlet", item.outlet] += 1
        if not counts:
            continue
        found["counted"] += 1
        found["unclassified"] += story.id not in said
        found["reviewed"] += all(theme.id in held.get(story.id, {}) for theme in THEMES)
        told = story.as_item(news)
        for unit in finder.named_in(f"{told.title}\n{told.text}"):
            found["unit", unit] += 1
        standing = False
        machine = {one.theme: one.assigned for one in said.get(story.id, ())}
        for theme in THEMES:
            decision = held.get(story.id, {}).get(theme.id)
            state = {
                (True, None): "machine",
                (True, True): "confirmed",
                (False, True): "corrected",
                (True, False): "rejected",
            }.get((machine.get(theme.id, False), decision.belongs if decision else None))
            if state is None:
                continue
            standing |= state != "rejected"
            for cell in (
                story.day[:7],
                f"level {story.level}",
                f"carrier {carrier_of(original)}",
                f"genre {genre_of(original)}",
            ):
                found["cell", theme.id, cell, state] += 1
        found["themeless"] += not standing
    return {str(key): count for key, count in found.items() if count}


def reported(report: CoverageReport) -> dict[str, object]:
    """The same numbers as a report says them."""
    totals = report.totals
    found: dict[object, int] = {
        "undated": totals.undated,
        "items": totals.items,
        "stories": totals.stories,
        "counted": totals.counted,
        "unclassified": totals.unclassified,
        "reviewed": totals.reviewed,
        "themeless": totals.themeless,
    }
    assert totals.reprints == totals.items - totals.stories
    found |= {("locality", code): count for code, count in totals.by_locality.items()}
    found |= {("not counted", code): count for code, count in totals.not_counted.items()}
    found |= {("source", line.id): line.stories for line in report.sources}
    found |= {("unit", line.name): line.count for line in report.units}
    for line in report.themes:
        cells: dict[str, Tally] = dict(zip(report.months, line.by_month, strict=True))
        cells |= {f"level {code}": tally for code, tally in line.by_level.items()}
        cells |= {f"carrier {code}": tally for code, tally in line.by_carrier.items()}
        cells |= {f"genre {code}": tally for code, tally in line.by_genre.items()}
        for cell, tally in cells.items():
            for state, count in msgspec.structs.asdict(tally).items():
                found["cell", line.id, cell, state] = count
        for tallies in (line.by_month, line.by_level.values(), line.by_carrier.values()):
            assert sum(tallies, Tally()) == line.tally
    return {str(key): count for key, count in found.items() if count}


@pytest.mark.parametrize("many", [0, 30_000])
@pytest.mark.parametrize("seed", range(4))
def test_a_report_counts_in_columns_what_one_counts_story_by_story(
    store: Store, seed: int, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.store.columns._MANY", many)  # what is asked of a large store too
    with store.begin() as session:
        stored = fill(session, seed)
        expected = plainly(session, stored)
        whole = coverage_report(session, stored, AuditOptions(period=PERIOD))
        outlets = {key: expected.pop(key) for key in list(expected) if key.startswith("('outlet'")}
        assert reported(whole) == expected
        media = {line.name: line.items for line in whole.media}
        assert media == {
            name: outlets.get(str(("outlet", name)), 0) for name in ("鄂尔多斯日报", "科技日报")
        }
        assert (whole.totals.unlisted, len(whole.stories)) == (0, whole.totals.stories)
        for line in whole.themes:
            assert len(line.stories) == line.tally.shown
        short = coverage_report(session, stored, AuditOptions(period=PERIOD, most=25))
    assert reported(short) == expected
    assert (len(short.stories), short.totals.unlisted) == (25, whole.totals.stories - 25)
    there = {story.id for story in short.stories}
    for line, before in zip(short.themes, whole.themes, strict=True):
        assert line.queue == before.queue
        assert line.stories == tuple(story for story in before.stories if story in there)
        assert (line.state, line.reason) == (before.state, before.reason)
    assert short.stories == tuple(story for story in whole.stories if story.id in there)


def test_a_large_store_knows_whether_every_story_was_classified(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.store.columns._MANY", 0)
    with store.begin() as session:
        stored = plans.save_plan(session, "2025", PLAN, "")
        run = runs.start_run(session, "import")
        told = [
            NewsItem(id=name, title=f"题{name}", text=TEXTS[0], date="2025-02-01") for name in "ab"
        ]
        items.add_items(session, told, run)
        folded = [
            StoredStory(
                id=f"s{name}", original=name, day="2025-02-01", level="other", items=(name,)
            )
            for name in "ab"
        ]
        replace_stories(session, folded)
        counts = []
        for known in ([], ["sa"], ["sa", "sb"]):
            said = tuple(ThemeScore(id=theme.id, title="", probability=0.1, assigned=False, evidence=())
                         for theme in PLAN.nodes)  # fmt: skip
            assignments.save_assignments(
                session, stored.id, [theme.id for theme in PLAN.nodes], ("base", "f"),
                [ItemAssignments(id=story, themes=said) for story in known],
            )  # fmt: skip
            report = coverage_report(session, stored, AuditOptions(period=PERIOD))
            counts.append(report.totals.unclassified)
    assert counts == [2, 1, 0]


def test_a_story_is_judged_anew_when_its_words_or_the_judge_change(store: Store) -> None:
    with store.begin() as session:
        stored = plans.save_plan(session, "2025", PLAN, "")
        run = runs.start_run(session, "import")
        far = NewsItem(
            id="a", title="展会开幕", text=TEXTS[1], date="2025-02-01", url="http://a.cn/1"
        )
        items.add_items(session, [far], run)
        story = StoredStory(id="s", original="a", day="2025-02-01", level="other", items=("a",))
        replace_stories(session, [story])
        options = AuditOptions(period=PERIOD)
        first = coverage_report(session, stored, options)
        near = msgspec.structs.replace(far, text=TEXTS[0])
        assert items.add_items(session, [near], run).changed == 1
        replace_stories(session, [story])
        second = coverage_report(session, stored, options)
        moved = coverage_report(session, stored, AuditOptions(period=PERIOD, home="广州市"))
    found = [report.stories[0].locality for report in (first, second, moved)]
    assert found == ["elsewhere", "local", "elsewhere"]


def test_what_the_machine_said_of_a_story_goes_when_another_original_is_found(
    store: Store,
) -> None:
    with store.begin() as session:
        stored = fill(session, 1)
        before = stories_between(session)
        longer = next(one for one in before if len(one.items) > 1 and one.id < "s60")
        turned = StoredStory(
            id=longer.id,
            original=longer.items[-1],
            day=longer.day,
            level=longer.level,
            items=(longer.items[-1], *longer.items[:-1]),
        )
        replace_stories(session, [turned if one.id == turned.id else one for one in before])
        left = assignments.assignments_of(session, stored.id, [one.id for one in before])
    assert set(left) == {one.id for one in before if one.id < "s60" and one.id != longer.id}
