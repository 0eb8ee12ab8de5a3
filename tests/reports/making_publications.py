"""Publications for the ledger and the evidence, hostile guests among them."""

from __future__ import annotations

from pipeline.coverage.publications import Publication

FORMULAS = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "＝1+1", "　=1+1")


def publication(name: str, **changes: object) -> Publication:
    values: dict[str, object] = {
        "item": name,
        "story": f"s-{name}",
        "original": True,
        "title": f"青原市科技报道{name}",
        "day": "2025-03-05",
        "story_day": "2025-03-05",
        "outlet": "青原日报",
        "level": "municipal",
        "carrier": "newspaper",
        "column": "科技专版",
        "words": 812,
        "author": "李文",
        "url": f"https://rb.qingyuan.example/{name}.html",
        "themes": {"focus-1": "confirmed"},
        "offices": ("农村科", "高新科"),
    }
    return Publication(**(values | changes))  # type: ignore[arg-type]


def publications() -> list[Publication]:
    """In a ledger's order; the fourth stands under no theme and has no row."""
    hostile = [
        publication(f"f{number}", title=text, outlet=text, author=text, column=text)
        for number, text in enumerate(FORMULAS)
    ]
    return [
        publication("a"),
        publication(
            "b",
            original=False,
            reprint_of="新华网",
            edits=("title", "cut"),
            words=None,
            themes={"focus-1": "machine"},
        ),
        publication("c", themes={"focus-1": "confirmed", "focus-2": "machine"}, offices=()),
        publication("out", themes={"focus-1": "rejected"}),
        publication("late", late="2025-02-01", day="2025-02-20"),
        publication("js", url="javascript:alert(1)", day="", title="\u202e反写\x00"),
        *hostile,
    ]
