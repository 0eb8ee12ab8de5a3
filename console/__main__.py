"""``python -m console``: serve a workspace's console; what ``xuanjian serve`` starts.

Hides: how it listens. A public address is refused without TLS unless a person insists.
"""

from __future__ import annotations

import argparse
import ipaddress
import socket
import ssl
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from console.language import _
from pipeline.config import Workspace
from pipeline.errors import BadInput, XuanjianError

__all__ = ["main"]


def main() -> None:
    """Serve until told to stop; exit 1 with the error where it cannot."""
    asked = _arguments()
    try:
        _serve(asked)
    except XuanjianError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        raise SystemExit(1) from error
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="xuanjian serve")
    parser.add_argument("--workspace", type=Path, default=Path())
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--certificate", type=Path)
    parser.add_argument("--key", type=Path)
    parser.add_argument("--insecure", action="store_true")
    return parser.parse_args()


def _serve(asked: argparse.Namespace) -> None:
    tls = asked.certificate is not None
    _check_tls(asked.certificate, asked.key)
    if not tls and not asked.insecure and not _is_loopback(asked.host):
        raise BadInput(
            f"{asked.host} can be reached from other machines, and nothing would be encrypted",
            "serve-without-tls",
            "Give --certificate and --key, put a TLS proxy before 127.0.0.1, or insist: --insecure.",
        )
    workspace = Workspace.open(asked.workspace)
    from console.app import make_console  # a second of imports, which a refusal need not wait for

    console = make_console(workspace, proxies=networks(workspace))
    listening = _listen(asked.host, asked.port)
    host, port = listening.getsockname()[:2]
    place = f"[{host}]" if ":" in host else host
    lines = [f"{'https' if tls else 'http'}://{place}:{port}/"]
    if console.code.code:
        lines.append(f"{_('一次性代码')}: {console.code.code}")
    config = uvicorn.Config(
        console.door,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ssl_certfile=asked.certificate,
        ssl_keyfile=asked.key,
        timeout_graceful_shutdown=5,
        lifespan="off",
    )
    try:
        _Server(config, lines).run(sockets=[listening])
    finally:
        console.store.close()


class _Server(uvicorn.Server):
    """Prints where it listens once it does: what stops a process is at times lost while it loads."""

    def __init__(self, config: uvicorn.Config, lines: Sequence[str]) -> None:
        super().__init__(config)
        self.lines = lines

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(*self.lines, sep="\n", flush=True)  # noqa: T201


def _check_tls(certificate: Path | None, key: Path | None) -> None:
    """Raise ``serve-tls`` unless both are given and belong together, or none is."""
    if certificate is None and key is None:
        return
    said = "--certificate and --key go together"
    if certificate is not None and key is not None:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
            return
        except (OSError, ssl.SSLError) as error:
            said = f"{certificate} and {key} cannot be used: {error.strerror or error}"
    raise BadInput(said, "serve-tls", "Give a certificate and its key, both PEM and readable.")


def networks(
    workspace: Workspace,
) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """The setting ``console.proxies``; raises ``settings-bad-value``."""
    written = workspace.settings.get("console.proxies", str)
    try:
        return tuple(
            ipaddress.ip_network(part.strip(), strict=False)
            for part in written.split(",")
            if part.strip()
        )
    except ValueError as error:
        raise BadInput(
            f"console.proxies: {error}", "settings-bad-value", "Write networks as 10.0.0.0/8,::1."
        ) from error


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.socket(family)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        raise BadInput(
            f"cannot listen on {host}:{port}: {error.strerror}",
            "serve-address",
            "Choose another: --host, --port.",
        ) from error
    return listening


if __name__ == "__main__":
    main()
