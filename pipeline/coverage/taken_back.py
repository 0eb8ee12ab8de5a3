"""Finds the days an issued report called whole on a person's word 确认齐全 that was taken back since.

Hides: which days of which column these are, and which claims of the report fall with them. Both follow
from what the report recorded (days observed, states of themes and terms) and from the days observed now:
one that another word or a crawl holds is not lost. Whether decisions made since settle a theme otherwise
is not asked; they are told one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta

from sqlalchemy.orm import Session

from pipeline.coverage.periods import make_period
from pipeline.coverage.report import ColumnLine, CoverageReport, Period, ThemeLine
from pipeline.coverage.supplement import Correction, Unproven, VouchedColumn
from pipeline.store.runs import Window, join_windows, observed_windows
from pipeline.store.signed import Issued
from pipeline.store.vouching import Vouch, vouches, withdrawn_words

__all__ = ["words_taken_back"]


def words_taken_back(
    session: Session, issued: Issued, recorded: Callable[[], CoverageReport]
) -> tuple[Correction, ...]:
    """The days of a column that an issued report called whole, then and now, for every column with a word
    about them that was taken back. ``old`` and ``new`` are equal where something else holds the days.

    Args:
        recorded: gives the report as it was issued; called only where a word was taken back.
    """
    span = (date.fromisoformat(issued.key.first), date.fromisoformat(issued.key.last))
    taken: dict[tuple[str, str], list[Vouch]] = {}
    for word in withdrawn_words(session, span):
        taken.setdefault((word.source, word.column), []).append(word)
    if not taken:
        return ()
    observed = observed_windows(session, sources={source for source, _ in taken})
    report = recorded()
    found = []
    for source in report.sources:
        for column in source.columns:
            key = (source.id, column.column)
            whole = _days(_windows(column), span) if key in taken else frozenset()
            # Of several words about a day the newest held it last.
            said = {day: word for word in taken.get(key, ()) for day in _days([word.window], span)}
            held = {day: word for day, word in said.items() if day in whole}
            if not held:
                continue
            missing = held.keys() - _days(observed.get(key, ()), span)
            gone = {day: held[day] for day in missing}
            by, at, vouched = (
                _lost(key, gone, report) if gone else _whole_again(session, key, held.keys())
            )
            found.append(
                Correction(
                    kind="vouch",
                    period=make_period(*span),
                    version=issued.version,
                    item="",
                    title=f"{source.name}“{column.column}”" if column.column else source.name,
                    old=_written(whole),
                    new=_written(whole - missing),
                    by=by,
                    at=at,
                    vouched=vouched,
                )
            )
    return tuple(found)


def _lost(
    key: tuple[str, str], gone: Mapping[date, Vouch], report: CoverageReport
) -> tuple[str, str, VouchedColumn]:
    """Who took the words about these days back, when the last, and what falls with them."""
    words = sorted(set(gone.values()), key=lambda word: word.number)
    vouched = VouchedColumn(
        source=key[0],
        column=key[1],
        missing=_spans(gone),
        vouched_by=_names(word.by for word in words),
        why="；".join(_names(word.withdrawn_why for word in words)),
        unproven=tuple(_unproven(report, gone)),
    )
    by = "、".join(_names(word.withdrawn_by for word in words))
    return by, max(word.withdrawn_at or "" for word in words), vouched


def _whole_again(
    session: Session, key: tuple[str, str], days: Iterable[date]
) -> tuple[str, str, VouchedColumn]:
    """Who vouches for these days anew, if anybody, and when the last did."""
    wanted = frozenset(days)
    words = [
        word
        for word in vouches(session, source=key[0])
        if word.column == key[1] and _days([word.window], (min(wanted), max(wanted))) & wanted
    ]
    names = _names(word.by for word in words)
    vouched = VouchedColumn(
        source=key[0],
        column=key[1],
        vouched_by=names,
        why="；".join(_names(word.note for word in words)),
    )
    return "、".join(names), max((word.at for word in words), default=""), vouched


def _unproven(report: CoverageReport, gone: Iterable[date]) -> Iterator[Unproven]:
    """What the report says is blank or thin and rests on one of these days.

    Nothing is either with a hole in what was observed. Over several terms a theme is blank by the
    whole period, and thin while one of the terms that fall short is proved to.
    """
    days = [day.isoformat() for day in gone]

    def touched(term: Period) -> bool:
        return any(term.first <= day <= term.last for day in days)

    for line in (*report.themes, *report.groups):
        short = [one for one in line.by_term if one.state in ("blank", "thin")]
        fallen = [one for one in short if touched(one.period)]
        if line.state == "blank" or (line.state == "thin" and len(fallen) == len(short)):
            yield Unproven(theme=line.id, title=_title(line), state=line.state)
        for one in fallen:
            if one.state == "blank" or one.state == "thin":
                yield Unproven(theme=line.id, title=_title(line), state=one.state, term=one.period)


def _title(line: ThemeLine) -> str:
    return f"{line.number}{line.title}"


def _windows(column: ColumnLine) -> list[Window]:
    return [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in column.windows]


def _days(windows: Iterable[Window], span: Window) -> frozenset[date]:
    """The days of ``span`` that lie in one of the windows."""
    found: set[date] = set()
    for first, last in windows:
        low, high = max(first, span[0]), min(last, span[1])
        found.update(low + timedelta(days=n) for n in range((high - low).days + 1))
    return frozenset(found)


def _spans(days: Iterable[date]) -> tuple[tuple[str, str], ...]:
    joined = join_windows((day, day) for day in days)
    return tuple((first.isoformat(), last.isoformat()) for first, last in joined)


def _written(days: Iterable[date]) -> str:
    return " ".join(map("/".join, _spans(days)))


def _names(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, words)))
