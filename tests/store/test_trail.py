"""The audit trail: lines by who, what and when."""

from __future__ import annotations

from pipeline.store.console_tables import TrailRow
from pipeline.store.store import Store
from pipeline.store.trail import count_trail, trail


def test_lines_are_found_by_the_days_of_beijing(store: Store) -> None:
    moments = {
        "eve": "2025-02-28T15:59:59+00:00",
        "morning": "2025-02-28T16:00:00+00:00",
        "night": "2025-03-01T15:59:59+00:00",
        "after": "2025-03-01T16:00:00+00:00",
    }
    with store.begin() as session:
        for name, at in moments.items():
            session.add(
                TrailRow(
                    at=at,
                    who=name,
                    role="admin",
                    address="",
                    action="plan.use",
                    subject="2025",
                    before="",
                    after="",
                )
            )
    with store.begin() as session:
        found = trail(session, since="2025-03-01", until="2025-03-01")
        assert [line.who for line in found] == ["night", "morning"]
        assert count_trail(session, since="2025-03-01") == 3
        assert count_trail(session, until="2025-02-28") == 1
