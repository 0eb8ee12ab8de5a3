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
# # 30 · Inspect errors
#
# What a model that did not see the item gets wrong, on which words it decided, and which labels look
# wrong themselves. Sample stories by default; set `XUANJIAN_LABELS` to look at your own.

# %%
import os
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import clone

from pipeline.classify.bundle import open_bundle
from pipeline.classify.learning_set import LearningSet
from pipeline.classify.noise import doubtful_labels
from pipeline.classify.profiles import profiles_of
from pipeline.classify.reviewed import check_labels
from pipeline.classify.trained import ThemeRegression
from pipeline.config import Workspace, shipped
from pipeline.labels import Label, read_labels
from pipeline.plan.schemes import choose_scheme
from pipeline.steps import resolve_plan
from pipeline.store.store import Store
from samples.articles import THEMES, sample_corpus

workspace = Workspace.open(Path(os.environ.get("XUANJIAN_WORKSPACE", "demo")))
with Store.open(workspace.database_url) as store:
    stored = resolve_plan(store, workspace, os.environ.get("XUANJIAN_PLAN", ""))
plan = stored.plan
scheme, nodes = choose_scheme(plan)
themes = [node.id for node in nodes]

# %%
given = os.environ.get("XUANJIAN_LABELS")
labels = (
    read_labels(Path(given))
    if given
    else [
        Label(
            id=story.key,
            title=story.title,
            text=story.text,
            themes=story.themes,
            not_themes=tuple(theme for theme in THEMES if theme not in story.themes),
            reviewer="作者",
        )
        for story in sample_corpus().originals
    ]
)
check_labels(labels, plan, stored.name, given or "the sample stories")
learning = LearningSet.gather([one.spelled_out(themes) for one in labels], themes)

# %% [markdown]
# ## Wrong and missed
#
# `cross_fitted_` holds, for every decided pair, the probability by a model that learned from the
# other folds; the thresholds are the layer's.

# %%
model = open_bundle(shipped("models") / "base")
regression = ThemeRegression(model, profiles_of(plan, scheme, model))
regression.fit(learning.items, learning.decided)
classifier = regression.classifier()
pairs = pd.DataFrame(
    {
        "row": np.repeat(np.arange(len(learning.items)), len(themes)),
        "title": np.repeat([item.title for item in learning.items], len(themes)),
        "theme": themes * len(learning.items),
        "label": learning.decided.ravel(),
        "probability": regression.cross_fitted_.ravel(),
        "threshold": np.tile(classifier.thresholds, len(learning.items)),
    }
).query("label != -1")
pairs["assigned"] = pairs["probability"] >= pairs["threshold"]
pairs["error"] = np.select(
    [pairs["assigned"] & (pairs["label"] == 0), ~pairs["assigned"] & (pairs["label"] == 1)],
    ["wrong", "missed"],
    "",
)
errors = pairs[pairs["error"] != ""]
errors.groupby(["theme", "error"]).size().unstack(fill_value=0)

# %%
errors.sort_values("probability", ascending=False)[["title", "theme", "error", "probability"]].head(
    10
)

# %% [markdown]
# ## On which words
#
# The stretches that spoke for the theme, with their weights in log-odds, for the surest wrong ones.
# What learned from their labels errs on them no longer; they are read by what learned from the others.

# %%
surest = errors[errors["error"] == "wrong"].sort_values("probability").tail(3)
others = np.setdiff1d(np.arange(len(learning.items)), surest["row"])
unaware = clone(regression).fit([learning.items[row] for row in others], learning.decided[others])
spoken = []
for error in surest.itertuples():
    (found,) = unaware.classifier().classify([learning.items[error.row]])
    for score in found.themes:
        if score.id == error.theme:
            words = "、".join(f"{one.text} {one.weight:+.1f}" for one in score.evidence[:5])
            spoken.append((error.title, error.theme, score.probability, words))
pd.DataFrame(spoken, columns=["title", "theme", "probability", "evidence"])

# %% [markdown]
# ## Labels that deserve a second look
#
# Confident learning (Northcutt et al. 2021): the model contradicts them strongly. That may be the
# model's mistake or a person's; only a person can tell.

# %%
doubtful = doubtful_labels(themes, learning.decided, regression.cross_fitted_)
pd.DataFrame(
    [(learning.items[one.row].title, one.theme, one.belongs, one.probability) for one in doubtful],
    columns=["title", "theme", "label", "probability"],
)
