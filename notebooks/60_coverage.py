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
# Opens a workspace (by default the one `make demo` leaves), audits its plan and shows themes,
# stories and decisions as pandas frames. Set `XUANJIAN_WORKSPACE` to look at another.

# %%
import os
from pathlib import Path

from pipeline.config import Workspace
from pipeline.coverage.gather import AuditOptions, coverage_report
from pipeline.frames import assignments_frame, coverage_frame, reviews_frame, stories_frame
from pipeline.store.assignments import reviews_of
from pipeline.store.plans import list_plans
from pipeline.store.store import Store

workspace = Workspace.open(Path(os.environ.get("XUANJIAN_WORKSPACE", "demo")))

# %% [markdown]
# ## The audit

# %%
with Store.open(workspace.database_url) as store, store.begin() as session:
    plan = list_plans(session)[0]
    report = coverage_report(session, plan, AuditOptions())
    reviews = reviews_of(session, plan.id)

coverage = coverage_frame(report)
coverage[["title", "状态", "verified", "machine", "rejected"]]

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
