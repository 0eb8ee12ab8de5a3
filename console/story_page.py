"""Everything that is known of one story, for its page.

Hides: where it is put together from, and what evidence is marked in the text: that of one theme, of
all, or the words somebody searched for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy.orm import Session

from console.desk import Desk
from console.evidence import MarkedStretch, marked
from console.known_story import KnownStory, known_story, strongest_words
from console.language import N_, _
from console.story_asking import Asking
from pipeline.assignment import Evidence
from pipeline.coverage.marks import mark_state
from pipeline.coverage.report import AssignmentState
from pipeline.errors import XuanjianError
from pipeline.locality import LocalityCode
from pipeline.news import Attachment, NewsItem
from pipeline.plan.model import PlanNode, walk
from pipeline.search_words import SearchWords, stretches
from pipeline.store.assignments import (
    Decision,
)
from pipeline.store.facts import facts_of
from pipeline.store.folding import publisher_of, reprints_of
from pipeline.store.plans import StoredPlan
from pipeline.store.runs import known_sources
from pipeline.store.stories import stories_by_id
from pipeline.store.story_links import (
    CameBy,
    IssuedIn,
    LinkedSubmission,
    PastReview,
    ProofOf,
    came_by,
    issues_with,
    past_reviews,
    proofs_with,
    submissions_with,
)
from pipeline.store.story_list import Narrow, heads_of
from pipeline.stories import Edit
from pipeline.text import count_characters

__all__ = ["Printed", "StoryPage", "ThemeSaid", "story_missing", "story_page"]

SHOWN = 60_000
"""Characters of a text that are shown: a longer one is no news, and no browser needs it."""
TITLE_SHOWN = 500
"""Of a title, likewise; ``name`` has all of it."""
DATE_EVIDENCE: dict[str, str] = {
    "": N_("没有依据"),
    "site rule": N_("该站的抽取规则"),
    "meta": N_("网页元数据"),
    "label": N_("页面标注"),
    "url": N_("网址中的日期"),
    "list": N_("列表页的日期"),
    "feed": N_("订阅源"),
    "given": N_("导入时给出"),
    "text": N_("正文"),
}
FLAG_MEANINGS: dict[str, str] = {
    "spam": N_("正文里混有与报道无关的推广文字，归类前已去掉，请对照原文。"),
    "hidden_text": N_("网页里有读者看不见的文字，已去掉。"),
    "text_missing": N_("只知道刊发了这一条，没有记录正文；归类只看标题。"),
    "date_unknown": N_("页面和列表都没有可靠的日期，不计入任何统计周期。"),
    "date_weak": N_("日期来自网址或列表等较弱的依据，请核对。"),
    "text_incomplete": N_("文章分页，有一页没有取到，正文不全。"),
    "no_article": N_("页面不像文章，可能是栏目页或图片页。"),
    "attachment": N_("正文在附件里。"),
    "wechat": N_("链接指向微信公众号文章。"),
    "elsewhere": N_("链接指向别的网站。"),
    "internal": N_("内部简报，不计入公开宣传。"),
}
CHOSEN_BY: dict[str, str] = {
    "audit": N_("随机抽查"),
    "queue": N_("待判清单"),
    "blind": N_("盲审"),
    "search": N_("直接打开"),
    "bulk": N_("成批判定"),
}
LEVEL_OF_TRUST: dict[str, str] = {"date_weak": N_("日期依据弱"), "date_unknown": N_("日期不明")}


class ThemeSaid(msgspec.Struct, frozen=True, kw_only=True):
    """One theme of the plan and what is said of the story under it."""

    id: str
    number: str
    title: str
    chance: float | None
    """Probability; None where no model was asked."""
    state: AssignmentState | None
    """None where the story does not stand under it and nobody said it does."""
    decided: bool | None
    """What a person said last; None for nothing."""
    decided_by: str = ""
    decided_at: str = ""
    words: tuple[str, ...] = ()
    """What spoke for it, the strongest first."""
    clause: str = ""
    """The sentence of the plan the story answers."""
    clause_node: str = ""
    """Number and title of the piece of the plan it stands in."""
    nearness: float = 0.0
    units: tuple[str, ...] = ()


class Printed(msgspec.Struct, frozen=True, kw_only=True):
    """One publication of the story."""

    item: str
    title: str
    date: str
    date_evidence: str
    doubts: tuple[str, ...]
    """What is uncertain about its date."""
    publisher: str
    """Where it stood."""
    source: str
    """Id of the source it was found at."""
    source_name: str
    level: str
    url: str
    author: str
    place: str
    """Column and page."""
    words: int | None
    original: bool
    reprint_of: str
    """The outlet it says it took the text from."""
    taken_from: str
    """That outlet's publication in this story, by item id; '' where none is known."""
    giver: str
    """Where that stood."""
    edits: tuple[Edit, ...]
    read_here: bool
    """Whether its text is the one shown."""
    text_missing: bool
    flags: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    came: CameBy


class StoryPage(msgspec.Struct, frozen=True, kw_only=True):
    """A story 报道 with all that refers to it."""

    id: str
    name: str
    plan: str
    scheme: str
    day: str | None
    level: str
    carrier: str
    genre: str
    internal: bool
    stale: bool
    """Whether its words were edited since it was folded and classified."""
    locality: LocalityCode | None
    """None before it was judged for the plan."""
    locality_reason: str
    counted: bool
    units: tuple[str, ...]
    interviewed: tuple[str, ...]
    title: tuple[MarkedStretch, ...]
    text: tuple[MarkedStretch, ...]
    clipped: bool
    shown: str
    """The theme whose evidence is marked; 'all' for every theme, 'words' for what was searched for,
    'none'."""
    words: str
    themes: tuple[ThemeSaid, ...]
    groups: tuple[ThemeSaid, ...]
    reviews: tuple[PastReview, ...]
    ways: dict[str, str]
    """How the stories of decisions were chosen, in words."""
    printed: tuple[Printed, ...]
    flags: dict[str, str]
    """Flags with what they mean."""
    submissions: tuple[LinkedSubmission, ...]
    proofs: tuple[ProofOf, ...]
    issued: tuple[IssuedIn, ...]
    seen: int
    """Number of the newest decision about it that is known to the page."""
    item: str
    """Its original, about which decisions are made."""


def story_missing(story: str) -> XuanjianError:
    """No such story."""
    return XuanjianError(
        _("没有编号为 %(story)s 的报道") % {"story": story[:64]},
        "story-unknown",
        _("报道可能已与别的报道合并；请用标题检索。"),
    )


def story_page(
    desk: Desk,
    session: Session,
    stored: StoredPlan,
    story: str,
    theme: str = "",
    words: SearchWords | None = None,
    line: str = "",
) -> StoryPage:
    """The page of a story.

    Args:
        theme: whose evidence to mark; 'all', 'none', or '' to choose.
        words: what was searched for, marked where no theme is asked for.
        line: the same as it was typed.

    Raises:
        XuanjianError: ``story-unknown``.
    """
    asking = Asking.of(desk, session, stored)
    found = stories_by_id(session, [story])
    if not found:
        raise story_missing(story)
    (head,) = heads_of(session, [story], Narrow())
    known = known_story(session, stored.id, found[0], asking.unions)
    fact = facts_of(session, asking.judge, [story]).get(story)
    titles = {node.id: _name(node) for node in walk(stored.plan.nodes)}
    themes = tuple(_theme(known, node, titles) for node in asking.themes)
    ids = {node.id for node in asking.themes}
    groups = tuple(
        _theme(known, union.theme, titles) for union in asking.unions if union.theme.id not in ids
    )
    chosen, evidence = _evidence(known, themes, theme, words)
    whole = f"{known.told.title}\n{known.told.text}"
    begin = len(known.told.title) + 1
    flags = dict.fromkeys(flag for item in known.items.values() for flag in item.flags)
    return StoryPage(
        id=story,
        name=known.told.title,
        plan=stored.name,
        scheme=asking.scheme,
        day=found[0].day,
        level=head.level,
        carrier=head.carrier,
        genre=head.genre,
        internal=head.internal,
        stale=head.stale,
        locality=fact.locality if fact else None,
        locality_reason=fact.reason if fact else "",
        counted=asking.counted(head, fact.locality if fact else None),
        units=fact.units if fact else (),
        interviewed=fact.interviewed if fact else (),
        title=_title(whole, evidence, len(known.told.title)),
        text=marked(whole, evidence, begin, begin + SHOWN),
        clipped=len(known.told.text) > SHOWN,
        shown=chosen,
        words=line,
        themes=themes,
        groups=tuple(one for one in groups if one.state is not None),
        reviews=past_reviews(session, stored.name, found[0].items),
        ways={way: _(words) for way, words in CHOSEN_BY.items()},
        printed=_printed(session, known, head.text),
        flags={flag: _(FLAG_MEANINGS.get(flag.partition(":")[0], "")) for flag in flags},
        submissions=submissions_with(session, found[0].items),
        proofs=proofs_with(session, stored.name, found[0].items),
        issued=issues_with(session, found[0].items),
        seen=known.seen,
        item=known.original.id,
    )


def _theme(known: KnownStory, node: PlanNode, titles: Mapping[str, str]) -> ThemeSaid:
    said, decision = known.said.get(node.id), known.decided.get(node.id)
    clause = said.answers if said else None
    return ThemeSaid(
        id=node.id,
        number=node.number,
        title=node.label,
        chance=said.probability if said else None,
        state=mark_state(bool(said and said.assigned), decision),
        decided=decision.belongs if decision else None,
        decided_by=decision.reviewer if decision else "",
        decided_at=_when(known, node.id, decision),
        words=strongest_words(said) if said else (),
        clause=clause.text if clause else "",
        clause_node=titles.get(clause.node, clause.node) if clause else "",
        nearness=clause.similarity if clause else 0.0,
        units=said.units if said else (),
    )


def _when(known: KnownStory, theme: str, decision: Decision | None) -> str:
    """When a decision was made that holds; '' for one that follows from those about other themes."""
    if decision is None:
        return ""
    for _number, review in reversed(known.reviews):
        if theme in (review.themes if decision.belongs else review.not_themes):
            return review.at
    return ""


def _evidence(
    known: KnownStory, themes: Sequence[ThemeSaid], asked: str, words: SearchWords | None
) -> tuple[str, dict[str, tuple[Evidence, ...]]]:
    """What is marked, and where."""
    of_theme = {theme: one.evidence for theme, one in known.said.items() if one.evidence}
    if asked == "none":
        return "none", {}
    if asked in of_theme:
        return asked, {asked: of_theme[asked]}
    if not asked and words is not None and words.words:
        return "words", {"words": _spots(known.told, words)}
    if asked == "all":
        own = {one.id for one in themes}
        return "all", {theme: found for theme, found in of_theme.items() if theme in own}
    ranked = [one for one in themes if one.id in of_theme and one.state != "rejected"]
    ranked.sort(key=lambda one: -(one.chance or 0.0))
    if asked or not ranked:
        return "none", {}
    return ranked[0].id, {ranked[0].id: of_theme[ranked[0].id]}


def _title(
    whole: str, evidence: Mapping[str, Sequence[Evidence]], length: int
) -> tuple[MarkedStretch, ...]:
    """The title, which is the first ``length`` characters, marked like the text."""
    shown = marked(whole, evidence, 0, min(length, TITLE_SHOWN))
    return (*shown, MarkedStretch(words="…")) if length > TITLE_SHOWN else shown


def _spots(told: NewsItem, words: SearchWords) -> tuple[Evidence, ...]:
    found = []
    at = 0
    for text in (told.title + "\n", told.text[:SHOWN]):
        for piece in stretches(text, words):
            end = at + len(piece.words)
            if piece.found:
                found.append(Evidence(start=at, end=end, text=piece.words, weight=1.0))
            at = end
    return tuple(found)


def _printed(session: Session, known: KnownStory, text: str) -> tuple[Printed, ...]:
    sites = {source.id: source.name for source in known_sources(session)}
    reprints = reprints_of(session, known.story.items)
    came = came_by(session, known.story.items)
    first, *rest = (known.items[item] for item in known.story.items)
    stood = {
        item.id: publisher_of(item, reprints.get(item.id), sites) for item in known.items.values()
    }
    found = []
    for item in (first, *sorted(rest, key=lambda one: (one.date or "9", one.id))):
        reprint = None if item is first else reprints.get(item.id)
        found.append(
            Printed(
                item=item.id,
                title=item.title,
                date=item.date or "",
                date_evidence=_(DATE_EVIDENCE[item.date_evidence]),
                doubts=tuple(
                    _(LEVEL_OF_TRUST[flag]) for flag in item.flags if flag in LEVEL_OF_TRUST
                ),
                publisher=stood[item.id],
                source=item.source,
                source_name=sites.get(item.source, ""),
                level=item.level,
                url=item.url,
                author=item.author,
                place=" ".join(filter(None, (item.page, item.column))),
                words=item.words if item.words is not None else count_characters(item.text) or None,
                original=item is first,
                reprint_of=reprint.outlet if reprint else "",
                taken_from=reprint.taken_from if reprint else "",
                giver=stood.get(reprint.taken_from, "") if reprint else "",
                edits=reprint.edits if reprint else (),
                read_here=item.id == (text or first.id),
                text_missing=item.text_missing,
                flags=item.flags,
                attachments=item.attachments,
                came=came[item.id],
            )
        )
    return tuple(found)


def _name(node: PlanNode) -> str:
    return f"{node.number}{node.title}" or node.id
