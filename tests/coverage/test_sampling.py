"""What an audit draws and what a draw can prove."""

from __future__ import annotations

from collections import Counter
from itertools import product
from math import comb, prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.coverage.estimate import estimate_positives
from pipeline.coverage.sampling import (
    READ,
    SMALL,
    Candidate,
    most_unseen,
    permanent_number,
    reads_needed,
    sampling_order,
    strata_in_order,
    strata_of,
)
from pipeline.errors import BadInput

STRATA = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=6), st.sampled_from(("x", "y", "z")), max_size=40
)


@given(STRATA, st.integers(0, 99), st.randoms(use_true_random=False))
def test_the_order_of_the_stories_does_not_matter(strata, seed, random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(strata.items())
    random.shuffle(shuffled)
    assert sampling_order(dict(shuffled), seed) == sampling_order(strata, seed)
    assert sorted(sampling_order(strata, seed)) == sorted(strata)


@given(STRATA, st.integers(0, 99), st.data())
def test_an_extension_keeps_what_was_drawn_and_takes_the_next_numbers(strata, seed, data) -> None:  # type: ignore[no-untyped-def]
    size = data.draw(st.integers(0, len(strata)))
    drawn = set(sampling_order(strata, seed)[:size])
    for stratum in set(strata.values()):
        members = [story for story in strata if strata[story] == stratum]
        members.sort(key=lambda story: (permanent_number(seed, story), story))
        taken = [story in drawn for story in members]
        assert taken == sorted(taken, reverse=True), "within a stratum the smallest numbers"


@given(STRATA, st.integers(0, 99))
def test_how_many_of_each_stratum_come_first_does_not_depend_on_the_seed(strata, seed) -> None:  # type: ignore[no-untyped-def]
    order = tuple(strata[story] for story in sampling_order(strata, seed))
    assert order == strata_in_order(Counter(strata.values()))


def test_strata_are_drawn_in_proportion_and_none_is_forgotten() -> None:
    strata = {f"a{n}": "a" for n in range(300)} | {f"b{n}": "b" for n in range(100)}
    for size in range(2, 400):
        drawn = Counter(strata[story] for story in sampling_order(strata, 7)[:size])
        assert drawn["b"] >= 1
        assert abs(drawn["b"] - size / 4) <= 1.5


def test_another_seed_draws_other_stories_and_every_story_alike() -> None:
    strata = dict.fromkeys((f"s{n}" for n in range(40)), "a")
    hits = Counter(story for seed in range(2000) for story in sampling_order(strata, seed)[:10])
    # 2000 draws of 10 from 40: 500 each, standard deviation 19.4; five of them leave room.
    assert all(abs(hits[story] - 500) < 97 for story in strata)


def test_small_strata_are_pooled_with_the_largest() -> None:
    many = {f"a{n}": Candidate(0.1, "local") for n in range(60)}
    some = {f"b{n}": Candidate(0.9, "local") for n in range(SMALL)}
    few = {f"c{n}": Candidate(0.9, "upper_about_local") for n in range(SMALL - 1)}
    found = Counter(strata_of(many | some | few).values())
    assert found == {"local:low": 60 + SMALL - 1, "local:high": SMALL}
    assert strata_of({}) == {}


@pytest.mark.parametrize(
    ("sizes", "read"), [((9, 4), (5, 2)), ((6, 6), (3, 0)), ((7, 3, 2), (6, 1, 2)), ((12,), (7,))]
)
def test_the_bound_holds_however_the_true_stories_lie(
    sizes: tuple[int, ...], read: tuple[int, ...]
) -> None:
    def chance_of_none(total: int) -> float:
        return max(
            prod(
                comb(size - part, done) / comb(size, done)
                for size, done, part in zip(sizes, read, parts, strict=True)
            )
            for parts in product(*(range(size + 1) for size in sizes))
            if sum(parts) == total
        )

    for tail in (0.2, 0.05, 1 / 60):
        bound = most_unseen(sizes, read, tail)
        assert chance_of_none(bound) > tail
        assert bound == sum(sizes) or chance_of_none(bound + 1) <= tail


@given(st.integers(1, 300), st.data())
def test_for_one_stratum_the_bound_is_that_of_the_estimate(size: int, data) -> None:  # type: ignore[no-untyped-def]
    read = data.draw(st.integers(0, size))
    chances = dict.fromkeys(range(read), read / size)
    plain = estimate_positives([0.0] * size, dict.fromkeys(range(read), False), chances)
    assert most_unseen([size], [read], 0.025) == plain.high


def test_the_price_is_the_smallest_sample_that_proves_it() -> None:
    strata = {f"a{n}": "a" for n in range(150)} | {f"b{n}": "b" for n in range(50)}
    order = sampling_order(strata, 0)
    for k in (0, 1, 5):
        price = reads_needed(strata, k, 0.05)
        bounds = []
        for size in (price - 1, price):
            drawn = Counter(strata[story] for story in order[:size])
            bounds.append(most_unseen([150, 50], [drawn["a"], drawn["b"]], 0.05))
        assert bounds[0] > k >= bounds[1]
    assert reads_needed(strata, 5, 0.05) < reads_needed(strata, 1, 0.05)
    assert reads_needed(strata, 0, 0.05) > 180, "nearly all must be read to say none"


def test_what_was_read_before_costs_nothing_and_an_empty_rest_proves_all() -> None:
    assert reads_needed({"a": READ, "b": READ}, 0, 0.05) == 0
    assert reads_needed({"a": READ, "b": "x"}, 0, 0.05) == 1
    assert reads_needed({"a": "x"}, 1, 0.05) == 0
    with pytest.raises(BadInput) as caught:
        reads_needed({"a": "x"}, -1, 0.05)
    assert caught.value.slug == "audit-bound"
