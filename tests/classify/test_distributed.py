"""A real Dask scheduler with real workers on loopback: the same assignments, also when one dies."""

from __future__ import annotations

import importlib.util
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import pipeline
from pipeline.classify import distributed as ours
from pipeline.classify.answers import PlanSide
from pipeline.classify.base_training import TrainingItem
from pipeline.classify.bundle import BaseModel
from pipeline.classify.classifier import ThemeClassifier
from pipeline.classify.distributed import classify_on_cluster
from pipeline.classify.profiles import propose_profiles
from pipeline.errors import BadInput, XuanjianError
from pipeline.plan.model import Plan, PlanNode, Unit

needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="the extra 'dask' is not installed"
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("default:::distributed"),
    pytest.mark.xdist_group("dask"),
]

PLAN = Plan(
    title="科技宣传方案",
    kind="publicity_plan",
    nodes=(
        PlanNode(id="focus-1", kind="focus_area", level=1, title="推进大众创业、万众创新"),
        PlanNode(id="focus-2", kind="focus_area", level=1, title="推广农牧业新品种"),
    ),
    units=(Unit(name="青川种业有限公司", theme="focus-2"),),
)


@pytest.fixture(scope="module")
def classifier(shipped_model: BaseModel) -> ThemeClassifier:
    profiles = propose_profiles(PLAN, "focus_area", shipped_model)
    side = PlanSide.of(PLAN, "focus_area")
    return ThemeClassifier(shipped_model, profiles, side=side, batch_size=4)


@pytest.fixture
def many(items: list[TrainingItem]) -> list[TrainingItem]:
    return items * 6


class Cluster:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workers: list[subprocess.Popen[bytes]] = []
        told = folder / "scheduler.json"
        self.scheduler = self._run(
            "dask_scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--no-show",
            "--no-dashboard",
            "--scheduler-file",
            str(told),
        )
        self.address = _address(told)

    def add_worker(self) -> None:
        self.workers.append(
            self._run(
                "dask_worker",
                self.address,
                "--nthreads",
                "1",
                "--no-nanny",
                "--no-dashboard",
                "--host",
                "127.0.0.1",
                "--local-directory",
                str(self.folder),
            )
        )

    def kill_worker(self) -> None:
        worker = self.workers.pop(0)
        worker.send_signal(signal.SIGKILL)
        worker.wait()

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", *arguments]
        quiet = subprocess.DEVNULL
        return subprocess.Popen(command, stdout=quiet, stderr=quiet, cwd=self.folder)


def _address(told: Path) -> str:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if told.exists() and (text := told.read_text(encoding="utf-8")).endswith("}"):
            return str(json.loads(text)["address"])
        time.sleep(0.1)
    raise AssertionError("the scheduler did not start")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler of one's own, still without workers."""
    running = Cluster(tmp_path)
    try:
        yield running
    finally:
        running.close()


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster nobody breaks."""
    running = Cluster(tmp_path_factory.mktemp("dask"))
    try:
        running.add_worker()
        running.add_worker()
        yield running
    finally:
        running.close()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may take long to start a worker."""
    monkeypatch.setattr(ours, "REACH_SECONDS", 60.0)


@needs_dask
def test_two_workers_give_what_one_process_gives_in_the_same_order(
    two_workers: Cluster, classifier: ThemeClassifier, many: list[TrainingItem], patient: None
) -> None:
    expected = list(classifier.classify(many))
    assert any(theme.answers for result in expected for theme in result.themes)
    assert list(classify_on_cluster(classifier, many, two_workers.address)) == expected
    assert list(classify_on_cluster(classifier, [], two_workers.address)) == []


@needs_dask
def test_a_worker_killed_midway_changes_nothing(
    cluster: Cluster, classifier: ThemeClassifier, many: list[TrainingItem], patient: None
) -> None:
    cluster.add_worker()
    cluster.add_worker()
    got = _with_a_death(cluster, classifier, many * 3, lambda: None)
    assert got == list(classifier.classify(many * 3))


@needs_dask
def test_when_the_last_worker_dies_the_next_one_goes_on(
    cluster: Cluster, classifier: ThemeClassifier, many: list[TrainingItem], patient: None
) -> None:
    cluster.add_worker()
    got = _with_a_death(cluster, classifier, many, cluster.add_worker)
    assert got == list(classifier.classify(many))


def _with_a_death(
    cluster: Cluster,
    classifier: ThemeClassifier,
    items: list[TrainingItem],
    then: Callable[[], None],
) -> list[object]:
    """All results; a worker is killed when a third of the items has been read."""

    def stream() -> Iterator[TrainingItem]:
        for place, item in enumerate(items):
            if place == len(items) // 3:
                cluster.kill_worker()
                then()
            yield item

    return list(classify_on_cluster(classifier, stream(), cluster.address))


@needs_dask
def test_items_are_read_only_a_few_chunks_ahead(
    two_workers: Cluster, classifier: ThemeClassifier, many: list[TrainingItem], patient: None
) -> None:
    stream = iter(many)
    results = classify_on_cluster(classifier, stream, two_workers.address)
    assert next(results).id == many[0].id
    left = len(list(stream))
    chunk = classifier.batch_size * 2
    assert left >= len(many) - (2 * ours.AHEAD + 1) * chunk > 0
    results.close()


@needs_dask
def test_a_worker_of_another_version_is_refused_in_words(
    two_workers: Cluster,
    classifier: ThemeClassifier,
    many: list[TrainingItem],
    patient: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ours, "__version__", "99.0")
    with pytest.raises(XuanjianError, match=f"runs Xuanjian {pipeline.__version__}") as caught:
        list(classify_on_cluster(classifier, many, two_workers.address))
    assert caught.value.slug == "dask-version"


@needs_dask
def test_a_scheduler_without_workers_or_none_at_all_is_said_within_seconds(
    cluster: Cluster,
    classifier: ThemeClassifier,
    many: list[TrainingItem],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ours, "REACH_SECONDS", 1.0)
    with pytest.raises(XuanjianError, match="has no worker") as caught:
        list(classify_on_cluster(classifier, many, cluster.address))
    assert caught.value.slug == "dask-unreachable"
    with pytest.raises(XuanjianError, match="no Dask scheduler answers") as caught:
        list(classify_on_cluster(classifier, many, "tcp://127.0.0.1:9"))
    assert caught.value.slug == "dask-unreachable"
    with pytest.raises(BadInput, match="is no address") as bad:
        list(classify_on_cluster(classifier, many, "127.0.0.1:9"))
    assert bad.value.slug == "dask-address"


def test_without_the_extra_it_says_what_to_install(
    classifier: ThemeClassifier, items: list[TrainingItem], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(XuanjianError, match="not installed") as caught:
        list(classify_on_cluster(classifier, items, "tcp://127.0.0.1:9"))
    assert caught.value.slug == "dask-missing"
