"""Chinese text made comparable: width, white space, punctuation, words.

Hides: which characters count as the same, and which segmenter cuts words (jieba, loaded
on first use, quiet, its cache kept out of the shared temp folder).
"""

from __future__ import annotations

import logging
import re
import unicodedata
from functools import lru_cache
from typing import Any

__all__ = ["comparable", "count_characters", "fold_width", "segment", "squeeze"]

_SPACE = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[\W_]+")
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
    return _NOT_WORD.sub("", fold_width(text)).casefold()


def count_characters(text: str) -> int:
    """Length as office suites count it: each CJK character or sign one, each run of Latin
    letters or digits one; white space is not counted.

    >>> count_characters("2025年，GDP增长 5.4%")
    7
    """
    return len(re.findall(r"[A-Za-z0-9.,%'@#&/+-]+|\S", text))


@lru_cache(maxsize=1)
def _jieba() -> Any:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its regular expressions and pkg_resources import
        import jieba

        jieba.setLogLevel(logging.ERROR)
        tokenizer = jieba.Tokenizer()
        tokenizer.tmp_dir = str(_cache_folder())
        tokenizer.initialize()
    return tokenizer


def _cache_folder() -> Any:
    import os
    from pathlib import Path

    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = base / "xuanjian"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def segment(text: str) -> list[str]:
    """Cut ``text`` into words; white space and signs are dropped.

    >>> segment("科技创新")
    ['科技', '创新']
    """
    return [word for word in _jieba().lcut(text) if not _NOT_WORD.fullmatch(word)]
