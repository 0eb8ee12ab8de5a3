"""The command line: ``xuanjian VERB``.

Hides: how verbs are found and how an error reaches the person. Every verb is a click command
in a module of this folder that is imported only when the verb is used, so that
``xuanjian --help`` stays fast; ``VERBS`` is the one list of them.
"""

from __future__ import annotations

import errno
import importlib
import signal
import sys
from pathlib import Path

import click

from pipeline import __version__
from pipeline.errors import DiskTrouble, XuanjianError

__all__ = ["VERBS", "main"]

VERBS: dict[str, tuple[str, str]] = {
    "demo": ("demo", "Offline tour: serve sample sites, crawl, classify, report."),
    "init": ("setup", "Make a workspace."),
    "doctor": ("setup", "Say what is missing or wrong on this machine."),
    "plan": ("plans", "Read, check and store plans."),
    "source": ("sources", "List and check the sources of a workspace."),
    "extract": ("sources", "Read one saved news page, or all of the archive anew."),
    "crawl": ("news", "Collect news from the sources."),
    "schedule": ("schedule", "Read sources when their time has come, until told to stop."),
    "import": ("news", "Take in news from tables, pasted links, bulletins or a pack."),
    "media": ("media", "List the media a plan names; sign months off that no crawl reaches."),
    "classify": ("mapping", "Map news to a plan's themes."),
    "unmapped": ("unmapped", "Group science news that no theme of the plan takes."),
    "review": ("reviews", "Ask for, import and export people's decisions."),
    "train": ("training", "Learn from people's decisions what the themes mean."),
    "evaluate": ("training", "Measure on labels what classifies a plan's news."),
    "models": ("models", "List, show, promote and roll back trained models."),
    "coverage": ("audits", "Print the coverage of a plan."),
    "audit": ("sampling", "Draw the random sample that turns undecided into a proof."),
    "register": ("register", "Keep the register of what offices hand in."),
    "score": ("score", "Print offices' points from the register of submissions."),
    "obligations": ("obligations", "Print and prove what a plan says will be done."),
    "advise": ("advise", "Print what to report on next."),
    "inquiry": ("inquiry", "Ask offices about gaps before they are called gaps."),
    "report": ("reports", "Write a period's report as files; sign it and lock it."),
    "search": ("searching", "Fill the index of words of a database that held news before it."),
    "user": ("users", "Add and change accounts of the console."),
    "serve": ("serve", "Serve the web console."),
}
"""Verb -> (module in this folder, one-line help), in the order of the main job."""


class _Verbs(click.Group):
    """A group that imports a verb's module when the verb is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"pipeline.cli.{VERBS[cmd_name][0]}")
        command = getattr(module, f"{cmd_name}_command")
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(verb, text) for verb, (_, text) in VERBS.items()])


_EPILOG = """\b
Examples:
  xuanjian demo                        see the whole job on sample sites
  xuanjian init work && cd work        make a workspace
  xuanjian plan use ../plan.docx       read a plan and take it into use
  xuanjian import news.xlsx            take in news
  xuanjian classify && xuanjian report -o out
"""


@click.group(cls=_Verbs, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-w",
    "--workspace",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Workspace folder; by default the present folder or the nearest one above it.",
)
@click.version_option(__version__, prog_name="xuanjian")
@click.pass_context
def cli(ctx: click.Context, workspace: Path) -> None:
    """Xuanjian 宣鉴: which parts of a publicity plan are covered, thin, blank or undecided."""
    ctx.obj = workspace


def main() -> None:
    """Entry point. Exit 0 fine, 1 error, 2 ran but below the asked bar."""
    # A service manager's stop is a person's Ctrl-C: blocks end, children are stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        code = _say("interrupted", 130)
    except click.ClickException as error:
        error.show()
        code = 1
    except XuanjianError as error:
        code = _say(str(error), 1)
    except KeyboardInterrupt:
        code = _say("interrupted; what was stored before stays stored", 130)
    except BrokenPipeError:
        sys.stderr.close()  # the reader went away, as `| head` does
        code = 0
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EACCES, errno.EROFS):
            raise
        code = _say(str(DiskTrouble.from_os_error(error, "writing", error.filename or "output")), 1)
    sys.exit(code if isinstance(code, int) else 0)


def _say(message: str, code: int) -> int:
    click.echo(f"error: {' '.join(message.split())}", err=True)
    return code
