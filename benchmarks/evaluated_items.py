"""The evaluated items, and what is right and wrong of decisions about them; ``mapping.py`` prints it.

300 items that two annotators mapped to three plans. Pairs they disagreed on (``unsure``) count
neither way; chapters 1 and 9 of seed 002 are not scored.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.plan.model import Plan
from pipeline.plan.reading import read_plan

PLANS = (
    ("ordos", "000", "focus_area", ()),
    ("jinshui", "001", "focus_area", ()),
    ("kangbashi", "002", "chapter", ("1", "9")),
)
"""Name in the labels, seed, scheme, themes that are not scored."""


class Labels(msgspec.Struct, frozen=True):
    """What two annotators said of one item for one plan."""

    yes: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()


class GoldItem(msgspec.Struct, frozen=True):
    """One evaluated item."""

    id: str
    title: str
    text: str
    labels: dict[str, Labels]


@dataclass(frozen=True)
class Tally:
    """True positives, false positives, false negatives of one theme; tallies add."""

    hit: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.hit + other.hit, self.wrong + other.wrong, self.missed + other.missed)

    @property
    def f1(self) -> float:
        """0 where nothing is right, also where there was nothing to find."""
        return 2 * self.hit / max(1, 2 * self.hit + self.wrong + self.missed)


@dataclass(frozen=True)
class PlanScore:
    """One plan's figures for one way of mapping."""

    plan: str
    themes: tuple[tuple[str, Tally], ...]
    average_precision: float = math.nan
    """Over all scored pairs of item and theme, by probability."""
    calibration_error: float = math.nan
    """Expected, over ten bins of equal width (Guo et al. 2017)."""

    @property
    def micro_f1(self) -> float:
        """Over all decisions of all themes."""
        return sum((tally for _, tally in self.themes), Tally()).f1

    @property
    def macro_f1(self) -> float:
        """Mean over themes."""
        return float(np.mean([tally.f1 for _, tally in self.themes]))


def read_gold(data: Path) -> tuple[tuple[GoldItem, ...], str]:
    """The evaluated items, and the fingerprint of the file they come from."""
    raw = (data / "news" / "gold.jsonl").read_bytes()
    decoder = msgspec.json.Decoder(GoldItem)
    items = tuple(decoder.decode(line) for line in raw.splitlines() if line.strip())
    return items, hashlib.sha256(raw).hexdigest()[:16]


def seed_plan(data: Path, seed: str) -> Plan:
    """The plan of a seed document, as read from its raw text."""
    (path,) = sorted((data / "seeds").glob(f"{seed}_*.txt"))
    return read_plan(path).plan


def tally_decisions(
    plan: str,
    themes: Sequence[str],
    decided: NDArray[np.bool_],
    items: Sequence[GoldItem],
    unscored: Sequence[str] = (),
) -> PlanScore:
    """Compare decisions, shape (items, themes), with the labels."""
    rows = []
    for column, theme in enumerate(themes):
        number = theme.rpartition("-")[2]
        if number in unscored:
            continue
        tally = Tally()
        for item, said in zip(items, decided[:, column], strict=True):
            labels = item.labels[plan]
            if number in labels.unsure:
                continue
            true = number in labels.yes
            tally += Tally(int(said and true), int(said and not true), int(true and not said))
        rows.append((theme, tally))
    return PlanScore(plan, tuple(rows))


def scored_pairs(
    plan: str, themes: Sequence[str], items: Sequence[GoldItem], unscored: Sequence[str]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Truth, and which pairs are scored; both of shape (items, themes)."""
    numbers = [theme.rpartition("-")[2] for theme in themes]
    truth = [[number in item.labels[plan].yes for number in numbers] for item in items]
    scored = [
        [number not in unscored and number not in item.labels[plan].unsure for number in numbers]
        for item in items
    ]
    return np.array(truth), np.array(scored)
