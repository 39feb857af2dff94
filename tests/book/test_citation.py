import tomllib
from pathlib import Path

import pytest
from pybtex.database import parse_file
from pybtex.richtext import Text

from hygiene import ROOT
from secondsight.book.citation import CITATION, citation, released
from secondsight.errors import DataError

PAPERS = {
    "At First Sight": 2,
    "Do Vision-Language": 4,
    "Aligning Astrophysical": 7,
    "AstroLLaVA": 11,
}


def plain(latex: str) -> str:
    return str(Text.from_latex(latex)).casefold()


def write(folder: Path, old: str, new: str) -> Path:
    path = folder / "CITATION.cff"
    text = CITATION.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_each_paper_has_its_authors_and_its_address() -> None:
    papers = {paper.title: paper for paper in citation().references}
    assert len(papers) == len(PAPERS)
    for start, authors in PAPERS.items():
        (paper,) = (paper for title, paper in papers.items() if title.startswith(start))
        assert len(paper.authors) == authors
        assert paper.address.startswith("https://")


def test_the_bibliography_names_the_same_authors_in_the_same_order() -> None:
    entries = parse_file(ROOT / "book" / "references.bib").entries.values()
    known = {plain(entry.fields["title"]): entry for entry in entries}
    for paper in citation().references:
        entry = known[plain(paper.title)]
        names = [
            plain(" ".join(who.prelast_names + who.last_names)) for who in entry.persons["author"]
        ]
        assert [plain(author.family_names) for author in paper.authors] == names
        assert str(paper.year) == entry.fields["year"]
        if paper.doi:
            assert paper.doi.endswith(entry.fields["eprint"])


def test_the_version_is_that_of_the_package_and_the_newest_of_the_changes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert citation().version == project["version"]
    assert citation().license == project["license"]
    assert [author.name for author in citation().authors] == [
        author["name"] for author in project["authors"]
    ]
    assert next(name for name in released() if name[0].isdigit()) == citation().version


def test_an_entry_for_a_bibliography_names_the_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECONDSIGHT_URL", "https://book.example/here")
    entry = citation.__wrapped__().bibtex("0.1.0")
    assert "{{The Second Sight authors}}" in entry
    assert "version 0.1.0" in entry
    assert "{https://book.example/here/}" in entry
    assert "url" not in citation().bibtex("0.1.0")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title: ", "titel: ", "title"),
        ("doi: 10", "dio: 10", "references.0.dio"),
        ("year: 2024", "year: soon", "references.0.year"),
        ("cff-version: 1.2.0", "cff-version: 1.2.0\nurl: nowhere", "url"),
        ("title: ", "title: [", "YAML"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(DataError, match=said) as caught:
        citation(write(tmp_path, old, new))
    assert "\n" not in str(caught.value)


def test_the_codes_address_is_without_its_ending(tmp_path: Path) -> None:
    assert citation().repository == ""
    path = write(tmp_path, "license:", 'repository-code: "https://a.example/b.git"\nlicense:')
    assert citation(path).repository == "https://a.example/b"


def test_an_address_of_the_environment_must_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECONDSIGHT_REPOSITORY", "nowhere")
    with pytest.raises(DataError, match="repository-code"):
        citation.__wrapped__()
