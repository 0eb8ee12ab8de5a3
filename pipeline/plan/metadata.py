"""What stands around a plan: title, issuer 发文机关, document number 发文字号, date, term.

Hides: where in the heading, the information box of a page, or the signature each is found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from pipeline.plan.cleaning import Line
from pipeline.plan.dates import find_day, find_period, year_term, years_from
from pipeline.plan.model import PlanKind
from pipeline.plan.numbers import chinese_value

__all__ = ["Metadata", "read_metadata", "read_period"]

_TITLE_END = re.compile(
    r"(?:方案|规划|计划|要点|意见|办法|措施|通知|通报|纲要|安排|细则|规定|决定|思路|任务|行动|总结|分工|规则|条例|预案|章程|函)"
    r"(?:[（(][^（）()]{1,24}[）)])?[》”]?(?:的通知|的意见)?$"
)
_NUMBER = re.compile(
    r"[\u4e00-\u9fff]{1,14}\s?[〔\[［(（【]\s?(?:19|20)\d\d\s?[〕\]］)）】]\s?第?\s?\d{1,5}\s?号"
)
_CITED = re.compile(
    r"(?:[》〉][ \u3000]?[（(]|(?:根据|依据|按照|依照|遵照)[^。；]{0,80}?)[\u4e00-\u9fff\s]{0,14}$"
)
"""What stands before the year of another document's number, in a sentence."""
_NUMBER_AFTER_TITLE = re.compile(
    r"(?<=通知|的函|意见|通报|决定)(?=[\u4e00-\u9fff]{1,8}[〔\[［(（【](?:19|20)\d\d[〕\]］)）】]\d{1,5}号)"
)
_TERM_LINE = re.compile(
    r"[（(]\s*(?:19|20)\d\d\s?年?\s?[—–\-－~至]{1,2}\s?(?:19|20)\d\d\s?年?\s*[）)]"
)
_LABEL = {
    "title": re.compile(r"标\s*题\s*[:：]\s*(.{4,80}?)(?:\s{2,}|$)"),
    "issuer": re.compile(
        r"(?:发文机关|发文单位|制发机关|印发机关)\s*[:：]\s*([\u4e00-\u9fff、]{3,40})"
    ),
    # Who puts a page up is often not who issued the document.
    "poster": re.compile(r"发布机构\s*[:：]\s*([\u4e00-\u9fff、]{3,40})"),
    "date": re.compile(r"(?:成文日期|发文日期|印发日期)\s*[:：]\s*(\S{8,12})"),
    "posted": re.compile(r"(?:发布(?:日期|时间)|时间)\s*[:：]\s*(\S{8,12})"),
    "source": re.compile(
        r"来源\s*[:：]\s*([\u4e00-\u9fff]{2,28}(?:局|府|厅|部|委|会|办公室|中心|院|署))(?:\s|$)"
    ),
}
_ORGAN = re.compile(
    r"[\u4e00-\u9fff]{2,30}(?:局|府|厅|部|委|会|办公室|中心|院|署|科协|办公厅|公司|集团)$"
)
_NAMED = re.compile(
    r"^([\u4e00-\u9fff]{3,24}?(?:局|府|厅|部|院|委|委员会|办公室|办公厅))(?:关于|印发)",
    re.MULTILINE,
)
"""Who issues a document by its title, or by that of the notice that sends it out."""
_NOT_TITLE = re.compile(r"此件|附\s*件|抄送|[:：]$|目\s*录$|\d[.、．]")
_OF_THE_PLAN = re.compile(
    r"(?:(?:规划|实施|执行|有效|适用)(?:期限?|时间|时限)|有效期限?)"
    r"(?:[为是:：,，自从由定于至\s]|限){0,6}([^。；\n]{6,60})"
)
_OF_A_CAMPAIGN = re.compile(
    r"(?:(?:活动|宣传|报道|工作|采访)(?:期限?|时间|时限|周期)|时间安排|起止时间)"
    r"(?:[为是:：,，自从由定于至\s]|限){0,6}([^。；\n]{6,60})"
)
_FROM_TO = re.compile(
    r"(?:本(?:方案|规划|计划|办法|意见|要点|通知|行动|措施|细则|规定|政策|纲要)|活动|宣传|规划)[^。；\n]{0,14}?(?:自|从|于|为)"
    r"([^。；\n]{4,40}?(?:起至|至|到|起|止|—|-)[^。；\n]{2,40})"
)
_ANNOUNCED = re.compile(
    r"(?:^|[。，,\s])(?P<who>[\u4e00-\u9fff、]{3,40}?)(?:近日|日前)?(?:联合)?印发了?《(?P<title>[^《》\n]{6,80})》"
)
"""近日，甲委员会、乙办公厅印发了《…》: how news agencies open the document they print."""
_HIGHEST = re.compile("中共中央|国务院|中央军委|全国人大常委会")
LIKELY_THE_SAME = 0.8
"""Share of characters two titles have in common when one is the other, misspelt."""
_VALID_FOR = re.compile(
    r"自([^。；，\n]{7,16}日)起(?:施行|实施|执行|生效)，(?:有效期|试行期)限?为?([一二两三四五六七八九十\d]{1,2})年"
)
_EDGE_OF_TEXT = 1500
"""A plan states its own term in its first or last 1 500 characters, if at all."""
LONGEST_TITLE_LINE = 60
MOST_SIGNERS = 20


@dataclass(frozen=True)
class Metadata:
    """Empty or None where the document does not say."""

    title: str
    issuer: str
    number: str
    date: str | None


def read_metadata(
    before: Sequence[Line], after: Sequence[Line], dropped: Sequence[str]
) -> Metadata:
    """Read the lines before the first heading and after the last."""
    head = "\n".join(line.text for line in before if not line.cells)
    tail = "\n".join(line.text for line in after if not line.cells)
    around = head + "\n" + tail + "\n" + "\n".join(dropped)
    issuer, day = _signature(before, after)
    box = _LABEL["issuer"].search(around)
    title = _title(before)
    if not title and (labelled := _LABEL["title"].search(head)):
        title = labelled.group(1).strip()
    title = title or _opening(before)
    if box and _ORGAN.fullmatch(box.group(1)):
        issuer = box.group(1)
    elif (
        not issuer
        and (poster := _LABEL["poster"].search(around))
        and _ORGAN.fullmatch(poster.group(1))
    ):
        issuer = poster.group(1)
    elif not issuer:
        named = _NAMED.match(title) or _NAMED.search(head)
        source = _LABEL["source"].search(around)
        issuer = named.group(1) if named else source.group(1) if source else ""
    announced = _announced(head)
    if announced is not None:
        issuer = issuer or announced[0]
        title = announced[1] if not title or _is_misspelt(title, announced[1]) else title
    dated = _LABEL["date"].search(around)
    posted = _LABEL["posted"].search(around)
    day = (find_day(dated.group(1)) if dated else None) or day
    day = day or (find_day(posted.group(1)) if posted else None)
    return Metadata(title, issuer, _number(head[:3000]), day)


def _announced(head: str) -> tuple[str, str] | None:
    """Who issued what, as the news that brings the document says."""
    for match in _ANNOUNCED.finditer(head):
        who = re.sub("^(?:近日|日前)", "", match["who"])
        if all(_ORGAN.fullmatch(part) or _HIGHEST.fullmatch(part) for part in who.split("、")):
            return who, match["title"]
    return None


def _is_misspelt(title: str, other: str) -> bool:
    """Whether the two are one title that a page spells wrong in its headline."""
    return SequenceMatcher(None, title, other, autojunk=False).ratio() > LIKELY_THE_SAME


def read_period(title: str, kind: PlanKind, text: str) -> tuple[str, str] | None:
    """The term a sentence of the plan on itself gives, else its title's; a year alone counts for
    yearly plans. A plan named after a five-year plan may be valid for fewer years.

    >>> read_period("宣传方案", "publicity_plan", "本方案执行时间为2025年1月至12月。")
    ('2025-01-01', '2025-12-31')
    """
    edges = (text[:_EDGE_OF_TEXT], text[max(_EDGE_OF_TEXT, len(text) - _EDGE_OF_TEXT) :])
    return (
        _valid_for(edges)
        or _stated(_OF_THE_PLAN, edges)
        or find_period(title)
        or _stated(_FROM_TO, edges)
        or _stated(_OF_A_CAMPAIGN, (text,))
        or (year_term(title) if kind in ("publicity_plan", "work_plan") else None)
    )


def _valid_for(places: Sequence[str]) -> tuple[str, str] | None:
    """The term of 自2025年6月1日起施行，有效期三年."""
    for place in places:
        for stated in _VALID_FOR.finditer(place):
            first, years = find_day(stated[1]), chinese_value(stated[2])
            if first and years:
                return years_from(first, years)
    return None


def _stated(sentence: re.Pattern[str], places: Sequence[str]) -> tuple[str, str] | None:
    """The term the first such sentence that gives one gives."""
    for place in places:
        for stated in sentence.finditer(place):
            if found := find_period(stated.group(1), days=True):
                return found
    return None


def _signature(before: Sequence[Line], after: Sequence[Line]) -> tuple[str, str | None]:
    """Who signed and when: an organ on the line above a date that has a line to itself."""
    for lines in (after, before):
        for index in range(len(lines) - 1, -1, -1):
            text = lines[index].text
            day = find_day(text)
            if day is None or len(text) > 24:
                continue
            signed = ""
            for line in reversed(lines[max(0, index - MOST_SIGNERS) : index]):
                beside = re.split(r"\s{2,}|\u3000", line.text.strip())
                above = re.sub(r"\s", "", line.text)
                if line.cells or not _ORGAN.fullmatch(above):
                    break
                # Of several that sign, the first leads.
                together = all(len(one) > 3 and _ORGAN.fullmatch(one) for one in beside)
                signed = beside[0] if together else above
            if signed:
                return signed, day
            if re.fullmatch(r"[\s\d年月日〇零○一二三四五六七八九十]+(?:印发)?", text):
                return "", day
    return "", None


def _number(head: str) -> str:
    """The document's own number, not one a sentence cites: 根据《…通知》（…〔2023〕5号）."""
    for match in _NUMBER.finditer(head):
        start = head.rfind("\n", 0, match.start()) + 1
        end = head.find("\n", match.end())
        line = head[start : end if end >= 0 else len(head)]
        year = re.search(r"[〔\[［(（【]\s?(?:19|20)", head[match.start() :])
        before = line[: match.start() - start + (year.start() if year else 0)]
        if _CITED.search(before) is None or not re.search("[。；，]", line):
            return _bare_number(match.group())
    return ""


def _bare_number(written: str) -> str:
    """The number without a title glued before it."""
    return re.sub(r"\s|^.*(?:通知|通报|意见|方案|规划|决定)", "", written)


def _opening(before: Sequence[Line]) -> str:
    """The first line, where it stands above a sentence as a title does: …大赛, …专项行动纪实."""
    if len(before) < 2 or before[0].cells or len(before[1].text) <= LONGEST_TITLE_LINE // 2:
        return ""
    text = before[0].text
    plain = 8 <= len(text) <= LONGEST_TITLE_LINE and not re.search(
        "[。；！，：:>|]|首页|附件", text
    )
    if not plain or _NOT_TITLE.search(text) or find_day(text) or _ORGAN.fullmatch(text):
        return ""
    return "" if _NUMBER.search(text) else text


def _title(before: Sequence[Line]) -> str:
    """The last title above the text; the plan's own goes before the notice that sends it out."""
    candidates: list[str] = []
    run: list[str] = []
    for line in before:
        text = line.text
        if candidates and not run and _TERM_LINE.fullmatch(text):
            candidates[-1] += text
            continue
        plain = (
            not line.cells and len(text) <= LONGEST_TITLE_LINE and not re.search("[。；！]", text)
        )
        if (glued := _NUMBER_AFTER_TITLE.search(text)) and len(text[: glued.start()]) <= 60:
            text, plain = text[: glued.start()], not line.cells
        if not plain or _NOT_TITLE.search(text) or find_day(text) or _NUMBER.search(text):
            run = []
            continue
        run.append(text)
        if _TITLE_END.search(text):
            candidates.append(_joined(run))
            run = []
    own = [title for title in candidates if not title.endswith(("通知", "通报"))]
    return (own or candidates or [""])[-1]


def _joined(run: Sequence[str]) -> str:
    """A title over two or three lines; a line that can stand alone is left alone."""
    last = run[-1]
    needs_more = last[0] in "的和与及》）" or len(last) <= 12 or last.startswith("主题")
    parts = [last]
    for text in reversed(run[:-1]):
        unfinished = "关于" in text or text.endswith(("”", "发", "、", "的", "和"))
        if len(parts) >= 3 or _TITLE_END.search(text) or not (needs_more or unfinished):
            break
        if _ORGAN.fullmatch(text) or text.endswith("文件"):
            break
        parts.insert(0, text)
        needs_more = text[0] in "的和与及》）"
    return "".join(parts)
