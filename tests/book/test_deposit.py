"""What archives get follows RO-Crate 1.1's rules, and says what the project's files say."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from hygiene import ROOT
from secondsight.book import deposit
from secondsight.book.citation import citation
from secondsight.datasets import sources

CHAPTER = "01_zero_shot_lsbg"
TABLE = "data/derived/lsbg_labels.csv"
TIMES = {"start_time": "2026-01-31T12:00:00+00:00", "end_time": "2026-01-31T12:00:09+00:00"}
INPUTS = {CHAPTER: [TABLE, "data/sources.toml", "data/recordings/mine.jsonl", "images/mine.png"]}


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built book of one chapter."""
    tmp_path = tmp_path_factory.mktemp("html")
    executed = tmp_path / "_sources" / "notebooks" / f"{CHAPTER}.ipynb"
    executed.parent.mkdir(parents=True)
    executed.write_text(json.dumps({"cells": [], "metadata": {"papermill": TIMES}}))
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / f"{CHAPTER}.html").write_text("")
    (tmp_path / "_static").mkdir()
    return tmp_path


@pytest.fixture(scope="module")
def graph(html: Path) -> dict[str, dict[str, Any]]:
    crate = deposit.crate(html, INPUTS, citation())
    entities = crate["@graph"]
    assert crate["@context"][0] == "https://w3id.org/ro/crate/1.1/context"
    by_id = {entity["@id"]: entity for entity in entities}
    assert len(by_id) == len(entities), "an id stands twice"
    return by_id


def references(value: Any) -> Iterator[str]:
    """Yield the ids that are named inside an entity."""
    if isinstance(value, list):
        for each in value:
            yield from references(each)
    elif isinstance(value, dict):
        if set(value) == {"@id"}:
            yield value["@id"]
        else:
            yield from references(list(value.values()))


def check(graph: dict[str, dict[str, Any]], html: Path) -> None:
    """Hold a crate against the rules."""
    descriptor, root = graph["ro-crate-metadata.json"], graph["./"]
    assert descriptor["about"] == {"@id": "./"}
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert root["@type"] == "Dataset"
    assert {"name", "description", "datePublished", "license"} <= set(root)
    parts = {part["@id"] for part in root["hasPart"]}
    for name, entity in graph.items():
        assert entity["@type"], name
        if name != "ro-crate-metadata.json":
            assert set(references(list(entity.values()))) <= set(graph), name
        kinds = entity["@type"] if isinstance(entity["@type"], list) else [entity["@type"]]
        if "File" in kinds or (kinds == ["Dataset"] and name != "./"):
            assert name in parts
            assert ":" in name or (html / name).exists(), name


def test_a_crate_keeps_the_rules(graph: dict[str, dict[str, Any]], html: Path) -> None:
    check(graph, html)


def test_a_file_has_its_hash_and_its_licence(graph: dict[str, dict[str, Any]]) -> None:
    (table,) = (entity for entity in graph.values() if entity.get("name") == TABLE)
    assert table["sha256"] == sha256((ROOT / TABLE).read_bytes()).hexdigest()
    assert graph[table["license"]["@id"]]["name"] == "CC-BY-4.0"
    (source,) = (graph[each["@id"]] for each in table["isBasedOn"])
    assert source["name"] == "lsbg-labels"


def test_outside_files_are_those_of_the_list(graph: dict[str, dict[str, Any]]) -> None:
    by_name = {entity.get("name"): entity for entity in graph.values()}
    for name, source in sources.catalogue().items():
        entity = by_name[name]
        assert entity.get("sha256") == source.sha256
        assert graph[entity["license"]["@id"]]["name"] == source.licence
        assert entity["creditText"] == source.citation


def test_a_chapter_is_a_run_of_the_workflow(graph: dict[str, dict[str, Any]]) -> None:
    run = graph[f"#run-{CHAPTER}"]
    assert run["endTime"] == TIMES["end_time"]
    assert graph[run["instrument"]["@id"]]["name"] == "Snakefile"
    assert {graph[each["@id"]]["name"] for each in run["object"]} == {
        f"notebooks/{CHAPTER}.ipynb", TABLE, "data/sources.toml"
    }  # fmt: skip
    assert {"@id": f"notebooks/{CHAPTER}.html"} in run["result"]


def test_what_is_private_is_not_told(graph: dict[str, dict[str, Any]]) -> None:
    assert "mine" not in json.dumps(graph)


def test_the_versions_that_ran_are_told(graph: dict[str, dict[str, Any]]) -> None:
    told = {name for name in graph if name.startswith("pkg:pypi/")}
    assert any(name.startswith("pkg:pypi/numpy@") for name in told)


def test_codemeta_says_what_the_citation_says() -> None:
    code = deposit.codemeta(citation())
    assert code["name"] == citation().title
    assert code["license"] == "https://spdx.org/licenses/BSD-3-Clause"
    assert [paper["name"] for paper in code["referencePublication"]] == [
        paper.title for paper in citation().references
    ]
    assert "codeRepository" not in code


@pytest.mark.book
def test_the_built_book_has_both() -> None:
    html = ROOT / "_build" / "html"
    if not (html / "ro-crate-metadata.json").is_file():
        pytest.skip("no book is built here: run make book first")
    crate = json.loads((html / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    check({entity["@id"]: entity for entity in crate["@graph"]}, html)
    runs = [entity for entity in crate["@graph"] if entity["@type"] == "CreateAction"]
    assert len(runs) == len(list((html / "notebooks").glob("*.html")))
    assert json.loads((html / "codemeta.json").read_text(encoding="utf-8"))["name"]
