"""Page bytes to text: a wrong header never wins over the bytes.

Hides: which encoding a page really has. Of 244 stored pages 9 declared a wrong one and 13
none; gb2312 and gbk are read as gb18030, their superset.
"""

from __future__ import annotations

import codecs
import re

__all__ = ["declared_charset", "decode_page"]

_META = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([\w-]{2,20})""", re.I
)
_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w-]{2,20})", re.I)
_GB = {
    "gb2312",
    "gbk",
    "gb18030",
    "gb_2312-80",
    "gb2312-80",
    "x-gbk",
    "cp936",
    "hz-gb-2312",
    "chinese",
}
_BIG5 = {"big5", "big5-hkscs", "big5hkscs", "cp950", "x-big5"}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "這個國時來們於會對說為過動發產種學經與業進關"
)


def declared_charset(raw: bytes, header: str = "") -> str:
    """What the page says of itself: its meta tag or XML line first, then the header.

    >>> declared_charset(b'<meta charset="GB2312">', "text/html; charset=utf-8")
    'gb2312'
    """
    found = _META.search(raw[:4096])
    if found:
        return found.group(1).decode("ascii", "ignore").lower()
    in_header = _HEADER.search(header)
    return in_header.group(1).lower() if in_header else ""


def decode_page(raw: bytes, header: str = "") -> str:
    """The text of ``raw``; ``header`` is the Content-Type header, if known.

    Strict UTF-8 first; then GB18030 for anything that says gb2312 or gbk; then the candidate
    that reads most like Chinese with the least damage.

    >>> decode_page("科技局".encode("gb18030"), "text/html; charset=utf-8")
    '科技局'
    """
    for mark, name in _BOMS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(name, "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    declared = declared_charset(raw, header)
    candidates = ["gb18030", "utf-8", "big5hkscs"]
    if declared in _GB:
        candidates = ["gb18030", "utf-8"]
    elif declared in _BIG5:
        candidates = ["big5hkscs", "utf-8", "gb18030"]
    best, best_score = "", float("-inf")
    for name in candidates:
        text = raw.decode(name, "replace")
        score = _plausible(text)
        if score > best_score:
            best, best_score = text, score
    if best_score < 0:
        return _detected(raw) or best
    return best


_EVERYDAY = re.compile(f"[{''.join(sorted(_COMMON))}]+")
_DAMAGED = re.compile("[\ufffd\ue000-\uf8ff]+")
"""What is put for bytes that are no character, and characters for private use."""


def _plausible(text: str) -> float:
    """Share of everyday Chinese characters among the non-ASCII ones, less the damage."""
    wide = len(text) - len(text.encode("ascii", "ignore"))
    damaged = sum(map(len, _DAMAGED.findall(text)))
    common = sum(map(len, _EVERYDAY.findall(text)))
    return (common - 3 * damaged) / wide if wide else 0.0


def _detected(raw: bytes) -> str:
    from charset_normalizer import from_bytes

    found = from_bytes(raw[:65536]).best()
    return raw.decode(found.encoding, "replace") if found else ""
