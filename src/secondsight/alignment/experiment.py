"""The experiment: four settings, two kinds of captions, several seeds."""

import copy
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from torch import Tensor

from secondsight.alignment import results
from secondsight.alignment.captions import KINDS
from secondsight.alignment.data import HELD_OUT, galaxies
from secondsight.alignment.evaluation import Features, Outcomes, outcomes, over_runs, plane, value
from secondsight.alignment.lora import adapt
from secondsight.alignment.settings import SETTINGS, Settings
from secondsight.alignment.towers import cut, load_pair
from secondsight.alignment.training import Towers, embed_all, train, trained
from secondsight.dtypes import Floats, Ints
from secondsight.simulate.seed import generator

SEEDS = (0, 1, 2)
MAPPED = ("frozen", "both")
"""Settings of which a map is kept, for the first seed and precise captions."""


class Experiment:
    """The start, and everything that is the same in every run.

    Parameters
    ----------
    start : str
        File of the networks' weights, or ``"random"``.
    folder : Path
        Where checkpoints are kept.
    settings : Settings
        Its seed is replaced by that of each run.
    sizes : (int, int, int), optional
        Training, test and held-out pairs, if not as many as usual.
    """

    def __init__(
        self,
        start: str,
        folder: Path,
        settings: Settings,
        sizes: tuple[int | None, int | None, int] = (None, None, HELD_OUT),
    ) -> None:
        self.folder, self.settings, self.held_out = folder, settings, sizes[2]
        lower, self.start, self.targets = cut(load_pair(start))
        self.train, self.test = galaxies("radio-train", sizes[0]), galaxies("radio", sizes[1])
        self.images = [lower.pictures(part.pictures) for part in (self.train, self.test)]
        self.texts = {
            kind: [lower.captions(part.captions[kind]) for part in (self.train, self.test)]
            for kind in KINDS
        }

    def run(self, setting: str, kind: str, seed: int) -> "Run":
        """Adapt to captions of a kind and embed everything."""
        towers = copy.deepcopy(self.start)
        adapt(towers.image, towers.text, self.targets, setting, seed)
        for tower in (towers.image, towers.text):
            tower.to(self.settings.device)
        settings = Settings(**{**vars(self.settings), "seed": seed})
        curve: list[float] = []
        if setting != "frozen":
            chance = generator(seed, "alignment", "held out")
            rows = chance.permutation(len(self.train))[: self.held_out]
            file = self.folder / f"{setting}.{kind}.{seed}.safetensors"
            curve = train(towers, self.images[0], self.texts[kind][0], rows, settings, file)
        return Run(self, towers, kind, curve, settings)


class Run:
    """What one run made of the galaxies: embeddings, and a value by test image for each metric."""

    def __init__(
        self,
        of: Experiment,
        towers: Towers,
        kind: str,
        curve: Sequence[float],
        settings: Settings,
    ) -> None:
        other = next(one for one in KINDS if one != kind)
        seen = [_numbers(embed_all(towers.image, part, settings)) for part in of.images]
        read = [_numbers(embed_all(towers.text, part, settings)) for part in of.texts[kind]]
        self.other = _numbers(embed_all(towers.text, of.texts[other][1], settings))
        self.learnt = Features(seen[0], read[0], of.train.labels)
        self.tested = Features(seen[1], read[1], of.test.labels)
        self.outcomes = outcomes(self.learnt, self.tested, self.other)
        self.epochs = int(np.argmin(curve)) if curve else 0
        self.weights = sum(weight.numel() for weight in trained(towers).values())
        self.curve = list(curve)


def _numbers(embedded: Tensor) -> Floats:
    found: Floats = embedded.cpu().numpy().astype(np.float64)
    return found


def conduct(
    experiment: Experiment, seeds: Sequence[int] = SEEDS
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Do every run; return the tables of results and of the map."""
    rows: list[dict[str, object]] = []
    mapped = []
    labels = experiment.test.labels
    done: dict[tuple[str, str], list[Outcomes]] = {}
    for setting in SETTINGS:
        for kind in KINDS:
            runs = {seed: experiment.run(setting, kind, seed) for seed in seeds}
            rows += _rows(setting, kind, runs)
            done[setting, kind] = [run.outcomes for run in runs.values()]
            best = [run.epochs for run in runs.values()]
            print(f"{setting}, {kind} captions: best epochs {best}", flush=True)  # noqa: T201
            if setting in MAPPED and kind == KINDS[0]:
                table, share = _map(setting, runs[seeds[0]])
                mapped.append(table)
                rows.append(_row(setting, kind, str(seeds[0]), "map_share", share))
    rows += _means(done, labels)
    return pd.DataFrame(rows), pd.concat(mapped, ignore_index=True)


def _means(done: dict[tuple[str, str], list[Outcomes]], labels: Ints) -> list[dict[str, object]]:
    """Return means over seeds and their differences, with intervals over the test images."""
    nothing: list[Outcomes] = []
    asked = {key: (runs, nothing) for key, runs in done.items()}
    for setting, kind in done:
        if setting != "frozen":
            pair = (done[setting, kind], done["frozen", kind])
            asked[f"{setting}{results.LESS}frozen", kind] = pair
    for setting in SETTINGS:
        pair = (done[setting, KINDS[0]], done[setting, KINDS[1]])
        asked[setting, results.LESS.join(KINDS)] = pair
    rows = []
    for (setting, kind), (some, others) in asked.items():
        for metric in some[0]:
            mean = over_runs(
                metric, [run[metric] for run in some], labels, [run[metric] for run in others]
            )
            numbers = (mean.value, mean.low, mean.high)
            rows.append(_row(setting, kind, results.ALL, metric, *numbers))
    return rows


def _row(
    setting: str, kind: str, seed: str, metric: str, number: float, low: float = np.nan,
    high: float = np.nan,
) -> dict[str, object]:  # fmt: skip
    return dict(
        zip(
            results.COLUMNS["results.csv"],
            (setting, kind, seed, metric, number, low, high),
            strict=True,
        )
    )


def _rows(setting: str, kind: str, runs: dict[int, Run]) -> list[dict[str, object]]:
    """Return each seed's metrics, its best epoch and how many weights it trained."""
    rows = []
    for seed, run in runs.items():
        labels = run.tested.labels
        numbers = {name: value(name, values, labels) for name, values in run.outcomes.items()}
        numbers |= {"epochs": run.epochs, "trained_weights": run.weights}
        rows += [_row(setting, kind, str(seed), name, number) for name, number in numbers.items()]
    return rows


def _map(setting: str, run: Run) -> tuple[pd.DataFrame, float]:
    """Return test images and both kinds of captions in two principal components."""
    groups, share = plane(run.tested.images, run.tested.texts, run.other)
    names = ("image", *(f"{kind} caption" for kind in KINDS))
    parts = [
        pd.DataFrame({"setting": setting, "what": name, "label": run.tested.labels,
                      "x": group[:, 0], "y": group[:, 1]})
        for name, group in zip(names, groups, strict=True)
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True), share
