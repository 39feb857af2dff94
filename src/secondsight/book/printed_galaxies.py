"""Galaxies to teach with: a clear one of each shape, and twenty on paper with the teacher's key."""

from base64 import b64encode
from io import BytesIO

import pandas as pd
from PIL import Image

from secondsight.datasets.registry import load
from secondsight.datasets.tasks import MORPHOLOGY
from secondsight.dtypes import Pixels
from secondsight.inference.recording_plan import read_plan
from secondsight.papers.read_answers import read_answers
from secondsight.simulate.seed import generator

SKY, LARGE, PROMPT = "morphology", "morphology-256", "morphology-1"
EACH = 5
"""Galaxies of each shape."""
SEED = 7
SIDE, QUALITY = 256, 88
"""Of a picture: pixels along a side, and of WebP, 0 to 100."""

EXAMPLES = {
    "morphology-0033": ("Round", "smooth, nearly a circle"),
    "morphology-0045": ("Cigar-shaped", "smooth and long, fades evenly: no bulge, no dark line"),
    "morphology-0195": ("Edge-on", "a flat disc from its side: thin, with a bulge or a dark line"),
    "morphology-0098": ("Spiral", "arms, or patches of light"),
}
"""A clear galaxy of each shape, its name, and what to look for. None of them is on the sheet."""


def chosen() -> pd.DataFrame:
    """Return the sheet's galaxies, as many of each shape: `image_id` and `label`, mixed."""
    rng = generator(SEED, "printed galaxies")
    mixed = load(SKY).table.sample(frac=1, random_state=rng)
    each = mixed.groupby("label").head(EACH)
    return each.sample(frac=1, random_state=rng).reset_index(drop=True)


def galaxies() -> str:
    """Return the sheet as HTML: a numbered list of pictures."""
    dataset = load(LARGE)
    items = "".join(
        f"<li>{image_of(dataset.pixels(image_id), f'galaxy {number}', f'galaxy-{number}')}</li>"
        for number, image_id in enumerate(chosen()["image_id"], start=1)
    )
    return f'<ol class="ss-galaxies">{items}</ol>\n'


def examples() -> str:
    """Return a clear galaxy of each shape as HTML: pictures with a sentence each."""
    dataset = load(LARGE)
    figures = "".join(
        f"<figure>{image_of(dataset.pixels(image_id), f'A galaxy: {name}.', f'shape-{number}')}"
        f"<figcaption><strong>{name}:</strong> {what}.</figcaption></figure>"
        for number, (image_id, (name, what)) in enumerate(EXAMPLES.items(), start=1)
    )
    return f'<div class="ss-four">{figures}</div>\n'


def image_of(pixels: Pixels, words: str, name: str) -> str:
    """Return a picture in HTML, whose words stand for it, and whose name is its file's."""
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, format="webp", quality=QUALITY)
    return (
        f'<img alt="{words}" width="{SIDE}" height="{SIDE}" '
        f'src="data:image/webp;name={name}.webp;base64,{b64encode(buffer.getvalue()).decode()}">'
    )


def key() -> str:
    """Return the table that says what each galaxy of the sheet is, and what a model called it."""
    model = read_plan().model
    answers = read_answers(f"{SKY}.{PROMPT}.{model}").answers.drop_duplicates("image_id")
    sheet = chosen().merge(answers[["image_id", "answer"]], how="left", on="image_id")
    called = sheet["answer"].map(MORPHOLOGY.name_of).fillna("no category")
    is_right = sheet["answer"] == sheet["label"]
    table = pd.DataFrame(
        {
            "galaxy": sheet.index + 1,
            "what it is": sheet["label"].map(MORPHOLOGY.name_of),
            "the small model said": called.where(is_right, called + " ✗"),
        }
    )
    wrong = ", ".join(table["galaxy"][~is_right].astype(str)) or "none"
    right = f"The small model has {int(is_right.sum())} of the {len(sheet)} right"
    return (
        f"{right}. Wrong: {wrong}.\n\n"
        + table.to_html(border=0, classes="ss-table", index=False)
        + "\n"
    )
