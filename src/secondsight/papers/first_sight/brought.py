"""Answers that somebody imported about the galaxies of a chapter, beside each other."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from secondsight.datasets.tasks import Task
from secondsight.errors import DataError
from secondsight.inference.imported import belonging, parse_imported, with_codes
from secondsight.inference.models import title
from secondsight.inference.recording import opened, read_sidecar
from secondsight.metrics.agreement import cohen_kappa
from secondsight.metrics.confusion import confusion_from_answers
from secondsight.metrics.intervals import LEVEL, Estimate, nothing
from secondsight.metrics.scores import accuracy
from secondsight.paths import ELSEWHERE


@dataclass(frozen=True)
class Brought:
    """An imported recording."""

    name: str
    model: str
    task: Task
    # by image id: `label` and `answer`, our reading, or its outcome where it names no category
    answers: pd.DataFrame
    doubt: str

    @property
    def labelled(self) -> pd.DataFrame:
        """The answers to images whose true category is known."""
        return self.answers.dropna(subset=["label"])

    def right(self, level: float = LEVEL) -> Estimate:
        """Return the share of the labelled images answered rightly."""
        rows = self.labelled
        if rows.empty:
            return nothing(level, "Wilson", 0)
        return accuracy(
            confusion_from_answers(rows["label"], rows["answer"], self.task.codes), level
        )


def brought(tasks: Mapping[str, Task], folder: Path = ELSEWHERE) -> list[Brought]:
    """Return the imports about these data sets, each with the task that was asked, by name.

    Raises RecordingError if one is damaged.
    """
    paths = sorted(folder.glob("*.parquet"))
    known = [(path, read_sidecar(path).dataset) for path in paths]
    return [_read(path, tasks[dataset]) for path, dataset in known if dataset in tasks]


def _read(path: Path, task: Task) -> Brought:
    recording = opened(path)
    rows = recording.rows().to_pandas()
    rows = rows[rows["repeat"] == 0].rename(
        columns={"response": "text", "parsed_elsewhere": "parsed"}
    )
    about = recording.sidecar.about.partition("In doubt: ")[2]
    try:
        rows = with_codes(rows, task, path.stem)
    except DataError as error:
        rows, about = rows.assign(label=None), str(error)
    read = parse_imported(rows, task)
    read["answer"] = read["answer"].fillna(read["outcome"])
    model = ", ".join(recording.sidecar.models)
    doubt = about or belonging(rows, task).unchecked
    return Brought(path.stem, model, task, read.set_index("image_id")[["label", "answer"]], doubt)


def beside(imports: list[Brought], level: float = LEVEL) -> pd.DataFrame:
    """Return a row an import: how often it is right, and what it has in common with the others."""
    return pd.DataFrame([_row(each, imports, level) for each in imports])


def _row(each: Brought, imports: list[Brought], level: float) -> dict[str, object]:
    rows = each.labelled
    kappas = {other.name: _kappa(each, other, level) for other in imports if other is not each}
    defined = {name: kappa for name, kappa in kappas.items() if kappa.value == kappa.value}
    nearest = max(defined, key=lambda name: defined[name].value, default="")
    return {
        "recording": each.name,
        "model": title(each.model),
        "answers": len(each.answers),
        "right": each.right(level),
        "kappa with the labels": cohen_kappa(rows["label"], rows["answer"], level),
        "most like": f"{nearest} (kappa {defined[nearest].value:.2f})" if nearest else "none",
        "in doubt": each.doubt or "no",
    }


def _kappa(first: Brought, second: Brought, level: float) -> Estimate:
    both = first.answers.join(second.answers, how="inner", rsuffix="_of_second")
    return cohen_kappa(both["answer"], both["answer_of_second"], level)
