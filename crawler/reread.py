"""``python -m crawler.reread``: pages of the archive read anew by the present extractors.

Hides: which saved page is an item's, which layout of its source it had on its day, and what of a new
reading is better than what is stored. Text is never lost: a reading without text, or with less than
half of it, leaves the text and says so; where it finds no title, date or outlet, the old one stays.
Items whose page is in no archive are not touched.
"""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from crawler.continuation import MAX_PARTS, joined
from crawler.extract import read_article
from crawler.item_pipelines import storable
from crawler.source_folder import choose_sources
from crawler.sources import Extractor, Source
from pipeline.config import Workspace
from pipeline.errors import BadInput, XuanjianError
from pipeline.news import NewsItem, canonical_url
from pipeline.saved_pages import PagePlace, SavedPage, page_at, page_places
from pipeline.store.items import items_between, items_by_id, renew_items
from pipeline.store.runs import finish_run, start_run
from pipeline.store.store import Store
from pipeline.text import comparable

__all__ = ["Change", "Reading", "RereadEvent", "main", "renewed", "reread", "source_on"]

LEAST_TEXT = 0.5
"""Share of the stored text that a new reading must have to take its place."""
_TRIES = 3
"""Saved pages of one address that are tried, newest first: the newest may be an empty shell."""
_TOGETHER = 200

Places = Mapping[str, tuple[PagePlace, ...]]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What a new reading says of one field, and whether it was taken."""

    field: str
    """title, date, text, outlet, author or attachments."""
    before: str
    after: str
    taken: bool = True


class RereadEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One line of ``--events``: ``page`` (progress), ``item`` (its changes), ``done``."""

    event: str
    done: int = 0
    total: int = 0
    id: str = ""
    title: str = ""
    url: str = ""
    changes: tuple[Change, ...] = ()
    read: int = 0
    """Items whose page is in the archive."""
    changed: int = 0
    kept: int = 0
    """Items of which something was not taken."""
    undeclared: int = 0
    """Items whose source is not declared here: nothing says how its pages are read."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """An item after its page was read anew."""

    item: NewsItem
    changes: tuple[Change, ...] = ()


def renewed(old: NewsItem, new: NewsItem) -> Reading:
    """What is stored of an item, with what a new reading knows better. Pure."""
    changes: list[Change] = []
    kept = old

    def take(field: str, before: str, after: str, better: bool, **values: object) -> None:
        nonlocal kept
        changes.append(Change(field=field, before=before, after=after, taken=better))
        if better:
            kept = msgspec.structs.replace(kept, **values)

    if new.title != old.title:
        take("title", old.title, new.title, bool(new.title), title=new.title)
    if new.date != old.date:
        # A day that is known to the minute now is no other day; one that is known less is no gain.
        finer = not (old.date and new.date and old.date.startswith(new.date))
        if finer:
            evidence = new.date_evidence
            take("date", old.date or "", new.date or "", bool(new.date), date=new.date,
                 date_evidence=evidence)  # fmt: skip
    was, now = comparable(old.text), comparable(new.text)
    if was != now:
        enough = bool(now) and len(now) >= LEAST_TEXT * len(was)
        take("text", old.text, new.text, enough, text=new.text, words=new.words)
    if new.outlet != old.outlet:
        take("outlet", old.outlet, new.outlet, bool(new.outlet), outlet=new.outlet, level=new.level)
    if new.author != old.author:
        take("author", old.author, new.author, bool(new.author), author=new.author)
    if new.attachments != old.attachments:
        before, after = ("、".join(file.name for file in one.attachments) for one in (old, new))
        take("attachments", before, after, bool(new.attachments), attachments=new.attachments)
    flags = [flag for flag in (new.flags if kept.text == new.text else old.flags)
             if flag not in ("text_missing", "date_unknown", "date_weak")]  # fmt: skip
    flags += ["text_missing"] if kept.text_missing else []
    flags += ["date_unknown"] if kept.date is None else []
    flags += ["date_weak"] if kept.date == new.date and "date_weak" in new.flags else []
    if any(change.taken for change in changes):
        kept = msgspec.structs.replace(kept, flags=tuple(flags))
    return Reading(item=kept, changes=tuple(changes))


def source_on(source: Source, day: datetime.date) -> Source:
    """The source with its layouts in the order in which a page of ``day`` may have them: the one in
    force then first. ``valid_until`` is the last day a layout was seen."""

    def order(layout: Extractor) -> tuple[bool, datetime.date]:
        until = layout.valid_until or datetime.date.max
        return until < day, until

    return replace(source, extractors=tuple(sorted(source.extractors, key=order)))


def _read(item: NewsItem, source: Source, places: Places) -> NewsItem | None:
    """The item as its newest page with a text says; None where none is there."""
    found = None
    for place in places.get(canonical_url(item.url), ())[:_TRIES]:
        page = page_at(place)
        if page is None or not _is_page(page):
            continue
        new = storable(_article(item, page, source, places), _day(page.at, source))
        if not new.text_missing:
            return new
        found = found or new
    return found


def _article(item: NewsItem, page: SavedPage, source: Source, places: Places) -> NewsItem:
    """One article, its further pages joined as far as they were saved."""
    day = _day(page.at, source)
    there = source_on(source, day)
    # Older archives do not know what the list said; what it said may be what was stored.
    by_list = item.date if item.date_evidence in ("list", "feed") else None
    first = read_article(
        page.body,
        page.came_from or page.url,
        source=there,
        list_title=page.list_title or item.title,
        list_date=page.list_date or by_list,
        column=item.column,
        content_type=page.content_type,
        fetched=day,
    )
    here = canonical_url(first.item.url)
    parts, asked, waiting, whole = [], {here, canonical_url(item.url)}, list(first.parts), True
    while waiting:
        address = waiting.pop(0)
        if canonical_url(address) in asked:
            continue
        if len(asked) > MAX_PARTS:
            whole = False
            break
        asked.add(canonical_url(address))
        saved = next(iter(places.get(canonical_url(address), ())), None)
        part = page_at(saved) if saved else None
        if part is None:
            whole = False
            continue
        read = read_article(
            part.body,
            part.came_from or part.url,
            source=there,
            list_title=first.item.title,
            content_type=part.content_type,
            part_of=first.item.url,
        )
        parts.append(read.item)
        waiting += read.parts
    made = joined(first.item, tuple(parts), whole=whole)
    return msgspec.structs.replace(made, id=item.id, url=item.url)


def _is_page(page: SavedPage) -> bool:
    kind = page.content_type.lower()
    return not kind or any(word in kind for word in ("html", "xml", "text"))


def _day(at: str, source: Source) -> datetime.date:
    moment = datetime.datetime.fromisoformat(at)
    return moment.astimezone(ZoneInfo(source.timezone)).date()


def reread(
    workspace: Workspace,
    *,
    wanted: str = "",
    since: datetime.date | None = None,
    run: int | None = None,
    dry_run: bool = False,
    tell: Callable[[RereadEvent], None] = lambda _: None,
) -> RereadEvent:
    """Read the saved pages of stored items anew, and store what is better; gives the last event.

    Args:
        wanted: only items of this source.
        since: only items dated on or after this day, and those without a date.
        run: only pages that this crawl saved.
        dry_run: store nothing.

    Raises:
        BadInput: ``source-missing``; ``archive-empty`` where no such archive is there.
        XuanjianError: the database failed; what was stored before stays.
    """
    with Store.open(workspace.database_url) as store:
        with store.begin() as session:
            items = items_between(session)
            mine = [item for item in items if _asked_for(item, wanted, since)]
            ids, used = [item.id for item in mine], {item.source for item in mine}
            del mine
        sources = _declared(workspace, used | ({wanted} if wanted else set()), wanted)
        name = f"*-run{run}.warc.gz" if run is not None else "*.warc.gz"
        paths = list(workspace.archive.glob(name))
        if not paths:
            raise BadInput(
                f"{workspace.archive} holds no {name}",
                "archive-empty",
                "Pages are kept while crawl.archive is true, for crawl.keep_days.",
            )
        places = page_places(paths)
        read = changed = kept = undeclared = done = 0
        batch: list[NewsItem] = []
        number = 0
        for item in _stored(store, ids):
            done += 1
            source = sources.get(item.source)
            undeclared += source is None
            new = _read(item, source, places) if source else None
            if new is not None:
                read += 1
                reading = renewed(item, new)
                if any(change.taken for change in reading.changes):
                    changed += 1
                    batch.append(reading.item)
                if any(not change.taken for change in reading.changes):
                    kept += 1
                if reading.changes:
                    tell(_of(item, reading, done, len(ids)))
            if len(batch) >= _TOGETHER and not dry_run:
                number = _renew(store, batch, number, wanted)
                batch = []
            tell(RereadEvent(event="page", done=done, total=len(ids)))
        if batch and not dry_run:
            number = _renew(store, batch, number, wanted)
        if number:
            with store.begin() as session:
                finish_run(session, number, "finished")
    last = RereadEvent(
        event="done",
        done=done,
        total=len(ids),
        read=read,
        changed=changed,
        kept=kept,
        undeclared=undeclared,
    )
    tell(last)
    return last


def _asked_for(item: NewsItem, wanted: str, since: datetime.date | None) -> bool:
    day = item.day
    in_time = since is None or day is None or day >= since
    return bool(item.url and item.source) and in_time and wanted in ("", item.source)


def _declared(workspace: Workspace, ids: Iterable[str], wanted: str) -> dict[str, Source]:
    """The declarations of these sources; a source that is declared no longer is left alone."""
    found: dict[str, Source] = {}
    for name in ids:
        try:
            found[name] = choose_sources(workspace.sources, [name]).sources[0]
        except BadInput:
            if name == wanted:
                raise
    return found


def _stored(store: Store, ids: Sequence[str]) -> Iterator[NewsItem]:
    for start in range(0, len(ids), _TOGETHER):
        part = ids[start : start + _TOGETHER]
        with store.begin() as session:
            items = items_by_id(session, part)
        yield from (items[name] for name in part if name in items)


def _renew(store: Store, items: Sequence[NewsItem], run: int, detail: str) -> int:
    """Store a batch; the first opens the run that is remembered as having changed them."""
    with store.begin() as session:
        run = run or start_run(session, "reread", detail)
        renew_items(session, items, run)
    return run


def _of(item: NewsItem, reading: Reading, done: int, total: int) -> RereadEvent:
    return RereadEvent(
        event="item",
        done=done,
        total=total,
        id=item.id,
        title=item.title,
        url=item.url,
        changes=reading.changes,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; see ``--help``."""
    parser = argparse.ArgumentParser(prog="python -m crawler.reread", description=__doc__)
    parser.add_argument("--workspace", type=Path, default=Path(), help="the workspace's folder")
    parser.add_argument("--source", default="", metavar="ID")
    parser.add_argument("--since", type=datetime.date.fromisoformat, metavar="YYYY-MM-DD")
    parser.add_argument("--run", type=int, metavar="N")
    parser.add_argument("--dry-run", action="store_true")
    options = parser.parse_args(arguments)

    def tell(event: RereadEvent) -> None:
        sys.stdout.buffer.write(msgspec.json.encode(event) + b"\n")
        sys.stdout.buffer.flush()

    try:
        reread(
            Workspace.open(options.workspace),
            wanted=options.source,
            since=options.since,
            run=options.run,
            dry_run=options.dry_run,
            tell=tell,
        )
    except XuanjianError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
