"""Estimates from audits: exact where little is known, narrower where scores help, never wrong
about what was read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from pipeline.coverage.estimate import Estimate, estimate_positives
from pipeline.errors import BadInput


def drawn(truth: np.ndarray, size: int, seed: int) -> tuple[dict[int, bool], dict[int, float]]:
    """A simple random sample of ``size`` stories with its labels and probabilities."""
    chosen = np.random.default_rng(seed).choice(len(truth), size, replace=False).tolist()
    return {i: bool(truth[i]) for i in chosen}, dict.fromkeys(chosen, size / len(truth))


def test_nothing_found_leaves_what_the_hypergeometric_tail_leaves() -> None:
    audited, chances = drawn(np.zeros(400, dtype=bool), 100, 1)
    found = estimate_positives(np.zeros(400), audited, chances, confidence=0.9)
    assert (found.low, found.point, found.audited, found.population) == (0, 0, 100, 400)
    assert hypergeom.cdf(0, 400, found.high, 100) > 0.05
    assert hypergeom.cdf(0, 400, found.high + 1, 100) <= 0.05


@pytest.mark.parametrize(
    ("size", "read", "seen"),
    [(400, 100, 0), (200, 20, 19), (1000, 400, 80), (10, 9, 9), (10, 3, 1)],
)
def test_limits_are_those_of_the_hypergeometric_tails(size: int, read: int, seen: int) -> None:
    audited = {story: story < seen for story in range(read)}
    found = estimate_positives(np.zeros(size), audited, dict.fromkeys(audited, read / size))
    totals = np.arange(seen, size - (read - seen) + 1)
    likely = totals[
        (hypergeom.cdf(seen, size, totals, read) > 0.025)
        & (hypergeom.sf(seen - 1, size, totals, read) > 0.025)
    ]
    assert (found.low, found.high) == (likely[0], likely[-1])


def test_reading_everything_leaves_no_doubt() -> None:
    truth = np.arange(30) < 7
    everything = {i: bool(label) for i, label in enumerate(truth)}
    found = estimate_positives(np.zeros(30), everything, dict.fromkeys(range(30), 1.0))
    assert found == Estimate(low=7, point=7.0, high=7, audited=30, population=30)


def test_no_story_at_all_is_none() -> None:
    assert estimate_positives([], {}, {}) == Estimate(0, 0.0, 0, 0, 0)


def test_a_stratum_nobody_read_may_hold_anything() -> None:
    strata = np.repeat([0, 1], 10)
    audited = dict.fromkeys(range(10), False)
    found = estimate_positives(np.zeros(20), audited, dict.fromkeys(range(10), 1.0), strata=strata)
    assert (found.low, found.high) == (0, 10)


def test_good_scores_narrow_the_limits_and_useless_ones_do_not_widen_them() -> None:
    rng = np.random.default_rng(5)
    truth = rng.random(1000) < 0.2
    audited, chances = drawn(truth, 200, 6)
    telling = truth + rng.normal(scale=0.3, size=1000)
    width = [
        found.high - found.low
        for found in (
            estimate_positives(scores, audited, chances)
            for scores in (telling, rng.random(1000), np.zeros(1000))
        )
    ]
    assert width[0] < 0.75 * width[2]
    assert width[1] <= width[2]


@pytest.mark.parametrize(
    ("audited", "chances", "names"),
    [
        ({3: True}, {}, "story 3 has an audit label but is not in the sample"),
        ({}, {3: 0.1}, "story 3 is in the sample but has no audit label"),
        ({3: True}, {3: 0.0}, "must be in"),
        ({3: True}, {3: 0.5}, "sampled at 1/10"),
        ({12: True}, {12: 0.1}, "not among the 10"),
    ],
)
def test_what_is_no_random_sample_is_refused(
    audited: dict[int, bool], chances: dict[int, float], names: str
) -> None:
    with pytest.raises(BadInput, match=names) as caught:
        estimate_positives(np.zeros(10), audited, chances)
    assert caught.value.slug == "audit-sample"


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_limits_agree_with_what_was_read(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 60))
    truth = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    strata = np.array(data.draw(st.lists(st.integers(0, 2), min_size=size, max_size=size)))
    scores = data.draw(st.lists(st.floats(0, 1, allow_nan=False), min_size=size, max_size=size))
    audited: dict[int, bool] = {}
    chances: dict[int, float] = {}
    for group in np.unique(strata):
        members = np.flatnonzero(strata == group)
        read = data.draw(st.integers(0, len(members)))
        for story in members[:read].tolist():
            audited[story], chances[story] = bool(truth[story]), read / len(members)
    found = estimate_positives(scores, audited, chances, strata=strata)
    right = sum(audited.values())
    assert right <= found.low <= found.high <= size - (len(audited) - right)
    assert found.low <= found.point <= found.high


@pytest.mark.parametrize("rate", [0.0, 0.02, 0.2])
def test_the_limits_hold_the_truth_as_often_as_promised(rate: float) -> None:
    rng = np.random.default_rng(int(rate * 100) + 1)
    held = 0
    for seed in range(120):
        truth = np.arange(500) < rate * 500
        scores = truth + rng.normal(size=500)
        found = estimate_positives(scores, *drawn(truth, 80, seed))
        held += found.low <= truth.sum() <= found.high
    assert held >= 108, "95 in 100 are promised; 108 of 120 is five deviations below"


def test_scores_that_are_nearly_always_right_do_not_promise_too_much() -> None:
    """A sample of 100 often shows none of the four true stories scored low: before surprises were
    allowed for, the limits held the truth in 71 of 100 audits."""
    rng = np.random.default_rng(11)
    truth = np.arange(1000) < 200
    held, widths = 0, []
    for seed in range(150):
        right = rng.random(1000) > np.where(truth, 0.02, 0.002)
        scores = np.where(right == truth, 0.95, 0.02) + rng.normal(scale=0.01, size=1000)
        found = estimate_positives(scores, *drawn(truth, 100, seed))
        held += found.low <= 200 <= found.high
        widths.append(found.high - found.low)
    assert held >= 136, "95 in 100 are promised; 136 of 150 is two and a half deviations below"
    assert np.mean(widths) < 100, "still far narrower than the 160 without scores"


@pytest.mark.parametrize("chance", [0.0, -0.1, 1.5, float("nan"), float("inf")])
def test_a_probability_that_is_none_is_refused(chance: float) -> None:
    with pytest.raises(BadInput, match=r"must be in \(0, 1\]") as caught:
        estimate_positives(np.zeros(10), {3: True}, {3: chance})
    assert caught.value.slug == "audit-sample"
