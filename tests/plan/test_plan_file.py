"""Plan files: what is written is what is read, and ready files load."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import BadInput
from pipeline.plan.model import (
    Doubt,
    Medium,
    Obligation,
    Office,
    OfficeGroup,
    Person,
    Plan,
    PlanEvent,
    PlanNode,
    Points,
    PointsRule,
    Quota,
    ScoringRule,
    Target,
    Unit,
    schemes,
    walk,
)
from pipeline.plan.plan_file import read_plan_toml, write_plan_file
from pipeline.plan.profile import OwnTerm, ThemeProfile, TopicLink

ROOT = Path(__file__).resolve().parents[2]

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = st.tuples(words, words).map(lambda pair: tuple(filter(None, pair)))
figures = st.floats(allow_nan=False, allow_infinity=False, width=32)
maybe = st.none() | figures
spans = st.tuples(st.integers(0, 9999), st.integers(0, 9999))
days = st.none() | st.just(("2024-01-01", "2024-12-31"))
nodes = st.recursive(
    st.builds(
        PlanNode, id=words, kind=st.just("item"), level=st.integers(1, 9), title=words, text=words
    ),
    lambda inner: st.builds(
        PlanNode,
        id=words,
        kind=st.sampled_from(["chapter", "focus_area", "form"]),
        level=st.integers(1, 9),
        number=words,
        title=words,
        lead_offices=names,
        date=days,
        auditable=st.booleans(),
        span=spans,
        children=st.lists(inner, max_size=3).map(tuple),
    ),
    max_leaves=6,
)


def few(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(strategy, max_size=2).map(tuple)


rules = st.builds(
    PointsRule,
    total=maybe,
    points=st.lists(
        st.builds(
            Points,
            item=words,
            points=figures,
            level=st.none() | st.sampled_from(["central", "municipal"]),
            multiplier=maybe,
            multiplies=words,
            characters_to=st.none() | st.integers(0, 999),
            bonus=st.booleans(),
            cap=maybe,
        ),
        max_size=2,
    ).map(tuple),
    highest_only=st.booleans(),
    shared=st.booleans(),
)


quotas = few(
    st.builds(Quota, channel=words, per=st.sampled_from(["week", "month", "term"]), count=figures)
)
plans = st.builds(
    Plan,
    title=words,
    kind=st.sampled_from(["publicity_plan", "bulletin", "other"]),
    number=words,
    date=st.none() | st.just("2024-02-03"),
    period=days,
    nodes=few(nodes),
    units=few(st.builds(Unit, name=words, aliases=names, note=words)),
    offices=few(
        st.builds(
            Office,
            name=words,
            target_points=maybe,
            channel_targets=st.dictionaries(words, figures, max_size=2),
            quotas=quotas,
            group=words,
            people=few(st.builds(Person, name=words, quotas=quotas)),
        )
    ),
    groups=few(st.builds(OfficeGroup, name=words, quotas=quotas)),
    personal_for_office=st.booleans(),
    obligations=few(st.builds(Obligation, node=words, what=words, every=words, media=names)),
    media=few(st.builds(Medium, name=words, span=spans)),
    events=few(st.builds(PlanEvent, name=words, date=words)),
    scoring=few(
        st.builds(
            ScoringRule, text=words, rule=rules, open_questions=names, since=words, until=words
        )
    ),
    targets=few(
        st.builds(
            Target,
            name=words,
            operator=st.sampled_from(["=", ">=", "range"]),
            value=figures,
            upper=maybe,
            year=st.none() | st.integers(2000, 2050),
        )
    ),
    profiles=few(
        st.builds(
            ThemeProfile,
            theme=words,
            topics=few(st.builds(TopicLink, topic=words, weight=figures, why=names)),
            terms=few(st.builds(OwnTerm, term=words, weight=figures)),
            units=names,
            exclusions=names,
            minimum_evidence=figures,
            confirmed_by=words,
        )
    ),
    doubts=few(st.builds(Doubt, span=spans, what=words)),
)


@given(plan=plans)
@settings(max_examples=150, deadline=None)
def test_a_plan_written_and_read_again_is_the_same(
    plan: Plan, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("plan") / "plan.toml"
    write_plan_file(plan, path)
    assert read_plan_toml(path) == plan
    assert Plan.from_json(plan.to_json()) == plan


def test_a_plan_file_saved_by_a_windows_editor_is_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_bytes("\ufefftitle = '方案'\r\nkind = 'other'\r\n".encode())
    assert read_plan_toml(path).title == "方案"


def test_a_misspelt_key_is_named(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(
        'title = "方案"\nkind = "other"\nperoid = ["2024-01-01", "2024-12-31"]\n', encoding="utf-8"
    )
    with pytest.raises(BadInput, match="peroid"):
        read_plan_toml(path)


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (b"a = " + b"[" * 100_000, "too deeply"),
        (b"title = " + b"{a=" * 5_000, "too deeply"),
        (b"title = 1", "Expected `str`"),
        ("题".encode("gb18030"), "not UTF-8 text"),
    ],
)
def test_a_hostile_plan_file_is_an_error_with_its_name(
    content: bytes, names: str, tmp_path: Path
) -> None:
    path = tmp_path / "plan.toml"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=names) as caught:
        read_plan_toml(path)
    assert "plan.toml" in caught.value.message


def test_a_plan_file_of_half_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    with path.open("wb") as file:
        file.truncate(500 * 2**20)
    with pytest.raises(BadInput, match="larger than 20 MB"):
        read_plan_toml(path)


READY = {
    "ordos-theme-publicity": {"focus_area": 6},
    "jinshui-2017-publicity": {"focus_area": 9},
    "kangbashi-science-145": {"chapter": 8, "section": 24, "subsection": 57},
    "ordos-bulletin-2021-7": {},
    "guangyuan-2008-points": {},
    "ningguo-2023-points": {},
    "inner-mongolia-2020-work-points": {"section": 6, "measure": 20},
}
"""Themes of every ready file, chapter 1 of the five-year plan being background."""


@pytest.mark.parametrize(
    "path", sorted((ROOT / "plans").glob("*.toml")), ids=lambda path: path.stem
)
def test_a_ready_plan_file_loads_and_has_its_themes(path: Path) -> None:
    plan = read_plan_toml(path)
    assert {kind: len(found) for kind, found in schemes(plan).items()} == READY[path.stem]
    assert not plan.doubts


@pytest.mark.parametrize("number", ["000", "001", "002", "003", "004"])
@pytest.mark.data
def test_no_ready_file_repeats_a_sentence_of_its_document(number: str, data: Path) -> None:
    source = next((data / "seeds").glob(f"{number}_*")).read_text(encoding="utf-8")
    for path in (ROOT / "plans").glob("*.toml"):
        for node in walk(read_plan_toml(path).nodes):
            for sentence in node.text.split("。"):
                assert len(sentence) < 12 or sentence not in source, (path.stem, node.id)
