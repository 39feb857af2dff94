"""Every arm of the experiment from several seeds, and the tables that are committed of it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from secondsight.alignment.evaluation import over_runs
from secondsight.dtypes import Floats
from secondsight.finetune import results
from secondsight.finetune.evaluation import Outcomes
from secondsight.finetune.experiment import Experiment
from secondsight.finetune.results import HOWS, MOMENTS
from secondsight.finetune.run import Run
from secondsight.finetune.settings import ARMS, BASE
from secondsight.finetune.stages import Point

SEEDS = (0, 1)
Row = tuple[object, ...]


class Tables:
    """Gathers what is committed of runs."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.curves: list[Row] = []
        self.said: list[Row] = []
        self._done: dict[tuple[str, str], list[Outcomes]] = {}

    def add(self, arm: str, seed: int, run: Run) -> None:
        """Add a run; what it said is kept if it is the first of its arm."""
        self.rows += _of_seed(arm, run, seed)
        for stage, points in run.curves.items():
            self.add_curve(arm, stage, seed, points)
        if (arm, MOMENTS[-1]) not in self._done:
            self.said += _said(arm, run)
        for moment, outcomes in run.outcomes.items():
            self._done.setdefault((arm, moment), []).append(outcomes)
        print(f"{arm}, seed {seed}", *_told(run), flush=True)  # noqa: T201

    def add_curve(self, arm: str, stage: str, seed: int, points: Sequence[Point]) -> None:
        """Add a loss curve."""
        self.curves += [(arm, stage, seed, one.step, one.loss) for one in points]

    def write(self, folder: Path) -> None:
        """Write the tables as they are committed."""
        tables = (self.rows + _means(self._done), self.curves, self.said)
        for (name, columns), rows in zip(results.COLUMNS.items(), tables, strict=True):
            results.write(pd.DataFrame(rows, columns=columns), folder / name)


def conduct(experiment: Experiment, seeds: Sequence[int] = SEEDS) -> Tables:
    """Do every run; the first arm's models are measured before training too."""
    tables = Tables()
    for name, arm in ARMS.items():
        for seed in seeds:
            talker = experiment.make(arm, seed)
            settings = replace(experiment.settings, seed=seed)
            course, folder = experiment.course, experiment.folder
            run = Run(course, talker, name, arm, settings, folder, before=name == BASE)
            tables.add(name, seed, run)
    for size, (_, points) in experiment.speakers.items():
        tables.add_curve(f"width {size.width}", "words", experiment.settings.seed, points)
    return tables


def _told(run: Run) -> list[str]:
    return [
        f"{moment}: loss {one['loss'].mean():.3f}, gain {one['gain'].mean():.3f}"
        for moment, one in run.outcomes.items()
    ]


def _of_seed(arm: str, run: Run, seed: int) -> list[Row]:
    found: list[Row] = [
        (arm, moment, seed, metric, values.mean(), np.nan, np.nan, len(values))
        for moment, outcomes in run.outcomes.items()
        for metric, values in outcomes.items()
    ]
    found += [
        (arm, moment, seed, "distinct", len(set(texts)), np.nan, np.nan, len(texts))
        for moment, said in run.said.items()
        for texts in [said[HOWS[0]]]
    ]
    found += [
        (arm, f"after {stage}", seed, "trained_weights", count, np.nan, np.nan, 0)
        for stage, count in run.weights.items()
    ]
    return found


def _said(arm: str, run: Run) -> list[Row]:
    """Return what was said at the end, and for the first arm at every moment."""
    return [
        (arm, moment, how, *row)
        for moment, said in run.said.items()
        if arm == BASE or moment == MOMENTS[-1]
        for how, texts in said.items()
        for row in zip(run.course.image_ids, run.course.labels, texts, strict=True)
    ]


def _means(done: dict[tuple[str, str], list[Outcomes]]) -> list[Row]:
    """Return means over seeds, and differences from the first arm, with intervals."""
    nothing: list[Outcomes] = []
    compared = {key: (runs, nothing) for key, runs in done.items()}
    for (arm, moment), runs in done.items():
        if arm != BASE and (BASE, moment) in done:
            compared[f"{arm}{results.LESS}{BASE}", moment] = (runs, done[BASE, moment])
    return [
        (arm, moment, results.ALL, metric, *_mean(metric, some, less))
        for (arm, moment), (some, less) in compared.items()
        for metric in some[0]
    ]


def _mean(
    metric: str, some: Sequence[Outcomes], less: Sequence[Outcomes]
) -> tuple[float, float, float, int]:
    values: list[Floats] = [run[metric] for run in some]
    taken_off = [run[metric] for run in less]
    found = over_runs(metric, values, np.zeros(len(values[0]), np.int64), taken_off)
    return found.value, found.low, found.high, found.n
