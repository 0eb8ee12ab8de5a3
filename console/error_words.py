"""What went wrong, for officers: a sentence and what to do about it, by the slug of the error.

Hides: that the library words its errors in English, for people at a command line. A page says these
first; the library's own words, which name the file, the row or the value, stand below.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from console.language import N_, _

__all__ = [
    "WORDS",
    "ErrorWords",
    "of_last_line",
    "own_words",
    "reads_english",
    "words_in",
    "words_of",
]


@dataclass(frozen=True)
class ErrorWords:
    """A sentence for a heading, and what to do; '' where nothing can be done on a page."""

    sentence: str
    remedy: str = ""


UNKNOWN = ErrorWords(N_("没有做成"))
_KILLED = ErrorWords(
    N_("程序被系统中止，常见的原因是内存不够"),
    N_("请告诉系统管理员；只选几个来源或短些的周期可再试一次。"),
)
_BROKE_DOWN = ErrorWords(N_("程序自己出了错"), N_("请把下面的内容转给系统管理员。"))

_AGAIN = N_("请重新打开页面，看过现在的情况再做。")
_LIST = N_("请回到列表重新选择。")
_MEND = N_("请返回上一页，改正后再提交。")
_ADMIN = N_("请把下面的说明转给系统管理员。")
_ADMIN_SETTING = N_("请系统管理员改正工作区的设置文件。")
_RESAVE = N_("请用 Word 或 WPS 打开，另存为 .docx 后再上传。")
_RESAVE_TABLE = N_("请用表格软件打开，另存为 .xlsx 后再上传。")
_RETRAIN = N_("请到“模型”重新训练。")
_DECLARATION = N_("请在“采集来源”里修改声明，按“试采”看指出的那一行。")

WORDS: dict[str, tuple[str, str]] = {
    # the door
    "not-signed-in": (N_("请先登录"), ""),
    "role-too-low": (N_("您的角色不能做这件事"), N_("需要时请管理员调整您的角色。")),
    "form-token": (N_("页面已过期，请重新打开后再提交"), ""),
    "sign-in-failed": (N_("用户名或密码不对"), N_("请检查后重试；忘记密码请管理员重设。")),
    "sign-in-wait": (N_("登录失败次数太多，请稍候"), N_("过一会儿再试；忘记密码请管理员重设。")),
    "first-code": (N_("一次性代码不对"), N_("代码印在启动系统的窗口里，请向安装系统的人索取。")),
    "first-account-exists": (N_("管理员帐户已经建立"), N_("请直接登录；需要帐户请找管理员。")),
    "account-exists": (N_("已有同名的用户"), N_("请换一个用户名，或给原来的用户重设密码。")),
    "account-last-admin": (N_("至少要留一个管理员"), N_("请先让另一个用户成为管理员。")),
    "account-missing": (N_("没有这个用户"), _LIST),
    "account-name": (
        N_("用户名不合要求"),
        N_("用户名为 2 至 64 个字，可用汉字、字母、数字和 . _ - @，不能有空格。"),
    ),
    "account-role": (N_("没有这种角色"), _MEND),
    "password-weak": (
        N_("密码太简单"),
        N_(
            "密码要有 10 至 200 个字符，至少四种不同的字符，不能就是用户名；一句别人想不到的话最好记。"
        ),
    ),
    "session-missing": (N_("没有这个登录"), N_("它可能已经退出，请刷新列表。")),
    "request-from-elsewhere": (
        N_("这次提交来自别的网站，没有受理"),
        N_("请在本系统的页面上操作；经代理访问的，请系统管理员核对代理的设置。"),
    ),
    # forms and addresses
    "page-missing": (N_("没有这个页面"), N_("地址可能写错了，或所指的内容已经没有了。")),
    "method-not-allowed": (N_("这个地址不能这样打开"), N_("请从页面上的链接或按钮进入。")),
    "request-unreadable": (
        N_("地址或填写的内容读不懂"),
        N_("请从页面上的链接进入，或返回上一页改正。"),
    ),
    "request-too-large": (N_("文件太大"), N_("请拆分或压缩后再上传。")),
    "request-kind": (N_("提交的内容种类不对"), _MEND),
    "request-text": (
        N_("填写的内容里有不能保存的字符"),
        N_("请返回上一页，删去特殊字符后再提交。"),
    ),
    "server-error": (N_("服务器出错了"), N_("请稍后再试；再次出现请告诉系统管理员。")),
    "form-field": (N_("页面已经换了新版"), N_("请重新打开页面后再填。")),
    "form-file": (N_("没有选文件"), N_("请返回上一页，选好文件再提交。")),
    "form-value": (N_("有一处没有填，或填得不合要求"), _MEND),
    "value-range": (N_("数字太大或文字太长"), _MEND),
    "day-unreadable": (N_("日期读不出"), N_("日期请写成 2025-03-01。")),
    "period-unreadable": (
        N_("统计周期读不出"),
        N_("请写成 2025、2025Q2、2025-03，或起止两天 2025-03-03..2025-03-09。"),
    ),
    "period-needed": (
        N_("方案没有写明执行时间"),
        N_("请到“方案”里补填执行时间，或选一个统计周期。"),
    ),
    "filter-unknown": (N_("没有这种筛选条件"), N_("请在页面上重新选择。")),
    "list-place": (N_("列表里没有这个位置"), N_("请从列表第一页看起。")),
    "compare-unknown": (N_("没有可对比的那一期"), N_("请重新选择对比的周期或方案。")),
    "url-bad": (
        N_("这不是网址"),
        N_("请把浏览器地址栏里的网址整个粘贴过来，以 http:// 或 https:// 开头。"),
    ),
    "upload-kind": (N_("不能读取这种文件"), N_("请换成页面上列出的格式。")),
    "upload-missing": (N_("上传的文件已经不在"), N_("它已存入、被放弃或超过一天，请重新上传。")),
    "upload-size": (N_("文件太大"), N_("请拆分后再上传。")),
    # documents and plans
    "document-empty": (N_("文件里没有文字"), N_("扫描件只有图片，请上传能选中文字的版本。")),
    "document-kind-unsupported": (N_("不能读取这种文件"), N_("请另存为 .docx 或 .txt 后再上传。")),
    "document-scanned": (N_("这是扫描件，读不出文字"), N_("请上传 Word 原件，或先做文字识别。")),
    "document-secret": (
        N_("文件有密级或内部标志，没有存入"),
        N_("涉密和内部文件不得放入本系统；若是误认，请用公开的版本。"),
    ),
    "document-password": (
        N_("文件有密码，打不开"),
        N_("请用密码打开文件，去掉密码另存，再上传新的文件。"),
    ),
    "document-too-large": (N_("文件太大"), N_("请拆分，或去掉里面粘贴的图片和表格，再上传。")),
    "document-unreadable": (N_("文件打不开"), _RESAVE),
    "office-missing": (N_("服务器上没有读旧版文档的软件"), _RESAVE),
    "plan-document-missing": (N_("这一版没有保存原文件"), N_("请看当初上传的那一版。")),
    "plan-edited-twice": (N_("别人刚刚改过这份方案"), _AGAIN),
    "plan-file-unreadable": (N_("方案文件有错"), N_("请按下面指出的位置改正后再上传。")),
    "plan-format": (N_("存下的方案是旧格式"), N_("请用原文件重新上传。")),
    "plan-ids": (N_("方案里有编号重复或缺少"), N_("请给每一条不同的编号。")),
    "plan-missing": (N_("没有这份方案"), N_("请到“方案”里选一份。")),
    "plan-name": (N_("方案名称不能用"), N_("请写一个短的名称，如 2026；不能有 / 。")),
    "plan-needed": (N_("还没有方案，或没有说明是哪一份"), N_("请到“方案”里上传，或选一份启用。")),
    "plan-node-unknown": (N_("方案里没有这一条"), N_("方案可能有了新版本，请重新打开页面。")),
    "plan-term": (N_("执行时间不对"), N_("请填起止两天，结束不能早于开始。")),
    "plan-theme-missing": (N_("方案里没有这个条目，或已关掉"), N_("请回到方案的条目列表。")),
    "plan-without-scoring": (N_("方案没有计分说明"), N_("没有计分说明就不能考核计分。")),
    "plan-without-themes": (
        N_("没有读出可以对照的条目"),
        N_("请检查是不是方案原文；正文里要有分级的标题，如“一、”“（一）”。"),
    ),
    "profile-unknown": (N_("画像里有方案或模型没有的名称"), _MEND),
    "place-unknown": (N_("设置的所在地认不出"), _ADMIN_SETTING),
    "scheme-missing": (N_("方案没有这套条目"), N_("请到“方案”里选择。")),
    "rule-dates": (N_("计分规则的起止日期不对"), _MEND),
    "rule-figures": (N_("计分规则的分值不对"), _MEND),
    "rules-overlap": (
        N_("两条计分规则在同一天说法不同"),
        N_("请让旧规则在新规则开始的前一天结束。"),
    ),
    # news
    "items-bad-line": (N_("有一行读不成报道"), N_("请改正下面指出的那一行。什么也没有存。")),
    "items-empty": (N_("文件里没有报道"), N_("请检查是不是这个文件。")),
    "items-id-collision": (N_("两篇不同的报道编号相同"), N_("请改掉编号，或不填编号。")),
    "items-kind-unsupported": (
        N_("不能从这种文件读报道"),
        N_("请用 .xlsx、.csv，或简报的 .docx、.txt。"),
    ),
    "items-missing-columns": (
        N_("表格里没有“标题”一栏"),
        N_("请在第一行写明栏名：标题、日期、媒体、链接、正文。"),
    ),
    "items-too-big": (N_("文件太大"), N_("请拆分后再上传。")),
    "items-unreadable": (N_("表格打不开"), _RESAVE_TABLE),
    "not-a-bulletin": (
        N_("这份文档不是简报，读不出报道"),
        N_("报道请用表格导入；方案请到“方案”里上传。"),
    ),
    "item-missing": (N_("没有这篇报道"), _LIST),
    "story-unknown": (N_("没有这篇报道"), N_("请在“报道”或“搜索”里找到它，再用那一页的地址。")),
    "archived-missing": (
        N_("没有存档的网页"),
        N_("这一篇是导入或登记的，或当时没有存档；可看存下的文字。"),
    ),
    "archive-empty": (N_("没有存档的网页可读"), _ADMIN),
    "locality-unknown": (N_("设置的属地认不出"), _ADMIN_SETTING),
    # media
    "media-empty": (N_("这些天还没有登记任何报道"), N_("请先导入；确实没有刊发的，请选“无刊发”。")),
    "media-month": (N_("月份不对"), N_("月份写成 2025-03。")),
    "media-not-empty": (N_("这些天已登记有报道，不能签“无刊发”"), N_("请去掉“无刊发”再签。")),
    "media-signed-empty": (N_("这些天已确认为“无刊发”"), N_("要补录请先撤回确认。")),
    "vouch-already": (N_("这些天已经有人确认齐全"), N_("要改请先撤回原来的确认。")),
    "vouch-days": (N_("最后一天早于第一天"), N_("请把前后两天对调后再提交。")),
    "vouch-missing": (N_("没有可以撤回的确认"), N_("它可能已经撤回，请重新打开页面看现在的情况。")),
    "vouch-not-over": (N_("不能确认还没有过完的日子"), N_("最晚只能确认到昨天。")),
    # sources, crawls, long work
    "reader-gone": (
        N_("读网页的程序起不来，采集已中止"),
        N_("多半是服务器的内存或进程不够，请告诉系统管理员；再采一次时，没有读的网页会重新读。"),
    ),
    "column-not-crawled": (
        N_("这个来源没有要采集的这一栏目"),
        N_("请在“采集来源”里查看栏目的名称。"),
    ),
    "source-bad-value": (N_("来源声明里有一个值不对"), _DECLARATION),
    "source-busy": (N_("这些来源正在采集"), N_("请等它结束。")),
    "source-changed-twice": (N_("别人刚刚改过这份声明"), _AGAIN),
    "source-duplicate": (N_("两份声明的编号相同"), _DECLARATION),
    "source-exists": (N_("已有这个编号的来源"), _DECLARATION),
    "source-id": (N_("来源的编号不能改"), N_("它的台账按编号保存；要换名称请改 name。")),
    "source-missing": (N_("没有这个来源"), _LIST),
    "source-none": (N_("没有可采的来源"), N_("请到“采集来源”里新建，或恢复暂停的来源。")),
    "source-previous": (N_("没有更早的声明可以恢复"), ""),
    "source-unknown-key": (N_("来源声明里有不认识的键"), _DECLARATION),
    "source-unreadable": (N_("来源声明格式有错"), _DECLARATION),
    "sitemap-too-large": (
        N_("网站地图太大或已损坏，这个栏目读不了"),
        N_("请在声明里改用栏目的列表页或订阅地址（RSS）。"),
    ),
    "notify-extra": (N_("服务器上没有装发送通知的软件，告警没有发出"), _ADMIN_SETTING),
    "notify-failed": (N_("有的通知没有发到"), N_("采到的已经存下；请系统管理员看看收通知的一方。")),
    "notify-url": (N_("通知的地址认不出，告警没有发出"), _ADMIN_SETTING),
    "page-not-fetched": (
        N_("网页读不到"),
        N_("请在浏览器里看看网址能否打开；网站可能拒绝采集、要求登录或暂时不通。"),
    ),
    "page-refused": (
        N_("按规则不能采集这个网址"),
        N_(
            "网站的 robots.txt 不许采集或取不到，或网址在内网；请先看网址能否打开。要采内网的网站，请系统管理员在设置里允许。"
        ),
    ),
    "crawl-failed": (N_("采集中断了"), N_("已经采到的不会丢失，请再采一次。")),
    "crawl-nothing": (N_("所有栏目都没有采到"), N_("请到“采集来源”看每个来源的告警。")),
    "crawl-store-failed": (N_("采到的报道没有存下"), _ADMIN),
    "run-missing": (N_("没有这一批采集"), _LIST),
    "job-missing": (N_("没有这个后台任务"), _LIST),
    "job-running-exists": (
        N_("同样的任务正在进行"),
        N_("请到“后台任务”看它的进度，等它结束或停止它。"),
    ),
    "resume-other": (N_("中断的归类不能接着做"), N_("请从头再做一次归类。")),
    # reviewing, audits, models
    "review-bulk-missing": (N_("没有这次批量判定"), _LIST),
    "review-bulk-undone": (N_("这次批量判定已经撤销过"), ""),
    "review-date": (N_("判定的日期读不出"), N_("日期请写成 2025-03-18。")),
    "review-item-missing": (N_("没有这篇报道"), N_("请先导入报道。")),
    "review-list-changed": (N_("预览之后名单有了变化"), N_("请再看一次预览，然后判定。")),
    "review-no-conflict": (N_("这篇报道已没有两种判定"), N_("请回到清单。")),
    "review-not-yours": (N_("这份清单请的是另一个人"), _LIST),
    "review-nothing-chosen": (N_("没有选条目"), N_("请选条目，或按“都不属于”。")),
    "review-queue-empty": (N_("没有要判的报道"), N_("请换一个周期或条目；新来的报道要先归类。")),
    "review-queue-missing": (N_("没有这份清单"), _LIST),
    "review-task-missing": (N_("清单里没有这一篇"), N_("请重新打开清单。")),
    "review-theme-unknown": (N_("方案里没有这个条目"), _AGAIN),
    "review-undo-none": (N_("没有可以撤销的判定"), ""),
    "labels-too-few": (N_("判定太少，还不能训练"), N_("请先确认或更正一些报道。")),
    "audit-bound": (N_("允许漏掉的篇数不对"), N_("请选 0、1 或 5，并低于达标篇数。")),
    "audit-closed": (N_("抽查已经读完，不能再改样本里的判定"), N_("请在报道页更正。")),
    "audit-exists": (N_("这个周期已经抽过样本"), N_("请到“人工复核”里接着判；不够可以加抽。")),
    "audit-looks": (N_("已经加抽到上限"), N_("请把其余的通读。")),
    "audit-missing": (N_("没有这次抽查"), _LIST),
    "audit-nothing": (
        N_("不用抽查：报道不多，或都已读过"),
        N_("请在“人工复核”选“全部通读”，把没有判过的几篇读完即可认定。"),
    ),
    "audit-outside-sample": (N_("这篇报道不在样本里"), _AGAIN),
    "audit-period-future": (N_("这个周期还没有开始"), N_("请换一个周期。")),
    "audit-period-unseen": (N_("这个周期里什么也没有采到"), N_("请先采集或导入，或换一个周期。")),
    "audit-plan-changed": (N_("抽样以后方案的条目改过"), N_("请改用当时的版本，或重新抽样。")),
    "audit-sample": (N_("样本的记录不全"), _ADMIN),
    "audit-twice": (N_("同一篇有两种判定"), N_("请商定一种。")),
    "audit-unread": (N_("样本还没有判完"), N_("请到“人工复核”里判完。")),
    "model-changed": (N_("模型文件与启用时不同"), N_("请到“模型”重新启用或退回上一个。")),
    "model-format": (N_("模型是旧格式，或已损坏"), _RETRAIN),
    "model-missing": (N_("没有这个模型"), N_("请到“模型”里选择，或重新训练。")),
    "model-not-in-use": (N_("没有启用训练过的模型"), N_("现在由条目画像判定，不用退回。")),
    "model-other-base": (N_("训练的模型与现在的基础模型不配"), _RETRAIN),
    "model-other-plan": (N_("训练的模型是给另一套条目的"), _RETRAIN),
    "model-other-profiles": (N_("画像在训练以后改过"), _RETRAIN),
    "model-tampered": (N_("模型文件被改动过"), _ADMIN),
    "model-unaccounted": (N_("模型没有记下学过哪些报道"), _RETRAIN),
    "models-register": (N_("模型登记读不出"), _ADMIN),
    # register, scorecard, inquiry, obligations
    "register-columns": (
        N_("表格里没有登记要用的栏"),
        N_(
            "要有：责任科室、报送日期、标题、栏目；其余可有可无。请改好表头再上传，或检查是不是这个文件。"
        ),
    ),
    "register-entry": (N_("登记的内容不全或不对"), _MEND),
    "register-event": (
        N_("批示、约稿只记级别和种类"),
        N_("请写成“市领导批示”或“约稿不报”，不要写批示原文。"),
    ),
    "register-kind": (N_("登记表只能是 .xlsx 或 .csv"), _RESAVE_TABLE),
    "register-place": (N_("列表里没有这个位置"), N_("请从列表第一页看起。")),
    "register-reason": (N_("没有写更正的原因"), N_("请返回上一页补上原因。")),
    "register-rows": (N_("有几行读不出"), N_("请改正后再上传，或勾选“不导入读不出的”。")),
    "submission-changed": (N_("别人刚刚改过这件登记"), _AGAIN),
    "submission-exists": (N_("已经登记过同一件"), N_("请撤回其中一件，或给它们不同的稿件编号。")),
    "submission-missing": (N_("没有这件登记"), _LIST),
    "score-office-missing": (N_("计分表里没有这个科室"), _LIST),
    "reading-reason": (N_("没有写选这种口径的原因"), N_("请返回上一页补上原因。")),
    "reading-unknown": (N_("没有这种口径"), _AGAIN),
    "inquiry-answer": (
        N_("答复不全"),
        N_("请写明科室；选“已刊发”的要写佐证（媒体、日期、链接或版面）。"),
    ),
    "inquiry-columns": (
        N_("表里没有“条目编号”和“核实结果”"),
        N_("请填写下载的核实单，表头不要改。"),
    ),
    "inquiry-kind": (N_("核实单只能是 .docx、.xlsx 或 .csv"), _MEND),
    "inquiry-missing": (N_("报告没有核实单"), N_("请在“核实单”页下载。")),
    "inquiry-plan-changed": (N_("发出核实单以后方案改过"), N_("请重新下载核实单。")),
    "inquiry-rows": (N_("有几行答复读不出"), N_("请改正后再上传，或勾选不导入。")),
    "inquiry-theme": (N_("答复的条目方案里没有"), N_("“条目编号”一栏请保持原样。")),
    "inquiry-unmarked": (N_("看不出是哪一份核实单"), N_("请保留表格上方“核实单编号”一行。")),
    "obligation-medium": (N_("这一事项没有提到这家媒体"), N_("请选列出的媒体，或都不选。")),
    "obligation-unknown": (N_("方案里没有这个事项"), _AGAIN),
    "proof-empty": (N_("文件是空的"), N_("请检查是不是这个文件。")),
    "proof-file-changed": (N_("佐证文件与上传时不同"), _ADMIN),
    "proof-file-missing": (N_("佐证文件不见了"), N_("请重新上传，并告诉系统管理员。")),
    "proof-form": (N_("佐证没有填全"), N_("请填日期，并在报道和报送里只选一样。")),
    "proof-known": (N_("这份佐证已经有了"), N_("要重填请先撤回原来的。")),
    "proof-missing": (N_("没有这份佐证，或已撤回"), _AGAIN),
    "proof-secret": (N_("文件有密级或内部标志，没有保存"), N_("请用公开的材料作佐证。")),
    # reports and signatures
    "report-being-made": (N_("请稍候"), ""),
    "report-being-renewed": (N_("报告正在更新，请稍候再下载"), N_("过一会儿刷新页面。")),
    "report-format": (N_("没有这种报告格式"), N_("请从报告页下载。")),
    "report-locked": (N_("报告已印发，不能改达标篇数"), ""),
    "report-not-issued": (N_("报告还没有印发"), N_("印发以后才能更正。")),
    "report-not-made": (N_("报告没有算成"), _ADMIN),
    "report-tampered": (N_("签批或印发的内容被改动过"), N_("请立即告诉系统管理员，从备份恢复。")),
    "report-version": (N_("没有这一版报告"), _LIST),
    "bar-too-low": (N_("达标篇数至少是 1"), _MEND),
    "bulletin-headings": (N_("简报栏目的设置不对"), _ADMIN_SETTING),
    "bulletin-story": (N_("报告里没有这篇报道"), _LIST),
    "bulletin-theme": (N_("简报栏目用了方案没有的条目"), _ADMIN_SETTING),
    "bulletin-without-issue": (N_("没有简报的内容"), N_("请在报告页下载简报。")),
    "sign-off-figures": (N_("审核以后数字变了"), N_("请分管局领导重新审核。")),
    "sign-off-locked": (N_("报告已印发并锁定"), N_("要改请“另起新版”并写明理由。")),
    "sign-off-name": (N_("签批没有署名"), N_("请在帐户里填写姓名。")),
    "sign-off-order": (N_("前一道签批还没有做"), N_("请按顺序签批。")),
    "sign-off-period": (N_("这个周期还没有结束，不能印发"), N_("周期结束以后再印发。")),
    "sign-off-reason": (N_("没有写理由"), N_("请返回上一页补上理由。")),
    "sign-off-same-person": (N_("汇总和审核不能是同一个人"), N_("请另一个人签分管局领导审核。")),
    "sign-off-seen": (N_("打开页面以后数字变了，没有签"), _AGAIN),
    "sign-off-stage": (N_("没有这一道签批"), _AGAIN),
    "template-external": (N_("报告模板引用了外面的内容"), _ADMIN_SETTING),
    "template-styles": (N_("报告模板缺少样式"), _ADMIN_SETTING),
    "template-unreadable": (N_("报告模板打不开"), _ADMIN_SETTING),
    # the machine
    "database-locked": (N_("数据库正忙，请稍后再试"), ""),
    "database-corrupt": (N_("数据库损坏"), _ADMIN),
    "database-newer": (N_("数据库是更新的版本写的"), _ADMIN),
    "database-unreachable": (N_("数据库连不上"), _ADMIN),
    "database-url": (N_("设置里数据库的地址不对"), _ADMIN_SETTING),
    "disk-full": (N_("磁盘满了"), N_("没有写坏任何东西；请系统管理员腾出空间后再做。")),
    "disk-trouble": (N_("磁盘读写出错"), _ADMIN),
    "permission-denied": (N_("系统没有读写文件的权限"), _ADMIN),
    "file-missing": (N_("文件不在了"), _ADMIN),
    "installation-incomplete": (N_("安装不完整"), _ADMIN),
    "settings-bad-value": (N_("有一项设置的值不对"), _ADMIN_SETTING),
    "settings-by-hand": (N_("这项设置只能由管理员在设置文件里改"), _ADMIN_SETTING),
    "settings-unknown-key": (N_("设置文件里有不认识的项"), _ADMIN_SETTING),
    "settings-unreadable": (N_("设置文件格式有错"), _ADMIN_SETTING),
}
"""Sentence and remedy by slug, of every error a person can meet on a page."""

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_ENGLISH_WORD = re.compile(
    r"(?<![\w./=-])(?:already|an?|and|are|be|cannot|does|exists|for|from|has|have|in|is|it|its|must"
    r"|neither|no|not|of|or|than|the|there|to|unknown|was|while|with)(?![\w./=-])",
    re.IGNORECASE,
)
"""Words of sentences; names of files and commands, which Chinese sentences have too, are without."""
_THREE_WORDS = re.compile(r"(?:^|\s)[A-Za-z]+ [a-z]+ [a-z]")
_LABEL = re.compile(r"[A-Z][a-z]+(?: [a-z]+)?: ")
_COMMAND = re.compile(r"\bxuanjian [a-z]|(?:^|\s)--?[a-z]")
_SLUG = re.compile(r".*\[([a-z]+(?:-[a-z]+)+)\]")


def words_of(slug: str) -> ErrorWords:
    """The sentence and remedy of an error, in the console's language; a plain refusal for others."""
    sentence, remedy = WORDS.get(slug, (UNKNOWN.sentence, ""))
    return ErrorWords(_(sentence), _(remedy))


def words_in(line: str) -> ErrorWords | None:
    """What an error says that was written out with its slug in brackets; None where there is none."""
    found = _SLUG.match(line)
    return words_of(found[1]) if found and found[1] in WORDS else None


def of_last_line(said: str, code: int = 1) -> ErrorWords | None:
    """What made a command fail, by the last of its lines and its exit code; None where the error is
    one that only a command line has."""
    if code < 0:
        return ErrorWords(_(_KILLED.sentence), _(_KILLED.remedy))
    ends = [line for line in said.splitlines()[-5:] if line.startswith("error: ")]
    if not ends:
        return ErrorWords(_(_BROKE_DOWN.sentence), _(_BROKE_DOWN.remedy))
    return words_in(ends[-1])


def own_words(message: str, hint: str = "") -> str:
    """What stands below our words: the library's, without a hint that tells of commands.

    >>> own_words("方案.docx is empty", "Give another."), own_words("no plan", "Use --plan.")
    ('方案.docx is empty. Give another.', 'no plan')
    """
    if not hint or not reads_english(hint) or _COMMAND.search(hint):
        return message
    return f"{message}. {hint}"


def reads_english(message: str) -> bool:
    """Whether a message is one of the library's, which are English; the console's are Chinese, if
    with names and commands in them.

    >>> reads_english("坏.docx cannot be read: it is named .docx but is not a document")
    True
    >>> reads_english("Needed: 标题, 日期.")
    True
    >>> reads_english("不能读取这种文件：x.xlsx")
    False
    """
    return bool(
        _ENGLISH_WORD.search(message)
        or _THREE_WORDS.search(message)
        or _LABEL.match(message)
        or not _CHINESE.search(message)
    )
