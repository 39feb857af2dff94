"""A model that knows nothing: its probabilities follow from an image's light alone.

Run as a program, it is a server of its own with that model: `fake_model.py FOLDER SECONDS`.
"""

import sys
import time
from pathlib import Path

import numpy as np

from secondsight.minivlm.question import Question
from secondsight.minivlm.server.running import Service, serve

FAVOURED = 11.0


class FakeModel:
    """The lighter an image, the later the option that it favours, 11 to 1 against each other."""

    name = "fake-1"

    def __init__(self, seconds: float = 0.0) -> None:
        self.calls = 0
        self._seconds = seconds

    def probabilities(self, pixels, question: Question):
        self.calls += 1
        time.sleep(self._seconds)
        count = len(question.options)
        if pixels:
            light = float(np.mean([np.mean(image) for image in pixels])) / 255
        else:
            light = "bright" in question.passage
        weights = np.ones(count)
        weights[round(light * (count - 1))] = FAVOURED
        return weights / weights.sum()

    def describe(self, pixels) -> str:
        self.calls += 1
        return f"A field of light {round(float(np.mean(pixels[0])))}."


class BrokenModel(FakeModel):
    """Fails for a reason of its own."""

    def probabilities(self, pixels, question: Question):
        raise RuntimeError("something of the server's own")


if __name__ == "__main__":
    serve(
        FakeModel(float(sys.argv[2])),
        Service(port=0, folder=Path(sys.argv[1])),
        lambda url: print(url, flush=True),
    )
