"""The arrays that functions take and return, named by what they hold."""

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
AnyFloats = npt.NDArray[np.floating]
Ints = npt.NDArray[np.int64]
Places = npt.NDArray[np.intp]
"""Rows' or columns' places, as they index other arrays."""
Bools = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.str_]
Pixels = npt.NDArray[np.uint8]
"""An image: (height, width) if it is grey, (height, width, 3) if it has colours."""
Numbers = npt.NDArray[Any]
"""Of any type, where the function converts what it is given."""
