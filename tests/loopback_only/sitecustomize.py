"""No test leaves this machine: connections and look-ups that would are refused, and noted.

Python imports a module of this name at its start when its folder is on PYTHONPATH, so that the rule
holds in every child process of the tests, too. An audit hook sees what C code does as well, and
cannot be taken off again.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from pathlib import Path

LOG = "XUANJIAN_TEST_LEAKS"
"""Name of the environment variable with the file in which refused connections are noted."""
_installed = False


def _is_here(host: object) -> bool:
    """Whether a host is this machine, or no host at all."""
    if host is None or host in ("", b"", "localhost", b"localhost", "::", "0.0.0.0"):
        return True
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    if name in (socket.gethostname(), "ip6-localhost") or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name.strip("[]").split("%")[0]).is_loopback
    except ValueError:
        return False


def _is_address(host: object) -> bool:
    try:
        ipaddress.ip_address(str(host))
    except ValueError:
        return False
    return True


def _note(what: str, host: object) -> None:
    path = os.environ.get(LOG)
    if path:
        with Path(path).open("a", encoding="utf-8") as stream:
            stream.write(f"{what} {host}\n")


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        if isinstance(address, tuple) and address and not _is_here(address[0]):
            _note("connect", address[0])
            raise ConnectionRefusedError(f"tests do not leave this machine: {address[0]}")
    elif event == "socket.getaddrinfo" or event.startswith("socket.gethostby"):
        host = arguments[0]
        if not _is_here(host) and not _is_address(host):
            raise socket.gaierror(socket.EAI_NONAME, f"tests ask no name server: {host}")


def install() -> None:
    """Set the rule for this process, once."""
    global _installed  # noqa: PLW0603
    if not _installed:
        _installed = True
        sys.addaudithook(_watch)


if LOG in os.environ:
    install()
