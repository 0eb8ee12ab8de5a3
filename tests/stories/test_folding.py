"""The same stories come out however the items came in."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.news import NewsItem
from pipeline.stories import Days, Story, fold, fold_into
from samples.articles import sample_corpus

ARTICLES = sample_corpus().originals[:6]
SOURCES = ("", "", "daily", "bureau")
SITES = {"daily": "鄂尔多斯样例日报", "bureau": "鄂尔多斯市科学技术局（样例）"}


@st.composite
def archives(draw: st.DrawFn) -> list[NewsItem]:
    """Reprints, cuts and look-alikes of a few articles over a few months, some undated."""
    made = []
    for number in range(draw(st.integers(2, 14))):
        article = draw(st.sampled_from(ARTICLES))
        paragraphs = list(article.paragraphs)
        if draw(st.booleans()):
            paragraphs = paragraphs[: draw(st.integers(1, len(paragraphs)))]
        if draw(st.integers(0, 4)) == 0:
            paragraphs = [paragraphs[0], *draw(st.sampled_from(ARTICLES)).paragraphs]
        text = draw(st.sampled_from(["\n".join(paragraphs), "\n".join(paragraphs), ""]))
        day = draw(st.one_of(st.none(), st.integers(0, 90), st.integers(0, 20)))
        made.append(
            NewsItem(
                id=f"n{number:02}",
                title=draw(
                    st.sampled_from([article.title, ARTICLES[0].title, "另一个很不一样的标题"])
                ),
                text=text,
                date=None
                if day is None
                else str(datetime.date(2025, 3, 1) + datetime.timedelta(day)),
                source=draw(st.sampled_from(SOURCES)),
                outlet=draw(st.sampled_from(["市科技局", "鄂尔多斯样例日报", "东胜科技网"])),
            )
        )
    return made


class Kept:
    """An archive in memory that is folded import by import, as the store is."""

    def __init__(self) -> None:
        self.items: dict[str, NewsItem] = {}
        self.stories: dict[frozenset[str], Story] = {}

    def by_id(self, ids: Iterable[str]) -> Iterable[NewsItem]:
        return [self.items[one] for one in ids]

    def within(self, days: Days | None) -> Iterable[NewsItem]:
        for item in self.items.values():
            if days is None or item.day is None or days[0] <= item.day <= days[1]:
                yield item

    def together(self, ids: Iterable[str]) -> Iterable[str]:
        wanted = set(ids)
        return {one for members in self.stories if members & wanted for one in members}

    def take(self, items: Iterable[NewsItem]) -> None:
        new = {item.id: item for item in items}
        self.items |= new
        changed = fold_into(new, self, SITES)
        replaced = {one.id for story in changed for one in story.items}
        for members in [members for members in self.stories if members & replaced]:
            assert members <= replaced, "an old story was only half folded anew"
            del self.stories[members]
        self.stories |= {frozenset(one.id for one in story.items): story for story in changed}


def folded(items: Iterable[NewsItem]) -> dict[frozenset[str], Story]:
    return {frozenset(one.id for one in story.items): story for story in fold(items, SITES)}


@settings(max_examples=150)
@given(archives(), st.randoms(use_true_random=False), st.integers(1, 5))
def test_any_order_and_any_split_of_imports_gives_the_same_stories(
    items: list[NewsItem], chance: object, parts: int
) -> None:
    expected = folded(items)
    shuffled = list(items)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert folded(shuffled) == expected
    kept = Kept()
    for part in range(parts):
        kept.take(shuffled[part::parts])
    assert kept.stories == expected


@settings(max_examples=100)
@given(archives(), st.data())
def test_an_edited_item_leaves_the_stories_as_if_it_had_come_so(
    items: list[NewsItem], data: st.DataObject
) -> None:
    kept = Kept()
    kept.take(items)
    chosen = data.draw(st.sampled_from(items))
    other = data.draw(st.sampled_from(items))
    edited = msgspec.structs.replace(chosen, text=other.text, title=other.title)
    kept.take([edited])
    assert kept.stories == folded(kept.items.values())


@settings(max_examples=60)
@given(archives())
def test_every_item_is_in_one_story_and_every_story_has_one_original(items: list[NewsItem]) -> None:
    stories = fold(items, SITES)
    assert sorted(one.id for story in stories for one in story.items) == sorted(i.id for i in items)
    for story in stories:
        assert [one.role for one in story.items].count("original") == 1
        assert story.original.role == "original"
        ids = {one.id for one in story.items}
        assert all(one.taken_from in ids | {""} and one.taken_from != one.id for one in story.items)


def test_new_items_are_read_with_a_month_around_them_and_not_the_whole_archive() -> None:
    kept = Kept()
    article = ARTICLES[0]
    kept.take(
        NewsItem(id=f"old{n}", title=f"第{n}件", text=f"{n}" * 200, date=f"20{n:02}-05-01")
        for n in range(10, 25)
    )
    asked: list[Days | None] = []
    within = kept.within

    def watched(days: Days | None) -> Iterable[NewsItem]:
        asked.append(days)
        return within(days)

    kept.within = watched  # type: ignore[method-assign]
    kept.take([NewsItem(id="new", title=article.title, text=article.text, date="2025-03-10")])
    assert asked == [(datetime.date(2025, 2, 7), datetime.date(2025, 4, 10))]
