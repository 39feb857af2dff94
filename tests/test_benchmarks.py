"""Every benchmark runs, small: a few pictures or rows, once, and nothing is written beside it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from importlib.abc import MetaPathFinder
from io import StringIO
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from hygiene import ROOT
from secondsight.datasets.registry import load
from secondsight.inference.client import Endpoint
from secondsight.minivlm.server.running import own_model, running
from secondsight.papers.first_sight import baseline
from secondsight.papers.skies import real_pictures
from secondsight.simulate.skies import find_sky

FOLDER = ROOT / "benchmarks"
SCRIPTS = sorted(path.stem for path in FOLDER.glob("*.py") if "def main()" in path.read_text())


class Bench:
    """A benchmark's module, with what makes it small."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.patch = folder, patch
        patch.syspath_prepend(str(FOLDER))

    def load(self, name: str, **small: str) -> ModuleType:
        """Return a benchmark with other constants, whose results go to a folder of the test."""
        text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
        for line, instead in small.items():
            assert text.count(f"\n{line} = ") == 1
            start = text.index(f"\n{line} = ")
            text = text[:start] + f"\n{instead}" + text[text.index("\n", start + 1) :]
        module = ModuleType(f"bench_{name}")
        module.__file__ = str(FOLDER / f"{name}.py")
        self.patch.setitem(sys.modules, module.__name__, module)
        exec(compile(text, module.__file__, "exec"), module.__dict__)
        for constant, value in (("RESULTS", self.folder), ("ProcessPoolExecutor", threads)):
            if hasattr(module, constant):
                self.patch.setattr(module, constant, value)
        self.module = module
        return module

    def run(self, *words: str) -> str:
        """Run it with these words; what it starts of itself runs in this process too."""
        self.patch.setattr(subprocess, "run", self._run_here(subprocess.run))
        page = self._main(*words)
        assert "nan" not in page
        return page

    def _main(self, *words: str) -> str:
        with redirect_stdout(StringIO()) as out, pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["benchmark", *words])
            self.module.main()
        return out.getvalue()

    def _run_here(self, really: Any) -> Any:
        def run(command: list[Any], **how: Any) -> Any:
            if str(command[1]) != self.module.__file__:
                return really(command, **how)
            return SimpleNamespace(stdout=self._main(*map(str, command[2:])))

        return run


def threads(workers: int, **_: object) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(workers)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(tmp_path, monkeypatch)


def few(name: str, count: int) -> Any:
    """Return a sky of its first images."""
    sky = find_sky(name)
    table = sky.catalogue().groupby("label").head(count)
    return SimpleNamespace(draw=sky.draw, catalogue=lambda: table)


class Absent(MetaPathFinder):
    """Says of some packages that they are not installed."""

    def __init__(self, names: list[str]) -> None:
        self.names = names

    def find_spec(self, name: str, path: object, target: object = None) -> None:
        if name.split(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def without(monkeypatch: pytest.MonkeyPatch, names: list[str]) -> None:
    """Take packages away. None in their place would do, if scipy did not look for torch there."""
    for name in names:
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(sys, "meta_path", [Absent(names), *sys.meta_path])


@pytest.mark.parametrize("name", [name for name in SCRIPTS if name != "session"])
def test_help_needs_no_extra(bench: Bench, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    without(
        monkeypatch, ["torch", "transformers", "diskcache", "hishel", "vcr", "panoptes_aggregation"]
    )
    for own in ("encoder", "machine", "zero_shot"):
        monkeypatch.delitem(sys.modules, own, raising=False)
    module = bench.load(name)
    monkeypatch.setattr(sys, "argv", ["benchmark", "--help"])
    with redirect_stdout(StringIO()) as out, pytest.raises(SystemExit) as end:
        module.main()
    assert end.value.code in (0, None)
    assert "usage: " in out.getvalue()


def test_replay(bench: Bench) -> None:
    bench.load(
        "replay",
        **{"IMAGES, REPEATS, SEED": "IMAGES, REPEATS, SEED = 20, 10, 1", "HISHEL, VCRPY":
           "HISHEL, VCRPY = 10, 10"},
    )  # fmt: skip
    page = bench.run("--rounds", "1")
    assert "| Second Sight | 200 |" in page
    result = json.loads((bench.folder / "replay.json").read_text())
    assert {"floor: read and decode", "Second Sight"} <= {c["name"] for c in result["contenders"]}


def test_votes(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    module = bench.load("votes")
    monkeypatch.setattr(module, "SUBJECTS", {"part": 3, "tenth": 5, "whole": 9})
    page = bench.run("--rounds", "1")
    assert "| Second Sight | 225 | 1 |" in page


def test_campaign(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    module = bench.load("campaign")
    whole = module.catalogue()
    some = pd.concat([whole[whole["label"] == label].head(8) for label in "10"])
    monkeypatch.setattr(module, "catalogue", some.copy)
    monkeypatch.setattr(module.spent, "__defaults__", (2,))
    page = bench.run("--images", "2", "--junk", "8")
    assert "Area under the curve: " in page


def test_difficulty(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.load("difficulty")
    monkeypatch.setattr(baseline, "find_sky", lambda name: few(name, 30))
    monkeypatch.setattr(baseline.predict, "__defaults__", (2, 4))
    page = bench.run("lsbg", "--workers", "1")
    assert "learnt from 60 images" in page


def test_zero_shot(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    module = bench.load("zero_shot")
    monkeypatch.setattr(module, "load", lambda name: load(name).head(6))
    monkeypatch.setattr(module, "LEARNT", 30)
    some = {about: texts[:1] for about, texts in module.paraphrases("lsbg-1").items()}
    monkeypatch.setattr(module, "paraphrases", lambda prompt: some)
    assert "| lsbg | 6 | " in bench.run("lsbg")


def test_real_sky(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    module = bench.load("real_sky")
    table, sky = load("lsbg").table.head(6), find_sky("lsbg")
    rows = table[["image_id", "label"]].itertuples(index=False)
    real = [real_pictures.Real(name, sky.draw(name), label) for name, label in rows]
    cutouts = real_pictures.SETS["lsbg-cutouts"]._replace(pictures=lambda: iter(real))
    monkeypatch.setitem(real_pictures.SETS, "lsbg-cutouts", cutouts)
    halves = {"development": real[:2], "report": real[2:]}
    monkeypatch.setattr(module, "split", lambda *_: halves)
    assert "| lsbg-cutouts | 2 | " in bench.run("lsbg-cutouts")


def test_retrained(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    module = bench.load("retrained")
    monkeypatch.setattr(module, "SETS", {"lsbg": "lsbg-1"})
    drawn = [find_sky("lsbg").draw(image_id) for image_id in load("lsbg").table["image_id"][:4]]
    monkeypatch.setattr(module, "pictures_of", lambda name: (drawn, ["0", "1", "1", "0"]))
    page = bench.run(str(ROOT / "data" / "minivlm"), "--minutes", "38", "--gigabytes", "4.9")
    row = next(line for line in page.splitlines() if line.startswith("| lsbg | 4 | "))
    assert row.endswith("| 4 | 1.000 |")  # the same weights give the same answers
    assert json.loads((bench.folder / "retrained.json").read_text())["minutes"] == 38


def test_words(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch", reason="training needs the extra `train`")
    pytest.importorskip("transformers", reason="training needs the extra `train`")
    module = bench.load("words", FREQUENT="FREQUENT = (0, 30_000)")
    drawn = [find_sky("lsbg").draw(image_id) for image_id in load("lsbg").table["image_id"][:4]]
    monkeypatch.setattr(module, "pictures_of", lambda name: (drawn, ["0", "1", "1", "0"]))
    some = {about: texts[:1] for about, texts in module.paraphrases("lsbg-1").items()}
    monkeypatch.setattr(module, "paraphrases", lambda prompt: some)
    assert "\n| 30,000 | 27,6" in bench.run("lsbg")


def test_encoder(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, ["torch", "transformers"])
    module = bench.load("encoder")
    monkeypatch.setattr(module, "SKIES", ("lsbg",))
    page = bench.run("--images", "2", "--rounds", "1")
    assert "| pictures | ours a second |\n" in page
    assert "Not run: ViT-B/32 (torch not installed)." in page
    peer = SimpleNamespace(run=lambda *_: None)
    row = module.measure("lsbg", peer, 2, 1)
    assert {"ViT-B/32 a second", "times as fast"} <= row.keys()


@contextmanager
def served(endpoint: Endpoint) -> Iterator[Endpoint]:
    """The local model's server, in this process."""
    with running(own_model()) as url:
        yield replace(endpoint, base_url=url)


def test_endpoint(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, ["torch", "transformers"])
    module = bench.load("endpoint")
    monkeypatch.setattr(module, "local_server", served)
    page = bench.run("lsbg", "--images", "2", "--rounds", "1")
    assert "| lsbg, 64 by 64 | 2 | " in page


def test_classroom(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secondsight.book.record.local_server", served)
    module = bench.load("classroom")
    monkeypatch.setattr(module, "keep_to", lambda _: None)
    monkeypatch.setattr(module, "WAVES", [module.Wave("three pictures, two at a time", 3, 2)])
    page = bench.run("--students", "2", "--rounds", "1")
    assert "| three pictures, two at a time | 6 | 4 | " in page
    assert "Of 6 requests 0 had an error." in page


def test_the_page_of_the_classroom_is_that_of_its_results(bench: Bench) -> None:
    module = bench.load("classroom")
    result = json.loads((FOLDER / "results" / "classroom.json").read_text(encoding="utf-8"))
    page = (FOLDER / "results" / "classroom.md").read_text(encoding="utf-8")
    assert module.markdown(result) == page


def test_million(bench: Bench) -> None:
    bench.load(
        "million",
        COUNTS="COUNTS = (20, 40)",
        **{"PUT, AT_ONCE, PICTURE_BYTES": "PUT, AT_ONCE, PICTURE_BYTES = 4, 2, 10"},
    )
    page = bench.run()
    assert "| step | 20: s | 20: MB | 40: s | 40: MB |" in page
    result = json.loads((bench.folder / "million.json").read_text())
    assert result["sizes"][1]["bytes a response"]["recording"] > 0


def test_overhead(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    module = bench.load("overhead")
    bench.patch.setattr(module, "version", lambda _: None)
    page = json.loads(bench.run("--images", "2", "--repeats", "2", "--rounds", "1"))
    assert page["requests"] == 4
    assert set(page["milliseconds a request"]) == {"by the clock", "on the processor"}
    assert (bench.folder / "overhead.json").exists()
    assert capsys.readouterr().err == "left out: inspect_ai is not installed\n"


def test_overhead_beside_inspect(bench: Bench) -> None:
    pytest.importorskip("inspect_ai")
    bench.load("overhead")
    page = json.loads(bench.run("--images", "2", "--repeats", "2", "--rounds", "1", "--dry"))
    assert page["milliseconds a request"]["by the clock"]["inspect_ai beside Second Sight"] > 0


def test_every_benchmark_is_run_here() -> None:
    run = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    assert set(SCRIPTS) - {"session"} <= run
