"""Changing settings in a workspace's ``xuanjian.toml``.

Hides: how a value is put into a file that people write comments in. What comes out is read again and
must say exactly what was asked for, so that a file written in an unforeseen way is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.config import CONFIG_NAME, Settings, SettingValue, Workspace, toml_value, writing
from pipeline.errors import BadInput

__all__ = ["change_settings"]

_VALUE = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s#"'\[{]+)(?=\s*(?:#|$))""")
"""A value in one line, up to its comment."""


def change_settings(workspace: Workspace, changes: Mapping[str, SettingValue]) -> Workspace:
    """Change settings, keeping comments, and give the workspace as it is then; all or none.

    Raises:
        BadInput: what ``Settings.read`` raises for a value; ``settings-by-hand`` where the file is
            written in a way that only a person can change.
        DiskTrouble: it cannot be read or written.
    """
    path = workspace.path / CONFIG_NAME
    before = Settings.read(path)
    text = _changed(path.read_text(encoding="utf-8-sig"), changes)
    by_hand = BadInput(
        f"{path} gives {', '.join(changes)} in a way that is not changed from here",
        "settings-by-hand",
        "Open the file in an editor and change it there.",
    )
    try:
        after = Settings.parse(text, path)
    except BadInput as error:
        if error.slug != "settings-unreadable":
            raise
        raise by_hand from error
    if after != Settings({**before.values, **changes}):
        raise by_hand
    with writing(path) as out:
        out.write(text)
    return Workspace(workspace.path, after)


def _changed(text: str, changes: Mapping[str, SettingValue]) -> str:
    """``text`` with settings changed in place: in their own line, in the line that has them as a
    comment, or in a new one at the end of their section."""
    lines = text.splitlines()
    for name, value in changes.items():
        head, key = name.split(".")
        section, place, end = "", -1, -1
        for number, line in enumerate(lines):
            bare = line.strip()
            if bare.startswith("["):
                section = bare.partition("#")[0].strip().strip("[]").strip()
            if section != head:
                continue
            if bare:
                end = number + 1
            match = re.match(rf"(#?)\s*{re.escape(key)}\s*=\s*", bare)
            if match and (place < 0 or not match[1]):
                place = number
        if place >= 0:
            rest = lines[place].lstrip("# \t").partition("=")[2].strip()
            lines[place] = f"{key} = {toml_value(value)}{_VALUE.sub('', rest, count=1)}"
        elif end >= 0:
            lines.insert(end, f"{key} = {toml_value(value)}")
        else:
            lines += ["", f"[{head}]", f"{key} = {toml_value(value)}"]
    return "\n".join(lines) + "\n"
