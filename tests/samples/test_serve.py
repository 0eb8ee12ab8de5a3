"""Serving the sample sites: ports, the log, and the end of the process."""

from __future__ import annotations

import http.client
import json
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from samples.articles import sample_corpus
from samples.serve import Serving, serve
from samples.sites import SITE_NAMES, address

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bases() -> Iterator[Serving]:
    with serve() as serving:
        yield serving


def start(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "samples.serve", *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def first_line(process: subprocess.Popen[bytes]) -> dict[str, str]:
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], 20)
    assert ready, "the command said nothing for 20 seconds"
    bases: dict[str, str] = json.loads(process.stdout.readline())
    return bases


def test_each_site_answers_on_its_own_port(bases: Serving) -> None:
    assert list(bases) == list(SITE_NAMES)
    assert len(set(bases.values())) == 3
    for base in bases.values():
        with urlopen(base + "/") as response:
            assert response.status == 200


def test_requests_are_logged_in_order_with_their_headers(bases: Serving) -> None:
    base = bases["bureau"]
    urlopen(base + "/robots.txt").close()
    urlopen(Request(base + "/kjdt/", headers={"User-Agent": "sample-reader"})).close()
    assert bases.paths("bureau") == ["/robots.txt", "/kjdt/"]
    assert bases.paths("daily") == []
    request = bases.requests[-1]
    assert (request.method, request.site, request.status) == ("GET", "bureau", 200)
    assert request.headers["User-Agent"] == "sample-reader"
    assert f"http://{request.host}" == base


def test_conditional_and_head_requests_over_one_connection(bases: Serving) -> None:
    host = bases["daily"].removeprefix("http://")
    path = address(sample_corpus().on("daily")[0])
    connection = http.client.HTTPConnection(host)
    connection.request("GET", path)
    first = connection.getresponse()
    length = len(first.read())
    connection.request("GET", path, headers={"If-None-Match": first.headers["ETag"]})
    second = connection.getresponse()
    assert (second.status, second.read()) == (304, b"")
    connection.request("HEAD", path)
    third = connection.getresponse()
    assert (third.status, third.read(), third.headers["Content-Length"]) == (200, b"", str(length))
    connection.close()


def test_the_wall_and_missing_pages_come_through_as_statuses(bases: Serving) -> None:
    for path, status in (("/zcjd/", 521), ("/nothing", 404)):
        with pytest.raises(HTTPError) as caught:
            urlopen(bases["bureau"] + path)
        assert caught.value.code == status
        caught.value.close()


def test_a_wrong_number_of_ports_is_refused() -> None:
    with pytest.raises(ValueError, match="must be 3 numbers"), serve((0, 0)):
        pass


def test_the_command_prints_bases_and_ends_when_its_input_closes() -> None:
    with start("--ports", "0,0,0") as process:
        assert list(first_line(process)) == list(SITE_NAMES)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=10) == 0


def test_the_command_ends_on_sigterm() -> None:
    with start("--ports", "0,0,0") as process:
        with urlopen(first_line(process)["district"] + "/") as response:
            assert response.status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0


def test_a_busy_port_is_replaced() -> None:
    wanted = free_port()
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", wanted))
        holder.listen()
        with serve((wanted, 0, 0)) as bases:
            assert bases["bureau"] != f"http://127.0.0.1:{wanted}"
            urlopen(bases["bureau"] + "/").close()


def test_a_free_port_is_used_as_asked() -> None:
    wanted = free_port()
    with serve((0, wanted, 0)) as bases:
        assert bases["district"] == f"http://127.0.0.1:{wanted}"
