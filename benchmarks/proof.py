"""Do the limits of an audit hold the truth? ``python benchmarks/proof.py [DATA_DIR] [--audits N]``.

Five parts, all of them unless ``--part`` names some:

- *simple*, *strata*: simulated audits of every cell of ``audit_cells``: how often the 95 % limits
  held the true number, their mean width beside that of the plain hypergeometric limits of a simple
  random sample of the same size, and how often at most k was claimed where there were more;
- *looks*: audits as the product makes them, three looks each (``audit_looks``): wrong claims;
- *topics* (needs DATA_DIR): labelled broadcasts as a population whose truth is known, 28 topics,
  200 audited, scores from models that did not see the item: topic by topic;
- *quapy*: QuaPy's quantifiers on some of the same cells, where it is installed (``quantifiers``).

Exit 2 when a cell or a topic holds in under 94 of 100 audits, limits with informative scores are
not narrower at rates of 5 % and more, or more than 5 of 100 audits claim wrongly. QuaPy's figures
are for comparison and never fail.

``--keep FILE`` writes every finished cell as a line of JSON, and takes those it finds there as
done. Nothing is fitted here: the method is fixed in ``pipeline.coverage.estimate``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

import audit_cells
import audit_looks
import msgspec
import numpy as np
from audit_cells import BLANKS, Cell, Held
from audit_looks import Claims, LookCell

LEAST = 0.94
"""Share of audits whose limits must hold the truth: 0.95 less two deviations of 2 000 audits."""
MOST_WRONG = 0.05
PARTS = ("simple", "strata", "looks", "topics", "quapy")
READ = 200
"""Audited items of the labelled broadcasts."""
_Cell = TypeVar("_Cell", Cell, LookCell)
_Result = TypeVar("_Result")


def say(line: str = "") -> None:
    """One line of the tables, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Kept:
    """Finished cells of earlier runs, by name; new ones are added as they come."""

    def __init__(self, path: Path | None, audits: int) -> None:
        self._path = path
        self._mark = f"{audits} audits  "
        self._lines: dict[str, msgspec.Raw] = {}
        if path is not None and path.exists():
            for line in path.read_bytes().splitlines():
                name, found = msgspec.json.decode(line, type=tuple[str, msgspec.Raw])
                self._lines[name] = found

    def worked_out(
        self,
        cells: Iterable[_Cell],
        work: Callable[[_Cell], _Result],
        kind: type[_Result],
        jobs: int,
    ) -> Iterator[tuple[_Cell, _Result]]:
        """Every cell with what came of it, in order, by ``jobs`` processes."""
        every = list(cells)
        left = [cell for cell in every if self._mark + cell.name not in self._lines]
        with ProcessPoolExecutor(jobs) as pool:
            fresh = pool.map(work, left) if jobs > 1 else map(work, left)
            for cell in every:
                name = self._mark + cell.name
                if name in self._lines:
                    yield cell, msgspec.json.decode(self._lines[name], type=kind)
                    continue
                found = next(fresh)
                if self._path is not None:
                    with self._path.open("ab") as file:
                        file.write(msgspec.json.encode((name, found)) + b"\n")
                yield cell, found


def limits(stratified: bool, audits: int, jobs: int, kept: Kept) -> bool:
    """Print the cells of one way of drawing; whether all that is promised holds."""
    say(f"\n{'two strata' if stratified else 'simple random samples'}, {audits} audits a cell")
    results: list[tuple[Cell, Held]] = []
    work = partial(audit_cells.audit, audits=audits)
    for cell, held in kept.worked_out(audit_cells.cells(stratified), work, Held, jobs):
        say(f"{cell.name}  held {held.share:.4f}  width {held.width:8.1f}  plain {held.plain:8.1f}")
        results.append((cell, held))
    say("\nscores            cells  worst cell  mean   width / plain at rates of 5 %, 20 %")
    narrower = True
    for scores in audit_cells.SCORERS:
        mine = [(cell, held) for cell, held in results if cell.scores == scores]
        shares = [held.share for _, held in mine]
        ratio = {
            rate: float(np.mean([h.width / h.plain for cell, h in mine if cell.rate == rate]))
            for rate in audit_cells.RATES
            if rate >= 0.05
        }
        say(
            f"{scores:<17} {len(mine):>5}  {min(shares):>10.4f}  {np.mean(shares):.4f}"
            f"  {'  '.join(f'{one:.3f}' for one in ratio.values())}"
        )
        if scores == "informative":
            narrower = float(np.mean(list(ratio.values()))) < 1.0
    wrongly = np.max([held.blank_wrongly for _, held in results], axis=0)
    said = ", ".join(f"k = {k}: {share:.4f}" for k, share in zip(BLANKS, wrongly, strict=True))
    say(f"at most k wrongly claimed, worst cell: {said}")
    worst = min(held.share for _, held in results)
    return worst >= LEAST and narrower and bool(wrongly.max() <= MOST_WRONG)


def looks(audits: int, jobs: int, kept: Kept) -> bool:
    """Print the wrong claims of audits with three looks; whether they are few enough."""
    say(f"\nthree looks, {audits} audits a cell: share with a claim, and with a wrong one")
    wrong: list[Claims] = []
    work = partial(audit_looks.audit, audits=audits)
    for cell, found in kept.worked_out(audit_looks.cells(), work, Claims, jobs):
        say(
            f"{cell.name} claimed {found.made:.4f}  wrong: blank {found.blank:.4f}"
            f"  thin {found.thin:.4f}  covered {found.covered:.4f}"
        )
        wrong.append(found)
    worst = max(found.any_wrong for found in wrong)
    say(
        f"worst of {len(wrong)} cells: blank {max(x.blank for x in wrong):.4f},"
        f" thin {max(x.thin for x in wrong):.4f}, covered {max(x.covered for x in wrong):.4f},"
        f" any {worst:.4f}"
    )
    return worst <= MOST_WRONG


def topics(data: Path, audits: int) -> bool:
    """Print how often the limits held the number of labelled broadcasts of each topic; whether
    every topic holds."""
    from pipeline.classify.estimators import GramVectorizer, TopicRegression
    from pipeline.classify.training_data import read_training_set, truth_of
    from pipeline.coverage.estimate import estimate_positives, hypergeometric_limits

    training = read_training_set(data)
    items = training.labelled
    truth = truth_of(items)
    rows = GramVectorizer(min_df=5).fit(items).transform(items)
    folds = np.arange(len(items)) % 4
    scores = np.zeros(truth.shape)
    for fold in range(4):
        fitted = TopicRegression(C=10.0).fit(rows[folds != fold], truth[folds != fold])
        odds = fitted.decision_function(rows[folds == fold])
        scores[folds == fold] = 1 / (1 + np.exp(-odds))
    rng = np.random.default_rng(0)
    held, width, plain = np.zeros((3, truth.shape[1]))
    totals = truth.sum(axis=0)
    for _ in range(audits):
        drawn = rng.choice(len(items), READ, replace=False).tolist()
        chances = dict.fromkeys(drawn, READ / len(items))
        for topic, total in enumerate(totals):
            labels = {story: bool(truth[story, topic]) for story in drawn}
            found = estimate_positives(scores[:, topic], labels, chances)
            held[topic] += found.low <= total <= found.high
            width[topic] += found.high - found.low
            low, high = hypergeometric_limits(len(items), READ, sum(labels.values()))
            plain[topic] += high - low
    share = held / audits
    say(f"\n{len(totals)} topics of {len(items)} broadcasts, {READ} read of each of {audits} draws")
    say("topic  true  held    width  plain")
    for topic in np.argsort(share):
        say(
            f"{topic:>5}  {totals[topic]:>4}  {share[topic]:.4f}"
            f"  {width[topic] / audits:6.1f} {plain[topic] / audits:6.1f}"
        )
    say(
        f"worst topic {share.min():.4f}, mean {share.mean():.4f}; widths"
        f" {width.sum() / plain.sum():.3f} of the plain ones"
    )
    return bool(share.min() >= LEAST)


def main(arguments: Sequence[str]) -> int:
    """Print the tables of the chosen parts."""
    parser = argparse.ArgumentParser(prog="benchmarks/proof.py")
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--audits", type=int, default=2000)
    parser.add_argument("--part", action="append", choices=PARTS)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    chosen = parser.parse_args(arguments)
    parts = chosen.part or PARTS
    kept = Kept(chosen.keep, chosen.audits)
    good = []
    for stratified, part in ((False, "simple"), (True, "strata")):
        if part in parts:
            good.append(limits(stratified, chosen.audits, chosen.jobs, kept))
    if "looks" in parts:
        good.append(looks(chosen.audits, chosen.jobs, kept))
    if "topics" in parts and chosen.data is not None:
        good.append(topics(chosen.data, chosen.audits))
    elif "topics" in parts:
        say("\ntopics: skipped, no data folder given")
    if "quapy" in parts:
        import quantifiers

        quantifiers.compare(say, min(chosen.audits, 200))
    say(f"\n{'all that is promised holds' if all(good) else 'NOT all that is promised holds'}")
    return 0 if all(good) else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
