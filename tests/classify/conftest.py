"""A small model trained on made-up items, so that the tests need no data folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.classify.base_training import TrainingItem
from pipeline.classify.bundle import BaseModel, Measurements, open_bundle
from pipeline.classify.estimators import GramVectorizer, TopicRegression
from pipeline.classify.topics import TOPICS

SUBJECTS = {
    "T01": "众创空间里的创业者带来新项目，孵化器提供创业服务，创业大赛吸引大学生参加",
    "T04": "装备制造企业推进智能制造，产业链上下游加快产业升级，新兴产业产值增长",
    "T06": "人才政策吸引高层次人才落户，院士工作站培养青年科技人才，工匠传授技艺",
    "T07": "重点实验室揭牌，研发平台开放大科学装置，技术创新中心开展研究",
    "T11": "农技人员在田间推广新品种，智慧农业和农机装备帮助农户，育种基地丰收",
    "T18": "医院开展临床研究，中医药新药获批，疫苗研发取得进展",
    "": "足球比赛昨晚结束，主队两球取胜，球迷在场外庆祝到深夜",
}
WHERE = ("东城", "西山", "南湖", "北岭", "河口", "青川", "白塔", "红谷")


def made_up_items() -> list[TrainingItem]:
    items = []
    for topic, sentence in SUBJECTS.items():
        parts = sentence.split("，")
        for place, name in enumerate(WHERE):
            text = "，".join(parts[place % 3 :] + parts[: place % 3])
            items.append(
                TrainingItem(
                    id=f"{topic}-{place}",
                    title=f"{name}{parts[place % 3]}",
                    text=f"某台消息：{name}昨天传来消息，{text}。",
                    topics=(topic,) if topic else (),
                )
            )
    return items


@pytest.fixture(scope="session")
def items() -> list[TrainingItem]:
    return made_up_items()


@pytest.fixture(scope="session")
def model(items: list[TrainingItem]) -> BaseModel:
    vectorizer = GramVectorizer(min_df=2, max_df=0.6).fit(items)
    rows = vectorizer.transform(items)
    truth = np.array([[topic.id in item.topics for topic in TOPICS] for item in items])
    seen = truth.any(axis=0)
    fitted = TopicRegression(C=1000.0).fit(rows, truth[:, seen])
    weights = np.zeros((vectorizer.vocabulary_.size, len(TOPICS)), dtype=np.float16)
    weights[:, seen] = fitted.coef_.T
    offsets = np.full(len(TOPICS), -5.0, dtype=np.float32)
    offsets[seen] = fitted.intercept_
    return BaseModel(
        name="made-up",
        topics=TOPICS,
        threshold=0.35,
        thresholds=(0.35,) * len(TOPICS),
        priors=(0.1,) * len(TOPICS),
        vocabulary=vectorizer.vocabulary_,
        weights=weights,
        offsets=offsets,
        latent=np.ones((4, 2), dtype=np.int8),
        latent_features=np.arange(4, dtype=np.int32),
        latent_scale=np.ones(2, dtype=np.float32),
        data_fingerprint="0" * 16,
        measured=Measurements(
            folds=2,
            labelled=len(items),
            unlabelled=0,
            micro_f1=0.0,
            macro_f1=0.0,
            mean_average_precision=0.0,
            calibration_error=0.0,
        ),
    )


@pytest.fixture(scope="session")
def shipped_model() -> BaseModel:
    return open_bundle(Path(__file__).resolve().parents[2] / "models" / "base")
