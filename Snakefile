# What depends on what: counts and recordings -> executed notebooks -> pages -> book.
# `make book` runs this. On a cluster the same file runs with Snakemake's executors.

import os
import sys
from glob import glob
from shlex import quote

from secondsight.book.another_model import check_model, given
from secondsight.book.dependencies import files_of_modules, files_of_notebook
from secondsight.datasets import derived, sources
from secondsight.datasets.registry import REAL
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
        "caption_words",
        "caption_shared",
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
}
# What a chapter reads that replays answers.
ASKED = [
    "data/record.toml",
    *sorted(glob("data/prompts/*.md")),
    *sorted(glob("data/recordings/*.parquet")),
    *sorted(glob("data/recordings/*.toml")),
]
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
        *ASKED, "data/manifests/morphology.parquet", "data/baseline/morphology.csv"
    ],
    **dict.fromkeys(("03_dwarf_calibration", "04_confidence", "05_repeated_inference"), CAMPAIGN),
    "06_radio_alignment": [
        "data/judged_captions.csv",
        "data/prompts/radio-1.md",
        "data/alignment/results.csv",
        "data/alignment/map.csv",
        "data/manifests/radio.parquet",
        *sorted(glob("data/minivlm/*.*")),
        *sorted(glob("data/minivlm/phrases/*.toml")),
    ],
    "07_describing_galaxies": [
        *ASKED,
        *sorted(glob("data/descriptions/*.toml")),
        *sorted(glob("data/finetune/*")),
        *sorted(glob("data/minivlm/phrases/*.toml")),
        *sorted(glob("data/prompts/conversation/*.md")),
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
}
COMMON = ["data/published.toml", "data/sources.toml", "data/models.toml"]

# `make book MODEL=... DATASET=...`: the same chapters for another model, or other images. They come
# as variables of the environment, for what is given with --config is read as YAML and put into
# commands; `snakemake --config model=...` does for plain names.
MODEL = os.environ.get("MODEL") or str(config.get("model") or "")
DATASET = os.environ.get("DATASET") or str(config.get("dataset") or "")
try:
    mirror()
    check_model(MODEL)
except SecondSightError as error:
    sys.exit(f"error: {error}")

CHAPTERS = sorted(glob_wildcards("notebooks/{chapter,[0-9]+_[a-z0-9_]+}.ipynb").chapter)
PROSE = sorted(str(path) for path in Path("book").rglob("*") if path.is_file())
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


def code_of(wildcards):
    """The modules a chapter uses, those that make its tables, and those loaded by name."""
    files = files_of_notebook(Path(f"notebooks/{wildcards.chapter}.ipynb"))
    by_name = [derived.DERIVATIONS[table].module for table in TABLES[wildcards.chapter]]
    if "src/secondsight/datasets/registry.py" in files:
        by_name += [place.split(":")[0] for place in [*SKIES.values(), *REAL.values()]]
    return sorted({*files, *files_of_modules(*by_name)})


rule book:
    input:
        "_build/html/index.html",


rule chapter:
    input:
        notebook="notebooks/{chapter}.ipynb",
        code=code_of,
        tables=tables_of,
        data=lambda wildcards: DATA.get(wildcards.chapter, []),
        sources=sources_of,
        common=COMMON,
        lock=LOCK,
    output:
        notebook=f"{SOURCE}/notebooks/{{chapter}}.ipynb",
        results="_build/results/{chapter}.json",
    benchmark:
        "_build/times/{chapter}.tsv"
    params:
        changed=parameters_of,
    shell:
        "secondsight run {wildcards.chapter} {output.notebook} -p results=_build/results {params.changed}"


rule page:
    input:
        results=expand("_build/results/{chapter}.json", chapter=CHAPTERS),
        code=files_of_modules("secondsight.book.pages"),
        data=[*COMMON, "data/claims.toml", "book/findings.md"],
        lock=LOCK,
    output:
        f"{SOURCE}/book/generated/{{name}}.md",
    shell:
        "secondsight page {wildcards.name} {output}"


rule reference:
    input:
        code=sorted(str(path) for path in Path("src").rglob("*.py")),
        lock=LOCK,
    output:
        directory(f"{SOURCE}/book/reference"),
    shell:
        "secondsight reference {output}"


rule html:
    input:
        reference=f"{SOURCE}/book/reference",
        notebooks=expand(f"{SOURCE}/notebooks/{{chapter}}.ipynb", chapter=CHAPTERS),
        pages=expand(f"{SOURCE}/book/generated/{{name}}.md", name=["ledger", "summary", "findings", "sources", "times"]),
        prose=PROSE,
        benchmarks=BENCHMARKS,
        config=["_config.yml", "_toc.yml"],
        lock=LOCK,
    output:
        "_build/html/index.html",
    log:
        "_build/logs/html.log",
    shell:
        "echo writing the pages && cp -R book benchmarks _config.yml _toc.yml {SOURCE}/ && NO_COLOR=1 "
        "jupyter-book build {SOURCE} --path-output . --warningiserror --nitpick --keep-going --all"
        " > {log} 2>&1 || (grep -E 'WARNING|ERROR|CRITICAL' {log}; exit 1)"
