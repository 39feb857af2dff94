"""A plugin of pytest beside nbval, for what a figure's card names: its cell, and the commit.

Cells are counted as in a notebook. Of a figure is compared what is drawn, not at which commit: a
book that was built before a commit is still the same after it.
"""

import base64
import hashlib
import io
import re
from typing import Any

from nbval.kernel import RunningKernel
from nbval.plugin import IPyNbCell
from PIL import Image

COMMIT = re.compile(
    r"(commit(?:: |</dt><dd>))[0-9a-f]{12}(, with changes that were not committed)?"
)
DRAWING = re.compile(r"base64,([A-Za-z0-9+/=]{100,})")
PNG = b"\x89PNG"


def _execute(kernel: Any, code: str, allow_stdin: bool | None = None) -> str:
    """Do as nbval does, but let the kernel count what it has run."""
    answers = bool(allow_stdin)
    return str(
        kernel.kc.execute(code, store_history=True, allow_stdin=answers, stop_on_error=False)
    )


def compared(output: Any) -> Any:
    """Return what is compared of a part of a cell's output: text with each drawing's digest."""
    if not isinstance(output, str):
        return output
    return COMMIT.sub(r"\1", DRAWING.sub(_digest, output))


def _digest(drawing: re.Match[str]) -> str:
    held = base64.b64decode(drawing[1])
    pixels, told = b"", held.decode(errors="replace")
    if held.startswith(PNG):
        picture = Image.open(io.BytesIO(held))
        pixels, told = picture.convert("RGBA").tobytes(), str(picture.info)
    digest = hashlib.sha256(pixels + COMMIT.sub(r"\1", told).encode())
    return f"drawing {digest.hexdigest()}"


RunningKernel.execute_cell_input = _execute
IPyNbCell.sanitize = lambda _cell, output: compared(output)
