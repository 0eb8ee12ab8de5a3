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
# # 20 · Retrain and compare
#
# Learns the themes of a workspace's plan from labels (here the sample stories', or those of the file
# `XUANJIAN_LABELS`), tries a few settings by cross-validation, and keeps the model in the workspace.
# It decides nothing there until it is promoted. Set `XUANJIAN_WORKSPACE` to use another workspace
# than the one `make demo` leaves.

# %%
import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pandas as pd

from pipeline.classify.bundle import open_bundle
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
from pipeline.store.store import Store
from samples.articles import THEMES, sample_corpus

workspace = Workspace.open(Path(os.environ.get("XUANJIAN_WORKSPACE", "demo")))
with Store.open(workspace.database_url) as store:
    plan = resolve_plan(store, workspace, os.environ.get("XUANJIAN_PLAN", ""))
scheme, nodes = choose_scheme(plan.plan)
titles = {node.id: node.title for node in nodes}

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
learning = LearningSet.gather([one.spelled_out([*titles]) for one in labels], [*titles])
pd.DataFrame(learning.counts(), columns=["theme", "belongs", "does not"]).set_index("theme")

# %% [markdown]
# ## A few settings
#
# Every item is decided by a model that did not see it. A smaller variance holds a part nearer to what
# the profile says; nearly none switches the part off.

# %%
model = open_bundle(shipped("models") / "base")
profiles = profiles_of(plan.plan, scheme, model)
settings = {
    "as shipped": {},
    "without latent space": {"latent_variance": 1e-6},
    "slope and offset only": {"latent_variance": 1e-6, "topic_variance": 1e-6},
}
tried = {}
for name, setting in settings.items():
    before, after = cross_validated(
        ThemeRegression(model, profiles, **setting), learning.items, learning.decided
    )
    tried["profiles alone"], tried[name] = before, after
shown = ["micro_f1", "macro_f1", "average_precision", "calibration_error"]
pd.DataFrame({name: msgspec.to_builtins(one) for name, one in tried.items()}).T[shown]

# %% [markdown]
# ## By theme
#
# A theme with fewer than ten positives keeps its profile's threshold.

# %%
by_theme = {
    way: pd.DataFrame([msgspec.structs.asdict(one) for one in tried[way].themes]).set_index("theme")
    for way in ("profiles alone", "as shipped")
}
compared = pd.concat(by_theme, axis=1)[
    [(way, figure) for figure in ("f1", "average_precision") for way in by_theme]
]
compared.rename(index=titles).round(3)

# %% [markdown]
# ## Keep the model
#
# `xuanjian models promote NAME` takes it into use; `xuanjian models list` shows what there is.

# %%
registry = ModelRegistry(workspace.models)
name, version = registry.next_version("notebook-20")
trained = train(
    plan.plan,
    scheme,
    model,
    learning.items,
    learning.decided,
    name=name,
    version=version,
    created=datetime.now(UTC).isoformat(timespec="seconds"),
)
folder = registry.add(trained, learning.names)
folder.name, registry.in_use(plan.name, scheme)
