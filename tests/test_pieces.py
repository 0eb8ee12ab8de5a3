"""What makes rows of registers the same piece, and what becomes of them."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pipeline.pieces import (
    Printing,
    is_known,
    one_row_a_piece,
    piece_of,
    printings_of,
    renewed,
    with_adoption,
)
from pipeline.register import Adoption, LeaderEvent, Register, Submission

ONE = Submission(
    file="a.xlsx", row=2, offices=("高新科",), day="2017-03-01", title="园区纪实", column="信息"
)
CITY = Adoption(outlet="某市日报", level="municipal", day="2017-03-03")
STATE = Adoption(outlet="某省日报", level="regional", day="2017-03-05")


def but(submission: Submission, **changes: object) -> Submission:
    return msgspec.structs.replace(submission, **changes)


def merged(*rows: Submission) -> Register:
    return one_row_a_piece(Register(submissions=rows))


def test_a_piece_is_an_office_a_column_a_title_and_a_day() -> None:
    assert piece_of(ONE) == piece_of(but(ONE, title="“园区”纪实", row=9, words=300))
    others = [
        but(ONE, day="2017-03-08"),
        but(ONE, column="金水时讯"),
        but(ONE, offices=("综合科",)),
        but(ONE, title="园区纪事"),
    ]
    assert piece_of(ONE) not in set(map(piece_of, others))


def test_a_number_of_its_own_makes_a_piece_whatever_its_title_and_day() -> None:
    numbered = but(ONE, story="7")
    assert piece_of(numbered) == piece_of(but(numbered, title="改题", day="2017-03-09"))


def test_a_row_for_every_paper_is_one_piece_with_all_its_uses() -> None:
    register = merged(but(ONE, adopted=(STATE,)), but(ONE, row=3, adopted=(CITY,), words=300))
    (one,) = register.submissions
    assert (one.adopted, one.words, one.row) == ((CITY, STATE), 300, 2)
    assert register.remarks == ("a.xlsx 第3行与a.xlsx 第2行是同一稿件，并为一条",)


def test_rows_of_one_piece_with_two_lengths_are_a_trouble() -> None:
    register = merged(but(ONE, words=300), but(ONE, row=3, words=301))
    assert [str(trouble) for trouble in register.troubles] == [
        "a.xlsx 第3行「字数」：与a.xlsx 第2行是同一稿件，却分别写着300和301"
    ]
    numbered = but(ONE, story="7")
    two_days = merged(numbered, but(numbered, row=3, day="2017-03-02"))
    assert [trouble.column for trouble in two_days.troubles] == ["报送日期"]


def test_a_newer_row_holds_and_what_was_added_by_hand_stays() -> None:
    old = but(ONE, words=300, adopted=(STATE,), events=(LeaderEvent(what="市领导批示"),))
    new = but(ONE, title="园区 纪实", words=310, adopted=(CITY,), authors=("张",))
    after = renewed(old, new)
    assert (after.words, after.title, after.authors) == (310, "园区 纪实", ("张",))
    assert (after.adopted, after.events) == ((CITY, STATE), old.events)
    assert not is_known(old, new)
    assert is_known(after, new)
    assert is_known(old, but(ONE, file="b.csv", row=40))


def test_a_use_told_again_is_replaced_and_keeps_its_proof() -> None:
    proven = with_adoption(ONE, msgspec.structs.replace(CITY, proof="n1"))
    again = with_adoption(proven, msgspec.structs.replace(CITY, position="头版"))
    assert [(use.position, use.proof) for use in again.adopted] == [("头版", "n1")]


def test_a_printing_has_the_title_and_lies_within_a_week() -> None:
    def item(name: str, day: str) -> Printing:
        return Printing(item=name, title="园区纪实", day=day, outlet="某网", level="municipal")

    near = [item("a", "2017-02-21"), item("b", "2017-03-08"), item("c", "2017-03-09")]
    assert [p.item for p in printings_of(ONE, {"园区纪实": near})] == ["b"]
    assert printings_of(ONE, {"别的": near}) == ()
    proven = with_adoption(ONE, near[1].adoption)
    assert printings_of(proven, {"园区纪实": near}) == ()


ROWS = st.lists(
    st.builds(
        lambda title, day, uses, events: but(
            ONE, title=title, day=f"2017-03-0{day}", adopted=tuple(uses), events=tuple(events)
        ),
        st.sampled_from("甲乙"),
        st.integers(1, 3),
        st.lists(st.sampled_from([CITY, STATE, Adoption(outlet="某网")]), max_size=2),
        st.lists(st.sampled_from([LeaderEvent(what="市领导批示")]), max_size=1),
    ),
    max_size=6,
)


@given(ROWS)
def test_nothing_a_row_tells_is_lost_and_a_second_time_changes_nothing(
    rows: list[Submission],
) -> None:
    once = merged(*rows)
    assert one_row_a_piece(Register(submissions=once.submissions)).submissions == once.submissions
    pieces = {piece_of(one): one for one in once.submissions}
    for row in rows:
        kept = pieces[piece_of(row)]
        assert {use.outlet for use in row.adopted} <= {use.outlet for use in kept.adopted}
        assert set(row.events) <= set(kept.events)
        assert is_known(kept, row)
