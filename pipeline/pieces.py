"""When registered submissions are the same piece 同一稿件, and what becomes of them then.

Hides: what identifies a piece across tables, how rows about one piece make one submission (offices
often write a row for every paper that used it), what a newer table changes of a registered piece,
and which crawled items look like its printing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import msgspec

from pipeline.news import Level
from pipeline.register import Adoption, Register, RowTrouble, Submission
from pipeline.text import comparable

__all__ = [
    "DAYS_APART",
    "Printing",
    "is_known",
    "one_row_a_piece",
    "piece_of",
    "printings_of",
    "renewed",
    "with_adoption",
]

DAYS_APART = 7
"""Days between handing in and a printing that is taken for the piece's."""


class Printing(msgspec.Struct, frozen=True, kw_only=True):
    """A crawled item whose title is a submission's 疑似刊发."""

    item: str
    """Id of the news item."""
    title: str
    day: str
    outlet: str
    level: Level
    url: str = ""

    @property
    def adoption(self) -> Adoption:
        """What it is once a person has confirmed it."""
        return Adoption(outlet=self.outlet, level=self.level, day=self.day, proof=self.item)


def piece_of(submission: Submission) -> str:
    """The same 64 hexadecimal digits for everything that is registered about one piece.

    A piece is an office, a column and the piece's own number 稿件编号; where it has none, its title
    and the day it was handed in, because 一周动态 is another piece every week.
    """
    day = "" if submission.story else submission.day
    parts = (comparable(submission.offices[0]), comparable(submission.column), day)
    return hashlib.sha256("\n".join((*parts, submission.story_key)).encode()).hexdigest()


def one_row_a_piece(register: Register) -> Register:
    """The register with one submission a piece: uses, events and authors of its rows together.

    Rows of one piece that give different lengths or days are a trouble: nobody can say which of
    them counts.
    """
    pieces: dict[str, Submission] = {}
    troubles, remarks = list(register.troubles), list(register.remarks)
    for row in register.submissions:
        piece = piece_of(row)
        first = pieces.get(piece)
        if first is None:
            pieces[piece] = _without_repetition(row)
            continue
        for name, old, new in (("字数", first.words, row.words), ("报送日期", first.day, row.day)):
            if old is not None and new is not None and old != new:
                what = f"与{first.place}是同一稿件，却分别写着{old}和{new}"
                troubles.append(RowTrouble(file=row.file, row=row.row, column=name, what=what))
                break
        else:
            pieces[piece] = _together(first, row)
            remarks.append(f"{row.place}与{first.place}是同一稿件，并为一条")
    return Register(
        submissions=tuple(pieces.values()), troubles=tuple(troubles), remarks=tuple(remarks)
    )


def renewed(old: Submission, new: Submission) -> Submission:
    """A registered piece after a newer row about it: the newer row holds, but uses and events that it
    does not tell stay, because they may have been added by hand."""
    merged = _together(new, old)
    return msgspec.structs.replace(
        merged,
        offices=new.offices,
        title=new.title,
        words=old.words if new.words is None else new.words,
        authors=new.authors or old.authors,
    )


def is_known(old: Submission, new: Submission) -> bool:
    """Whether a newer row says nothing that is not registered already, wherever it stands."""
    place = {"file": old.file, "row": old.row}
    return msgspec.structs.replace(renewed(old, new), **place) == old


def with_adoption(submission: Submission, adoption: Adoption) -> Submission:
    """The submission with one more use; a use by the same outlet on the same day is replaced."""
    return msgspec.structs.replace(
        submission, adopted=_uses((*submission.adopted, adoption), submission.day)
    )


def _without_repetition(row: Submission) -> Submission:
    return msgspec.structs.replace(
        row, adopted=_uses(row.adopted, row.day), events=tuple(dict.fromkeys(row.events))
    )


def _together(first: Submission, other: Submission) -> Submission:
    """``first`` with what ``other`` tells besides; where both tell of one use, ``first`` holds."""
    return msgspec.structs.replace(
        first,
        offices=tuple(dict.fromkeys((*first.offices, *other.offices))),
        words=other.words if first.words is None else first.words,
        authors=tuple(dict.fromkeys((*first.authors, *other.authors))),
        adopted=_uses((*other.adopted, *first.adopted), first.day),
        events=tuple(dict.fromkeys((*other.events, *first.events))),
    )


def _uses(uses: Sequence[Adoption], day: str) -> tuple[Adoption, ...]:
    """Each use once, in the order of their days; the later of two about the same one holds.

    A use keeps the proof that an earlier row gave it.
    """
    found: dict[tuple[str, str], Adoption] = {}
    for use in uses:
        key = comparable(use.outlet), use.day or day
        before = found.get(key)
        proof = use.proof or (before.proof if before else "")
        found[key] = msgspec.structs.replace(use, proof=proof)
    return tuple(found[key] for key in sorted(found, key=lambda key: (key[1], key[0])))


def printings_of(
    submission: Submission, items: Mapping[str, Sequence[Printing]]
) -> tuple[Printing, ...]:
    """The items that may be printings of a submission: its title, within a week of its day.

    Those that are the proof of one of its uses already are left out.

    Args:
        items: by ``comparable`` title.
    """
    day = date.fromisoformat(submission.day)
    first = (day - timedelta(days=DAYS_APART)).isoformat()
    last = (day + timedelta(days=DAYS_APART)).isoformat()
    proven = {use.proof for use in submission.adopted}
    same: Iterable[Printing] = items.get(comparable(submission.title), ())
    return tuple(one for one in same if first <= one.day <= last and one.item not in proven)
