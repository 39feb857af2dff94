"""One executed notebook as a page of its own, that looks like the book's."""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from secondsight import paths
from secondsight.errors import NotebookError

CONFIG, CONTENTS = "_config.yml", "_toc.yml"
HTML = Path("_build") / "html"


def write_page(notebook: Path, folder: Path) -> Path:
    """Write an executed notebook as HTML into `folder`, and return the file to open.

    Raises a NotebookError if it can't be made a page; the text is the builder's last line.
    """
    with TemporaryDirectory(prefix="secondsight-page-") as made:
        source = Path(made)
        shutil.copy(paths.ROOT / CONFIG, source)
        shutil.copytree(paths.BOOK / "_static", source / "book" / "_static")
        shutil.copy(paths.BOOK / "references.bib", source / "book")
        shutil.copytree(paths.BOOK / "web", source / "book" / "web")
        shutil.copy(notebook, source)
        (source / CONTENTS).write_text(f"format: jb-book\nroot: {notebook.stem}\n")
        program = Path(sys.executable).with_name("jupyter-book")
        command = [str(program), "build", str(source)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            last = (done.stderr.strip() or done.stdout.strip() or "no word").splitlines()[-1]
            raise NotebookError(f"{notebook.name} could not be made a page: {last}")
        shutil.copytree(source / HTML, folder, dirs_exist_ok=True)
    return folder / f"{notebook.stem}.html"
