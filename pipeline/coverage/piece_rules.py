"""Which of a plan's rules 计分条款 a submission comes under.

Hides: how the words of a rule (两报、省级其它新闻报刊, 头版头条, 市领导批示) are held against where a
piece was handed in, printed or noted. A name in the rule goes before a level; of levels the
highest that is not above the outlet's own. What fits two rules equally is not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from msgspec.structs import replace

from pipeline.news import LEVEL_NAMES, Level
from pipeline.plan.in_force import holds_on
from pipeline.plan.model import Points, ScoringRule
from pipeline.plan.scoring import level_in
from pipeline.register import Submission
from pipeline.text import comparable, fold_width

__all__ = [
    "Multiple",
    "PieceRule",
    "PieceRules",
    "Use",
    "quota_act",
    "shown_points",
    "uses_of",
]

_RANK: dict[Level, int] = {"other": -1, "district": 0, "municipal": 1, "regional": 2, "central": 3}
_VERBS = re.compile(
    r"(?:的|被|发布|刊发|刊登|刊播|播出|采用|采纳|录用|投稿|宣传|报送|报道|转发|稿件|文章|作品)+$"
)
_SPLIT = re.compile(r"[、，,“”\"《》()]|(?<=..)[及和与](?=..)")
_LEVEL = r"(?:国家|中央|全国|省部?|自治区|市|盟|县|区|旗|乡镇)"
_CLASS = re.compile(
    rf"{_LEVEL}级|{_LEVEL}及?以上|^{_LEVEL}(?:主流|新闻|其它|其他|官方|的)*(?:媒体|报刊?|报纸|电视台?|网站|刊物)$"
)
_ANY_CLASS = re.compile(r"^(?:其它|其他|各类|主流|新闻|网络|官方)*(?:媒体|报刊|网站|刊物)$")
_KINDS = (
    ("broadcast", re.compile("电视|广播|电台|卫视")),
    ("web", re.compile("网|新媒体|公众号|客户端|微信|微博|APP", re.IGNORECASE)),
    ("paper", re.compile("报|刊")),
)
_HANDED_IN = re.compile("投稿|报送")
_EVENT = re.compile("批示|约稿")
_NOT_DONE = re.compile("[不未]报|[不未]完成|未交")
_LENGTH = re.compile(r"(?:超过?|大于|多于)(\d{1,5})字?|(\d{1,5})字?(?:及?以上)")
_QUOTA_ACTS = ("少报", "超报", "按时", "漏报")
_ON_TIME = re.compile("(.*?)(?:按时|按期)(?:报送|上报|完成)(?:任务)?")
_SHORTEST = 3
"""Characters an outlet's name needs to be found inside a rule's: 日报 would be in any."""


@dataclass(frozen=True)
class Use:
    """One thing that can earn points: a handing in, a printing, or a 批示 or 约稿."""

    submission: Submission
    name: str
    day: str
    """ISO 8601; of a printing its own day where it is known."""
    level: Level = "other"
    position: str = ""
    proof: str = ""
    printed: bool = False
    event: bool = False

    @property
    def words(self) -> str:
        """What is told of it in a derivation."""
        proof = f"（佐证{self.proof}）" if self.proof else ""
        if self.event:
            return f"{self.name}{proof}"
        if not self.printed:
            return f"报送{self.name}"
        level = "" if self.level == "other" else f"（{LEVEL_NAMES[self.level]}）"
        position = f"，{self.position}" if self.position else ""
        return f"{self.name}{level}采用{position}{proof}"


def uses_of(submission: Submission) -> tuple[Use, ...]:
    """Everything about a submission that a rule may count; the handing in is the first."""
    day = submission.day
    return (
        Use(submission, submission.column, day),
        *(
            Use(
                submission,
                use.outlet,
                use.day or day,
                use.level,
                use.position,
                use.proof,
                printed=True,
            )
            for use in submission.adopted
        ),
        *(
            Use(submission, event.what, event.day or day, proof=event.proof, event=True)
            for event in submission.events
        ),
    )


@dataclass(frozen=True)
class PieceRule:
    """The points of one kind of piece: one figure, or one for each band of length."""

    note: int
    item: str
    bands: tuple[Points, ...]
    multiplied: str = ""
    """In words, where its points were given as a multiple of another's."""

    @property
    def level(self) -> Level | None:
        """The level it is for; None where it is for any."""
        return self.bands[0].level or level_in(self.item)

    @property
    def bonus(self) -> bool:
        """Whether its points come on top of the office's target 加分."""
        return self.bands[0].bonus

    def points_for(self, words: int | None, *, higher: bool) -> tuple[Points | None, str]:
        """The points for a piece of so many characters and the words for them, or None and why.

        Args:
            higher: a piece of just a bound's length belongs to the higher band.
        """
        unit = self.bands[0].unit or "件"
        if len(self.bands) == 1 and not _is_bounded(self.bands[0]):
            each = f"每{unit}{shown_points(Decimal(str(self.bands[0].points)))}分"
            return self.bands[0], f"{self.multiplied}，{each}" if self.multiplied else each
        if words is None:
            return None, f"「{self.item}」按字数计分，登记中没有字数"
        for points in sorted(self.bands, key=lambda p: p.characters_from or 0, reverse=higher):
            low, high = points.characters_from or 0, points.characters_to
            if low <= words and (high is None or words <= high):
                at = ""
                if words in {p.characters_from for p in self.bands}:
                    at = f"（界限，计入{'高' if higher else '低'}一档）"
                each = shown_points(Decimal(str(points.points)))
                return points, f"{words}字属{_bounds(points)}{at}，每{unit}{each}分"
        return None, f"「{self.item}」没有给{words}字的分值"


@dataclass(frozen=True)
class Multiple:
    """A condition that multiplies points 加倍, and the notes whose pieces it is for."""

    note: int
    item: str
    factor: float
    level: Level | None
    notes: frozenset[int]


def quota_act(item: str) -> tuple[str, str]:
    """What a rule about a quota is for and which act it counts; the act is '' for any other rule.

    少报 and 超报 count each piece, 按时 and 漏报 each time that was met or not.

    >>> quota_act("园区动态信息 少报"), quota_act("信息")
    (('园区动态信息', '少报'), ('信息', ''))
    >>> quota_act("周报按时报送")
    ('周报', '按时')
    """
    named, _, act = item.rpartition(" ")
    if act in _QUOTA_ACTS:
        return named, act
    on_time = _ON_TIME.fullmatch(item)
    return (on_time[1], "按时") if on_time else (item, "")


class PieceRules:
    """The rules of a plan about single pieces.

    Args:
        contribution: whether 投稿 counts what was ``printed`` or what was ``handed-in``.
    """

    def __init__(self, notes: Sequence[ScoringRule], contribution: str) -> None:
        self._notes = notes
        self._dated = any(note.since or note.until for note in notes)
        self._chosen: dict[tuple[object, ...], PieceRule | str] = {}
        self._by_handing_in = contribution == "handed-in"
        self.rules: list[PieceRule] = []
        self.multiples: list[Multiple] = []
        self.unapplied: list[tuple[int, str]] = []
        plain = {n for n, note in enumerate(notes, 1) if any(map(_is_plain, note.rule.points))}
        for number, note in enumerate(notes, 1):
            rule = note.rule
            if not (rule.points or rule.total is not None or rule.highest_only or rule.shared):
                self.unapplied.append((number, "没有读出可以计算的分值，没有计入"))
            self._take_pieces(number, note)
        for number, note in enumerate(notes, 1):
            for points in note.rule.points:
                if points.multiplies:
                    self._take_times_another(number, points)
                elif points.multiplier is not None:
                    level = points.level or _class_level(points.item)
                    own = frozenset({number} if number in plain else plain | {number})
                    self.multiples.append(
                        Multiple(number, points.item, points.multiplier, level, own)
                    )

    def _take_pieces(self, number: int, note: ScoringRule) -> None:
        bands: dict[tuple[str, bool], list[Points]] = {}
        for points in filter(_is_plain, note.rule.points):
            bands.setdefault((points.item, points.bonus), []).append(points)
        for (item, _), found in bands.items():
            lengths = any(map(_is_bounded, found))
            if item in ("基础分", "基本分", "基准分", "底分"):
                self.unapplied.append((number, f"「{item}」不按件计，没有计入"))
            elif len(found) > 1 and not lengths:
                self.unapplied.append((number, f"「{item}」有几个分值，分不出用哪一个，没有计入"))
            else:
                self.rules.append(PieceRule(number, item, tuple(found)))

    def _take_times_another(self, number: int, points: Points) -> None:
        base = [r for r in self.rules if comparable(points.multiplies) in comparable(r.item)]
        if len(base) != 1 or len(base[0].bands) != 1 or points.multiplier is None:
            said = f"「{points.item}」按“{points.multiplies}”的倍数计，方案里找不到唯一的后者，没有计入"
            self.unapplied.append((number, said))
            return
        of = base[0].bands[0]
        each = Decimal(str(of.points)) * Decimal(str(points.multiplier))
        times = replace(of, item=points.item, points=float(each), level=points.level)
        said = f"“{of.item}”{of.points:g}分的{points.multiplier:g}倍"
        self.rules.append(PieceRule(number, points.item, (times,), said))

    @property
    def asks_about_stages(self) -> bool:
        """Whether the same piece can earn by being handed in and again by being used."""
        handing_in = [not _names(r.item) for r in self.rules if _is_handing_in(r.item)]
        return any(handing_in) and len(handing_in) < len(self.rules)

    @property
    def asks_about_contributions(self) -> bool:
        """Whether it matters for this plan what 投稿 means."""
        return any("投稿" in rule.item and _names(rule.item) for rule in self.rules)

    def rule_for(self, use: Use) -> PieceRule | str:
        """The rule a use comes under, or in words why there is none."""
        in_force = tuple(holds_on(note, use.day) for note in self._notes) if self._dated else ()
        facts = (use.event, use.printed, use.name, use.submission.column, use.level, in_force)
        if facts not in self._chosen:
            self._chosen[facts] = self._choose(use)
        return self._chosen[facts]

    def _choose(self, use: Use) -> PieceRule | str:
        if use.event:
            return self._event_rule(use)
        found = self._best(use, use.name)
        if len(found) != 1 and use.printed and use.name != use.submission.column:
            found = self._best(use, use.name + use.submission.column) or found
        if len(found) == 1:
            return found[0]
        if found:
            items = "、".join(f"「{rule.item}」" for rule in found)
            return f"{use.name}同样合于{items}，请在登记中写明是哪一种"
        return f"没有一条计分说明合于{use.name}" + ("" if use.printed else "的报送")

    def multiples_for(self, use: Use, rule: PieceRule) -> list[Multiple]:
        """The conditions for more points that a use meets."""
        met = [
            m
            for m in self.multiples
            if rule.note in m.notes and self._holds(m.note, use) and self._meets(use, m)
        ]
        return sorted(met, key=lambda multiple: -multiple.factor)

    def _holds(self, note: int, use: Use) -> bool:
        return holds_on(self._notes[note - 1], use.day)

    def _meets(self, use: Use, multiple: Multiple) -> bool:
        if length := _LENGTH.search(multiple.item):
            least = int(length[1]) + 1 if length[1] else int(length[2])
            return (use.submission.words or 0) >= least
        if multiple.level is not None and _class_level(multiple.item):
            return multiple.level == use.level
        word = comparable(multiple.item)
        return bool(word) and word in comparable(use.position)

    def _best(self, use: Use, name: str) -> list[PieceRule]:
        called = comparable(name)
        held = (rule for rule in self.rules if self._holds(rule.note, use))
        scores = [(self._fit(use, called, rule), rule) for rule in held]
        best = max((score for score, _ in scores), default=(0, 0))
        return [rule for score, rule in scores if score == best] if best > (0, 0) else []

    def _fit(self, use: Use, called: str, rule: PieceRule) -> tuple[int, int]:
        """How well a rule fits: by name, by level, by the act alone; (0, 0) for not at all."""
        if _EVENT.search(rule.item):
            return (0, 0)
        names = _names(rule.item)
        handing_in = _is_handing_in(rule.item)
        if use.printed:
            if handing_in and not names:
                return (0, 0)
        elif not (handing_in and (self._by_handing_in or not names)):
            return (0, 0)
        fit = (0, 0)
        for part in names:
            if part == called:
                fit = max(fit, (5, len(part)))
            elif part in called:
                fit = max(fit, (4, len(part)))
            elif called in part and len(called) >= _SHORTEST:
                fit = max(fit, (3, len(called)))
        if fit > (0, 0):
            return fit
        if not names:
            return (1, 0)
        kind = _kind(use.name)
        if use.printed and any(_class_fits(part, kind) for part in names):
            levels = [
                other.level
                for other in self.rules
                if other.level
                and self._holds(other.note, use)
                and any(_class_fits(part, kind) for part in _names(other.item))
            ]
            if rule.level is not None and rule.level == _highest(levels, use.level):
                return (2, _RANK[rule.level])
        return (0, 0)

    def _event_rule(self, use: Use) -> PieceRule | str:
        level = level_in(use.name) or _class_level(use.name)
        kinds = set(_EVENT.findall(use.name))
        fitting = [
            rule
            for rule in self.rules
            if self._holds(rule.note, use)
            and kinds & set(_EVENT.findall(rule.item))
            and bool(_NOT_DONE.search(rule.item)) == bool(_NOT_DONE.search(use.name))
            and rule.level in (None, level)
        ]
        levelled = [rule for rule in fitting if rule.level is not None] or fitting
        if len(levelled) == 1:
            return levelled[0]
        return f"没有一条计分说明唯一地合于“{use.name}”"


def shown_points(number: Decimal) -> str:
    """Points without the zeros behind their point.

    >>> shown_points(Decimal("2.50")), shown_points(Decimal("10.00"))
    ('2.5', '10')
    """
    return f"{number.quantize(Decimal('0.01')).normalize():f}"


def _is_handing_in(item: str) -> bool:
    return "投稿" in item or _HANDED_IN.fullmatch(item) is not None


def _is_bounded(points: Points) -> bool:
    return points.characters_from is not None or points.characters_to is not None


def _bounds(points: Points) -> str:
    if points.characters_from is None:
        return f"{points.characters_to}字以下"
    if points.characters_to is None:
        return f"{points.characters_from}字以上"
    return f"{points.characters_from}—{points.characters_to}字"


def _is_plain(points: Points) -> bool:
    return points.multiplier is None and not quota_act(points.item)[1]


@lru_cache(maxsize=1024)
def _names(item: str) -> tuple[str, ...]:
    """The outlets, columns and classes of outlets a rule names; none for 采用 and 投稿 alone."""
    bare = _VERBS.sub("", fold_width(item))
    parts = (_VERBS.sub("", part.strip()) for part in _SPLIT.split(bare))
    return tuple(name for part in parts if len(name := comparable(part)) > 1)


def _class_fits(part: str, kind: str) -> bool:
    """Whether ``part`` of a rule is a class of outlets that one of this kind may belong to."""
    if not (_CLASS.search(part) or _ANY_CLASS.match(part)):
        return False
    own = _kind(part)
    return not own or not kind or own == kind


def _class_level(words: str) -> Level | None:
    return level_in(words) if _CLASS.search(words) else None


def _highest(levels: Sequence[Level | None], own: Level) -> Level | None:
    """The highest of ``levels`` that is not above ``own``; nothing for an outlet of none."""
    reached = [level for level in levels if level and _RANK[level] <= _RANK[own]]
    if not reached or own == "other":
        return None
    return max(reached, key=lambda level: _RANK[level])


def _kind(name: str) -> str:
    return next((kind for kind, pattern in _KINDS if pattern.search(name)), "")
