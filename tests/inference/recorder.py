"""Record in a process of its own: `recorder.py IMAGES RECORDINGS BASE_URL MODE [ROOM]`.

ROOM is how many bytes a file may grow to; what stands for a full disk. RETRIES in the environment
says how often a request is tried again.
"""

import os
import resource
import signal
import sys
from pathlib import Path

from secondsight.datasets.folder import load_folder
from secondsight.errors import SecondSightError
from secondsight.inference.ask import ask
from secondsight.inference.client import Endpoint
from secondsight.inference.prompt import Prompt
from secondsight.inference.recorder import Recorder

PROMPT = Prompt(name="lsbg-test", task="lsbg", about="A test.", text="Is it an LSBG? 1 or 0.")


def main() -> None:
    images, recordings, base_url, mode, *room = sys.argv[1:]
    if room:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(room[0]), int(room[0])))
    try:
        retries = int(os.environ.get("RETRIES", 0))
        endpoint = Endpoint(base_url, concurrency=2, timeout=3600, retries=retries)
        recorder = Recorder(mode, endpoint, Path(recordings), progress=False)  # type: ignore[arg-type]
        answers = ask(load_folder(Path(images)), PROMPT, "sky-1", recorder=recorder)
    except SecondSightError as error:
        sys.exit(str(error))
    print(len(answers), "answers")


if __name__ == "__main__":
    main()
