"""Which of the five kinds a document is.

Hides: the words in titles and headings that tell a publicity plan 宣传方案 from a development
plan 规划, work points 工作要点 or a bulletin 简报.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.plan.bulletin_plan import is_bulletin
from pipeline.plan.cleaning import Line
from pipeline.plan.model import PlanKind
from pipeline.plan.outline import Outline
from pipeline.plan.roles import roles_in

__all__ = ["kind_of"]

_PUBLICITY = re.compile(
    r"(?:宣传|报道|采访|选题).{0,16}(?:方案|计划|要点|安排|意见|通知)|(?:宣传|报道)工作"
)
_DEVELOPMENT = re.compile(r"规划|纲要|[“\"]?十[一二三四五六七]?五[”\"]")
_WORK = re.compile(r"要点|方案|计划|措施|意见|安排|行动|工作思路|任务|工程|若干政策|通知")
_RULES = re.compile(r"办法|条例|细则|规定|章程|通报|决定")
_WORK_LEAD = re.compile(r"(?:做好|抓好|推进|完成).{0,8}(?:方面|项).{0,6}工作|工作思路|工作要点")
_CALLS_ITSELF = re.compile(
    r"(?:制定|制订|拟定|提出)(?:本|以下|如下)?"
    r"([^。；，：《》]{0,12}(?:方案|规划|纲要|计划|要点|措施|意见|安排|办法|细则|规定))(?:如下)?[。：:]$"
    r"|(?:现将|现就)[^。；]{0,40}(通知|安排)如下[。：:]$"
)
"""The sentence above the first heading: 制定本方案。 现将有关事项通知如下："""


def kind_of(title: str, outline: Outline, lines: Sequence[Line]) -> PlanKind:
    """The kind of the document; ``other`` when nothing tells."""
    title = title or _own_words(outline)
    if is_bulletin(lines):
        return "bulletin"
    if not outline.sections:
        return "other"
    roles = {role for _, role in roles_in(outline.sections)}
    if "focus" in roles and (_PUBLICITY.search(title) or "form" in roles or "units" in roles):
        return "publicity_plan"
    if (
        _PUBLICITY.search(title)
        and not _DEVELOPMENT.search(title)
        and roles & {"form", "task", "requirement"}
    ):
        return "publicity_plan"
    if _RULES.search(title[-8:]):
        return "other"
    if _DEVELOPMENT.search(title):
        # 关于...规划的实施意见 carries a plan out; it is not the plan.
        if not re.search("(?:意见|方案|要点|分工|措施|计划)(?:》?的?通知)?$", title):
            return "development_plan"
        return "work_plan"
    if _WORK.search(title):
        return "work_plan"
    if any(
        section.mark is not None and section.mark.family == "chapter"
        for section in outline.sections
    ):
        return "development_plan"
    lead = "".join(line.text for line in outline.before[-3:])
    return "work_plan" if _WORK_LEAD.search(lead) else "other"


def _own_words(outline: Outline) -> str:
    """What a document that has lost its title calls itself."""
    for line in reversed(outline.before[-3:]):
        if found := _CALLS_ITSELF.search(line.text[-80:]):
            return found[1] or found[2]
    return ""
