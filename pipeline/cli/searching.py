"""``xuanjian search index``: older news into the index of words.

Hides: that it goes in steps, each kept when it is done.
"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.progress import progress_line

__all__ = ["search_command"]


@click.group("search")
def search_command() -> None:
    """Keep what the console's search looks words up in.

    News is indexed as it is stored. Only a database that held news before there was an index has
    something to catch up on.
    """


@search_command.command("index")
@click.pass_obj
def index_command(workspace: Path) -> None:
    """Index news stored before there was an index, the newest first; stop it at any time."""
    from pipeline import steps
    from pipeline.store.search import fill, waiting

    with steps.open_store(workspace) as (_place, store), progress_line("建立检索") as say:
        with store.begin() as session:
            before = waiting(session)
        if not before:
            click.echo("All news is indexed.")
            return
        done = before.done
        while True:
            with store.begin() as session:
                count = fill(session)
            if not count:
                break
            done += count
            say("indexed", done)
    click.echo(f"Indexed: {done} items.")
