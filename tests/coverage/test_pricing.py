"""What it costs to decide a theme, and which sample is worth drawing."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from pipeline.coverage.bounds import Sampled, limits_of
from pipeline.coverage.pricing import AuditOffer, OpenTheme, make_offer
from pipeline.coverage.report import Tally
from pipeline.coverage.sampling import READ, most_unseen, reads_needed, sampling_order
from pipeline.coverage.states import Ground, decide
from pipeline.store.audits import AuditedStory

MONTH = ("2025-03-01", "2025-03-31")


def theme(
    name: str = "focus-1",
    *,
    verified: int = 0,
    chances: tuple[float, ...] = (),
    assigned: int = 0,
    bar: int = 3,
) -> OpenTheme:
    first = tuple(sorted(chances, reverse=True)[:assigned])
    return OpenTheme(name, "（一）", "创业", verified, chances, first, bar)


def offer(*themes: OpenTheme, unread: int = 200, read: int = 0, bar: int = 3) -> AuditOffer:
    strata = {f"s{n}": "local:low" for n in range(unread)} | {f"r{n}": READ for n in range(read)}
    held = [replace(one, bar=bar) for one in themes]
    return make_offer(strata, held, period=MONTH, scheme="focus_area", bar=bar)


def test_a_theme_nothing_was_found_of_is_priced_by_the_one_sided_bound() -> None:
    found = offer(theme(), read=5, bar=6)
    strata = {f"s{n}": "local:low" for n in range(200)}
    (price,) = found.themes
    assert (found.counted, found.read, found.unread) == (205, 5, 200)
    assert {one.at_most: one.reads for one in price.bounds} == {
        k: reads_needed(strata, k, 0.05 / 3) for k in (0, 1, 5)
    }
    assert price.cover is None


def test_what_would_reach_the_bar_decides_nothing_and_has_no_price() -> None:
    (price,) = offer(theme(verified=2)).themes
    assert [one.reads is None for one in price.bounds] == [False, True, True]
    (other,) = offer(theme(verified=1)).themes
    blank = offer(theme()).themes[0].bounds[1].reads
    assert blank is not None
    assert other.bounds[1].reads is not None
    assert other.bounds[1].reads > blank, "the high limit of thin has half the error"


def test_confirmations_are_counted_from_the_machines_surest_stories() -> None:
    (sure,) = offer(theme(verified=1, chances=(0.99,) * 4, assigned=4)).themes
    assert sure.cover is not None
    assert (sure.cover.missing, sure.cover.reads) == (2, 2)
    (doubtful,) = offer(theme(verified=1, chances=(0.5,) * 10, assigned=10)).themes
    assert doubtful.cover is not None
    # Binomial: two of four coins with 0.69, of five with 0.81.
    assert doubtful.cover.reads == 5
    (hopeless,) = offer(theme(verified=1, chances=(0.2, 0.2), assigned=2)).themes
    assert hopeless.cover is not None
    assert hopeless.cover.reads is None
    assert hopeless.cover.chance == pytest.approx(0.04)


def test_more_likely_stories_need_a_smaller_sample() -> None:
    many = offer(theme(chances=(0.9,) * 60), bar=3).proposed()
    few = offer(theme(chances=(0.9,) * 12), bar=3).proposed()
    assert many is not None
    assert few is not None
    assert 3 <= many.reads < few.reads < 200
    assert not many.everything


def test_where_nothing_but_reading_everything_decides_that_is_offered() -> None:
    """To say none of 40, nearly all must be read: a sample saves nothing."""
    found = offer(theme(), unread=40).proposed()
    assert found is not None
    assert (found.reads, found.everything, found.decided) == (40, True, 1.0)
    allowed = offer(theme(), unread=400, bar=6).proposed(5)
    assert allowed is not None
    assert not allowed.everything
    assert most_unseen([400], [allowed.reads], 0.05 / 3) == 5


def test_a_decided_period_and_a_period_read_through_propose_nothing() -> None:
    assert offer().proposed() is None
    assert offer(theme(), unread=0, read=9).proposed() is None


def test_an_offer_is_written_as_json_and_read_back() -> None:
    found = offer(theme(chances=(0.4, 0.7), assigned=1))
    assert msgspec.json.decode(msgspec.json.encode(found), type=AuditOffer) == found


def test_the_forecast_is_what_simulated_audits_come_to() -> None:
    """300 periods with stories as likely as the machine says, drawn and decided by the rules of the
    report, against the forecast of the proposed sample."""
    rng = np.random.default_rng(4)
    chances = {
        "a": np.round(np.where(rng.random(150) < 0.15, 0.6, 0.01), 3),
        "b": np.full(150, 0.004),
        "c": np.round(np.where(rng.random(150) < 0.06, 0.5, 0.0), 3),
    }
    names = [f"s{n:03d}" for n in range(150)]
    strata = dict.fromkeys(names, "local:low")
    themes = [theme(name, chances=tuple(p[p > 0].tolist()), bar=4) for name, p in chances.items()]
    found = make_offer(strata, themes, period=MONTH, scheme="focus_area", bar=4).proposed(1)
    assert found is not None
    assert found.reads < 135
    decided: Counter[str] = Counter()
    for seed in range(300):
        drawn = sampling_order(strata, seed)[: found.reads]
        for name, p in chances.items():
            truth = dict(zip(names, rng.random(150) < p, strict=True))
            stories = tuple(
                AuditedStory(story=one, item=one, stratum="local:low", look=int(one in drawn))
                for one in names
            )
            said = {place: bool(truth[one]) for place, one in enumerate(names) if one in drawn}
            low, high, ceiling = limits_of(stories, name, said)
            sampled = Sampled(1, len(said), low=low, high=high, ceiling=ceiling, at_most=1)
            ground = Ground(stories=150, sources=1)
            verdict = decide(Tally(confirmed=sum(said.values())), 4, len(said), ground, sampled)
            decided[name] += verdict.state != "undecided"
    assert sum(decided.values()) / 300 == pytest.approx(found.decided, abs=0.15)


def test_each_theme_is_priced_by_its_own_bar() -> None:
    strata = {f"s{n}": "local:low" for n in range(200)}
    few, many = theme("a", bar=1), theme("b", verified=2, chances=(0.5,) * 9, bar=6)
    found = make_offer(strata, [few, many], period=MONTH, scheme="focus_area", bar=1)
    assert [one.bar for one in found.themes] == [1, 6]
    assert [[bound.reads is None for bound in one.bounds] for one in found.themes] == [
        [False, True, True],
        [False, False, True],
    ]
    assert [one.at_most for one in found.proposals] == [0, 1, 5]
