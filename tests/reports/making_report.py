"""A report like one of a real audit, with hostile guests. Place names and sentences are invented."""

from __future__ import annotations

import msgspec

from pipeline.assignment import Evidence
from pipeline.coverage.report import (
    ColumnLine,
    CoverageReport,
    CoverageState,
    ItemLine,
    MediumLine,
    ModelNote,
    OfficeLine,
    Period,
    PlanNote,
    SourceLine,
    StoryLine,
    StoryTheme,
    Tally,
    TermLine,
    ThemeLine,
    Totals,
    UnitLine,
)

MONTHS = ("2025-01", "2025-02", "2025-03", "2025-04", "2025-05", "2025-06")


TERMS = (
    Period(first="2025-01-01", last="2025-03-31", label="2025年1—3月"),
    Period(first="2025-04-01", last="2025-06-30", label="2025年4—6月"),
)


HOSTILE_TITLE = '<script>alert("标题")</script>=1+1\u202e反写\u0000\u0008 & "引号"'


HOSTILE_URL = "javascript:alert(document.cookie)"


LONG_WORD = "长" * 200_000 + "W" * 800_000


_THEMES: tuple[tuple[str, str, str, CoverageState, str, str], ...] = (
    (
        "focus-1",
        "（一）",
        "推动大众创业、万众创新",
        "covered",
        "已查 4 家 96 条，核实 3 篇，达到达标线 3 篇。",
        "无需补报；可整理为典型经验。",
    ),
    (
        "focus-2",
        "（二）",
        "依托主导产业强化科技支撑",
        "thin",
        "核实 1 篇，即使机器归入的 1 篇全部属实也只有 2 篇，不到达标线 3 篇。",
        "复核机器归入的 1 篇，再安排 1 至 2 篇企业报道。",
    ),
    (
        "focus-3",
        "（三）",
        "深化产学研合作、培养创新人才",
        "undecided",
        "青原日报“科技专版”6 月 3 日起被拦截，缺 28 天；人工只复核 1 篇。",
        "先补采青原日报，或由人登记这 28 天的见报情况。",
    ),
    (
        "focus-4",
        "（四）",
        "科技创新载体建设",
        "blank",
        "已查 4 家 96 条，核实 0 篇；全部通读认定，至多 0 篇。",
        "采访方案点名的重点实验室和中试基地。",
    ),
    (
        "focus-5",
        "（五）",
        "高新技术产业及园区发展",
        "undecided",
        "机器归入 7 篇，尚未有人复核。",
        "复核概率最高的 3 篇，即可判定是否达标。",
    ),
    (
        "focus-6",
        "（六）",
        "农牧业科技园区建设",
        "undecided",
        "方案点名的“青原新闻”微信公众号未查。",
        "登记该公众号的发稿记录。",
    ),
)


_EXCERPT = (
    "青原市科技创业服务中心近日挂牌第三处众创空间，已有二十七个团队入驻。"
    "中心负责人介绍，入驻团队可免租两年，并由科技特派员一对一辅导。"
)


def story_line(number: int, **changes: object) -> StoryLine:
    title = f"青原市第{number}处众创空间挂牌，二十七个团队入驻"
    day = f"2025-{(number - 1) % 6 + 1:02}-{(number * 7) % 27 + 1:02}"
    first = ItemLine(
        id=f"n{number}",
        title=title,
        day=day,
        outlet="青原日报",
        source="qyrb",
        url=f"https://rb.qingyuan.example/2025/t{number}.html",
        level="municipal",
        original=True,
    )
    reprint = ItemLine(
        id=f"n{number}r",
        title=f"{title}（转）",
        day=day,
        outlet="青原市科学技术局",
        source="qykj",
        url=f"http://kj.qingyuan.example/a.jsp?id={number}&x='1'",
        level="municipal",
        reprint_of="青原日报",
        edits=("title",),
    )
    story = StoryLine(
        id=f"s{number}",
        title=title,
        day=day,
        outlet="青原日报",
        level="municipal",
        locality="local",
        locality_reason="稿源为市级媒体，题名有“青原市”",
        counted=True,
        excerpt=_EXCERPT,
        items=(first, reprint) if number % 3 == 0 else (first,),
    )
    return msgspec.structs.replace(story, **changes)


def evidence_of(title: str) -> tuple[Evidence, ...]:
    word = "众创空间"
    at = title.find(word)
    inside = len(title) + 1 + _EXCERPT.index("科技特派员")
    return (
        Evidence(start=at, end=at + 4, text=word, weight=1.874),
        Evidence(start=inside, end=inside + 5, text="科技特派员", weight=0.62),
        Evidence(start=4_000, end=4_004, text="孵化基地", weight=0.31),
        Evidence(start=4_100, end=4_102, text="降雨", weight=-0.27),
    )


def _link(theme: str, state: str, probability: float, title: str) -> StoryTheme:
    evidence = evidence_of(title) if probability < 0.99 else ()
    raw = {"theme": theme, "probability": probability, "state": state}
    return msgspec.structs.replace(msgspec.convert(raw, StoryTheme), evidence=evidence)


_STANDING = {
    1: (("focus-1", "confirmed", 0.93),),
    2: (("focus-1", "corrected", 0.31), ("focus-5", "machine", 0.58)),
    3: (("focus-1", "confirmed", 0.88), ("focus-2", "confirmed", 0.72)),
    4: (("focus-1", "machine", 0.66), ("focus-4", "rejected", 0.55)),
    5: (("focus-1", "machine", 0.61), ("focus-5", "machine", 0.91)),
    6: (("focus-2", "machine", 0.57), ("focus-5", "machine", 0.99)),
    7: (("focus-3", "confirmed", 0.83),),
    8: (("focus-3", "machine", 0.71), ("focus-5", "machine", 0.64)),
    9: (("focus-5", "machine", 0.77),),
    10: (("focus-5", "machine", 0.69), ("focus-6", "machine", 0.52)),
    11: (("focus-5", "machine", 0.55), ("focus-6", "confirmed", 0.81)),
    12: (),
}


def _stories() -> tuple[StoryLine, ...]:
    stories = []
    for number, standing in _STANDING.items():
        changes: dict[str, object] = {}
        if number == 5:
            changes = {"title": HOSTILE_TITLE, "units": ("青原市科技创业服务中心",)}
        if number == 6:
            changes = {"title": LONG_WORD, "excerpt": LONG_WORD, "outlet": "=cmd|' /C calc'!A0"}
        if number == 9:
            changes = {"title": '=HYPERLINK("http://evil.example","点我")', "flags": ("spam",)}
        story = story_line(number, **changes)
        links = tuple(_link(theme, state, p, story.title) for theme, state, p in standing)
        reviewed = any(link.state != "machine" for link in links)
        story = msgspec.structs.replace(story, themes=links, reviewer="李文" if reviewed else "")
        if number == 5:
            bad = msgspec.structs.replace(story.items[0], url=HOSTILE_URL, outlet="-2+3\t\x07报")
            other = msgspec.structs.replace(
                bad, original=False, url='https://a.example/"><img src=x onerror=1>'
            )
            story = msgspec.structs.replace(story, items=(bad, other))
        stories.append(story)
    outside = [
        story_line(
            20 + n,
            title=title,
            locality=locality,
            locality_reason=reason,
            counted=False,
            outlet=outlet,
            excerpt="@全国科技活动周将于五月举行。",
        )
        for n, (title, locality, reason, outlet) in enumerate(
            (
                ("全国科技活动周五月举行", "upper_general", "稿源为中央媒体，未提及本市", "新华社"),
                ("邻市白河开发区签约十二个项目", "elsewhere", "题名有外地“白河”", "白河日报"),
                ("</td><iframe src=//evil.example>", "elsewhere", "<b>外地</b>", "+86 热线"),
            )
        )
    ]
    return (*stories, *outside)


def build_report() -> CoverageReport:
    """A report like a real one, its numbers counted from its stories."""
    stories = _stories()
    themes = []
    for theme_id, number, title, state, reason, step in _THEMES:
        months = [Tally() for _ in MONTHS]
        standing = []
        for story in stories:
            for link in story.themes:
                if link.theme == theme_id:
                    month = MONTHS.index((story.day or "")[:7])
                    months[month] += Tally(**{link.state: 1})
                    if link.state != "rejected":
                        standing.append((link.state == "machine", -link.probability, story.id))
        tally = sum(months, Tally())
        themes.append(
            ThemeLine(
                id=theme_id,
                number=number,
                title=title,
                text="宣传我市顺应网络时代创业创新的新趋势，加快建设众创空间等服务平台的做法与成效。"
                * (8 if theme_id == "focus-5" else 1),
                state=state,
                reason=reason,
                next_step=step,
                bar=3,
                tally=tally,
                by_month=tuple(months),
                by_level={"municipal": tally},
                by_carrier={"newspaper": tally, "wechat": Tally()},
                by_genre={"news": tally, "interview": Tally()},
                lead_offices=("创业科",) if theme_id == "focus-1" else (),
                offices=("农村科",) if theme_id == "focus-2" else (),
                by_term=tuple(
                    TermLine(
                        period=term,
                        state=state,
                        reason=reason,
                        next_step=step,
                        tally=sum(months[at : at + 3], Tally()),
                    )
                    for term, at in zip(TERMS, (0, 3), strict=True)
                ),
                stories=tuple(story_id for _, _, story_id in sorted(standing)),
                queue=tuple(story_id for machine, _, story_id in sorted(standing) if machine),
            )
        )
    items = sum(len(story.items) for story in stories)
    return CoverageReport(
        generated_at="2025-07-02T09:30:00+08:00",
        plan=PlanNote(
            title="青原市“科技创新助力转型发展”主题宣传报道方案",
            name="qingyuan-2025",
            kind="publicity_plan",
            fingerprint="9f31c2d7a40be815",
            scheme="focus_area",
            scheme_name="宣传重点",
            issuer="中共青原市委宣传部",
            date="2025-01-06",
            period=("2025-01-01", "2025-12-31"),
            home="青原市",
        ),
        period=Period(first="2025-01-01", last="2025-06-30", label="2025 年上半年"),
        model=ModelNote(name="base-28", fingerprint="41d0e7aa9c2f6b03"),
        months=MONTHS,
        terms=TERMS,
        themes=tuple(themes),
        groups=(
            msgspec.structs.replace(
                themes[0], id="chapter-1", number="第一章", title="创新<b>主体</b>", by_term=()
            ),
        ),
        offices=(
            OfficeLine(name="创业科", focus="创新创业", lead=("focus-1",), tally=themes[0].tally),
            OfficeLine(name="农村科", themes=("focus-2",), tally=themes[1].tally),
            OfficeLine(name="=档案科()", focus="档案"),
        ),
        stories=stories,
        units=_units(),
        sources=_sources(),
        media=(
            MediumLine(name="青原日报", kind="newspaper", state="crawled", source="qyrb"),
            MediumLine(
                name="青原广播电视台", kind="broadcaster", state="registered", vouched_by=("王芳",)
            ),
            MediumLine(name="青原新闻", kind="wechat", state="unchecked"),
            MediumLine(name="白河日报", kind="newspaper", state="seen", source="qyrb", items=3),
        ),
        totals=Totals(
            items=items,
            stories=len(stories),
            reprints=items - len(stories),
            counted=12,
            reviewed=6,
            by_locality={"local": 12, "upper_about_local": 0, "upper_general": 1, "elsewhere": 2},
            not_counted={"upper_general": 1, "elsewhere": 2},
            undated=2,
            themeless=1,
            unclassified=0,
        ),
        unchecked=(
            "青原日报“科技专版”：6 月 3 日至 6 月 30 日共 28 天被拦截（521），没有读到。",
            "微信公众号“青原新闻”：没有采集，也没有人工登记。",
            "2 条没有日期，不属于任何周期。",
            "<img src=x onerror=alert(1)>没有采集。",
        ),
    )


def _units() -> tuple[UnitLine, ...]:
    return (
        UnitLine(
            name="青原市科技创业服务中心",
            theme="focus-1",
            note="企业孵化、创新创业",
            state="interviewed",
            count=2,
            stories=("s1", "s5"),
        ),
        UnitLine(name="东岭区大学生创业园", theme="focus-1", note="创客空间", state="unseen"),
        UnitLine(
            name="久诚环保科技有限公司院士专家工作站",
            theme="focus-2",
            note="高盐水处理",
            state="mentioned",
            count=1,
            stories=("s3",),
        ),
        UnitLine(name="@北岭牧业研究所", theme="focus-2", note="", state="unseen"),
        UnitLine(name="青原创新研究院", theme="focus-3", note="清洁能源", state="unseen"),
        UnitLine(name="青原高新技术产业园区", theme="focus-5", note="", state="unseen"),
        UnitLine(name="智慧牧场示范点", theme="", note="新技术推广", state="unseen"),
    )


def _column(name: str, **changes: object) -> ColumnLine:
    column = ColumnLine(
        column=name,
        list_pages=6,
        links_found=48,
        fetched=40,
        extracted=40,
        dated=39,
        known=8,
        refused=0,
        blocked=0,
        failed=0,
        duplicates=3,
        windows=(("2025-01-01", "2025-06-30"),),
        complete=True,
        missing_days=0,
        read_at="2025-07-01T22:40:00+00:00",
    )
    return msgspec.structs.replace(column, **changes)


def _sources() -> tuple[SourceLine, ...]:
    return (
        SourceLine(
            id="qykj",
            name="青原市科学技术局",
            level="municipal",
            channel="website",
            items=9,
            stories=8,
            complete=False,
            columns=(
                _column("工作动态"),
                _column(
                    "通知公告",
                    links_found=0,
                    fetched=0,
                    extracted=0,
                    dated=0,
                    known=0,
                    duplicates=0,
                    windows=(),
                    complete=False,
                    missing_days=181,
                    alarms=("empty-list",),
                ),
            ),
        ),
        SourceLine(
            id="qyrb",
            name="青原日报",
            level="municipal",
            channel="newspaper",
            items=10,
            stories=7,
            complete=False,
            columns=(
                _column(
                    "科技专版",
                    blocked=5,
                    failed=1,
                    refused=2,
                    windows=(("2025-01-01", "2025-03-31"), ("2025-04-02", "2025-06-02")),
                    complete=False,
                    missing_days=29,
                    alarms=("blocked: 521", "extraction-collapsed"),
                ),
            ),
        ),
        SourceLine(
            id="import", name="手工导入", level="other", channel="import", items=0, stories=0,
            complete=True,
        ),
    )  # fmt: skip
