"""How duties, sentences, figures and advice are told to officers, the same in every format.

Hides: the words. Nothing is counted here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipeline.coverage.advice import ADVICE_KIND_NAMES, Advice, Suggestion
from pipeline.coverage.figures import MISMATCH_NAMES, FigureQuote, LeftOut, TargetFigures
from pipeline.coverage.obligations import (
    OBLIGATION_STATE_NAMES,
    PROOF_KIND_NAMES,
    ObligationLine,
    ProofLine,
    Proposal,
)
from pipeline.coverage.sentences import SentenceLine, ThemeSentences
from pipeline.reports.wording import clean

__all__ = [
    "FIGURES_NOTE",
    "OBLIGATIONS_NOTE",
    "SENTENCES_NOTE",
    "advice_kind",
    "advice_note",
    "answer_words",
    "deadline_words",
    "figure_words",
    "left_out_words",
    "media_words",
    "missed_words",
    "obligation_counts",
    "obligation_state",
    "placed_words",
    "proof_number",
    "proof_words",
    "proposal_words",
    "sentence_counts",
    "target_words",
    "units_words",
    "when_words",
]

OBLIGATIONS_NOTE = (
    "落实事项不是报道，不计入覆盖；报道只有经人确认才算佐证，待确认的不计。未见佐证不等于未落实"
)
SENTENCES_NOTE = "按文字相近比对方案语句与计入报道；没有找到不等于没有，待看的须人工确认"
FIGURES_NOTE = (
    "只并列地域、年份、口径都相同的数；报道数字不是统计数，是否达到指标以统计部门公布为准"
)
_OPERATORS = {"=": "", ">": "＞", ">=": "≥", "<": "＜", "<=": "≤", "range": ""}


def obligation_state(line: ObligationLine) -> str:
    """State of a duty in Chinese."""
    return OBLIGATION_STATE_NAMES[line.state]


def obligation_counts(lines: Sequence[ObligationLine]) -> str:
    """How many duties are in which state: 共 5 项：已落实 1、未见佐证 4."""
    counts: Counter[str] = Counter(line.state for line in lines)
    parts = [f"{name} {counts[code]}" for code, name in OBLIGATION_STATE_NAMES.items()]
    shown = [part for part in parts if not part.endswith(" 0")]
    return f"共 {len(lines)} 项：{'、'.join(shown)}" if lines else "方案没有写落实事项"


def when_words(line: ObligationLine) -> str:
    """When a duty is to be done, as the plan writes it."""
    return clean(line.when, 60) or "未写时间"


def media_words(line: ObligationLine) -> str:
    """Named media with what is shown of each."""
    return "、".join(f"{clean(medium.name, 40)} {medium.shown}" for medium in line.media)


def missed_words(line: ObligationLine) -> str:
    """Occasions that were due and are not shown."""
    missed = [f"{one.label}（{one.shown}/{one.wanted}）" for one in line.occasions
              if one.due and not one.met]  # fmt: skip
    return "、".join(missed)


def proof_number(proof: ProofLine) -> str:
    """佐证编号, or where the register has it."""
    return f"佐证{proof.number:04d}" if proof.number else clean(proof.reference, 60)


def proof_words(proof: ProofLine) -> str:
    """One proof on one line."""
    times = f"（计 {proof.times} 次）" if proof.times > 1 else ""
    media = f"，{'、'.join(proof.media)}" if proof.media else ""
    note = f"；{proof.note}" if proof.note else ""
    who = f"，{proof.by}" if proof.by else ""
    kind = PROOF_KIND_NAMES[proof.kind]
    words = f"{proof.day} {kind}《{proof.title}》{times}{media}{who}{note}〔{proof_number(proof)}〕"
    return clean(words, 300)


def proposal_words(one: Proposal) -> str:
    """A story that may be proof."""
    outlet = f"，{one.outlet}" if one.outlet else ""
    return clean(f"{one.day}《{one.title}》{outlet}（写到“{one.term}”）〔{one.story}〕", 300)


def sentence_counts(themes: Sequence[ThemeSentences]) -> str:
    """How many sentences are answered, may be, and are not."""
    every = [one for theme in themes for one in theme.sentences]
    answered = sum(one.answered > 0 for one in every)
    possible = sum(not one.answered and one.possible > 0 for one in every)
    silent = len(every) - answered - possible
    return f"共 {len(every)} 句：有报道回应 {answered}、待看 {possible}、没有找到回应 {silent}"


def placed_words(theme: ThemeSentences) -> str:
    """How much of a theme's news could be held against its sentences."""
    return f"对得上语句的报道 {theme.placed} 篇"


def answer_words(one: SentenceLine) -> str:
    """What a sentence found."""
    if one.answered:
        return f"有 {one.answered} 篇（已核实 {one.verified}、机器 {one.machine}）"
    return f"待看 {one.possible} 篇" if one.possible else "没有找到"


def _value(value: float, upper: float | None, unit: str) -> str:
    high = f"—{upper:,.15g}" if upper is not None else ""
    return f"{value:,.15g}{high}{unit}"


def target_words(target: TargetFigures) -> str:
    """The plan's target: ≥2.2%（2025年，基数 1.16%）."""
    parts = [f"{target.year}年" if target.year else "未写年份"]
    if target.baseline is not None:
        parts.append(f"基数 {target.baseline:,.15g}{target.unit}")
    value = _value(target.value, target.upper, target.unit)
    return f"{_OPERATORS[target.operator]}{value}（{'，'.join(parts)}）"


def figure_words(quote: FigureQuote) -> str:
    """A reported figure with its year."""
    year = f"（{quote.year}年）" if quote.year else ""
    return f"{_OPERATORS[quote.bound]}{_value(quote.value, quote.upper, quote.unit)}{year}"


def left_out_words(one: LeftOut) -> str:
    """Why a figure does not stand beside the target."""
    return f"{MISMATCH_NAMES[one.why]}：{clean(one.reason, 120)}"


def advice_kind(one: Suggestion) -> str:
    """What a suggestion comes from."""
    return ADVICE_KIND_NAMES[one.kind]


def advice_note(advice: Advice) -> str:
    """As of when, how many, and what was left out."""
    more = f"，另有 {advice.more} 条" if advice.more else ""
    excused = f"；{advice.excused} 个条目已说明原因，不再建议" if advice.excused else ""
    return f"按 {advice.today} 计，列 {len(advice.suggestions)} 条{more}{excused}"


def deadline_words(one: Suggestion) -> str:
    """When it has to be there."""
    return f"{one.deadline} 前" if one.deadline else ""


def units_words(one: Suggestion) -> str:
    """Units to interview."""
    more = f"等 {len(one.units) + one.more_units} 家" if one.more_units else ""
    return "、".join(clean(name, 60) for name in one.units) + more
