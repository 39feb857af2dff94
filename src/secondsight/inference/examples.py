"""Labelled images that a model is shown before the one it is asked about."""

import hashlib
import json
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from secondsight.datasets.dataset import Dataset, sha256
from secondsight.errors import DataError, ParameterError
from secondsight.inference.prompt import Prompt
from secondsight.inference.request import Image, Message, Text


@dataclass(frozen=True)
class Examples:
    """The images that are shown, their answers, and the images that are left to be asked about."""

    shown: Dataset
    asked: Dataset

    @cached_property
    def png(self) -> dict[str, bytes]:
        """The PNG bytes of each image that is shown, by their SHA-256."""
        table = self.shown.table
        return {
            image: png_of(self.shown, image_id, image)
            for image_id, image in zip(table["image_id"], table["image_sha256"], strict=True)
        }

    def messages(self, prompt: Prompt, *, structured: bool) -> tuple[Message, ...]:
        """Return a question and its answer for each, as earlier turns of the conversation."""
        return tuple(
            message
            for label, image in zip(
                self.shown.table["label"], self.shown.table["image_sha256"], strict=True
            )
            for message in (
                Message(role="user", content=(Text(text=prompt.text), Image(sha256=image))),
                Message(role="assistant", content=(Text(text=_answer(label, structured)),)),
            )
        )


def choose(dataset: Dataset, prompt: Prompt, each: int, seed: int = 0) -> Examples:
    """Return `each` labelled images of every category of a prompt, and the rest of the data set.

    An image is chosen by a hash of the seed and its bytes, so neither the order of the data set nor
    its other images have a say, and more examples hold all of fewer. An image whose bytes are an
    example's is not asked about under another name either.

    Raises ParameterError if the prompt asks for a confidence, which a label has not, and DataError
    if a category has too few labelled images, or no image is left to ask about.
    """
    if not each:
        return Examples(dataset.head(0), dataset)
    if prompt.confidence:
        raise ParameterError(
            f"{prompt.name} asks for a confidence, and a labelled image tells none: ask it without "
            "examples, or take a prompt that asks for the category alone"
        )
    table = dataset.table.drop_duplicates("image_sha256")
    drawn = [hashlib.sha256(f"{seed} {image}".encode()).digest() for image in table["image_sha256"]]
    table = table.assign(drawn=drawn).sort_values("drawn")
    _check(dataset.name, prompt, table["label"].value_counts(), each)
    known = table[table["label"].isin(prompt.categories.codes)]
    shown = known[known.groupby("label").cumcount() < each]
    rest = dataset.table[~dataset.table["image_sha256"].isin(shown["image_sha256"])]
    if rest.empty:
        raise DataError(f"data set {dataset.name!r} has no image left to ask about: show fewer")
    return Examples(replace(dataset, table=shown), replace(dataset, table=rest))


def png_of(dataset: Dataset, image_id: str, image_sha256: str) -> bytes:
    """Return an image's bytes, which must still be those that a key names.

    Raises DataError if they are not.
    """
    content = dataset.png(image_id)
    if sha256(content) != image_sha256:
        raise DataError(
            f"the image {image_id!r} of {dataset.name!r} is not the one that the data set's table "
            "describes: load the data set anew"
        )
    return content


def _check(name: str, prompt: Prompt, counts: "pd.Series[int]", each: int) -> None:
    for category in prompt.categories.categories:
        count = counts.get(category.code, 0)
        if count < each:
            raise DataError(
                f"data set {name!r} has {count} labelled images of {category.name!r} "
                f"({category.code}), fewer than the {each} examples asked for"
            )


def _answer(label: str, structured: bool) -> str:
    return json.dumps({"category": label}) if structured else label
