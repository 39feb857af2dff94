"""A copy of the project that builds its own book, every outside connection blocked."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hygiene import ROOT, tracked

SKY = "00_simulated_sky"
LSBG, MORPHOLOGY = "01_zero_shot_lsbg", "02_zero_shot_morphology"
BIN = Path(sys.executable).parent


class Project:
    """A copy of the project that runs its own package."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        for path in tracked():
            copy = root / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copy)
        self.environment = {
            **os.environ,
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": f"{ROOT / 'tests' / 'blocked'}{os.pathsep}{root / 'src'}",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self.environment.pop("SECONDSIGHT_MIRROR", None)

    def begin_with_the_book(self, *folders: str) -> None:
        """Take these folders of what is built in the project itself, those that are there."""
        for name in folders:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, self.root / name)

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the copy."""
        return subprocess.run(
            command,
            cwd=self.root,
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            timeout=3600,  # against hanging for ever; a slow machine may take long
        )

    def snakemake(self, *options: str, **more: str) -> str:
        """Run the workflow and return what it printed."""
        done = self.run("snakemake", "--cores", "2", *options, **more)
        printed = done.stdout + done.stderr
        assert done.returncode == 0, printed
        return printed

    def planned(self, **more: str) -> set[str]:
        """Return what the workflow would run: chapters by their names, other rules by theirs."""
        printed = self.snakemake("--dry-run", **more)
        if "Nothing to be done" in printed:
            return set()
        rules = {
            line.split()[1].rstrip(":") for line in printed.splitlines() if line[:5] == "rule "
        }
        chapters = {name for name in (SKY, LSBG, MORPHOLOGY) if f"chapter={name}" in printed}
        return (rules - {"chapter", "book"}) | chapters

    @contextmanager
    def changed(self, name: str, old: str, new: str) -> Iterator[None]:
        """Change a text in one file of the copy for a while."""
        path = self.root / name
        text, status = path.read_text(encoding="utf-8"), path.stat()
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(text, encoding="utf-8")
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    def copied(self, root: Path) -> "Project":
        """Return a copy of this copy, with all that is built."""
        shutil.copytree(self.root, root, symlinks=True)
        copy = object.__new__(Project)
        copy.root, copy.environment = root, {**self.environment}
        own = self.environment["PYTHONPATH"]
        copy.environment["PYTHONPATH"] = own.replace(str(self.root / "src"), str(root / "src"))
        return copy
