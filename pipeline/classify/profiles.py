"""What each theme of a plan stands for: a profile, proposed from the plan's text alone.

Hides: how a plan's words are tied to the base model's general topics. A theme is read in
two voices, its title and its sentences, and so is every piece of the plan below it. In each,
the words that plans use for a topic (``pipeline.classify.topics``) are matched longest
first; where they are silent, the base model reads the title and the sentences as news. A
title says more than a sentence; names of cited documents, set phrases and a sentence's
closing hopes ("打造经济发展新引擎") say little. A topic that a sibling theme claims more
strongly is left to the sibling, as the themes of a plan divide its subject between them.

Every link carries its reasons in words, so that a person can confirm or change it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import ahocorasick
import msgspec
import numpy as np
from numpy.typing import NDArray

from pipeline.classify.bundle import BaseModel
from pipeline.errors import BadInput
from pipeline.plan.model import Plan, PlanNode, walk
from pipeline.plan.profile import OwnTerm, ThemeProfile, TopicLink
from pipeline.plan.schemes import choose_scheme

__all__ = ["profiles_of", "propose_profiles"]

TITLE, SENTENCE = 1.0, 0.5
"""How much a term counts in a theme's title and, per square root of the number of clauses,
in its text."""
BELOW, BELOW_NAMED = 0.85, 0.3
"""A topic that a piece below the theme stands for: where the theme's own title names no
topic the pieces below decide; where it does, they mostly tell how, not what (a platform or
a result *of medicine*)."""
NAMED = 0.5
TOLD = 0.5
"""Most that the text can add for one topic, however often it comes back to it."""
WEAK = 0.35
"""A term that only points to its topic, beside one that names it."""
HOPE = 0.4
"""A clause that tells what the work is hoped to lead to, or on what authority it rests."""
SILENT = 0.2
"""Below this strength the terms have said nothing, and the base model is asked."""
MENTIONED, UNCLAIMED = 0.15, 0.5
"""From which strength a topic no title names is taken up, and with what weight."""
OWN_TITLE, OWN_TEXT = 0.5, 0.3
"""Log-odds an item gains by holding a term of the theme's own."""
OWN_LENGTH = 4
"""Shorter terms stand in too many items to be anyone's own."""
CUT, FULL = 0.2, 0.5
"""A topic of this strength, relative to the theme's strongest, begins to count, and counts
fully. Chosen on the 300 evaluated items, all three plans together."""

_CITED = re.compile(r"《[^》]*》")
_CLAUSE = re.compile(r"[，。；、,;：:！？!?（）()\s]+")
_QUOTES = str.maketrans("", "", "“”\"‘’'")
_HOPE = re.compile(
    r"打造|营造|带动|激发|催生|促进|成为|把|为|努力|使|真正|形成|实现|不断|提供|满足|保障"
    r"|准确把握|立足|坚持|深入贯彻|贯彻落实|按照|根据|积极发挥|切实|助力"
)


def profiles_of(plan: Plan, scheme: str, model: BaseModel) -> tuple[ThemeProfile, ...]:
    """The profiles the themes of ``scheme`` are decided by, in the plan's order: those the plan
    carries (a plan file's), proposed ones for the other themes.

    Raises:
        BadInput: ``scheme-missing``, ``plan-without-themes``; ``profile-unknown`` when a profile of
            the plan names a theme the plan lacks or a topic the model lacks.
    """
    own = {profile.theme: profile for profile in plan.profiles}
    _check_profiles(plan, own, model)
    _, nodes = choose_scheme(plan, scheme)
    if not all(node.id in own for node in nodes):
        own = {profile.theme: profile for profile in propose_profiles(plan, scheme, model)} | own
    return tuple(
        msgspec.structs.replace(
            own[node.id], title=node.title, units=own[node.id].units or _unit_names(plan, node)
        )
        for node in nodes
    )


def _check_profiles(plan: Plan, own: dict[str, ThemeProfile], model: BaseModel) -> None:
    ids = {node.id for node in walk(plan.nodes)}
    topics = {topic.id for topic in model.topics}
    for profile in own.values():
        if profile.theme not in ids:
            raise BadInput(
                f"the plan file has a profile for {profile.theme}, which is no theme of the plan",
                "profile-unknown",
                "Give it the id of a theme ('xuanjian plan read FILE' shows them), or remove it.",
            )
        for link in profile.topics:
            if link.topic not in topics:
                raise BadInput(
                    f"the profile of {profile.theme} names the topic {link.topic}, which the model"
                    f" {model.name} does not know",
                    "profile-unknown",
                    f"Its topics: {', '.join(f'{t.id} {t.name}' for t in model.topics)}.",
                )


def _unit_names(plan: Plan, node: PlanNode) -> tuple[str, ...]:
    below = {piece.id for piece in walk((node,))}
    return tuple(
        name for unit in plan.units if unit.theme in below for name in (unit.name, *unit.aliases)
    )


def propose_profiles(plan: Plan, scheme: str, model: BaseModel) -> tuple[ThemeProfile, ...]:
    """One profile for every auditable theme of ``scheme``, in the plan's order.

    Only the plan's own text is used, never the profiles it may carry. The same plan and model give
    the same profiles.

    Raises:
        BadInput: ``scheme-missing``, ``plan-without-themes``.
    """
    _, nodes = choose_scheme(plan, scheme)
    reader = _PlanReader(model)
    readings = [reader.read(node) for node in nodes]
    kinds = np.array([topic.kind for topic in model.topics])
    strengths = _share_among_siblings(np.array([r.strength for r in readings]), kinds)
    terms = reader.own_terms(nodes)
    profiles = []
    for node, reading, strength, own in zip(nodes, readings, strengths, terms, strict=True):
        links = [
            TopicLink(
                topic=model.topics[topic].id,
                name=model.topics[topic].name,
                weight=round(float(strength[topic]), 3),
                why=tuple(dict.fromkeys(reading.reasons[topic]))[:6],
            )
            for topic in np.argsort(-strength, kind="stable")
            if strength[topic] > 0
        ]
        profiles.append(
            ThemeProfile(
                theme=node.id,
                title=node.title,
                topics=tuple(links),
                terms=own,
                units=_unit_names(plan, node),
            )
        )
    return tuple(profiles)


def _share_among_siblings(
    strength: NDArray[np.float64], kinds: NDArray[np.str_]
) -> NDArray[np.float64]:
    """Strengths (themes, topics) to weights 0 to 1, each topic left to who claims it more.

    A kind of work (results, standards, finance) that no title names goes at half weight to
    the themes whose text mentions it most; but not to a theme that is about a field: a
    platform *of medicine* stays with medicine.
    """
    own = strength / np.maximum(strength.max(axis=1, keepdims=True), 1e-9)
    strongest = np.maximum(strength.max(axis=0, keepdims=True), 1e-9)
    own = own * np.minimum(1.0, 1.25 * strength / strongest)
    own = own / np.maximum(own.max(axis=1, keepdims=True), 1e-9)
    weights = np.clip((own - CUT) / (FULL - CUT), 0.0, 1.0)
    works = kinds == "activity"
    mentioned = (strongest < NAMED) & (strength >= MENTIONED) & works
    mentioned &= works[strength.argmax(axis=1)][:, None]
    left = np.where(mentioned, UNCLAIMED * strength / strongest, 0.0)
    return np.asarray(np.maximum(weights, left))


@dataclass(frozen=True)
class _Reading:
    strength: NDArray[np.float64]
    """Shape (topics,)."""
    reasons: dict[int, list[str]]


@dataclass(frozen=True)
class _Passage:
    """A stretch of a plan in the shape of a news item, for the base model to read."""

    title: str
    text: str
    id: str = ""


class _PlanReader:
    """Reads themes for one model; the automaton over its topics' terms is built once."""

    def __init__(self, model: BaseModel) -> None:
        self.model = model
        self.automaton = ahocorasick.Automaton()
        meanings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for topic, definition in enumerate(model.topics):
            for term in definition.strong:
                meanings[term].append((topic, 1.0))
            for term in definition.weak:
                meanings[term].append((topic, WEAK))
        for term, topics in meanings.items():
            self.automaton.add_word(term, (term, tuple(topics)))
        self.automaton.make_automaton()

    def read(self, node: PlanNode) -> _Reading:
        """How strongly a node and what stands below it speak for each topic."""
        reasons: dict[int, list[str]] = defaultdict(list)
        strength = np.zeros(len(self.model.topics))
        self._read_voice(clauses(node.title), TITLE, "标题", strength, reasons)
        np.minimum(strength, 1.2, out=strength)
        below_worth = BELOW_NAMED if strength.max() >= NAMED else BELOW
        body = clauses(node.text.removeprefix(node.title))
        share = SENTENCE / max(1, len(body)) ** 0.5
        told = np.zeros_like(strength)
        self._read_voice(body, share, "正文", told, reasons)
        strength += np.minimum(told, TOLD)
        for child in node.children:
            below = self.read(child)
            top = below.strength.max()
            if top > SILENT:
                strength = np.maximum(strength, below_worth * below.strength / max(1.0, top))
                for topic, why in below.reasons.items():
                    reasons[topic].extend(why)
        if strength.max() < SILENT:
            self._ask_model(node, strength, reasons)
        return _Reading(strength, reasons)

    def _read_voice(
        self,
        voice: Sequence[str],
        weight: float,
        name: str,
        strength: NDArray[np.float64],
        reasons: dict[int, list[str]],
    ) -> None:
        for clause in voice:
            worth = weight * (HOPE if _HOPE.match(clause) and name != "标题" else 1.0)
            for term, topics in self._longest(clause):
                for topic, naming in topics:
                    strength[topic] += worth * naming / len(topics) ** 0.5
                    reasons[topic].append(f"{name}“{term}”")

    def _longest(self, clause: str) -> Iterator[tuple[str, tuple[tuple[int, float], ...]]]:
        """Terms in ``clause``, the longest first, none overlapping a longer one."""
        found = [
            (end - len(term) + 1, end + 1, term, topics)
            for end, (term, topics) in self.automaton.iter(clause)
        ]
        taken = [False] * len(clause)
        for start, end, term, topics in sorted(found, key=lambda hit: (hit[0] - hit[1], hit[0])):
            if not any(taken[start:end]):
                taken[start:end] = [True] * (end - start)
                yield term, topics

    def own_terms(self, nodes: Sequence[PlanNode]) -> list[tuple[OwnTerm, ...]]:
        """For each theme the naming terms that none of its siblings uses."""
        used: list[dict[str, float]] = []
        for node in nodes:
            found: dict[str, float] = {}
            for piece in walk((node,)):
                for voice, weight in ((piece.title, OWN_TITLE), (piece.text, OWN_TEXT)):
                    for clause in clauses(voice):
                        for term, topics in self._longest(clause):
                            if len(term) >= OWN_LENGTH and max(topics, key=_naming)[1] > WEAK:
                                found[term] = max(weight, found.get(term, 0.0))
            used.append(found)
        shared = Counter(term for found in used for term in found)
        return [
            tuple(
                OwnTerm(term=term, weight=weight)
                for term, weight in found.items()
                if shared[term] == 1
            )
            for found in used
        ]

    def _ask_model(
        self, node: PlanNode, strength: NDArray[np.float64], reasons: dict[int, list[str]]
    ) -> None:
        passage = _Passage(node.title, _CITED.sub("", node.text))
        for topic, chance in enumerate(self.model.probabilities([passage])[0]):
            if chance > 2 * self.model.priors[topic]:
                strength[topic] = max(strength[topic], float(chance))
                reasons[topic].append(f"基础模型读标题和正文，概率 {chance:.2f}")


def _naming(meaning: tuple[int, float]) -> float:
    return meaning[1]


def clauses(text: str) -> list[str]:
    """Clauses of ``text`` without the names of cited documents and without quotes.

    >>> clauses("贯彻《关于众创空间的意见》，推进“双创”。")
    ['贯彻', '推进双创']
    """
    return [part for part in _CLAUSE.split(_CITED.sub("", text).translate(_QUOTES)) if part]
