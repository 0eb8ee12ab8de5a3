"""Labels as lines of a file and as a frame: what goes in comes out, what is wrong is named."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pipeline.errors import BadInput
from pipeline.frames import labels_frame, labels_from_frame
from pipeline.labels import Label, read_labels

AUDIT = Label(
    id="a",
    title="题",
    text="文",
    themes=("focus-1",),
    not_themes=("focus-2",),
    reviewer="王",
    at="2025-03-01T08:00:00+00:00",
    chosen_by="audit",
    inclusion_probability=0.25,
    comment="再看",
)
PLAIN = Label(id="b", not_themes=("focus-1",))


def test_a_label_written_and_read_is_the_same(tmp_path: Path) -> None:
    queue = Label(id="c", others="no", suggested=("focus-1",))
    path = tmp_path / "labels.jsonl"
    path.write_bytes(b"".join(label.to_jsonl() for label in (AUDIT, PLAIN, queue)))
    assert read_labels(path) == (AUDIT, PLAIN, queue)


def test_a_file_saved_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + PLAIN.to_jsonl())
    assert read_labels(path) == (PLAIN,)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"id": "a", "theme": ["x"]}', "line 2: not a label"),
        ('{"id": "a", "themes": ["x"], "not_themes": ["x"]}', "both in themes and in not_themes"),
        ('{"id": "a", "inclusion_probability": 0}', "above 0 and at most 1, got 0.0"),
        ('{"id": "a", "inclusion_probability": 1.5}', "above 0 and at most 1, got 1.5"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text('{"id": "ok"}\n' + line, encoding="utf-8")
    with pytest.raises(BadInput, match=said) as caught:
        read_labels(path)
    assert caught.value.slug == "labels-bad-line"
    assert "line 2" in caught.value.message


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-16-le"])
def test_labels_in_another_encoding_say_so(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_bytes(AUDIT.to_jsonl().decode().encode(encoding))
    with pytest.raises(BadInput, match="line 1: not UTF-8 text") as caught:
        read_labels(path)
    assert (caught.value.slug, caught.value.hint) == ("labels-bad-line", "Save the file as UTF-8.")


def test_no_to_the_others_names_every_theme_that_is_not_named_yet() -> None:
    label = Label(id="a", themes=("focus-2",), others="no")
    said = label.spelled_out(("focus-1", "focus-2", "focus-3"))
    assert (said.themes, said.not_themes, said.others) == (("focus-2",), ("focus-1", "focus-3"), "")


def test_labels_to_a_frame_and_back_are_the_same() -> None:
    assert labels_from_frame(labels_frame([AUDIT, PLAIN])) == (AUDIT, PLAIN)


def test_a_frame_without_a_label_has_all_its_columns_and_comes_back_empty() -> None:
    frame = labels_frame([])
    assert list(frame.columns) == list(labels_frame([AUDIT]).columns)
    assert (frame.dtypes == labels_frame([AUDIT]).dtypes).all()
    assert labels_from_frame(frame) == ()


def test_three_columns_are_enough_for_labels() -> None:
    frame = pd.DataFrame({"id": ["a", "a"], "theme": ["x", "y"], "belongs": [1, 0], "mine": [1, 2]})
    assert labels_from_frame(frame) == (Label(id="a", themes=("x",), not_themes=("y",)),)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"id": ["a"], "theme": ["x"]}, "has no column belongs, only id, theme"),
        ({"id": ["a"], "theme": ["x"], "belongs": ["yes"]}, "row 0: belongs must be true or false"),
        ({"id": [None], "theme": ["x"], "belongs": [True]}, "row 0 has no id"),
        ({"id": ["a", "a"], "theme": ["x", None], "belongs": [True, True]}, "row 1 has no theme"),
    ],
)
def test_a_frame_that_decides_nothing_is_refused(rows: dict[str, list[object]], said: str) -> None:
    with pytest.raises(BadInput, match=said) as caught:
        labels_from_frame(pd.DataFrame(rows))
    assert caught.value.slug == "labels-bad-frame"


def test_an_id_may_be_a_number() -> None:
    frame = pd.DataFrame({"id": [0, 1], "theme": ["x", "x"], "belongs": [True, False]})
    assert [label.id for label in labels_from_frame(frame)] == ["0", "1"]


def test_a_frame_that_says_both_is_refused() -> None:
    frame = pd.DataFrame({"id": ["a", "a"], "theme": ["x", "x"], "belongs": [True, False]})
    with pytest.raises(BadInput, match="item a: x is both"):
        labels_from_frame(frame)


def test_a_frame_needs_to_know_which_themes_the_others_are() -> None:
    label = Label(id="a", others="no")
    assert len(labels_frame([label], themes=("x", "y"))) == 2
    with pytest.raises(ValueError, match="themes must be given"):
        labels_frame([label])
