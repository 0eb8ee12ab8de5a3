"""The steps of the main job, each one function; the verbs and ``demo`` are made of them.

Hides: what must happen together. News is folded into stories whenever news came in; a plan
given as a file is stored before it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.config import Workspace
from pipeline.errors import BadInput, XuanjianError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from pipeline.assignment import ItemAssignments
    from pipeline.classify.classifier import ThemeClassifier
    from pipeline.deciding import Deciding
    from pipeline.news import NewsItem
    from pipeline.news_files import ItemFile
    from pipeline.plan.reading import PlanReading
    from pipeline.store.items import Added
    from pipeline.store.plans import StoredPlan
    from pipeline.store.runs import LedgerEntry
    from pipeline.store.store import Store
    from pipeline.store.stories import StoredStory

__all__ = [
    "Imported",
    "Spread",
    "Vouched",
    "classify_stories",
    "fold_stories",
    "import_files",
    "import_items",
    "on_carrier",
    "open_store",
    "preview_items",
    "read_files",
    "read_plan_file",
    "resolve_plan",
    "store_plan",
    "store_reading",
    "story_items",
]


Progress = Callable[[str, int], None]
"""Called with what is going on and how many are done."""


@contextmanager
def open_store(path: Path) -> Iterator[tuple[Workspace, Store]]:
    """The workspace at ``path`` (or above it) and its open database."""
    from pipeline.store.store import Store

    workspace = Workspace.open(path)
    with Store.open(workspace.database_url) as store:
        yield workspace, store


def read_plan_file(path: Path) -> PlanReading:
    """Read a plan document or a plan file (.toml)."""
    from pipeline.plan.plan_file import is_plan_file, read_plan_toml
    from pipeline.plan.reading import PlanReading, read_plan

    if is_plan_file(path):
        return PlanReading(plan=read_plan_toml(path), text="")
    return read_plan(path)


def store_plan(store: Store, path: Path, name: str = "") -> StoredPlan:
    """Read ``path`` and store it under ``name`` (by default the file's stem).

    Raises:
        BadInput: ``document-secret`` for a document that bears a mark of secrecy.
    """
    return store_reading(store, read_plan_file(path), name or path.stem)


def store_reading(store: Store, reading: PlanReading, name: str) -> StoredPlan:
    """Store a plan that was read under ``name``.

    Raises:
        BadInput: ``document-secret`` for a document that bears a mark of secrecy.
    """
    from pipeline.plan.marks import refuse_secret
    from pipeline.store.plans import save_plan

    refuse_secret(reading.plan)
    with store.begin() as session:
        return save_plan(session, name, reading.plan, reading.text)


def resolve_plan(store: Store, workspace: Workspace, wanted: str) -> StoredPlan:
    """The plan ``wanted``: a file, a stored name, the settings' default, or the last one used.

    Raises:
        XuanjianError: ``plan-missing`` or ``plan-needed``.
    """
    from pipeline.store.plans import get_plan, last_plan

    wanted = wanted or workspace.settings.get("plan.default", str)
    with store.begin() as session:
        if wanted:
            try:
                return get_plan(session, wanted)
            except XuanjianError as error:
                if error.slug != "plan-missing" or not Path(wanted).is_file():
                    raise
        elif found := last_plan(session):
            return found
    if wanted:
        return store_plan(store, Path(wanted))
    raise XuanjianError(
        "no plan is stored yet", "plan-needed", "Store one with: xuanjian plan use FILE."
    )


@dataclass(frozen=True)
class Vouched:
    """A person's word that an import holds all of a medium's items of some days 登记完毕.

    With ``column`` the medium is a crawled source, and the word is about that column of it only: a
    list that refuses the crawler, and opens in a browser.
    """

    first: str
    last: str
    by: str
    column: str = ""
    note: str = ""
    """How it was checked."""


@dataclass(frozen=True)
class Imported:
    """What an import did, and what a person should look at; ``run`` is its number."""

    added: Added
    remarks: tuple[str, ...]
    run: int = 0


def read_files(paths: Sequence[Path], carrier: str = "") -> ItemFile:
    """The items of all ``paths``, as an import would store them.

    Args:
        carrier: what the items are printed on that do not say it themselves.
    """
    from pipeline.news_files import ItemFile

    files = [_items_of(path) for path in paths]
    return on_carrier(
        ItemFile(
            tuple(item for file in files for item in file.items),
            tuple(remark for file in files for remark in file.remarks),
        ),
        carrier,
    )


def on_carrier(file: ItemFile, carrier: str) -> ItemFile:
    """The items with what they are printed on, where they do not say it themselves."""
    import msgspec

    from pipeline.news_files import ItemFile

    items = (
        msgspec.structs.replace(item, carrier=item.carrier or carrier, flags=_flags(item, carrier))
        for item in file.items
    )
    return ItemFile(tuple(items), file.remarks)


def import_files(
    store: Store,
    paths: Sequence[Path],
    medium: str = "",
    vouched: Vouched | None = None,
    carrier: str = "",
) -> Imported:
    """Read all ``paths`` and store their items in one go: all of them or none.

    Args:
        medium: name of the medium the items are of; it becomes a source of its own, or is the crawled
            source whose column ``vouched`` names.
        vouched: days for which a person vouches that nothing of the medium is missing.
        carrier: what the items are printed on that do not say it themselves.

    Raises:
        BadInput: ``column-not-crawled``, ``media-signed-empty``, ``vouch-days``, ``vouch-not-over``;
            what reading the files raises.
    """
    named = "、".join(path.name for path in paths)
    return import_items(store, read_files(paths, carrier), named, medium, vouched)


def import_items(
    store: Store,
    file: ItemFile,
    named: str,
    medium: str = "",
    vouched: Vouched | None = None,
) -> Imported:
    """Store items that were read, as ``import_files`` does; ``named`` is what the run is called."""
    with store.begin() as session:
        done = _take_in(session, file, named, medium, vouched)
    fold_stories(store)
    return done


def preview_items(
    store: Store, file: ItemFile, medium: str = "", vouched: Vouched | None = None
) -> Imported:
    """What storing these items would do; nothing is stored.

    Raises:
        BadInput: what ``import_items`` would.
    """
    with store.begin() as session:
        trial = session.begin_nested()
        try:
            return _take_in(session, file, "", medium, vouched)
        finally:
            trial.rollback()


def _take_in(
    session: Session, file: ItemFile, named: str, medium: str, vouched: Vouched | None
) -> Imported:
    from pipeline.store.items import add_items
    from pipeline.store.runs import finish_run, start_run

    run = start_run(session, "import", named)
    if medium:
        file = _register(session, run, medium, file, vouched)
    added = add_items(session, file.items, run)
    finish_run(session, run, "finished")
    return Imported(added, file.remarks, run)


def _flags(item: NewsItem, carrier: str) -> tuple[str, ...]:
    """What stood in an internal bulletin is internal, however it was handed in."""
    more = ("internal",) if carrier == "bulletin" and not item.carrier else ()
    return tuple(dict.fromkeys((*item.flags, *more)))


def _register(
    session: Session, run: int, medium: str, file: ItemFile, vouched: Vouched | None
) -> ItemFile:
    """Make ``medium`` a source, or find the one that is crawled; write its ledger line, and mark the
    items as its own."""
    import msgspec

    from pipeline.news import source_id
    from pipeline.news_files import ItemFile
    from pipeline.outlets import outlet_level
    from pipeline.store.media import refuse_empty_days
    from pipeline.store.runs import REGISTER_COLUMN, LedgerEntry, SourceRecord, record_source
    from pipeline.store.vouching import crawled_source

    column = vouched.column if vouched else ""
    if column:
        source = crawled_source(session, medium, column)
    else:
        refuse_empty_days(session, medium, (item.date for item in file.items if item.date))
        level = outlet_level(medium)
        source = SourceRecord(id=source_id(medium), name=medium, level=level, channel="register")
        record_source(session, source)
    days = sorted(item.date[:10] for item in file.items if item.date)
    entry = LedgerEntry(
        source=source.id,
        column=column or REGISTER_COLUMN,
        extracted=len(file.items),
        dated=len(days),
        oldest=days[0] if days else None,
        newest=days[-1] if days else None,
        vouched_by=vouched.by if vouched else "",
    )
    remarks = _write_line(session, run, entry, vouched)
    items = tuple(
        msgspec.structs.replace(
            item,
            source=source.id,
            column=item.column or column,
            outlet=item.outlet or source.name,
            level=source.level if item.level == "other" else item.level,
        )
        for item in file.items
    )
    return ItemFile(items, (*remarks, *file.remarks))


def _write_line(
    session: Session, run: int, entry: LedgerEntry, vouched: Vouched | None
) -> tuple[str, ...]:
    """Write the ledger line of what was handed in, with the word that it is all; gives what to look
    at. Where somebody vouches for the days already, as when a file is imported again, that stands."""
    import msgspec

    from pipeline.clock import today
    from pipeline.store.runs import record_ledger
    from pipeline.store.vouching import record_word, refuse_days, standing_words

    if vouched is None:
        record_ledger(session, run, [entry])
        return ()
    window = (date.fromisoformat(vouched.first), date.fromisoformat(vouched.last))
    refuse_days(window, today())
    if held := standing_words(session, entry.source, entry.column, window):
        record_ledger(session, run, [entry])
        names = "、".join(dict.fromkeys(one.by for one in held))
        return (f"{vouched.first}—{vouched.last} 已由{names}确认齐全，没有另记",)
    said = msgspec.structs.replace(entry, window=(vouched.first, vouched.last))
    record_word(session, run, said, note=vouched.note, today=today())
    return ()


def _items_of(path: Path) -> ItemFile:
    from pipeline.bulletin import items_of
    from pipeline.news_files import ItemFile, is_item_file, read_items
    from pipeline.pasted_links import are_pasted_links, read_pasted_links

    if path.is_dir():
        raise BadInput(f"{path} is a folder", "items-kind-unsupported", f"Name its files: {path}/*")
    if is_item_file(path) or path.suffix.lower() in {"", ".json", ".tsv", ".xls"}:
        return read_items(path)
    if path.suffix.lower() == ".txt" and are_pasted_links(path):
        return read_pasted_links(path)
    return ItemFile(items_of(read_plan_file(path).plan))


def fold_stories(store: Store) -> int:
    """Fold what came in or was edited since the last folding into stories; gives the number of
    stories that are new or changed."""
    from pipeline.store.folding import fold_stored

    with store.begin() as session:
        return fold_stored(session)


@dataclass(frozen=True)
class Spread:
    """How classification is spread: over processes, or over machines by a Dask scheduler."""

    jobs: int = 1
    dask: str = ""
    """Address of the scheduler; '' for none."""

    def classify(
        self, classifier: ThemeClassifier, items: Iterable[NewsItem]
    ) -> Iterator[ItemAssignments]:
        """The same results in the same order, whoever computes them."""
        if self.dask:
            from pipeline.classify.distributed import classify_on_cluster

            return classify_on_cluster(classifier, items, self.dask)
        return classifier.classify(items, jobs=self.jobs)


def classify_stories(
    store: Store,
    stored: StoredPlan,
    chosen: Deciding,
    progress: Progress,
    spread: Spread = Spread(),
    home: str = "",
) -> tuple[int, int]:
    """Map every stored story to the themes ``chosen`` decides, and judge the new ones' locality;
    gives (stories, those with any theme).

    Args:
        home: a division's name that stands for the plan's own place (setting ``plan.home``).
    """
    from pipeline.coverage.judging import judge_stories
    from pipeline.store.assignments import save_assignments
    from pipeline.store.stories import stories_between

    classifier = chosen.classifier
    with store.begin() as session:
        stories = stories_between(session)
        hit = save_assignments(
            session,
            stored.id,
            [profile.theme for profile in classifier.profiles],
            (chosen.name, chosen.fingerprint),
            spread.classify(classifier, story_items(session, stories, progress)),
        )
        judge_stories(session, stored, home, progress)
    return len(stories), hit


def story_items(
    session: Session, stories: Sequence[StoredStory], progress: Progress
) -> Iterator[NewsItem]:
    """Each story as one item under the story's id."""
    from pipeline.store.items import items_by_id

    for start in range(0, len(stories), 1000):
        part = stories[start : start + 1000]
        items = items_by_id(session, (item for story in part for item in story.items))
        for story in part:
            progress("stories", start)
            yield story.as_item(items)
