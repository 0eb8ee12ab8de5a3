"""The card of a base model: what it is, what it learned from, how well it does, its limits."""

from __future__ import annotations

from pipeline.classify.bundle import BaseModel
from pipeline.classify.training_data import TrainingSet

__all__ = ["write_card"]


def write_card(model: BaseModel, training: TrainingSet) -> str:
    """The model card, in Markdown."""
    measured = model.measured
    names = "\n".join(
        f"| {topic.id} | {topic.name} | {share:.1%} |"
        for topic, share in zip(model.topics, model.priors, strict=True)
    )
    sources = "\n".join(
        f"| {one.name} | {one.items} | {one.precision:.3f} | {one.recall:.3f} | {one.micro_f1:.3f} |"
        for one in measured.sources
    )
    return f"""# Base topic model

**What it is.** The probability that a Chinese news item is about each of {len(model.topics)} general
topics of science publicity. Themes of a plan are tied to these topics by their profiles
(`pipeline/classify/profiles.py`), so that a plan can be used on the day it is loaded.

**How it works.** Character 1- to 4-grams ({model.vocabulary.size} of them, kept as hash slots), title
weighted above body, TF-IDF. Two models of each topic, each calibrated (Platt) on scores of unseen
items, and the weighted mean of their log-odds: an L2 logistic regression over the grams and a
latent space of the frequent ones, and a ridge regression over the grams and a latent space of
those that are words ({len(model.latent_scale)} dimensions, truncated SVD; themes learn from this one, too). All of
it folds into one weight per gram and topic.

**Learned from.** {measured.labelled} national broadcast items labelled with these topics, each also
as a brief (title and first 150 characters) and as a title; {len(training.gists)} local science news items told
in one sentence, labelled for this model by one reader (`pipeline/classify/local_topics.tsv`);
{len(training.generated)} items, most of them local, generated for this model with a language model that was shown the topics'
definitions only (`pipeline/classify/generated_items.tsv`), labelled by it as it wrote and measured nowhere;
and the words that name a topic (`pipeline/classify/topics.py`), each as an item of its own.
Vocabulary and latent space: {measured.unlabelled} unlabelled broadcasts (2022 to 2026) and
{len(training.paragraphs)} paragraphs of public plans. {training.excluded} items that also stand in the evaluation set
were left out. Data fingerprint `{model.data_fingerprint}`. The texts are not shipped: the folder
holds hash slots and numbers only, under the project's licence.

**The stream it is calibrated for.** One third whole broadcasts, one third their briefs, one third
local gists; fixed, so that no decision depends on its batch. In a stream where science news is
rare its probabilities are too high, and its thresholds (half of each topic's best F1 on that
stream) too low.

**Measured** on unseen items, {measured.folds} folds cut by day (gists by id), each topic at its threshold.
Whole broadcasts: macro-F1 {measured.macro_f1:.3f}, mean average precision {measured.mean_average_precision:.3f}.
Expected calibration error over the stream: {measured.calibration_error:.3f}.

| source | items | precision | recall | micro-F1 |
|---|---|---|---|---|
{sources}

**Limits.** National television of a few years, and a handful of local sentences from two
regions, labelled by one reader: older news, other regions and social media differ. The
dictionary's words count in every fold: they were written from the topics' definitions and not
from the items, by a reader who knew three published plans (249 of its 603 terms stand in
them), so figures on those plans flatter. Labels follow one codebook; rare topics rest on a few dozen items. It says
what an item is about, not whether it is true, local or important.

**Rebuild.** `python -m pipeline.classify.base_training DATA_DIR -o models/base`

| topic | name | share of the stream |
|---|---|---|
{names}
"""
