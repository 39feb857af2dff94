"""What an archive gets with the book: `codemeta.json` and `ro-crate-metadata.json`.

Both are written beside the built pages, from CITATION.cff, pyproject.toml, data/sources.toml and
what the workflow says that each chapter read.
"""

import json
import mimetypes
import re
import tomllib
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from packaging.requirements import Requirement

from secondsight import paths
from secondsight.book.citation import Citation, Entity, citation, modified
from secondsight.datasets import derived, sources
from secondsight.datasets.sources import Source

INPUTS = paths.BUILD / "inputs.json"
"""Which files each chapter read; the workflow writes it."""
WORKFLOW = ("Snakefile", "requirements.lock", "CITATION.cff")
NOT_OURS = ("data/downloads/", "data/recordings/elsewhere/")
SHA256 = {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}
SPDX = re.compile(r"[A-Za-z]+(-[\w.]+)*")
AUTHORS, SNAKEMAKE = "#authors", "#snakemake"
CC_BY = "CC-BY-4.0"


def data_sets(inputs: Iterable[str]) -> list[sources.Source]:
    """Return the outside files behind those derived tables that are among `inputs`."""
    tables = [Path(name).stem for name in inputs if name.startswith("data/derived/")]
    names = {name: None for table in tables for name in derived.DERIVATIONS[table].source_files}
    return [sources.source(name) for name in names]


def codemeta(book: Citation) -> Entity:
    """Return the code's description in CodeMeta's words."""
    project = _project()
    return {
        "@context": "https://w3id.org/codemeta/3.0",
        "@type": "SoftwareSourceCode",
        "name": book.title,
        "description": project["description"],
        "version": book.version,
        "license": _licence(book.license)["@id"],
        "author": [{"@type": "Organization", "name": author.name} for author in book.authors],
        "keywords": book.keywords,
        "dateModified": modified(),
        "programmingLanguage": "Python",
        "runtimePlatform": f"Python {project['requires-python']}",
        "softwareRequirements": project["dependencies"],
        "referencePublication": [paper.entity for paper in book.references],
        **({"url": book.site} if book.site else {}),
        **({"codeRepository": book.repository} if book.repository else {}),
    }


def crate(html: Path, inputs: dict[str, list[str]], book: Citation) -> Entity:
    """Return the RO-Crate of the book in `html`: its files, its data, and a run for each chapter.

    A file of the project that is not among the built ones is named by its hash (RFC 6920), for it
    has no address of its own.
    """
    ours = {name for names in inputs.values() for name in names if _is_ours(name)}
    notebooks = [f"notebooks/{chapter}.ipynb" for chapter in inputs]
    files = {name: _file(name) for name in [*WORKFLOW, *notebooks, *sorted(ours)]}
    files["Snakefile"] |= {
        "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow"],
        "programmingLanguage": {"@id": SNAKEMAKE},
    }
    for name in ours:
        based = [{"@id": _place(each)} for each in data_sets([name])]
        files[name] |= {"isBasedOn": based} if based else {}
    outside = [_outside(source) for source in sources.catalogue().values()]
    parts = [*_pages(html), *files.values(), *outside]
    runs = [_run(html, chapter, names, files) for chapter, names in inputs.items()]
    people = [paper.entity for paper in book.references]
    software = _software()
    named = {source.licence for source in sources.catalogue().values()} | {CC_BY, book.license}
    root = _root(book) | {
        "hasPart": _ids(parts),
        "mentions": _ids(runs),
        "citation": _ids(people),
        "mainEntity": {"@id": files["Snakefile"]["@id"]},
    }
    graph = [_descriptor(), root, _authors(book), *map(_licence, sorted(named)), *software]
    return {
        "@context": ["https://w3id.org/ro/crate/1.1/context", SHA256],
        "@graph": [*graph, *people, *parts, *runs],
    }


def write_deposit(html: Path) -> None:
    """Write both files into the folder of the built book."""
    book = citation()
    written = {
        "codemeta.json": codemeta(book),
        "ro-crate-metadata.json": crate(html, read_inputs(), book),
    }
    for name, content in written.items():
        (html / name).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")


def read_inputs() -> dict[str, list[str]]:
    """Return which files each chapter read; nothing where the workflow has not said."""
    if not INPUTS.is_file():
        return {}
    inputs: dict[str, list[str]] = json.loads(INPUTS.read_text(encoding="utf-8"))
    return inputs


def _is_ours(name: str) -> bool:
    """Whether a file is the project's own: neither outside nor somebody's private answers."""
    return name.startswith("data/") and not name.startswith(NOT_OURS) and name[-6:] != ".jsonl"


def _descriptor() -> Entity:
    return {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
    }


def _root(book: Citation) -> Entity:
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": book.title,
        "description": _project()["description"],
        "version": book.version,
        "datePublished": modified(),
        "keywords": book.keywords,
        "author": {"@id": AUTHORS},
        "license": {"@id": _licence(CC_BY)["@id"]},
    }


def _authors(book: Citation) -> Entity:
    return {"@id": AUTHORS, "@type": "Organization", "name": book.byline}


def _licence(name: str) -> Entity:
    """Return a licence, by SPDX's address where it is one of SPDX's, otherwise in its words."""
    place = f"https://spdx.org/licenses/{name}" if SPDX.fullmatch(name) else f"#{quote(name)}"
    return {"@id": place, "@type": "CreativeWork", "name": name}


def _software() -> list[Entity]:
    """Return what ran: Snakemake, and each package that the project asks for by name."""
    names = sorted(Requirement(asked).name for asked in _project()["dependencies"])
    kind = {"@type": ["SoftwareApplication", "ComputerLanguage"], "name": "Snakemake"}
    return [
        {"@id": SNAKEMAKE, **kind, "version": version("snakemake")},
        *(_package(name, version(name)) for name in names),
    ]


def _package(name: str, release: str) -> Entity:
    about = {"@id": f"pkg:pypi/{name}@{release}", "@type": "SoftwareApplication"}
    return about | {"name": name, "version": release}


def _file(name: str) -> Entity:
    """Describe a file of the project by its content."""
    content = (paths.ROOT / name).read_bytes()
    digest = sha256(content)
    coded = urlsafe_b64encode(digest.digest()).decode().rstrip("=")
    licence = CC_BY if name.startswith("data/") else "BSD-3-Clause"
    return {
        "@id": f"ni:///sha-256;{coded}#{quote(name)}",
        "@type": "File",
        "name": name,
        "contentSize": str(len(content)),
        "encodingFormat": _format(name),
        "sha256": digest.hexdigest(),
        "license": {"@id": _licence(licence)["@id"]},
    }


def _format(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "text/plain"


def _outside(source: Source) -> Entity:
    about = {
        "@id": _place(source),
        "@type": "File",
        "name": source.name,
        "description": source.what,
        "creditText": source.citation,
        "license": {"@id": _licence(source.licence)["@id"]},
    }
    size = {} if source.bytes is None else {"contentSize": str(source.bytes)}
    return about | size | ({"sha256": source.sha256} if source.sha256 else {})


def _place(source: Source) -> str:
    return quote(source.url, safe=":/?&=%+~")


def _pages(html: Path) -> list[Entity]:
    """Return the pages and the executed notebooks, and the folder of what they show."""
    places = ("*/*.html", "notebooks/*/*.html", "_sources/notebooks/**/*.ipynb", "*.pdf")
    files = [path for place in places for path in html.glob(place)]
    pages = [
        {"@id": str(path.relative_to(html)), "@type": "File", "encodingFormat": _format(path.name)}
        for path in sorted(files)
    ]
    folders = [{"@id": f"{name}/", "@type": "Dataset"} for name in ("_static", "_images")]
    return [*pages, *(entity for entity in folders if (html / entity["@id"]).is_dir())]


def _run(html: Path, chapter: str, names: Iterable[str], files: dict[str, Entity]) -> Entity:
    """Return how a chapter was made, and when."""
    page, executed = f"notebooks/{chapter}.html", f"_sources/notebooks/{chapter}.ipynb"
    told = json.loads((html / executed).read_text(encoding="utf-8"))["metadata"]["papermill"]
    read = [files[name] for name in names if name in files]
    return {
        "@id": f"#run-{chapter}",
        "@type": "CreateAction",
        "name": f"Execute the notebook {chapter}",
        "startTime": told["start_time"],
        "endTime": told["end_time"],
        "instrument": {"@id": files["Snakefile"]["@id"]},
        "object": _ids([files[f"notebooks/{chapter}.ipynb"], *read]),
        "result": [{"@id": page}, {"@id": executed}],
    }


def _ids(entities: Iterable[Entity]) -> list[Entity]:
    return [{"@id": entity["@id"]} for entity in entities]


def _project() -> Entity:
    text = (paths.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project: Entity = tomllib.loads(text)["project"]
    return project
