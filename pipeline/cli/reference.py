"""Prints the parts of the documentation that the code already says: settings and verbs.

``python -m pipeline.cli.reference docs`` writes ``docs/settings.md`` and ``docs/commands.md``;
a test fails when they and the code disagree.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.cli import VERBS, cli
from pipeline.config import SETTINGS, writing

__all__ = ["commands_page", "settings_page"]

_NOTE = "<!-- Printed from the code by `make docs`; do not edit. -->\n"


def settings_page() -> str:
    """``docs/settings.md``: the one settings table."""
    lines = [
        "# Settings",
        _NOTE,
        "Kept in a workspace's `xuanjian.toml`; a key that is not listed here stops start-up.",
        "",
        "| setting | default | meaning |",
        "|---|---|---|",
    ]
    for setting in SETTINGS:
        shown = f"`{setting.default}`" if setting.default != "" else "empty"
        if isinstance(setting.default, bool):
            shown = shown.lower()
        lines.append(f"| `{setting.name}` | {shown} | {setting.help} |")
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """``docs/commands.md``: the help of every verb."""
    lines = ["# Commands", _NOTE, "```text", _help(cli, ["xuanjian"]), "```", ""]
    context = click.Context(cli, info_name="xuanjian")
    for verb in VERBS:
        command = cli.get_command(context, verb)
        assert command is not None
        lines += [f"## {verb}", "", "```text", _help(command, ["xuanjian", verb]), "```", ""]
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                part = command.get_command(context, name)
                assert part is not None
                lines += ["```text", _help(part, ["xuanjian", verb, name]), "```", ""]
    return "\n".join(lines)


def _help(command: click.Command, names: list[str]) -> str:
    context = click.Context(
        command,
        info_name=" ".join(names),
        terminal_width=88,
        max_content_width=88,
        help_option_names=cli.context_settings["help_option_names"],
    )
    return command.get_help(context).strip()


def main(folder: Path) -> None:
    """Write both pages into ``folder``."""
    for name, page in (("settings.md", settings_page()), ("commands.md", commands_page())):
        with writing(folder / name) as out:
            out.write(page)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
