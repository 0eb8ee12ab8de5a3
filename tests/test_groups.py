"""Tests of a group run in one worker, which sets up once what they share."""

from __future__ import annotations

import pytest


@pytest.mark.xdist_group("together")
def test_a_test_carries_the_name_of_its_group_where_workers_share_the_tests(
    request: pytest.FixtureRequest,
) -> None:
    grouped = bool(getattr(request.config.option, "loadgroup", False))
    assert request.node.nodeid.endswith("@together") == grouped
