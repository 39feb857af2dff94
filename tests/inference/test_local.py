"""A model family of other people's, by the same door: a tiny LLaVA-NeXT in `transformers serve`.

Its weights are random, so what it says means nothing. How it is asked, recorded and replayed is
what the real one meets.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import orjson
import pandas as pd
import pytest
import requests

from secondsight.datasets.dataset import Dataset
from secondsight.datasets.registry import load
from secondsight.errors import EndpointError
from secondsight.inference.ask import ask
from secondsight.inference.client import Endpoint
from secondsight.inference.journal import read_journal
from secondsight.inference.options import Options
from secondsight.inference.prompt import load_prompt
from secondsight.inference.recorder import Recorder
from secondsight.inference.two_step import Reader, ask_twice, load_second_step

NEEDED = ("torch", "transformers", "accelerate", "fastapi")
LACKING = [name for name in NEEDED if find_spec(name) is None]
if LACKING:
    pytest.skip(f"no {', '.join(LACKING)}: see book/endpoints.md", allow_module_level=True)
pytestmark = pytest.mark.local

MODEL, PROMPT = "tiny-llava-next", "morphology-1"
PATIENCE = 3600.0
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "CUDA_VISIBLE_DEVICES": "",
    "OMP_NUM_THREADS": "1",
}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_until_it_answers(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            if requests.get(f"{url}/health", timeout=PATIENCE).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    pytest.fail(f"transformers serve does not answer: {log.read_text()[-2000:]}")


@pytest.fixture(scope="module")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where `transformers serve` answers with a tiny LLaVA-NeXT."""
    folder = tmp_path_factory.mktemp("local")
    settings = os.environ | OFFLINE | {"HF_HOME": str(folder / "hub")}
    maker = Path(__file__).with_name("tiny_llava.py")
    subprocess.run(
        [sys.executable, maker, MODEL], cwd=folder, env=settings, check=True, timeout=PATIENCE
    )
    url = f"http://127.0.0.1:{free_port()}"
    serve = [sys.executable, "-m", "transformers.cli.transformers", "serve", MODEL]
    where = ["--host", "127.0.0.1", "--port", url.rpartition(":")[2], "--device", "cpu"]
    log = folder / "log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [*serve, *where], cwd=folder, env=settings, stdout=said, stderr=subprocess.STDOUT
        )
    try:
        wait_until_it_answers(process, url, log)
        yield f"{url}/v1"
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def endpoint(base_url: str) -> Endpoint:
    return Endpoint(base_url, concurrency=2, timeout=PATIENCE, retries=0)


@pytest.fixture(scope="module")
def sky() -> Dataset:
    """A few images of the simulated morphology data set."""
    return load("morphology").head(4)


NOWHERE = Endpoint("http://127.0.0.1:9/v1", retries=0)


def bodies(path: Path) -> list[dict[str, object]]:
    return [orjson.loads(body) for body in read_journal(path)["response"].to_pylist()]


def test_it_is_asked_recorded_counted_and_replayed(
    sky: Dataset, endpoint: Endpoint, recordings: Path
) -> None:
    answers = ask(
        sky,
        PROMPT,
        MODEL,
        Options(max_tokens=8),
        Recorder("new_episodes", endpoint, recordings, progress=False),
    )
    assert answers["image_id"].tolist() == sky.table["image_id"].tolist()
    assert answers["outcome"].value_counts().to_dict() == {"unparseable": len(sky)}
    assert answers["text"].str.fullmatch("[a-z]{8}").all()
    assert len(set(answers["text"])) > 1, "another image, another answer"
    assert set(answers["finish_reason"]) == {"length"}
    assert set(answers["model"]) == {f"{MODEL}@main"}
    assert len(bodies(recordings / f"morphology.{PROMPT}.{MODEL}.jsonl")) == len(sky)
    again = ask(sky, PROMPT, MODEL, Options(max_tokens=8), Recorder("none", NOWHERE, recordings))
    pd.testing.assert_frame_equal(again, answers)


def test_two_steps_and_the_image_reaches_the_model_in_the_first(
    sky: Dataset, endpoint: Endpoint, recordings: Path
) -> None:
    reader = Reader(MODEL, max_tokens=4, endpoint=endpoint)
    recorder = Recorder("new_episodes", endpoint, recordings, progress=False)
    answers = ask_twice(sky, PROMPT, MODEL, reader, Options(max_tokens=8), recorder)
    assert answers["second_text"].str.fullmatch("[a-z]{4}").all()
    assert answers["outcome"].value_counts()["unparseable"] == len(sky)
    prompt, step = load_prompt(PROMPT), load_second_step("second-step-1")
    # A token is a byte: what a request takes beyond its text is the image.
    assert (answers["prompt_tokens"] > len(prompt.text.encode()) + 4).all()
    second = bodies(recordings / f"morphology.{PROMPT}.{MODEL}.{step.name}.{MODEL}.jsonl")
    assert len(second) == answers["text"].nunique()
    taken = {body["usage"]["prompt_tokens"] for body in second}  # type: ignore[index]
    assert taken == {
        len(step.about_answer(text, prompt.categories).encode()) for text in answers["text"]
    }
    reader = Reader(MODEL, max_tokens=4, endpoint=NOWHERE)
    recorder = Recorder("none", NOWHERE, recordings)
    again = ask_twice(sky, PROMPT, MODEL, reader, Options(max_tokens=8), recorder)
    pd.testing.assert_frame_equal(again, answers)


def test_another_models_name_is_refused(sky: Dataset, endpoint: Endpoint, recordings: Path) -> None:
    with pytest.raises(EndpointError, match="4x the endpoint answered 400: Server is pinned to"):
        ask(
            sky,
            PROMPT,
            "another",
            recorder=Recorder("new_episodes", endpoint, recordings, progress=False),
        )
