"""Start a class's two servers: one local model, and one JupyterLab with a folder for each student.

Run as `python classroom/start.py FOLDER`; it ends with Ctrl-C. What lies in FOLDER is handed out:
each student's folder gets a copy of every file that it does not have yet.
"""

import argparse
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
PROGRAMS = Path(sys.executable).parent
MODEL_PORT = 8008
IDLE = 3600
"""Seconds after which a kernel that nobody uses ends; it holds some 200 MB."""
QUIET = {
    "Application.log_level": "ERROR",
    "KernelManager.transport": "ipc",
    "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    "LabApp.extension_manager": "readonly",
    "LabApp.news_url": "None",
    "MappingKernelManager.cull_idle_timeout": IDLE,
    "ServerApp.open_browser": False,
    "ServerApp.quit_button": False,
    "ServerApp.terminals_enabled": False,
}
"""No news from the network, no windows here, and no button by which a student ends the class."""
NO_HISTORY = "c.HistoryManager.enabled = False\n"
"""Notebooks would all write into one file, and tell students when it is locked."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")


def hand_out(folder: Path, students: int) -> list[Path]:
    """Give each student a copy of what lies in the folder; return the students' folders."""
    given = [path for path in sorted(folder.iterdir()) if path.is_file()]
    own = [folder / f"student-{number:02}" for number in range(1, students + 1)]
    for place in own:
        place.mkdir(exist_ok=True)
        for path in given or sorted(HERE.glob("*.ipynb")):
            if not (place / path.name).exists():
                shutil.copyfile(path, place / path.name)
    return own


def address_of(place: Path, shown: str, token: str) -> str:
    """Return the address that a student opens; each has a workspace, that is tabs, of their own."""
    return f"http://{shown}/lab/workspaces/{place.name}/tree/{place.name}?token={token}"


@contextmanager
def running(*command: object, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of the environment's programs until the end of the block."""
    program, *words = map(str, command)
    known = os.environ | environment
    # Ctrl-C is for this process alone: JupyterLab would ask whether it is meant.
    process = subprocess.Popen([PROGRAMS / program, *words], env=known, start_new_session=True)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def settings_of_notebooks() -> Iterator[dict[str, str]]:
    """Yield the environment in which notebooks run."""
    with tempfile.TemporaryDirectory() as place:
        profile = Path(place) / "profile_default"
        profile.mkdir()
        (profile / "ipython_config.py").write_text(NO_HISTORY)
        yield ONE_THREAD | {"IPYTHONDIR": place}


def lab(folder: Path, address: str, port: int) -> list[object]:
    """Return the command that starts JupyterLab on a folder."""
    settings = {"ServerApp.root_dir": folder, "ServerApp.ip": address, "ServerApp.port": port}
    strict = {"ServerApp.port_retries": 0}
    return ["jupyter-lab", *(f"--{name}={it}" for name, it in (settings | strict | QUIET).items())]


def main() -> None:
    """Hand out, start both servers, say where, and wait."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="what to hand out, and where students' work is")
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--address", default="127.0.0.1", help="where JupyterLab listens")
    parser.add_argument("--port", type=int, default=8888)
    parser.add_argument("--shown", help="the address that students open; that one, if not given")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C
    folder = options.folder.resolve()
    folder.mkdir(exist_ok=True)
    token = os.environ.get("JUPYTER_TOKEN") or secrets.token_hex(8)
    shown = options.shown or f"{options.address}:{options.port}"
    for place in hand_out(folder, options.students):
        print(address_of(place, shown, token), flush=True)  # noqa: T201
    with (
        running("secondsight", "serve", "--port", MODEL_PORT) as model,
        settings_of_notebooks() as settings,
        running(
            *lab(folder, options.address, options.port), JUPYTER_TOKEN=token, **settings
        ) as jupyter,
    ):
        try:
            while model.poll() is None and jupyter.poll() is None:
                time.sleep(1)
        except KeyboardInterrupt:
            return
    sys.exit("one of the two servers ended, so the other was ended too; see above why")


if __name__ == "__main__":
    main()
