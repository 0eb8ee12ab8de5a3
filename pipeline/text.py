"""Chinese text made comparable: width, white space, punctuation, words.

Hides: which characters count as the same, and which segmenter cuts words: jieba's dictionary
without its hidden Markov model, by ``rjieba`` (the same dictionary in Rust, ten times the speed
and the same words; extra ``fast``) where it is installed, else by jieba itself. Either is loaded
on first use and says nothing; jieba's cache stays out of the shared temp folder.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from pathlib import Path

__all__ = [
    "comparable",
    "count_characters",
    "cut",
    "fold_width",
    "reference_cutter",
    "segment",
    "squeeze",
]

_SPACE = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[\W_]+")
_SIGNS = re.compile(
    r"[\x00-/:-@\[-`{-\x7f\u2010-\u2015\u2018-\u201e\u2022-\u2026\u3000-\u3003\u3008-\u3011"
    r"\u3014-\u301b\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]+"
)
"""Signs and white space of which folding leaves nothing comparable."""
_TO_FOLD = re.compile(r"[^0-9A-Za-z\u4e00-\u9fff]")
_RUN = re.compile(r"[A-Za-z0-9.,%'@#&/+-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\ufeff]")


def fold_width(text: str) -> str:
    """Full-width letters, digits and signs as their common forms; length may change.

    >>> fold_width("ＡＢ１２（一）")
    'AB12(一)'
    """
    return unicodedata.normalize("NFKC", text)


def squeeze(text: str) -> str:
    """One space for any run of white space, none at the ends, no control characters.

    >>> squeeze("  科技\\u3000 局\\n")
    '科技 局'
    """
    return _SPACE.sub(" ", _CONTROL.sub("", text)).strip()


def comparable(text: str) -> str:
    """Letters, digits and Chinese characters only, folded and lower-cased.

    >>> comparable("“科技  创新”ＡＢ！")
    '科技创新ab'
    """
    plain = _SIGNS.sub("", text)
    if _TO_FOLD.search(plain):  # hardly any: folding takes five times as long as all the rest
        plain = _NOT_WORD.sub("", fold_width(text))
    return plain.casefold()


def count_characters(text: str) -> int:
    """Length as office suites count it: each CJK character or sign one, each run of Latin
    letters or digits one; white space is not counted.

    >>> count_characters("2025年，GDP增长 5.4%")
    7
    """
    return len("".join(_RUN.sub("x", text).split()))


def cut(text: str, own_words: Sequence[str] = ()) -> list[str]:
    """Cut ``text`` into words; nothing is dropped, so that the words join to ``text``.

    Args:
        own_words: words kept whole wherever they stand, the longest first. They are found in a
            pass of their own: jieba's forced frequencies let other words win over them, and
            its expressions split words that hold ``·`` or ``-``.

    >>> cut("伊泰煤制油，投产"), cut("伊泰煤制油，投产", ["伊泰煤制油"])
    (['伊', '泰', '煤制油', '，', '投产'], ['伊泰煤制油', '，', '投产'])
    """
    cutter = _cutter()
    if not own_words:
        return cutter(text)
    found: list[str] = []
    for place, part in enumerate(_own_pattern(tuple(own_words)).split(text)):
        found += [part] if place % 2 else cutter(part)
    return found


def segment(text: str, own_words: Sequence[str] = ()) -> list[str]:
    """The words of ``text`` as ``cut`` gives them, without white space and signs.

    >>> segment("科技，创新！")
    ['科技', '创新']
    """
    return [word for word in cut(text, own_words) if not _NOT_WORD.fullmatch(word)]


@lru_cache(maxsize=8)
def _own_pattern(own_words: tuple[str, ...]) -> re.Pattern[str]:
    """One group, so that ``split`` gives what it matched at the odd places."""
    longest_first = sorted(
        {word for word in own_words if word}, key=lambda word: (-len(word), word)
    )
    return re.compile(f"({'|'.join(map(re.escape, longest_first)) or '(?!)'})")


@cache
def _cutter() -> Callable[[str], list[str]]:
    try:
        import rjieba
    except ImportError:
        return reference_cutter()
    return lambda text: list(rjieba.cut(text, False))


@cache
def reference_cutter() -> Callable[[str], list[str]]:
    """The same words from jieba itself, quietly; takes a second to load."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its regular expressions and pkg_resources import
        import jieba

        jieba.setLogLevel(logging.ERROR)
        tokenizer = jieba.Tokenizer()
        tokenizer.tmp_dir = str(_cache_folder())
        tokenizer.initialize()
    return lambda text: list(tokenizer.lcut(text, HMM=False))


def _cache_folder() -> Path:
    import os

    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = base / "xuanjian"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
