"""The rule that no test leaves this machine holds, here and in child processes."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

FAR = "192.0.2.1"
"""An address of the block kept for documentation: nobody has it."""


def test_a_connection_to_elsewhere_is_refused_and_noted(leaks: Path) -> None:
    with socket.socket() as here, pytest.raises(ConnectionRefusedError, match="do not leave"):
        here.connect((FAR, 80))
    assert leaks.read_text(encoding="utf-8") == f"connect {FAR}\n"
    leaks.unlink()


def test_a_child_process_is_held_by_the_same_rule(leaks: Path) -> None:
    program = f"import socket; print(socket.socket().connect_ex(('{FAR}', 80)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "tests do not leave this machine" in done.stderr
    assert leaks.read_text(encoding="utf-8") == f"connect {FAR}\n"
    leaks.unlink()


def test_no_name_server_is_asked() -> None:
    with pytest.raises(socket.gaierror, match="no name server"):
        socket.getaddrinfo("www.example.com", 80)


def test_loopback_is_open() -> None:
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())
