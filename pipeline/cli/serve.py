"""``xuanjian serve``: the web console, as a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

__all__ = ["serve_command"]


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port; 0 for any free one.")
@click.option("--certificate", type=click.Path(path_type=Path), help="TLS certificate (PEM).")
@click.option("--key", type=click.Path(path_type=Path), help="Its private key (PEM).")
@click.option("--insecure", is_flag=True, help="Listen on a public address without TLS.")
@click.pass_obj
def serve_command(
    workspace: Path,
    host: str,
    port: int,
    certificate: Path | None,
    key: Path | None,
    insecure: bool,
) -> None:
    """Serve the console. While there is no account, a one-time code is printed that makes the first.

    \b
    Examples:
      xuanjian serve
      xuanjian serve --host 0.0.0.0 --port 8443 --certificate tls.pem --key tls.key
    """
    command = [sys.executable, "-m", "console", "--workspace", str(workspace)]
    command += ["--host", host, "--port", str(port)]
    for name, given in (("--certificate", certificate), ("--key", key)):
        if given is not None:
            command += [name, str(given)]
    if insecure:
        command.append("--insecure")
    sys.stdout.flush()
    try:
        code = subprocess.run(command, check=False).returncode
    except KeyboardInterrupt:
        code = 130
    if code:
        raise SystemExit(code)
