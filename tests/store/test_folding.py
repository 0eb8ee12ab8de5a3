"""What comes in is folded into what is stored, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from pipeline.news import NewsItem
from pipeline.store.folding import fold_stored, reprints_of, waiting_items
from pipeline.store.items import add_items, items_between
from pipeline.store.runs import SourceRecord, record_source, start_run
from pipeline.store.store import Store
from pipeline.store.stories import stories_between
from pipeline.stories import fold
from samples.articles import sample_corpus

ITEMS = [
    NewsItem(
        id=item.key,
        title=item.title,
        text=item.text,
        date=item.date.isoformat(),
        outlet=item.outlet,
        source=item.site,
        url=f"http://{item.site}.example/{item.key}",
    )
    for item in sample_corpus().publications
]
SITES = {"daily": "鄂尔多斯样例日报", "bureau": "鄂尔多斯市科学技术局", "district": "东胜科技网"}


def take(session: Session, items: Iterable[NewsItem]) -> int:
    add_items(session, items, start_run(session, "import", "t"))
    return fold_stored(session)


def open_with_sources(session: Session) -> None:
    for name, words in SITES.items():
        record_source(
            session, SourceRecord(id=name, name=words, level="municipal", channel="website")
        )


def clusters(session: Session) -> dict[frozenset[str], str]:
    return {frozenset(story.items): story.original for story in stories_between(session)}


def folded(items: Iterable[NewsItem]) -> dict[frozenset[str], str]:
    return {
        frozenset(one.id for one in story.items): story.original.id for story in fold(items, SITES)
    }


def test_imports_one_after_another_give_the_stories_of_all_at_once(store: Store) -> None:
    with store.begin() as session:
        open_with_sources(session)
        for part in range(4):
            take(session, ITEMS[part::4])
        assert clusters(session) == folded(ITEMS)
        assert take(session, ITEMS) == 0


def test_a_late_reprint_changes_its_story_alone_and_keeps_its_id(store: Store) -> None:
    late = [item for item in ITEMS if item.id == "re-water-bureau"]
    with store.begin() as session:
        open_with_sources(session)
        take(session, [item for item in ITEMS if item not in late])
        before = {story.original: story.id for story in stories_between(session)}
        assert take(session, late) == 1
        assert {story.original: story.id for story in stories_between(session)} == before
        found = reprints_of(session, ["re-water-bureau", "jiukang-water-station"])
        assert {name: (one.outlet, one.taken_from, one.edits) for name, one in found.items()} == {
            "re-water-bureau": ("鄂尔多斯样例日报", "jiukang-water-station", ())
        }


def test_an_edited_page_leaves_its_story_and_what_stays_is_folded_anew(store: Store) -> None:
    other = next(item for item in ITEMS if item.id == "marathon-guard")
    with store.begin() as session:
        open_with_sources(session)
        take(session, ITEMS)
        changed = [
            NewsItem(
                id=item.id,
                title=other.title,
                text=other.text,
                date=item.date,
                outlet=item.outlet,
                source=item.source,
                url=item.url,
            )
            for item in ITEMS
            if item.id == "re-shared-lab-bureau"
        ]
        now = [item for item in ITEMS if item.id != changed[0].id] + changed
        add_items(session, changed, start_run(session, "import", "t"))
        assert waiting_items(session) == {
            "shared-lab-hightech-zone",
            "re-shared-lab-bureau",
            "re-shared-lab-district",
        }
        fold_stored(session)
        assert waiting_items(session) == set()
        assert clusters(session) == folded(now) == folded(items_between(session))
