"""Bulletins 简报 as news: the items of a bulletin that was read as a plan.

Hides: that a bulletin's item is internal information. It is dated with the issue, flagged
``internal`` and never counted as media publicity; what day its work happened stays in the plan.
"""

from __future__ import annotations

from pipeline.errors import BadInput
from pipeline.news import NewsItem, item_id
from pipeline.plan.bulletin_plan import headline
from pipeline.plan.model import Plan, PlanNode, walk
from pipeline.text import count_characters

__all__ = ["items_of"]


def items_of(plan: Plan) -> tuple[NewsItem, ...]:
    """The items of a bulletin, in their order.

    Raises:
        BadInput: ``not-a-bulletin`` when the document is of another kind or has no item.
    """
    items = tuple(
        _item(plan, column, node)
        for column in plan.nodes
        for node in walk(column.children)
        if node.kind == "item"
    )
    if plan.kind != "bulletin" or not items:
        raise BadInput(
            f"{plan.title or 'the document'} is not a bulletin with items",
            "not-a-bulletin",
            "Import news as .jsonl, .csv or .xlsx; store a plan with: xuanjian plan use FILE.",
        )
    return items


def _item(plan: Plan, column: PlanNode, node: PlanNode) -> NewsItem:
    title = node.title or headline(node.text)
    issue = f"{plan.title}{plan.number}".strip()
    return NewsItem(
        id=item_id("", f"{issue} {node.id} {title}", node.text, plan.date),
        title=title,
        text=node.text,
        date=plan.date,
        date_evidence="given" if plan.date else "",
        outlet=issue,
        carrier="bulletin",
        column=column.title,
        words=count_characters(node.text),
        flags=("internal",),
    )
