"""Ask twice in a process of its own: `recorder_twice.py IMAGES RECORDINGS BASE_URL MODE`."""

import sys
from pathlib import Path

from secondsight.datasets.folder import load_folder
from secondsight.inference.client import Endpoint
from secondsight.inference.prompt import Prompt
from secondsight.inference.recorder import Recorder
from secondsight.inference.two_step import Reader, ask_twice

PROMPT = Prompt(name="lsbg-test", task="lsbg", about="A test.", text="Is it an LSBG? 1 or 0.")


def main() -> None:
    images, recordings, base_url, mode = sys.argv[1:]
    endpoint = Endpoint(base_url, concurrency=2, timeout=3600, retries=0)
    answers = ask_twice(
        load_folder(Path(images)),
        PROMPT,
        "sky-1",
        Reader("reader-1", endpoint=endpoint),
        recorder=Recorder(mode, endpoint, Path(recordings), progress=False),  # type: ignore[arg-type]
    )
    print(len(answers), "answers")


if __name__ == "__main__":
    main()
