"""Words of Chinese text: one function, two segmenters that agree, words of one's own."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import comparable, count_characters, cut, reference_cutter, segment

SENTENCES = (
    "本报讯 旗科技局昨天组织科技特派员进村，给农户讲新品种怎样种。",
    "5G技术、A股、C++ 与 3.5%：T台·x-y\n\n　好",
    "内蒙古伊泰煤制油有限责任公司（２０１８年）“投产”",
    "乒乓球拍卖完了，南京市长江大桥",
    "",
)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_fast_segmenter_cuts_as_jieba_does(sentence: str) -> None:
    pytest.importorskip("rjieba", reason="the extra 'fast' is not installed")
    assert cut(sentence) == reference_cutter()(sentence)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_nothing_is_lost_in_cutting(sentence: str) -> None:
    assert "".join(cut(sentence)) == sentence
    assert "".join(cut(sentence, ["煤制油有限", "T台·x-y", "长江"])) == sentence


@pytest.mark.data
def test_both_segmenters_agree_on_thousands_of_broadcasts(data: Path) -> None:
    pytest.importorskip("rjieba", reason="the extra 'fast' is not installed")
    reference = reference_cutter()
    with gzip.open(data / "news" / "broadcast.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [
            json.loads(line)["text"][:400] for place, line in enumerate(lines) if place % 10 == 0
        ]
    assert len(texts) >= 2_000
    assert [text for text in texts if cut(text) != reference(text)] == []


def test_own_words_are_kept_whole_the_longest_first() -> None:
    own = ["煤制油", "伊泰煤制油", "T台·x-y", "伊泰"]
    assert cut("伊泰煤制油在T台·x-y", own) == ["伊泰煤制油", "在", "T台·x-y"]
    assert "(a" in cut("f(a|b", ["(a"])
    assert cut("科技创新", [""]) == cut("科技创新")


def test_words_alone_have_no_signs() -> None:
    assert segment("“科技”，创新！ \n") == ["科技", "创新"]


def test_no_segmenter_is_loaded_before_a_word_is_cut_and_neither_speaks() -> None:
    program = (
        "import sys, pipeline.text as t\n"
        "assert not {'jieba', 'rjieba'} & set(sys.modules)\n"
        "t.cut('科技创新'); t.reference_cutter()('科技创新')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


SIGNS = "，。、；：？！“”‘’…—·（）《》【】〔〕％＃＠＿｜￣´゛　 \t\n_-./:'\"&ＡＺａ０９①㎡㈠ﬁé\u0301ゞ々〇ん한Ⅳ²"


@given(st.text(st.one_of(st.characters(), st.sampled_from(SIGNS + "科技局创新aZ09"))))
def test_the_quick_way_to_comparable_text_gives_what_folding_all_of_it_gives(text: str) -> None:
    folded = unicodedata.normalize("NFKC", text)
    assert comparable(text) == re.sub(r"[\W_]+", "", folded).casefold()


@given(st.text(st.one_of(st.characters(), st.sampled_from("科技，。 a1.%'@#&/+-\n\u3000\x1c\x85"))))
def test_characters_are_counted_sign_by_sign_and_run_by_run(text: str) -> None:
    assert count_characters(text) == len(re.findall(r"[A-Za-z0-9.,%'@#&/+-]+|\S", text))
