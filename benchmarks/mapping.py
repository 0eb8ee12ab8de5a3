"""How well news is mapped to plans: ``python benchmarks/mapping.py DATA_DIR``.

For the three plans with evaluated items (seeds 000, 001, 002) prints micro- and macro-F1,
average precision over all pairs of item and theme, and expected calibration error, with the
model's own thresholds, of

- the profiles as proposed from the raw document;
- the profiles a person confirmed, from the plan files in ``plans/``, named explicitly;
- these, and 100 labels: trained on a random 100 of the items, tried on the other 200, twenty times
  (right, wrong and missed are then sums of twenty);
- these, and 100 labels that the review queue asks for out of 200 items, ten at a time, tried on the
  other 100: three folds, five times.

``evaluated_items`` has what the figures count. Beside them (``mapping_peers``):

- the cosine of TF-IDF rows of item and theme text, whose one threshold is the best possible
  on these very items, so that this peer is flattered;
- a plain pipeline (jieba, ``TfidfVectorizer``, ``LinearSVC`` per theme) that learns from
  four fifths of these very items and is tried on the rest, five folds;
- how far the two annotators agree: F1 of the one against the other.

``--curve`` prints the review loop instead: 10 rounds of 10 labels from the confirmed profiles on,
chosen by ``pipeline.classify.active`` or at random out of 200 items, tried on the other 100.

What was tuned on these 300 items, and only on them: the general constants of
``pipeline.classify.profiles`` (how much a title, a sentence and a piece below count, and
from which strength a topic belongs to a theme), for all three plans together, by hand in a
few steps; the prior variances of ``pipeline.classify.trained``, one set for all three plans, among
18 (by the base model before this one, mean micro-F1 with 100 labels between 0.750 and 0.762); how
much each of the base model's two regressions counts, among eight shares (0.766 to 0.781; chosen on
two plans and tried on the third 0.778), and what its second latent space is laid over; and the
constants of ``pipeline.classify.active``. See ``docs/mapping.md``. No constant knows a plan, but the terms of the topic
dictionary were written by someone who had read the three plans: of its 603 terms 249 stand in
them. The figures flatter by what that is worth, which only plans nobody read can tell; thresholds
come from cross-validation on the labelled topics or on the labels trained on, never from here.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from evaluated_items import (
    PLANS,
    GoldItem,
    PlanScore,
    Tally,
    read_gold,
    scored_pairs,
    seed_plan,
    tally_decisions,
)
from mapping_peers import score_annotators, score_cosine, score_plain_pipeline
from numpy.typing import NDArray

from pipeline.classify.active import AUDIT_SHARE, items_to_ask
from pipeline.classify.bundle import BaseModel, open_bundle
from pipeline.classify.classifier import ThemeClassifier
from pipeline.classify.profiles import profiles_of
from pipeline.classify.stream import calibration_error, f1
from pipeline.classify.trained import UNKNOWN, ThemeRegression
from pipeline.plan.model import Plan
from pipeline.plan.plan_file import read_plan_toml
from pipeline.plan.profile import ThemeProfile

ROOT = Path(__file__).resolve().parent.parent
PLAN_FILES = {
    "ordos": "ordos-theme-publicity.toml",
    "jinshui": "jinshui-2017-publicity.toml",
    "kangbashi": "kangbashi-science-145.toml",
}
"""The plan files with the profiles that a person confirmed."""
LABELS, REPEATS = 100, 20
ROUNDS, EACH_ROUND, POOL, CURVES = 10, 10, 200, 5


def confirmed_plan(name: str) -> Plan:
    """The plan file of one of ``PLANS``."""
    return read_plan_toml(ROOT / "plans" / PLAN_FILES[name])


def score_plans(
    data: Path, model: BaseModel, *, confirmed: bool = False
) -> tuple[tuple[PlanScore, ...], str]:
    """Profiles on the three plans, as proposed from the raw document or as a person confirmed them
    in the plan file; the second value is the corpus fingerprint."""
    items, fingerprint = read_gold(data)
    scores = []
    for name, seed, scheme, unscored in PLANS:
        plan = confirmed_plan(name) if confirmed else seed_plan(data, seed)
        profiles = profiles_of(plan, scheme, model)
        chances, decided = ThemeClassifier(model, profiles).decide(items)
        scores.append(_score(name, profiles, chances, decided, items, unscored))
    return tuple(scores), fingerprint


def score_labels(
    data: Path, model: BaseModel, *, labels: int = LABELS, repeats: int = REPEATS
) -> tuple[PlanScore, ...]:
    """Confirmed profiles and a random ``labels`` of the items, tried on the others."""
    items, _ = read_gold(data)
    scores = []
    for name, _, scheme, unscored in PLANS:
        profiles = profiles_of(confirmed_plan(name), scheme, model)
        known = _known_labels(name, profiles, items, unscored)
        tried, chances, decided = [], [], []
        for repeat in range(repeats):
            order = np.random.default_rng(repeat).permutation(len(items)).tolist()
            seen, unseen = order[:labels], [items[row] for row in order[labels:]]
            regression = ThemeRegression(model, profiles)
            regression.fit([items[row] for row in seen], known[seen])
            chance, said = regression.classifier().decide(unseen)
            tried += unseen
            chances.append(chance)
            decided.append(said)
        scores.append(
            _score(name, profiles, np.vstack(chances), np.vstack(decided), tried, unscored)
        )
    return tuple(scores)


@dataclass(frozen=True)
class Curve:
    """Mean micro-F1 over the three plans and some repeats, after 0, 1, .. rounds of labels."""

    way: str
    micro_f1: tuple[float, ...]

    @property
    def area(self) -> float:
        """Mean height, by trapezoids."""
        return float(np.trapezoid(self.micro_f1)) / (len(self.micro_f1) - 1)


def review_loop(
    data: Path, model: BaseModel, *, rounds: int = ROUNDS, repeats: int = CURVES
) -> tuple[Curve, Curve]:
    """The same labels asked for by use and at random; see the top of this module."""
    ways = (("by use", AUDIT_SHARE), ("at random", 1.0))
    items, _ = read_gold(data)
    curves = []
    for way, audit_share in ways:
        heights = []
        for name, _, scheme, unscored in PLANS:
            profiles = profiles_of(confirmed_plan(name), scheme, model)
            known = _known_labels(name, profiles, items, unscored)
            for repeat in range(repeats):
                order = np.random.default_rng(repeat).permutation(len(items)).tolist()
                pool, held = order[:POOL], order[POOL:]
                asking = _Asking(model, profiles, items, known, audit_share)
                heights.append(
                    [
                        _micro_f1(classifier, [items[row] for row in held], known[held])
                        for classifier in asking.classifiers(pool, rounds, 1000 * repeat)
                    ]
                )
        curves.append(Curve(way, tuple(np.mean(heights, axis=0).tolist())))
    return curves[0], curves[1]


def score_asked(
    data: Path, model: BaseModel, *, repeats: int = CURVES, folds: int = 3
) -> tuple[PlanScore, ...]:
    """Confirmed profiles and 100 labels that the queue asks for, as it does in use: chosen within
    two thirds of the items, tried on the other third."""
    items, _ = read_gold(data)
    scores = []
    for name, _, scheme, unscored in PLANS:
        profiles = profiles_of(confirmed_plan(name), scheme, model)
        known = _known_labels(name, profiles, items, unscored)
        asking = _Asking(model, profiles, items, known, AUDIT_SHARE)
        tried, chances, decided = [], [], []
        for repeat in range(repeats):
            order = np.random.default_rng(repeat).permutation(len(items)).tolist()
            for fold in range(folds):
                pool = [row for place, row in enumerate(order) if place % folds != fold]
                unseen = [items[row] for row in order[fold::folds]]
                *_, classifier = asking.classifiers(pool, ROUNDS, 1000 * repeat)
                chance, said = classifier.decide(unseen)
                tried += unseen
                chances.append(chance)
                decided.append(said)
        scores.append(
            _score(name, profiles, np.vstack(chances), np.vstack(decided), tried, unscored)
        )
    return tuple(scores)


@dataclass(frozen=True, eq=False)
class _Asking:
    """The review queue at work on one plan."""

    model: BaseModel
    profiles: Sequence[ThemeProfile]
    items: Sequence[GoldItem]
    known: NDArray[np.int_]
    audit_share: float

    def classifiers(self, pool: Sequence[int], rounds: int, seed: int) -> Iterator[ThemeClassifier]:
        """The profiles, then what is learned after each round of labels from the ``pool``."""
        classifier = ThemeClassifier(self.model, self.profiles)
        yield classifier
        done: list[int] = []
        for turn in range(rounds):
            left = [row for row in pool if row not in set(done)]
            asked = items_to_ask(
                classifier,
                [self.items[row] for row in left],
                [self.items[row] for row in done],
                count=EACH_ROUND,
                seed=seed + turn,
                audit_share=self.audit_share,
            )
            done += [left[one.place] for one in asked]
            regression = ThemeRegression(self.model, self.profiles)
            regression.fit([self.items[row] for row in done], self.known[done])
            classifier = regression.classifier()
            yield classifier


def _micro_f1(
    classifier: ThemeClassifier, items: Sequence[GoldItem], known: NDArray[np.int_]
) -> float:
    return f1(classifier.decide(items)[1], known == 1, (known != UNKNOWN).astype(float))


def _known_labels(
    name: str, profiles: Sequence[ThemeProfile], items: Sequence[GoldItem], unscored: Sequence[str]
) -> NDArray[np.int_]:
    truth, scored = scored_pairs(name, [one.theme for one in profiles], items, unscored)
    return np.where(scored, truth.astype(np.int64), UNKNOWN)


def _score(
    name: str,
    profiles: Sequence[ThemeProfile],
    chances: NDArray[np.float64],
    decided: NDArray[np.bool_],
    items: Sequence[GoldItem],
    unscored: Sequence[str],
) -> PlanScore:
    from sklearn.metrics import average_precision_score

    themes = [profile.theme for profile in profiles]
    truth, scored = scored_pairs(name, themes, items, unscored)
    precision = float(average_precision_score(truth[scored], chances[scored]))
    error = calibration_error(chances, truth, scored.astype(float))
    score = tally_decisions(name, themes, decided, items, unscored)
    return replace(score, average_precision=precision, calibration_error=error)


def _figure(value: float) -> str:
    return f"{'-':>7}" if math.isnan(value) else f"{value:>7.3f}"


def main(arguments: Sequence[str]) -> int:
    """Print the table, or with ``--curve`` the review loop; exit 1 without a data folder."""
    folders = [one for one in arguments if one != "--curve"]
    if not folders:
        sys.stderr.write("usage: python benchmarks/mapping.py [--curve] DATA_DIR [MODEL_DIR]\n")
        return 1
    data = Path(folders[0])
    model = open_bundle(Path(folders[1]) if len(folders) > 1 else ROOT / "models" / "base")
    if "--curve" in arguments:
        _print_curves(review_loop(data, model))
    else:
        _print_table(data, model)
    return 0


def _print_curves(curves: Sequence[Curve]) -> None:
    out = sys.stdout
    out.write(f"{'labels':<12}" + "".join(f"{EACH_ROUND * n:>7}" for n in range(ROUNDS + 1)))
    out.write("   area\n")
    for curve in curves:
        out.write(f"{curve.way:<12}" + "".join(f"{one:>7.3f}" for one in curve.micro_f1))
        out.write(f"{curve.area:>7.4f}\n")


def _print_table(data: Path, model: BaseModel) -> None:
    proposed, fingerprint = score_plans(data, model)
    ways = (
        ("proposed profiles", proposed),
        ("confirmed profiles", score_plans(data, model, confirmed=True)[0]),
        (f"and {LABELS} labels", score_labels(data, model)),
        (f"and {LABELS} asked for", score_asked(data, model)),
        ("TF-IDF cosine", score_cosine(data, model)),
        ("plain, 240 labels", score_plain_pipeline(data)),
        ("two annotators", score_annotators(data)),
    )
    out = sys.stdout
    out.write(f"corpus {fingerprint}, model {model.name} {model.fingerprint}\n")
    out.write(f"{'way':<20}{'plan':<12}{'micro-F1':>9}{'macro-F1':>9}{'AP':>7}{'ECE':>7}")
    out.write("  right/wrong/missed\n")
    for way, scores in ways:
        for score in scores:
            total = sum((tally for _, tally in score.themes), Tally())
            out.write(
                f"{way:<20}{score.plan:<12}{score.micro_f1:>9.3f}{score.macro_f1:>9.3f}"
                f"{_figure(score.average_precision)}{_figure(score.calibration_error)}"
                f"  {total.hit}/{total.wrong}/{total.missed}\n"
            )
        micro = float(np.mean([score.micro_f1 for score in scores]))
        macro = float(np.mean([score.macro_f1 for score in scores]))
        precision = float(np.mean([score.average_precision for score in scores]))
        error = float(np.mean([score.calibration_error for score in scores]))
        out.write(f"{way:<20}{'mean':<12}{micro:>9.3f}{macro:>9.3f}")
        out.write(f"{_figure(precision)}{_figure(error)}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
