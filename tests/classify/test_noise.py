"""Labels that contradict a model that did not see them."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.classify.noise import doubtful_labels


def test_swapped_labels_are_found_and_the_strongest_contradiction_comes_first() -> None:
    truth = np.array([1] * 10 + [0] * 30)
    chance = np.where(truth == 1, 0.9, 0.05) + np.linspace(-0.03, 0.03, 40)
    given = truth.copy()
    given[3], given[20] = 0, 1
    found = doubtful_labels(["t"], given[:, None], chance[:, None])
    assert [(one.row, one.belongs) for one in found][:2] == [(20, True), (3, False)]
    assert {one.row for one in found} == {3, 20}


def test_an_unsure_model_contradicts_nobody() -> None:
    given = np.array([1] * 5 + [0] * 15)
    assert doubtful_labels(["t"], given[:, None], np.full((20, 1), 0.4)) == ()


def test_a_theme_with_a_handful_of_labels_is_left_alone() -> None:
    given = np.array([1, 1, 0, 0, 0, 0, 0, 0])
    chance = np.array([0.9, 0.01, 0.1, 0.1, 0.95, 0.1, 0.1, 0.1])
    assert doubtful_labels(["t"], given[:, None], chance[:, None]) == ()


def test_pairs_nobody_decided_are_never_doubtful() -> None:
    given = np.array([1] * 5 + [0] * 5 + [-1])
    chance = np.array([0.9] * 5 + [0.1] * 5 + [np.nan])
    assert doubtful_labels(["t"], given[:, None], chance[:, None]) == ()


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="must be of shape"):
        doubtful_labels(["t"], np.zeros((3, 2), dtype=int), np.zeros((3, 2)))
