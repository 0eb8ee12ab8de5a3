"""``xuanjian serve`` as a person starts it: a process that listens."""

from __future__ import annotations

import re
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx
import pytest

from console.__main__ import networks
from pipeline.config import Settings, Workspace
from pipeline.errors import BadInput


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    Workspace.create(tmp_path / "work")
    return tmp_path / "work"


@contextmanager
def served(workspace: Path, *options: str) -> Iterator[tuple[str, IO[str]]]:
    """A server on a free port: its address, and what else it prints."""
    command = [sys.executable, "-m", "console", "--workspace", str(workspace), "--port", "0"]
    with subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process.stdout
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)


def refused(workspace: Path, *options: str) -> str:
    command = [sys.executable, "-m", "pipeline.cli", "-w", str(workspace), "serve", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    return done.stderr


def test_an_empty_workspace_is_served_with_a_one_time_code(empty: Path) -> None:
    with served(empty) as (address, printed):
        code = re.search(r": ([A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4})$", printed.readline())
        assert code
        with httpx.Client(base_url=address) as client:
            page = client.get("/", follow_redirects=True).text
            assert "一次性代码" in page
            token = re.search(r'name="form_token" value="(\w+)"', page)
            assert token
            answer = client.post(
                "/first-account",
                data={
                    "form_token": token[1],
                    "code": code[1],
                    "name": "wang",
                    "password": "eine lange Nacht",
                },
            )
            assert answer.status_code == 303
            assert client.get("/api/session").json()["role"] == "admin"
    with served(empty, "--host", "localhost") as (address, _):
        assert "登录" in httpx.get(f"{address}sign-in").text


def test_a_public_address_needs_tls_or_a_person_who_insists(empty: Path) -> None:
    for host in ("0.0.0.0", "::", "192.0.2.1", "console.example"):
        assert "[serve-without-tls]" in refused(empty, "--host", host)
    with served(empty, "--host", "0.0.0.0", "--insecure") as (address, _):
        assert address.startswith("http://0.0.0.0:")


def test_with_a_certificate_everything_is_encrypted(empty: Path, tmp_path: Path) -> None:
    certificate, key = tmp_path / "tls.pem", tmp_path / "tls.key"
    _self_signed(certificate, key)
    options = ("--certificate", str(certificate), "--key", str(key))
    with served(empty, *options) as (address, _):
        assert address.startswith("https://")
        trusting = ssl.create_default_context(cafile=str(certificate))
        trusting.check_hostname = False
        answer = httpx.get(f"{address}sign-in", verify=trusting)
        assert answer.headers["set-cookie"].startswith("__Host-xuanjian=")
        assert "secure" in answer.headers["set-cookie"].lower()
        assert "max-age" in answer.headers["strict-transport-security"]


def test_what_cannot_be_served_is_said(empty: Path, tmp_path: Path) -> None:
    assert "[workspace-missing]" in refused(tmp_path)
    assert "[serve-tls]" in refused(empty, "--certificate", "nowhere.pem", "--key", "nowhere.key")
    assert "[serve-tls]" in refused(empty, "--certificate", "nowhere.pem")
    with served(empty) as (address, _):
        port = address.rstrip("/").rpartition(":")[2]
        assert "[serve-address]" in refused(empty, "--port", port)


def test_the_console_begins_without_what_only_training_needs() -> None:
    """scikit-learn, and pandas with it, take a second to load."""
    asked = "import console.app, sys; console.app.routes(); print('sklearn' in sys.modules)"
    command = [sys.executable, "-c", asked]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "False\n"


@pytest.mark.parametrize("written", ["10.0.0.0/33", "x", "10.0.0.1;10.0.0.2"])
def test_networks_of_proxies_are_checked(tmp_path: Path, written: str) -> None:
    values = {**Settings.defaults().values, "console.proxies": written}
    with pytest.raises(BadInput) as caught:
        networks(Workspace(tmp_path, Settings(values)))
    assert caught.value.slug == "settings-bad-value"


def _self_signed(certificate: Path, key: Path) -> None:
    """A certificate for loopback that nobody signed but itself."""
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key)),
            *("-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
