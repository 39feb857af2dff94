"""The data of the page where readers look at galaxies themselves, as scripts.

A column that holds one value throughout is written as that value. Whatever is counted on the page
is counted from these objects; intervals come from here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from PIL import Image

from secondsight.book.look_sheets import CAMPAIGN, COLUMNS, QUALITY, ROWS, SIZES, pictured
from secondsight.book.page_data import sheet_of, write_script
from secondsight.datasets.aion_search import (
    NOT_ASKED,
    NOT_MENTIONED,
    Runs,
    find_pictures,
    find_runs,
)
from secondsight.datasets.dataset import Dataset
from secondsight.datasets.manifest import REPEATED
from secondsight.datasets.origins import Origin
from secondsight.datasets.registry import load
from secondsight.dtypes import Pixels
from secondsight.errors import MissingResponses
from secondsight.inference.models import title
from secondsight.inference.parse import ANSWERED
from secondsight.inference.prompt import load_prompt
from secondsight.inference.recording_plan import first, is_own, read_plan
from secondsight.metrics.intervals import proportion
from secondsight.papers.aion_search.agreement import QUESTION_TITLES, TITLES
from secondsight.papers.dwarfs.campaign import find_campaign
from secondsight.papers.replayed import NAMES, answers, origin_of

LOOKED_AT = {
    "lsbg": ("LSBG or artifact", "images"),
    "morphology": ("Four shapes of galaxies", "galaxies"),
    "radio": ("Radio galaxies, FR I or FR II", "radio galaxies"),
    CAMPAIGN: ("Dwarf galaxy or not", "candidates"),
    REPEATED: ("Dwarf galaxy or not, ten times each", "candidates"),
}
"""What the page calls the simulated data sets, and what is in them."""
AION = "aion-search"
SHARE = 1000
"""A model's probability is written in thousandths; where there is none, -1 stands."""

Object = dict[str, Any]


def write_look(folder: Path, models: Sequence[str]) -> None:
    """Write the scripts of all data sets whose answers are here, and ``index.js`` that lists them.

    Parameters
    ----------
    folder : Path
        Where they go.
    models : sequence of str
        Whose answers, besides the book's own model's; what is not recorded is left out.
    """
    own = read_plan().model
    every = [
        simulated(name, list(dict.fromkeys([own, *filter(None, models)]))) for name in LOOKED_AT
    ]
    runs = find_runs()
    if runs is not None:
        pictures = find_pictures(sorted(runs.votes["galaxy"].unique()))
        every.append({**described(runs), **_released(pictures, folder / AION)})
        for galaxy, texts in texts_of(runs):
            _write(folder, f"{AION}/{galaxy}", texts)
    for dataset in every:
        _write(folder, dataset["name"], dataset)
    listed = [
        {
            **{key: dataset[key] for key in ("name", "title", "sky")},
            "pictured": "pictures" in dataset,
        }
        for dataset in every
    ]
    _write(folder, "index", {"datasets": listed})


def _write(folder: Path, name: str, content: Object) -> None:
    write_script(folder / f"{name}.js", f"look/{name}", content)


def simulated(name: str, models: Sequence[str]) -> Object:
    """Return a simulated data set: ids, truth, pictures, votes if there are any, and answers."""
    dataset = load(name)
    asked = {prompt: _tables(dataset, prompt, models) for prompt in _prompts(name)}
    names = load_prompt(next(iter(asked))).categories
    sky = CAMPAIGN if name == REPEATED else name
    return {
        "name": name,
        "title": LOOKED_AT[name][0],
        "noun": LOOKED_AT[name][1],
        "truth_is": "Truth",
        "sky": dataset.origin,
        "origin": str(origin_of(dataset)),
        **_ids(dataset.table["image_id"]),
        "truth": _column(_places(dataset.table["label"], names.codes)),
        "pictures": _pictures(sky, dataset.table["image_id"]),
        **(_campaign(name) if sky == CAMPAIGN else {}),
        "prompts": [_prompt(prompt, tables, len(dataset)) for prompt, tables in asked.items()],
    }


def _prompts(name: str) -> list[str]:
    return [planned.prompt for planned in read_plan().recording if planned.dataset == name]


def _tables(dataset: Dataset, prompt: str, models: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Return what each model answered to a prompt; another model than the book's may lack some."""
    asked = (dataset.name, prompt)
    planned = next(p for p in read_plan().recording if (p.dataset, p.prompt) == asked)
    tables = {}
    for model in models:
        try:
            tables[model] = answers(first(dataset, planned), prompt, model, "none")
        except MissingResponses:
            if is_own(model):
                raise
    return tables


def _prompt(name: str, tables: Mapping[str, pd.DataFrame], count: int) -> Object:
    prompt = load_prompt(name)
    codes = prompt.categories.codes
    replies: dict[tuple[object, ...], int] = {}
    models = [_model(model, table, (count, codes), replies) for model, table in tables.items()]
    keys = ("answer", "outcome", "confidence", "text")
    return {
        "name": name,
        "title": f"{'bare names' if name.endswith(NAMES) else 'with descriptions'} ({name})",
        "text": prompt.text,
        "categories": prompt.categories.names,
        "replies": [dict(zip(keys, reply, strict=True)) for reply in replies],
        "models": models,
    }


def _model(
    name: str,
    table: pd.DataFrame,
    shape: tuple[int, list[str]],
    replies: dict[tuple[object, ...], int],
) -> Object:
    """Return one model's calls, a list for each repeat: the place of a reply, or -1."""
    count, codes = shape
    answer, texts = _places(table["answer"], codes), table["text"].fillna("")
    sure = table["confidence"].astype(object).where(table["confidence"].notna(), "")
    given = zip(answer, table["outcome"].astype(str), sure, texts, strict=True)
    places = pd.Series([replies.setdefault(reply, len(replies)) for reply in given])
    repeats = [_filled(places[own.index], count) for _, own in table.groupby("repeat")]
    last = table["answer"] == codes[-1]
    share = table["probability"].where(last, 1 - table["probability"])[table["repeat"] == 0]
    scored = len(codes) == 2 and share.notna().any()
    score = _filled((share * SHARE).round().fillna(-1), count) if scored else None
    return {"name": name, "title": title(name), "calls": repeats, "score": score}


def _filled(column: "pd.Series[Any]", count: int) -> list[int]:
    """Return a column's values, and -1 up to `count` for images that were not asked about."""
    return [*column.astype(int).tolist(), *[-1] * (count - len(column))]


def _campaign(name: str) -> Object:
    """Return the votes on a campaign, each count with its interval, and what its subjects are."""
    subjects = find_campaign(name).subjects
    kinds = sorted(subjects["kind"].unique())
    return {
        "kinds": kinds,
        "kind": _column(_places(subjects["kind"], kinds)),
        **_votes(subjects["yes"], subjects["votes"]),
        "votes_for": 1,
    }


def _votes(yes: "pd.Series[int]", votes: "pd.Series[int]") -> Object:
    pairs = sorted(set(zip(yes.tolist(), votes.tolist(), strict=True)))
    intervals = {pair: proportion(*pair) for pair in pairs if pair[1] > 0}
    return {
        "yes": _column(yes),
        "votes": _column(votes),
        "intervals": {
            f"{n}/{of}": [round(own.low, 3), round(own.high, 3)]
            for (n, of), own in intervals.items()
        },
    }


def _pictures(sky: str, ids: "pd.Series[str]") -> Object:
    """Return where pictures are: the sky's sheets, and the place on them of each image, or -1."""
    width, height = SIZES[sky]
    place = {image_id: number for number, image_id in enumerate(pictured(sky))}
    return {
        "folder": sky,
        "width": width,
        "height": height,
        "columns": COLUMNS,
        "each": COLUMNS * ROWS,
        "place": ids.map(place).fillna(-1).astype(int).tolist(),
    }


def _released(pictures: Sequence[Pixels], folder: Path) -> Object:
    """Write pictures that others released, all on one sheet, and return where they are."""
    if not pictures:
        return {}
    folder.mkdir(parents=True, exist_ok=True)
    sheet = sheet_of(list(map(Image.fromarray, pictures)), COLUMNS)
    sheet.save(folder / "0.webp", quality=QUALITY)
    height, width, _ = pictures[0].shape
    return {
        "pictures": {
            "folder": f"data/{AION}",
            "width": width,
            "height": height,
            "columns": COLUMNS,
            "each": len(pictures),
            "place": list(range(len(pictures))),
            "from": "DESI Legacy Surveys, as released by others; the models saw another cutout",
        }
    }


def _ids(ids: "pd.Series[str]") -> Object:
    """Return ids as what all begin with, and the rest of each."""
    first_id, last_id = ids.min(), ids.max()
    alike = next((n for n, (a, b) in enumerate(zip(first_id, last_id, strict=False)) if a != b), 0)
    return {"prefix": first_id[:alike], "ids": " ".join(ids.str.slice(alike))}


def _places(column: "pd.Series[Any]", values: Sequence[str]) -> "pd.Series[int]":
    """Return each value's place in `values`; -1 for what is not there."""
    return column.map({value: place for place, value in enumerate(values)}).fillna(-1).astype(int)


def _column(column: "pd.Series[int]") -> object:
    """Return a column's values, or its one value if they are all the same."""
    values: list[int] = column.tolist()
    return values[0] if len(set(values)) == 1 else values


def described(runs: Runs) -> Object:
    """Return AION-Search's descriptions: volunteers' majority answers beside the judge's codes.

    There is no truth. `sight` has where on the sky each galaxy is, its right ascension and
    declination in degrees.
    """
    galaxies = sorted(runs.votes["galaxy"].unique())
    names = runs.votes.groupby("galaxy")["name"].first().reindex(galaxies)
    return {
        "name": AION,
        "title": "64 galaxies, described by 16 models",
        "noun": "galaxies",
        "truth_is": "Volunteers",
        "sky": "real sky",
        "origin": str(Origin.ELSEWHERE),
        **_ids(pd.Series(galaxies)),
        "sight": [sight(name) for name in names],
        "texts": True,
        "prompts": [_question(runs, question, galaxies) for question in QUESTION_TITLES],
    }


def sight(name: str) -> tuple[float, float]:
    """Return right ascension and declination in degrees, of a name such as J030116.75+003332.5."""
    digits, sign = name.lstrip("J"), -1 if "-" in name else 1
    (h, m, s), (d, minutes, seconds) = (
        (float(part[:2]), float(part[2:4]), float(part[4:]))
        for part in digits.replace("-", "+").split("+")
    )
    dec = sign * (d + minutes / 60 + seconds / 3600)
    return round(15 * (h + m / 60 + s / 3600), 6), round(dec, 6)


def _question(runs: Runs, question: str, galaxies: list[str]) -> Object:
    """Return one question of the tree, about the galaxies whose volunteers came to it."""
    votes = runs.votes[runs.votes["question"] == question].set_index("galaxy").reindex(galaxies)
    reached = votes["answer"].notna()
    asked = runs.answers[runs.answers["galaxy"].isin(votes.index[reached])]
    known = {*votes["answer"].dropna(), *asked[question]} - {NOT_MENTIONED, NOT_ASKED}
    codes = [*sorted(known), NOT_MENTIONED, NOT_ASKED]
    named = [code.replace("cant", "can't").replace("-", " ") or "not reached" for code in codes]
    yes = votes["votes"].fillna(0).astype(int)
    total = (yes / votes["agreement"]).round().fillna(0).astype(int)
    coded = asked.assign(code=_places(asked[question], codes))
    calls = coded.pivot_table("code", "galaxy", ["configuration", "repeat"])
    calls = calls.reindex(galaxies).fillna(-1).astype(int)
    return {
        "name": question,
        "title": QUESTION_TITLES[question],
        "categories": named,
        "choices": len(known),
        "truth": _places(votes["answer"], codes).tolist(),
        **_votes(yes, total),
        "replies": [{"answer": place, "outcome": ANSWERED} for place in range(len(codes))],
        "models": [
            {"name": name, "title": TITLES.get(str(name), name), "calls": own.to_numpy().tolist()}
            for name, own in calls.T.groupby(level="configuration")
        ],
    }


def texts_of(runs: Runs) -> Iterator[tuple[str, Object]]:
    """Yield each galaxy with every configuration's descriptions, in the order of its repeats."""
    ordered = runs.answers.sort_values(["configuration", "repeat"])
    for galaxy, own in ordered.groupby("galaxy"):
        yield str(galaxy), {str(n): list(t) for n, t in own.groupby("configuration")["text"]}
