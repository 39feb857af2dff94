# What a person types. `make book` and `make test` set up what they need.

# What is typed after these names is text: neither make nor a shell runs what stands in it.
override MODEL := $(value MODEL)
override DATASET := $(value DATASET)
override START := $(value START)
export MODEL DATASET START

# Of `make classroom`: what is handed out, where it is published, for how many, with how much memory.
FOLDER ?= class
ADDRESS ?= 127.0.0.1
PORT ?= 8888
STUDENTS ?= 30
override FOLDER := $(value FOLDER)
override ADDRESS := $(value ADDRESS)
override PORT := $(value PORT)
override STUDENTS := $(value STUDENTS)
override MEMORY := $(value MEMORY)
export FOLDER ADDRESS PORT STUDENTS MEMORY

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ifndef CORES
CORES := $(shell getconf _NPROCESSORS_ONLN)
# One more than the cores: a chapter waits while its kernel starts.
JOBS := $(shell echo $$(($(CORES) + 1)))
else
JOBS := $(value CORES)
endif
override CORES := $(value CORES)
export CORES JOBS
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONDONTWRITEBYTECODE := 1

PIP := pip install --quiet --disable-pip-version-check
# uv installs what a lock file pins in a third of pip's time; where it can't, pip does and says why.
locked = { $(PIP) --require-hashes -r requirements-uv.lock && uv pip install --quiet \
	--python $(BIN)/python --compile-bytecode --require-hashes -r $(1); } 2> /dev/null \
	|| $(PIP) --require-hashes -r $(1)

.PHONY: book setup test lint types unit nbval data verify record serve rehearse peer classroom baseline train train-radio train-llava bench links pdf sphinx lock clean help
.DEFAULT_GOAL := help

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

book: $(VENV)/.base  ## set everything up and build _build/html/index.html; MODEL=, DATASET= for others
	@[ -z "$$MODEL$$DATASET" ] || secondsight lacking --model="$${MODEL%%,*}" --dataset="$$DATASET"
	@$(WATCHED) snakemake --cores "$$JOBS" --quiet all
	@echo "the book: _build/html/index.html"
	@echo "make data, then make book again, brings the real galaxies and the verbatim words"

setup: $(VENV)/.base  ## set everything up and build nothing: enough for .venv/bin/secondsight
	@echo "ready: .venv/bin/secondsight ask FOLDER"

test: lint types book unit nbval  ## check format, lint and types, build the book, run every test
# Tested is a book that was built without a network, and whose chapters' open files were noted.
test: WATCHED = PYTHONPATH="$(CURDIR)/tests/blocked" OPENED="$(CURDIR)/_build/opened"

lint: $(VENV)/.dev
	@ruff check .
	@ruff format --check .
	@told=$$(lint-imports --no-cache) || { echo "$$told"; exit 1; }
	@python -m tests.hygiene

types: $(VENV)/.dev
	@mypy

unit: $(VENV)/.dev book
	@pytest -n "$$CORES" --dist loadfile --no-loadscope-reorder

nbval: $(VENV)/.dev book
	@rm -rf _build/first && cp -R _build/results _build/first
	@PYTHONPATH=tests pytest -p executed_again -n "$$CORES" --dist loadfile --nbval --nbval-current-env -p no:cacheprovider -W default _build/source/notebooks
	@diff -r _build/first _build/results  # executed again, the chapters gave the same numbers

data: $(VENV)/.base  ## download the outside files, each from its own source
	@secondsight data fetch

verify: $(VENV)/.base  ## draw every simulated image anew and compare it with its manifest
	@secondsight data verify

record: $(VENV)/.base  ## ask the local model what the book replays, over HTTP
	@secondsight record

serve: $(VENV)/.base  ## answer like OpenAI's API on this machine, with the local model
	@secondsight serve

rehearse: $(VENV)/.dev  ## record a whole campaign by batches from an endpoint that fails, with 50 kills
	@PYTHONPATH=tests python -m rehearsal.rehearse

classroom:  ## JupyterLab and one local model for a class, in a container; FOLDER= is handed out
	@sh classroom/run

peer: | $(VENV)/bin/python  ## install panoptes_aggregation in an environment of its own, for a test beside it
	@$(VENV)/bin/python -m venv $(VENV)/peer
	@$(VENV)/peer/bin/pip install --quiet --disable-pip-version-check "panoptes_aggregation>=5.3"

baseline: $(VENV)/.base  ## learn the supervised baseline of chapters 01 and 02 anew (some minutes)
	@python -m secondsight.papers.first_sight.baseline

train: $(VENV)/.dev  ## train the local model anew, from the simulated sky
	@$(PIP) --no-build-isolation -e ".[train]"
	@python -m secondsight.training.minivlm

train-radio: $(VENV)/.dev  ## adapt the local model to captions of radio galaxies; START= other weights
	@$(PIP) --no-build-isolation -e ".[radio]"
	@python -m secondsight.training.radio $${START:+--start="$$START"}

train-llava: $(VENV)/.dev  ## fine-tune small LLaVAs in two stages; START= other weights
	@$(PIP) --no-build-isolation -e ".[finetune]"
	@python -m secondsight.training.llava $${START:+--start="$$START"}

bench: $(VENV)/.dev  ## measure speed and memory against peers
	@$(PIP) --no-build-isolation -e ".[bench]"
	@python benchmarks/replay.py

links: book  ## follow every link of the book; needs a network
	@jupyter-book build _build/source --path-output _build/links --builder linkcheck

pdf: $(VENV)/.dev book  ## print the whole book as _build/html/second-sight.pdf; needs Chromium
	@secondsight pdf _build/html _build/html/second-sight.pdf

sphinx: book  ## build the same pages with the newest Sphinx, without jupyter-book
	@bash .ci/sphinx

lock: $(VENV)/.dev  ## resolve the dependencies anew
	@echo uv | uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-annotate --no-emit-index-url - -o requirements-uv.lock
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-annotate --no-emit-index-url pyproject.toml -o requirements.lock
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-annotate --no-emit-index-url --extra dev --extra browser -c requirements.lock \
		pyproject.toml -o requirements-dev.lock
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-annotate --no-emit-index-url --extra classroom -c requirements.lock \
		pyproject.toml -o requirements-classroom.lock

clean:  ## remove what was built, keep the environment
	rm -rf _build .snakemake

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
		{ echo "Python 3.11, 3.12 or 3.13 is needed; name one: make PYTHON=python3.12"; exit 1; }
	@echo "setting up $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.base: requirements.lock requirements-uv.lock pyproject.toml | $(VENV)/bin/python
	@echo "installing what the book needs (half a minute, with a slow network more)"
	@$(call locked,requirements.lock)
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.base
	@echo "installing what the tests need"
	@$(call locked,requirements-dev.lock)
	@touch $@
