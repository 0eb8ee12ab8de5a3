"""Declarations: what is read, and how mistakes are worded."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crawler.source_folder import SHIPPED, choose_sources, load_sources
from crawler.sources import Column, Source, read_source
from pipeline.errors import BadInput

GOOD = """
id = "kjj"
name = "某市科学技术局"
level = "municipal"
[[columns]]
name = "动态"
url = "https://kjj.example.gov.cn/kjdt/"
"""


def _read(folder: Path, text: str) -> Source:
    path = folder / "kjj.toml"
    path.write_text(text, encoding="utf-8")
    return read_source(path)


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_declaration_loads_and_is_named_after_its_file(path: Path) -> None:
    source = read_source(path)
    assert source.id == path.stem
    assert source.columns
    assert all(source.allows(column.url) for column in source.columns)


KNOWN = {
    "ordos-kjj": "https://kjj.ordos.gov.cn/kjgz_129901/202606/t20260624_1725465.html",
    "ordos": "http://www.ordos.gov.cn/xw_127672/jreeds/202606/t20260624_1725465.html",
    "kangbashi": "http://www.kbs.gov.cn/ywdt/202607/t20260730_3911757.html",
    "nmg-kjt": "https://kjt.nmg.gov.cn/kjdt/mtjj/202602/t20260212_2862873.html",
    "nmg": "https://www.nmg.gov.cn/zwyw/tpxw/202607/t20260731_2935986.html",
    "jinshui": "http://www.jinshui.gov.cn/jsyw/123456.jhtml",
    "ordos-daily": "http://www.ordosnews.com/news/2025-09/24/content_123.htm",
    "nmg-daily": "https://szb.northnews.cn/nmgrb/html/2025-10/19/content_53978_267334.htm",
}
"""An article's address of every shipped source, as public code quotes it or by its known pattern."""


def test_every_shipped_source_takes_the_addresses_its_site_is_known_to_use() -> None:
    shipped = load_sources(SHIPPED).good
    assert sorted(shipped) == sorted(KNOWN)
    for name, address in KNOWN.items():
        source = shipped[name]
        assert source.allows(address)
        assert any(re.search(p, address) for c in source.columns for p in c.include)
        assert source.checked_live is False


def test_the_template_and_the_sample_declarations_of_the_readme_load(tmp_path: Path) -> None:
    text = (SHIPPED / "README.md").read_text(encoding="utf-8")
    examples = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert len(examples) == 4
    for number, example in enumerate(examples):
        text = re.sub(r"\{(?:bureau|district|daily)\}", "http://127.0.0.1:8731", example)
        (tmp_path / f"{number}.toml").write_text(text, encoding="utf-8")
    assert sorted(load_sources(tmp_path).good) == [
        "my-source",
        "sample-bureau",
        "sample-daily",
        "sample-district",
    ]


def test_what_is_left_out_has_sensible_values(tmp_path: Path) -> None:
    source = _read(tmp_path, GOOD)
    assert source.columns == (Column("动态", "https://kjj.example.gov.cn/kjdt/"),)
    assert (source.channel, source.timezone, source.checked_live) == (
        "website",
        "Asia/Shanghai",
        False,
    )
    assert source.hosts == ("kjj.example.gov.cn",)


@pytest.mark.parametrize(
    ("change", "slug", "said"),
    [
        (("name =", "nmae ="), "source-unknown-key", "Did you mean name?"),
        (('url = "', 'adress = "'), "source-unknown-key", "columns[1].adress; allowed are"),
        (("municipal", "city"), "source-bad-value", "central, regional, municipal"),
        (("https://", "ftp://"), "source-bad-value", "http:// or https://"),
        (('id = "kjj"', 'id = "K J J"'), "source-bad-value", "small letters"),
        (("level =", 'timezone = "Mars/Base"\nlevel ='), "source-bad-value", "Asia/Shanghai"),
        (("level =", 'hosts = ["other.example"]\nlevel ='), "source-bad-value", "is allowed"),
        (('name = "动态"', 'name = "动态"\nrows = "li >"'), "source-bad-value", "CSS or XPath"),
        (('name = "动态"', 'name = "动态"\ninclude = ["("]'), "source-bad-value", "regular"),
        (('id = "kjj"', 'id = "kjj'), "source-unreadable", "not valid TOML"),
        (("[[columns]]", "[columns]"), "source-bad-value", "[[columns]]"),
    ],
)
def test_a_mistake_is_named_with_what_is_allowed(
    tmp_path: Path, change: tuple[str, str], slug: str, said: str
) -> None:
    with pytest.raises(BadInput) as caught:
        _read(tmp_path, GOOD.replace(*change))
    assert caught.value.slug == slug
    assert said in str(caught.value)
    assert "kjj.toml" in str(caught.value)


def test_layouts_come_newest_first(tmp_path: Path) -> None:
    old = '[[extractors]]\nvalid_until = 2024-06-30\nbody = "td.old"\n'
    new = '[[extractors]]\nbody = "div.new"\n'
    source = _read(tmp_path, GOOD + old + new)
    assert [layout.body for layout in source.extractors] == ["div.new", "td.old"]


def test_a_source_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    _read(tmp_path, GOOD)
    with pytest.raises(BadInput) as caught:
        choose_sources(tmp_path, ["kjjj"])
    assert caught.value.slug == "source-missing"
    assert "kjj" in caught.value.message
    assert caught.value.hint == "Did you mean kjj?"


def test_without_names_only_the_workspaces_own_sources_are_chosen(tmp_path: Path) -> None:
    _read(tmp_path, GOOD)
    assert [source.id for source in choose_sources(tmp_path).sources] == ["kjj"]
    assert [source.id for source in choose_sources(tmp_path, ["ordos-kjj"]).sources] == [
        "ordos-kjj"
    ]


def test_two_files_with_one_id_are_refused(tmp_path: Path) -> None:
    _read(tmp_path, GOOD)
    (tmp_path / "again.toml").write_text(GOOD, encoding="utf-8")
    found = load_sources(tmp_path)
    assert list(found.good) == ["kjj"]
    (error,) = found.bad.values()
    assert error.slug == "source-duplicate"
    assert "also used by" in error.message


def test_a_declaration_saved_by_a_windows_editor_is_read(tmp_path: Path) -> None:
    path = tmp_path / "kjj.toml"
    path.write_bytes(("\ufeff" + GOOD.lstrip().replace("\n", "\r\n")).encode())
    assert read_source(path).name == "某市科学技术局"
    path.write_bytes(GOOD.encode("gb18030"))
    with pytest.raises(BadInput, match="not UTF-8 text") as caught:
        read_source(path)
    assert (caught.value.slug, caught.value.hint) == (
        "source-unreadable",
        "Save the file as UTF-8.",
    )


def test_a_bad_file_spoils_no_other(tmp_path: Path) -> None:
    _read(tmp_path, GOOD)
    (tmp_path / "broken.toml").write_text('id = "bro', encoding="utf-8")
    named = choose_sources(tmp_path, ["kjj"])
    assert ([source.id for source in named.sources], named.bad) == (["kjj"], ())
    every = choose_sources(tmp_path)
    assert [source.id for source in every.sources] == ["kjj"]
    assert [error.slug for error in every.bad] == ["source-unreadable"]
    with pytest.raises(BadInput) as caught:
        choose_sources(tmp_path, ["broken"])
    assert caught.value.slug == "source-unreadable"


def test_a_host_with_a_port_allows_that_port_only() -> None:
    source = Source("s", "s", "other", "website", (), ("127.0.0.1:8731",))
    assert source.allows("http://127.0.0.1:8731/a")
    assert not source.allows("http://127.0.0.1:8732/a")
    assert not source.allows("ftp://127.0.0.1:8731/a")
    assert not source.allows("http://[broken")
