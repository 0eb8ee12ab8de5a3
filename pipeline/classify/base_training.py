"""Train the base topic model: ``python -m pipeline.classify.base_training DATA_DIR``.

Hides: how the shipped model comes about. The vocabulary and the latent space are learned
from the unlabelled broadcasts, the topics from the labelled ones; whatever also stands in
the evaluation set (by id, address, title or text) is left out of both. Every score that is
calibrated, and every figure in the card, comes from a model that did not see the item:
five folds, cut by day, since one day's broadcast often tells a story twice.

Two runs on the same data give the same model: fixed seeds, one thread, fixed order.
"""

from __future__ import annotations

import gzip
import hashlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.classify.bundle import BaseModel, Measurements, save_bundle
from pipeline.classify.estimators import GramVectorizer, LatentSpace, TopicRegression, fit_platt
from pipeline.classify.topics import TOPICS
from pipeline.errors import BadInput, XuanjianError

__all__ = ["TrainingItem", "TrainingSet", "read_training_set", "train_base_model"]

FOLDS = 5
LATENT_DIMENSIONS = 160
LATENT_FEATURES = 32_768
"""The latent space is laid over this many of the most frequent grams: more add megabytes,
not accuracy."""


class TrainingItem(msgspec.Struct, frozen=True):
    """A broadcast, labelled or not."""

    id: str
    title: str
    text: str
    date: str = ""
    url: str | None = ""
    topics: tuple[str, ...] = ()


class TrainingSet(msgspec.Struct, frozen=True):
    """What the base model learns from."""

    labelled: tuple[TrainingItem, ...]
    unlabelled: tuple[TrainingItem, ...]
    excluded: int
    fingerprint: str


def read_training_set(data: Path) -> TrainingSet:
    """Read ``topics/labelled.jsonl.gz`` and ``news/broadcast.jsonl.gz`` under ``data``.

    Raises:
        BadInput: ``training-data`` when a file is missing or a line cannot be read.
    """
    held_out: set[str] = set()
    for item in _read(data / "news" / "gold.jsonl"):
        held_out |= _marks(item)
    labelled = _read(data / "topics" / "labelled.jsonl.gz")
    unlabelled = _read(data / "news" / "broadcast.jsonl.gz")
    kept = tuple(item for item in labelled if not _marks(item) & held_out)
    background = tuple(item for item in unlabelled if not _marks(item) & held_out)
    digest = hashlib.sha256()
    for item in (*kept, *background):
        digest.update(msgspec.json.encode(item))
    excluded = len(labelled) + len(unlabelled) - len(kept) - len(background)
    return TrainingSet(kept, background, excluded, digest.hexdigest()[:16])


def _marks(item: TrainingItem) -> set[str]:
    marks = {f"id {item.id}", f"title {item.title}", f"text {item.text[:200]}"}
    return marks | ({f"url {item.url}"} if item.url else set())


def _read(path: Path) -> list[TrainingItem]:
    decoder = msgspec.json.Decoder(TrainingItem)
    try:
        raw = path.read_bytes()
        lines = (gzip.decompress(raw) if path.suffix == ".gz" else raw).splitlines()
        return [decoder.decode(line) for line in lines if line.strip()]
    except (OSError, EOFError, msgspec.DecodeError) as error:
        raise BadInput(
            f"cannot read the training data {path}: {error}",
            "training-data",
            "Give the folder that holds topics/labelled.jsonl.gz and news/broadcast.jsonl.gz.",
        ) from error


def train_base_model(training: TrainingSet) -> BaseModel:
    """Vocabulary, latent space, one regression per topic, calibration; deterministic."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(1):
        return _train(training)


def _train(training: TrainingSet) -> BaseModel:
    vectorizer = GramVectorizer().fit(training.unlabelled)
    background = vectorizer.transform(training.unlabelled)
    frequent = np.sort(np.argsort(-vectorizer.document_frequency_, kind="stable")[:LATENT_FEATURES])
    space = LatentSpace(n_components=LATENT_DIMENSIONS).fit(background[:, frequent])
    components = np.zeros((LATENT_DIMENSIONS, vectorizer.vocabulary_.size), dtype=np.float32)
    components[:, frequent] = space.components_
    regression = TopicRegression(latent=components)
    rows = vectorizer.transform(training.labelled)
    codes = [topic.id for topic in TOPICS]
    truth = np.array([[code in item.topics for code in codes] for item in training.labelled])
    folds = _folds_by_day([item.date for item in training.labelled])
    unseen = np.zeros(truth.shape)
    for fold in range(FOLDS):
        inner = TopicRegression(latent=components).fit(rows[folds != fold], truth[folds != fold])
        unseen[folds == fold] = inner.decision_function(rows[folds == fold])
    regression.fit(rows, truth)
    platt = [fit_platt(unseen[:, topic], truth[:, topic]) for topic in range(len(codes))]
    slopes = np.array([slope for slope, _ in platt])
    offsets = regression.intercept_ * slopes + np.array([offset for _, offset in platt])
    probabilities = _cross_calibrated(unseen, truth, folds)
    threshold = _best_threshold(probabilities, truth)
    scale = np.abs(components).max(axis=1) / 127
    return BaseModel(
        name="base",
        topics=TOPICS,
        threshold=threshold,
        thresholds=_topic_thresholds(probabilities, truth),
        priors=tuple(round(float(share), 6) for share in truth.mean(axis=0)),
        vocabulary=vectorizer.vocabulary_,
        weights=(regression.coef_ * slopes[:, None]).T.astype(np.float16),
        offsets=offsets.astype(np.float32),
        latent=np.rint(space.components_ / scale[:, None]).T.astype(np.int8),
        latent_features=frequent.astype(np.int32),
        latent_scale=scale.astype(np.float32),
        data_fingerprint=training.fingerprint,
        measured=_measure(probabilities, truth, threshold, training),
    )


def _folds_by_day(dates: Sequence[str]) -> NDArray[np.int64]:
    days = [hashlib.sha256(date.encode()).digest()[0] for date in dates]
    return np.array([day % FOLDS for day in days], dtype=np.int64)


def _cross_calibrated(
    unseen: NDArray[np.float64], truth: NDArray[np.bool_], folds: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Probabilities whose calibration did not see the item either."""
    probabilities = np.zeros(unseen.shape)
    for fold in range(FOLDS):
        inside = folds == fold
        for topic in range(unseen.shape[1]):
            slope, offset = fit_platt(unseen[~inside, topic], truth[~inside, topic])
            score = slope * unseen[inside, topic] + offset
            probabilities[inside, topic] = 1 / (1 + np.exp(-score))
    return probabilities


def _best_threshold(probabilities: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """The one threshold for all topics with the best micro-F1 on unseen items."""
    candidates = [step / 100 for step in range(20, 61, 5)]
    return max(candidates, key=lambda t: (_micro_f1(probabilities >= t, truth), t))


def _topic_thresholds(
    probabilities: NDArray[np.float64], truth: NDArray[np.bool_]
) -> tuple[float, ...]:
    """Half of each topic's best F1 (Lipton, Elkan & Naryanaswamy 2014): the best threshold
    where probabilities are calibrated, and steadier than searching for it."""
    steps = [step / 50 for step in range(3, 40)]
    columns = range(truth.shape[1])
    best = [
        max(_micro_f1(probabilities[:, [t]] >= s, truth[:, [t]]) for s in steps) for t in columns
    ]
    return tuple(round(score / 2, 4) for score in best)


def _micro_f1(said: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    return float(2 * (said & truth).sum() / max(1, said.sum() + truth.sum()))


def _measure(
    probabilities: NDArray[np.float64],
    truth: NDArray[np.bool_],
    threshold: float,
    training: TrainingSet,
) -> Measurements:
    from sklearn.metrics import average_precision_score

    said = probabilities >= threshold
    each = [_micro_f1(said[:, [t]], truth[:, [t]]) for t in range(truth.shape[1])]
    bins = np.minimum((probabilities * 10).astype(int), 9)
    error = sum(
        abs(probabilities[bins == b].mean() - truth[bins == b].mean()) * (bins == b).mean()
        for b in range(10)
        if (bins == b).any()
    )
    return Measurements(
        folds=FOLDS,
        labelled=len(training.labelled),
        unlabelled=len(training.unlabelled),
        micro_f1=round(_micro_f1(said, truth), 4),
        macro_f1=round(float(np.mean(each)), 4),
        mean_average_precision=round(
            float(average_precision_score(truth, probabilities, average="macro")), 4
        ),
        calibration_error=round(float(error), 4),
    )


def write_card(model: BaseModel, training: TrainingSet) -> str:
    """The model card, in Markdown."""
    measured = model.measured
    names = "\n".join(
        f"| {topic.id} | {topic.name} | {share:.1%} |"
        for topic, share in zip(model.topics, model.priors, strict=True)
    )
    return f"""# Base topic model

**What it is.** The probability that a Chinese news item is about each of {len(model.topics)} general
topics of science publicity. Themes of a plan are tied to these topics by their profiles
(`pipeline/classify/profiles.py`), so that a plan can be used on the day it is loaded.

**How it works.** Character 1- to 4-grams ({model.vocabulary.size} of them, kept as hash slots), title
weighted above body, TF-IDF; one L2 logistic regression per topic over the grams and their
latent space ({len(model.latent_scale)} dimensions, truncated SVD), folded into one weight per gram and topic;
Platt calibration on scores of unseen items. Threshold for all topics: {model.threshold}.

**Learned from.** {measured.labelled} national broadcast items labelled with these topics, and
{measured.unlabelled} unlabelled ones (2022 to 2026) for vocabulary and latent space.
{training.excluded} items that also stand in the evaluation set were left out. Data fingerprint
`{model.data_fingerprint}`. The texts are the broadcaster's and are not shipped: the folder holds
hash slots and numbers only, under the project's licence.

**Measured** on unseen items, {measured.folds} folds cut by day: micro-F1 {measured.micro_f1:.3f}, macro-F1
{measured.macro_f1:.3f}, mean average precision {measured.mean_average_precision:.3f}, expected calibration error {measured.calibration_error:.3f}.

**Limits.** National television of a few years, in its own style: local news, older news and
social media differ. Labels follow one codebook; rare topics (see the shares) rest on a few
dozen items. It says what an item is about, not whether it is true, local or important.

**Rebuild.** `python -m pipeline.classify.base_training DATA_DIR -o models/base`

| topic | name | share of labelled items |
|---|---|---|
{names}
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: train, save, and say what was measured."""
    import argparse

    parser = argparse.ArgumentParser(prog="python -m pipeline.classify.base_training")
    parser.add_argument("data", type=Path, metavar="DATA_DIR")
    parser.add_argument("-o", "--output", type=Path, default=Path("models/base"))
    chosen = parser.parse_args(arguments)
    started = time.monotonic()
    try:
        training = read_training_set(chosen.data)
        model = train_base_model(training)
        save_bundle(model, chosen.output, write_card(model, training))
    except XuanjianError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    measured = msgspec.json.encode(model.measured).decode()
    sys.stdout.write(f"{chosen.output}: {time.monotonic() - started:.0f} s, {measured}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
