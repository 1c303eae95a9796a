"""Words for the workbook's choices, for yes and for no: as people and CRMs write them.

A choice is recognised whatever its case, spaces, hyphens and underscores. The synonyms are the
words of both languages that can mean nothing else in their column; they are written without
spaces, as they are compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from ingest.crm.cells import Bad, shown
from ingest.crm.spec import Column

_APART = re.compile(r"[\s_\-/·.]+")

_SYNONYMS = """
role.admin administrator 管理员 系统管理员
role.leader lead executive director 领导 高管
role.manager 经理 主管
role.member user rep 成员 普通成员 员工
language.en english enus engb 英文 英语
language.zh chinese zhcn zhhans zhtw zhhant 中文 汉语 简体中文 繁体中文
kind.entity company legalentity 公司 法人 企业 单体
kind.group holding corporategroup 集团 集团客户
kind.distributor reseller dealer channelpartner 经销商 分销商 代理商 渠道
kind.integrator systemintegrator systemsintegrator 集成商 系统集成商
class.key keyaccount 重点 重点客户 大客户 关键客户 战略客户
class.ordinary normal regular standard 普通 普通客户 一般客户
class.prospect prospective potential possible 潜在 潜在客户 可能客户
class.unattractive maintain 无吸引力 没有吸引力 维持
relationship.vendor supplier 卖主 供应商 普通供应商
relationship.preferred preferredsupplier 优先 优先供应商 首选供应商 被优先考虑的供应商
relationship.partner partnership 伙伴 合作伙伴
relationship.alliance strategicalliance 联盟 战略联盟
relationship_target.vendor supplier 卖主 供应商 普通供应商
relationship_target.preferred preferredsupplier 优先 优先供应商 首选供应商 被优先考虑的供应商
relationship_target.partner partnership 伙伴 合作伙伴
relationship_target.alliance strategicalliance 联盟 战略联盟
visibility.open public 公开
visibility.team private restricted 团队 仅团队 团队可见
review_cadence.weekly 每周 周
review_cadence.monthly 每月 月 月度
review_cadence.quarterly 每季度 季度 季
seat.account_manager kam keyaccountmanager 客户经理 大客户经理
seat.solution_manager solutionarchitect 方案经理 解决方案经理
seat.delivery_manager projectmanager 交付经理 项目经理
seat.executive_sponsor sponsor execsponsor 高层赞助人 高管赞助人 赞助人
seat.specialist expert productspecialist 专家 产品专家
seat.sales_manager 销售经理
seat.customer_service customersuccess 客服 客户服务 客户成功
seat.planning planner 策划 规划
decision_role.decision_maker decider 决策者 决策人 拍板人 最终决策者
decision_role.economic_buyer budgetholder 经济购买者 经济决策者 预算负责人
decision_role.influencer 影响者 影响人
decision_role.champion 拥护者 内部支持者
decision_role.gatekeeper 把关者 守门人 把关人
decision_role.user enduser 使用者 用户 最终用户
decision_role.blocker 阻碍者
support.mentor 导师 指导者
support.supporter 支持者 支持
support.neutral 中立 中立者
support.non_supporter notasupporter 不支持者 不支持
support.enemy opponent opposed adversary 敌对 反对 反对者 敌对者
coverage.none nocoverage 无 无覆盖 未覆盖 没有
coverage.brief 简单 偶尔 简单接触
coverage.multiple several 多次 多层 多点
coverage.in_depth deep 深入 深度
layer.key 关键 关键关系 关键层
layer.general 普遍 普遍关系 普遍层
layer.organisational organizational 组织 组织关系 组织层
kind.renewal renew 续约 续签 续费
kind.upsell expansion addon 增购 追加 升级销售 向上销售
kind.cross_sell crossselling 交叉销售
kind.new newbusiness newlogo 新签 新客户 新业务 新购
amount_basis.annual yearly peryear recurring arr 年 每年 年度
amount_basis.total tcv totalcontractvalue 总额 合计 总计
amount_basis.one_off onetime 一次性 单次
forecast.commit committed 承诺 确定
forecast.best_case upside 最佳 最佳情况 乐观
forecast.pipeline 管道 漏斗 在跟
forecast.omitted omit excluded 忽略 排除 不计
outcome.open inprogress ongoing active 进行中 未结束 跟进中
outcome.won closedwon win 赢单 赢 成交 已成交 中标
outcome.lost closedlost lose 输单 输 丢单 失败 未中标
horizon.short shortterm 短期 短
horizon.mid medium midterm mediumterm 中期 中
horizon.long longterm 长期 长
status.open todo pending inprogress notstarted 未完成 进行中 待办
status.done completed complete finished closed 完成 已完成 结束 已结束
status.dropped cancelled canceled abandoned 取消 已取消 放弃
status.planned scheduled upcoming 计划 计划中 已安排 待进行
direction.ours us 我方 我们 我司
direction.theirs them customer 对方 客户 客户方 他们
direction.internal 内部
kind.meeting visit onsite facetoface 会议 会面 拜访 见面 面谈
kind.call phone phonecall telephone 电话 通话
kind.email mail 邮件 电子邮件
kind.chat im message wechat whatsapp 聊天 微信 消息 即时消息
kind.event conference exhibition tradeshow 活动 展会 会展
kind.revenue sales 收入 销售额 营收
kind.bookings booking orders 订单 签约 签单
kind.collections collection 回款 收款
state.ours us 我方 我们 我司
state.competitor rival 竞争对手 竞品 友商
state.open whitespace 空白 机会
state.not_applicable na 不适用
severity.low minor 低 轻微 一般
severity.high major severe critical 高 严重 重大
kind.nps netpromoterscore 净推荐值
kind.csat customersatisfaction 满意度 客户满意度
"""

_YES = frozenset({"yes", "y", "true", "t", "1", "是", "对", "有", "√", "✓", "✔"})
_NO = frozenset({"no", "n", "false", "f", "0", "否", "不", "不是", "无", "没有", "✗", "✘"})


def word(cell: Any) -> str:
    """The form in which words are compared: NFKC, no case, no spaces, hyphens, underscores."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return _APART.sub("", unicodedata.normalize("NFKC", str(cell)).casefold())


def read_choices(column: Column, cells: Sequence[Any]) -> list[Any]:
    """The workbook's own word for each cell, Bad where the cell holds none of them."""
    words = _words(column)
    choices = ", ".join(column.choices)
    return [
        None
        if cell is None
        else words.get(word(cell)) or Bad(f"{shown(cell)} is none of: {choices}")
        for cell in cells
    ]


def read_booleans(cells: Sequence[Any]) -> list[Any]:
    """True or False for each cell, Bad where it is neither yes nor no."""
    values: list[Any] = []
    for cell in cells:
        if cell is None or isinstance(cell, bool):
            values.append(cell)
            continue
        form = word(cell)
        if form in _YES:
            values.append(True)
        elif form in _NO:
            values.append(False)
        else:
            values.append(Bad(f"{shown(cell)} is neither yes nor no"))
    return values


def _words(column: Column) -> dict[str, str]:
    known = {word(choice): choice for choice in column.choices}
    for choice in column.choices:
        for synonym in _synonyms().get(f"{column.name}.{choice}", ()):
            known.setdefault(synonym, choice)
    return known


@lru_cache(maxsize=1)
def _synonyms() -> dict[str, tuple[str, ...]]:
    rows = [line.split() for line in _SYNONYMS.strip().splitlines()]
    return {name: tuple(word(synonym) for synonym in synonyms) for name, *synonyms in rows}
