"""Reports at the edges: every foreign text monstrous, nothing at all, two thousand stories."""

from __future__ import annotations

import msgspec

from pipeline.coverage.report import CoverageReport, StoryTheme, Tally, Totals
from tests.reports.making_report import build_report, evidence_of, story_line

_FOREIGN = frozenset(
    [
        "title",
        "text",
        "reason",
        "next_step",
        "note",
        "name",
        "outlet",
        "excerpt",
        "locality_reason",
        "reviewer",
        "vouched_by",
        "url",
        "column",
        "kind",
        "channel",
        "source",
        "issuer",
        "scheme_name",
        "label",
        "generated_at",
        "read_at",
        "home",
        "fingerprint",
        "day",
    ]
)
"""Fields whose text someone else wrote, or might have."""


def build_monstrous_report() -> CoverageReport:
    """The sample with every foreign text made long, unbreakable and full of markup."""
    monster = "</p><b>" + "W" * 3_000 + "\u202e" + "Ж" * 500 + "{{ 7*7 }}"

    def spoil(value: object, key: str = "") -> object:
        if isinstance(value, dict):
            return {name: spoil(inner, name) for name, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [spoil(inner, key) for inner in value]
        if key in _FOREIGN and isinstance(value, str):
            return monster
        return f"{monster}{value}" if key in {"unchecked", "alarms", "flags", "windows"} else value

    raw = spoil(msgspec.to_builtins(build_report()))
    return msgspec.convert(raw, CoverageReport)


def build_empty_report() -> CoverageReport:
    """A plan without themes, a period without news."""
    return msgspec.structs.replace(
        build_report(),
        themes=(),
        terms=(),
        groups=(),
        offices=(),
        stories=(),
        units=(),
        sources=(),
        media=(),
        months=(),
        totals=Totals(),
        unchecked=(),
    )


def build_large_report(stories: int = 2_000) -> CoverageReport:
    """``stories`` stories, all under one theme and evenly over five years of months."""
    report = build_report()
    months = tuple(f"{year}-{month:02}" for year in range(2021, 2026) for month in range(1, 13))
    lines = []
    by_month = [Tally() for _ in months]
    for number in range(stories):
        month = number % len(months)
        title = f"青原市第{number}处众创空间挂牌"
        link = StoryTheme(
            theme="focus-1", probability=0.8, state="machine", evidence=evidence_of(title)
        )
        lines.append(
            story_line(number + 1, id=f"s{number}", title=title, day=f"{months[month]}-11",
                   themes=(link,))
        )  # fmt: skip
        by_month[month] += Tally(machine=1)
    themes = tuple(
        msgspec.structs.replace(
            theme,
            by_month=tuple(by_month) if index == 0 else tuple(Tally() for _ in months),
            tally=sum(by_month, Tally()) if index == 0 else Tally(),
            stories=tuple(line.id for line in lines) if index == 0 else (),
        )
        for index, theme in enumerate(report.themes)
    )
    return msgspec.structs.replace(report, months=months, themes=themes, stories=tuple(lines))
