"""Confusion matrices for the tests of this folder."""

import numpy as np
import pytest

from secondsight.datasets.published import published_matrix
from secondsight.metrics.confusion import Confusion


@pytest.fixture
def empty() -> Confusion:
    """A confusion matrix of no images."""
    return Confusion(np.zeros((3, 4), np.int64), ["A", "B", "C"], ["refused"])


@pytest.fixture
def perfect() -> Confusion:
    """All right."""
    return Confusion(np.diag([4, 5, 6]), ["A", "B", "C"], [])


@pytest.fixture
def hopeless() -> Confusion:
    """All wrong."""
    return Confusion(np.array([[0, 3, 1], [2, 0, 2], [4, 0, 0]]), ["A", "B", "C"], [])


@pytest.fixture
def llava() -> Confusion:
    """LLaVA-NeXT's published counts on four shapes."""
    return published_matrix("llava_morphology").confusion
