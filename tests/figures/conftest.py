"""The book's own counts, and both looks."""

from collections.abc import Iterator

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest

from secondsight import paths
from secondsight.datasets.derived import one_row_each
from secondsight.datasets.published import published_matrix
from secondsight.datasets.tasks import FOUR_OF_GALAXY_ZOO_2, GALAXY_ZOO_2
from secondsight.figures.style import themed
from secondsight.metrics.confusion import Confusion, confusion_from_answers


@pytest.fixture
def light() -> Iterator[None]:
    """Draw in the light look: where things stand does not depend on it."""
    mpl.use("Agg")
    with themed("light"):
        yield
    plt.close("all")


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> Iterator[str]:
    """Draw in this look."""
    mpl.use("Agg")
    with themed(request.param):
        yield request.param
    plt.close("all")


@pytest.fixture(scope="session")
def rows() -> pd.DataFrame:
    """AstroSight's answers, one row an image."""
    return one_row_each(pd.read_csv(paths.DERIVED / "astrosight_answers.csv"))


@pytest.fixture(scope="session")
def matrices(rows: pd.DataFrame) -> dict[str, Confusion]:
    """The matrices that the book draws."""
    codes = {"eight": GALAXY_ZOO_2.codes, "four": FOUR_OF_GALAXY_ZOO_2.codes}
    found = {
        f"{model}, {name}": confusion_from_answers(
            rows["true"], rows[model], of, GALAXY_ZOO_2.name_of
        )
        for model in ("gpt-4o-mini", "qwen-vl")
        for name, of in codes.items()
    }
    printed = {
        name: published_matrix(name).confusion for name in ("llava_morphology", "llava_lsbg")
    }
    return found | printed


MATRICES = [
    "gpt-4o-mini, eight",
    "gpt-4o-mini, four",
    "qwen-vl, eight",
    "qwen-vl, four",
    "llava_morphology",
    "llava_lsbg",
]


@pytest.fixture(params=MATRICES)
def confusion(request: pytest.FixtureRequest, matrices: dict[str, Confusion]) -> Confusion:
    """Each matrix that the book draws."""
    return matrices[request.param]
