"""Everything in a workspace made hostile: what sites publish, what plans say, what people type.

Every text carries markup that would run, a mark that turns the direction of writing, and, every third
one, the beginning of a formula; some are a million characters without a blank.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.config import CONFIG_NAME

__all__ = ["PLAN", "hostile", "poison", "wrong"]

LONG = 1_000_000
"""Characters of a word that never ends."""
LONG_IN_PLAN = 30_000
"""The same in a plan, whose titles are compared with every story: with ``LONG`` the pages that mend
a plan have three million bytes and a report takes five seconds, and nothing else differs."""
PLAN = "\"><img src=x onerror=window.hacked=1>?#&'"
"""A plan's name; no character of it is refused."""

_MARKUP = (
    "<script>window.hacked=1</script>",
    '"><img src=x onerror=window.hacked=1>',
    "<svg onload=window.hacked=1>",
    "' onfocus=window.hacked=1 autofocus x='",
    "</textarea></title><script>window.hacked=1</script>",
    "{{ 7 * 7 }}{% raw %}<iframe srcdoc='<script>top.hacked=1</script>'>",
    "]]><style>*{display:none}</style><base href=//elsewhere.example>",
)
_FORMULA = "=cmd|' /C calc'!A0"
_ADDRESSES = (
    "javascript:window.hacked=1",
    "data:text/html,<script>window.hacked=1</script>",
    'http://elsewhere.example/" onmouseover=window.hacked=1 x="',
    "//elsewhere.example/x",
)
_DIRECTION = "\u202e"
_CONTROLS = "\x07\x1b[31m\x0b\u2028\ufeff"


def hostile(word: str) -> str:
    """A word as somebody wicked types it: the same every time."""
    if not word:
        return word
    turn = zlib.crc32(word.encode())
    if word.startswith("http"):
        return _ADDRESSES[turn % len(_ADDRESSES)]
    made = f"{word}{_DIRECTION}{_MARKUP[turn % len(_MARKUP)]}"
    return f"{_FORMULA}{made}" if turn % 3 == 0 else made


def wrong(word: str) -> str:
    """A word as a broken site publishes it: with control characters besides."""
    return word if word.startswith("http") else f"{hostile(word)}{_CONTROLS}"


def poison(folder: Path) -> None:
    """Make what a workspace holds hostile, before anybody opens it: its plan, its news, what was seen.

    Identifiers, codes and days stay as they are: nothing but our own code writes them.
    """
    with sqlite3.connect(folder / "xuanjian.db") as store:
        _poison_plan(store)
        _poison_news(store)
        for table, column in _TEXTS:
            change = f'UPDATE "{table}" SET "{column}" = wrong("{column}") WHERE "{column}" <> \'\''
            store.create_function("wrong", 1, wrong, deterministic=True)
            store.execute(change)
        store.execute("UPDATE alarm SET detail = ? WHERE id = 1", ("长" * LONG,))
        store.execute("UPDATE run SET detail = ?", (hostile("某局") + "W" * LONG,))
    store.close()
    for file in (folder / "sources").glob("*.toml"):
        file.write_text(_with_names(file.read_text(encoding="utf-8")), encoding="utf-8")
    settings = folder / CONFIG_NAME
    written = settings.read_text(encoding="utf-8")
    default = f"default = {json.dumps(PLAN)}"
    settings.write_text(written.replace('default = "2025"', default), encoding="utf-8")


_TEXTS = (
    ("alarm", "column"),
    ("alarm", "detail"),
    ("ledger", "column"),
    ("reprint", "outlet"),
    ("review", "comment"),
    ("review", "reviewer"),
    ("source", "address"),
    ("source", "name"),
    ("story_fact", "interviewed"),
    ("story_fact", "reason"),
    ("story_fact", "units"),
    ("theme", "title"),
    ("vouch", "column"),
    ("vouch", "given_by"),
)
"""Columns that hold what somebody wrote, as it is."""


def _poison_plan(store: sqlite3.Connection) -> None:
    [(body, text)] = store.execute("SELECT body, text FROM plan").fetchall()
    plan = _walked(json.loads(body), wrong, "")
    focus = plan["nodes"][0]["children"]
    focus[1]["text"] += "<b>" * (LONG_IN_PLAN // 3)
    focus[2]["title"] += "題" * LONG_IN_PLAN
    plan["units"][0]["name"] += "單" * LONG_IN_PLAN
    # The text keeps its length: the plan's spans point into it.
    markup = _MARKUP[0]
    text = markup + text[len(markup) : 400] + markup + text[400 + len(markup) :]
    store.execute(
        "UPDATE plan SET name = ?, title = ?, body = ?, text = ?",
        (PLAN, plan["title"], json.dumps(plan), text),
    )
    store.execute("UPDATE judge SET plan_name = ?", (PLAN,))


def _poison_news(store: sqlite3.Connection) -> None:
    rows = store.execute("SELECT id, body FROM news_item ORDER BY id").fetchall()
    for place, (number, body) in enumerate(rows):
        item = _walked(json.loads(body), wrong, "")
        if place % 3:
            item["url"] = hostile(f"http {place}")
        item |= {name: wrong(f"甲{place}") for name in ("author", "contributor", "page", "genre")}
        item["attachments"] = [{"name": wrong("附件"), "url": hostile(f"http {place}")}]
        item |= _ENDLESS[place] if place < len(_ENDLESS) else {}
        store.execute(
            "UPDATE news_item SET title = ?, body = ? WHERE id = ?",
            (item["title"], json.dumps(item), number),
        )
        outlet = (item["outlet"][:200], number)
        store.execute("UPDATE story_item SET outlet = ? WHERE item_id = ?", outlet)


_ENDLESS: tuple[dict[str, Any], ...] = (
    {"title": "W" * LONG},
    {"title": "科" * LONG, "text": "技" * LONG, "author": "者" * LONG},
    {"title": "<b>" * (LONG // 3), "outlet": "媒" * LONG, "column": "欄" * LONG},
    {"url": "http://elsewhere.example/" + "a" * LONG},
)

_OURS = frozenset(
    ["id", "kind", "theme", "node", "scheme", "level", "carrier", "source", "date_evidence", "date"]
)


def _walked(value: Any, change: Callable[[str], str], key: str) -> Any:
    """JSON with its texts changed; codes, days and numbers of a plan's pieces stay."""
    if isinstance(value, dict):
        return {name: _walked(one, change, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_walked(one, change, key) for one in value]
    if not isinstance(value, str) or key in _OURS or not value or value.isascii():
        return value
    return change(value)


def _with_names(declaration: str) -> str:
    """A declaration whose names are hostile."""
    lines = []
    for line in declaration.splitlines():
        name, equals, value = line.partition(" = ")
        told = name in {"name", "outlet"} and equals
        lines.append(f"{name} = {json.dumps(wrong(json.loads(value)))}" if told else line)
    return "\n".join(lines) + "\n"
