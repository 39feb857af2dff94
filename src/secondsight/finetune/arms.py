"""Every arm of the experiment from several seeds, and the tables that are committed of it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from secondsight.alignment.evaluation import over_runs
from secondsight.finetune import results
from secondsight.finetune.evaluation import Floats, Outcomes
from secondsight.finetune.experiment import Experiment, Run
from secondsight.finetune.results import MOMENTS
from secondsight.finetune.settings import ARMS, BASE
from secondsight.finetune.stages import Point

SEEDS = (0, 1)


def conduct(
    experiment: Experiment, seeds: Sequence[int] = SEEDS
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Do every run; return the tables of results, of loss curves and of what was said."""
    rows: list[tuple[object, ...]] = []
    curves: list[tuple[object, ...]] = []
    said: list[tuple[object, ...]] = []
    done: dict[tuple[str, str], list[Outcomes]] = {}
    for name, arm in ARMS.items():
        for seed in seeds:
            run = Run(experiment, name, arm, seed)
            rows += _of_seed(name, run, seed)
            for stage, points in run.curves.items():
                curves += _curve(name, stage, seed, points)
            if seed == seeds[0]:
                said += _said(name, run)
            for moment, outcomes in run.outcomes.items():
                done.setdefault((name, moment), []).append(outcomes)
            print(f"{name}, seed {seed}", *_told(run), flush=True)  # noqa: T201
    for size, (_, points) in experiment.speakers.items():
        curves += _curve(f"width {size.width}", "words", experiment.settings.seed, points)
    rows += _means(done)
    return tuple(  # type: ignore[return-value]
        pd.DataFrame(some, columns=results.COLUMNS[path.name])
        for some, path in (
            (rows, results.RESULTS), (curves, results.CURVES), (said, results.SAID),
        )
    )  # fmt: skip


def _told(run: Run) -> list[str]:
    return [
        f"{moment}: loss {one['loss'].mean():.3f}, gain {one['gain'].mean():.3f}"
        for moment, one in run.outcomes.items()
    ]


def _of_seed(arm: str, run: Run, seed: int) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = [
        (arm, moment, seed, metric, values.mean(), np.nan, np.nan, len(values))
        for moment, outcomes in run.outcomes.items()
        for metric, values in outcomes.items()
    ]
    found += [
        (arm, moment, seed, "distinct", len(set(texts)), np.nan, np.nan, len(texts))
        for moment, texts in run.said.items()
    ]
    found += [
        (arm, f"after {stage}", seed, "trained_weights", count, np.nan, np.nan, 0)
        for stage, count in run.weights.items()
    ]
    return found


def _curve(arm: str, stage: str, seed: int, points: Sequence[Point]) -> list[tuple[object, ...]]:
    return [(arm, stage, seed, point.step, point.loss, point.held_out) for point in points]


def _said(arm: str, run: Run) -> list[tuple[object, ...]]:
    """Return what was said at the end, and for the first arm at every moment."""
    of = run.of
    return [
        (arm, moment, *row)
        for moment, texts in run.said.items()
        if arm == BASE or moment == MOMENTS[-1]
        for row in zip(of.image_ids, of.labels, texts, strict=True)
    ]


def _means(done: dict[tuple[str, str], list[Outcomes]]) -> list[tuple[object, ...]]:
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
