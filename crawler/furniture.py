"""What stands around an article's own words inside its body: furniture 页面杂项. Pure.

Hides: how datelines, editor lines, notices and what follows an article are told from it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from crawler.markup import Line
from pipeline.text import comparable

__all__ = ["PUNCTUATION", "is_dateline", "is_furniture", "is_record", "names_hosts", "trim"]

PUNCTUATION = re.compile(r"[，。；！？：、“”]|[,.;!?](?=\s|$|[\u4e00-\u9fff])")
"""Punctuation of prose; a Western sign counts only before a space or a Chinese character."""

_FURNITURE = re.compile(
    r"版权所有(?![者人])|公网安备|网站标识码|网站地图|设为首页|加入收藏|(?:^|[\s，,；;|｜])技术支持(?:单位)?\s*[:：]"
    r"|^(?:今天是|当前时间|现在时间)\s*[:：]?\s*(?:20\d{2}|星期).{0,30}$"
)
"""Words of footers that prose never has."""
_NOTICE = re.compile(
    r"^.{0,6}(?:版权|免责)声明|未经.{0,12}(?:授权|许可|书面).{0,30}(?:转载|摘编|摘录|镜像|复制|转贴)"
)
"""The beginning of a notice, and what it forbids; 未经许可 alone is how a law speaks."""
_BARE_NOTICE = re.compile(
    r"版权声明|免责声明|违法和?不良信息|文明上网|发表评论"
    r"|(?:服务|节目|信息|经营|业务)[^，。]{0,8}许可证|许可证.{0,4}[:：]?\s*[（(]?[A-Za-z\u4e00-\u9fff]{0,4}\d{4,}"
)
"""Words of footers that sentences have too: 网友发表评论, 取得生产许可证. A line with a full stop is one."""
_HOST = re.compile(r"(?:主办|承办|协办)(?:单位)?\s*[:：]|^(?:主办单位|承办单位)\s")
"""Who runs the site, or who holds the event that a notice is about."""
_LATIN = re.compile(r"[A-Za-z]")
_LATIN_FURNITURE = re.compile(
    r"copyright|ICP[备備证]|Powered by|All Rights Reserved", re.IGNORECASE
)
"""Apart from the Chinese words, which are found seven times as fast where no case is ignored."""
_FORM = re.compile(r"浏览器|分辨率|用户名|密码|验证码|登录|登陆|注册")
_FORM_WORDS = re.compile(
    r"用户名?|密码|验证码|登[录陆]|注册|会员|[账帐]号|邮箱|手机号?|立即|免费|匿名|找回|忘记|记住|自动|快速|退出|输入|请|新|[\W\d_]"
)
_FORM_SAID = re.compile(
    r"[请未](?:先)?登[录陆]|登[录陆]后(?:才能|可以|再|进行)|忘记密码|验证码|(?:使用|建议|以上|最佳|[*×xX]\s*\d{3}).*(?:浏览器|分辨率)"
    r"|(?:浏览器|分辨率).*(?:使用|建议|以上|最佳)"
)
"""Sign-in boxes are little but their own words; 登录系统在线填报 is what a notice asks for."""


_LONG = 150
"""Characters; no notice of so many is one if it has a full stop."""


def is_furniture(text: str) -> bool:
    """Whether a line is a notice of the site or a sign-in box, wherever it stands."""
    return _is_short_furniture(text) if len(text) < 40 else _is_furniture(text)


def names_hosts(text: str) -> bool:
    """Whether a line only says who runs or holds something: a footer's line, or an event's."""
    return len(text) < 120 and "办" in text and "。" not in text and bool(_HOST.search(text))


def _is_furniture(text: str) -> bool:
    sentence = "。" in text
    if sentence and len(text) >= _LONG:
        return False  # prose, which most of what is read is
    noticed = (
        _FURNITURE.search(text)
        or (("声明" in text or "未经" in text) and _NOTICE.search(text))
        or text.startswith("友情链接")
        or (_LATIN.search(text) and _LATIN_FURNITURE.search(text))
    )
    if noticed:
        return True
    if sentence:
        return False
    if _BARE_NOTICE.search(text):
        return True
    if len(text) >= 40 or not _FORM.search(text):
        return False
    return bool(_FORM_SAID.search(text)) or len(_FORM_WORDS.sub("", text)) <= 1


# The short lines of a site's pages are the same on all of them.
_is_short_furniture = lru_cache(maxsize=4096)(_is_furniture)


_RECORD = re.compile(
    r"^(?:索\s*引\s*号|发布机构|发文机关|发文字号|名\s*称|文\s*号|主题分类|主题词|成文日期|发布日期|公开方式|公开时限|公开范围|公开形式|"
    r"有效性|有效期|信息分类|体裁分类|组配分类|服务对象)\s*[:：\t]"
)


def is_record(text: str) -> bool:
    """Whether a line is a row of the record that stands above an open-government document."""
    return bool(_RECORD.match(text))


_LABEL = (
    r"(?:发布|发表|更新|上传|录入|时间|日期|来源|稿源|作者|编辑|责编|审核|校对|字号|字体|字体大小|浏览|点击|阅读|访问|人气|关注|打印|分享|"
    r"关闭|收藏|评论|我要纠错|来源于|信息来源|文章来源|稿件来源|发布机构|发布人|发布者|录入者|文章出处|供稿|阅读次数|浏览次数|点击数|大\s*中\s*小)"
)
_META_WORD = re.compile(rf"(?:{_LABEL})\s*[:：]")
_ONLY_DATE = re.compile(
    r"^[\[【(（]?\s*(?:(?:发布|发表|更新)(?:时间|日期)\s*)?(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?(?:\s*(?:星期.|周.))?[\sT]*(?:\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?\s*[\]】)）]?"
)
_WORDED_DATE = re.compile(
    r"^[二一][〇零○OＯ0九一二三四五六七八]{3}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日$"
)
_PASSED = re.compile(r"通过|批准|修[订正]|施行|公布|印发|签署")
"""What was done to a law on a day; the line is the law's own."""
_FURNITURE_LINE = re.compile(
    r"^[\[【(（]?\s*(?:打印(?:本页|本文|文章)?|关闭(?:窗口|本页|页面)?|收藏(?:本文)?|返回(?:顶部|列表|上一?页)?|推荐(?:本文)?|我要评论|"
    r"分享(?:到|至|本文)[:：]?.{0,30}|分享[:：]?(?:\s*(?:微信|微博|新浪|QQ|朋友圈).{0,30})?|扫一扫.{0,30}|加入收藏|设为首页|复制链接|字号(?:\s*[:：\[【（(大中小].{0,20})?|放大|缩小|默认|TOP|顶部|举报|纠错|微信|微博|QQ空间|朋友圈|纠错|\+\d+|图集|"
    r"点击(?:下载|查看|进入|关闭).{0,20}|查看(?:原图|更多)|更多(?:内容|新闻)?|下载附件|下一页|上一页|尾页|首页|\d+|[|>»<«·\s]+)\s*[\]】)）]?[>»]*$"
)
_CHECKED = r"(?:审核|初审|终审|校对|一审|二审|三审|监制|网编)"
_EDITS = rf"(?:责任编辑|责编|责任编审|执行编辑|值班编辑|编\s?辑|{_CHECKED})"
_WORD = r"[^\s、，,:：/／\]】）)〕]{1,6}"
_NAMES = rf"{_WORD}(?:[\s、，,:：/／]+{_WORD}){{0,7}}"
_EDITOR = re.compile(
    r"(?:[\[【(（〔]\s*|(?<![\u4e00-\u9fff）)])|(?<=网))(?:本文|本期|网络|实习|值班|图文|本网)?\s*"
    rf"(?:{_EDITS}\s*[:：/／]\s*{_NAMES}|{_EDITS}\s+[\u4e00-\u9fff]{{2,4}}(?:[\s、，,:：/／]+{_WORD}){{0,7}}"
    r"|(?<=[\[【(（〔])(?:责任编辑|责编)[\u4e00-\u9fff]{2,4})\s*[\]】）)〕]?\s*$"
)
"""An editor's name at the end of a line; without a colon 审核 and 编辑 are what is done, not who."""
_EDITOR_WHOLE = re.compile(
    r"^[\[【（(〔]?\s*(?:[\u4e00-\u9fff]{2,8}网)?(?:责任编辑|责编|编辑|编\s*辑|审核|校对|录入|网编|初审|终审|复审|监制|一审|二审|三审|值班编辑|实习编辑|打印|阅读原文|原标题|原文链接)"
    r"\s*[:：／/].{0,60}$"
)
_ORIGIN_WHOLE = re.compile(
    r"^[\[【（(〔]?\s*(?:本文来源|文章来源|稿源|来源|转自|作者|信息来源|供稿单位|发布单位)\s*[:：／/].{0,60}$"
    r"|^转自\s*《[^》]{2,20}》$"
)
"""At the edges of an article; in its midst a line tells of the origin of something else."""
_PRINTED = re.compile(
    r"^(?:发布(?:日期|时间)|更新(?:日期|时间)|信息来源|来源于?|发布于|所属分类|标签|浏览次数|阅读次数|点击数?)\s*[:：]"
    r"|^(?:时间|日期)\s*[:：]\s*(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?[\sT]*(?:\d{1,2}:\d{2}(?::\d{2})?)?$"
)
_PUBLISHED = re.compile(r"^(?:发布|更新)(?:日期|时间)\s*[:：]")
_RESPONSIBLE = re.compile(r"^[\[【（(〔]?\s*(?:责任编辑|责编)\s*[:：]")
_AFTER = re.compile(
    r"^[\s\[【■●◆▪>»]*(?:(?:相关(?:阅读|新闻|文章|链接|报道|稿件|资讯|专题|推荐|内容|信息|文档|附件下载)|延伸阅读|推荐阅读|热门(?:推荐|文章|新闻|评论|点击|點閱)|"
    r"(?:最新|精彩|全部|网友)评论|今日热点|热点(?:新闻|推荐))(?:推荐|搜索|列表|排行|查询)?(?![\u4e00-\u9fff])|精彩推荐|猜你喜欢|"
    r"上一[篇則则页]|下一[篇則则]|[上下]一条(?=\W|$|新闻|信息|文章)|前一篇|后一篇|友情链接|发表评论|我要评论|评论列表|分享(?:到|至)|扫一扫|扫码(?=.{0,8}(?:关注|下载|看|阅读|浏览|分享))|"
    r"版权声明|免责声明|声明[:：]|更多(?:精彩|新闻|相关)(?:内容|新闻|文章|阅读|推荐|报道|资讯)?(?=\W|$|请|敬请|尽在|点击)|为您推荐|编辑推荐|您可能(?:还)?(?:感兴趣|关注|喜欢)|新闻排行|阅读排行|"
    r"(?:打印|关闭)(?:本页|本文|此页|此文|文章|窗口|页面|网页)?(?:\W|$)|Copyright|"
    r"特别声明|返回顶部|返回首页|本文地址|本页网址|收藏本(?=[文页站])|参与互动|频道精选|延伸閱讀|熱門|推薦|相關)",
    re.IGNORECASE,
)
_FUNCTIONS = re.compile(
    r"^(?:页面功能)?\s*(?:[【\[（(｜|]?\s*(?:我来说两句|我要.?揪.?错|推荐|字体.{0,8}|大\s*中\s*小|打印|关闭(?:窗口)?|收藏(?:本[文页])?|发表评论|评论|分享|保存|"
    r"发送给朋友|打印本[文页]|返回页[首顶]|纠错|楼盘论坛|下载点点通)\s*[】\])）｜|]?\s*){2,}$"
)
"""A row of a page's functions: 【打印】【关闭】【推荐】."""
_NOTE = re.compile(
    r"^[（(]?(?:原创版权|版权归|转载(?:申请|请|须|时|声明|文章|自|说明)|(?:本文|以上内容)(?:为.{0,4}原创|系.{0,8}(?:转载|投稿|原创)|由.{0,16}(?:发布|授权|提供)|仅代表|发表于|不代表|.{0,4}(?:引用|地址|链接|网址))|"
    r"返回(?:搜狐|新浪|网易|凤凰|腾讯)|(?:文章)?阅读[量数]?\s*[(（]?\s*[\d.]*万?\s*[)）]?$|A\s?[+-]$|您是(?:本文)?第|回复线索|Trackback|.{0,20}APP.{0,4}(?:看|下载|下載)|"
    r"[关關][联聯](?:稿件|[阅閱][读讀]|新闻)|.{0,4}欢迎(?:加入本站|关注|扫码|订阅).{0,40}$|电邮新闻|[^。]{0,12}内容由网友|粉丝[:：]\d|关注$|"
    r"(?:长按|扫描|识别).{0,12}二维码(?!.*(?:填|报名|登录|提交|申报))|点击.{0,8}阅读原文|.{0,10}微信公众号$|.{0,6}客户端下载|相关附件[:：]?$)",
    re.IGNORECASE,
)
"""What sites write below an article."""
_TAIL = re.compile(
    r"(?:\s*返回(?:搜狐|新浪|网易)[，,]\s*查看更多|\s*[\[【]\s*纠错\s*[\]】]|\s*[>＞»]*\s*(?:点击)?查看更多[>＞»]*)$"
)
_END = 80
"""Characters at the end of a line in which an editor and the like are looked for; none is as long."""
_MAY_END = re.compile(r"[编辑审校责监]|返回|纠错|查看更多")
"""Without any of these, neither of the two patterns finds anything."""
_EDGES = re.compile(r"^[\s|·•\-—_]+|[\s|]+$")


def trim(found: list[Line], title: str) -> list[tuple[Line, str]]:
    """The lines without title, dateline, editor lines and what follows the article; each with what is
    left of its text."""
    kept = _first_entry(list(found))
    total = sum(len(line.text) for line in kept) or 1
    kept = kept[_head(kept, comparable(title), total) :]
    kept = _first_entry(kept)
    rest = _prose_after(kept)
    out: list[tuple[Line, str]] = []
    done = 0
    length = sum(line.plain for line in kept) or 1
    for number, line in enumerate(kept):
        text = _EDGES.sub("", line.text) if "\t" not in line.text else line.text
        if not text:
            continue
        if done > 0.25 * length and len(text) < 60 and _AFTER.match(text):
            little = rest[number] < (0.4 if done > 0.5 * length else 0.3) * rest[0]
            if little and not _goes_on(kept, number):
                break
            continue  # a box in the middle of the article
        over = rest[number] == 0
        footer = over and any(is_furniture(k.text) for k in kept[number + 1 : number + 4])
        if _drop(line, text, done / length, over, footer):
            if done > 0.5 * length and rest[number] < 0.4 * rest[0] and _RESPONSIBLE.match(text):
                break
            continue
        done += line.plain
        if done > 0.6 * length or len(text) < 60:
            text = _without_end(text)
            if not text:
                continue
        out.append((line, text))
    return out


_BOX = re.compile(r"^\W*(?:相关|延伸|推荐|热门|精彩)")
_OF_THE_SITE = re.compile(r"本[网站]|转载|版权")


def _goes_on(kept: list[Line], number: int) -> bool:
    """Whether a box of links at line ``number`` is set into the article: paragraphs of the same kind,
    in the same element as those before it, follow."""
    if not _BOX.match(kept[number].text):
        return False
    before = [k.parent for k in kept[:number] if k.parent.tag == "p" and k.plain > _SENTENCE]
    if not before:
        return False
    last = before[-1]
    after = [
        k
        for k in kept[number + 1 :]
        if k.parent.getparent() is last.getparent()
        and k.parent.tag == "p"
        and k.parent.get("class") == last.get("class")
        and k.plain > _SENTENCE
        and not k.links
        and "。" in k.text
    ]
    return len(after) >= 2 and not any(_OF_THE_SITE.search(k.text) for k in after)


def _without_end(text: str) -> str:
    """A line without 责任编辑, 查看更多 and the like at its end."""
    end = text[-_END:]
    if _MAY_END.search(end):
        end = _TAIL.sub("", _EDITOR.sub("", _TAIL.sub("", end)))
    return (text[:-_END] + end).rstrip()


_ENTRY = re.compile(r"^.{2,50}?\s(?:19|20)\d{2}-\d{1,2}-\d{1,2}\s+\d{1,2}:\d{2}(?::\d{2})?$")


def _first_entry(kept: list[Line]) -> list[Line]:
    """Where several entries follow each other, each under its own dated heading or with a dated line
    below it: the first."""
    heads = [number for number, line in enumerate(kept) if _ENTRY.match(line.text)]
    if len(heads) >= 2 and heads[0] <= 2:
        return kept[heads[0] + 1 : heads[1]]
    signed = [number for number, line in enumerate(kept) if _is_signed_post(line.text)]
    if len(signed) >= _POSTS and signed[0] > 2:
        return kept[: signed[0]]
    return kept


_POSTS = 3
_POSTED = re.compile(
    r"(?:发布时间|发表于|发表时间|回复于|回复时间)\s*[:：]?\s*(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}\s+\d{1,2}:\d{2}"
)


def _is_signed_post(text: str) -> bool:
    """Whether a line tells when a post of a thread was written, and little else."""
    return len(text) <= 80 and "。" not in text and bool(_POSTED.search(text))


def _prose_after(kept: list[Line]) -> list[float]:
    """How much prose stands from each line to the end."""
    total = 0.0
    sums = []
    for line in reversed(kept):
        if line.plain > 20 and PUNCTUATION.search(line.text) and not is_furniture(line.text):
            total += line.plain
        sums.append(total)
    sums.reverse()
    return sums or [0.0]


def _head(kept: list[Line], title: str, total: int) -> int:
    """How many lines at the beginning are title, dateline and page furniture."""
    cut = seen = 0
    prose = False
    for number, line in enumerate(kept[:40]):
        text = line.text
        same = comparable(text)
        if (title and len(same) >= 4 and _is_title(text, same, title, number == cut)) or (
            len(text) <= 160 and _heads(text, prose) and seen < 0.5 * total
        ):
            cut = number + 1
        prose = prose or (len(text) >= _SENTENCE and "。" in text)
        seen += len(text)
        if seen > 0.35 * total and len(text) > 60:
            break
    return cut


def _is_title(text: str, same: str, title: str, first: bool) -> bool:
    """Whether a line is the title, at the very beginning a part of it, or the title with its date."""
    if same == title or (same in title and first):
        return True
    head, _, rest = text.partition("\t")
    return comparable(head) == title and is_dateline(rest)


_SENTENCE = 30
"""Characters; a line of so many with a full stop is the article's own or its summary."""


def _heads(text: str, after_prose: bool) -> bool:
    """Whether a line is what stands above an article. Below a first sentence a meeting has its
    时间 and its 来源, too; there it takes two labels, one of them of publishing."""
    if not is_dateline(text):
        return False
    return not after_prose or (
        len(_META_WORD.findall(text)) >= 2
        and bool(re.search(r"发布|发表|来源|编辑|浏览|点击", text))
    )


_DAY_AHEAD = r"(?=(?:19|20)\d{2}\s*[-/.年]\s*\d)"
_SITE = re.compile(
    r"^(?:https?://\S+|(?:[A-Za-z0-9-]+\.){1,4}(?:com|cn|net|org)\S*|[\u4e00-\u9fff]{2,10}(?:网|频道|在线))\s*[(（]?\s*"
    + _DAY_AHEAD,
    re.IGNORECASE,
)
_SIGNED = re.compile(r"^\S{1,20}\s*(?:发表于|发布于|上传于)\s*[:：]?\s*" + _DAY_AHEAD)


def is_dateline(text: str) -> bool:
    """A line of labels (发布时间, 来源, 作者 ..) or nothing but a date."""
    if len(text) > 200:
        return False
    bare = _SIGNED.sub("", _SITE.sub("", text))
    short = 12 if len(bare) == len(text) else 30
    text = bare
    labels = len(_META_WORD.findall(text))
    if labels >= 2 and "。" not in text:
        return True
    if _WORDED_DATE.match(text):
        return True
    found = _ONLY_DATE.match(text)
    if found:
        rest = text[found.end() :]
        if _PASSED.search(rest):
            return False
        return (len(rest) <= short and "，" not in rest and "。" not in rest) or labels >= 1
    return (
        labels == 1
        and len(text) <= 60
        and bool(re.match(r"^[\[【(（\s]*" + _LABEL, text))
        and "。" not in text
    )


def _drop(line: Line, text: str, progress: float, over: bool, footer: bool) -> bool:
    """Whether a line is none of the article's; ``over`` where no prose follows it, ``footer`` where a
    footer does."""
    if _FURNITURE_LINE.match(text) and (not text.isdigit() or line.links):
        return True
    if len(text) <= 70 and _EDITOR_WHOLE.match(text):
        return True
    if len(text) <= 70 and not 0.1 < progress < 0.75 and _ORIGIN_WHOLE.match(text):
        return True
    if _FUNCTIONS.match(text) or (progress > 0.6 and len(text) <= 80 and _NOTE.match(text)):
        return True
    if line.links > 0.6 * len(text) and (
        progress < 0.02 or progress > 0.9 or line.links == len(text)
    ):
        return len(text) < 60
    if len(text) <= 80 and (
        (progress > 0.9 and _PRINTED.match(text))
        or (over and progress > 0.5 and _PUBLISHED.match(text))
    ):
        return True
    if progress < 0.5 and len(text) <= 80 and _ONLY_DATE.match(text) and _META_WORD.search(text):
        return True  # below a summary
    return (
        progress > 0.7
        and len(text) < 120
        and (is_furniture(text) or (footer and names_hosts(text)))
    )
