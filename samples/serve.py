"""Serve the sample sites on loopback: hides threads, ports and the end of the process.

`python -m samples.serve` prints one JSON line of base addresses and serves until SIGTERM, Ctrl-C,
or, where standard input is a pipe, until that closes. Tests use the context manager `serve()`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import stat
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from samples.sites import SITE_NAMES, SampleSite, build_sites

HOST = "127.0.0.1"
DEFAULT_PORTS = (8731, 8732, 8733)


@dataclass(frozen=True)
class LoggedRequest:
    """One request as it came in."""

    method: str
    site: str
    host: str
    """The Host header: address and port."""
    path: str
    """Path with query."""
    headers: Mapping[str, str]
    status: int


@dataclass(frozen=True)
class Serving(Mapping[str, str]):
    """Site name -> base address, and the log of what was asked so far."""

    bases: Mapping[str, str]
    requests: list[LoggedRequest] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.bases[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.bases)

    def __len__(self) -> int:
        return len(self.bases)

    def paths(self, site: str) -> list[str]:
        """The paths asked of one site, in order."""
        return [request.path for request in self.requests if request.site == site]


@contextlib.contextmanager
def serve(ports: Sequence[int] = (0, 0, 0)) -> Iterator[Serving]:
    """Serve all sites in threads for the length of the block; port 0 means any free one.

    >>> from urllib.request import urlopen
    >>> with serve() as bases:
    ...     urlopen(bases["bureau"] + "/robots.txt").readline()
    b'User-agent: *\\n'
    """
    if len(ports) != len(SITE_NAMES):
        raise ValueError(f"ports must be {len(SITE_NAMES)} numbers, got {len(ports)} instead")
    log: list[LoggedRequest] = []
    with contextlib.ExitStack() as stack:
        bases: dict[str, str] = {}
        for (name, site), port in zip(build_sites().items(), ports, strict=True):
            server = _listen(site, port, log)
            stack.callback(server.server_close)
            thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            bases[name] = f"http://{HOST}:{server.server_port}"
        yield Serving(bases, log)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m samples.serve", description=__doc__)
    parser.add_argument(
        "--ports",
        type=_ports,
        default=DEFAULT_PORTS,
        metavar="P,P,P",
        help="ports of bureau, district and daily (default 8731,8732,8733); a busy port is replaced",
    )
    options = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with serve(options.ports) as bases:
        sys.stdout.write(json.dumps(dict(bases)) + "\n")
        sys.stdout.flush()
        if _stdin_is_a_pipe():
            threading.Thread(target=_wait_for_end_of_stdin, args=(stop,), daemon=True).start()
        stop.wait()
    return 0


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, site: SampleSite, port: int, log: list[LoggedRequest]) -> None:
        self.site = site
        self.log = log
        super().__init__((HOST, port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "XuanjianSample"
    server: _Server

    def do_GET(self) -> None:
        """Answer with the site's page."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Answer with the headers only."""
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        headers = dict(self.headers.items())
        response = self.server.site.answer(self.path, headers)
        self.server.log.append(
            LoggedRequest(
                method=self.command,
                site=self.server.site.name,
                host=self.headers.get("Host", ""),
                path=self.path,
                headers=headers,
                status=response.status,
            )
        )
        self.send_response(response.status, "" if response.status == 521 else None)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status != 304:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if with_body:
            self.wfile.write(response.body)

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet: the request log holds what matters."""


def _listen(site: SampleSite, port: int, log: list[LoggedRequest]) -> _Server:
    try:
        return _Server(site, port, log)
    except OSError:
        if port == 0:
            raise
        return _Server(site, 0, log)


def _ports(text: str) -> tuple[int, ...]:
    try:
        ports = tuple(int(part) for part in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"must be numbers, got {text!r} instead") from error
    if len(ports) != len(SITE_NAMES):
        raise argparse.ArgumentTypeError(f"must be {len(SITE_NAMES)} ports, got {len(ports)}")
    return ports


def _stdin_is_a_pipe() -> bool:
    """A terminal or /dev/null says nothing about the parent; a pipe that closes does."""
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError, AttributeError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _wait_for_end_of_stdin(stop: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    stop.set()


if __name__ == "__main__":
    sys.exit(main())
