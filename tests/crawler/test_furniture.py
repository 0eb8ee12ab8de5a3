"""Words that footers use and articles too: a notice keeps its own lines, a page loses its footer."""

from __future__ import annotations

import pytest

from crawler.extract import extract_article
from pipeline.news import NewsItem

TITLE = "关于组织申报科技计划项目的通知"
NAV = "".join(f'<li><a href="/c{n}/">栏目名称{n}</a></li>' for n in range(20))
OPENING = "为加快培育高新技术企业，经研究，现将今年科技计划项目申报的有关事项通知如下。"
DEMAND = "各旗区科技主管部门要高度重视，认真组织，严格把关，按时完成推荐工作，确保申报质量。"
CLOSING = "联系人要保持电话畅通，及时解答企业提出的问题，做好政策宣传，提高服务水平。"
FOOT = (
    "<div class='bq'><p>主办单位：某市科学技术局　承办单位：某市科技信息中心</p>"
    "<p>技术支持：某网络公司　蒙ICP备00000000号　网站标识码：0000000000</p></div>"
)

SETTINGS = {
    "named container": lambda rows: (
        '<div class="TRS_Editor">' + "".join(f"<p>{row}</p>" for row in rows) + "</div>"
    ),
    "paragraphs": lambda rows: (
        '<div class="m"><div>' + "".join(f"<p>{row}</p>" for row in rows) + "</div></div>"
    ),
    "divs": lambda rows: '<div id="zw">' + "".join(f"<div>{row}</div>" for row in rows) + "</div>",
    "bare text": lambda rows: "<table><tr><td>" + "<br>　　".join(rows) + "</td></tr></table>",
}


def _read(markup: str) -> NewsItem:
    page = (
        f"<html><head><title>{TITLE}_某市科学技术局</title></head><body><ul class='nav'>{NAV}</ul>"
        f"<h1>{TITLE}</h1><div class='info'>发布时间：2025-03-18 09:30　来源：市科技局</div>"
        f"{markup}{FOOT}</body></html>"
    )
    return extract_article(page.encode(), "http://kjj.example.gov.cn/tzgg/t20250318_17.html")


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize(
    "rows",
    [
        (OPENING, DEMAND, "下一步，市科技局将继续为企业提供技术支持，推动更多成果落地转化。"),
        (OPENING, DEMAND, "截至目前，全市已有12家企业取得了食品生产许可证，产值增长15%。"),
        (OPENING, DEMAND, "活动结束后，不少网友在平台上发表评论，为科技工作者点赞。"),
        (OPENING, "第三条 未经许可擅自从事上述活动的，由主管部门责令改正。", DEMAND),
        (OPENING, "使用音频须获得版权所有者或制作人的许可，才能对外播放。", DEMAND),
        (OPENING, DEMAND, "三、登录科技计划管理信息系统在线填报", "四、新用户须先完成实名注册"),
        (OPENING, "今年第3号台风登陆", DEMAND, CLOSING),
    ],
    ids=["support", "licence", "comments", "law", "copyright", "sign-in", "landfall"],
)
def test_a_sentence_with_a_footers_word_is_the_articles(
    rows: tuple[str, ...], setting: str
) -> None:
    assert _read(SETTINGS[setting](rows)).text.split("\n") == list(rows)


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize(
    "heading",
    [
        "二、资格审核与公示",
        "三、终审结果公布",
        "二审维持原判",
        "推荐单位审核推荐",
        "（三）编辑出版科普读物",
        "分享经验 共谋发展",
        "关闭落后产能 腾出发展空间",
        "扫码入企 减负增效",
        "相关内容如下：",
        "来源：中央财政资金和地方配套",
        "（一）编辑：出版科普图书5种以上",
        "责任编辑制度",
        "全民阅读",
        "上一条生产线投产",
        "更多精彩内容等你来",
        "收藏本地红色文物",
        "字号为三号仿宋",
        "扫描二维码填写报名表",
    ],
)
def test_a_heading_that_begins_like_a_pages_function_stays_whole(
    heading: str, setting: str
) -> None:
    rows = (OPENING, heading, DEMAND, CLOSING)
    assert _read(SETTINGS[setting](rows)).text.split("\n") == list(rows)


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize(
    "rows",
    [
        (OPENING, "一、会议时间", "时间：2025年4月1日上午9:00", "二、要求", DEMAND),
        (OPENING, "组织单位", "主办单位：某市科学技术局", "承办单位：某高新区", "安排", DEMAND),
        (OPENING, DEMAND, "主办单位：某市科学技术局", "承办单位：某高新区", "协办单位：某银行"),
        (OPENING, DEMAND, CLOSING, "时间：2025年4月1日至3日", "地点：市委党校"),
        (OPENING, DEMAND, "某市科学技术局", "2025年3月18日"),
    ],
    ids=["meeting", "hosts", "hosts at the end", "time at the end", "signature"],
)
def test_a_notice_keeps_what_is_to_be_held_when_and_by_whom(
    rows: tuple[str, ...], setting: str
) -> None:
    item = _read(SETTINGS[setting](rows))
    assert item.text.split("\n") == list(rows)
    assert item.date == "2025-03-18T09:30:00"


@pytest.mark.parametrize(
    "line",
    [
        "主办单位：某市科学技术局",
        "版权所有：某市科学技术局",
        "未经本网书面授权，不得转载、摘编或建立镜像。",
        "互联网新闻信息服务许可证：00000000000",
        "违法和不良信息举报电话：0477-0000000",
        "用户名： 密码： 登录 注册",
        "建议使用1024*768分辨率浏览",
        "责任编辑：王某",
        "编辑 王某 审核 李某",
        "[责任编辑：王某]",
        "（责任编辑王某）",
        "编辑：王某 审核：李某 监制：赵某",
        "阅读 (1024)",
        "长按识别二维码关注我们",
        "上一条：兄弟盟市的新闻",
        "更多精彩内容请关注客户端",
        "相关新闻：",
        "【关闭窗口】",
        "分享到：微信 微博",
    ],
)
def test_what_stands_below_an_article_is_left_out(line: str) -> None:
    rows = (OPENING, DEMAND, CLOSING, line, "蒙ICP备00000000号")
    assert _read(SETTINGS["paragraphs"](rows)).text.split("\n") == [OPENING, DEMAND, CLOSING]


def test_a_source_under_the_article_is_found_though_a_box_of_links_follows() -> None:
    related = "".join(f'<p><a href="/{n}.html">兄弟盟市的第{n}篇新闻</a></p>' for n in range(16))
    rows = f"<p>{OPENING}</p><p>{DEMAND}</p><p>来源：某日报</p><p>相关报道：</p>{related}"
    page = f"<html><body><h1>{TITLE}</h1><p>2025-03-18</p><div class='TRS_Editor'>{rows}</div></body></html>"
    item = extract_article(page.encode(), "http://kjj.example.gov.cn/tzgg/t20250318_17.html")
    assert (item.outlet, item.text) == ("某日报", f"{OPENING}\n{DEMAND}")
