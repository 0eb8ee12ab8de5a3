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
# # 40 · Learning curve and calibration
#
# Is it worth asking for labels where an answer tells most, and are the probabilities to be trusted?
# Ten rounds of ten labels for each of three plans on the evaluation data, if its folder is there
# (`XUANJIAN_DATA`, by default `../shared/data`); otherwise five rounds of ten on the sample stories,
# which are too few for more than a look. Run it from the folder of the project.

# %%
import os
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd

from pipeline.classify.active import items_to_ask
from pipeline.classify.bundle import open_bundle
from pipeline.classify.classifier import ThemeClassifier
from pipeline.classify.learning_set import LabelledItem
from pipeline.classify.measuring import figures_of
from pipeline.classify.profiles import profiles_of
from pipeline.classify.trained import ThemeRegression
from pipeline.config import shipped
from pipeline.plan.plan_file import read_plan_toml
from pipeline.plan.reading import read_plan
from samples.articles import PLAN_PATH, sample_corpus

model = open_bundle(shipped("models") / "base")
gold = Path(os.environ.get("XUANJIAN_DATA", "../shared/data")) / "news" / "gold.jsonl"

# %% [markdown]
# ## Items, profiles, labels
#
# 1 belongs, 0 does not, -1 is not decided: the annotators differed, or the chapter is not scored.

# %%
if gold.is_file():
    lines = [msgspec.json.decode(line) for line in gold.read_bytes().splitlines()]
    items = [LabelledItem(line["id"], line["title"], line["text"]) for line in lines]
    plans = (
        ("ordos", "ordos-theme-publicity", "focus_area", ()),
        ("jinshui", "jinshui-2017-publicity", "focus_area", ()),
        ("kangbashi", "kangbashi-science-145", "chapter", ("1", "9")),
    )
    tasks = {}
    for name, file, scheme, unscored in plans:
        profiles = profiles_of(read_plan_toml(shipped("plans") / f"{file}.toml"), scheme, model)
        numbers = [profile.theme.rpartition("-")[2] for profile in profiles]
        said = [line["labels"][name] for line in lines]
        yes = np.array([[n in one.get("yes", ()) for n in numbers] for one in said])
        open_to = np.array(
            [[n in unscored or n in one.get("unsure", ()) for n in numbers] for one in said]
        )
        tasks[name] = (profiles, np.where(open_to, -1, yes.astype(int)))
    pool_size, rounds = 200, 10
else:
    stories = sample_corpus().originals
    items = [LabelledItem(story.key, story.title, story.text) for story in stories]
    profiles = profiles_of(read_plan(PLAN_PATH).plan, "focus_area", model)
    decided = np.array([[int(p.theme in story.themes) for p in profiles] for story in stories])
    tasks = {"samples": (profiles, decided)}
    pool_size, rounds = 60, 5
{name: (len(items), int((decided == 1).sum())) for name, (_, decided) in tasks.items()}

# %% [markdown]
# ## Ask, learn, measure, ask again
#
# Labels are asked for out of one part of the items, the curve is measured on the rest, which no
# model ever learns from. "By use" is what `xuanjian review queue` does, audits included.

# %%
order = np.random.default_rng(0).permutation(len(items)).tolist()
pool, held = order[:pool_size], order[pool_size:]
tried_on = [items[row] for row in held]
heights = []
for name, (profiles, decided) in tasks.items():
    themes = [profile.theme for profile in profiles]
    for way, audit_share in (("by use", 0.2), ("at random", 1.0)):
        classifier = ThemeClassifier(model, profiles)
        done = []
        for turn in range(rounds + 1):
            figures = figures_of(themes, *classifier.decide(tried_on), decided[held])
            heights.append((way, name, len(done), figures.micro_f1))
            left = [row for row in pool if row not in done]
            asked = items_to_ask(
                classifier,
                [items[row] for row in left],
                [items[row] for row in done],
                count=10,
                audit_share=audit_share,
                seed=turn,
            )
            done += [left[one.place] for one in asked]
            learned = ThemeRegression(model, profiles)
            classifier = learned.fit([items[row] for row in done], decided[done]).classifier()
curve = pd.DataFrame(heights, columns=["way", "plan", "labels", "micro_f1"]).pivot_table(
    index="labels", columns="way", values="micro_f1"
)
curve.round(3)

# %% [markdown]
# Mean height of the two curves, by trapezoids. One split of the items differs from the next by some
# hundredths: `benchmarks/mapping.py --curve` takes the mean over more of them.

# %%
pd.Series({way: np.trapezoid(curve[way]) / rounds for way in curve.columns}).round(4)

# %%
curve.plot(marker="o", ylabel="micro-F1", title="Labels asked for by use and at random")

# %% [markdown]
# ## Are the probabilities to be trusted?
#
# All pairs of item and theme, by probability: what share truly belongs. Profiles alone on all items;
# the learned layer by models that did not see the item.

# %%
bins = {}
for way in ("profiles alone", "learned, unseen items"):
    said, true = [], []
    for profiles, decided in tasks.values():
        if way == "profiles alone":
            chances = ThemeClassifier(model, profiles).probabilities(items)
        else:
            chances = ThemeRegression(model, profiles).fit(items, decided).cross_fitted_
        known = (decided != -1) & np.isfinite(chances)
        said += chances[known].tolist()
        true += (decided[known] == 1).tolist()
    pairs = pd.DataFrame({"said": said, "true": true})
    grouped = pairs.groupby(pd.cut(pairs["said"], np.linspace(0, 1, 6)), observed=True)
    bins[way] = grouped.agg(pairs=("true", "size"), said=("said", "mean"), true=("true", "mean"))
pd.concat(bins, axis=1).round(3)
