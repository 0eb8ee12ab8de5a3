# What one can do here: `make` lists it. Everything runs in .venv, made on first use.
SHELL := /bin/sh
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
DEMO ?= demo
DATA ?= ../shared/data
WORKERS ?= 3
# Extras in the lock; "quantification" is not: what it needs is built from source at installation.
LOCKED := postgres dask notify fast notebooks test

# Tests start programs by the hundred; without this, where it is set, each compiles its libraries anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test check format lint types layers docs messages lock models bench soak clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: $(VENV)/.ready ## make the environment in .venv from the lock file

# Not compiled: what is used is compiled at its first use; to compile all takes as long as to install it.
$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || sh .ci/install-venv.sh
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --use-pep517 --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup ## run the whole job offline on sample sites; DEMO=folder
	$(BIN)/xuanjian demo $(DEMO)

test: setup ## run the tests
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --durations 40

check: setup lint types layers test ## all that must pass before a commit lands

format: setup ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

layers: setup ## check who may import whom
	$(BIN)/lint-imports --no-logo

docs: setup ## print the generated parts of docs/ (settings, verbs) again
	$(BIN)/python -m pipeline.cli.reference docs

messages: setup ## list the console's strings again in console/locale/console.pot
	$(BIN)/python -m console.catalogue

lock: setup ## resolve the dependencies anew
	$(BIN)/uv pip compile pyproject.toml $(patsubst %,--extra %,$(LOCKED)) --generate-hashes \
	  --no-emit-index-url --no-annotate --python-version 3.11 --universal --quiet --upgrade -o requirements.lock

models: setup ## train the base model again from the data folder; DATA=folder
	$(BIN)/python -m pipeline.classify.base_training $(DATA) -o models/base

bench: setup ## measure quality and speed on the data folder; DATA=folder
	$(BIN)/python benchmarks/plans.py $(DATA)
	$(BIN)/python benchmarks/mapping.py $(DATA)
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/fewclue.py $(DATA)
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/throughput.py $(DATA)
	$(BIN)/python benchmarks/extraction.py $(DATA)

soak: setup ## long runs, outside CI: fuzzing, simulated audits, kills, a fortnight, a million items, the console under load; DATA=folder
	$(BIN)/python benchmarks/fuzz_plans.py 200000 --data $(DATA) --seed 1 --jobs 2
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/proof.py $(DATA) --audits 2000 --jobs 2
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/coverage.py
	$(BIN)/python benchmarks/kills.py
	$(BIN)/python benchmarks/fortnight.py
	$(BIN)/python benchmarks/crawl.py 5000
	$(BIN)/python benchmarks/crawl.py --memory 5000 50000
	$(BIN)/python benchmarks/console.py
	XUANJIAN_SCHEMA_EXAMPLES=200 $(BIN)/python -m pytest tests/console/test_schema.py -q
	$(BIN)/python benchmarks/console.py --postgresql

clean: ## remove the environment and the caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
