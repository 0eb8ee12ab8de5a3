"""What the mapping is measured beside: a cosine, a plain pipeline that learns, and two people."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from evaluated_items import (
    PLANS,
    PlanScore,
    Tally,
    read_gold,
    scored_pairs,
    seed_plan,
    tally_decisions,
)

from pipeline.classify.bundle import BaseModel
from pipeline.plan.model import schemes, walk


def score_plain_pipeline(data: Path) -> tuple[PlanScore, ...]:
    """The peer that learns: four fifths of these items, tried on the rest, five folds."""
    import jieba
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    jieba.setLogLevel(logging.WARNING)
    items, _ = read_gold(data)
    folds = np.array([hashlib.sha256(item.id.encode()).digest()[0] % 5 for item in items])
    words = [" ".join(jieba.lcut(f"{item.title}\n{item.text}")) for item in items]
    scores = []
    for name, seed, scheme, unscored in PLANS:
        themes = [node.id for node in schemes(seed_plan(data, seed))[scheme]]
        truth, scored = scored_pairs(name, themes, items, unscored)
        decided = np.zeros(truth.shape, dtype=bool)
        for fold in range(5):
            inside = folds == fold
            vectorizer = TfidfVectorizer(token_pattern=r"\S+")
            vectorizer.fit([text for text, held in zip(words, inside, strict=True) if not held])
            rows = vectorizer.transform(words)
            for place in range(len(themes)):
                known = ~inside & scored[:, place]
                if truth[known, place].any():
                    machine = LinearSVC().fit(rows[known], truth[known, place])
                    decided[inside, place] = machine.predict(rows[inside])
        scores.append(tally_decisions(name, themes, decided, items, unscored))
    return tuple(scores)


def score_annotators(data: Path) -> tuple[PlanScore, ...]:
    """One annotator against the other: ``unsure`` is what only one of the two said."""
    items, _ = read_gold(data)
    scores = []
    for name, seed, scheme, unscored in PLANS:
        rows = []
        for node in schemes(seed_plan(data, seed))[scheme]:
            number = node.id.rpartition("-")[2]
            if number not in unscored:
                both = sum(number in item.labels[name].yes for item in items)
                one = sum(number in item.labels[name].unsure for item in items)
                rows.append((node.id, Tally(both, one // 2, one - one // 2)))
        scores.append(PlanScore(name, tuple(rows)))
    return tuple(scores)


@dataclass(frozen=True)
class _ThemeText:
    id: str
    title: str
    text: str


def score_cosine(data: Path, model: BaseModel) -> tuple[PlanScore, ...]:
    """The peer: cosine of TF-IDF rows, at its best threshold on these very items."""
    items, _ = read_gold(data)
    rows = model.vocabulary.matrix(items)
    scores = []
    for name, seed, scheme, unscored in PLANS:
        nodes = schemes(seed_plan(data, seed))[scheme]
        texts = [
            _ThemeText(
                node.id, node.title, "\n".join(f"{n.title}\n{n.text}" for n in walk((node,)))
            )
            for node in nodes
        ]
        near = (rows @ model.vocabulary.matrix(texts).T).toarray()
        themes = [node.id for node in nodes]
        tried = (
            tally_decisions(name, themes, near >= step / 200, items, unscored)
            for step in range(2, 80)
        )
        scores.append(max(tried, key=lambda score: score.micro_f1))
    return tuple(scores)
