"""Decisions held between requests: renewed story by story, they are what is read whole."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from console import decided
from console.app import Console
from pipeline.coverage.unions import unions_of
from pipeline.plan.schemes import choose_scheme
from pipeline.store.assignments import Review, append_review, withdraw_reviews
from pipeline.store.changes import count_change
from pipeline.store.plans import list_plans
from pipeline.store.tables import ReviewRow, StoryItemRow


def test_what_is_renewed_story_by_story_is_what_is_read_whole(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_whole = decided._read
    reads: list[int] = []

    def counted(*asked: object) -> decided.Decided:
        reads.append(1)
        return read_whole(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(decided, "_read", counted)
    with console.store.begin() as session:
        stored = list_plans(session)[0]
        scheme, themes = choose_scheme(stored.plan, "")
        unions = unions_of(stored.plan, themes)

        def held() -> decided.Decided:
            return decided.decided(session, "here", stored.id, scheme, unions)

        def said(item: str, *yes: str) -> int:
            no = tuple(theme.id for theme in themes if theme.id not in yes)
            review = Review(item=item, themes=yes, not_themes=no, reviewer="王敏")
            return append_review(session, stored.id, review)

        reviewed = sorted(set(session.scalars(select(ReviewRow.item_id))))
        items = session.scalars(select(StoryItemRow.item_id).order_by(StoryItemRow.item_id)).all()
        new = [item for item in items if item not in reviewed]
        before = held()
        assert (len(reads), len(before.heads) > 0) == (1, True)
        changes: list[Callable[[], object]] = [
            lambda: said(new[0], themes[0].id),
            lambda: said(new[1]),
            lambda: said(reviewed[0], themes[-1].id),
            lambda: withdraw_reviews(session, [said(new[2], themes[0].id)], "王敏"),
        ]
        for change in changes:
            change()
            renewed, whole = held(), read_whole(session, stored.id, unions)
            assert (renewed.by_story, renewed.heads) == (whole.by_story, whole.heads)
        assert len(reads) == 1
        assert len(held().heads) > len(before.heads)
        count_change(session, "stories")
        held()
        assert len(reads) == 2
