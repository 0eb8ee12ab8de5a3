"""How long a report takes: ``python benchmarks/coverage.py [--sizes 10000,100000,1000000]``.

Five years of news of eight sources with their ledger, a tenth of it reprints, three plans
(``plans/*.toml``) with every story classified and judged, 3 000 reviewed items and one read audit of
200 stories each, are written straight into a store. In a process of its own each size is reported
on: seconds of ``coverage_report`` for each plan by the clock and of the processor (which differ on a
busy machine), of writing JSON, page and workbook, and the peak of its memory. Growth is checked: per
item, the largest size may take no more than ``SLACK`` times what the one before it took (a report's
fixed costs make small sizes dearer per item, never large ones). Exit 2 when the largest misses the
bar of design section 11: 10 s and 1 GiB a report at a million.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
PLANS = ("ordos-theme-publicity", "jinshui-2017-publicity", "kangbashi-science-145")
FIRST, LAST = date(2021, 1, 1), date(2025, 12, 31)
SECONDS, GIB = 10.0, 1.0
"""The bar for a million items."""
SLACK = 1.5
REPRINTS = 0.1
REVIEWS = 3_000
SAMPLE = 200
ASSIGNED = 0.08
"""Share of the pairs of story and theme that the machine assigns."""
LOCALITIES = ("local", "upper_about_local", "upper_general", "elsewhere")
SHARES = (0.45, 0.10, 0.30, 0.15)
SOURCES = tuple(
    (f"source-{n}", name, level, channel)
    for n, (name, level, channel) in enumerate(
        (
            ("市科技局", "municipal", "website"),
            ("市政府网", "municipal", "website"),
            ("区政府网", "district", "website"),
            ("市日报", "municipal", "newspaper"),
            ("市广播电视台", "municipal", "broadcast"),
            ("市发布", "municipal", "wechat"),
            ("自治区科技厅", "regional", "website"),
            ("科技日报", "central", "newspaper"),
        )
    )
)
EVIDENCE = '[{"start":0,"end":4,"text":"科技创新","weight":1.2}]'
_PROSE = "市科技局召开科技创新工作会议，部署重点任务，培育高新技术企业，加快科技成果转化。"


def main() -> None:
    """Make, measure, print; see above."""
    parser = argparse.ArgumentParser(description="Seconds and memory of a coverage report.")
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--folder", type=Path, help="Keep the stores here (default: none kept).")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        _say(json.dumps(measure(asked.measure)))
        return
    sizes = [int(size) for size in asked.sizes.split(",")]
    if asked.make:
        make(asked.make, sizes[0])
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        found = []
        for size in sizes:
            store = folder / f"coverage-{size}.db"
            if not store.exists():
                _child("--make", str(store), "--sizes", str(size))
            found.append(json.loads(_child("--measure", str(store))))
            _print(size, found[-1])
            if not asked.folder:
                store.unlink()
    if not _holds(sizes, found):
        raise SystemExit(2)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _child(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, __file__, *arguments], check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def _print(size: int, found: dict[str, dict[str, float]]) -> None:
    for plan, figures in found.items():
        said = "  ".join(f"{name} {value:.2f}" for name, value in figures.items())
        _say(f"{size:>9,}  {plan:<24} {said}")


def _holds(sizes: list[int], found: list[dict[str, dict[str, float]]]) -> bool:
    per_item = [
        max(figures["report_s"] for figures in one.values()) / size
        for size, one in zip(sizes, found, strict=True)
    ]
    growth = per_item[-1] / per_item[-2] if len(sizes) > 1 else 1.0
    _say("microseconds an item: " + ", ".join(f"{one * 1e6:.1f}" for one in per_item))
    _say(f"growth per item, the largest over the one before: {growth:.2f} (at most {SLACK})")
    if sizes[-1] < 1_000_000:
        return growth <= SLACK
    slowest = max(figures["report_s"] for figures in found[-1].values())
    most = max(figures["peak_gib"] for figures in found[-1].values())
    _say(f"bar: {slowest:.2f} s of {SECONDS}, {most:.2f} GiB of {GIB}")
    return growth <= SLACK and slowest < SECONDS and most < GIB


def measure(path: Path) -> dict[str, dict[str, float]]:
    """Seconds and peak memory by plan."""
    from pipeline.coverage.gather import AuditOptions, coverage_report
    from pipeline.coverage.periods import make_period
    from pipeline.reports import write_report
    from pipeline.store.plans import get_plan
    from pipeline.store.store import Store

    found = {}
    with Store.open(f"sqlite:///{path}") as store, tempfile.TemporaryDirectory() as folder:
        for name in PLANS:
            gc.collect()
            start, busy = time.perf_counter(), time.process_time()
            with store.begin() as session:
                stored = get_plan(session, name)
                options = AuditOptions(period=make_period(FIRST, LAST))
                report = coverage_report(session, stored, options)
            figures = {"report_s": time.perf_counter() - start, "cpu_s": time.process_time() - busy}
            figures["peak_gib"] = _peak()
            for format_name in ("json", "html", "xlsx"):
                start = time.perf_counter()
                write_report(report, format_name, Path(folder))
                figures[f"{format_name}_s"] = time.perf_counter() - start
            figures["all_peak_gib"] = _peak()
            assert report.totals.stories, "nothing was counted"
            assert any(line.estimate for line in report.themes), "the audit says nothing"
            found[name] = figures
    return found


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def make(path: Path, size: int) -> None:
    """A store with ``size`` items; the same for the same size."""
    from pipeline.coverage.judging import judge_number
    from pipeline.plan.fingerprint import scheme_fingerprint
    from pipeline.plan.plan_file import read_plan_toml
    from pipeline.plan.schemes import choose_scheme
    from pipeline.store.plans import save_plan
    from pipeline.store.runs import (
        LedgerEntry,
        SourceRecord,
        finish_run,
        record_ledger,
        record_source,
        start_run,
    )
    from pipeline.store.store import Store

    plans = []
    with Store.open(f"sqlite:///{path}") as store, store.begin() as session:
        run = start_run(session, "crawl", "all")
        for source, name, level, channel in SOURCES:
            record_source(session, SourceRecord(id=source, name=name, level=level, channel=channel))
            window = (FIRST.isoformat(), LAST.isoformat())
            entry = LedgerEntry(source=source, list_pages=9, extracted=9, window=window)
            record_ledger(session, run, [entry])
        finish_run(session, run, "finished")
        for name in PLANS:
            stored = save_plan(session, name, read_plan_toml(ROOT / f"plans/{name}.toml"), "")
            scheme, themes = choose_scheme(stored.plan)
            judge = judge_number(session, stored)
            print_of = scheme_fingerprint(stored.plan, scheme)
            plans.append((stored.id, judge, scheme, print_of, [theme.id for theme in themes]))
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA journal_mode=OFF")  # a store that is not whole is thrown away
    indexes = _drop_indexes(connection)
    stories = _news(connection, size, run)
    for number, (plan, judge, scheme, print_of, themes) in enumerate(plans):
        _classified(connection, stories, plan, judge, themes, number)
        _reviewed(connection, stories, plan, themes, number)
        _audited(connection, stories, plan, judge, scheme, print_of, themes, number)
    for sql in indexes:
        connection.execute(sql)
    connection.commit()
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


def _drop_indexes(connection: sqlite3.Connection) -> list[str]:
    """Without them rows go in much faster; gives what makes them again."""
    rows = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    ).fetchall()
    for name, _ in rows:
        connection.execute(f"DROP INDEX {name}")
    return [sql for _, sql in rows]


def _fill(
    connection: sqlite3.Connection, table: str, columns: str, rows: Iterator[tuple[object, ...]]
) -> None:
    marks = ", ".join("?" * (columns.count(",") + 1))
    connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
    connection.commit()


def _news(connection: sqlite3.Connection, size: int, run: int) -> list[tuple[str, str, str]]:
    """Items and stories; gives id, original and day of every story, by day."""
    random.seed(1)
    count = size - int(size * REPRINTS)
    days = sorted(random.randrange((LAST - FIRST).days + 1) for _ in range(count))
    written = [(FIRST + timedelta(days=day)).isoformat() for day in range((LAST - FIRST).days + 1)]
    sizes = [1] * count
    for _ in range(size - count):
        sizes[random.randrange(count)] += 1
    stories = []
    items: list[tuple[object, ...]] = []
    folded: list[tuple[object, ...]] = []
    members: list[tuple[object, ...]] = []

    def flush() -> None:
        _fill(
            connection,
            "news_item",
            "id, canonical_url, fingerprint, day, source_id, run_id, title, body, added_at",
            iter(items),
        )
        _fill(
            connection,
            "story",
            "id, original_id, day, level, size, text_id, carrier, genre, internal",
            iter(folded),
        )
        _fill(
            connection,
            "story_item",
            "item_id, story_id, day, source_id, outlet, first_of_source",
            iter(members),
        )
        for rows in (items, folded, members):
            rows.clear()

    for number in range(count):
        key = hashlib.blake2b(str(number).encode(), digest_size=8).hexdigest()
        day = written[days[number]]
        original = f"n{key}-0"
        seen = set()
        for place in range(sizes[number]):
            source, outlet, level, channel = random.choice(SOURCES)
            item = f"n{key}-{place}"
            title = f"第{number}次科技创新工作会议召开"
            url = f"http://example.cn/{item}.html"
            body = {"id": item, "title": title, "text": _PROSE * 3, "url": url, "date": day}
            body |= {"outlet": outlet, "source": source, "level": level, "carrier": channel}
            said = json.dumps(body, ensure_ascii=False)
            items.append((item, url, key, day, source, run, title, said, day))
            members.append((item, f"s{key}", day, source, outlet, source not in seen))
            seen.add(source)
        genre = random.choice(("news", "news", "news", "feature", "interview", "policy"))
        carrier = channel if channel in ("website", "newspaper", "wechat") else "broadcast"
        folded.append(
            (f"s{key}", original, day, level, sizes[number], original, carrier, genre, False)
        )
        stories.append((f"s{key}", original, day))
        if number % 50_000 == 0:
            flush()
    flush()
    return stories


def _classified(
    connection: sqlite3.Connection,
    stories: list[tuple[str, str, str]],
    plan: int,
    judge: int,
    themes: list[str],
    seed: int,
) -> None:
    """What a model and the plan's judge say of every story."""
    chance = np.random.default_rng(seed)
    connection.execute(
        "INSERT OR IGNORE INTO model (id, name, fingerprint, used_at) VALUES (1, 'base', 'm', '')"
    )

    def assigned() -> Iterator[tuple[object, ...]]:
        for story, _, _ in sorted(stories):
            scores = (chance.random(len(themes)) ** 3).tolist()
            for theme, score in zip(themes, scores, strict=True):
                yes = score > (1 - ASSIGNED) ** 3
                yield plan, story, theme, 1, score, yes, EVIDENCE if yes else "[]"

    _fill(
        connection,
        "assignment",
        "plan_id, story_id, theme_id, model_id, probability, assigned, evidence",
        assigned(),
    )
    places = chance.choice(len(LOCALITIES), size=len(stories), p=SHARES).tolist()
    _fill(
        connection,
        "story_fact",
        "judge_id, story_id, locality, reason, units, interviewed",
        (
            (judge, story, LOCALITIES[place], "标题写明本市或所辖地、单位", "", "")
            for (story, _, _), place in zip(sorted(stories), places, strict=True)
        ),
    )


def _reviewed(
    connection: sqlite3.Connection,
    stories: list[tuple[str, str, str]],
    plan: int,
    themes: list[str],
    seed: int,
) -> None:
    """Decisions about ``REVIEWS`` stories, of one theme each."""
    picked = random.Random(seed).sample(stories, min(REVIEWS, len(stories) // 4))
    _fill(
        connection,
        "review",
        "plan_id, item_id, themes, not_themes, reviewer, decided_at, chosen_by, comment",
        (
            (
                plan,
                original,
                json.dumps([themes[number % len(themes)]] if number % 3 else []),
                json.dumps([] if number % 3 else [themes[number % len(themes)]]),
                "王",
                f"2026-01-02T00:00:00.{number:06d}+00:00",
                "queue",
                "",
            )
            for number, (_, original, _) in enumerate(picked)
        ),
    )


def _audited(
    connection: sqlite3.Connection,
    stories: list[tuple[str, str, str]],
    plan: int,
    judge: int,
    scheme: str,
    fingerprint: str,
    themes: list[str],
    number: int,
) -> None:
    """An audit of ``SAMPLE`` of the counted stories, read to the end."""
    counted = {
        story
        for (story,) in connection.execute(
            "SELECT story_id FROM story_fact WHERE judge_id = ?"
            " AND locality IN ('local', 'upper_about_local')",
            (judge,),
        )
    }
    chosen = {*random.Random(number).sample(sorted(counted), min(SAMPLE, len(counted)))}
    audit = number + 1
    connection.execute(
        "INSERT INTO audit (id, plan_id, scheme, scheme_fingerprint, period_from, period_to, seed,"
        " at_most, model_name, model_fingerprint, looks, drawn_at) VALUES (?, ?, ?, ?, ?, ?, 1, 0,"
        " 'base', 'm', 1, '2026-01-01T00:00:00+00:00')",
        (audit, plan, scheme, fingerprint, FIRST.isoformat(), LAST.isoformat()),
    )
    scores = connection.execute(
        "SELECT story_id, theme_id, probability FROM assignment WHERE plan_id = ?"
        " ORDER BY story_id, theme_id",
        (plan,),
    )

    def rows() -> Iterator[tuple[object, ...]]:
        originals = {story: original for story, original, _ in stories}
        for _ in stories:
            told = [next(scores) for _ in themes]
            story = told[0][0]
            if story in counted:
                said = {theme: round(score, 6) for _, theme, score in told}
                high = max(said.values()) >= 0.5
                yield (
                    audit,
                    story,
                    originals[story],
                    "local:high" if high else "local:low",
                    int(story in chosen),
                    json.dumps(said),
                )

    _fill(connection, "audit_story", "audit_id, story_id, item_id, stratum, look, scores", rows())
    originals = {story: original for story, original, _ in stories}
    _fill(
        connection,
        "review",
        "plan_id, item_id, themes, not_themes, reviewer, decided_at, chosen_by, comment",
        (
            (
                plan,
                originals[story],
                json.dumps(themes[:1] if place % 12 == 0 else []),
                json.dumps(themes[1:] if place % 12 == 0 else themes),
                "王",
                f"2026-01-03T00:00:00.{place:06d}+00:00",
                "audit",
                "",
            )
            for place, story in enumerate(sorted(chosen))
        ),
    )


if __name__ == "__main__":
    main()
