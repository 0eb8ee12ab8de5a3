"""Quotas 报送任务 that a plan sets in its sentences: 各科室每月报送信息不少于2条.

Hides: whom such a clause binds when it leaves out what the clause before it said, and what is
counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from msgspec.structs import replace

from pipeline.plan.cleaning import Line
from pipeline.plan.model import Doubt, Office, Quota
from pipeline.plan.numbers import chinese_value, read_mark
from pipeline.plan.responsibility import is_everyone, is_office, split_names

__all__ = ["SentenceQuota", "quotas_in", "quotas_of", "with_quotas"]

Per = Literal["week", "month", "quarter", "half_year", "semester", "year", "term"]
PERS: tuple[tuple[str, Per], ...] = (
    ("周", "week"),
    ("月", "month"),
    ("季", "quarter"),
    ("半年", "half_year"),
    ("学期", "semester"),
    ("年", "year"),
)
_PER = re.compile(r"每个?(?:周|月|季度?|半年|学期|年度?)|全年|年内|年度|当年")
_COUNT = re.compile(
    r"(?:(?:应|须|要)?(?:不少于|不得少于|不低于|至少|最少|≥))?\s?(?<!最后)(?P<count>\d{1,5}|[一二两三四五六七八九十]{1,3})\s?(?P<unit>[条篇期次件部个幅集档])(?:以上)?"
)
LONGEST_SUBJECT = 120
_POINTS = re.compile(r"[少漏缺多超][报发]?\s?[一1每]?\s?[条篇次期]|\d\s?分")
_CLAUSE = re.compile(r"[^，,；;。：:\n]+")
_VERBS = re.compile(
    r"^(?:其中)?(?:\d{1,2}日前)?(?:应当|应|须|要|至少|向[^，。]{2,10}?)?(?:报送|提供|推送|完成|撰写|推出|制作|上报|提交|刊发|刊播|编发|发布|投稿|组织|开展|播出|采写|报)?"
)
_TAIL = re.compile(r"(?:应|须|要)?(?:不少于|不得少于|不低于|至少|最少|≥|的|，)*$")


@dataclass(frozen=True)
class SentenceQuota:
    """What one clause asks of some offices."""

    offices: tuple[str, ...]
    special: bool
    """Of some offices among all, 其中办公室: it takes the place of what all have to do."""
    channel: str
    per: Per
    count: float
    unit: str
    span: tuple[int, int]


def quotas_in(text: str, offset: int = 0) -> Iterator[SentenceQuota]:
    """The quotas ``text`` sets for offices it names; spans are shifted by ``offset``.

    >>> [(q.offices, q.channel, q.per, q.count) for q in quotas_in("各科室每月报送信息不少于2条。")]
    [(('各科室',), '信息', 'month', 2.0)]
    """
    subject: tuple[str, ...] = ()
    per: re.Match[str] | None = None
    channel = ""
    for match in _CLAUSE.finditer(text):
        clause = match.group()
        if match.start() == 0 or text[match.start() - 1] in "。\n":
            subject, per, channel = (), None, ""
        if _POINTS.search(clause):
            continue
        found = _PER.search(clause)
        count = _COUNT.search(clause, found.end() if found else 0)
        named = _subject(clause[: found.start()] if found else clause)
        subject = named or subject
        if found is None and count is None:
            per = _PER.search(clause) or per
            continue
        per = found or per
        if count is None or per is None or not subject:
            continue
        between = clause[found.end() if found else len(_named_part(clause)) : count.start()]
        what = _TAIL.sub("", _VERBS.sub("", between.strip())).strip("“”《》")
        behind = re.match(r"[\u4e00-\u9fff]{2,8}(?![\u4e00-\u9fff])", clause[count.end() :])
        channel = what or (behind.group() if behind else channel)
        yield SentenceQuota(
            offices=subject,
            special="其中" in clause[: count.start()] and bool(named),
            channel=channel,
            per=next(name for sign, name in PERS if sign in per.group()),
            count=_value(count["count"]),
            unit=count["unit"],
            span=(offset + match.start(), offset + match.end()),
        )


def quotas_of(lines: Sequence[Line]) -> tuple[SentenceQuota, ...]:
    """The quotas of running text, a paragraph at a time."""
    return tuple(
        quota for line in lines if not line.cells for quota in quotas_in(line.text, line.start)
    )


def _value(number: str) -> float:
    return float(number) if number.isdigit() else float(chinese_value(number))


def _named_part(clause: str) -> str:
    """The offices a clause opens with, before its verb."""
    found = re.match(
        r"(.{2,30}?)(?=报送|提供|推送|完成|撰写|推出|制作|上报|提交|刊发|编发|发布|采写|不少于|至少|要|应|须|确定|明确)",
        clause,
    )
    return found[1] if found else ""


def _subject(words: str) -> tuple[str, ...]:
    if len(words) > LONGEST_SUBJECT:
        return ()
    if mark := read_mark(words):
        words = words[mark.end :]
    words = words.strip().removeprefix("其中")
    words = re.sub(r"(?:原则上|应当|应|须|要|在|至少)$", "", words.strip(" “”"))
    for candidate in (words, _named_part(words)):
        names = split_names(candidate)
        if names and all(is_office(name) for name in names):
            return names
    return ()


def with_quotas(
    offices: Sequence[Office], quotas: Sequence[SentenceQuota]
) -> tuple[tuple[Office, ...], tuple[Doubt, ...]]:
    """The offices with the quotas of sentences; 各科室 are the offices already known.

    An office or group of offices the plan names nowhere else is added. A quota that contradicts
    what is there already (the task table's, say) is a doubt and changes nothing.
    """
    known = list(offices)
    doubts: list[Doubt] = []
    house = [office.name for office in known if is_inside(office.name)]
    for quota in quotas:
        names: list[str] = []
        for name in quota.offices:
            names += house if is_everyone(name) and house else [name]
            if is_everyone(name) and not house:
                doubts.append(
                    Doubt(
                        span=quota.span,
                        what=f"“{name}”指哪些科室方案没有列出，任务暂记在“{name}”名下",
                        slug="offices-unnamed",
                    )
                )
        for name in dict.fromkeys(names):
            place = next(
                (i for i, o in enumerate(known) if name == o.name or name in o.aliases), None
            )
            if place is None:
                known.append(Office(name=name))
                place = len(known) - 1
            known[place], differs = _with_one(known[place], quota)
            if differs:
                doubts.append(Doubt(span=quota.span, what=differs, slug="quota-differs"))
    return tuple(known), tuple(doubts)


def is_inside(name: str) -> bool:
    """Whether an office is one of the house's own, so that 各科室 means it too.

    >>> is_inside("宣教科"), is_inside("市委网信办"), is_inside("各乡镇科协")
    (True, False, False)
    """
    return re.match(r"各|[省市区县镇乡](?![场政容域级村民])|中共", name) is None


def _with_one(office: Office, quota: SentenceQuota) -> tuple[Office, str]:
    channel = quota.channel or "信息"
    if quota.per == "month":
        there = office.monthly_quotas.get(channel)
        if there is not None and not quota.special and there != quota.count:
            return office, _differs(office, channel, there, quota)
        return replace(office, monthly_quotas={**office.monthly_quotas, channel: quota.count}), ""
    same = next((q for q in office.quotas if (q.channel, q.per) == (channel, quota.per)), None)
    if same is not None and not quota.special and same.count != quota.count:
        return office, _differs(office, channel, same.count, quota)
    made = Quota(channel=channel, per=quota.per, count=quota.count, unit=quota.unit)
    others = tuple(q for q in office.quotas if q is not same)
    return replace(office, quotas=(*others, made)), ""


def _differs(office: Office, channel: str, there: float, quota: SentenceQuota) -> str:
    return f"{office.name}的“{channel}”任务前后不一：{there:g} 与 {quota.count:g}，取前者"
