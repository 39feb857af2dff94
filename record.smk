# Recording in shards, side by side: SHARDS processes ask, each its own share of the requests, and
# one publishes what they recorded. What is cut off goes on where it was: run the same again.
#
#     MODEL=gpt-5-mini BASE_URL=https://api.openai.com/v1 SHARDS=4 snakemake -s record.smk --cores 4
#     MODEL=... SHARDS=16 snakemake -s record.smk --profile profiles/slurm
#
# MORE holds further options of `secondsight record`, such as "--yes --chapter 03"; a ceiling is
# each shard's own. Without BASE_URL each shard starts a server of the book's own model on the machine it runs on.

import hashlib
import os
import shlex
import sys

ABOUT = {
    "--model": os.environ.get("MODEL"),
    "--dataset": os.environ.get("DATASET"),
    "--base-url": os.environ.get("BASE_URL"),
}
SHARDS = os.environ.get("SHARDS") or "4"
if not SHARDS.isdecimal() or not int(SHARDS):
    sys.exit(f"error: SHARDS is a number of shards, not {SHARDS!r}")

GIVEN = [f"{name}={value}" for name, value in ABOUT.items() if value]
OPTIONS = shlex.join([*GIVEN, *shlex.split(os.environ.get("MORE") or "")])
RUN = hashlib.sha256(OPTIONS.encode()).hexdigest()[:12]


rule recorded:
    input:
        expand(f"_build/shards/{RUN}/{{number}}-of-{SHARDS}", number=range(1, int(SHARDS) + 1)),
    params:
        options=OPTIONS,
    shell:
        "secondsight record {params.options}"


rule shard:
    output:
        temp(touch(f"_build/shards/{RUN}/{{number}}-of-{SHARDS}")),
    params:
        options=OPTIONS,
    shell:
        "secondsight record --shard {wildcards.number}/{SHARDS} {params.options}"
