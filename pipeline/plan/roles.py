"""What a section of a publicity plan is for.

Hides: the headings under which plans put their focus areas 宣传重点, reporting arrangements
报道安排, tasks 重点任务 (arrangements, or the focus of a plan that has none), requirements 工作要求 and interview units 采访单位.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from pipeline.plan.outline import Section

__all__ = ["Role", "loose_role", "role_of", "roles_in"]

Role = Literal["focus", "form", "task", "requirement", "units", "other"]

_ROLES: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("units", re.compile(r"(?:采访|宣传|报道)(?:单位|对象|点位?|名单|线索)")),
    (
        "focus",
        re.compile(
            r"^(?:.{0,8}(?:宣传|报道)的?(?:工作)?(?:主要)?(?:重点|主题|内容|要点|方向|选题|任务)(?:内容|和内容|任务)?|重点(?:宣传|报道)内容|主要内容|宣传主要内容|选题(?:方向|重点|内容|范围))$"
        ),
    ),
    (
        "form",
        re.compile(
            r"^(?:.{0,8}(?:宣传|报道|活动|采访|工作|时间|实施|推进|进度)(?:工作)?的?(?:安排|形式|方式|方法|措施|途径|步骤|载体|渠道|计划)(?:和.{2,6})?"
            r"|主要(?:形式|方式|措施|做法|活动|途径)|(?:具体|重点|系列|宣传)(?:安排|措施|活动|形式)|方法步骤|活动(?:内容|项目)|(?:月度|季度|年度)(?:安排|计划|选题)|(?:宣传|活动|报道)(?:形式|方式|平台|渠道)(?:和|与|及).{2,6})$"
        ),
    ),
    (
        "task",
        re.compile(
            r"^(?:(?:主要|重点|具体|年度)(?:工作)?(?:任务|工作|举措|项目)|工作(?:内容|重点|任务|举措|安排)|任务(?:分工|安排|清单|措施))(?:(?:及|和|与)?(?:分工|安排|要求|措施|责任分工))?$"
        ),
    ),
    (
        "requirement",
        re.compile(
            r"^(?:.{0,6}(?:工作|有关|相关|组织|纪律|几点|具体|宣传|报道|任务|采编|报送|审核|推进)要求|要求|.{0,6}保障(?:措施|机制)?|(?:强化|加强)?组织(?:领导|实施|保障))$"
        ),
    ),
)


LONGEST_HEADING = 14
_LOOSE: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("focus", re.compile(r"(?:宣传|报道|选题|主题|重点).{0,6}(?:重点|内容|方向|选题)$")),
    (
        "form",
        re.compile(
            r"(?:宣传|报道|活动|任务|媒体|采访|推广).{0,4}(?:安排|形式|方式|措施|途径|步骤|载体|渠道|平台|阵地|活动|分工|行动|任务)$|^(?:宣传|媒体|新闻)(?:报道|宣传|推广)$"
        ),
    ),
    ("requirement", re.compile(r"(?:要求|保障|领导|纪律|注意事项)$")),
)


def role_of(title: str) -> Role:
    """What a section called ``title`` holds.

    >>> role_of("宣传重点"), role_of("主要形式"), role_of("保障措施"), role_of("指导思想")
    ('focus', 'form', 'requirement', 'other')
    """
    bare = re.sub(r"[（(].*?[）)]|\s", "", title)
    for role, pattern in _ROLES:
        if pattern.search(bare):
            return role
    return "other"


def loose_role(title: str) -> Role:
    """The role of a section of what is known to be a publicity plan, whose headings need not be
    the usual ones.

    >>> loose_role("宣传任务安排"), loose_role("宣传主题和重点内容"), loose_role("考核办法")
    ('form', 'focus', 'other')
    """
    role = role_of(title)
    bare = re.sub(r"[（(].*?[）)]|\s", "", title)
    if role != "other" or len(bare) > LONGEST_HEADING:
        return role
    return next((role for role, pattern in _LOOSE if pattern.search(bare)), "other")


def roles_in(sections: Sequence[Section]) -> Iterator[tuple[Section, Role]]:
    """The sections of the two outer levels with their roles."""
    for section in sections:
        yield section, role_of(section.title)
        for child in section.children:
            yield child, role_of(child.title)
