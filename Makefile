# The whole life of the project in a few words; every target installs first, and only if needed.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
ENCODER := kgservice/resolution/encoder_files
# Each worker has a Neo4j of its own, and keeps the tests of one file together: they share what it loads.
TESTERS := -n 2 --dist loadfile --no-loadscope-reorder
# The suite starts a hundred processes: what they import is compiled once, whatever the machine says.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest $(TESTERS)
EXPLORER := kgservice/explorer/files/index.html
INSTALLED := $(STAMP) $(EXPLORER)
PYTHON ?= $(firstword $(foreach v,python3.13 python3.12 python3.11 python3 python,$(if $(shell $(v) -c 'import sys; print(int((3, 11) <= sys.version_info < (3, 14)) or "")' 2>/dev/null),$(v))))

.PHONY: help
help:  ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.PHONY: install
install: $(INSTALLED)  ## a .venv with all that running and testing need, and the pages of the explorer

$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "kgservice needs Python 3.11, 3.12 or 3.13. Install one of them, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV): a minute, some more where nothing has been fetched before"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.9,<1"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --constraints constraints.txt --editable ".[encoder]" --group dev
	@test -f $(ENCODER)/encoder.json || HF_HUB_DISABLE_PROGRESS_BARS=1 $(BIN)/python -m kgservice.resolution.export $(ENCODER)
	@echo "the command: $(BIN)/kgservice (or kgservice, after: . $(BIN)/activate)"
	@touch $@

# Node comes from the PATH or, where there is none that is new enough, from PyPI.
$(EXPLORER): $(shell find explorer -type f -not -path '*/node_modules/*') | $(STAMP)
	@echo "building the explorer's pages"
	@$(BIN)/python scripts/build_explorer.py
	@touch $@

.PHONY: run
run: $(INSTALLED)  ## a local Neo4j with the sample, and the API on 127.0.0.1:8000
	@$(BIN)/kgservice demo

.PHONY: test
test: $(INSTALLED)  ## the whole suite, on a Neo4j of its own
	@$(PYTEST) --cov --cov-report=term

.PHONY: test-all
test-all: $(INSTALLED)  ## the same on each version of Neo4j that is supported
	@KG_NEO4J_VERSION=5.26.30 $(PYTEST)
	@$(MAKE) --no-print-directory test

.PHONY: bench
bench: $(INSTALLED)  ## the benchmarks, on the data beside the checkout or in KG_TEST_DATA
	@$(BIN)/python -m bench.resolution spelling
	@$(BIN)/python -m bench.resolution trials
	@$(BIN)/python -m bench.resolution namesakes
	@$(BIN)/python -m bench.resolution sessions
	@$(BIN)/python -m bench.resolution speed
	@$(BIN)/python -m bench.resolution speed --names 1000000
	@$(BIN)/python -m bench.resolution peers
	@$(BIN)/python -m bench.resolution served
	@$(BIN)/python -m bench.queries
	@$(BIN)/python -m bench.export
	@$(BIN)/python -m bench.copying
	@$(BIN)/python -m bench.graphql lists
	@$(BIN)/python -m bench.graphql hops
	@$(BIN)/python -m bench.graphql costs

.PHONY: pictures
pictures: $(INSTALLED)  ## the pictures of the documentation anew, by the machine's Chromium
	@$(BIN)/python scripts/take_pictures.py

.PHONY: docs
docs: $(INSTALLED)  ## the documentation as a site, in site/; every link is checked
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict
	@echo "site/index.html"

.PHONY: check
check: $(INSTALLED)  ## format, lint, types, import contracts, tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/pyright
	@$(BIN)/lint-imports
	@PATH="$(abspath $(BIN)):$$PATH" npm --prefix explorer run --silent check
	@$(MAKE) --no-print-directory test

.PHONY: constraints
constraints: $(STAMP)  ## write constraints.txt anew: the versions that everything is tested with
	@$(BIN)/uv pip compile --quiet --universal --no-header --no-annotate --upgrade --extra encoder --group dev --group node pyproject.toml --output-file constraints.txt
