"""Classification over machines by a Dask scheduler, in the order of the items.

Hides: the cluster. The model is sent once to every worker, chunks of items follow; a bounded
window of chunks is under way, so that memory does not grow with the stream. What a lost worker
was doing is done again by another: Dask does so itself; where it gives up, or the last copy of
the model went with the worker, the model and the chunk are sent again. Results are the same
as in one process, whoever computed them.

Dask's own client rather than joblib's Dask backend: joblib hands the error of a lost worker to
the caller instead of the chunk to another worker.

Whoever reaches a scheduler can run programs on its workers: only for networks one trusts.
"""

from __future__ import annotations

import logging
import pickle
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from pipeline import __version__
from pipeline.assignment import ItemAssignments
from pipeline.classify.classifier import ThemeClassifier
from pipeline.classify.features import Item
from pipeline.classify.sending import CHUNK_BATCHES, Recipe, bare_model, chunks, unpacked, work
from pipeline.errors import BadInput, XuanjianError

__all__ = ["REACH_SECONDS", "classify_on_cluster"]

REACH_SECONDS = 10.0
"""How long to try to reach the scheduler, and to wait for its first worker."""
ALONE_SECONDS = 60.0
"""How long to wait for a worker to come back when all are gone."""
ATTEMPTS = 4
"""How often a chunk is sent before its failure counts as ours."""
AHEAD = 2
"""Chunks under way for every thread of the cluster."""


def classify_on_cluster(
    classifier: ThemeClassifier, items: Iterable[Item], address: str
) -> Iterator[ItemAssignments]:
    """What ``classifier.classify(items)`` gives, computed by the workers of a Dask scheduler.

    Args:
        address: of the scheduler, ``tcp://HOST:PORT``.

    Raises:
        XuanjianError: ``dask-missing`` without the extra, ``dask-unreachable`` when no scheduler
            answers or it has no worker, ``dask-version`` when a worker runs another version of
            Xuanjian or none, ``dask-failed`` when workers fail again and again.
        BadInput: ``dask-address``.
    """
    with _connected(address) as client:
        _check_versions(client)
        cluster = _Cluster(client, classifier)
        size = classifier.batch_size * CHUNK_BATCHES
        for packed in cluster.run(chunks(items, size)):
            yield from unpacked(packed)


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    try:
        import distributed
    except ImportError as error:
        raise XuanjianError(
            "Dask is not installed", "dask-missing", "Install it with: pip install 'xuanjian[dask]'"
        ) from error
    if "://" not in address:
        raise BadInput(
            f"{address!r} is no address of a Dask scheduler",
            "dask-address",
            "Write it as tcp://HOST:PORT.",
        )
    logging.getLogger("distributed").setLevel(logging.ERROR)
    connect: Any = distributed.Client
    try:
        client = connect(address, timeout=REACH_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise XuanjianError(
            f"no Dask scheduler answers at {address}",
            "dask-unreachable",
            "Start one with 'dask scheduler', check host, port and firewall.",
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=REACH_SECONDS)
        except TimeoutError as error:
            raise _no_worker(address) from error
        yield client


def _no_worker(address: str) -> XuanjianError:
    return XuanjianError(
        f"the Dask scheduler at {address} has no worker",
        "dask-unreachable",
        f"Start some with 'dask worker {address}' where Xuanjian is installed.",
    )


def _check_versions(client: Any) -> None:
    """Every worker must run this version of Xuanjian: another one may decide otherwise."""
    for worker, version in client.run(_version, on_error="return").items():
        if version != __version__:
            has = f"runs Xuanjian {version}" if isinstance(version, str) else "has no Xuanjian"
            raise XuanjianError(
                f"the Dask worker {worker} {has}, here it is {__version__}",
                "dask-version",
                "Install the same version of Xuanjian on all machines.",
            )


def _version() -> str:
    from pipeline import __version__ as version

    return version


def _remote(version: str, recipe: Recipe, model: bytes, chunk: bytes) -> bytes:
    """One chunk, on a worker; a worker that joined late is checked here."""
    if version != _version():
        raise XuanjianError(
            f"a Dask worker runs Xuanjian {_version()}, here it is {version}",
            "dask-version",
            "Install the same version of Xuanjian on all machines.",
        )
    return work(recipe, model, chunk)


class _Cluster:
    """Chunks under way on a cluster, and the copies of the model there."""

    def __init__(self, client: Any, classifier: ThemeClassifier) -> None:
        self._client = client
        self._recipe = Recipe.of(classifier)
        self._blob = pickle.dumps(bare_model(classifier.model))
        self._model = self._send_model()

    def run(self, packed: Iterable[bytes]) -> Iterator[bytes]:
        """The results of ``packed``, in order."""
        waiting: deque[tuple[bytes, Any]] = deque()
        for chunk in packed:
            waiting.append((chunk, self._submit(chunk)))
            while len(waiting) >= self._window():
                yield self._result(*waiting.popleft())
        while waiting:
            yield self._result(*waiting.popleft())

    def _window(self) -> int:
        threads: int = sum(self._client.nthreads().values())
        return max(2, AHEAD * threads)

    def _send_model(self) -> Any:
        return self._client.scatter(self._blob, broadcast=True, hash=False)

    def _submit(self, chunk: bytes) -> Any:
        return self._client.submit(
            _remote, __version__, self._recipe, self._model, chunk, pure=False, retries=ATTEMPTS
        )

    def _result(self, chunk: bytes, future: Any) -> bytes:
        for attempt in range(ATTEMPTS):
            self._wait(future)
            if future.status == "finished":
                try:
                    found: bytes = future.result(timeout=ALONE_SECONDS)
                    return found
                except (OSError, TimeoutError):
                    pass  # computed, but its worker went before it handed the result over
            elif future.status == "error" and isinstance(future.exception(), XuanjianError):
                raise future.exception()
            if attempt + 1 < ATTEMPTS:
                if self._model.status != "finished":
                    self._model = self._send_model()
                future = self._submit(chunk)
        raise XuanjianError(
            f"Dask workers failed {ATTEMPTS} times on the same news: {future.exception()}",
            "dask-failed",
            "Look at the workers' logs; memory is the usual reason.",
        )

    def _wait(self, future: Any) -> None:
        """Until the future is done; not for ever when no worker is left."""
        alone_since: float | None = None
        while not future.done():
            try:
                future.exception(timeout=1.0)  # waits for the end, whatever it is
            except TimeoutError:
                if self._client.nthreads():
                    alone_since = None
                    continue
                alone_since = alone_since or time.monotonic()
                if time.monotonic() - alone_since > ALONE_SECONDS:
                    raise _no_worker(self._client.scheduler.address) from None
