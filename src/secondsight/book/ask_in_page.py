"""The files behind the page "Ask it yourself": galaxies, their vectors, questions, the model."""

import base64
import gzip
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from secondsight import paths
from secondsight.book.npm import FILES
from secondsight.book.page_data import sheet_of, write_script
from secondsight.datasets.dataset import Dataset
from secondsight.datasets.registry import load
from secondsight.dtypes import AnyFloats
from secondsight.errors import SourceError
from secondsight.inference.models import title
from secondsight.inference.prompt import load_prompt
from secondsight.inference.recording_plan import is_own
from secondsight.minivlm.judge import USUAL, wording
from secondsight.minivlm.model import WEIGHTS, MiniVLM
from secondsight.minivlm.question import Option
from secondsight.minivlm.reading.read import read_question
from secondsight.papers.read_answers import read_answers
from secondsight.toml import Entry, read_toml

QUESTIONS = paths.DATA / "ask_in_page.toml"
MODEL = ("text.onnx", "image.onnx", "tokenizer.json", USUAL)
ACROSS = 8
"""Pictures in a row of the sheet that holds them all."""
QUALITY = 75
UNIT = 1 / 16384
"""What one stands for in a vector that is written as int16."""


class Category(Entry):
    """A category; `code` is a label of the data set, or any word where it means none."""

    code: str
    name: str
    description: str


class Asked(Entry):
    """A question that is answered beforehand: a prompt's, or its own categories."""

    title: str
    prompt: str = ""
    categories: tuple[Category, ...] = ()

    @property
    def options(self) -> tuple[Option, ...]:
        """The categories as the model's server reads them."""
        if self.prompt:
            return read_question(load_prompt(self.prompt).text).options
        return tuple(Option(each.code, each.name, each.description) for each in self.categories)


class Sky(Entry):
    """Some galaxies of a data set, and what is asked about them.

    Attributes
    ----------
    dataset, title : str
        By name; what the page calls it.
    truth : str
        What stands before a galaxy's label, such as ``"simulated as"``.
    images, shown : int
        How many galaxies, of each label as many; the place of the one that is shown first.
    question : tuple of Asked
    """

    dataset: str
    title: str
    truth: str
    images: int
    shown: int
    question: tuple[Asked, ...]


class Bank(Entry):
    """All of `data/ask_in_page.toml`."""

    sky: tuple[Sky, ...]


def write(folder: Path, npm: Path, skies: tuple[Sky, ...] | None = None) -> None:
    """Write the page's files into a folder, which is emptied before.

    Parameters
    ----------
    folder, npm : Path
        Where the files go; what `secondsight.book.npm` fetched, nothing where it could not.
    skies : tuple of Sky, optional
        Those of `data/ask_in_page.toml`, if not given; a real one is left out if its files are not
        on this machine.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for script in sorted((paths.BOOK / "web").glob("ask_*.js")):
        shutil.copy(script, folder)
    model, listed = MiniVLM.load(), []
    for sky in read_toml(QUESTIONS, Bank).sky if skies is None else skies:
        try:
            dataset = load(sky.dataset)
        except SourceError:
            continue
        told = of_sky(sky, dataset, model, folder)
        write_script(folder / f"ask-{sky.dataset}.js", sky.dataset, told)
        listed.append({"name": sky.dataset, "title": sky.title})
    parts = list(_parts(folder, npm)) if (npm / "ort.wasm").is_file() else []
    write_script(folder / "ask-bank.js", "ask", {"skies": listed, "parts": parts, "unit": UNIT})


def of_sky(sky: Sky, dataset: Dataset, model: MiniVLM, folder: Path) -> dict[str, Any]:
    """Return what the page knows of a sky, and write the sheet of its pictures."""
    chosen = choose(dataset.table, sky.images)
    pictures = [dataset.pixels(image_id) for image_id in chosen["image_id"]]
    vectors = list(model.encoders.embed_images(pictures) - model.usual)
    texts = dict.fromkeys(wording(option) for each in sky.question for option in each.options)
    height, width = pictures[0].shape[:2]
    sheet = sheet_of(list(map(Image.fromarray, pictures)), ACROSS)
    sheet.save(folder / f"ask-{sky.dataset}.webp", quality=QUALITY)
    return {
        "title": sky.title,
        "truth": sky.truth,
        "shown": sky.shown,
        "sheet": {"width": width, "height": height, "across": ACROSS},
        "ids": chosen["image_id"].tolist(),
        "labels": chosen["label"].tolist(),
        "names": load_prompt(sky.question[0].prompt).categories.name_of,
        "vectors": [_packed(vector) for vector in vectors],
        "texts": {text: _packed(model.encoders.embed_texts([text])[0]) for text in texts},
        "questions": [
            {
                "title": each.title,
                "categories": [vars(option) for option in each.options],
                "recorded": list(recorded(sky.dataset, each.prompt, chosen["image_id"])),
            }
            for each in sky.question
        ],
    }


def choose(table: pd.DataFrame, count: int) -> pd.DataFrame:
    """Return the first images of each label, as many of each, label by label."""
    labelled = table.dropna(subset="label")
    each = count // labelled["label"].nunique()
    return labelled.groupby("label").head(each).sort_values("label", kind="stable")


def recorded(
    dataset: str, prompt: str, ids: "pd.Series[str]", folder: Path = paths.RECORDINGS
) -> Iterator[dict[str, Any]]:
    """Yield what models other than the book's own answered to a prompt about these images.

    A model that was asked about none of them is left out; of repeats the first counts.
    """
    for path in sorted(folder.glob(f"{dataset}.{prompt}.*.parquet")) if prompt else ():
        model = path.stem.removeprefix(f"{dataset}.{prompt}.").replace("--", "/")
        if is_own(model):
            continue
        answers = read_answers(path.stem, folder).answers.drop_duplicates("image_id")
        given = answers.set_index("image_id")["answer"].reindex(ids)
        if given.notna().any():
            told = [None if pd.isna(answer) else answer for answer in given]
            yield {"model": title(model), "answers": told}


def _parts(folder: Path, npm: Path) -> Iterator[dict[str, Any]]:
    """Put the model's files into the folder, and yield each one's name and weight.

    They are packed here, for not every server packs what it sends. Their names' ending is one that
    no server takes for an encoding.
    """
    for name in FILES:
        if not name.endswith(".wasm"):
            shutil.copy(npm / name, folder)
    for path in (npm / "ort.wasm", *(WEIGHTS / name for name in MODEL)):
        content = gzip.compress(path.read_bytes(), mtime=0)
        (folder / f"{path.name}.bin").write_bytes(content)
        yield {"name": path.name, "bytes": len(content)}


def _packed(vector: AnyFloats) -> str:
    return base64.b64encode(np.rint(vector / UNIT).astype("<i2").tobytes()).decode()


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]))
