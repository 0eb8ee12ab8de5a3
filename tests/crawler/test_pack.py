"""Packs between two networks: whole or not at all, twice harmless, nothing believed unverified."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec
import pytest

from crawler import pack as pack_format
from crawler.exchange import main, take_pack, write_crawls
from crawler.pack import LISTS, Manifest, open_pack
from pipeline.config import Workspace
from pipeline.errors import BadInput, XuanjianError
from pipeline.news import NewsItem
from pipeline.store.alarms import standing_alarms, update_alarms
from pipeline.store.items import add_items, items_between, renew_items
from pipeline.store.leases import Holder, hold
from pipeline.store.packs import packs
from pipeline.store.runs import (
    LedgerEntry,
    SourceRecord,
    finish_run,
    known_sources,
    latest_entries,
    latest_runs,
    observed_windows,
    record_ledger,
    record_source,
    start_run,
)
from pipeline.store.store import Store

KEY = ("kjj", "动态")


def news(number: int, **fields: object) -> NewsItem:
    values: dict[str, object] = {
        "id": f"n{number}",
        "title": f"第{number}次科技会议",
        "text": f"会议部署第{number}批任务。",
        "url": f"http://kjj.example/a{number}.html",
        "date": f"2025-03-{number:02}",
        "source": "kjj",
    }
    return NewsItem(**{**values, **fields})  # type: ignore[arg-type]


def crawl_happens(
    place: Workspace, *items: NewsItem, days: tuple[str, str] | None, alarms: tuple[str, ...] = ()
) -> int:
    """What a crawl of one column leaves in the store and the archive; gives the run."""
    with Store.open(place.database_url) as store, store.begin() as session:
        record_source(session, SourceRecord(id="kjj", name="市科技局", level="municipal"))
        run = start_run(session, "crawl", "kjj")
        entry = LedgerEntry(
            source="kjj", column="动态", list_pages=1, links_found=len(items), window=days,
            alarms=alarms, newest=days[1] if days else None,
        )  # fmt: skip
        record_ledger(session, run, [entry])
        add_items(session, items, run)
        update_alarms(session, run, [KEY], {KEY: dict.fromkeys(alarms, "")})
        finish_run(session, run, "finished")
    (place.archive / f"xuanjian-2025-03-09-run{run}.warc.gz").write_bytes(b"warc of run %d" % run)
    return run


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Workspace, Workspace]:
    """The open side, which crawls, and the closed one, where another import came first."""
    outside, inside = Workspace.create(tmp_path / "open"), Workspace.create(tmp_path / "closed")
    with Store.open(inside.database_url) as store, store.begin() as session:
        finish_run(session, start_run(session, "import", "台账.xlsx"), "finished")
    return outside, inside


@pytest.fixture
def written(sides: tuple[Workspace, Workspace], tmp_path: Path) -> Path:
    """A pack of one crawl: two items, seven days observed."""
    crawl_happens(sides[0], news(1), news(2), days=("2025-03-01", "2025-03-07"))
    write_crawls(sides[0], tmp_path / "1.pack")
    return tmp_path / "1.pack"


def stored(place: Workspace) -> dict[str, object]:
    """All that a report would rest on, and the files of the archive by their content."""
    with Store.open(place.database_url) as store, store.begin() as session:
        return {
            "sources": known_sources(session),
            "items": list(items_between(session)),
            "ledger": latest_entries(session),
            "windows": observed_windows(session),
            "alarms": [(a.column, a.name, a.raised_at) for a in standing_alarms(session)],
            "started": {key: run.started_at for key, run in latest_runs(session).items()},
            "archive": sorted(path.read_bytes() for path in place.archive.iterdir()),
        }


def test_what_was_crawled_counts_on_the_closed_side_as_on_the_open_one(
    sides: tuple[Workspace, Workspace], tmp_path: Path
) -> None:
    outside, inside = sides
    crawl_happens(outside, news(1), news(2), days=("2025-03-01", "2025-03-07"))
    crawl_happens(outside, news(3), days=None, alarms=("blocked",))
    made = write_crawls(outside, tmp_path / "1.pack")
    with Store.open(outside.database_url) as store, store.begin() as session:
        assert packs(session, "made") == (made.pack,)
    assert (made.pack.number, made.runs, made.archives) == (1, 2, 2)
    done = take_pack(inside, tmp_path / "1.pack")
    assert (done.known, done.runs, done.archives, done.added.new) == (False, 2, 2, 3)
    assert stored(inside) == stored(outside)
    assert stored(inside)["windows"] == {KEY: ((date(2025, 3, 1), date(2025, 3, 7)),)}


def test_a_pack_taken_in_twice_changes_nothing(
    sides: tuple[Workspace, Workspace], written: Path
) -> None:
    take_pack(sides[1], written)
    before = stored(sides[1])
    again = take_pack(sides[1], written)
    assert (again.known, again.added.new) == (True, 0)
    assert stored(sides[1]) == before


def test_the_next_pack_holds_what_came_or_changed_since_and_ends_alarms(
    sides: tuple[Workspace, Workspace], tmp_path: Path
) -> None:
    outside, inside = sides
    crawl_happens(outside, news(1), days=None, alarms=("blocked",))
    write_crawls(outside, tmp_path / "1.pack")
    run = crawl_happens(outside, news(2), days=("2025-03-01", "2025-03-08"))
    with Store.open(outside.database_url) as store, store.begin() as session:
        renew_items(session, [news(1, date="2025-03-05", text="补上的正文。")], run)
    made = write_crawls(outside, tmp_path / "2.pack")
    assert (made.pack.number, made.runs) == (2, 1)
    take_pack(inside, tmp_path / "1.pack")
    assert stored(inside)["alarms"]
    done = take_pack(inside, tmp_path / "2.pack")
    assert (done.added.new, done.added.changed) == (1, 1)
    assert stored(inside) == stored(outside)
    assert stored(inside)["alarms"] == []


def test_a_pack_whose_forerunner_is_missing_is_refused_and_a_new_one_closes_the_gap(
    sides: tuple[Workspace, Workspace], tmp_path: Path
) -> None:
    outside, inside = sides
    for number in (1, 2, 3):
        crawl_happens(outside, news(number), days=("2025-03-01", f"2025-03-0{number + 1}"))
        write_crawls(outside, tmp_path / f"{number}.pack")
    take_pack(inside, tmp_path / "1.pack")
    before = stored(inside)
    with pytest.raises(BadInput) as caught:
        take_pack(inside, tmp_path / "3.pack")
    assert caught.value.slug == "pack-gap"
    assert "the last taken in is 1" in caught.value.message
    assert stored(inside) == before
    anew = write_crawls(outside, tmp_path / "4.pack", after=1)
    assert (anew.pack.number, anew.runs) == (4, 2)
    take_pack(inside, tmp_path / "4.pack")
    assert stored(inside) == stored(outside)
    everything = write_crawls(outside, tmp_path / "5.pack", after=0)
    assert everything.runs == 3
    taken = take_pack(inside, tmp_path / "5.pack")
    assert (taken.runs, taken.added.new, taken.added.known) == (0, 0, 3)
    assert stored(inside) == stored(outside)


def test_several_packs_are_taken_in_by_their_numbers(
    sides: tuple[Workspace, Workspace], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outside, inside = sides
    for number in (1, 2):
        crawl_happens(outside, news(number), days=None)
        assert (
            main(["--workspace", str(outside.path), "write", str(tmp_path / f"{number}.pack")]) == 0
        )
    packed = [str(tmp_path / name) for name in ("2.pack", "1.pack")]
    assert main(["--workspace", str(inside.path), "take", *packed]) == 0
    assert stored(inside) == stored(outside)
    said = capsys.readouterr().out
    assert said.count("指纹 ") == 4
    assert said.index("1.pack：采集包第 1 号，采集 1 次") < said.index(
        "2.pack：采集包第 2 号，采集 1 次"
    )


def test_packing_needs_something_new_a_free_name_and_no_crawl_going_on(
    sides: tuple[Workspace, Workspace], written: Path
) -> None:
    outside = sides[0]

    def slug(path: Path, after: int | None = None) -> str:
        with pytest.raises(XuanjianError) as caught:
            write_crawls(outside, path, after=after)
        return caught.value.slug

    assert slug(written.with_name("2.pack")) == "pack-nothing"
    crawl_happens(outside, news(3), days=None)
    assert slug(written) == "pack-exists"
    assert slug(written.with_name("2.pack"), after=7) == "pack-missing"
    crawling = Holder("elsewhere", 7, "then")
    with Store.open(outside.database_url) as store, hold(store, ("crawl kjj",), crawling):
        assert slug(written.with_name("2.pack")) == "source-busy"
    assert [path.name for path in written.parent.glob("*.pack")] == ["1.pack"]
    with Store.open(outside.database_url) as store, store.begin() as session:
        assert len(packs(session, "made")) == 1


def test_a_pack_is_not_for_the_side_that_wrote_it_nor_for_who_expects_another(
    sides: tuple[Workspace, Workspace], written: Path
) -> None:
    with pytest.raises(BadInput) as own:
        take_pack(sides[0], written)
    with pytest.raises(BadInput) as other:
        take_pack(sides[1], written, "0" * 64)
    assert (own.value.slug, other.value.slug) == ("pack-own", "pack-other")
    with open_pack(written) as opened:
        fingerprint = opened.fingerprint
    assert take_pack(sides[1], written, fingerprint.upper()[:16]).runs == 1


def test_every_byte_counts(sides: tuple[Workspace, Workspace], written: Path) -> None:
    whole = written.read_bytes()
    before = stored(sides[1])
    places = {0, len(whole) // 2, len(whole) - 1, *range(7, len(whole), 61)}
    for place in sorted(places):
        written.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(BadInput) as caught, open_pack(written):
            pass
        assert caught.value.slug == "pack-damaged", place
    for length in (0, 1, 64, 100, len(whole) // 2, len(whole) - 1):
        written.write_bytes(whole[:length])
        with pytest.raises(BadInput) as caught:
            take_pack(sides[1], written)
        assert caught.value.slug == "pack-damaged", length
    written.write_bytes(whole + b"x")
    with pytest.raises(BadInput), open_pack(written):
        pass
    assert stored(sides[1]) == before


Members = dict[str, bytes]


def rewritten(path: Path, change: Callable[[Members], None], *, seal: bool = True) -> None:
    """The pack with its members changed, its digest right again: what an attacker would write.

    ``seal`` makes the manifest's hashes right as well.
    """
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    if seal and "manifest.json" in members:
        tree = msgspec.json.decode(members["manifest.json"])
        if isinstance(tree, dict):
            tree["files"] = [
                {"name": name, "size": len(body), "sha256": hashlib.sha256(body).hexdigest()}
                for name, body in members.items()
                if name != "manifest.json"
            ]
        members["manifest.json"] = msgspec.json.encode(tree)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, body in members.items():
            out.writestr(name, body)
        out.comment = b"0" * 64
    body = path.read_bytes()[:-64]
    path.write_bytes(body + hashlib.sha256(body).hexdigest().encode())


def _set(name: str, body: bytes) -> Callable[[Members], None]:
    def change(members: Members) -> None:
        members[name] = body

    return change


def _drop(name: str) -> Callable[[Members], None]:
    def change(members: Members) -> None:
        del members[name]

    return change


def _swap(name: str, old: bytes, new: bytes) -> Callable[[Members], None]:
    def change(members: Members) -> None:
        assert old in members[name]
        members[name] = members[name].replace(old, new)

    return change


ARCHIVE = "archive/xuanjian-2025-03-09-run1.warc.gz"


@pytest.mark.parametrize("name", [*(f"{name}.jsonl" for name in LISTS), ARCHIVE])
def test_a_part_that_is_not_what_the_manifest_says_is_refused(
    sides: tuple[Workspace, Workspace], written: Path, name: str
) -> None:
    rewritten(written, _set(name, b'{"x": 1}\n'), seal=False)
    with pytest.raises(BadInput) as caught:
        take_pack(sides[1], written)
    assert caught.value.slug == "pack-refused"
    assert name in caught.value.message


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        (_set("../evil.txt", b"x"), "pack-refused"),
        (_set("/etc/cron.d/evil", b"x"), "pack-refused"),
        (_set("archive/../../evil.warc.gz", b"x"), "pack-refused"),
        (_set("archive/xuanjian-2025-99-09-run1.warc.gz", b"x"), "pack-refused"),
        (_set("archive/xuanjian-2025-03-09-run77.warc.gz", b"x"), "pack-refused"),
        (_drop("items.jsonl"), "pack-refused"),
        (_drop("manifest.json"), "pack-damaged"),
        (_set("manifest.json", b"[]"), "pack-refused"),
        (_set("items.jsonl", b'{"run": 1, "item": {"id": 5}}\n'), "pack-refused"),
        (_set("ledger.jsonl", b"\xff\xfe\n"), "pack-refused"),
        (_swap("ledger.jsonl", b'"run":1', b'"run":9'), "pack-refused"),
        (_swap("items.jsonl", b'"run":1', b'"run":9'), "pack-refused"),
        (_swap("ledger.jsonl", b"2025-03-07", b"2025-02-07"), "pack-refused"),
        (_swap("ledger.jsonl", b"2025-03-07", b"2025-03-97"), "pack-refused"),
        (_swap("manifest.json", b'"format": 1', b'"format": 2'), "pack-newer"),
        (_swap("manifest.json", b'"number": 1', b'"extra": 1, "number": 1'), "pack-refused"),
    ],
)
def test_a_pack_made_to_harm_is_refused_and_nothing_of_it_is_stored(
    sides: tuple[Workspace, Workspace],
    written: Path,
    change: Callable[[Members], None],
    slug: str,
) -> None:
    before = stored(sides[1])
    rewritten(written, change)
    with pytest.raises(BadInput) as caught:
        take_pack(sides[1], written)
    assert caught.value.slug == slug
    assert stored(sides[1]) == before
    assert [path.name for path in written.parent.iterdir() if "evil" in path.name] == []


def test_a_bomb_is_refused_before_it_is_unpacked(
    sides: tuple[Workspace, Workspace], written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewritten(written, _set("items.jsonl", b"\n" * 50_000_000))
    assert written.stat().st_size < 100_000
    monkeypatch.setattr(pack_format, "LARGEST_LIST", 40_000_000)
    read: list[int] = []
    monkeypatch.setattr(pack_format, "_hash_of", lambda *_: read.append(1))
    with pytest.raises(BadInput) as caught:
        take_pack(sides[1], written)
    assert (caught.value.slug, read) == ("pack-refused", [])
    monkeypatch.setattr(pack_format, "LARGEST", 30_000_000)
    with pytest.raises(BadInput, match="unpacked"):
        take_pack(sides[1], written)
    monkeypatch.setattr(pack_format, "MOST_MEMBERS", 3)
    with pytest.raises(BadInput, match="more than 3 files"):
        take_pack(sides[1], written)


def test_a_line_without_an_end_is_not_read_into_memory(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewritten(written, _set("items.jsonl", b"x" * 5000))
    monkeypatch.setattr(pack_format, "LARGEST_LINE", 1000)
    with open_pack(written) as opened, pytest.raises(BadInput, match="too long"):
        list(opened.records("items", Manifest))


def test_an_item_that_clashes_with_another_stops_the_whole_pack(
    sides: tuple[Workspace, Workspace], written: Path
) -> None:
    def collide(members: Members) -> None:
        extra = b'{"run":1,"item":{"id":"n1","title":"other","url":"http://elsewhere.example/"}}\n'
        assert b'"id":"n1"' in members["items.jsonl"]
        members["items.jsonl"] += extra

    rewritten(written, collide)
    before = stored(sides[1])
    with pytest.raises(BadInput):
        take_pack(sides[1], written)
    assert stored(sides[1]) == before
