# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 60 · Look at the coverage of a plan
#
# Opens a workspace (by default the one `make demo` leaves), audits its plan and shows themes, items,
# stories and decisions as pandas frames. Set `XUANJIAN_WORKSPACE` to look at another, and
# `XUANJIAN_PERIOD` (2025, 2025Q2, 2025-03) to look at less than the plan's year, or where the plan
# names none.

# %%
import os
import sys
from dataclasses import replace
from pathlib import Path

from pipeline.config import Workspace
from pipeline.coverage.gather import AuditOptions, coverage_report
from pipeline.coverage.periods import parse_period
from pipeline.frames import (
    assignments_frame,
    coverage_frame,
    items_frame,
    reviews_frame,
    stories_frame,
)
from pipeline.steps import resolve_plan
from pipeline.store.assignments import reviews_of
from pipeline.store.items import items_between
from pipeline.store.store import Store

workspace = Workspace.open(Path(os.environ.get("XUANJIAN_WORKSPACE", "demo")))

# %% [markdown]
# ## The audit

# %%
# A report lists as many stories as report.stories says; here we want all of them.
options = replace(AuditOptions.of(workspace.settings), most=sys.maxsize)
if given := os.environ.get("XUANJIAN_PERIOD"):
    starts = workspace.settings.get("period.month_starts", int)
    options = replace(options, period=parse_period(given, starts))
with Store.open(workspace.database_url) as store:
    plan = resolve_plan(store, workspace, os.environ.get("XUANJIAN_PLAN", ""))
    with store.begin() as session:
        news = items_frame(items_between(session))
        report = coverage_report(session, plan, options)
        reviews = reviews_of(session, plan.id)

coverage = coverage_frame(report)
coverage[["title", "状态", "verified", "machine", "rejected"]]

# %% [markdown]
# ## Items by outlet and month

# %%
news.groupby(["outlet", news["date"].dt.to_period("M")]).size().unstack(fill_value=0)

# %% [markdown]
# ## Stories by locality, and how many count

# %%
stories = stories_frame(report)
stories.groupby(["locality", "counted"]).size()

# %% [markdown]
# ## How sure the model was of what people then confirmed or denied

# %%
marks = assignments_frame(report)
marks.groupby("状态")["probability"].describe()

# %% [markdown]
# ## Who decided what

# %%
decisions = reviews_frame(reviews)
decisions.groupby(["theme", "belongs"]).size().unstack(fill_value=0)
