"""What fine-tuning in two stages gave: what looking is worth, scores, and claims beyond images."""

from collections.abc import Mapping

import pandas as pd

from secondsight.datasets.origins import Origin
from secondsight.datasets.tasks import GALAXY10
from secondsight.descriptions.beyond import mentions
from secondsight.figures.estimates import Line
from secondsight.metrics.intervals import LEVEL, PERCENT, PLAIN, Estimate, bare, proportion
from secondsight.papers.llava_results import LESS, MOMENTS, by_seed, over_pictures
from secondsight.training.llava.captioned_pictures import HELD_OUT, SKIES, pairs
from secondsight.training.llava.conversations import conversations, recorded
from secondsight.training.settings import BASE, SMALL, VARIANTS, LlavaSettings

FREE = "conversations without the instruction"
"""The run whose writer of conversations was not told to stay with what is visible."""
LARGER = "larger language model"
SHORT = dict(
    zip(VARIANTS, ("base", "skipped", "larger", "untrained", "shallow", "free"), strict=True)
)
"""From a kind of run to its name among the chapter's numbers."""
HEADS = {
    "cosine.label": "cosine, labels",
    "cosine.sentence": "cosine, sentences",
    "looking.label": "of it by looking, labels",
    "looking.sentence": "of it by looking, sentences",
    "top_3.label": "own class among three, labels",
    "top_3.sentence": "own class among three, sentences",
}
"""What is measured on the simulated Galaxy10, and the heads of its columns."""
ASKED = {
    "described": "described by the likeliest words",
    "drawn": "described in words drawn by chance",
    "asked far": "asked how far the galaxy is",
}
"""How a text came about, and what a figure calls it."""
LEARNT = {
    "captions": ("the captions alone", BASE, "after stage 1"),
    "instructed": ("then conversations, instructed", BASE, "after stage 2"),
    "free": ("then conversations, not instructed", FREE, "after stage 2"),
}
"""What was learnt by then: in words, and the run and the moment."""
SIMULATED = Origin.SIMULATED_SKY


def share_beyond(texts: list[str], level: float = LEVEL) -> Estimate:
    """Return the share of texts with at least one claim that no image bears out."""
    return proportion(sum(bool(mentions(text)) for text in texts), len(texts), level)


def sizes(results: pd.DataFrame) -> dict[str, int]:
    """Return how large models and stages are, how many pictures there are, and how many runs."""
    settings = LlavaSettings()
    return {
        "speaker_layers": SMALL.layers,
        "llava_pairs": sum(SKIES.values()),
        "llava_held": sum(HELD_OUT.values()),
        "weights_first": int(by_seed(results, BASE, "trained_weights", "after stage 1").iloc[0]),
        "weights_second": int(by_seed(results, BASE, "trained_weights").iloc[0]),
        "steps_first": settings.first.steps,
        "steps_second": settings.second.steps,
        "llava_batch": settings.second.batch,
        "llava_seeds": len(by_seed(results, BASE, "gain")),
    }


def recorded_talks() -> dict[str, int]:
    """Return how many conversations are recorded for either prompt, and replies not read."""
    talks = [recorded(VARIANTS[arm].prompt) for arm in (BASE, FREE)]
    return {
        "talks": min(len(recording.turns) for recording in talks),
        "unread": sum(recording.unread for recording in talks),
    }


def shown_conversation(pictures: int = 12) -> str:
    """Return the first caption with a claim beyond its image, and both conversations of it."""
    captions = pairs({"morphology": pictures}).captions
    place = next(at for at, words in enumerate(captions) if mentions(words))
    blocks = [f"The caption: {captions[place]}"]
    for title, arm in {"With the instruction": BASE, "Without it": FREE}.items():
        turns = conversations(captions, VARIANTS[arm].prompt).turns[place]
        lines = [f"- {turn.question}\n  {turn.answer}" for turn in turns]
        blocks.append("\n".join([f"{title}:", *lines]))
    return "\n\n".join(blocks)


def losses(curves: pd.DataFrame, joint: int) -> dict[str, tuple[list[int], list[float]]]:
    """Return steps and losses of the first run of each kind but the last.

    The second stage counts on from `joint` steps, where there was a first.
    """
    first = curves[curves["seed"] == "0"]
    joined = {}
    for arm in list(VARIANTS)[:-1]:
        own = first[first["arm"] == arm]
        late = own["stage"] == "stage 2"
        steps = own["step"] + joint * late * (not late.all())
        joined[arm] = (steps.tolist(), own["loss"].tolist())
    return joined


def first_texts(texts: pd.DataFrame, most: int = 4) -> pd.DataFrame:
    """Return what the first run says of the first pictures, moment by moment, with their class."""
    own = texts[(texts["how"] == "described") & (texts["arm"] == BASE)]
    wide = own.pivot_table("text", ["image_id", "label"], "moment", "first", sort=False).head(most)
    label = wide.index.get_level_values("label").astype(str).map(GALAXY10.name_of)
    table = wide[list(MOMENTS)].rename_axis(columns=None).reset_index(drop=True)
    table.insert(0, "true class", label)
    return table


def gain_numbers(results: pd.DataFrame) -> dict[str, Estimate]:
    """Return what looking gives each kind of run, and less that of the recipe."""
    numbers = {}
    for arm, name in SHORT.items():
        numbers[f"gain_of_{name}"] = over_pictures(results, arm, "gain")
        if arm != BASE:
            less = over_pictures(results, f"{arm}{LESS}{BASE}", "gain")
            numbers[f"gain_less_{name}"] = less
    weights = [by_seed(results, arm, "trained_weights").iloc[0] for arm in (LARGER, BASE)]
    numbers["larger_ratio"] = bare(weights[0] / weights[1], PLAIN.rounded(1))
    numbers["gain_between"] = over_pictures(results, BASE, "gain", "after stage 1")
    return numbers


def gain_lines(results: pd.DataFrame) -> list[Line]:
    """Return a figure's lines: the recipe before and between its stages, then each kind of run."""
    early = {"before the parts are trained together": "before", "after stage 1": "after stage 1"}
    return [
        *(Line(name, over_pictures(results, BASE, "gain", moment), SIMULATED)
          for name, moment in early.items()),
        *(Line(arm, over_pictures(results, arm, "gain"), SIMULATED) for arm in VARIANTS),
    ]  # fmt: skip


def score_numbers(results: pd.DataFrame) -> dict[str, Estimate]:
    """Return each kind of run's scores against the labels."""
    return {
        f"{what.replace('.', '_')}_{name}": over_pictures(results, arm, what)
        for arm, name in SHORT.items()
        for what in ("top_3.label", "cosine.label", "looking.label")
    }


def scores(results: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of `HEADS` and the number of different texts, a row a kind of run."""
    rows: list[dict[str, object]] = []
    for arm in VARIANTS:
        row: dict[str, object] = {"run": arm}
        for what, head in HEADS.items():
            row[head] = over_pictures(results, arm, what).in_unit(PLAIN.rounded(2))
        rows.append(row | {"different texts": f"{by_seed(results, arm, 'distinct').mean():.0f}"})
    return pd.DataFrame(rows)


def claims(results: pd.DataFrame, texts: pd.DataFrame, level: float = LEVEL) -> dict[str, Estimate]:
    """Return the share of texts with a claim, by how they came about and what was learnt.

    Keys are the first word of a key of `ASKED` and a key of `LEARNT`, joined by ``"_"``. Last
    comes the share of the second run without the instruction.
    """
    groups = texts.fillna({"text": ""}).groupby(["arm", "moment", "how"])["text"]
    shares = {
        f"{how.split()[0]}_{name}": share_beyond(
            groups.get_group((arm, moment, how)).tolist(), level
        )
        for how in ASKED
        for name, (_, arm, moment) in LEARNT.items()
    }
    second = by_seed(results, FREE, "beyond.described").iloc[1]
    return {**shares, "described_free_other": bare(second, PERCENT)}


def claim_lines(shares: Mapping[str, Estimate]) -> list[Line]:
    """Return a figure's lines of what `claims` gives, but for the second run."""
    return [
        Line(title, shares[f"{how.split()[0]}_{name}"], SIMULATED, group)
        for how, group in ASKED.items()
        for name, (title, *_) in LEARNT.items()
    ]
