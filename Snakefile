# What depends on what: counts and recordings -> executed notebooks -> pages -> book.
# `make book` runs this. On a cluster the same file runs with Snakemake's executors.

import json
import os
import sys
from glob import glob
from shlex import quote
from types import SimpleNamespace

from secondsight.book.another_model import given
from secondsight.book.beside import asking_chapters, folder_of, models_named
from secondsight.book.citation import citation
from secondsight.book.class_round import SCRIPTS
from secondsight.book.dependencies import files_of_modules, files_of_notebook
from secondsight.book.look import LOOKED_AT
from secondsight.book.look_sheets import PICTURES
from secondsight.book.recorded import recordings_of
from secondsight.datasets import derived, sources
from secondsight.datasets.registry import REAL, is_folder
from secondsight.errors import SecondSightError
from secondsight.paths import mirror, shown
from secondsight.simulate.skies import SKIES

LOCK = "requirements.lock"
SOURCE = "_build/source"  # what jupyter-book reads: prose, computed parts, executed notebooks

# The tables in data/derived that each chapter reads.
TABLES = {
    "00_simulated_sky": ["real_shapes", "real_stars"],
    "01_zero_shot_lsbg": ["lsbg_labels"],
    "02_zero_shot_morphology": ["astrosight_answers", "astrosight_parsing", "astrosight_first_letters"],
    "03_dwarf_calibration": ["galaxy_zoo_tallies", "galaxy_zoo_twice"],
    "04_confidence": ["second_looks", "sampling_sweep"],
    "05_repeated_inference": [],
    "06_radio_alignment": [
        "caption_objects",
        "caption_probe",
        "caption_embeddings",
        "mirabest_answers",
        "first_answers",
    ],
    "07_describing_galaxies": ["description_cosines", "galaxy10_descriptions"],
    "08_local_model": ["real_sky"],
    "09_audit": [
        "lsbg_labels",
        "astrosight_parsing",
        "astrosight_first_letters",
        "astrosight_answers",
        "caption_probe",
        "caption_words",
        "mirabest_archive",
    ],
    "10_many_models": ["aion_answers", "aion_votes"],
    "11_real_galaxy_zoo": ["astrosight_together", "astrosight_lists", "galaxy_spirals"],
    "12_your_galaxies": [],
    "13_fine_tuned_model": [],
    "14_your_class": [],
}
# What a chapter reads that replays answers, and the data sets whose recordings it shows.
ASKED = ["data/record.toml", *sorted(glob("data/prompts/*.md"))]
REPLAYED = {
    "01_zero_shot_lsbg": ["lsbg"],
    "02_zero_shot_morphology": ["morphology"],
    "03_dwarf_calibration": ["dwarfs"],
    "04_confidence": ["dwarfs"],
    "05_repeated_inference": ["dwarfs-repeated"],
    "08_local_model": ["lsbg", "morphology", "radio", "dwarfs", "dwarfs-repeated"],
    "12_your_galaxies": ["lsbg"],
    "13_fine_tuned_model": ["conversations"],
    "14_your_class": ["morphology"],
}
CAMPAIGN = [
    *ASKED,
    "data/manifests/dwarfs.parquet",
    "data/votes/campaign.parquet",
    "data/simulate/isochrones.csv",
    "data/simulate/known_dwarfs.csv",
]
# What else it reads under data/.
DATA = {
    "00_simulated_sky": [
        *(f"data/manifests/{name}.parquet" for name in ("lsbg", "morphology", "radio", "dwarfs", "galaxy10")),
        "data/votes/campaign.parquet",
        "data/simulate/isochrones.csv",
        "data/simulate/known_dwarfs.csv",
    ],
    "01_zero_shot_lsbg": [*ASKED, "data/manifests/lsbg.parquet", "data/baseline/lsbg.csv"],
    "02_zero_shot_morphology": [
        *ASKED,
        *sorted(glob("data/recordings/elsewhere/*.*")),
        "data/manifests/morphology.parquet",
        "data/baseline/morphology.csv",
    ],
    **dict.fromkeys(("03_dwarf_calibration", "04_confidence", "05_repeated_inference"), CAMPAIGN),
    "06_radio_alignment": [
        "data/judged_captions.csv",
        "data/prompts/radio-1.md",
        "data/alignment/results.csv",
        "data/manifests/radio.parquet",
        *sorted(glob("data/minivlm/*.*")),
        *sorted(glob("data/minivlm/phrases/*.toml")),
    ],
    "07_describing_galaxies": [
        *sorted(glob("data/descriptions/*.toml")),
        *sorted(glob("data/minivlm/phrases/*.toml")),
        "data/manifests/galaxy10.parquet",
    ],
    "08_local_model": [
        *CAMPAIGN,
        "data/minivlm/curve.json",
        *(f"data/manifests/{name}.parquet" for name in ("lsbg", "morphology", "radio", "dwarfs")),
    ],
    "10_many_models": ["data/read_descriptions.csv"],
    "11_real_galaxy_zoo": ["data/astrosight_counts.toml"],
    "12_your_galaxies": [*ASKED, "data/manifests/lsbg.parquet"],
    "14_your_class": [*ASKED, "data/manifests/morphology.parquet"],
    "13_fine_tuned_model": [
        *ASKED,
        *sorted(glob("data/descriptions/*.toml")),
        *sorted(glob("data/finetune/*")),
        *sorted(glob("data/minivlm/phrases/*.toml")),
        *sorted(glob("data/prompts/conversation/*.md")),
    ],
}
ASKABLE = ["morphology-256", "lsbg", "radio", "dwarfs"]  # of the page "Ask it yourself"
COMMON = ["data/published.toml", "data/sources.toml", "data/models.toml"]
PAGES = ["ledger", "summary", "standing", "in_a_line", "findings", "times"]
BARE = [  # of no chapter's results
    "portrait",
    "sources",
    "scale",
    "image_filters",
    "image_choices",
    "image_nights",
    "shape_examples",
    "printed_galaxies",
    "printed_key",
]
SCALE = [
    "benchmarks/results/endpoint.json",
    "benchmarks/results/million.json",
    "data/prompts/lsbg-1.md",
    "data/recordings/lsbg.lsbg-1.minivlm-4.parquet",
]

LOOK = f"{SOURCE}/book/_static/look"  # what the page of galaxies to look at loads

# `make book MODEL=... DATASET=...`: the same chapters for another model, or other images; of several
# models, MODEL=a,b, the first is the book's and the others stand beside it on one page. They come
# as variables of the environment, for what is given with --config is read as YAML and put into
# commands; `snakemake --config model=...` does for plain names.
MODELS = os.environ.get("MODEL") or str(config.get("model") or "")
DATASET = os.environ.get("DATASET") or str(config.get("dataset") or "")
try:
    mirror()
    citation()
    MODEL, *BESIDE = models_named(MODELS) or [""]
except SecondSightError as error:
    sys.exit(f"error: {error}")

CHAPTERS = sorted(glob_wildcards("notebooks/{chapter,[0-9]+_[a-z0-9_]+}.ipynb").chapter)
EXERCISES = sorted(glob_wildcards("notebooks/exercises/{part,[a-z_]+}.ipynb").part)
# What the exercises read of the data.
EXERCISED = {
    "dwarfs": [*CAMPAIGN, *map(shown, recordings_of(["dwarfs", "dwarfs-repeated"]))],
    "first_sight": ["data/astrosight_counts.toml", "data/derived/astrosight_together.csv"],
    "models": [
        f"data/derived/{name}.csv"
        for name in ("real_sky", "astrosight_parsing", "caption_probe", "aion_answers", "aion_votes")
    ],
    "sky": [
        *CAMPAIGN,
        *(f"data/manifests/{name}.parquet" for name in ("lsbg", "morphology")),
        *map(shown, recordings_of(["lsbg"])),
    ],
    "words": [
        *("data/finetune/results.csv", "data/finetune/said.csv"),
        *(f"data/derived/{name}.csv" for name in ("caption_objects", "description_cosines")),
    ],
}
PROSE = sorted(str(path) for path in Path("book").rglob("*") if path.is_file())
NUMBERS_BESIDE = [shown(folder_of(name) / f"{chapter}.json") for name in BESIDE for chapter in asking_chapters()]
BENCHMARKS = sorted(str(path) for path in Path("benchmarks").rglob("*.md"))


def parameters_of(wildcards):
    changed = given(wildcards.chapter, MODEL, DATASET)
    return " ".join(f"-p {name}={quote(value)}" for name, value in changed.items())


def tables_of(wildcards):
    return [f"data/derived/{name}.csv" for name in TABLES[wildcards.chapter]]


def sources_of(wildcards):
    """The outside files behind a chapter's tables, those that are on this machine."""
    names = {name for table in TABLES[wildcards.chapter] for name in derived.DERIVATIONS[table].source_files}
    found = map(sources.find, sorted(names))
    return [shown(path) for path in found if path is not None]


SKIES_BY_NAME = [place.split(":")[0] for place in [*SKIES.values(), *REAL.values()]]


def data_of(wildcards):
    """What a chapter reads under data/; the recordings of its images; a folder's own files."""
    chapter = wildcards.chapter
    dataset = given(chapter, MODEL, DATASET).get("dataset")
    folder = Path(dataset) if dataset and is_folder(dataset) else None
    images = REPLAYED.get(chapter, []) if dataset is None else [folder.resolve().name if folder else dataset]
    recorded = recordings_of(images, MODELS) if chapter in REPLAYED else []
    own = sorted(path for path in folder.iterdir() if path.is_file()) if folder else []
    return [*DATA.get(chapter, []), *map(shown, recorded), *map(str, own)]


def code_of(wildcards):
    """The modules a chapter uses, those that make its tables, and those loaded by name."""
    files = files_of_notebook(Path(f"notebooks/{wildcards.chapter}.ipynb"))
    by_name = [derived.DERIVATIONS[table].module for table in TABLES[wildcards.chapter]]
    if "src/secondsight/datasets/registry.py" in files:
        by_name += SKIES_BY_NAME
    return sorted({*files, *files_of_modules(*by_name)})


def inputs_of(chapter):
    """What a chapter reads of the project's own data, for those who cite it."""
    named = SimpleNamespace(chapter=chapter)
    return sorted({name for name in [*tables_of(named), *data_of(named), *COMMON] if name.startswith("data/")})


wildcard_constraints:
    chapter="[0-9]+_[a-z0-9_]+",


rule book:
    input:
        "_build/html/index.html",
        "_build/html/ro-crate-metadata.json",


rule chapter:
    input:
        notebook="notebooks/{chapter}.ipynb",
        code=code_of,
        tables=tables_of,
        data=data_of,
        sources=sources_of,
        common=COMMON,
        lock=LOCK,
    output:
        notebook=f"{SOURCE}/notebooks/{{chapter}}.ipynb",
        results="_build/results/{chapter}.json",
    benchmark:
        "_build/times/{chapter}.tsv"
    priority: 1  # what waits for all of them waits less; the rest fills the gaps
    params:
        changed=parameters_of,
    shell:
        "secondsight run {wildcards.chapter} {output.notebook} -p results=_build/results {params.changed}"


rule exercises:
    input:
        notebook="notebooks/exercises/{part}.ipynb",
        code=lambda wildcards: [
            *files_of_notebook(Path(f"notebooks/exercises/{wildcards.part}.ipynb")),
            *files_of_modules(*SKIES_BY_NAME),
        ],
        data=lambda wildcards: EXERCISED[wildcards.part],
        common=COMMON,
        lock=LOCK,
    output:
        f"{SOURCE}/notebooks/exercises/{{part}}.ipynb",
    shell:
        "secondsight run exercises/{wildcards.part} {output}"


rule chapter_beside:
    input:
        notebook="notebooks/{chapter}.ipynb",
        code=code_of,
        tables=tables_of,
        data=data_of,
        sources=sources_of,
        common=COMMON,
        lock=LOCK,
    output:
        "_build/models/{folder}/{chapter}.json",
    params:
        model=lambda wildcards: quote({folder_of(name).name: name for name in BESIDE}[wildcards.folder]),
        dataset=quote(DATASET),
    shell:
        "secondsight beside {wildcards.chapter} {params.model} --dataset={params.dataset}"


rule models:
    input:
        results=expand("_build/results/{chapter}.json", chapter=CHAPTERS),
        beside=NUMBERS_BESIDE,
        code=files_of_modules("secondsight.book.models_page"),
        data=[*COMMON, "data/claims.toml", "data/headlines.toml"],
        lock=LOCK,
    output:
        f"{SOURCE}/book/generated/models.md",
    params:
        models=quote(MODELS),
    shell:
        "secondsight models {output} --model={params.models}"


rule compared:
    input:
        code=files_of_modules("secondsight.book.compared_text", "secondsight.papers.read_answers", *SKIES_BY_NAME),
        data=[*ASKED, *map(shown, recordings_of(["lsbg"])), "data/manifests/lsbg.parquet"],
        lock=LOCK,
    output:
        f"{SOURCE}/book/generated/compared.md",
    shell:
        "(echo '```text' && secondsight compare --dataset lsbg --model minivlm-4 --prompt lsbg-1,lsbg-1-names"
        " --most 5 && echo '```') > {output}"


rule pages:
    input:
        results=expand("_build/results/{chapter}.json", chapter=CHAPTERS),
        code=files_of_modules("secondsight.book.pages"),
        data=[*COMMON, "data/claims.toml", "book/findings.md"],
        lock=LOCK,
    output:
        expand(f"{SOURCE}/book/generated/{{name}}.md", name=PAGES),
    shell:
        "secondsight page {output}"


rule bare_pages:
    input:
        code=files_of_modules(
            "secondsight.book.pages",
            "secondsight.book.portrait",
            "secondsight.book.scale",
            "secondsight.book.galaxy_image",
            "secondsight.book.printed_galaxies",
            *SKIES_BY_NAME,
        ),
        data=[
            *COMMON,
            *CAMPAIGN,
            *SCALE,
            *map(shown, recordings_of(["dwarfs", "morphology"])),
            *glob("data/manifests/morphology*.parquet"),
        ],
        lock=LOCK,
    output:
        expand(f"{SOURCE}/book/generated/{{name}}.md", name=BARE),
    shell:
        "secondsight page {output}"


rule sheets:
    input:
        code=lambda wildcards: files_of_modules(
            "secondsight.book.look_sheets", SKIES[wildcards.sky].split(":")[0]
        ),
        data=lambda wildcards: [f"data/manifests/{wildcards.sky}.parquet", *CAMPAIGN * (wildcards.sky == "dwarfs")],
        recordings=lambda wildcards: [shown(path) for path in recordings_of([wildcards.sky])],
        lock=LOCK,
    output:
        directory(f"{LOOK}/{{sky,{'|'.join(PICTURES)}}}"),
    shell:
        "secondsight sheets {wildcards.sky} {output}"


rule look:
    input:
        code=files_of_modules("secondsight.book.look", *SKIES_BY_NAME),
        data=[*CAMPAIGN, *COMMON, *(f"data/manifests/{sky}.parquet" for sky in PICTURES)],
        recordings=list(map(shown, recordings_of(LOOKED_AT, MODELS))),
        sources=[
            shown(path)
            for name in ("aion-search", "aion-galaxies")
            for path in map(sources.find, sources.files_of(name))
            if path
        ],
        lock=LOCK,
    output:
        directory(f"{LOOK}/data"),
    params:
        models=quote(MODELS),
    shell:
        "secondsight look {output} --model={params.models}"


# The class's round, as the page deals it.
rule class_key:
    input:
        data=f"{LOOK}/data",
        scripts=[f"book/web/{name}" for name in SCRIPTS],
        code=files_of_modules("secondsight.book.class_round", *SKIES_BY_NAME),
        lock=LOCK,
    output:
        f"{SOURCE}/book/generated/class_key.md",
    shell:
        "secondsight page {output}"


rule look_page:
    input:
        sorted([*glob("book/web/look*.js"), *glob("book/web/classify*.js")]),
    output:
        directory(f"{LOOK}/page"),
    shell:
        "mkdir -p {output} && cp {input} {output}"


rule reference:
    input:
        code=sorted(str(path) for path in Path("src").rglob("*.py")),
        lock=LOCK,
    output:
        directory(f"{SOURCE}/book/reference"),
    shell:
        "secondsight reference {output}"


# Where npm gives nothing, the folder is empty and the page says so.
rule npm:
    input:
        "book/web/package-lock.json",
        code=files_of_modules("secondsight.book.npm"),
    output:
        directory("_build/npm"),
    shell:
        "python -m secondsight.book.npm {output}"


rule web:
    input:
        npm="_build/npm",
        scripts=sorted(glob("book/web/ask_*.js")),
        questions="data/ask_in_page.toml",
        code=files_of_modules("secondsight.book.ask_in_page", *SKIES_BY_NAME),
        data=[
            *ASKED,
            *sorted(glob("data/minivlm/*.*")),
            *(f"data/manifests/{name}.parquet" for name in ASKABLE),
            *(path for name in ASKABLE for path in sorted(glob(f"data/recordings/{name}.*.parquet"))),
        ],
        sources=[shown(path) for path in [sources.find("first-radio")] if path],
        lock=LOCK,
    output:
        directory(f"{SOURCE}/book/_static/web"),
    shell:
        "python -m secondsight.book.ask_in_page {output} {input.npm}"


rule inputs:
    output:
        "_build/inputs.json",
    params:
        read=lambda wildcards: json.dumps({name: inputs_of(name) for name in CHAPTERS}, indent=1),
    shell:
        "printf '%s\\n' {params.read:q} > {output}"


rule card:
    input:
        code=files_of_modules("secondsight.book.portrait"),
        data=[*CAMPAIGN, *map(shown, recordings_of(["dwarfs"])), "CITATION.cff"],
        lock=LOCK,
    output:
        f"{SOURCE}/book/_static/social/card.png",
    shell:
        "secondsight card {output}"


rule deposit:
    input:
        "_build/html/index.html",
        inputs="_build/inputs.json",
        code=files_of_modules("secondsight.book.deposit"),
        data=["CITATION.cff", "data/sources.toml", "pyproject.toml", LOCK],
    output:
        "_build/html/codemeta.json",
        "_build/html/ro-crate-metadata.json",
    shell:
        "secondsight deposit _build/html"


rule html:
    input:
        web=f"{SOURCE}/book/_static/web",
        published=[f"{SOURCE}/book/_static/social/card.png", "_build/inputs.json", "CITATION.cff", "CHANGELOG.md"],
        reference=f"{SOURCE}/book/reference",
        notebooks=expand(f"{SOURCE}/notebooks/{{chapter}}.ipynb", chapter=CHAPTERS),
        exercises=expand(f"{SOURCE}/notebooks/exercises/{{part}}.ipynb", part=EXERCISES),
        pages=expand(f"{SOURCE}/book/generated/{{name}}.md", name=[*PAGES, *BARE, "class_key", "models", "compared"]),
        look=expand(f"{LOOK}/{{part}}", part=["data", "page", *PICTURES]),
        prose=PROSE,
        benchmarks=BENCHMARKS,
        config=["_config.yml", "_toc.yml"],
        lock=LOCK,
    output:
        "_build/html/index.html",
    log:
        "_build/logs/html.log",
    threads: workflow.cores
    params:
        addresses=[os.environ.get(name, "") for name in ("SECONDSIGHT_URL", "SECONDSIGHT_REPOSITORY")],
    shell:
        "echo writing the pages && cp -R book benchmarks _config.yml _toc.yml {SOURCE}/ && NO_COLOR=1 "
        "SECONDSIGHT_PROCESSES={threads} jupyter-book build {SOURCE} --path-output . --warningiserror --nitpick --keep-going --all"
        " > {log} 2>&1 || (grep -E 'WARNING|ERROR|CRITICAL' {log}; exit 1)"
