"""Bytes to text.

Hides: how the encoding 编码 of a Chinese text is told from its bytes: declarations are often
wrong, GB18030 accepts nearly anything, and files are cut in mid-character.
"""

from __future__ import annotations

import re

from pipeline.documents.blocks import Repair, unreadable

__all__ = ["decode"]

SAMPLE = 20_000
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_LOST = re.compile("\ufffd+")
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过民得经"
    "展科技业产进新部市县区学实加建设方行理月日化水高重点全家文宣传计划施第章节要求创提开组织活服务"
    "這個為國們時來對會發動過經業產進縣區學實設點畫宣傳開組織務與關於東電長門問間體機無親見觀規劃"
    "，。、；：“”（）《》"
)
"""Characters that stand in any administrative text, in both scripts."""


def decode(raw: bytes, name: str = "") -> tuple[str, tuple[Repair, ...]]:
    """Bytes to text: a mark at the start, UTF-16 by its zeros, UTF-8, GB18030 or Big5, then
    detection; what had to be guessed or given up is told as repairs.

    Raises:
        BadInput: ``document-unreadable``: no encoding fits.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _without_lost(raw.decode(encoding, errors="replace"))
    if b"\x00" in raw[:65536] and (encoding := _wide(raw)):
        text, repairs = _without_lost(raw.decode(encoding, errors="replace"))
        return text, (_guessed(encoding), *repairs)
    try:
        # Halves of characters, written by faulty programs, are removed with the controls.
        return raw.decode("utf-8-sig", errors="surrogatepass"), ()
    except UnicodeDecodeError:
        pass
    lenient = raw.decode("utf-8-sig", errors="replace")
    if _is_mostly(lenient, 3):
        # A damaged or cut UTF-8 file: GB18030 would "succeed" and turn every word to noise.
        return _without_lost(lenient)
    lenient = raw.decode("gb18030", errors="replace")
    try:
        traditional = raw.decode("big5hkscs")
    except UnicodeDecodeError:
        traditional = ""
    if _commonness(traditional) > _commonness(lenient):
        return traditional, (_guessed("big5"),)
    if "\ufffd" not in lenient or (_is_mostly(lenient, 20) and _commonness(lenient) > 0.1):
        return _without_lost(lenient)
    from charset_normalizer import from_bytes

    best = from_bytes(raw[: 50 * SAMPLE]).best()
    if best is None:
        why = "its character encoding is not known, or it is no text"
        hint = "Save it as UTF-8 text, or give the document itself under its own name."
        raise unreadable(name, why, hint)
    text, repairs = _without_lost(raw.decode(best.encoding, errors="replace"))
    return text, (_guessed(best.encoding), *repairs)


def _guessed(encoding: str) -> Repair:
    return Repair(-1, f"文字编码系推测：{encoding}", "encoding-guessed")


def _without_lost(text: str) -> tuple[str, tuple[Repair, ...]]:
    lost = len(_LOST.findall(text))
    if not lost:
        return text, ()
    what = f"文件字节有损，{lost} 处字符丢失"
    return _LOST.sub("", text), (Repair(-1, what, "bytes-damaged"),)


def _is_mostly(text: str, times: int) -> bool:
    """Whether ``text`` has so many times more characters of several bytes than places lost."""
    multibyte = sum(1 for character in text if character > "\u07ff" and character != "\ufffd")
    return multibyte > 3 and multibyte > times * len(_LOST.findall(text))


def _commonness(text: str) -> float:
    """The share of common characters among those that are not ASCII: 0.3 to 0.6 in Chinese."""
    beyond = [character for character in text[:SAMPLE] if character > "\x7f"]
    return sum(character in _COMMON for character in beyond) / max(len(beyond), 1)


def _wide(raw: bytes) -> str:
    """The UTF-16 that ``raw`` is without saying so; '' when it is none."""
    for encoding in ("utf-16-le", "utf-16-be"):
        sample = raw[:SAMPLE].decode(encoding, errors="replace")
        usual = sum(
            1
            for character in sample
            if "\u4e00" <= character <= "\u9fff"
            or " " <= character <= "~"
            or character in "\r\n\t，。、；：？！“”（）《》〔〕—　％·"
        )
        if usual > 0.9 * len(sample):
            return encoding
    return ""
