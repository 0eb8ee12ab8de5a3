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
# # 10 · Look at labels and agreement
#
# What people decided, how many decisions each theme has, and how far two people agree. Shown on the
# sample stories: their author judged all of them, the sample reviewer some (written by the same hand,
# so that they agree better than two people do). Set `XUANJIAN_LABELS` to
# a file of `xuanjian review export` to look at your own instead.

# %%
import os
from itertools import combinations
from pathlib import Path

import pandas as pd
from sklearn.metrics import cohen_kappa_score

from pipeline.classify.learning_set import LearningSet
from pipeline.frames import labels_frame, labels_from_frame
from pipeline.labels import Label, read_labels
from samples.articles import THEMES, read_reviews, sample_corpus

# %%
stories = {story.key: story for story in sample_corpus().originals}
author = [
    Label(
        id=story.key,
        title=story.title,
        text=story.text,
        themes=story.themes,
        not_themes=tuple(theme for theme in THEMES if theme not in story.themes),
        reviewer="作者",
    )
    for story in stories.values()
]
reviewer = [
    Label(
        id=one.key,
        title=stories[one.key].title,
        themes=one.themes,
        not_themes=one.not_themes,
        reviewer=one.reviewer,
        at=one.date.isoformat(),
        comment=one.note,
    )
    for one in read_reviews()
]
given = os.environ.get("XUANJIAN_LABELS")
labels = read_labels(Path(given)) if given else (*author, *reviewer)
frame = labels_frame(labels, THEMES)
frame[["id", "theme", "belongs", "reviewer", "comment"]].head()

# %% [markdown]
# ## How many decisions, and by whom

# %%
frame.groupby(["theme", "belongs"]).size().unstack(fill_value=0)

# %%
frame.groupby("reviewer").agg(items=("id", "nunique"), decisions=("theme", "size"))

# %% [markdown]
# ## How far two reviewers agree
#
# Over the pairs of item and theme that both decided: the share decided alike, Cohen's kappa (which
# takes out what chance alone would give), and the F1 of one against the other, which is what a
# model can be compared with.

# %%
newest = frame.sort_values("at", na_position="first").drop_duplicates(
    ["id", "theme", "reviewer"], keep="last"
)
opinions = newest.pivot(index=["id", "theme"], columns="reviewer", values="belongs")
agreement = []
for one, other in combinations(opinions.columns, 2):
    both = opinions[[one, other]].dropna().astype(bool)
    agreed = int((both[one] & both[other]).sum())
    said = int(both[one].sum() + both[other].sum())
    agreement.append(
        {
            "reviewers": f"{one} / {other}",
            "pairs": len(both),
            "alike": (both[one] == both[other]).mean(),
            "kappa": cohen_kappa_score(both[one], both[other]),
            "F1": 2 * agreed / said if said else float("nan"),
        }
    )
pd.DataFrame(agreement, columns=["reviewers", "pairs", "alike", "kappa", "F1"]).round(3)

# %% [markdown]
# ## Where they differ
#
# These pairs are left out of training until somebody settles them.

# %%
learning = LearningSet.gather(labels, sorted(frame["theme"].unique()))
pd.DataFrame(
    [(one.title, one.theme, one.yes, one.no) for one in learning.disagreements],
    columns=["title", "theme", "yes", "no"],
)

# %% [markdown]
# ## Change labels and hand them back
#
# A frame becomes labels again; written as JSON lines they go to `xuanjian train --labels FILE` or
# `xuanjian review import FILE`.

# %%
kept = frame[frame["reviewer"] != "作者"]
lines = [label.to_jsonl().decode() for label in labels_from_frame(kept)]
lines[:1]
