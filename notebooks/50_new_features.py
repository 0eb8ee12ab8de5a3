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
# # 50 · A new feature set, saved, compared, promoted
#
# The latent space of the shipped base model comes from national broadcasts. Local news uses other
# words. This notebook learns a latent space from the workspace's own news instead (no label is needed
# for that), keeps the result as a base model of its own beside the trained models, learns the themes
# on top of it, compares, and promotes. Anything else that is linear in the grams can be put in the
# same place.
#
# It changes the workspace: work on a copy, or go back with `xuanjian models rollback`.

# %%
import dataclasses
import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd

from pipeline.classify.bundle import open_bundle, save_bundle
from pipeline.classify.estimators import LatentSpace
from pipeline.classify.hierarchy import classifier_of
from pipeline.classify.learning_set import LearningSet
from pipeline.classify.measuring import cross_validated
from pipeline.classify.profiles import profiles_of
from pipeline.classify.registry import ModelRegistry
from pipeline.classify.reviewed import check_labels
from pipeline.classify.trained import ThemeRegression
from pipeline.classify.trained_bundle import train
from pipeline.config import Workspace, shipped
from pipeline.labels import Label, read_labels
from pipeline.plan.schemes import choose_scheme
from pipeline.steps import resolve_plan
from pipeline.store.items import items_between
from pipeline.store.store import Store
from samples.articles import THEMES, sample_corpus

workspace = Workspace.open(Path(os.environ.get("XUANJIAN_WORKSPACE", "demo")))
with Store.open(workspace.database_url) as store:
    plan = resolve_plan(store, workspace, os.environ.get("XUANJIAN_PLAN", ""))
    with store.begin() as session:
        news = [item for item in items_between(session) if not item.text_missing]
scheme, nodes = choose_scheme(plan.plan)
themes = [node.id for node in nodes]
base = open_bundle(shipped("models") / "base")
len(news), base.fingerprint, len(base.latent_scale)

# %% [markdown]
# ## Directions along which the local news varies
#
# A truncated singular value decomposition of the news' TF-IDF rows, over grams that stand in three
# items or more. Directions are kept as a base model keeps them: small integers and a scale each.

# %%
rows = base.vocabulary.matrix(news)
frequent = np.flatnonzero(rows.getnnz(axis=0) >= 3)
directions = LatentSpace(n_components=min(60, len(news) // 2)).fit(rows[:, frequent]).components_
scale = np.abs(directions).max(axis=1) / 127
local = dataclasses.replace(
    base,
    name="base-local",
    latent=np.rint(directions / scale[:, None]).T.astype(np.int8),
    latent_features=frequent.astype(np.int32),
    latent_scale=scale.astype(np.float32),
)
local.fingerprint, len(local.latent_scale), len(frequent)

# %% [markdown]
# ## Compare
#
# The same labels, every item decided by a model that did not learn from it. The local directions have
# seen the items' words (never their labels), as they would in use. On a hundred items a difference of
# 0.02 is noise.

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
check_labels(labels, plan.plan, plan.name, given or "the sample stories")
learning = LearningSet.gather([one.spelled_out(themes) for one in labels], themes)
profiles = profiles_of(plan.plan, scheme, base)
tried = {}
for name, model in (("shipped latent space", base), ("local latent space", local)):
    before, after = cross_validated(
        ThemeRegression(model, profiles), learning.items, learning.decided
    )
    tried["profiles alone"], tried[name] = before, after
shown = ["micro_f1", "macro_f1", "average_precision", "calibration_error"]
pd.DataFrame({name: msgspec.to_builtins(one) for name, one in tried.items()}).T[shown]

# %% [markdown]
# ## Save and promote
#
# Both go under `models/` of the workspace. The trained model names its base model by fingerprint, and
# it is found beside it: from here on `xuanjian classify` in this workspace uses both. Promote only
# what the comparison speaks for.

# %%
registry = ModelRegistry(workspace.models)
card = (
    f"# {local.name}\n\nThe shipped base model with a latent space of {len(local.latent_scale)}"
    f" dimensions learned from {len(news)} local items without labels.\n"
)
save_bundle(local, registry.folder / local.name, card)
now = datetime.now(UTC).isoformat(timespec="seconds")
name, version = registry.next_version("notebook-50")
trained = train(
    plan.plan,
    scheme,
    local,
    learning.items,
    learning.decided,
    name=name,
    version=version,
    created=now,
)
folder = registry.add(trained, learning.names)
registry.promote(folder.name, plan.name, plan.plan, base, now)

# %% [markdown]
# ## What decides now

# %%
force = registry.in_force(plan.name, plan.plan, scheme, base)
promoted = classifier_of(plan.plan, scheme, force.base, layers=force.layers)
alone = classifier_of(plan.plan, scheme, base)
pd.DataFrame(
    {
        "profiles alone": alone.decide(news)[1].sum(axis=0),
        "promoted": promoted.decide(news)[1].sum(axis=0),
    },
    index=themes,
)
